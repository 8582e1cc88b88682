"""What is served beside the API: the token endpoint, the login page, health and the document."""

from __future__ import annotations

from ringback_contracts.openapi.parts import Json, as_json, example, ref, reply
from ringback_contracts.resources.tokens.paths import FORM_TYPE, TOKEN_PATH

TEXT: Json = {"type": "string"}
SOME: Json = {"type": "string", "minLength": 1}
PAGE: Json = {"text/html": {"schema": TEXT}}

PROBLEM: Json = {
    "type": "object",
    "required": ["error", "message"],
    "properties": {"error": TEXT, "message": TEXT},
}
"""The error body of whatever lies outside ``/api`` and is not OAuth."""
MISDIRECTED: Json = {"421": reply("The Host header names another server.", as_json(PROBLEM))}

PUBLIC: list[Json] = []
"""The security of an operation that asks for none."""


def _form(title: str, grant: str, *needed: str, **more: Json) -> Json:
    """The form of a grant; a client that sends HTTP Basic needs no id and no secret in it."""
    properties = {"grant_type": {"const": grant}, **dict.fromkeys(needed, SOME), **more}
    return {
        "title": title,
        "type": "object",
        "required": ["grant_type", *needed],
        "properties": {**properties, "client_id": SOME, "client_secret": SOME},
    }


VERIFIER: Json = {"description": "With PKCE, in the place of the secret.", "type": "string"}
GRANTS: Json = {
    "description": "The client's id and secret stand in the form, or in HTTP Basic as SDKs send them.",
    "anyOf": [
        _form("Client credentials", "client_credentials"),
        _form("Authorization code", "authorization_code", "code", "redirect_uri", code_verifier=VERIFIER),
        _form("Refresh", "refresh_token", "refresh_token"),
    ],
}
SERVICE: Json = {
    "grant_type": "client_credentials",
    "client_id": "demo-service",
    "client_secret": "demo-secret",
}


UNREADY: Json = {
    "503": reply(
        "The store of `--store` is away, or a newer Ringback has written to it.",
        as_json(
            {
                "type": "object",
                "required": ["status", "store"],
                "properties": {
                    "status": {"const": "unready"},
                    "store": {"description": "What is wrong.", "type": "string"},
                },
            }
        ),
    )
}


def paths() -> Json:
    """The paths outside ``/api``."""
    return {
        TOKEN_PATH: {"post": _token()},
        "/oauth/authorize": {"get": _show_login(), "post": _log_in()},
        "/livez": {"get": _shown("getLife", "Whether the process runs", {"const": {"status": "ok"}})},
        "/healthz": {
            "get": _shown("getHealth", "Whether the mock serves", {"const": {"status": "ok"}}, UNREADY)
        },
        "/openapi.json": {
            "get": _shown("getDocument", "This document", {"type": "object", "required": ["openapi"]})
        },
    }


def _operation(operation_id: str, summary: str, tag: str, responses: Json) -> Json:
    return {
        "operationId": operation_id,
        "summary": summary,
        "tags": [tag],
        "security": PUBLIC,
        "responses": {**responses, **MISDIRECTED},
    }


def _shown(operation_id: str, summary: str, value: Json, further: Json | None = None) -> Json:
    answers = {"200": reply("It does.", as_json(value)), **(further or {})}
    return _operation(operation_id, summary, "server", answers)


def _token() -> Json:
    responses = {
        "200": reply("A token.", as_json(ref("OAuthTokenResponse"))),
        "400": reply(
            "No token, and why. The platform answers a wrong client with 400 too.", as_json(ref("OAuthError"))
        ),
    }
    content = {
        FORM_TYPE: {"schema": GRANTS, "examples": {"service": example("The demo service logs in", SERVICE)}}
    }
    operation = _operation("postOauthToken", "Get a token", "login", responses)
    return {**operation, "requestBody": {"required": True, "content": content}}


def _show_login() -> Json:
    responses = {"200": reply("A page with the org's users.", PAGE), **_REFUSED}
    operation = _operation("getOauthAuthorize", "Show the login page", "login", responses)
    parameters = [_query(name, schema, required=name in ASKED) for name, schema in (ASKED | OFFERED).items()]
    return {**operation, "parameters": parameters}


def _log_in() -> Json:
    foreign = {"403": reply("The form was sent by a page of another origin.", as_json(PROBLEM))}
    operation = _operation("postOauthAuthorize", "Log a user in", "login", {**_REFUSED, **foreign})
    form: Json = {
        "type": "object",
        "required": [*ASKED, "user"],
        "properties": {**ASKED, **OFFERED, "user": {"description": "Id of the user."} | TEXT},
    }
    return {**operation, "requestBody": {"required": True, "content": {FORM_TYPE: {"schema": form}}}}


ASKED: Json = {
    "client_id": {"type": "string", "minLength": 1},
    "redirect_uri": {"type": "string", "minLength": 1},
    "response_type": {"type": "string", "enum": ["code", "token"]},
}
OFFERED: Json = {"state": TEXT, "code_challenge": TEXT, "code_challenge_method": TEXT}
_REFUSED: Json = {
    "303": reply("Back to the client, with a code, a token or an error.", None, "Location"),
    "400": reply("A page that says why nobody can be sent back.", PAGE),
}


def _query(name: str, schema: Json, *, required: bool) -> Json:
    return {"name": name, "in": "query", "required": required, "schema": schema}

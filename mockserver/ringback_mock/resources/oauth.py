"""The token endpoint over plain values.

Errors have the platform's form (HTTP 400, ``error`` and ``description``) beside the ``error_description``
of RFC 6749; they never repeat a secret, a code or a token.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from ringback_contracts.core.credentials import credentials
from ringback_contracts.core.model import Request
from ringback_contracts.org import Client, User
from ringback_contracts.resources.tokens.paths import FORM_TYPE
from ringback_mock.engine.sessions import Issued, Login
from ringback_mock.engine.store import Store, Tenant
from ringback_mock.engine.writes import BeginLogin, HoldToken, RevokeReplayed, UseUpCode, Write
from ringback_mock.http import Response, json_response

MAX_FORM_BYTES = 64 * 2**10
MAX_FIELDS = 50
NO_STORE = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))
CODE_GRANT = "authorization_code"

_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class OAuthError(Exception):
    """Why a login fails: an error of RFC 6749 and what to do about it."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description


@dataclass(frozen=True, slots=True)
class _Asked:
    """A token request: its form, and the client as far as it has shown who it is."""

    form: Mapping[str, str] = field(repr=False)
    tenant: Tenant
    client: Client
    authenticated: bool
    writes: list[Write] = field(default_factory=list)
    """What is to be written, also where the login fails in the end."""

    def need(self, name: str) -> str:
        value = self.form.get(name)
        if not value:
            raise OAuthError("invalid_request", f"the form has no {name}")
        return value

    def issue(self, user: User | None = None, refresh_token: str | None = None) -> Issued:
        issued = Issued.to(self.client, refresh_token)
        self.writes.append(HoldToken(issued, self.client, user))
        return issued


def token_endpoint(store: Store, request: Request) -> tuple[Response, Sequence[Write]]:
    """The answer to ``POST /oauth/token``, a token or a 400 that says why there is none; what to write."""
    asked = None
    try:
        asked = _asked(store, request)
        issued = _issue(asked)
    except OAuthError as refusal:
        return json_response(400, _error_body(refusal), NO_STORE), asked.writes if asked else ()
    body = {"access_token": issued.access_token, "token_type": "bearer", "expires_in": issued.expires_in}
    if issued.refresh_token is not None:
        body["refresh_token"] = issued.refresh_token
    return json_response(200, body, NO_STORE), asked.writes


def claimant(store: Store, request: Request) -> Tenant:
    """The org whose client sends a token request; the default one where no org can claim it."""
    try:
        client_id, _ = _credentials(request, _form(request))
    except OAuthError:
        return store.default
    found = store.client(client_id)
    return found[0] if found else store.default


def _error_body(refusal: OAuthError) -> dict[str, str]:
    return {
        "error": refusal.error,
        "description": refusal.description,
        "error_description": refusal.description,
    }


def _form(request: Request) -> dict[str, str]:
    media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media_type != FORM_TYPE:
        raise OAuthError("invalid_request", f"the body must be a form: Content-Type {FORM_TYPE}")
    if len(request.body) > MAX_FORM_BYTES:
        raise OAuthError("invalid_request", f"the form is larger than {MAX_FORM_BYTES} bytes")
    try:
        fields = parse_qsl(
            request.body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError as error:
        raise OAuthError("invalid_request", "the body cannot be read as a form") from error
    form = dict(fields)
    if len(form) < len(fields):
        raise OAuthError("invalid_request", "a field of the form is given twice")
    return form


def _credentials(request: Request, form: Mapping[str, str]) -> tuple[str, str | None]:
    """The client's id and secret, from HTTP Basic or else from the form."""
    encoded = credentials(request.headers.get("authorization"), "basic")
    if encoded is None:
        if not form.get("client_id"):
            raise OAuthError("invalid_client", "no client: send its id and secret with HTTP Basic")
        return form["client_id"], form.get("client_secret")
    try:
        client_id, colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError as error:
        raise OAuthError("invalid_client", "the Basic credentials are not base64 of id:secret") from error
    if not colon:
        raise OAuthError("invalid_client", "the Basic credentials are not base64 of id:secret")
    return client_id, secret


def _asked(store: Store, request: Request) -> _Asked:
    form = _form(request)
    if not form.get("grant_type"):
        raise OAuthError("invalid_request", "the form has no grant_type")
    client_id, secret = _credentials(request, form)
    found = store.client(client_id)
    if found is None:
        raise OAuthError("invalid_client", "client not found")
    tenant, client = found
    if secret is not None and not hmac.compare_digest(secret.encode(), client.secret.encode()):
        raise OAuthError("invalid_client", "authentication failed")
    return _Asked(form, tenant, client, secret is not None)


def _issue(asked: _Asked) -> Issued:
    grant_type = asked.need("grant_type")
    grant = _GRANTS.get(grant_type)
    if grant is None:
        served = ", ".join(_GRANTS)
        raise OAuthError("unsupported_grant_type", f"the grant types served are {served}")
    return grant(asked)


def _may(asked: _Asked, grant: str) -> None:
    if grant not in asked.client.grants:
        raise OAuthError("unauthorized_client", f"this client may not use the grant {grant}")


def _authenticated(asked: _Asked) -> None:
    if not asked.authenticated:
        raise OAuthError("invalid_client", "authentication failed")


def _client_credentials(asked: _Asked) -> Issued:
    _authenticated(asked)
    _may(asked, "client_credentials")
    return asked.issue()


def _authorization_code(asked: _Asked) -> Issued:
    """RFC 6749 section 4.1.3 and RFC 7636: a client without its secret needs the code's verifier."""
    if not asked.form.get("code_verifier"):
        _authenticated(asked)
    _may(asked, CODE_GRANT)
    sent = asked.need("code")
    code = asked.tenant.code(sent, asked.client)
    asked.writes.append(UseUpCode(sent, asked.client))
    if code is None and asked.tenant.was_redeemed(sent, asked.client):
        asked.writes.append(RevokeReplayed(sent))
        raise OAuthError("invalid_grant", "the code was used before, so the tokens that it gave are revoked")
    if code is None:
        raise OAuthError("invalid_grant", "the code is unknown, used or too old")
    if asked.need("redirect_uri") != code.redirect_uri:
        raise OAuthError("invalid_grant", "the redirect_uri is not the one that the code was issued for")
    _prove(asked, code.challenge)
    login = Login(asked.client.id, code.user_id, public=not asked.authenticated)
    user = asked.tenant.org.user_by_id[code.user_id]
    refresh_token = secrets.token_urlsafe(32)
    asked.writes.append(BeginLogin(login, sent, refresh_token))
    return asked.issue(user, refresh_token)


def _prove(asked: _Asked, challenge: str | None) -> None:
    verifier = asked.form.get("code_verifier")
    if challenge is None:
        if verifier:
            raise OAuthError("invalid_grant", "the code was issued without a code_challenge")
        return
    if not verifier or not _VERIFIER.fullmatch(verifier):
        raise OAuthError("invalid_grant", "the code_verifier must be 43 to 128 of A-Z a-z 0-9 - . _ ~")
    if not hmac.compare_digest(challenge_of(verifier), challenge):
        raise OAuthError("invalid_grant", "the code_verifier does not fit the code_challenge")


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a PKCE verifier (RFC 7636 section 4.2)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def _refresh_token(asked: _Asked) -> Issued:
    """The refresh token stays good, so that a reply that gets lost locks nobody out."""
    refresh_token = asked.need("refresh_token")
    login = asked.tenant.login(refresh_token)
    if not (login and login.public):
        _authenticated(asked)
    if login is None or login.client_id != asked.client.id:
        raise OAuthError("invalid_grant", "the refresh token is unknown or was revoked")
    user = asked.tenant.org.user_by_id[login.user_id]
    return asked.issue(user, refresh_token)


_GRANTS: Mapping[str, Callable[[_Asked], Issued]] = {
    "client_credentials": _client_credentials,
    CODE_GRANT: _authorization_code,
    "refresh_token": _refresh_token,
}

"""Explain a request for a token: which step of the login is wrong, and the form to send instead."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ringback_contracts.core.model import Request
from ringback_contracts.resources.tokens.paths import TOKEN_PATH
from ringback_explain.explanation import Context, Equivalent, Explanation, Note
from ringback_explain.tell.login_rules import FOUND, LoginRule
from ringback_explain.tell.token_checks import GRANTS, NEEDED, Asked, asked

STEPS = (
    "PKCE in two steps: authorize with code_challenge = base64url(SHA-256(verifier)) without padding and"
    " code_challenge_method=S256; then send the code, once and soon, with the same redirect_uri and the"
    " verifier itself"
)
USE_BASIC = (
    "id and secret stand in the form; the official SDKs send them as 'Authorization: Basic"
    " base64(id:secret)', which keeps special characters of the secret safe"
)
PLUS = "the secret has a space in it, as a plus becomes in a form that is not percent-encoded: write + as %2B"
NO_SCOPES = "client_credentials takes no scope: the roles of the client decide what the token may do"
PKCE_STEPS = Note("token.pkce-steps", "/code_verifier", STEPS)


def pkce_notes(context: Context) -> Iterator[Note]:
    """How a login with PKCE goes, where the token comes from one."""
    if (context.grant or "").lower() == "pkce":
        yield PKCE_STEPS


def token_notes(given: Asked, context: Context) -> Iterator[Note]:
    """What is good to know about a token request and is no error."""
    if given.has("client_secret") and given.basic is None:
        yield Note("token.secret-in-form", "/client_secret", USE_BASIC)
    if " " in given.fields.get("client_secret", "").strip():
        yield Note("token.secret-with-space", "/client_secret", PLUS)
    if given.has("scope") and given.grant == "client_credentials":
        yield Note("token.scope-without-effect", "/scope", NO_SCOPES)
    if given.has("code_verifier") or given.has("code_challenge"):
        yield PKCE_STEPS
    yield from pkce_notes(context)


def token_findings(given: Asked) -> tuple[tuple[LoginRule, str], ...]:
    """Everything that stands between the request and its token: the rule, and what is wrong."""
    found = ((rule, rule.test(given)) for rule in FOUND if rule.test)
    return tuple((rule, detail) for rule, detail in found if detail)


def explain_token(request: Request, context: Context, notes: tuple[Note, ...]) -> Explanation:
    """Explain a token request; ``notes`` are what is known of it from elsewhere."""
    given = asked(request)
    found = token_findings(given)
    equivalent, questions = _equivalent(given, context)
    first = found[0][0] if found else None
    return Explanation(
        verdict="rejected" if first else "accepted",
        status=first.status if first else 200,
        code=first.code if first else None,
        rule=first.id if first else None,
        findings=tuple(rule.explained(detail) for rule, detail in found),
        notes=tuple(dict.fromkeys((*notes, *token_notes(given, context)))),
        equivalent=equivalent,
        questions=questions,
        unknown=UNKNOWN,
    )


UNKNOWN = ("whether the login host knows the client, its secret and the code (ringback serve --org FILE)",)
WHICH_GRANT = (
    "Who should the token stand for? For a program alone send grant_type=client_credentials; for a user, whom"
    " calls need, send grant_type=authorization_code with the code of the authorize step."
)
WHICH_FIELD = "What is the {name}? {why}"
WHY: Mapping[str, str] = {
    "code": "It comes back to redirect_uri after the user has logged in.",
    "redirect_uri": "It must equal the one of the authorize step, to the letter.",
    "refresh_token": "It came with the first token.",
    "code_verifier": "Its hash went out as code_challenge; it takes the place of the secret.",
    "client_id": "It is on the page of the OAuth client.",
    "assertion": "It is the SAML response of the identity provider.",
    "orgName": "It is the short name of the org.",
}
BASIC = "Which id and secret has the client? Send them as HTTP Basic, base64(id:secret), not in the form."
_SHOWN = frozenset({"redirect_uri", "client_id", "orgName"})


def _equivalent(given: Asked, context: Context) -> tuple[Equivalent | None, tuple[str, ...]]:
    grant = given.grant if given.grant in GRANTS else _of_context(context)
    if not grant:
        return None, (WHICH_GRANT,)
    pkce = given.has("code_verifier") or (context.grant or "").lower() == "pkce"
    names = [*NEEDED.get(grant, ()), *(("client_id", "code_verifier") if pkce else ())]
    absent = [name for name in names if not given.has(name)]
    questions = [WHICH_FIELD.format(name=name, why=WHY[name]) for name in absent]
    if not pkce and given.basic is None and not given.has("client_secret"):
        questions.append(BASIC)
    if absent:
        return None, tuple(questions)
    # Of what only its owner may know the name stands for the value.
    shown = {name: given.fields[name] if name in _SHOWN else f"<{name}>" for name in names}
    body: dict[str, Any] = {"grant_type": grant, **shown}
    return Equivalent("POST", TOKEN_PATH, body), tuple(questions)


def _of_context(context: Context) -> str:
    grant = re.sub(r"[^a-z]", "_", (context.grant or "").lower())
    return {"pkce": "authorization_code", "code": "authorization_code"}.get(
        grant, grant if grant in GRANTS else ""
    )

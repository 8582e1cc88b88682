"""Explain a request for a token: which step of the login is wrong, and the form to send instead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ringback_contracts.core.model import Request
from ringback_contracts.resources.tokens.paths import TOKEN_PATH
from ringback_explain.explanation import Context, Equivalent, Explanation, Note
from ringback_explain.table import table
from ringback_explain.tell.login_rules import FOUND
from ringback_explain.tell.questions import note
from ringback_explain.tell.token_checks import GRANTS, NEEDED, Asked, asked, problems

_PKCE_STEPS = ("token.pkce-steps", "/code_verifier")


def pkce_notes(context: Context) -> Iterator[Note]:
    """How a login with PKCE goes, where the token comes from one."""
    if (context.grant or "").lower() == "pkce":
        yield note(*_PKCE_STEPS)


def token_notes(given: Asked, context: Context) -> Iterator[Note]:
    """What is good to know about a token request and is no error."""
    if given.has("client_secret") and given.basic is None:
        yield note("token.secret-in-form", "/client_secret")
    if " " in given.fields.get("client_secret", "").strip():
        yield note("token.secret-with-space", "/client_secret")
    if given.has("scope") and given.grant == "client_credentials":
        yield note("token.scope-without-effect", "/scope")
    if given.has("code_verifier") or given.has("code_challenge"):
        yield note(*_PKCE_STEPS)
    yield from pkce_notes(context)


def explain_token(request: Request, context: Context, notes: tuple[Note, ...]) -> Explanation:
    """Explain a token request; ``notes`` are what is known of it from elsewhere."""
    given = asked(request)
    wrong = problems(given)
    found = [rule for rule in FOUND if rule.id in wrong]
    equivalent, questions = _equivalent(given, context)
    first = found[0] if found else None
    return Explanation(
        verdict="rejected" if first else "accepted",
        status=first.status if first else 200,
        code=first.code if first else None,
        rule=first.id if first else None,
        findings=tuple(rule.explained(wrong[rule.id]) for rule in found),
        notes=tuple(dict.fromkeys((*notes, *token_notes(given, context)))),
        equivalent=equivalent,
        questions=questions,
        unknown=UNKNOWN,
    )


UNKNOWN = ("whether the login host knows the client, its secret and the code (ringback serve --org FILE)",)
_SHOWN = frozenset({"redirect_uri", "client_id", "orgName"})


def _equivalent(given: Asked, context: Context) -> tuple[Equivalent | None, tuple[str, ...]]:
    texts = table("tell/login_rules")["asked"]
    told = re.sub(r"[^a-z]", "_", (context.grant or "").lower())
    grants = {**dict(zip(GRANTS, GRANTS, strict=True)), "pkce": GRANTS[1], "code": GRANTS[1]}
    grant = given.grant if given.grant in GRANTS else grants.get(told)
    if not grant:
        return None, (texts["which-grant"],)
    pkce = given.has("code_verifier") or told == "pkce"
    names = [*NEEDED.get(grant, ()), *(("client_id", "code_verifier") if pkce else ())]
    absent = [name for name in names if not given.has(name)]
    questions = [texts[name] for name in absent]
    if not pkce and given.basic is None and not given.has("client_secret"):
        questions.append(texts["basic"])
    if absent:
        return None, tuple(questions)
    # Of what only its owner may know the name stands for the value.
    shown = {name: given.fields[name] if name in _SHOWN else f"<{name}>" for name in names}
    body: dict[str, Any] = {"grant_type": grant, **shown}
    return Equivalent("POST", TOKEN_PATH, body), tuple(questions)

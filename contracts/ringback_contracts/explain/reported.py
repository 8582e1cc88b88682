"""Explain an answer of the platform without its request, or a request together with the answer it got."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ringback_contracts.explain.answer import explain, explain_text_notes
from ringback_contracts.explain.explanation import Context, Explained, Explanation, Note
from ringback_contracts.model import Request, Rule
from ringback_contracts.table import TABLE

ASK = "What was sent? Give the request too (method, path, headers and body): it tells which of these it was."


@dataclass(frozen=True, slots=True)
class Answer:
    """A refusal, as far as it is known; ``rule`` is the one that a Ringback names."""

    status: int | None = None
    code: str | None = None
    message: str | None = None
    rule: str | None = None


_RFC = "RFC 6749 section 5.2"
_TOKEN_ERRORS = {
    "invalid_client": Explained(
        "oauth.invalid-client",
        "",
        "the token endpoint does not know the client, or the secret is not its own",
        "Ask the login host of the org's own region (https://login.<domain>/oauth/token), with the client's"
        " id and secret in a Basic Authorization header; check that both were copied whole.",
        "reported",
        "a public client tested against the service: 400, 'client not found' or 'authentication failed'",
    ),
    "invalid_grant": Explained(
        "oauth.invalid-grant",
        "",
        "the code or refresh token is unknown, used up, too old, or not for this client or redirect URI",
        "Log in again and redeem the code once, within a minute, with the same redirect_uri. With PKCE the"
        " challenge is the SHA-256 of the verifier in base64url without padding; one verifier serves both"
        " steps.",
        "published",
        f"{_RFC}, RFC 7636 section 4.6",
    ),
    "invalid_request": Explained(
        "oauth.invalid-request",
        "",
        "the token request is no form, or a field is missing or repeated",
        "Send application/x-www-form-urlencoded, not JSON, with grant_type and what that grant needs.",
        "published",
        _RFC,
    ),
    "unauthorized_client": Explained(
        "oauth.unauthorized-client",
        "",
        "the client may not use this grant",
        "Use a client that was made for this grant.",
        "published",
        _RFC,
    ),
    "unsupported_grant_type": Explained(
        "oauth.unsupported-grant-type",
        "",
        "the grant_type is none that the platform knows",
        "Use client_credentials, authorization_code or refresh_token.",
        "published",
        _RFC,
    ),
}


def explain_answer(answer: Answer, text: str = "") -> Explanation | None:
    """What an answer means, and every rule that may have decided it; none where nothing is known of it.

    ``text`` is what it stood in.
    """
    notes = tuple(explain_text_notes(Context(text=text)))
    token_error = _TOKEN_ERRORS.get((answer.code or "").lower())
    if token_error is not None:
        return Explanation(
            "rejected", answer.status or 400, answer.code, token_error.rule, (token_error,), notes
        )
    rules = candidates(answer)
    if not rules:
        return _unheard_of(answer, notes)
    sure = len(rules) == 1
    return Explanation(
        verdict="rejected",
        status=rules[0].status,
        code=rules[0].code,
        rule=rules[0].id if sure else None,
        findings=tuple(_finding(rule) for rule in rules),
        notes=(*notes, *_doubts(answer, rules[0])),
        questions=() if sure else (ASK,),
    )


def explain_answered(request: Request, answer: Answer, context: Context = Context()) -> Explanation:  # noqa: B008 - a frozen value
    """The explanation of a request of which it is known what the target answered.

    What the request alone does not show, such as a missing permission, is taken from the answer.
    """
    made = explain(request, context=context)
    if (made.status, made.code) == (answer.status, answer.code) and answer.rule in (None, made.rule):
        return made
    decided = _deciding(answer)
    known = {finding.rule for finding in made.findings}
    return replace(
        made,
        verdict="rejected",
        status=answer.status or made.status,
        code=answer.code,
        rule=decided.rule if decided else None,
        findings=((decided,) if decided and decided.rule not in known else ()) + made.findings,
    )


def _deciding(answer: Answer) -> Explained | None:
    """What must have decided; none where it can be more than one rule."""
    token_error = _TOKEN_ERRORS.get((answer.code or "").lower())
    rules = candidates(answer)
    return token_error or (_finding(rules[0]) if len(rules) == 1 else None)


def candidates(answer: Answer) -> list[Rule]:
    """The rules that fit all that is known of an answer, else those that fit as much of it as possible."""
    if answer.rule is not None:
        return [TABLE[answer.rule]] if answer.rule in TABLE.by_id else []
    for status, code, message in (
        (answer.status, answer.code, answer.message),
        (answer.status, None, answer.message),
        (None, None, answer.message),
        (answer.status, answer.code, None),
        (None, answer.code, None),
        (answer.status, None, None),
    ):
        if (status or code or message) and (found := _fitting(status, code, message)):
            return found
    return []


def _fitting(status: int | None, code: str | None, message: str | None) -> list[Rule]:
    return [
        rule
        for rule in TABLE
        if status in (None, rule.status)
        and (code is None or rule.code == code.lower().replace("_", "."))
        and (message is None or _says(rule.message, message))
    ]


def _says(template: str, message: str) -> bool:
    """Whether a message is the rule's, in whatever order its words stand."""
    pattern = re.sub(r"\\\{\w+\\\}", ".+", re.escape(template))
    same = re.fullmatch(rf"{pattern}\.?", message.strip(), re.IGNORECASE | re.DOTALL)
    return bool(same) or _words(template) == _words(message)


def _words(message: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]+", message.lower())) - {"a", "an", "the", "is", "was"}


def _finding(rule: Rule) -> Explained:
    return Explained(rule.id, "", rule.title, rule.fix, rule.evidence.value, rule.source)


def _doubts(answer: Answer, rule: Rule) -> list[Note]:
    """Where what was reported is not what the platform is known to answer."""
    doubts = []
    if answer.status not in (None, rule.status):
        message = f"the report says {answer.status}; what fits the rest of it answers {rule.status}"
        doubts.append(Note("error.status", "", message))
    if answer.code is not None and answer.code.lower() != rule.code:
        message = (
            f"{answer.code!r} is no code that the platform is known to send; here it would be {rule.code!r}"
        )
        doubts.append(Note("error.code", "", message))
    return doubts


def _unheard_of(answer: Answer, notes: tuple[Note, ...]) -> Explanation | None:
    if answer.status is None:
        return None
    note = Note("error.unknown", "", "no rule answers this: its code and message are all there is to go by")
    return Explanation("rejected", answer.status, answer.code, None, notes=(*notes, note), questions=(ASK,))

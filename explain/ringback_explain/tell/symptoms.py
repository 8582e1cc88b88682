"""Notes on error texts that people paste: what each means, where the body is not at fault."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_explain.explanation import Context, Note
from ringback_explain.meant.subject import is_service
from ringback_explain.tell.questions import FOR_USER
from ringback_explain.tell.scopes import CALLING, NEVER_APPLY

CHECKLIST = (
    "look at the caller's phone: is a station selected, is 'placing calls with another app' switched off,"
    " does a WebRTC station have a phone behind it, and does the site have a number plan and an outbound"
    " route for the number?"
)
CLIENT_CREDENTIALS = (
    f"a client-credentials token has no user: POST {CALLS_PATH} answers it 400 not.a.user. No role and no"
    f" scope helps:"
    f" use the token of the user who calls (authorization code), or POST {FOR_USER}, for which the"
    f" client's role needs"
    " conversation:agentlessCall:add or conversation:call:add. " + NEVER_APPLY.capitalize()
)

_TABLE: tuple[tuple[str, str, str], ...] = (
    (
        "symptom.no-user",
        r"not\.a\.user|requires a user context",
        "the token has no user: client credentials cannot do what only a user can",
    ),
    (
        "symptom.no-route",
        r"dialplan\.notReachable|no outbound route",
        (
            "the request was accepted and the number found no way out: add a number plan of the site that"
            " matches it and an outbound route, or dial a number that one matches already"
        ),
    ),
    (
        "symptom.station",
        (
            r"ininedgecontrol\.connection\.timeout|(?:nothing|never|doesn.?t|does not|not)"
            r" ring(?:s|ing)?\b|no\.user\.station"
        ),
        "the request is not at fault: " + CHECKLIST,
    ),
    (
        "symptom.invalid-client",
        r"invalid_client|client not found",
        (
            "the login host does not know the client, or the secret is wrong: an OAuth client exists in its"
            " own region alone (mypurecloud.com and mypurecloud.com.au are two), so check the region first,"
            " then id, secret and whether the client is active"
        ),
    ),
    (
        "symptom.invalid-grant",
        r"invalid_grant|code verification failed|authorization code has expired",
        (
            "the code was refused: it is good once and for a short time, redirect_uri must equal the one of"
            " the authorize step, and code_verifier must be the very text whose SHA-256, as base64url without"
            " padding, was sent as code_challenge"
        ),
    ),
    (
        "symptom.rate-limit",
        r"too\.many\.requests|too many requests|rate\.per\.minute|rate limit exceeded",
        (
            "a rate limit was reached: wait as many seconds as Retry-After says. A token is good for hours:"
            " keep it and share it instead of fetching one for each request or thread; 300 requests a minute"
            " is the limit of a token"
        ),
    ),
    (
        "symptom.merged-with-itself",
        r"cannot be merged with itself",
        (
            "the call in the path is listed in conversationIds too: put the first call's id into the path and"
            " only the others into the list"
        ),
    ),
    (
        "symptom.forbidden",
        (
            r"insufficient.privileges|does not have permission|missing\.(?:any\.)?permissions"
            r"|user not authorized|\b403\b\W{0,4}forbidden"
        ),
        "the token's holder lacks the permission, or the client the scope: " + CALLING,
    ),
    (
        "pkce.challenge-plain",
        r"code_challenge_method[\"']?\s*[=:,]\s*[\"']?plain",
        "code_challenge_method must be S256: the challenge is the SHA-256 of the verifier, not the verifier",
    ),
)
_SYMPTOMS = tuple((kind, re.compile(pattern, re.IGNORECASE), message) for kind, pattern, message in _TABLE)

_PKCE_CODE = re.compile(r"code_?challenge", re.IGNORECASE)
_HASHES = re.compile(r"sha-?_?256|S256[^\"'\w]{0,3}\(|pkce_?challenge\(", re.IGNORECASE)
NOT_HASHED = (
    "the code sends a code_challenge and hashes nothing: the challenge is base64url(SHA-256(code_verifier))"
    " without padding, and the verifier is kept for the token step"
)


def symptom_notes(context: Context) -> Iterator[Note]:
    """Say what the error texts among the pasted text mean, and what the token's grant leads to."""
    for kind, pattern, message in _SYMPTOMS:
        if pattern.search(context.text):
            yield Note(kind, "", message)
    if (
        _PKCE_CODE.search(context.text)
        and "verifier" in context.text.lower()
        and not _HASHES.search(context.text)
    ):
        yield Note("pkce.challenge-not-hashed", "", NOT_HASHED)


def grant_notes(context: Context) -> Iterator[Note]:
    """What a client-credentials token cannot do."""
    if is_service(context):
        yield Note("grant.client-credentials", "Authorization", CLIENT_CREDENTIALS)

"""Notes on error texts that people paste: what each means, where the body is not at fault."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_explain.explanation import Context, Note
from ringback_explain.meant.subject import is_service
from ringback_explain.table import table
from ringback_explain.tell.questions import FOR_USER
from ringback_explain.tell.scopes import CALLING, NEVER_APPLY

CLIENT_CREDENTIALS = (
    f"a client-credentials token has no user: POST {CALLS_PATH} answers it 400 not.a.user. No role and no"
    f" scope helps:"
    f" use the token of the user who calls (authorization code), or POST {FOR_USER}, for which the"
    f" client's role needs"
    " conversation:agentlessCall:add or conversation:call:add. " + NEVER_APPLY.capitalize()
)


@cache
def _symptoms() -> list[tuple[str, re.Pattern[str], str]]:
    return [
        (known["id"], re.compile(known["pattern"], re.IGNORECASE), known["text"].format(calling=CALLING))
        for known in table("tell/symptoms")["symptom"]
    ]


_PKCE_CODE = re.compile(r"code_?challenge", re.IGNORECASE)
_HASHES = re.compile(r"sha-?_?256|S256[^\"'\w]{0,3}\(|pkce_?challenge\(", re.IGNORECASE)
NOT_HASHED = (
    "the code sends a code_challenge and hashes nothing: the challenge is base64url(SHA-256(code_verifier))"
    " without padding, and the verifier is kept for the token step"
)


def symptom_notes(context: Context) -> Iterator[Note]:
    """Say what the error texts among the pasted text mean, and what the token's grant leads to."""
    for kind, pattern, message in _symptoms():
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

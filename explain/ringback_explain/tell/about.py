"""Notes on the text around a request: scopes, permissions, the token's grant, and errors that it quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ringback_contracts.catalogue import BY_ID
from ringback_contracts.http.granted import doubt_on_permission
from ringback_contracts.http.scopes import SCOPES
from ringback_contracts.resources.calls.operations import PLACE_CALL, PLACE_CALL_FOR_USER
from ringback_explain.explanation import Context, Note
from ringback_explain.meant.subject import is_service
from ringback_explain.table import table
from ringback_explain.tell.questions import listed_names, note

_PLACE, _FOR_USER = (" or ".join(BY_ID[operation].any_of) for operation in (PLACE_CALL, PLACE_CALL_FOR_USER))
CALLING = (
    f"calls need the scope conversations; the permission goes into a role: {_PLACE} for POST /calls,"
    f" {_FOR_USER} for POST /calls/user/{{userId}}"
)


def name_notes(context: Context) -> Iterator[Note]:
    """Say of the scopes and permissions that are none what they are instead, and once what is right."""
    notes = [*_of_scopes(context), *_of_permissions(context)]
    reading = table("tell/notes")["scope.of-users"]
    for each in notes:
        is_last = each is notes[-1] and reading not in each.message
        yield replace(each, message=f"{each.message}; {CALLING}") if is_last else each


def _of_permissions(context: Context) -> Iterator[Note]:
    asked = dict.fromkeys(name for name in context.permissions if name not in context.scopes)
    doubts = [doubt for name in asked if (doubt := doubt_on_permission(name))]
    if doubts:
        yield Note("permission.unknown", "", "; ".join(doubts))


def _of_scopes(context: Context) -> Iterator[Note]:
    named = dict.fromkeys(name for listed in context.scopes for name in re.split(r"[\s,]+", listed))
    strange = [scope for scope in named if scope and scope not in SCOPES]
    for kind, is_permission in (("scope.is-a-permission", True), ("scope.unknown", False)):
        alike = [scope for scope in strange if (scope.count(":") > 1) is is_permission]
        if alike:
            made = note(kind, "scope", names=listed_names(alike))
            of_users = all(re.match(r"users?\b", scope) for scope in alike)
            reading = f"; {table('tell/notes')['scope.of-users']}" if of_users else ""
            yield replace(made, message=made.message + reading)


def symptom_notes(context: Context) -> Iterator[Note]:
    """Say what the error texts among the pasted text mean, and what a login with PKCE lacks."""
    for known in table("tell/symptoms")["symptom"]:
        if re.search(known["pattern"], context.text, re.IGNORECASE):
            yield Note(known["id"], "", known["text"].format(calling=CALLING))
    challenge, hashes = table("tell/symptoms")["pkce"]
    is_pkce = "verifier" in context.text.lower() and re.search(challenge, context.text)
    if is_pkce and not re.search(hashes, context.text):
        yield note("pkce.challenge-not-hashed")


def grant_notes(context: Context) -> Iterator[Note]:
    """What a client-credentials token cannot do."""
    if is_service(context):
        yield note("grant.client-credentials", "Authorization")

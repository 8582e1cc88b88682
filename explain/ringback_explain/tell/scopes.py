"""Notes on OAuth scopes: which exist, and which are permissions or nobody's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ringback_contracts.catalogue import BY_ID
from ringback_contracts.http.granted import doubt_on_permission
from ringback_contracts.http.scopes import SCOPES
from ringback_contracts.resources.calls.operations import PLACE_CALL, PLACE_CALL_FOR_USER
from ringback_explain.explanation import Context, Note
from ringback_explain.tell.questions import listed_names

_PLACE, _FOR_USER = (" or ".join(BY_ID[operation].any_of) for operation in (PLACE_CALL, PLACE_CALL_FOR_USER))
CALLING = (
    f"calls need the scope conversations; the permission goes into a role: {_PLACE} for POST /calls,"
    f" {_FOR_USER} for POST /calls/user/{{userId}}"
)
READING = "users are read with the scope users or users:readonly"
PERMISSION = (
    "{names} is written like a permission and is no OAuth scope: a name of three parts belongs into a role"
)
INVENTED = (
    "{names} is no OAuth scope: scopes name an area, such as conversations, or an area for reading alone,"
    " such as conversations:readonly"
)
NEVER_APPLY = "scopes do not apply to a client-credentials token: its roles decide"


def name_notes(context: Context) -> Iterator[Note]:
    """Say of the scopes and permissions that are none what they are instead, and once what is right."""
    notes = [*_of_scopes(context), *_of_permissions(context)]
    for note in notes:
        is_last = note is notes[-1] and READING not in note.message
        yield replace(note, message=f"{note.message}; {CALLING}") if is_last else note


def _of_permissions(context: Context) -> Iterator[Note]:
    asked = dict.fromkeys(name for name in context.permissions if name not in context.scopes)
    doubts = [doubt for name in asked if (doubt := doubt_on_permission(name))]
    if doubts:
        yield Note("permission.unknown", "", "; ".join(doubts))


def _of_scopes(context: Context) -> Iterator[Note]:
    named = dict.fromkeys(name for listed in context.scopes for name in re.split(r"[\s,]+", listed))
    strange = [scope for scope in named if scope and scope not in SCOPES]
    of_users = [scope for scope in strange if re.match(r"users?\b", scope)]
    for kind, text in (("scope.is-a-permission", PERMISSION), ("scope.unknown", INVENTED)):
        alike = [scope for scope in strange if (scope.count(":") > 1) == (text is PERMISSION)]
        if alike:
            reading = f"; {READING}" if set(alike) <= set(of_users) else ""
            yield Note(kind, "scope", text.format(names=listed_names(alike)) + reading)

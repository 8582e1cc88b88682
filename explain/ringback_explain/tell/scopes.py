"""Notes on OAuth scopes: which exist, and which are permissions or nobody's."""

from __future__ import annotations

import re
from collections.abc import Iterator

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
NO_ROLE_HAS = (
    "{doubts}; calls need, in a role, {place} for POST /calls, {for_user} for POST /calls/user/{{userId}}"
)
NEVER_APPLY = "scopes do not apply to a client-credentials token: its roles decide"


def permission_notes(context: Context) -> Iterator[Note]:
    """Say of each permission that allows nothing what does."""
    asked = dict.fromkeys(name for name in context.permissions if name not in context.scopes)
    doubts = [doubt for name in asked if (doubt := doubt_on_permission(name))]
    if doubts:
        message = NO_ROLE_HAS.format(doubts="; ".join(doubts), place=_PLACE, for_user=_FOR_USER)
        yield Note("permission.unknown", "", message)


def scope_notes(context: Context) -> Iterator[Note]:
    """Say of each scope that is none what it is instead; silent on those that exist."""
    named = dict.fromkeys(name for listed in context.scopes for name in re.split(r"[\s,]+", listed))
    strange = [scope for scope in named if scope and scope not in SCOPES]
    for kind, text in (("scope.is-a-permission", PERMISSION), ("scope.unknown", INVENTED)):
        alike = [scope for scope in strange if (scope.count(":") > 1) == (text is PERMISSION)]
        if alike:
            names = listed_names(alike)
            about_users = all(re.match(r"users?\b", scope) for scope in alike)
            yield Note(kind, "scope", f"{text.format(names=names)}; {READING if about_users else CALLING}")

"""Notes on OAuth scopes: which exist, and which are permissions or nobody's."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ringback_contracts.catalogue import BY_ID
from ringback_contracts.http.scopes import SCOPES
from ringback_contracts.resources.calls.operations import PLACE_CALL, PLACE_CALL_FOR_USER
from ringback_explain.explanation import Context, Note

_PLACE, _FOR_USER = (" or ".join(BY_ID[operation].any_of) for operation in (PLACE_CALL, PLACE_CALL_FOR_USER))
CALLING = (
    f"calls need the scope conversations; the permission goes into a role: {_PLACE} for POST /calls,"
    f" {_FOR_USER} for POST /calls/user/{{userId}}"
)
READING = "users are read with the scope users or users:readonly"
PERMISSION = (
    "'{scope}' is written like a permission and is no OAuth scope: a name of three parts belongs into a role"
)
INVENTED = (
    "'{scope}' is no OAuth scope: scopes name an area, such as conversations, or an area for reading alone,"
    " such as conversations:readonly"
)
NEVER_APPLY = "scopes do not apply to a client-credentials token: its roles decide"


def scope_notes(context: Context) -> Iterator[Note]:
    """Say of each scope that is none what it is instead; silent on those that exist."""
    for scope in dict.fromkeys(name for listed in context.scopes for name in re.split(r"[\s,]+", listed)):
        if scope and scope not in SCOPES:
            yield _note(scope)


def _note(scope: str) -> Note:
    is_permission = scope.count(":") > 1
    text = (PERMISSION if is_permission else INVENTED).format(scope=scope[:80])
    about_users = re.match(r"users?\b", scope) is not None
    return Note(
        "scope.is-a-permission" if is_permission else "scope.unknown",
        "scope",
        f"{text}; {READING if about_users else CALLING}",
    )

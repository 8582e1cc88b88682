"""What an org grants, or somebody asks for, that no operation asks for: it loads, and does nothing."""

from __future__ import annotations

from collections.abc import Iterator

from ringback_contracts.http.scopes import SCOPES
from ringback_contracts.http.sdk_operations import permissions
from ringback_contracts.org import Org

PARTS = 3
"""A permission names a domain, an entity and an action."""
NO_PERMISSION = "'{name}' is no permission: those have three parts, such as conversation:call:add"
ASKED_BY_NOBODY = "no operation that Ringback knows asks for the permission '{name}'"
NO_SCOPE = "'{name}' is no OAuth scope: those name an area, such as conversations"


def doubt_on_permission(name: str) -> str | None:
    """Why a permission grants nothing here; ``None`` for one that an operation asks for, or a pattern."""
    if "*" in name or name in permissions():
        return None
    return (ASKED_BY_NOBODY if name.count(":") == PARTS - 1 else NO_PERMISSION).format(name=name[:80])


def idle_grants(org: Org) -> Iterator[str]:
    """What the org grants that does nothing here, one sentence each, and to whom."""
    holders = [(user.name, user.permissions) for user in org.users]
    holders += [(client.name or client.id, client.permissions) for client in org.clients]
    for permission in sorted(set().union(*(granted for _, granted in holders))):
        if doubt := doubt_on_permission(permission):
            names = ", ".join(name for name, granted in holders if permission in granted)
            yield f"{doubt}: granted to {names}, it allows nothing"
    for client in org.clients:
        for scope in sorted(set(client.scopes) - SCOPES):
            doubt = NO_SCOPE.format(name=scope[:80])
            yield f"{doubt}: granted to {client.name or client.id}, it allows nothing"

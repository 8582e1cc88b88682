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


OF_NO_OPERATION = frozenset({"conversation:recording:pause"})
"""Permissions that exist, though the documents of no operation list them."""
MOST_NAMED = 5
"""An org copied from a real one grants hundreds; so many are named."""


def doubt_on_permission(name: str) -> str | None:
    """Why a permission grants nothing here; ``None`` for one that an operation asks for, or a pattern."""
    if "*" in name or name in permissions() | OF_NO_OPERATION:
        return None
    return (ASKED_BY_NOBODY if name.count(":") == PARTS - 1 else NO_PERMISSION).format(name=name[:80])


def idle_grants(org: Org) -> Iterator[str]:
    """What the org grants that does nothing here, and to whom."""
    holders = [(user.name, user.permissions) for user in org.users]
    holders += [(client.name or client.id, client.permissions) for client in org.clients]
    granted = sorted(set().union(*(held for _, held in holders)))
    idle = [name for name in granted if doubt_on_permission(name)]
    for permission in (name for name in idle if name.count(":") != PARTS - 1):
        names = ", ".join(name for name, held in holders if permission in held)
        yield f"{NO_PERMISSION.format(name=permission[:80])}: granted to {names}, it allows nothing"
    unasked = [name for name in idle if name.count(":") == PARTS - 1]
    if unasked:
        more = f" and {len(unasked) - MOST_NAMED} more" if len(unasked) > MOST_NAMED else ""
        few = ", ".join(unasked[:MOST_NAMED])
        yield f"no operation here asks for {few}{more}: granted, they allow nothing"
    for client in org.clients:
        for scope in sorted(set(client.scopes) - SCOPES):
            doubt = NO_SCOPE.format(name=scope[:80])
            yield f"{doubt}: granted to {client.name or client.id}, it allows nothing"

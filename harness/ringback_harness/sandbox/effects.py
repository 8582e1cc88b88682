"""What a request may do at a real org: the one place that says which operations dial."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto

from ringback_contracts.catalogue import DIALLING, route
from ringback_contracts.core.model import Request
from ringback_contracts.resources.calls.operations import PATCH_CALL
from ringback_contracts.resources.conversations.operations import DISCONNECT

READING = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110, 9.2.1)."""


class Effect(Enum):
    """What a request does, if it is accepted."""

    READS = auto()
    DIALS = auto()
    ENDS = auto()
    UNKNOWN = auto()
    """Nobody has said what it does there, so it is never sent."""


_EFFECTS: Mapping[str, Effect] = {
    **dict.fromkeys(DIALLING, Effect.DIALS),
    **dict.fromkeys((DISCONNECT, PATCH_CALL), Effect.ENDS),
}


def effect(request: Request) -> Effect:
    """What the request does. A writing operation that is not listed here is unknown."""
    if request.method.upper() in READING:
        return Effect.READS
    operation = route(request.method, request.path).operation
    return Effect.UNKNOWN if operation is None else _EFFECTS.get(operation.id, Effect.UNKNOWN)

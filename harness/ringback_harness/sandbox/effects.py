"""What a request may do at a real org: the one place that says which operations dial."""

from __future__ import annotations

from enum import Enum, auto

from ringback_contracts.catalogue import route
from ringback_contracts.core.model import Request
from ringback_contracts.core.operation import Change

READING = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110, 9.2.1)."""


class Effect(Enum):
    """What a request does, if it is accepted."""

    READS = auto()
    DIALS = auto()
    ENDS = auto()
    """It ends, or otherwise changes, the one call in its path."""
    LISTENS = auto()
    """It opens a channel of whoever sends it, or changes what is told over one."""
    JOINS = auto()
    """It rings somebody into a call that is there, which no run does."""
    UNKNOWN = auto()
    """It changes something else, or nobody has said what it changes, so it is never sent."""


def effect(request: Request) -> Effect:
    """What the request does, by the traits of its operation."""
    if request.method.upper() in READING:
        return Effect.READS
    operation = route(request.method, request.path).operation
    if operation is None:
        return Effect.UNKNOWN
    if operation.dials:
        return Effect.DIALS if operation.changes is Change.NEW_CALL else Effect.JOINS
    if operation.changes is Change.CHANNEL:
        return Effect.LISTENS
    ends = operation.of_one_call and operation.changes is Change.CALL
    return Effect.ENDS if ends else Effect.UNKNOWN

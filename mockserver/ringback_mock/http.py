"""A reply as plain values, which every edge can send."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import orjson

from ringback_contracts.core.plain import plain

Headers = tuple[tuple[str, str], ...]

JSON_TYPE = ("Content-Type", "application/json")
CHALLENGE = ("WWW-Authenticate", 'Bearer realm="ringback"')
"""What every 401 names (RFC 9110 section 15.5.2)."""


class Ending(Enum):
    """How a connection ends in place of a whole reply."""

    CLOSED = "closed before the reply"
    RESET = "reset before the reply"
    BROKEN_OFF = "closed in the middle of the reply's body"


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a reply is sent where it is not simply sent: only a server that owns its socket can.

    ``wait`` is the time in seconds before the reply begins, ``trickle`` the time that its body takes,
    byte by byte.
    """

    ending: Ending | None = None
    wait: float = 0
    trickle: float = 0


@plain()
class Response:
    """One HTTP reply. ``body`` stays out of the repr, since it can carry a token."""

    status: int
    headers: Headers = ()
    body: bytes = field(default=b"", repr=False)
    delivery: Delivery | None = None


def json_response(status: int, value: Any, headers: Headers = ()) -> Response:
    """A reply whose body is the value as JSON."""
    return Response(status, (JSON_TYPE, *headers), orjson.dumps(value))

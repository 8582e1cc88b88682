"""A reply as plain values, which every edge can send, and to whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum
from http import HTTPStatus
from typing import Any, NamedTuple

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


class Peer(NamedTuple):
    """The other end of a connection: its address where that is known, and the scheme that it speaks."""

    address: str | None = None
    scheme: str = "http"


HERE = Peer()
"""Whoever asks in this process."""


class Feed:
    """Tells whoever listens that something has changed; what, they ask for themselves."""

    def __init__(self) -> None:
        self.listeners: set[Callable[[], None]] = set()

    def tell(self) -> None:
        for heard in tuple(self.listeners):
            heard()


@plain()
class Response:
    """One HTTP reply. ``body`` stays out of the repr, since it can carry a token.

    A long body comes in ``pieces`` instead, between which others may be served; that of a ``feed`` are
    server-sent events, and end with the connection.
    """

    status: int
    headers: Headers = ()
    body: bytes = field(default=b"", repr=False)
    delivery: Delivery | None = None
    pieces: Iterator[bytes] | None = field(default=None, repr=False)
    feed: Feed | None = field(default=None, repr=False)

    def whole(self) -> Response:
        """The same with its body in one."""
        if self.pieces is None:
            return self
        return replace(self, body=b"".join(self.pieces), pieces=None)


class HttpProblem(Exception):
    """Why a request outside ``/api`` is refused: a status, a word for it, and what to do."""

    def __init__(self, status: int, message: str, error: str = "", headers: Headers = ()) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.error = error or HTTPStatus(status).phrase.lower().replace(" ", "_")
        self.headers = headers

    def response(self) -> Response:
        return json_response(self.status, {"error": self.error, "message": self.message}, self.headers)


def bad_request(message: str) -> HttpProblem:
    """What is wrong with what was sent."""
    return HttpProblem(400, message)


def json_response(status: int, value: Any, headers: Headers = ()) -> Response:
    """A reply whose body is the value as JSON."""
    return Response(status, (JSON_TYPE, *headers), orjson.dumps(value))

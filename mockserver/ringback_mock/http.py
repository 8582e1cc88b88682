"""A reply as plain values, which every edge can send."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson

Headers = tuple[tuple[str, str], ...]

JSON_TYPE = ("Content-Type", "application/json")


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP reply. ``body`` stays out of the repr, since it can carry a token."""

    status: int
    headers: Headers = ()
    body: bytes = field(default=b"", repr=False)


def json_response(status: int, value: Any, headers: Headers = ()) -> Response:
    """A reply whose body is the value as JSON."""
    return Response(status, (JSON_TYPE, *headers), orjson.dumps(value))

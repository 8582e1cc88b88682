"""Read a JSON body: what it holds, or why it cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson

from ringback_contracts.core.plain import plain

MAX_DEPTH = 64
"""Nesting beyond this is refused."""
SHORT = 256
"""Bytes of a body up to which it is remembered how it reads: what a call is told comes again and again."""
MAX_BYTES = 512_000
"""The platform's limit ``request.bytes.max``."""


@plain()
class Payload:
    """A body's value, or the reason why there is none."""

    value: Any = None
    error: str | None = None
    too_deep: bool = False

    @property
    def readable(self) -> bool:
        return self.error is None and not self.too_deep


def said_in(body: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """What a body says: a field that is null counts as one that is not there."""
    return {name: value for name, value in (body or {}).items() if value is not None}


GZIP = b"\x1f\x8b"
"""How what gzip compressed begins (RFC 1952, 2.3.1)."""
UNREAD = Payload(error="the body is larger than the platform reads")


def read(body: bytes) -> Payload:
    """Parse strict JSON (RFC 8259) in UTF-8: no NaN, no byte order mark, no lone surrogates."""
    if len(body) > MAX_BYTES:
        return UNREAD
    if _deeper_than(body, MAX_DEPTH):
        return Payload(too_deep=True)
    try:
        return Payload(orjson.loads(body))
    except orjson.JSONDecodeError as error:
        return Payload(error=_explained(body, error))


def shared(body: bytes) -> Payload:
    """The same, where a short body is read once however often it comes: nobody may change the value."""
    return _shared(body) if len(body) <= SHORT else read(body)


_shared = lru_cache(maxsize=1024)(read)


def _deeper_than(body: bytes, limit: int) -> bool:
    if body.count(b"[") + body.count(b"{") <= limit:
        return False
    depth = 0
    in_string = escaped = False
    for byte in body:
        if in_string:
            in_string = escaped or byte != 0x22
            escaped = not escaped and byte == 0x5C
        elif byte == 0x22:
            in_string = True
        elif byte in b"[{":
            depth += 1
            if depth > limit:
                return True
        elif byte in b"]}":
            depth -= 1
    return False


def _explained(body: bytes, error: orjson.JSONDecodeError) -> str:
    if not body.strip():
        return "the body is empty"
    if body.startswith(b"\xef\xbb\xbf"):
        return "the body begins with a byte order mark"
    if body.startswith(GZIP):
        return "the body is compressed (gzip), and no Content-Encoding says so"
    try:
        body.decode()
    except UnicodeDecodeError as wrong:
        return f"the body is not UTF-8: the byte 0x{body[wrong.start]:02x} at offset {wrong.start}"
    reason = error.msg.split(": line ")[0].rstrip(".")
    return f"{reason} at line {error.lineno}, column {error.colno}"

"""UUIDs, made cheaply: ``uuid.uuid4`` costs three times as much, and its import 12 ms."""

from __future__ import annotations

from os import urandom

from ringback_contracts.life.moments import written


def new_id() -> str:
    """A random UUID (RFC 9562, version 4)."""
    return written(urandom(16).hex())

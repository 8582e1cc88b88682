"""UUIDs, made cheaply: ``uuid.uuid4`` costs three times as much, and its import 12 ms."""

from __future__ import annotations

from hashlib import blake2b
from os import urandom

VARIANTS = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}
"""Each hexadecimal digit with its two high bits set to the variant of RFC 9562."""


def new_id() -> str:
    """A random UUID (RFC 9562, version 4)."""
    return _written(urandom(16).hex())


def derived_id(parent: str, part: str) -> str:
    """The UUID of a part of something: the same parent and part always give the same one."""
    return _written(blake2b(f"{parent}/{part}".encode(), digest_size=16).hexdigest())


def _written(digits: str) -> str:
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{VARIANTS[digits[16]]}{digits[17:20]}-{digits[20:]}"

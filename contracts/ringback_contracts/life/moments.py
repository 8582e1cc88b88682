"""Moments and ids as the platform writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b

LATEST = 1e11
"""Seconds since 1970: what is later than the year 5138 can no longer be written with what is added to it."""
VARIANTS = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}
"""Each hexadecimal digit with its two high bits set to the variant of RFC 9562."""


@lru_cache(maxsize=4096)
def timestamp(at: float) -> str:
    """The moment (seconds since 1970) in the platform's spelling: UTC, milliseconds, ``Z``."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def read_moment(text: object) -> float | None:
    """The seconds since 1970 of a date and time (RFC 3339), which is one of UTC if it names no zone."""
    if not isinstance(text, str) or "T" not in text.upper():
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    at = (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
    return at if 0 <= at <= LATEST else None


def derived_id(parent: str, part: str) -> str:
    """The UUID of a part of something: the same parent and part always give the same one."""
    return written(blake2b(f"{parent}/{part}".encode(), digest_size=16).hexdigest())


def written(digits: str) -> str:
    """32 hexadecimal digits as a UUID of version 4 (RFC 9562)."""
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{VARIANTS[digits[16]]}{digits[17:20]}-{digits[20:]}"

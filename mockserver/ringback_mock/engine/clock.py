"""Time as the mock tells it: seconds since 1970 inside, ISO 8601 outside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

Clock = Callable[[], float]
"""Seconds since 1970, as ``time.time`` gives them."""


@lru_cache(maxsize=4096)
def timestamp(at: float) -> str:
    """The moment in the platform's spelling: UTC, milliseconds, ``Z``."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"

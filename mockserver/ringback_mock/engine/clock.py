"""Time as the mock tells it."""

from __future__ import annotations

from collections.abc import Callable

Clock = Callable[[], float]
"""Seconds since 1970, as ``time.time`` gives them."""

"""Wake up when something is due in an org whose channels somebody listens to, and never else."""

from __future__ import annotations

import asyncio
import math
import threading

from ringback_mock.engine.sockets import Sockets

EARLIEST = 0.001
"""Seconds: a clock that is hurried may have thousands of things due in one, which are told together."""


class Alarm:
    """One timer for all that is due."""

    def __init__(self, sockets: Sockets, loop: asyncio.AbstractEventLoop) -> None:
        self._sockets = sockets
        self._loop = loop
        self._thread = threading.get_ident()
        self._timer: asyncio.TimerHandle | None = None

    def set(self) -> None:
        """Wake up when the next thing is due; whoever asks may be in another thread."""
        if threading.get_ident() == self._thread:
            self._set()
        else:
            self._loop.call_soon_threadsafe(self._set)

    def _set(self) -> None:
        seconds = self._sockets.next_in()
        at = self._loop.time() + max(seconds, EARLIEST)
        if self._timer is not None:
            if abs(self._timer.when() - at) < EARLIEST:
                return
            self._timer.cancel()
            self._timer = None
        if math.isfinite(seconds):
            self._timer = self._loop.call_at(at, self._ring)

    def _ring(self) -> None:
        self._timer = None
        self._sockets.tell()

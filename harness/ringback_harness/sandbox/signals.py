"""The signals that stop a run, which wait until no call is in the air."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ringback_harness.sandbox.errors import Interrupted

STOPS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Windows has no SIGHUP, which comes where a terminal goes."""


class Stop:
    """Raises ``Interrupted`` when the process is told to stop, at once or at the end of ``held``."""

    def __init__(self) -> None:
        self._held = 0
        self._asked = False

    @contextmanager
    def heeded(self) -> Iterator[None]:
        """Listen to the signals. Only the main thread can; elsewhere nothing changes."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {stop: signal.signal(stop, self._ask) for stop in STOPS}
        try:
            yield
        finally:
            for stop, handler in before.items():
                signal.signal(stop, handler)

    @contextmanager
    def held(self) -> Iterator[None]:
        """What is begun in here is finished, whoever says stop."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
            self._check()

    def _ask(self, *_: object) -> None:
        self._asked = True
        self._check()

    def _check(self) -> None:
        if self._asked and not self._held:
            self._asked = False
            raise Interrupted

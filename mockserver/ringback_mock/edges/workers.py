"""Several processes on one listening socket, which share what they serve over a store."""

from __future__ import annotations

import logging
import os
import select
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

ANSWER = b"."
"""What a process says to the one that began it once it accepts connections."""
LOOK_SECONDS = 0.1
"""Between two looks whether a process ended that was to say that it is ready."""
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
"""Seconds before a process is begun in place of one that did not last; each pause is twice the one before."""

logger = logging.getLogger("ringback")


@dataclass(frozen=True)
class Ties:
    """What ties a process to the one that began it: where it says that it is ready, and where it would hear
    that the other is no more."""

    ready: int
    life: int

    def tell(self) -> None:
        """Say that connections are accepted."""
        os.write(self.ready, ANSWER)


@dataclass
class Workers:
    """Keeps ``count`` processes at ``work`` until it is told to stop, and then stops them too."""

    count: int
    work: Callable[[Ties], None]
    _running: dict[int, float] = field(default_factory=dict)
    """When each began."""
    _pause: float = 0.0

    def run(self, all_ready: Callable[[], None]) -> None:
        """Begin them; ``all_ready`` is called once all accept connections."""
        ready, tell_ready = os.pipe()
        life, hold = os.pipe()
        ties = Ties(tell_ready, life)
        with self._stopped_at_the_end():
            for _ in range(self.count):
                self._begin(ties, hold)
            self._await_all(ready, ties, hold)
            all_ready()
            while True:
                worker, status = os.wait()
                self._replace(worker, status, ties, hold)

    def _replace(self, worker: int, status: int, ties: Ties, hold: int) -> None:
        """Begin another one, later and later where none lasts, as with the store away; tell it once."""
        if time.monotonic() - self._running.pop(worker) >= LONGEST_PAUSE:
            self._pause = 0.0
        if not self._pause:
            logger.error("worker %d ended (status %d): another one begins until one lasts", worker, status)
        time.sleep(self._pause)
        self._begin(ties, hold)
        self._pause = min(max(2 * self._pause, FIRST_PAUSE), LONGEST_PAUSE)

    def _begin(self, ties: Ties, hold: int) -> None:
        worker = os.fork()
        if worker:
            self._running[worker] = time.monotonic()
            return
        code = 1
        try:
            os.close(hold)
            self._running.clear()
            self.work(ties)
            code = 0
        except Exception as error:  # noqa: BLE001 - whatever it is, the process ends here
            if not self._pause:
                told = f"{type(error).__name__}: {error}"
                logger.error("worker %d cannot go on: %s", os.getpid(), told)  # noqa: TRY400 - most often no bug
        finally:
            os._exit(code)

    def _await_all(self, ready: int, ties: Ties, hold: int) -> None:
        said = b""
        while len(said) < self.count:
            if select.select([ready], [], [], LOOK_SECONDS)[0]:
                said += os.read(ready, self.count)
                continue
            worker, status = os.waitpid(-1, os.WNOHANG)
            if worker:
                self._replace(worker, status, ties, hold)

    @contextmanager
    def _stopped_at_the_end(self) -> Iterator[None]:
        def stop(_: int, __: FrameType | None) -> None:
            raise SystemExit(0)

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
        try:
            yield
        finally:
            for worker in self._running:
                os.kill(worker, signal.SIGTERM)
            for worker in tuple(self._running):
                os.waitpid(worker, 0)

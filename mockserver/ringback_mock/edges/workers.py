"""Several processes on one listening socket, which share what they serve over a store."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

ANSWER = b"."
"""What a process says to the one that began it once it accepts connections."""

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
    _running: set[int] = field(default_factory=set)

    def run(self, all_ready: Callable[[], None]) -> None:
        """Begin them; ``all_ready`` is called once all accept connections."""
        ready, tell_ready = os.pipe()
        life, hold = os.pipe()
        ties = Ties(tell_ready, life)
        with self._stopped_at_the_end():
            for _ in range(self.count):
                self._begin(ties, hold)
            self._await_all(ready)
            all_ready()
            while True:
                worker, status = os.wait()
                self._running.discard(worker)
                logger.error("worker %d ended (status %d): another one begins", worker, status)
                self._begin(ties, hold)

    def _begin(self, ties: Ties, hold: int) -> None:
        worker = os.fork()
        if worker:
            self._running.add(worker)
            return
        code = 1
        try:
            os.close(hold)
            self._running.clear()
            self.work(ties)
            code = 0
        finally:
            os._exit(code)

    def _await_all(self, ready: int) -> None:
        said = b""
        while len(said) < self.count:
            said += os.read(ready, self.count)

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

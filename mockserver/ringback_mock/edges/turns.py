"""Whoever has more than one thing to do waits for a turn, and whoever has one is served at once."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

Go = Callable[[], None]


class Turns:
    """A queue of things to do, of which each round of the event loop does one.

    Each is short. Between two of them the loop looks at every socket.
    """

    def __init__(self) -> None:
        self._queue: deque[Go] = deque()

    def __len__(self) -> int:
        return len(self._queue)

    def wait(self, loop: asyncio.AbstractEventLoop, go: Go) -> None:
        """Do it when everything that was put here before is done."""
        self._queue.append(go)
        if len(self._queue) == 1:
            loop.call_soon(self._next, loop)

    async def turn(self) -> None:
        """Wait for a turn."""
        loop = asyncio.get_running_loop()
        reached = asyncio.Event()
        self.wait(loop, reached.set)
        await reached.wait()

    def _next(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            self._queue[0]()
        finally:
            self._queue.popleft()
            if self._queue:
                loop.call_soon(self._next, loop)

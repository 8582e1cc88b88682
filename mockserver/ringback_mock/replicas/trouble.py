"""What keeps a replica from answering, and whether that is over before anybody need hear of it."""

from __future__ import annotations

import asyncio
from contextlib import suppress


class Trouble:
    """``why`` nothing can be answered just now; empty while all is well.

    What passes within ``patience`` seconds need not be told: a request waits for so long.
    """

    def __init__(self, patience: float) -> None:
        self.why = "the store has not been read yet"
        self._patience = patience
        self._told_after = 0.0
        self._decided = asyncio.Event()

    def begin(self, why: str, *, lasts: bool = False) -> None:
        """There is trouble, or another reason for it; what ``lasts`` is told at once."""
        before, self.why = self.why, why
        if lasts:
            self._told_after = 0.0
            self._decided.set()
            return
        if not before:
            self._told_after = asyncio.get_running_loop().time() + self._patience
        self._decided.clear()

    def end(self) -> None:
        """All is well."""
        self.why = ""
        self._decided.set()

    async def passes(self) -> bool:
        """Whether it is over before it has to be told."""
        left = self._told_after - asyncio.get_running_loop().time()
        if self.why and left > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._decided.wait(), left)
        return not self.why

"""What is due in an org, and when: nothing looks for it before."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Container
from heapq import heapify, heappop, heappush

Due = Callable[[float], object]
"""What happens, told the moment at which it is due."""
LATER = "later"
"""Stands where a call's id would: what is due so long after something, whatever the clock is set to."""


class Agenda:
    """Things by the moments at which they are due; those of one moment in the order in which they came."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, str, Due]] = []
        self._order = itertools.count()
        self.at: float | None = None
        """The moment of what happens just now, which is past where the clock has been moved far."""

    @property
    def next(self) -> float | None:
        """When the next is due."""
        return self._heap[0][0] if self._heap else None

    def put(self, at: float, due: Due, about: str = "") -> None:
        """Let it happen at that moment; ``about`` is the id of the call that it is about, or ``LATER``."""
        heappush(self._heap, (at, next(self._order), about, due))

    def run(self, now: float) -> None:
        """Let happen what is due by now, and what comes to be due by it meanwhile."""
        try:
            while self._heap and self._heap[0][0] <= now:
                self.at, _, _, due = heappop(self._heap)
                due(self.at)
        finally:
            self.at = None

    def set_back(self, seconds: float) -> None:
        """The clock was set back: what is due so long after something is due as much earlier."""
        self._heap = [
            (at - seconds if about == LATER else at, order, about, due)
            for at, order, about, due in self._heap
        ]
        heapify(self._heap)

    def keep(self, calls: Container[str]) -> None:
        """Forget what is about calls that there are no more."""
        self._heap = [entry for entry in self._heap if entry[2] in ("", LATER) or entry[2] in calls]
        heapify(self._heap)

    def clear(self) -> None:
        self._heap.clear()

    def __len__(self) -> int:
        return len(self._heap)

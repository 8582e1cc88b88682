"""What has happened since the start, counted. Nothing here knows who reads it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

SECONDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)
"""Upper bounds of durations that are counted together."""


NO_OPERATION = NO_RULE = ""
"""Of a request to a path that is not the API's, and of one that no rule refused."""


class Durations:
    """How often something took how long; ``counts`` has one more than ``bounds``, for what took longer."""

    def __init__(self, bounds: Sequence[float] = SECONDS) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.seconds = 0.0

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(self.bounds, seconds)] += 1
        self.seconds += seconds


class Tally:
    """Counts exchanges by operation, status and rule, and how long the steps of a store took, by their names.

    Whoever counts holds the store's lock. A step counts once it is first timed; a store in memory times none.
    """

    def __init__(self) -> None:
        self.exchanges: dict[tuple[str, int, str], int] = {}
        self.steps: dict[str, Durations] = {}

    def total(self) -> int:
        """How many exchanges there have been."""
        return sum(self.exchanges.values())

    def time(self, step: str, seconds: float) -> None:
        """A step of the store took so long."""
        durations = self.steps.get(step)
        if durations is None:
            durations = self.steps[step] = Durations()
        durations.add(seconds)

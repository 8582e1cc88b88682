"""Let calls live by chance, whatever is done to them and when, and hold each step to what always holds."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import count
from multiprocessing import get_context

from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as seeded
from hypothesis.stateful import run_state_machine_as_test

from tests.contracts.test_life_machine import Life

STEPS_OF_A_CALL, CALLS_OF_A_RUN = 60, 50
LONG = settings(
    max_examples=CALLS_OF_A_RUN,
    stateful_step_count=STEPS_OF_A_CALL,
    deadline=None,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


@dataclass(frozen=True)
class Lived:
    """How much was tried: steps of calls, in so many seconds."""

    calls: int
    steps: int
    seconds: float


def live(steps: int) -> Lived:
    """So many steps at the least, on every processor; raises what a call did that it may not."""
    began = time.monotonic()
    calls = done = 0
    workers = os.cpu_count() or 1
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        seeds = count(1)
        while done < steps:
            for lived, stepped in pool.map(_run, _some(seeds, workers)):
                calls, done = calls + lived, done + stepped
    return Lived(calls, done, time.monotonic() - began)


def _some(seeds: Iterator[int], number: int) -> list[int]:
    return [next(seeds) for _ in range(number)]


def _run(chance: int) -> tuple[int, int]:
    """Calls and steps of a run with that seed."""
    calls = steps = 0

    @seeded(chance)
    class Counted(Life):
        def __init__(self) -> None:
            nonlocal calls
            super().__init__()
            calls += 1

        def check_invariants(
            self, settings: settings, output: Callable[[str], object], runtimes: dict[str, float]
        ) -> None:
            nonlocal steps
            steps += 1
            super().check_invariants(settings, output, runtimes)

    run_state_machine_as_test(Counted, settings=LONG)
    return calls, steps

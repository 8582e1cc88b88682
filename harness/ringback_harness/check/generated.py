"""Generated requests, each with the verdict of the shipped judge; what fails is shrunk."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky

from ringback_contracts.core.examples import situation
from ringback_contracts.core.judge import judge
from ringback_contracts.core.model import Example, Rejected, Request
from ringback_contracts.operations import PLACE_CALL
from ringback_harness import strategies
from ringback_harness.check.expectation import Expected, expected_of
from ringback_harness.check.results import TIME_OVER, CheckOutcome, Result, RoundTrip, operation_of
from ringback_harness.check.rules import Worlds, foretold
from ringback_harness.targets import World

SUITE = "rules"
GRANTED = "(accepted)"
REAL_SHARE = 2
"""Of the examples asked for, one in so many is made for a real org; most of those may not be sent."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Effort:
    """How much to try: examples of each kind, the seed, and until when (``time.monotonic``)."""

    examples: int = 200
    seed: int = 0
    until: float = field(default=float("inf"))
    shrink: bool = True

    @property
    def over(self) -> bool:
        return time.monotonic() >= self.until

    def at(self, world: World) -> Effort:
        """The same where requests cost nothing; on a real org a part, and none to shrink."""
        if not world.traits.real:
            return self
        return replace(self, examples=max(1, self.examples // REAL_SHARE), shrink=False)


class _Failed(Exception):
    """Tells hypothesis that an example is worth shrinking."""


def explore(
    values: st.SearchStrategy[T], attempt: Callable[[T], Result], effort: Effort, subject: Result
) -> Iterator[Result]:
    """Try generated values; of those that fail only the smallest is given.

    ``subject`` is what a result says of all those for which there was no time.
    """
    if effort.over:
        yield left_out(subject, effort.examples)
        return
    held: list[Result] = []
    failed: list[Result] = []
    late = 0

    @seed(effort.seed)
    @settings(
        max_examples=effort.examples,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink) if effort.shrink else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @given(values)
    def trial(value: T) -> None:
        nonlocal late
        if effort.over:
            late += not failed  # what is only to be shrunk was tried
            return
        result = attempt(value)
        if result.failed:
            failed.append(result)
            raise _Failed
        if not failed:
            held.append(result)

    try:
        trial()
    except (_Failed, Flaky):
        # The last one is the smallest: hypothesis runs it again before it raises.
        held.append(failed[-1])
    yield from held
    if late:
        yield left_out(subject, late)


def left_out(subject: Result, times: int) -> Result:
    """What stands for attempts that were never made, since the time was over."""
    return replace(subject, outcome=CheckOutcome.NOT_REACHED, reasons=(TIME_OVER,), times=times)


def kinds(world: World) -> dict[str, st.SearchStrategy[Any]]:
    """What bodies are made of, from the narrowest kind to the widest."""
    org = world.org
    return {
        "published": strategies.published_bodies(org),
        "participants": strategies.participants_bodies(org),
        "any": strategies.bodies(org),
    }


def check_generated(worlds: Worlds, effort: Effort) -> Iterator[Result]:
    """Post generated bodies of each kind, as a rule with alice's token."""
    world = worlds.get()
    for kind, bodies in kinds(world).items():
        requests = strategies.requests(world.org, body=bodies)
        subject = Result(SUITE, f"(generated bodies, {kind})", PLACE_CALL, CheckOutcome.NOT_REACHED)
        yield from explore(requests, lambda request: post(world, request), effort.at(world), subject)


def post(world: World, request: Request) -> Result:
    """Send a generated request and hold the answer against the judge's verdict."""
    expected, subject = verdict_on(world, request)
    attempt = Result(
        SUITE, subject, operation_of(request), CheckOutcome.NOT_REACHED, exchange=RoundTrip(request)
    )
    return foretold(attempt, world, request, expected)


def verdict_on(world: World, request: Request) -> tuple[Expected, str]:
    """What the shipped judge expects, in the default org where that of the world is not known, and why."""
    plain = Example(
        raw=request.body, token=None, method=request.method, path=request.path, headers=request.headers
    )
    there = situation(plain, world.org)
    verdict = judge(request, there.caller, there.org)
    subject = verdict.finding.rule.id if isinstance(verdict, Rejected) else GRANTED
    return expected_of(verdict, there.org), subject

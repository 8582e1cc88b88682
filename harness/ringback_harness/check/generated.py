"""Generated requests, each with the verdict of the shipped judge; what fails is shrunk."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from click import ClickException
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky

from ringback_client.errors import TransportError
from ringback_contracts.catalogue import judge
from ringback_contracts.core.model import Example, Rejected, Request
from ringback_contracts.examples import situation
from ringback_contracts.resources.calls.operations import PLACE_CALL
from ringback_harness import strategies
from ringback_harness.check.expectation import Expected, expected_of
from ringback_harness.check.results import TIME_OVER, CheckOutcome, Result, RoundTrip, operation_of
from ringback_harness.check.rules import Worlds, foretold
from ringback_harness.targets import World

SUITE = "rules"
GRANTED = "(accepted)"
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
        """The same, but on a real org, where requests cost time, nothing is shrunk."""
        return replace(self, shrink=self.shrink and not world.traits.real)


class _Failed(Exception):
    """Tells hypothesis that an example is worth shrinking."""


@dataclass
class _Tries(Generic[T]):
    """What became of the values that were tried, and how many came when there was no time."""

    attempt: Callable[[T], Result]
    effort: Effort
    held: list[Result] = field(default_factory=list)
    failed: list[Result] = field(default_factory=list)
    late: int = 0
    stop: ClickException | TransportError | None = None

    def take(self, value: T) -> None:
        """Try one value, unless the run is over. Raises ``_Failed``."""
        if self.stop:
            return
        if self.effort.over:
            self.late += not self.failed  # what is only to be shrunk was tried
            return
        try:
            result = self.attempt(value)
        except (ClickException, TransportError) as stop:
            self.stop = stop  # it ends the run: hypothesis would send the value again
            return
        if result.failed:
            self.failed.append(result)
            raise _Failed
        if not self.failed:
            self.held.append(result)


def explore(
    values: st.SearchStrategy[T], attempt: Callable[[T], Result], effort: Effort, subject: Result
) -> Iterator[Result]:
    """Try generated values; of those that fail only the smallest is given.

    ``subject`` is what a result says of all those for which there was no time. Raises what stops a run.
    """
    if effort.over:
        yield left_out(subject, effort.examples)
        return
    tries = _Tries(attempt, effort)

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
        tries.take(value)

    try:
        trial()
    except (_Failed, Flaky):
        # The last one is the smallest: hypothesis runs it again before it raises.
        tries.held.append(tries.failed[-1])
    if tries.stop:
        raise tries.stop
    yield from tries.held
    if tries.late:
        yield left_out(subject, tries.late)


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

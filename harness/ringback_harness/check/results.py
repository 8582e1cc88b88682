"""What a check found: held, failed or not reached, each with the exchange that shows it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from ringback_client.transport import Reply
from ringback_contracts.catalogue import PLACING, route
from ringback_contracts.core.model import Request
from ringback_harness.check.expectation import Expected

NO_OPERATION = "(no operation)"
KEPT = 2_000
"""Exchanges that a run keeps for its HAR file."""
TIME_OVER = "the time was over"
"""Why something was not reached that could have been."""


class CheckOutcome(StrEnum):
    """What became of one attempt."""

    HELD = "held"
    FAILED = "failed"
    NOT_REACHED = "not reached"


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """A request, in the names of the default org, its reply, if one came, and when (seconds since 1970)."""

    request: Request
    reply: Reply | None = None
    at: float = field(default_factory=time.time, compare=False)


@dataclass(frozen=True, slots=True)
class Step:
    """One of several requests, as an exchange has it, and its reply, if one came.

    ``org`` counts the orgs that they go to, ``pause`` the seconds to wait before it.
    """

    request: Request
    reply: Reply | None = None
    org: int = 0
    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class Result:
    """One attempt: what it was about, where it went, how it ended and why.

    ``switches`` are those of the org it needs, ``used`` the requests that its token had made before;
    ``steps`` are all requests that show a failure, where the last one alone does not. ``times`` counts the
    attempts that one result stands for: those that were never made, and those of many that are alike.
    """

    suite: str
    subject: str
    operation: str
    outcome: CheckOutcome
    reasons: tuple[str, ...] = ()
    exchange: RoundTrip | None = None
    expected: Expected | None = None
    switches: Mapping[str, Any] = field(default_factory=dict)
    used: int = 0
    steps: tuple[Step, ...] = ()
    times: int = 1

    @property
    def failed(self) -> bool:
        return self.outcome is CheckOutcome.FAILED

    @property
    def size(self) -> int:
        """How much there is to read in its request."""
        sent = self.exchange.request if self.exchange else None
        return len(sent.body) + len(sent.path) if sent else 0


def operation_of(request: Request) -> str:
    """The id of the operation that a request reaches."""
    found = route(request.method, request.path).operation
    return found.id if found else NO_OPERATION


Row = tuple[str, str, str]
Kind = tuple[str, str, str, tuple[str, ...]]
"""What failures that are kept once have in common: their row and reasons."""


def _kind(failure: Result) -> Kind:
    return failure.suite, failure.subject, failure.operation, failure.reasons


class Ledger:
    """Counts by suite, subject and operation; each failure once, by its smallest example."""

    def __init__(self) -> None:
        self.counts: dict[Row, Counter[CheckOutcome]] = {}
        self.reasons: dict[Row, tuple[str, ...]] = {}
        self.exchanges: list[RoundTrip] = []
        self.left_out: dict[str, Counter[str]] = {}
        """What the time did not allow: attempts by subject, for each suite."""
        self.granted = 0
        """How many requests were granted that should be, and ``placed`` how many calls of rules' examples."""
        self.placed = 0
        self.refusals_tried: set[str] = set()
        """Of what a refusal was tried, whatever came of it: rules, by their ids, and other subjects."""
        self.ungranted: Counter[str] = Counter()
        """Why calls that should be granted were not tried."""
        self.published: Sequence[Path] = ()
        """The reports of schemathesis."""
        self._failures: dict[Kind, Result] = {}
        self._times: Counter[Kind] = Counter()

    def add(self, result: Result) -> None:
        """Count a result."""
        row = (result.suite, result.subject, result.operation)
        self.counts.setdefault(row, Counter())[result.outcome] += result.times
        if result.reasons == (TIME_OVER,):
            self.left_out.setdefault(result.suite, Counter())[result.subject] += result.times
        if result.outcome is CheckOutcome.NOT_REACHED:
            self.reasons.setdefault(row, result.reasons)
        if result.expected is not None and result.expected.code is None:
            self._count_grant(result)
        elif result.expected is not None and result.outcome is not CheckOutcome.NOT_REACHED:
            self.refusals_tried.add(result.subject)
        if result.exchange is not None and len(self.exchanges) < KEPT:
            self.exchanges.append(result.exchange)
        if result.failed:
            self._keep(result)

    def _count_grant(self, result: Result) -> None:
        dials = result.operation in PLACING
        if result.outcome is CheckOutcome.HELD:
            self.granted += 1
            self.placed += dials
        elif result.outcome is CheckOutcome.NOT_REACHED and dials:
            self.ungranted.update(result.reasons)

    def _keep(self, result: Result) -> None:
        kind = _kind(result)
        self._times[kind] += 1
        known = self._failures.get(kind)
        if known is None or result.size < known.size:
            self._failures[kind] = result

    def times(self, failure: Result) -> int:
        """How many attempts failed like this one."""
        return self._times[_kind(failure)]

    @property
    def failures(self) -> list[Result]:
        return list(self._failures.values())

    def total(self, outcome: CheckOutcome) -> int:
        """How many attempts ended so."""
        return sum(count[outcome] for count in self.counts.values())

    @property
    def tried(self) -> int:
        return self.total(CheckOutcome.HELD) + self.total(CheckOutcome.FAILED)

    def rows(self) -> Iterator[tuple[Row, Counter[CheckOutcome]]]:
        """The counts, in the order in which their rows came up."""
        yield from self.counts.items()

"""One check of one target: every suite, in the order in which it is of most use."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ringback_harness.cases import CaseFile, check_cases
from ringback_harness.check import api
from ringback_harness.check.client import check_client
from ringback_harness.check.flow import check_flow
from ringback_harness.check.flows import ALL_FLOWS
from ringback_harness.check.generated import Effort, check_generated
from ringback_harness.check.life import check_life
from ringback_harness.check.official import check_official
from ringback_harness.check.oracles import check_oracles
from ringback_harness.check.results import CheckOutcome, Ledger, Result
from ringback_harness.check.rules import Worlds, check_rules
from ringback_harness.targets import CheckTarget, OutOfReach


@dataclass(frozen=True, slots=True)
class Options:
    """How much to check: generated examples of each kind, the seed, seconds at most, reports and cases."""

    examples: int = 200
    seed: int = 0
    max_time: float | None = None
    reports: Sequence[str] = ()
    report_dir: Path | None = None
    cases: Sequence[CaseFile] = ()


Notice = Callable[[str, Ledger], None]
"""Told the name of the suite and the counts, again and again while it goes on."""


def check(
    target: CheckTarget,
    options: Options,
    notice: Notice = lambda _suite, _ledger: None,
    ledger: Ledger | None = None,
) -> Ledger:
    """Check the target, into ``ledger`` where somebody else wants what was found before a run was stopped.

    Raises ``SetupError``, and what the client's transport raises.
    """
    until = None if options.max_time is None else time.monotonic() + options.max_time
    plan = api.SchemathesisOptions(
        max(1, options.examples // 20), options.seed, until, options.reports, options.report_dir
    )
    ledger = Ledger() if ledger is None else ledger
    # It takes longest, and in a process of its own.
    with closing(api.SchemathesisRun(target, plan)) as document:
        for name, results in _suites(target, options, until):
            for result in _reached(name, results):
                ledger.add(result)
                notice(name, ledger)
        notice("document", ledger)
        for result in document.results():
            ledger.add(result)
        ledger.published = document.published
    return ledger


def _suites(
    target: CheckTarget, options: Options, until: float | None
) -> Iterator[tuple[str, Iterator[Result]]]:
    end = float("inf") if until is None else until
    worlds = Worlds(target, end)
    effort = Effort(options.examples, options.seed, end)
    yield "cases", check_cases(worlds, options.cases)
    # Before the rules' own calls, which may use up what a real org is allowed.
    yield "flow", check_flow(worlds, ALL_FLOWS)
    yield "rules", check_rules(worlds)
    yield "generated", check_generated(worlds, effort)
    yield "oracles", check_oracles(worlds, effort)
    yield "life", check_life(worlds, effort)
    yield "the official SDK", check_official(worlds, effort)
    yield "client", check_client(worlds, effort)


def _reached(name: str, results: Iterator[Result]) -> Iterator[Result]:
    try:
        yield from results
    except OutOfReach as reason:
        yield Result(name, "(the rest)", "", CheckOutcome.NOT_REACHED, (str(reason),))

"""What is wrong with a target, each thing once: one fault shows in many failures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ringback_harness.cases import SUITE as CASES
from ringback_harness.check.events import STRIPPED
from ringback_harness.check.events import SUITE as DOCUMENT
from ringback_harness.check.results import Ledger, Result


@dataclass(frozen=True, slots=True)
class Defect:
    """What is wrong, and the failures that show it, the easiest to read first; ``times`` counts attempts."""

    reasons: tuple[str, ...]
    failures: tuple[Result, ...]
    times: int

    @property
    def example(self) -> Result:
        return self.failures[0]

    @property
    def where(self) -> tuple[str, ...]:
        """What the failures are about, without their operations where there are several."""
        return tuple(dict.fromkeys(failure.subject for failure in self.failures))


def defects(ledger: Ledger) -> list[Defect]:
    """What the failures have in common, the most telling first; every failure is in one at least.

    Reasons that come only together are one defect.
    """
    by_reason: dict[str, list[Result]] = {}
    for failure in ledger.failures:
        for reason in failure.reasons or ("",):
            by_reason.setdefault(reason, []).append(failure)
    together: dict[tuple[int, ...], list[str]] = {}
    for reason, failures in by_reason.items():
        together.setdefault(tuple(map(id, failures)), []).append(reason)
    found = [_defect(ledger, reasons, by_reason[reasons[0]]) for reasons in together.values()]
    return sorted(found, key=_rank)


def _defect(ledger: Ledger, reasons: list[str], failures: list[Result]) -> Defect:
    ordered = sorted(failures, key=_effort)
    return Defect(tuple(filter(None, reasons)), tuple(ordered), sum(map(ledger.times, failures)))


def _effort(failure: Result) -> tuple[bool, int, bool, int]:
    """How much has to be done and read to see it; what a user wrote comes before what was made up."""
    own = failure.suite == CASES
    return not own, max(1, len(failure.steps)), bool(failure.switches), failure.size


def _rank(defect: Defect) -> tuple[int, int]:
    """A user's own cases first, then what most attempts show; last the headers that only a mock has."""
    suites = set(_suites(defect))
    if defect.reasons == (STRIPPED,):
        return 3, 0
    kind = 0 if CASES in suites else 2 if suites == {DOCUMENT} else 1
    return kind, -defect.times


def _suites(defect: Defect) -> Iterator[str]:
    return (failure.suite for failure in defect.failures)

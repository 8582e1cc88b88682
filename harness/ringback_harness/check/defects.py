"""What is wrong with a target, each thing once: one cause shows in many failures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ringback_harness.cases import SUITE as CASES
from ringback_harness.check.causes import Causes
from ringback_harness.check.events import STRIPPED
from ringback_harness.check.events import SUITE as DOCUMENT
from ringback_harness.check.results import Ledger, Result
from ringback_harness.check.roots import Cause


@dataclass(frozen=True, slots=True)
class Defect:
    """What is wrong, and the failures that show it, the easiest to read first; ``times`` counts attempts."""

    reasons: tuple[str, ...]
    failures: tuple[Result, ...]
    times: int
    cause: str = ""
    """What many failures have in common, where their reasons differ."""

    @property
    def title(self) -> str:
        return self.cause or next(iter(self.reasons), "it fails, and does not say why")

    @property
    def example(self) -> Result:
        return self.failures[0]

    @property
    def where(self) -> tuple[str, ...]:
        """What the failures are about, without their operations where there are several."""
        return tuple(dict.fromkeys(failure.subject for failure in self.failures))


def defects(ledger: Ledger) -> list[Defect]:
    """What the failures have in common, the most telling first; every failure is in one at least.

    Reasons that come only together are one defect, and so are those of one cause.
    """
    by_cause: dict[Cause, dict[str, list[Result]]] = {}
    causes = Causes(ledger)
    for failure in ledger.failures:
        for reason in failure.reasons or ("",):
            by_cause.setdefault(causes.of(failure, reason), {}).setdefault(reason, []).append(failure)
    together: dict[tuple[int, ...], list[tuple[Cause, dict[str, list[Result]]]]] = {}
    for cause, reasons in by_cause.items():
        together.setdefault(tuple(dict.fromkeys(map(id, _all(reasons)))), []).append((cause, reasons))
    return sorted((_defect(ledger, same) for same in together.values()), key=_rank)


def _all(reasons: dict[str, list[Result]]) -> Iterator[Result]:
    return (failure for failures in reasons.values() for failure in failures)


def _defect(ledger: Ledger, same: list[tuple[Cause, dict[str, list[Result]]]]) -> Defect:
    failures = {id(failure): failure for _, reasons in same for failure in _all(reasons)}.values()
    reasons = tuple(filter(None, dict.fromkeys(reason for _, reasons in same for reason in reasons)))
    title = next((cause.title for cause, _ in same if cause.title), "")
    ordered = tuple(sorted(failures, key=_effort))
    return Defect(reasons, ordered, sum(map(ledger.times, ordered)), title)


# --- order --------------------------------------------------------------------------------------------


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

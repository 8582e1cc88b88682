"""Whether what failed once is fixed: each case on the mock, and then on a target."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from ringback_harness.cases import CaseFile, try_case
from ringback_harness.check.results import CheckOutcome, Result
from ringback_harness.check.rules import Worlds


class Standing(StrEnum):
    """What has become of a failure."""

    FIXED = "fixed"
    FAILING = "still failing"
    NOT_COMPARABLE = "not comparable"


@dataclass(frozen=True, slots=True)
class Verified:
    """A case, how it stands, and why: what was found on the mock and on the target."""

    case: CaseFile
    standing: Standing
    reasons: tuple[str, ...] = ()


def verify(cases: Iterable[CaseFile], mock: Worlds, target: Worlds | None = None) -> Iterator[Verified]:
    """Try each case on the mock and, if there is one, on the target.

    A case is fixed where every answer is the one it asks for, and still failing where one is not. What
    cannot be tried on the target is not comparable, however the mock answers.
    """
    for case in cases:
        named = [("mock", try_case(mock, case))]
        if target is not None:
            named.append(("target", try_case(target, case)))
        yield _standing(case, named)


def _standing(case: CaseFile, named: list[tuple[str, Result]]) -> Verified:
    def told(outcome: CheckOutcome) -> tuple[str, ...]:
        found = [(where, result) for where, result in named if result.outcome is outcome]
        return tuple(f"{where}: {reason}" for where, result in found for reason in result.reasons)

    outcomes = {result.outcome for _, result in named}
    if CheckOutcome.FAILED in outcomes:
        return Verified(case, Standing.FAILING, told(CheckOutcome.FAILED))
    if CheckOutcome.NOT_REACHED in outcomes:
        return Verified(case, Standing.NOT_COMPARABLE, told(CheckOutcome.NOT_REACHED))
    return Verified(case, Standing.FIXED)

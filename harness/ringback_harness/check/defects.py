"""What is wrong with a target, each thing once: one cause shows in many failures."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ringback_contracts.catalogue import BY_ID, TABLE
from ringback_contracts.core.operation import Operation
from ringback_harness.cases import SUITE as CASES
from ringback_harness.check.events import SCHEMA, STRIPPED
from ringback_harness.check.events import SUITE as DOCUMENT
from ringback_harness.check.expectation import ENVELOPE_LACKS, ERRORS, NO_JSON, shown
from ringback_harness.check.flow import NOBODY_ON_IT
from ringback_harness.check.flow import SUITE as FLOW
from ringback_harness.check.results import Ledger, Result

MOST = 3
"""Rules that fail alike before they are taken for one cause; they have to be most of those tried, too."""
MEDIA_TYPE = "content_type_conformance"
"""How a reason of schemathesis begins that is about the Content-Type."""
SDK_ERROR = "ErrorBody of the SDK"
"""How a reason begins that the official SDK's model of an error gives."""
_MISMATCH = re.compile(
    r"(?:expected|the client foresees) (([0-9]{3})[^(,]*)(?:\(([^)]*)\))?, answered (([0-9]{3})[^(]*)"
)
"""What our suites say of an answer that is another than the expected one, but for the rules' names."""


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


class _Mismatch(NamedTuple):
    """An answer that is another than the expected one: both in words, and their statuses."""

    wanted: str
    wanted_status: int
    rule: str | None
    answered: str
    answered_status: int


class _Cause(NamedTuple):
    """Why failures that give different reasons are one defect, and what they are called together."""

    key: Hashable
    title: str = ""


def defects(ledger: Ledger) -> list[Defect]:
    """What the failures have in common, the most telling first; every failure is in one at least.

    Reasons that come only together are one defect, and so are those of one cause.
    """
    by_cause: dict[_Cause, dict[str, list[Result]]] = {}
    cause_of = _causes(ledger)
    for failure in ledger.failures:
        for reason in failure.reasons or ("",):
            by_cause.setdefault(cause_of(failure, reason), {}).setdefault(reason, []).append(failure)
    together: dict[tuple[int, ...], list[tuple[_Cause, dict[str, list[Result]]]]] = {}
    for cause, reasons in by_cause.items():
        together.setdefault(tuple(dict.fromkeys(map(id, _all(reasons)))), []).append((cause, reasons))
    return sorted((_defect(ledger, same) for same in together.values()), key=_rank)


def _all(reasons: dict[str, list[Result]]) -> Iterator[Result]:
    return (failure for failures in reasons.values() for failure in failures)


def _defect(ledger: Ledger, same: list[tuple[_Cause, dict[str, list[Result]]]]) -> Defect:
    failures = {id(failure): failure for _, reasons in same for failure in _all(reasons)}.values()
    reasons = tuple(filter(None, dict.fromkeys(reason for _, reasons in same for reason in reasons)))
    title = next((cause.title for cause, _ in same if cause.title), "")
    ordered = tuple(sorted(failures, key=_effort))
    return Defect(reasons, ordered, sum(map(ledger.times, ordered)), title)


# --- causes -------------------------------------------------------------------------------------------


def _causes(ledger: Ledger) -> Callable[[Result, str], _Cause]:
    """What a reason of a failure comes from."""
    mismatches = [
        (failure, found)
        for failure in ledger.failures
        for reason in failure.reasons
        if (found := _read(reason))
    ]
    whatever = _whatever(ledger, (found for _, found in mismatches))
    many = _many(ledger, mismatches)
    over_at_once = any(NOBODY_ON_IT in failure.reasons for failure in ledger.failures)

    def cause(failure: Result, reason: str) -> _Cause:
        found = _read(reason)
        if whatever and whatever in (found and found.answered, _answer(failure)):
            return _Cause(whatever, f"valid requests are refused: whatever is asked is answered {whatever}")
        if found:
            return many.get(_alike(found)) or _Cause(found.rule or reason)
        if reason.startswith((ENVELOPE_LACKS, SCHEMA, SDK_ERROR)) and _is_error(failure):
            return _Cause(ENVELOPE_LACKS)
        if reason.startswith((NO_JSON, MEDIA_TYPE)):
            return _Cause(NO_JSON)
        if over_at_once and failure.suite == FLOW:
            return _Cause(NOBODY_ON_IT, NOBODY_ON_IT)
        return _Cause(reason)

    return cause


def _read(reason: str) -> _Mismatch | None:
    found = _MISMATCH.match(reason)
    if found is None:
        return None
    return _Mismatch(found[1].strip(), int(found[2]), found[3], found[4].strip(), int(found[5]))


def _answer(failure: Result) -> str | None:
    """What schemathesis, which expects nothing in our words, was answered."""
    reply = failure.exchange.reply if failure.exchange else None
    return shown(reply).partition(" (")[0] if reply and failure.suite == DOCUMENT else None


def _is_error(failure: Result) -> bool:
    reply = failure.exchange.reply if failure.exchange else None
    return reply is not None and reply.status >= ERRORS


def _whatever(ledger: Ledger, mismatches: Iterable[_Mismatch]) -> str | None:
    """The one refusal that all requests get, where none is granted."""
    refusals = {
        found.answered for found in mismatches if found.wanted_status < ERRORS <= found.answered_status
    }
    return refusals.pop() if len(refusals) == 1 and not ledger.granted else None


def _alike(found: _Mismatch) -> Hashable:
    """What mismatches of one cause have in common."""
    if found.wanted_status < ERRORS:
        return "refused", found.answered
    return ("accepted",) if found.answered_status < ERRORS else (found.wanted_status, found.answered)


def _many(ledger: Ledger, mismatches: list[tuple[Result, _Mismatch]]) -> dict[Hashable, _Cause]:
    """The causes of mismatches that most of the rules show, and of valid requests that are refused."""
    subjects: dict[Hashable, set[str]] = {}
    operations: dict[Hashable, set[Operation]] = {}
    first: dict[Hashable, _Mismatch] = {}
    for failure, found in mismatches:
        first.setdefault(_alike(found), found)
        subjects.setdefault(_alike(found), set()).add(failure.subject)
        if operation := BY_ID.get(failure.operation):
            operations.setdefault(_alike(found), set()).add(operation)
    tried = ledger.subjects_tried & TABLE.by_id.keys()
    causes = {}
    for key, found in first.items():
        rules = subjects[key] & tried
        alike = {
            rule
            for rule in tried
            if (found.answered_status < ERRORS or TABLE[rule].status == found.wanted_status)
            and any(TABLE[rule].concerns(operation) for operation in operations.get(key, ()))
        }
        if found.wanted_status < ERRORS:
            what = "refused" if found.answered_status >= ERRORS else "answered with another success"
            causes[key] = _Cause(key, f"valid requests are {what}: {_told(found)}")
        elif len(rules) >= MOST and 2 * len(rules) > len(alike):
            causes[key] = _Cause(key, _title(found, len(rules), len(alike)))
    return causes


def _title(found: _Mismatch, broken: int, tried: int) -> str:
    if found.answered_status < ERRORS:
        return f"what must be refused is accepted: {broken} of {tried} rules are not kept"
    return f"{broken} of {tried} rules that refuse with {found.wanted_status} are answered {found.answered}"


def _told(found: _Mismatch) -> str:
    return f"expected {found.wanted}, answered {found.answered}"


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

"""What failures that give different reasons come from: one thing that is wrong shows in many of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator

from ringback_contracts import schemas
from ringback_contracts.catalogue import BY_ID, TABLE
from ringback_contracts.core.model import Rule
from ringback_contracts.core.operation import Operation
from ringback_harness.check.expectation import unpublished
from ringback_harness.check.flow import NOBODY_ON_IT
from ringback_harness.check.flow import SUITE as FLOW
from ringback_harness.check.reasons import (
    ERRORS,
    AnswerSummary,
    Mismatch,
    NoReply,
    NoRule,
    OffSchema,
    Unpublished,
    Unread,
    WrongEnvelope,
    WrongMediaType,
)
from ringback_harness.check.results import Ledger, Result
from ringback_harness.check.roots import Cause, roots

LEAST = 2
"""Rules that fail alike before they are taken for one cause; they have to be most of those tried, too."""


class Causes:
    """What each reason of a failure in a ledger comes from."""

    def __init__(self, ledger: Ledger) -> None:
        mismatches = [
            (failure, reason)
            for failure in ledger.failures
            for reason in failure.reasons
            if isinstance(reason, Mismatch)
        ]
        many = _many(ledger, mismatches)
        self._many = many
        self._whatever = _whatever(ledger, (found for _, found in mismatches))
        self._root_of = {} if self._whatever else roots(ledger, _is_of_a_valid_request)
        self._field_of = _fields(ledger)
        self._by_answer = {
            found.answered.unnamed: many[key] for _, found in mismatches if (key := _alike(found)) in many
        }
        self._refusing = {
            (failure.operation, found.answered.unnamed) for failure, found in mismatches if found.of_a_grant
        }
        self._over_at_once = any(NOBODY_ON_IT in failure.reasons for failure in ledger.failures)

    def of(self, failure: Result, reason: str) -> Cause:
        """The cause, what stands before others first."""
        found = reason if isinstance(reason, Mismatch) else None
        if self._whatever and self._whatever in (found and found.answered.unnamed, _answer(failure)):
            title = f"valid requests are refused: whatever is asked is answered {self._whatever}"
            return Cause(self._whatever, title)
        if root := self._root_of.get(id(failure)):
            return root
        if found:
            return self._of_mismatch(failure, found) or Cause(found.wanted.rule or reason)
        return self._of_form(failure, reason) or Cause(reason)

    def _of_mismatch(self, failure: Result, found: Mismatch) -> Cause | None:
        # What refuses the valid ones stands before the rule that should refuse others.
        answered = found.answered.unnamed
        before = (failure.operation, answered) in self._refusing
        return self._many.get(("refused", answered) if before else _alike(found))

    def _of_form(self, failure: Result, reason: str) -> Cause | None:
        if isinstance(reason, NoRule) and reason.answered.unnamed in self._by_answer:
            return self._by_answer[reason.answered.unnamed]
        field = self._field_of.get(id(failure))
        of_a_leg = isinstance(reason, Unpublished) and reason.field_of_leg
        if field and (of_a_leg or isinstance(reason, Unread)):
            return Cause(("field", field))
        if isinstance(reason, WrongEnvelope | OffSchema | Unread) and _is_error(failure):
            return Cause(WrongEnvelope)
        if isinstance(reason, WrongMediaType | NoReply):
            return Cause(type(reason))
        if self._over_at_once and failure.suite == FLOW:
            return Cause(NOBODY_ON_IT, NOBODY_ON_IT)
        return None


def _is_of_a_valid_request(failure: Result) -> bool:
    """Whether what was asked was right, and refused."""
    return any(reason.of_a_grant for reason in failure.reasons if isinstance(reason, Mismatch))


def _fields(ledger: Ledger) -> dict[int, str]:
    """The field of a leg that is not as published, for each failure that shows one: of several the usual."""
    shown_by = {id(failure): set(_fields_of(failure)) for failure in ledger.failures}
    count = Counter(field for fields in shown_by.values() for field in fields)
    return {
        number: max(fields, key=lambda field: (count[field], field))
        for number, fields in shown_by.items()
        if fields
    }


def _fields_of(failure: Result) -> Iterator[str]:
    reply = failure.exchange.reply if failure.exchange else None
    for reason in failure.reasons:
        told: Iterable[str] = (reason,)
        if isinstance(reason, Unread) and reply is not None and not _is_error(failure):
            known = reason.model in schemas.names()
            told = unpublished(reply.document, reason.model) if known else ()
        yield from filter(None, (each.field_of_leg for each in told if isinstance(each, Unpublished)))


def _answer(failure: Result) -> AnswerSummary | None:
    reply = failure.exchange.reply if failure.exchange else None
    return AnswerSummary.of(reply).unnamed if reply else None


def _is_error(failure: Result) -> bool:
    reply = failure.exchange.reply if failure.exchange else None
    return reply is not None and reply.status >= ERRORS


def _whatever(ledger: Ledger, mismatches: Iterable[Mismatch]) -> AnswerSummary | None:
    """The one refusal that all requests get, where none is granted."""
    refusals = {found.answered.unnamed for found in mismatches if found.of_a_grant}
    return refusals.pop() if len(refusals) == 1 and not ledger.granted else None


def _alike(found: Mismatch) -> Hashable:
    """What mismatches of one cause have in common."""
    if not found.wanted.refuses:
        return "refused", found.answered.unnamed
    if not found.answered.refuses:
        return ("accepted",)
    if found.wanted.status == found.answered.status:
        return "code", found.answered.code
    return found.wanted.status, found.answered.status


def _many(ledger: Ledger, mismatches: list[tuple[Result, Mismatch]]) -> dict[Hashable, Cause]:
    """The causes of mismatches that most of the rules show, and of valid requests that are refused."""
    subjects: dict[Hashable, set[str]] = {}
    operations: dict[Hashable, set[Operation]] = {}
    first: dict[Hashable, Mismatch] = {}
    for failure, found in mismatches:
        first.setdefault(_alike(found), found)
        subjects.setdefault(_alike(found), set()).add(failure.subject)
        if operation := BY_ID.get(failure.operation):
            operations.setdefault(_alike(found), set()).add(operation)
    tried = ledger.refusals_tried & TABLE.by_id.keys()
    causes = {}
    for key, found in first.items():
        rules = subjects[key] & tried
        alike = {
            rule
            for rule in tried
            if _could_fail_so(TABLE[rule], found)
            and any(TABLE[rule].concerns(operation) for operation in operations.get(key, ()))
        }
        if not found.wanted.refuses:
            what = "refused" if found.answered.refuses else "answered with another success"
            causes[key] = Cause(key, f"valid requests are {what}: {_told(found)}")
        elif len(rules) >= LEAST and 2 * len(rules) > len(alike):
            causes[key] = Cause(key, _title(found, len(rules), len(alike)))
    return causes


def _could_fail_so(rule: Rule, found: Mismatch) -> bool:
    """Whether an answer of the rule, if it were as wrong as the one found, would be told alike."""
    if found.wanted.status == found.answered.status:
        return rule.code != found.answered.code
    return not found.answered.refuses or rule.status == found.wanted.status


def _title(found: Mismatch, broken: int, tried: int) -> str:
    if not found.answered.refuses:
        return f"what must be refused is accepted: {broken} of {tried} rules are not kept"
    if found.wanted.status == found.answered.status:
        code = found.answered.code
        return f"{broken} of {tried} rules are answered with their status, and with another code: {code}"
    answered = found.answered.status
    return f"{broken} of {tried} rules that refuse with {found.wanted.status} are answered {answered}"


def _told(found: Mismatch) -> str:
    return f"expected {found.wanted.unnamed}, answered {found.answered.unnamed}"

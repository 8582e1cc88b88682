"""What failures that give different reasons come from: one thing that is wrong shows in many of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from typing import NamedTuple

from ringback_contracts import schemas
from ringback_contracts.catalogue import BY_ID, TABLE
from ringback_contracts.core.model import Rule
from ringback_contracts.core.operation import Operation
from ringback_harness.check.events import SCHEMA
from ringback_harness.check.events import SUITE as DOCUMENT
from ringback_harness.check.expectation import ENVELOPE_LACKS, ERRORS, NO_JSON, shown, unpublished
from ringback_harness.check.flow import NOBODY_ON_IT
from ringback_harness.check.flow import SUITE as FLOW
from ringback_harness.check.results import Ledger, Result
from ringback_harness.check.roots import Cause, roots

LEAST = 2
"""Rules that fail alike before they are taken for one cause; they have to be most of those tried, too."""
MEDIA_TYPE = "content_type_conformance"
"""How a reason of schemathesis begins that is about the Content-Type."""
SDK_ERROR = "ErrorBody of the SDK"
"""How a reason begins that the official SDK's model of an error gives."""
_MISMATCH = re.compile(
    r"(?:expected|the client foresees) (([0-9]{3})[^(,]*)(?:\(([^)]*)\))?, answered (([0-9]{3})[^(]*)"
)
"""What our suites say of an answer that is another than the expected one, but for the rules' names."""
_NO_RULE = re.compile(r"no rule answers \w+ with ([0-9]{3}.*)")
_FIELD = re.compile(r"participants/-/(?:\S+/)?(\w+) is not as published$")
OF_THE_SDK = " of the SDK "


class _Mismatch(NamedTuple):
    """An answer that is another than the expected one: both in words, and their statuses."""

    wanted: str
    wanted_status: int
    rule: str | None
    answered: str
    answered_status: int

    @property
    def of_a_grant(self) -> bool:
        """Whether the request was right, and is refused."""
        return self.wanted_status < ERRORS <= self.answered_status


class Causes:
    """What each reason of a failure in a ledger comes from."""

    def __init__(self, ledger: Ledger) -> None:
        mismatches = [
            (failure, found)
            for failure in ledger.failures
            for reason in failure.reasons
            if (found := _read(reason))
        ]
        many = _many(ledger, mismatches)
        self._many = many
        self._whatever = _whatever(ledger, (found for _, found in mismatches))
        self._root_of = {} if self._whatever else roots(ledger, _is_of_a_valid_request)
        self._field_of = _fields(ledger)
        self._by_answer = {
            found.answered: many[key] for _, found in mismatches if (key := _alike(found)) in many
        }
        self._refusing = {
            (failure.operation, found.answered) for failure, found in mismatches if found.of_a_grant
        }
        self._over_at_once = any(NOBODY_ON_IT in failure.reasons for failure in ledger.failures)

    def of(self, failure: Result, reason: str) -> Cause:
        """The cause, what stands before others first."""
        found = _read(reason)
        if self._whatever and self._whatever in (found and found.answered, _answer(failure)):
            title = f"valid requests are refused: whatever is asked is answered {self._whatever}"
            return Cause(self._whatever, title)
        if root := self._root_of.get(id(failure)):
            return root
        if found:
            return self._of_mismatch(failure, found) or Cause(found.rule or reason)
        return self._of_form(failure, reason) or Cause(reason)

    def _of_mismatch(self, failure: Result, found: _Mismatch) -> Cause | None:
        # What refuses the valid ones stands before the rule that should refuse others.
        before = (failure.operation, found.answered) in self._refusing
        return self._many.get(("refused", found.answered) if before else _alike(found))

    def _of_form(self, failure: Result, reason: str) -> Cause | None:
        told = _NO_RULE.match(reason)
        if told and told[1] in self._by_answer:
            return self._by_answer[told[1]]
        field = self._field_of.get(id(failure))
        if field and (_FIELD.search(reason) or OF_THE_SDK in reason):
            return Cause(("field", field))
        if reason.startswith((ENVELOPE_LACKS, SCHEMA, SDK_ERROR)) and _is_error(failure):
            return Cause(ENVELOPE_LACKS)
        if reason.startswith((NO_JSON, MEDIA_TYPE)):
            return Cause(NO_JSON)
        if self._over_at_once and failure.suite == FLOW:
            return Cause(NOBODY_ON_IT, NOBODY_ON_IT)
        return None


def _read(reason: str) -> _Mismatch | None:
    found = _MISMATCH.match(reason)
    if found is None:
        return None
    return _Mismatch(found[1].strip(), int(found[2]), found[3], found[4].strip(), int(found[5]))


def _is_of_a_valid_request(failure: Result) -> bool:
    """Whether what was asked was right, and refused."""
    return any(found.of_a_grant for reason in failure.reasons if (found := _read(reason)))


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
        told = [reason]
        model = reason.partition(OF_THE_SDK)[0]
        if reply is not None and model != reason and model in schemas.names() and not _is_error(failure):
            told = list(unpublished(reply.document, model))
        yield from (found[1] for each in told if (found := _FIELD.search(each)))


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
    if found.answered_status < ERRORS:
        return ("accepted",)
    if found.wanted_status == found.answered_status:
        return "code", found.answered.partition(" ")[2]
    return found.wanted_status, found.answered_status


def _many(ledger: Ledger, mismatches: list[tuple[Result, _Mismatch]]) -> dict[Hashable, Cause]:
    """The causes of mismatches that most of the rules show, and of valid requests that are refused."""
    subjects: dict[Hashable, set[str]] = {}
    operations: dict[Hashable, set[Operation]] = {}
    first: dict[Hashable, _Mismatch] = {}
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
        if found.wanted_status < ERRORS:
            what = "refused" if found.answered_status >= ERRORS else "answered with another success"
            causes[key] = Cause(key, f"valid requests are {what}: {_told(found)}")
        elif len(rules) >= LEAST and 2 * len(rules) > len(alike):
            causes[key] = Cause(key, _title(found, len(rules), len(alike)))
    return causes


def _could_fail_so(rule: Rule, found: _Mismatch) -> bool:
    """Whether an answer of the rule, if it were as wrong as the one found, would be told alike."""
    if found.wanted_status == found.answered_status:
        return rule.code != found.answered.partition(" ")[2]
    return found.answered_status < ERRORS or rule.status == found.wanted_status


def _title(found: _Mismatch, broken: int, tried: int) -> str:
    if found.answered_status < ERRORS:
        return f"what must be refused is accepted: {broken} of {tried} rules are not kept"
    if found.wanted_status == found.answered_status:
        code = found.answered.partition(" ")[2]
        return f"{broken} of {tried} rules are answered with their status, and with another code: {code}"
    answered = found.answered_status
    return f"{broken} of {tried} rules that refuse with {found.wanted_status} are answered {answered}"


def _told(found: _Mismatch) -> str:
    return f"expected {found.wanted}, answered {found.answered}"

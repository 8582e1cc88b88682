"""The one place that decides: what the rules have against a case makes a verdict."""

from __future__ import annotations

from collections.abc import Iterator

from ringback_contracts.core.case import Case
from ringback_contracts.core.model import Accepted, Finding, Rejected, Verdict
from ringback_contracts.core.table import Lane, Table


def verdict_on(case: Case, table: Table) -> Verdict:
    """Accept the case, or reject it with the first rule that objects, in the platform's order.

    Pure and total: it never raises, whatever the request is.
    """
    operation = case.operation
    finding = _first(case, table.early(operation)) or _first(
        case, table.about(operation, case.contract, case.marks)
    )
    if finding is not None:
        return Rejected(finding, operation)
    return _accepted(case)


def findings_on(case: Case, table: Table) -> Iterator[Finding]:
    """Everything that the rules have against the case, in the platform's order."""
    for check, rule in table.early(case.operation) + table.late(case.operation, case.contract):
        for violation in check(case):
            yield Finding(rule, violation)


def _first(case: Case, lane: Lane) -> Finding | None:
    for check, rule in lane:
        violations = check(case)
        if violations:
            return Finding(rule, violations[0])
    return None


def _accepted(case: Case) -> Accepted:
    operation = case.operation
    if operation is None:
        raise AssertionError("the rules of the first stage refuse what names no operation")
    if operation.intent is None:
        return Accepted(operation, case.route.params, None, case.notes, case.instructions)
    intent, hopeless = operation.intent(case)
    return Accepted(operation, case.route.params, intent, (*hopeless, *case.notes))

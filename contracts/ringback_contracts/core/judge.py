"""The one place that decides: a request, who sends it, and the org make a verdict."""

from __future__ import annotations

from collections.abc import Iterator

from ringback_contracts.core.model import (
    Accepted,
    Caller,
    Finding,
    Knowledge,
    Rejected,
    Request,
    TokenState,
    Verdict,
)
from ringback_contracts.core.table import TABLE, Lane, Table
from ringback_contracts.org import ContractChoice, Org
from ringback_contracts.resources.calls.case import Case
from ringback_contracts.resources.calls.intents import intent_of, notes_on


def judge(request: Request, caller: Caller, org: Org, table: Table = TABLE) -> Verdict:
    """Accept the request, or reject it with the first rule that objects, in the platform's order.

    Pure and total: it never raises, whatever the request is.
    """
    case = Case(request, caller, org)
    finding = _first(case, table.early(case.operation_id))
    if finding is None:
        finding = _first(case, table.late(case.operation_id, case.contract))
    if finding is not None:
        return Rejected(finding, case.route.operation)
    return _accepted(case)


def findings(request: Request, caller: Caller, org: Org, table: Table = TABLE) -> list[Finding]:
    """Everything that the rules have against the request, in the platform's order."""
    case = Case(request, caller, org)
    return list(_all(case, table))


def preflight(request: Request, contract: ContractChoice = "any", table: Table = TABLE) -> list[Finding]:
    """What can be held against a request before it is sent, without knowing the org or the caller."""
    case = Case(request, Caller(TokenState.VALID), Org(id="", name="", contract=contract))
    return [finding for finding in _all(case, table) if finding.rule.knowledge is Knowledge.REQUEST]


def _first(case: Case, lane: Lane) -> Finding | None:
    for check, rule in lane:
        violations = check(case)
        if violations:
            return Finding(rule, violations[0])
    return None


def _all(case: Case, table: Table) -> Iterator[Finding]:
    lanes = table.early(case.operation_id) + table.late(case.operation_id, case.contract)
    for check, rule in lanes:
        for violation in check(case):
            yield Finding(rule, violation)


def _accepted(case: Case) -> Accepted:
    operation = case.route.operation
    if operation is None:
        raise AssertionError("the rules of the first stage refuse what names no operation")
    if not case.places_call:
        return Accepted(operation, case.route.params)
    intent = intent_of(case)
    return Accepted(operation, case.route.params, intent, notes_on(intent, case.org))

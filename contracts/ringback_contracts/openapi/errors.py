"""The error responses of an operation: what the vendor documents, and what our rules answer."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus

from ringback_contracts.catalogue import TABLE
from ringback_contracts.core.model import Rule, Stage
from ringback_contracts.core.operation import Operation
from ringback_contracts.openapi.parts import RATE, Json, as_json, having, ref, reply
from ringback_contracts.org import ContractChoice

DOCUMENTED = (400, 401, 403, 404, 408, 409, 413, 415, 429, 500, 503, 504)
"""The error statuses that the vendor publishes for each of these operations (November 2025)."""
NO_OPERATION = (404, 405, 501)
"""Statuses of the first stage for requests that reach no operation."""
ENVELOPE = having(
    "ErrorBody", "message", "code", "status", "messageWithParams", "contextId", "details", "errors"
)
"""The error body as our rules fill it."""
OWN_HEADERS = {401: ("WWW-Authenticate",), 429: ("Retry-After",)}


def error_responses(operation: Operation, contract: ContractChoice) -> Json:
    """Each error status of an operation, with the rules that give it."""
    rules = reachable(operation, contract)
    statuses = sorted({*DOCUMENTED, *(rule.status for rule in rules)})
    return {
        str(status): _response(status, [rule for rule in rules if rule.status == status])
        for status in statuses
    }


def reachable(operation: Operation, contract: ContractChoice) -> list[Rule]:
    """The rules that can refuse a request to the operation, in the platform's order."""
    return [rule for rule in TABLE if _concerns(rule, operation) and _holds(rule, operation, contract)]


def _concerns(rule: Rule, operation: Operation) -> bool:
    if rule.stage is Stage.ROUTE and rule.status in NO_OPERATION:
        return False
    return rule.concerns(operation)


def _holds(rule: Rule, operation: Operation, contract: ContractChoice) -> bool:
    """Contracts tell bodies apart, and only those that place a call."""
    return contract == "any" or not operation.facts.contracts or contract in rule.contracts


def _response(status: int, rules: list[Rule]) -> Json:
    phrase = HTTPStatus(status).phrase
    if not rules:
        return reply(
            f"{phrase}. The vendor documents it; no rule of Ringback gives it.", as_json(ref("ErrorBody"))
        )
    told = {"properties": {"status": {"const": status}, "code": {"enum": _codes(rules)}}}
    response = reply(
        f"{phrase}. Refused by one of the rules in x-ringback-rules.",
        as_json({"allOf": [*ENVELOPE["allOf"], told]}),
        "Ringback-Rule",
        "Link",
        *OWN_HEADERS.get(status, ()),
        *RATE,
    )
    return {**response, "x-ringback-rules": {rule.id: rule.title for rule in rules}}


def _codes(rules: Iterable[Rule]) -> list[str]:
    return sorted({rule.code for rule in rules})

"""An exchange as the log keeps it, for the journal of every replica."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ringback_contracts.catalogue import OPERATIONS, TABLE
from ringback_contracts.core.model import (
    Accepted,
    Caller,
    Finding,
    Intent,
    Quota,
    Rejected,
    Request,
    TokenState,
    Verdict,
    Violation,
)
from ringback_contracts.core.plain import plain
from ringback_contracts.life.commands import Instruction
from ringback_mock.engine.channels import Owner
from ringback_mock.engine.journal import KEPT_BODY_BYTES
from ringback_mock.engine.writes import Write
from ringback_mock.http import Response
from ringback_mock.replicas.remembered import Remembered
from ringback_mock.replicas.values import plain_bytes, read_bytes, reader, writer

if TYPE_CHECKING:
    from ringback_mock.engine.tenant import Tenant
    from ringback_mock.replicas.kinds import WritePlace

_OPERATIONS = {each.id: each for each in OPERATIONS}


@plain(compared=False)
class KeepExchange(Write):
    """The journal keeps an exchange."""

    context_id: str
    at: float
    request: Request
    response: Response
    verdict: Verdict | None
    call_id: str | None
    caller: Caller | None

    def to(self, tenant: Tenant) -> None:
        tenant.journal.record(
            self.context_id,
            self.at,
            self.request,
            self.response,
            self.verdict,
            self.call_id,
            caller=self.caller,
        )


def write_exchange(value: KeepExchange) -> list[Any]:
    """The exchange as JSON's values; of a long body one byte more than the journal keeps."""
    request, response = value.request, value.response
    verdict, caller = value.verdict, value.caller
    return [
        value.context_id,
        value.at,
        [
            request.method,
            request.path,
            request.headers,
            plain_bytes(request.body[: KEPT_BODY_BYTES + 1]),
            request.query,
            request.host_allowed,
            request.well_formed,
        ],
        [response.status, response.headers, plain_bytes(response.body[: KEPT_BODY_BYTES + 1])],
        None if verdict is None else _verdicts.text(verdict),
        value.call_id,
        None if caller is None else _callers.text(caller),
    ]


def read_exchange(data: Any, place: WritePlace) -> KeepExchange:
    """The exchange of which the values tell."""
    context_id, at, request, response, verdict, call_id, caller = data
    method, path, headers, body, *others = request
    status, shown, answered = response
    return KeepExchange(
        context_id,
        float(at),
        Request(method, path, headers, read_bytes(body), *others),
        Response(status, tuple((name, text) for name, text in shown), read_bytes(answered)),
        None if verdict is None else _verdicts.value(verdict),
        call_id,
        None if caller is None else _caller(_callers.value(caller), place.tenant),
    )


def _write_verdict(verdict: Verdict) -> list[Any]:
    operation = verdict.operation.id if verdict.operation else None
    if isinstance(verdict, Rejected):
        violation = verdict.finding.violation
        said = [violation.detail, violation.pointer, dict(violation.params)]
        return [operation, verdict.finding.rule.id, said]
    given = [_write_instruction(one) for one in verdict.instructions]
    intent = None if verdict.intent is None else _write_intent(verdict.intent)
    return [operation, None, [dict(verdict.params), intent, list(verdict.notes), given]]


def _read_verdict(data: Any) -> Verdict:
    name, rule, said = data
    operation = None if name is None else _OPERATIONS[name]
    if rule is not None:
        return Rejected(Finding(TABLE.by_id[rule], Violation(*said)), operation)
    params, intent, notes, given = said
    return Accepted(
        _OPERATIONS[name],
        params,
        None if intent is None else _read_intent(intent),
        tuple(notes),
        tuple(map(_read_instruction, given)),
    )


def _write_caller(caller: Caller) -> list[Any]:
    """Who it was, by ids; the org has the rest."""
    quota = caller.quota
    return [
        caller.token.value,
        caller.user.id if caller.user else None,
        caller.client.id if caller.client else None,
        None if caller.scopes is None else sorted(caller.scopes),
        [quota.allowed, quota.count, quota.reset] if quota else None,
        caller.app,
    ]


def _caller(data: Any, tenant: Tenant) -> Caller:
    state, user_id, client_id, scopes, quota, app = data
    return Caller(
        TokenState(state),
        tenant.org.user_by_id.get(user_id),
        tenant.org.client_by_id.get(client_id),
        None if scopes is None else frozenset(scopes),
        Quota(*quota) if quota else None,
        tenant.lives,
        tenant.channels.seen_by(Owner(user_id, app)),
        app,
    )


_write_intent, _read_intent = writer(Intent), reader(Intent)
_write_instruction, _read_instruction = writer(Instruction), reader(Instruction)
_verdicts = Remembered(_write_verdict, _read_verdict)
_callers = Remembered(_write_caller, lambda data: data)

"""The road of a request: resolve the caller and the quota, judge, apply, encode, keep."""

from __future__ import annotations

import logging
import traceback
from dataclasses import replace
from http import HTTPStatus
from typing import NamedTuple

import orjson

from ringback_contracts.catalogue import TABLE
from ringback_contracts.core.credentials import bearer
from ringback_contracts.core.model import PARTICIPANTS, Accepted, Caller, Rejected, Request, Verdict
from ringback_contracts.core.table import Table
from ringback_contracts.http.envelope import envelope, error_body
from ringback_contracts.http.faults import BEFORE, LOGIN, Fault, FaultKind
from ringback_mock.engine.faults import replace_reply, spoil_reply
from ringback_mock.engine.handling import Ask, Handlers, required
from ringback_mock.engine.ids import new_id
from ringback_mock.engine.memo import Memo
from ringback_mock.engine.store import Store
from ringback_mock.engine.tenant import Tenant
from ringback_mock.http import CHALLENGE, JSON_TYPE, Headers, Response, json_response
from ringback_mock.resources.handlers import HANDLERS
from ringback_mock.resources.oauth import claimant, token_endpoint
from ringback_mock.version import VERSION

logger = logging.getLogger("ringback")
CORRELATION, VERSION_HEADER = "ININ-Correlation-Id", ("Ringback-Version", VERSION)


class Answered(NamedTuple):
    """An answer, and the org whose journal keeps it (``None``: none does), with what was decided.

    ``call_id`` names the call that was placed, ``caller`` is who was judged.
    """

    context_id: str
    response: Response
    tenant: Tenant | None
    verdict: Verdict | None = None
    call_id: str | None = None
    caller: Caller | None = None


class Pipeline:
    """Answers every request under ``/api``, and logins. Total: it never raises because of what was sent.

    Whoever calls it holds the store's lock.
    """

    def __init__(self, store: Store, table: Table = TABLE, handlers: Handlers = HANDLERS) -> None:
        self.store = store
        self.table = table
        self._memo = Memo(table)
        self._handlers = handlers

    def answer(self, request: Request) -> Answered:
        """Judge the request, and do what it asks if it may."""
        authorization = request.headers.get("authorization")
        tenant, caller = self.store.resolve(authorization)
        context_id = new_id()
        try:
            verdict, plan = self._memo.judge(request, caller, tenant.org)
            if isinstance(verdict, Accepted):
                return self._grant(
                    Ask(tenant, caller, verdict, plan, authorization, tenant.clock()), context_id
                )
            refusal = _refuse(verdict, caller, context_id, self._link(tenant, context_id))
            return Answered(context_id, refusal, tenant, verdict, None, caller)
        except Exception as error:  # noqa: BLE001 - it answers, whatever rules and handlers there are
            return Answered(context_id, _failed(error, caller, context_id), tenant, caller=caller)

    def log_in(self, request: Request) -> Answered:
        """Answer the token endpoint."""
        tenant, context_id = claimant(self.store, request), new_id()
        own = own_headers(context_id)
        fault = tenant.faults.strike(LOGIN, ())
        if fault is not None and fault.kind in BEFORE:
            response = replace_reply(fault, own, context_id, tenant.clock())
        else:
            response = token_endpoint(self.store, request)
            response = replace(response, headers=(*response.headers, *own))
            response = response if fault is None else spoil_reply(fault, response, own, context_id)
        return Answered(context_id, response, tenant)

    def _grant(self, ask: Ask, context_id: str) -> Answered:
        """Do what is asked unless a fault strikes first."""
        fault = _fault(ask)
        own = _headers(context_id, ask.caller)
        if fault is not None and fault.kind in BEFORE:
            if fault.kind is FaultKind.TOKEN_REVOKED:
                ask.tenant.withdraw(required(bearer(ask.authorization)))
            response = replace_reply(fault, own, context_id, self.store.clock())
            return Answered(context_id, response, ask.tenant, caller=ask.caller)
        response, call_id = self._act(ask, context_id)
        if fault is not None:
            response = spoil_reply(fault, response, own, context_id)
        return Answered(context_id, response, ask.tenant, ask.verdict, call_id, ask.caller)

    def _link(self, tenant: Tenant, context_id: str) -> str:
        """Where the explanation of a refusal is found (RFC 8288)."""
        org = "" if tenant is self.store.default else f"?org={tenant.org.id}"
        return f'</__ringback/exchanges/{context_id}{org}>; rel="describedby"'

    def _act(self, ask: Ask, context_id: str) -> tuple[Response, str | None]:
        verdict = ask.verdict
        status, value = self._handlers[verdict.operation.id](ask)
        headers = _headers(context_id, ask.caller)
        if value is None:
            return Response(status, headers), None
        if verdict.intent is None:
            return Response(status, (JSON_TYPE, *headers), orjson.dumps(value)), None
        headers += _call_headers(verdict)
        return Response(status, (JSON_TYPE, *headers), orjson.dumps(value)), value["id"]


def _fault(ask: Ask) -> Fault | None:
    """The fault that strikes the request; most calls are no concern of any."""
    numbers = _numbers(ask)
    faults = ask.tenant.faults
    return faults.strike(ask.verdict.operation.fault, numbers) if faults.concern(numbers) else None


def _numbers(ask: Ask) -> tuple[str, ...]:
    """What the request's call dials, where it is about one call."""
    if ask.plan:
        return ask.plan.numbers
    call = ask.tenant.calls.get(ask.verdict.params.get("conversationId", ""))
    return call.numbers if call else ()


def own_headers(context_id: str) -> Headers:
    """What every reply carries."""
    return ((CORRELATION, context_id), VERSION_HEADER)


def _headers(context_id: str, caller: Caller) -> Headers:
    headers = own_headers(context_id)
    quota = caller.quota
    if quota is None:
        return headers
    return (
        *headers,
        ("inin-ratelimit-count", str(quota.count)),
        ("inin-ratelimit-allowed", str(quota.allowed)),
        ("inin-ratelimit-reset", str(quota.reset)),
    )


def _call_headers(verdict: Accepted) -> Headers:
    intent = required(verdict.intent)
    headers: Headers = (("Ringback-Contract", PARTICIPANTS),) if intent.contract == PARTICIPANTS else ()
    if verdict.notes:
        headers += (("Ringback-Note", "; ".join(verdict.notes).encode("ascii", "replace").decode()),)
    return headers


def _failed(error: Exception, caller: Caller, context_id: str) -> Response:
    """The answer where a rule or a handler has failed; the log tells where, and nothing of the request."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    logger.error("%s in %s, line %s of %s", type(error).__name__, place.name, place.lineno, place.filename)
    body = error_body(500, "internal.server.error", "The server failed", context_id)
    return json_response(500, body, _headers(context_id, caller))


def _refuse(verdict: Rejected, caller: Caller, context_id: str, link: str) -> Response:
    finding = verdict.finding
    headers = (JSON_TYPE, *_headers(context_id, caller), ("Ringback-Rule", finding.rule.id), ("Link", link))
    params = finding.violation.params
    if "retryAfter" in params:
        headers += (("Retry-After", params["retryAfter"]),)
    if "allow" in params:
        headers += (("Allow", params["allow"]),)
    if finding.rule.status == HTTPStatus.UNAUTHORIZED:
        headers += (CHALLENGE,)
    return Response(finding.rule.status, headers, orjson.dumps(envelope(finding, context_id)))

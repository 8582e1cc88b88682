"""The road of a request: resolve the caller and the quota, judge, apply, encode, keep."""

from __future__ import annotations

import logging
import traceback
from http import HTTPStatus

import orjson

from ringback_contracts.catalogue import TABLE
from ringback_contracts.core.credentials import bearer
from ringback_contracts.core.model import PARTICIPANTS, Accepted, Caller, Rejected, Request, Verdict
from ringback_contracts.core.table import Table
from ringback_contracts.http.envelope import envelope, error_body
from ringback_contracts.http.faults import BEFORE, Fault, FaultKind
from ringback_mock.engine.calls import dialled
from ringback_mock.engine.faults import instead, spoiled
from ringback_mock.engine.handling import Ask, Handlers, required
from ringback_mock.engine.ids import new_id
from ringback_mock.engine.memo import Memo
from ringback_mock.engine.store import Store
from ringback_mock.engine.tenant import Tenant
from ringback_mock.http import CHALLENGE, JSON_TYPE, Headers, Response, json_response
from ringback_mock.resources.handlers import HANDLERS
from ringback_mock.version import VERSION

logger = logging.getLogger("ringback")
VERSION_HEADER = ("Ringback-Version", VERSION)


class Pipeline:
    """Answers every request under ``/api``. Total: it never raises because of what was sent."""

    def __init__(self, store: Store, table: Table = TABLE, handlers: Handlers = HANDLERS) -> None:
        self.store = store
        self.table = table
        self._memo = Memo(table)
        self._handlers = handlers

    def answer(self, request: Request) -> Response:
        """Judge the request, do what it asks if it may, and keep the exchange."""
        with self.store.lock:
            authorization = request.headers.get("authorization")
            tenant, caller = self.store.resolve(authorization)
            context_id = new_id()
            try:
                judged, plan = self._memo.judge(request, caller, tenant.org)
                verdict: Verdict | None = judged
                if isinstance(judged, Accepted):
                    ask = Ask(tenant, caller, judged, plan, authorization, tenant.clock())
                    response, call_id, done = self._grant_or_fail(ask, context_id)
                    verdict = judged if done else None
                else:
                    link = self._link(tenant, context_id)
                    response, call_id = _refuse(judged, caller, context_id, link), None
            except Exception as error:  # noqa: BLE001 - it answers, whatever rules and handlers there are
                response, verdict, call_id = _failed(error, caller, context_id), None, None
            now = self.store.clock()
            tenant.journal.record(context_id, now, request, response, verdict, call_id, caller=caller)
            return response

    def _grant_or_fail(self, ask: Ask, context_id: str) -> tuple[Response, str | None, bool]:
        """Do what is asked unless a fault strikes first; whether it was done."""
        fault = _fault(ask)
        own = _headers(context_id, ask.caller)
        if fault is not None and fault.kind in BEFORE:
            if fault.kind is FaultKind.TOKEN_REVOKED:
                ask.tenant.withdraw(required(bearer(ask.authorization)))
            return instead(fault, own, context_id, self.store.clock()), None, False
        response, call_id = self._grant(ask, context_id)
        if fault is not None:
            response = spoiled(fault, response, own, context_id)
        return response, call_id, True

    def _link(self, tenant: Tenant, context_id: str) -> str:
        """Where the explanation of a refusal is found (RFC 8288)."""
        org = "" if tenant is self.store.default else f"?org={tenant.org.id}"
        return f'</__ringback/exchanges/{context_id}{org}>; rel="describedby"'

    def _grant(self, ask: Ask, context_id: str) -> tuple[Response, str | None]:
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
    return dialled(call.intent) if call else ()


def _headers(context_id: str, caller: Caller) -> Headers:
    headers: Headers = (("ININ-Correlation-Id", context_id), VERSION_HEADER)
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

"""What is decided about a request under ``/api``, and about a login: load, then decide.

To load is to look at the store, and to count the request against its token's limit. To decide is pure: a
verdict, an answer, and what is to be written. The site commits it, in one place.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from types import GeneratorType
from typing import NamedTuple

import orjson

from ringback_contracts.catalogue import TABLE
from ringback_contracts.core.credentials import bearer
from ringback_contracts.core.model import PARTICIPANTS, Accepted, Caller, Rejected, Request, Verdict
from ringback_contracts.core.table import Table
from ringback_contracts.http.envelope import envelope, error_body
from ringback_contracts.http.faults import BEFORE, LOGIN, Fault, FaultKind
from ringback_mock.engine.commands import brought_by
from ringback_mock.engine.faults import replace_reply, spoil_reply
from ringback_mock.engine.handling import Ask, Handlers, required
from ringback_mock.engine.hosts import asked_origin
from ringback_mock.engine.ids import new_id
from ringback_mock.engine.memo import Memo
from ringback_mock.engine.store import Store
from ringback_mock.engine.tenant import Tenant
from ringback_mock.engine.writes import CountFaults, WithdrawToken, Write
from ringback_mock.http import CHALLENGE, JSON_TYPE, Headers, Response, json_response
from ringback_mock.resources.handlers import HANDLERS
from ringback_mock.resources.oauth import claimant, token_endpoint
from ringback_mock.version import VERSION

logger = logging.getLogger("ringback")
CORRELATION, VERSION_HEADER = "ININ-Correlation-Id", ("Ringback-Version", VERSION)


class Answered(NamedTuple):
    """An answer, the org that it concerns, what was decided, and what to write.

    ``call_id`` names the call that was placed, ``caller`` is who was judged; ``kept`` says whether the org's
    journal keeps the exchange.
    """

    context_id: str
    response: Response
    tenant: Tenant
    verdict: Verdict | None = None
    call_id: str | None = None
    caller: Caller | None = None
    writes: Sequence[Write] = ()
    kept: bool = True


class Pipeline:
    """Answers every request under ``/api``, and logins. Total: it never raises because of what was sent.

    Whoever calls it holds the store's lock until what it decides is written.
    """

    def __init__(self, store: Store, table: Table = TABLE, handlers: Handlers = HANDLERS) -> None:
        self.store = store
        self.table = table
        self._memo = Memo(table)
        self._handlers = handlers
        self.sockets = False
        """Whether the server can open the sockets of channels."""
        self.stub = False
        """Whether an operation that is not served is answered with a body made up from its model."""

    def answer(self, request: Request, scheme: str = "http") -> Answered:
        """Load what the request is about, and decide. ``scheme`` is that of the connection it came over."""
        tenant, caller, now = self.store.resolve(request.headers.get("authorization"))
        context_id = new_id()
        try:
            return self._decide(request, tenant, caller, context_id, now, scheme)
        except Exception as error:  # noqa: BLE001 - it answers, whatever rules and handlers there are
            return Answered(context_id, _failed(error, caller, context_id), tenant, caller=caller)

    def log_in(self, request: Request) -> Answered:
        """The same for the token endpoint."""
        tenant, context_id = claimant(self.store, request), new_id()
        own = own_headers(context_id)
        fault, counted = struck(tenant, LOGIN, ())
        if fault is not None and fault.kind in BEFORE:
            response = replace_reply(fault, own, context_id, tenant.clock())
            return Answered(context_id, response, tenant, writes=counted)
        response, writes = token_endpoint(self.store, request)
        response = replace(response, headers=(*response.headers, *own))
        if fault is not None:
            response = spoil_reply(fault, response, own, context_id)
        return Answered(context_id, response, tenant, writes=(*counted, *writes))

    def _decide(
        self, request: Request, tenant: Tenant, caller: Caller, context_id: str, now: float, scheme: str
    ) -> Answered:
        """Judge the request, and grant it unless a fault strikes first."""
        verdict, plan = self._memo.judge(request, caller, tenant.org)
        if not isinstance(verdict, Accepted):
            return self._refused(request, verdict, tenant, caller, context_id, now)
        authorization = request.headers.get("authorization")
        sockets = self.sockets and sockets_of(request, scheme)
        ask = Ask(tenant, caller, verdict, plan, authorization, now, request, sockets or None)
        own = _headers(context_id, caller)
        numbers = _numbers(ask) if tenant.faults else ()
        fault, counted = struck(tenant, verdict.operation.fault, numbers)
        if fault is not None and fault.kind in BEFORE:
            if fault.kind is FaultKind.TOKEN_REVOKED:
                counted += (WithdrawToken(required(bearer(authorization))),)
            response = replace_reply(fault, own, context_id, now)
            return Answered(context_id, response, tenant, None, None, caller, counted)
        status, value, *writes = self._handlers[verdict.operation.id](ask)
        headers = own + _notes(verdict)
        if verdict.intent is None:
            call_id = None
        else:
            call_id, headers = value["id"], headers + _call_headers(verdict)
        if value is None:
            response = Response(status, headers)
        elif type(value) is GeneratorType:
            response = Response(status, (JSON_TYPE, *headers), pieces=value)
        else:
            response = Response(status, (JSON_TYPE, *headers), orjson.dumps(value))
        if fault is not None:
            response = spoil_reply(fault, response.whole(), own, context_id)
        return Answered(
            context_id, response, tenant, verdict, call_id, caller, (*counted, *writes) if counted else writes
        )

    def _refused(
        self, request: Request, verdict: Rejected, tenant: Tenant, caller: Caller, context_id: str, now: float
    ) -> Answered:
        """The refusal; in its place a made-up answer, where that is wanted and nothing else is against it."""
        if self.stub:
            from ringback_mock.resources.stub import stubbed, why_not_stubbed

            against = why_not_stubbed(verdict, request, caller, tenant.org, self.table)
            if against is None:
                response = stubbed(request, now, _headers(context_id, caller))
                return Answered(context_id, response, tenant, caller=caller)
            verdict = against
        refusal = _refuse(verdict, caller, context_id, self.link(tenant, context_id))
        return Answered(context_id, refusal, tenant, verdict, None, caller)

    def link(self, tenant: Tenant, context_id: str) -> str:
        """Where the explanation of a refusal is found (RFC 8288)."""
        org = "" if tenant is self.store.default else f"?org={tenant.org.id}"
        return f'</__ringback/exchanges/{context_id}{org}>; rel="describedby"'


def struck(tenant: Tenant, what: str, numbers: tuple[str, ...]) -> tuple[Fault | None, tuple[Write, ...]]:
    """The fault that strikes, and what to write of it; most requests are no concern of any.

    ``what`` is as in ``Fault.takes``.
    """
    if not tenant.faults.concern(numbers):
        return None, ()
    return tenant.faults.should_fire(what, numbers), (CountFaults(what, numbers),)


def _numbers(ask: Ask) -> tuple[str, ...]:
    """What the request dials; of one that dials nobody, what the call dialled that it is about."""
    if ask.plan:
        return ask.plan.numbers
    if ask.verdict.instructions:
        brought = tuple([number for _, command in ask.verdict.instructions for number in brought_by(command)])
        if brought:
            return brought
    call = ask.tenant.calls.get(ask.verdict.params.get("conversationId", ""))
    return call.numbers if call else ()


def sockets_of(request: Request, scheme: str) -> str:
    """Where sockets are opened: on the host that the request came by, through TLS if that did."""
    return asked_origin(request.headers, scheme).replace("http", "ws", 1)


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
    return headers


def _notes(verdict: Accepted) -> Headers:
    """What of the request has no effect, or cannot work."""
    if not verdict.notes:
        return ()
    return (("Ringback-Note", "; ".join(verdict.notes).encode("ascii", "replace").decode()),)


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

"""The road of a request: resolve the caller and the quota, judge, apply, encode, keep."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, NamedTuple, TypeVar

import orjson

from ringback_contracts.catalogue import TABLE
from ringback_contracts.core.model import PARTICIPANTS, Accepted, Caller, Rejected, Request, Verdict
from ringback_contracts.core.table import Table
from ringback_contracts.http.envelope import envelope
from ringback_contracts.http.faults import BEFORE, Fault, FaultKind
from ringback_contracts.resources.calls.operations import (
    GET_CALL,
    LIST_CALLS,
    PATCH_CALL,
    PLACE_CALL,
    PLACE_CALL_FOR_USER,
)
from ringback_contracts.resources.conversations.operations import DISCONNECT
from ringback_contracts.resources.tokens.operations import DELETE_TOKEN, GET_TOKEN
from ringback_contracts.resources.users.operations import GET_ME, GET_USER
from ringback_mock.engine.calls import Plan, dialled
from ringback_mock.engine.clock import timestamp
from ringback_mock.engine.conversation import listing, look, nested_conversation, self_uri
from ringback_mock.engine.faults import instead, spoiled
from ringback_mock.engine.ids import new_id
from ringback_mock.engine.memo import Memo
from ringback_mock.engine.sessions import bearer
from ringback_mock.engine.store import Store, Tenant
from ringback_mock.http import CHALLENGE, JSON_TYPE, Headers, Response
from ringback_mock.resources.profiles import token_info, user_profile
from ringback_mock.version import VERSION

VERSION_HEADER = ("Ringback-Version", VERSION)
T = TypeVar("T")
Applied = tuple[int, Any]
"""A status and the value of the JSON body; ``None`` for no body."""


class Ask(NamedTuple):
    """A granted request: of which org, by whom, for what."""

    tenant: Tenant
    caller: Caller
    verdict: Accepted
    plan: Plan | None
    authorization: str | None


class Pipeline:
    """Answers every request under ``/api``. Total: it never raises because of what was sent."""

    def __init__(self, store: Store, table: Table = TABLE) -> None:
        self.store = store
        self.table = table
        self._memo = Memo(table)
        self._apply: dict[str, Callable[[Ask], Applied]] = {
            PLACE_CALL: self._place,
            PLACE_CALL_FOR_USER: self._place,
            LIST_CALLS: self._list,
            GET_CALL: self._show,
            PATCH_CALL: self._patch,
            DISCONNECT: self._disconnect,
            GET_ME: self._me,
            GET_USER: self._user,
            GET_TOKEN: self._token,
            DELETE_TOKEN: self._revoke,
        }

    def answer(self, request: Request) -> Response:
        """Judge the request, do what it asks if it may, and keep the exchange."""
        with self.store.lock:
            authorization = request.headers.get("authorization")
            tenant, caller = self.store.resolve(authorization)
            judged, plan = self._memo.judge(request, caller, tenant.org)
            verdict: Verdict | None = judged
            context_id = new_id()
            if isinstance(judged, Accepted):
                ask = Ask(tenant, caller, judged, plan, authorization)
                response, call_id, done = self._grant_or_fail(ask, context_id)
                verdict = judged if done else None
            else:
                response, call_id = _refuse(judged, caller, context_id, self._link(tenant, context_id)), None
            now = self.store.clock()
            tenant.journal.record(context_id, now, request, response, verdict, call_id, caller=caller)
            return response

    def _grant_or_fail(self, ask: Ask, context_id: str) -> tuple[Response, str | None, bool]:
        """Do what is asked unless a fault strikes first; whether it was done."""
        fault = _fault(ask)
        own = _headers(context_id, ask.caller)
        if fault is not None and fault.kind in BEFORE:
            if fault.kind is FaultKind.TOKEN_REVOKED:
                ask.tenant.withdraw(_required(bearer(ask.authorization)))
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
        status, value = self._apply[verdict.operation.id](ask)
        headers = _headers(context_id, ask.caller)
        if value is None:
            return Response(status, headers), None
        if verdict.intent is None:
            return Response(status, (JSON_TYPE, *headers), orjson.dumps(value)), None
        headers += _call_headers(verdict)
        return Response(status, (JSON_TYPE, *headers), orjson.dumps(value)), value["id"]

    def _place(self, ask: Ask) -> Applied:
        plan = _required(ask.plan)
        now = self.store.clock()
        call = ask.tenant.calls.place(plan, now)
        uri = self_uri(call)
        reply = {"id": call.id, "selfUri": uri}
        if plan.intent.contract == PARTICIPANTS:
            reply |= {"uri": uri, "createdTime": timestamp(now)}
        return ask.tenant.org.success_status, reply

    def _list(self, ask: Ask) -> Applied:
        mine = ask.tenant.calls.of_user(_required(ask.caller.user).id)
        return 200, listing(mine, self.store.clock(), look)

    def _show(self, ask: Ask) -> Applied:
        call = _required(ask.tenant.calls.get(ask.verdict.params["conversationId"]))
        return 200, look(call, self.store.clock())

    def _patch(self, ask: Ask) -> Applied:
        now = self.store.clock()
        call = _required(ask.tenant.calls.hang_up(ask.verdict.params["conversationId"], now))
        return 200, nested_conversation(call, now)

    def _disconnect(self, ask: Ask) -> Applied:
        ask.tenant.calls.hang_up(ask.verdict.params["conversationId"], self.store.clock())
        return 202, None

    def _me(self, ask: Ask) -> Applied:
        return 200, user_profile(_required(ask.caller.user))

    def _user(self, ask: Ask) -> Applied:
        return 200, user_profile(ask.tenant.org.user_by_id[ask.verdict.params["userId"].lower()])

    def _token(self, ask: Ask) -> Applied:
        return 200, token_info(ask.caller, ask.tenant.org)

    def _revoke(self, ask: Ask) -> Applied:
        ask.tenant.revoke(_required(bearer(ask.authorization)))
        return 200, None


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


def _required(value: T | None) -> T:
    """A value that the rules have made sure of."""
    if value is None:
        raise AssertionError("a rule has let through what it must refuse")
    return value


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
    intent = _required(verdict.intent)
    headers: Headers = (("Ringback-Contract", PARTICIPANTS),) if intent.contract == PARTICIPANTS else ()
    if verdict.notes:
        headers += (("Ringback-Note", "; ".join(verdict.notes).encode("ascii", "replace").decode()),)
    return headers


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

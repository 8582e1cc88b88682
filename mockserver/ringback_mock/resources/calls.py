"""Calls: placed, listed, read and ended."""

from __future__ import annotations

from ringback_contracts.core.model import PARTICIPANTS
from ringback_contracts.life.moments import timestamp
from ringback_contracts.resources.calls.operations import (
    GET_CALL,
    LIST_CALLS,
    PLACE_CALL,
    PLACE_CALL_FOR_USER,
)
from ringback_mock.engine.calls import CallRecord
from ringback_mock.engine.conversation import A_FEW, listed_in_pieces, listing, look, self_uri
from ringback_mock.engine.handling import Applied, Ask, handles, required
from ringback_mock.engine.ids import new_id
from ringback_mock.engine.writes import KeepCall


@handles(PLACE_CALL, PLACE_CALL_FOR_USER)
def place(ask: Ask) -> Applied:
    """Place the call that the request asks for."""
    plan = required(ask.plan)
    call = CallRecord(new_id(), plan, ask.now)
    uri = self_uri(call)
    reply = {"id": call.id, "selfUri": uri}
    if required(plan.intent).contract == PARTICIPANTS:
        reply |= {"uri": uri, "createdTime": timestamp(ask.now)}
    return ask.tenant.org.success_status, reply, KeepCall(call)


@handles(LIST_CALLS)
def listed(ask: Ask) -> Applied:
    """The calls that the token's user is on."""
    user_id, calls = required(ask.caller.user).id, ask.tenant.calls
    if len(calls) > A_FEW:
        return 200, listed_in_pieces(list(calls), user_id, ask.now)
    return 200, listing(calls.of_user(user_id, ask.now), ask.now, look)


@handles(GET_CALL)
def shown(ask: Ask) -> Applied:
    """One call as it is now."""
    call = required(ask.tenant.calls.get(ask.verdict.params["conversationId"]))
    return 200, look(call, ask.now)

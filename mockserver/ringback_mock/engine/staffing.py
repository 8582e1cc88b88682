"""Who takes the calls of a queue: the callers who wait, and the members to whom routing offers work.

A member takes one call at a time. Whatever is asked of an org, it is settled first what has happened in its
queues by then, at the moments at which it did.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ringback_contracts.life import next_turn
from ringback_contracts.life.commands import Staff
from ringback_contracts.life.values import CallParticipant, Conversation
from ringback_contracts.org import Org, User
from ringback_contracts.resources.calls.placement import phone
from ringback_mock.engine.calls import CallRecord, Calls
from ringback_mock.engine.interactions import works_on
from ringback_mock.engine.people import UserChange
from ringback_mock.engine.tenant import Tenant

IDLE, NOT_RESPONDING = "IDLE", "NOT_RESPONDING"
MISSED = frozenset({"client", "endpoint", "endpoint.donotdisturb"})
"""How the leg of a member ends who was alerted and did not take the call."""


class InLine(NamedTuple):
    """A caller who waits, and the queue's leg of the call."""

    call: CallRecord
    acd: CallParticipant


def settle(tenant: Tenant, now: float) -> None:
    """Let all happen in the org's queues that is due by now, in its order."""
    calls = tenant.calls
    if not calls.of_queues:
        return
    while (due := _next(calls.in_queues(), now)) is not None:
        _offer(tenant, due)
    _offer(tenant, now)


def unsettled(tenant: Tenant, calls: list[CallRecord], now: float) -> bool:
    """Whether anything would happen in the org's queues, in which these calls may wait, by now."""
    if _next(calls, now) is not None:
        return True
    return any(
        next(_ready(acd.queue_id or "", tenant.org, tenant.calls, now), None) is not None
        for call in calls
        for acd in _waiting(call.at(now))
    )


def _next(calls: list[CallRecord], now: float) -> float | None:
    """The next moment by now at which anything happens on one of the calls by itself."""
    turns = (next_turn(call.latest) for call in calls)
    return min((at for at in turns if at is not None and at <= now), default=None)


def _offer(tenant: Tenant, now: float) -> None:
    """Offer each who waits to a member who is free, whoever waits longest first."""
    lives = [(call, call.at(now)) for call in tenant.calls.in_queues()]
    for call, life in lives:
        _note_missed(tenant, call, life, now)
    line = sorted(
        (InLine(call, acd) for call, life in lives for acd in _waiting(life)),
        key=lambda one: one.acd.call.begins,
    )
    for call, acd in line:
        queue_id = acd.queue_id or ""
        agent = next(_ready(queue_id, tenant.org, tenant.calls, now), None)
        if agent is not None:
            tenant.calls.give(call, Staff(queue_id, (phone(agent),)), now)


def _note_missed(tenant: Tenant, call: CallRecord, life: Conversation, now: float) -> None:
    """Who was alerted and did not take the call is offered no other, until they say that they are there."""
    missed = [one for one in life.participants if _was_missed(one)]
    for one in missed[call.missed :]:
        user = tenant.org.user_by_id.get(one.user_id or "")
        if user is not None and user.routing_status == IDLE:
            tenant.change_user(UserChange(user.id, {"routing_status": NOT_RESPONDING}, now))
    call.missed = len(missed)


def _was_missed(one: CallParticipant) -> bool:
    return one.from_acd and one.call.connected_at is None and one.call.disconnect in MISSED


def _waiting(life: Conversation) -> Iterator[CallParticipant]:
    """The legs of queues that look for somebody, and alert nobody."""
    alerting = {one.origin for one in life.participants if one.from_acd and not one.call.over}
    for one in life.participants:
        if one.purpose == "acd" and one.call.up and not one.agents and one.number not in alerting:
            yield one


def _ready(queue_id: str, org: Org, calls: Calls, now: float) -> Iterator[User]:
    """The members of the queue who are there and free, in the order of the org's file."""
    queue = org.queue_by_id.get(queue_id)
    for member in queue.joined if queue else ():
        user = org.user_by_id[member]
        if user.enabled and user.station and user.routing_status == IDLE and not _is_busy(user, calls, now):
            yield user


def _is_busy(user: User, calls: Calls, now: float) -> bool:
    """Whether the user is on a call, or has work after one that has to be done."""
    return any(
        one.user_id == user.id and (not one.call.over or works_on(one))
        for call in calls.of_user(user.id, now)
        for one in call.at(now).participants
    )

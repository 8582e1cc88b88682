"""How a party is rung, and what it does then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ringback_contracts.life.draft import Draft, begin, connect
from ringback_contracts.life.leaving import end, fail, give_up_beside, hand_over, leave, ringing_beside
from ringback_contracts.life.parties import (
    ALERTING_SECONDS,
    FORWARDED_SECONDS,
    OFFERED_SECONDS,
    Forwarding,
    How,
    Party,
)
from ringback_contracts.life.values import (
    NO_ATTRIBUTES,
    AfterCall,
    CallError,
    CallParticipant,
    DisconnectReason,
    DisconnectType,
    Forwarded,
    Turn,
)

UNAVAILABLE = DisconnectReason(480, "Temporarily Unavailable")
"""What a far end that is busy or does not answer was seen to give (reported)."""
NOT_REACHABLE = CallError(
    "error.ininedgecontrol.connection.dialplan.notReachable", "no route leads to the dialled address"
)
IMPOSSIBLE_NUMBER = CallError(NOT_REACHABLE.code, "no network assigns the dialled number")
FAULTS: dict[How, CallError] = {"no_route": NOT_REACHABLE, "invalid": IMPOSSIBLE_NUMBER}
FAILS: frozenset[How] = frozenset({"busy", "declines", "do_not_disturb", "no_route", "invalid"})


class Errand(NamedTuple):
    """What a party is rung for: by the participant ``origin``, of a queue's call if ``queue_id`` says so; and
    what goes with its leg."""

    origin: int
    queue_id: str | None = None
    transferred: bool = False
    attributes: Mapping[str, str] = NO_ATTRIBUTES
    uui_data: str | None = None
    peer: str | None = None


def dial(draft: Draft, party: Party, errand: Errand) -> CallParticipant:
    """Ring a party, or whoever takes its calls; those of a queue are not forwarded (published)."""
    if party.forwarding and party.kind == "user" and errand.queue_id is None:
        return _forward(draft, party, party.forwarding, errand)
    one = _called(draft, party, errand)
    if party.kind in {"queue", "voicemail"}:
        draft.later(OFFERED_SECONDS, "offered", one.number)
    else:
        ring(draft, one)
    return one


def _called(draft: Draft, party: Party, errand: Errand) -> CallParticipant:
    """The party as one who is called, whose phone is still to ring."""
    queue_id = errand.queue_id
    match party.kind:
        case "queue":
            one = begin(draft, party, "acd", "offering", "inbound")._replace(
                agents=party.agents, routing=party.routing
            )
            queue_id = party.id
        case "voicemail":
            one = begin(draft, party, "voicemail", "offering", "inbound")
        case "user":
            purpose = party.purpose or ("agent" if queue_id else "user")
            one = begin(draft, party, purpose, "alerting", "inbound")
        case _:
            purpose = party.purpose or ("customer" if queue_id else "external")
            one = begin(draft, party, purpose, "dialing", "outbound")
    call = one.call._replace(uui_data=errand.uui_data, peer=errand.peer or one.call.peer)
    one = one._replace(
        origin=errand.origin,
        queue_id=queue_id,
        transferred=errand.transferred,
        attributes=errand.attributes,
        call=call,
    )
    draft.put(one)
    return one


def _forward(draft: Draft, party: Party, forwarding: Forwarding, errand: Errand) -> CallParticipant:
    """The user's phone stays still, and those of the first route ring; the first of them stands for all."""
    user = _called(draft, party, errand)
    end(draft, user.number, "transfer.forward", at_once=True)
    return _ring_route(draft, forwarding, Forwarded(user.number, 0), errand)


def _ring_route(draft: Draft, forwarding: Forwarding, led: Forwarded, errand: Errand) -> CallParticipant:
    legs = []
    for party in forwarding.routes[led.route]:
        one = _called(draft, party, errand)._replace(forwarded=led)
        draft.put(one)
        ring(draft, one, _patience(forwarding, led.route))
        legs.append(one)
    return legs[0]


def _patience(forwarding: Forwarding, route: int) -> float | None:
    """How long a route rings, if something comes after it; to the end, if nothing does."""
    is_last = route == len(forwarding.routes) - 1 and not forwarding.voicemail
    return None if is_last else FORWARDED_SECONDS


def ring(draft: Draft, one: CallParticipant, patience: float | None = None) -> None:
    """Let the party do what it does when its phone rings, for no longer than ``patience`` seconds."""
    takes = one.party.takes
    patience = one.alerting_seconds if patience is None else patience
    if takes.how in FAILS:
        draft.later(takes.seconds, "fails", one.number)
    elif takes.how == "answers" and (patience is None or takes.seconds <= patience):
        draft.later(takes.seconds, "answers", one.number)
    else:
        draft.later(takes.seconds if patience is None else patience, "unanswered", one.number)


def offered(draft: Draft, turn: Turn) -> None:
    """One of the platform's own parties takes the call; a queue then looks for an agent."""
    connect(draft, turn.number)
    if draft.participants[turn.number].purpose == "acd":
        draft.later(0, "alerts", turn.number)


def alerts(draft: Draft, turn: Turn) -> None:
    """The queue rings the next agent, if there is one and none is rung already."""
    acd = draft.participants[turn.number]
    busy = any(one.origin == acd.number for one in draft.live())
    if acd.call.over or busy or not acd.agents:
        return
    agent, *others = acd.agents
    draft.put(acd._replace(agents=tuple(others)))
    one = begin(draft, agent, "agent", "alerting", "inbound")
    one = of_queue(one, acd)._replace(origin=acd.number, from_acd=True)
    draft.put(one)
    ring(draft, one)


def of_queue(one: CallParticipant, acd: CallParticipant) -> CallParticipant:
    """An agent's participant, under the rules of the queue whose leg is ``acd``."""
    rules, seconds = acd.party.wrap, acd.party.alerting_seconds
    return one._replace(
        queue_id=acd.queue_id,
        after_call=AfterCall(rules) if rules else None,
        alerting_seconds=ALERTING_SECONDS if seconds is None else seconds,
    )


def answered(draft: Draft, number: int) -> None:
    """The party picks up: the queue that rang it has done its work, and who rings beside it does no more."""
    connect(draft, number)
    one = draft.participants[number]
    for other in ringing_beside(draft, one):
        hand_over(draft, other.number, number)
    give_up_beside(draft, one)
    if one.from_acd:
        consult = draft.head.consult
        if consult and consult.via == one.origin:
            draft.head = draft.head._replace(consult=consult._replace(target=number))
        leave(draft, one.origin, "transfer", at_once=True)


def unanswered(draft: Draft, number: int) -> None:
    """Nobody picked up; whoever is next in line may, or voicemail."""
    one = draft.participants[number]
    goes_on = _next_in_line(draft, one)
    if not goes_on and one.party.takes.how == "voicemail":
        _to_voicemail(draft, one, one.party)
        goes_on = True
    if one.from_acd or one.watch:
        leave(draft, number, "client", at_once=one.from_acd)
    elif one.transferred or goes_on:
        leave(draft, number, "transfer.noanswer")
    else:
        fail(draft, number, "endpoint", None, UNAVAILABLE)


def _to_voicemail(draft: Draft, one: CallParticipant, of: Party) -> None:
    box = dial(draft, of._replace(kind="voicemail", purpose=None), _same_errand(one))
    hand_over(draft, one.number, box.number)


def _next_in_line(draft: Draft, one: CallParticipant) -> bool:
    """Whether a forwarded call goes on without the one: beside it, by the next route, or to a voicemail."""
    if one.forwarded is None:
        return False
    if ringing_beside(draft, one):
        return True
    user, route = draft.participants[one.forwarded.user].party, one.forwarded.route + 1
    forwarding = user.forwarding
    if forwarding and route < len(forwarding.routes):
        led = one.forwarded._replace(route=route)
        hand_over(draft, one.number, _ring_route(draft, forwarding, led, _same_errand(one)).number)
        return True
    if forwarding and forwarding.voicemail:
        _to_voicemail(draft, one, user)
        return True
    return False


def _same_errand(one: CallParticipant) -> Errand:
    return Errand(one.origin, one.queue_id, one.transferred, one.attributes, one.call.uui_data, one.call.peer)


def refuse(draft: Draft, number: int, how: How) -> None:
    """The party does not take the call, or cannot be reached; whoever is next in line may."""
    one = draft.participants[number]
    _next_in_line(draft, one)
    fault = FAULTS.get(how)
    if fault:
        fail(draft, number, "error", fault, None)
    elif how == "do_not_disturb":
        leave(draft, number, "transfer.donotdisturb" if one.transferred else "endpoint.donotdisturb")
    elif how == "busy":
        fail(draft, number, "endpoint", None, UNAVAILABLE)
    else:
        declined: DisconnectType = "client" if one.party.kind == "user" else "endpoint"
        leave(draft, number, declined, at_once=one.from_acd)

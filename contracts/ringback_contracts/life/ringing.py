"""How a party is rung, and what it does then."""

from __future__ import annotations

from ringback_contracts.life.draft import Draft, begin, connect
from ringback_contracts.life.leaving import fail, leave
from ringback_contracts.life.parties import ALERTING_SECONDS, OFFERED_SECONDS, How, Party
from ringback_contracts.life.values import (
    AfterCall,
    CallError,
    CallParticipant,
    DisconnectReason,
    DisconnectType,
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


def dial(draft: Draft, party: Party, origin: int, queue_id: str | None = None) -> CallParticipant:
    """Ring a party for the participant ``origin``; of a queue's call if ``queue_id`` says so."""
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
    one = one._replace(origin=origin, queue_id=queue_id)
    draft.put(one)
    if party.kind in {"queue", "voicemail"}:
        draft.later(OFFERED_SECONDS, "offered", one.number)
    else:
        ring(draft, one)
    return one


def ring(draft: Draft, one: CallParticipant) -> None:
    """Let the party do what it does when its phone rings."""
    takes, patience = one.party.takes, one.alerting_seconds
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
    busy = any(one.from_acd and one.origin == acd.number for one in draft.live())
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
    """The party picks up; the queue that had rung it has done its work."""
    connect(draft, number)
    one = draft.participants[number]
    if one.from_acd:
        consult = draft.head.consult
        if consult and consult.via == one.origin:
            draft.head = draft.head._replace(consult=consult._replace(target=number))
        leave(draft, one.origin, "transfer", at_once=True)


def unanswered(draft: Draft, number: int) -> None:
    """Nobody picked up; voicemail may."""
    one = draft.participants[number]
    forwarded = one.party.takes.how == "voicemail"
    if forwarded:
        _to_voicemail(draft, one)
    if one.from_acd or one.watch:
        leave(draft, number, "client", at_once=one.from_acd)
    elif one.transferred or forwarded:
        leave(draft, number, "transfer.noanswer")
    else:
        fail(draft, number, "endpoint", None, UNAVAILABLE)


def _to_voicemail(draft: Draft, one: CallParticipant) -> None:
    box = dial(draft, one.party._replace(kind="voicemail", purpose=None), one.origin, one.queue_id)
    consult = draft.head.consult
    if consult and consult.target == one.number:
        draft.head = draft.head._replace(consult=consult._replace(via=box.number, target=box.number))


def refuse(draft: Draft, number: int, how: How) -> None:
    """The party does not take the call, or cannot be reached."""
    one = draft.participants[number]
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

"""How legs end, and what that does to the others."""

from __future__ import annotations

from ringback_contracts.life.draft import SERVICES, Draft, closed, set_anchor
from ringback_contracts.life.moments import derived_id
from ringback_contracts.life.parties import TEARDOWN_SECONDS
from ringback_contracts.life.values import (
    NO_ATTRIBUTES,
    NOBODY,
    AfterCall,
    CallError,
    CallParticipant,
    DisconnectReason,
    DisconnectType,
    Transfer,
    Turn,
)

TRANSFERRED = frozenset({"transfer", "transfer.conference", "transfer.forward"})
CONSULT_INITIATOR = "consultInitiator"
"""The attribute that tells the participant who began a consult (reported)."""


def leave(draft: Draft, number: int, how: DisconnectType, *, at_once: bool = False) -> None:
    """The party goes; so do those who were on the call for its sake."""
    participant = draft.participants[number]
    if participant.call.over:
        return
    for other in ringing_beside(draft, participant):
        hand_over(draft, number, other.number)
    final: DisconnectType | None = None
    consult = draft.head.consult
    if consult and number in (consult.initiator, consult.subject, consult.via, consult.target):
        how, final = _leave_consult(draft, participant, how)
    end(draft, number, how, at_once=at_once, final=final)
    _settle(draft, participant)
    if participant.from_acd and not participant.call.up:
        draft.later(0, "alerts", participant.origin)


def ringing_beside(draft: Draft, one: CallParticipant) -> list[CallParticipant]:
    """Those who ring for the same user's call as the one, and by the same route."""
    if one.forwarded is None:
        return []
    alike = (other for other in draft.live() if other.forwarded == one.forwarded)
    return [other for other in alike if other.number != one.number and not other.call.up]


def give_up_beside(draft: Draft, one: CallParticipant) -> None:
    """Let those ring no longer who ring for the same user's call as the one."""
    for other in ringing_beside(draft, one):
        end(draft, other.number, "client")


def hand_over(draft: Draft, number: int, to: int) -> None:
    """Let another leg be what the one has been: the outside party's, or that of who is consulted."""
    if draft.head.anchor == number:
        set_anchor(draft, to)
    consult = draft.head.consult
    if consult and number in (consult.via, consult.target):
        draft.head = draft.head._replace(consult=consult._replace(via=to, target=to))


def end(
    draft: Draft,
    number: int,
    how: DisconnectType,
    *,
    at_once: bool = False,
    final: DisconnectType | None = None,
) -> None:
    """The leg is over, whatever becomes of the others; ``final`` is what it says once it is torn down."""
    draft.forget(number)
    draft.regroup = True
    participant = draft.participants[number]
    ended = "Transfer" if how in TRANSFERRED else "Disconnect"
    call = participant.call._replace(
        state="terminated" if at_once else "disconnected",
        ended_at=draft.now,
        disconnect=how,
        held_at=None,
        segments=closed(participant.call, draft.now, ended),
    )
    after = _after_call(participant, draft.now)
    draft.put(participant._replace(call=call, after_call=after, agents=()))
    if not at_once and not (after and after.open and after.rules.waits):
        draft.later(TEARDOWN_SECONDS, "teardown", number, final)
    if after and after.open and after.rules.timeout_ms is not None:
        draft.later(after.rules.timeout_ms / 1000, "wrapup_timeout", number)


def fail(
    draft: Draft, number: int, how: DisconnectType, fault: CallError | None, reason: DisconnectReason | None
) -> None:
    """The leg could not be answered."""
    if draft.participants[number].call.over:
        return
    leave(draft, number, how, at_once=fault is not None)
    call = draft.participants[number].call
    draft.put_call(number, call._replace(fault=fault, reason=reason))


def tear_down(draft: Draft, turn: Turn) -> None:
    """What is left of a leg goes."""
    call = draft.participants[turn.number].call
    draft.put_call(
        turn.number, call._replace(state="terminated", disconnect=turn.disconnect or call.disconnect)
    )


def _after_call(participant: CallParticipant, now: float) -> AfterCall | None:
    """After-call work begins when an agent who spoke to somebody leaves."""
    after = participant.after_call
    if after is None or participant.call.connected_at is None:
        return after
    done = after.skipped or (participant.wrap_up is not None and not participant.wrap_up.provisional)
    return after._replace(begins=now, ended_at=now if done else None)


def _settle(draft: Draft, gone: CallParticipant) -> None:
    """Send those away for whom nobody is left, and who watched the one that is gone."""
    for one in list(draft.live()):
        if _is_for(one, gone):
            end(draft, one.number, "peer")
    end_if_nobody_is_left(draft)


def end_if_nobody_is_left(draft: Draft) -> None:
    """End what is left of a call that has nobody to talk to, and nobody who could come."""
    if _goes_on(draft):
        return
    for one in list(draft.live()):
        end(draft, one.number, "peer")


def _is_for(one: CallParticipant, gone: CallParticipant) -> bool:
    """Whether the participant watches the one that is gone, or is an agent whom that queue alerts."""
    if one.watches and one.watch is not None:
        return one.watch.number == gone.number
    return one.from_acd and one.origin == gone.number and not one.call.up


def _goes_on(draft: Draft) -> bool:
    """Whether two people are left, or one and a service, who are not all just being rung."""
    people: set[int] = set()
    services, is_wanted = 0, False
    for one in draft.live():
        if one.call.state == "parked":
            return True
        if one.purpose in SERVICES:
            services += 1
        elif not one.watches and (one.call.up or not one.from_acd):
            # Those who ring for the same user are one.
            people.add(one.forwarded.user if one.forwarded else one.number)
            is_wanted = is_wanted or one.call.up or one.origin == NOBODY
    return is_wanted and (len(people) > 1 or (len(people) == 1 and services > 0))


# --- consults, which end when one of their parties goes -------------------------------------------------


def _leave_consult(
    draft: Draft, participant: CallParticipant, how: DisconnectType
) -> tuple[DisconnectType, DisconnectType | None]:
    """Whoever began the consult completes the transfer by leaving; anybody else's leaving calls it off."""
    consult = draft.head.consult
    if consult is None:
        return how, None
    if participant.number == consult.via != consult.target != NOBODY:
        return how, None
    clear_consult(draft)
    if participant.number != consult.initiator or how not in {"client", "endpoint"}:
        return how, None
    asked = draft.participants[max(consult.via, consult.target)]
    note_transfer(draft, participant, asked, attended=True)
    return "transfer", "peer"


def clear_consult(draft: Draft) -> None:
    """There is no consult any more: everybody hears everybody, and nothing tells of it."""
    consult = draft.head.consult
    if consult is None:
        return
    draft.head = draft.head._replace(consult=None)
    draft.regroup = True
    initiator = draft.participants[consult.initiator]
    kept = {name: value for name, value in initiator.attributes.items() if name != CONSULT_INITIATOR}
    draft.put(initiator._replace(attributes=kept or NO_ATTRIBUTES))


def note_transfer(draft: Draft, by: CallParticipant, to: CallParticipant, *, attended: bool) -> None:
    """Keep that the party was put in the place of another."""
    head = draft.head
    made = len(head.transfers)
    transfer = Transfer(derived_id(head.id, f"transfer/{made}"), draft.now, by.user_id, to.party, attended)
    draft.head = head._replace(transfers=(*head.transfers, transfer))

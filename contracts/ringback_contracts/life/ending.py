"""Hanging up, in all its ways, and what the far end does with its phone."""

from __future__ import annotations

from ringback_contracts.life import checks
from ringback_contracts.life.commands import Disconnect, End, FarAct, FarEnd
from ringback_contracts.life.draft import SERVICES, Draft
from ringback_contracts.life.leaving import clear_consult, end, leave
from ringback_contracts.life.objections import Objection
from ringback_contracts.life.ringing import answered, refuse, unanswered
from ringback_contracts.life.talking import pick_up, set_held
from ringback_contracts.life.values import CallParticipant, Conversation
from ringback_contracts.life.wrapping import close_wrap_ups

RINGING: tuple[FarAct, ...] = ("declines", "busy", "no_answer", "hangs_up")
"""What can be done with a phone that rings, beside to answer it."""


def cannot_disconnect(call: Conversation, command: Disconnect) -> Objection | None:
    """The leg is not there, or whoever acts is not."""
    return checks.unfit(call, command.participant, command.by)


def disconnect(draft: Draft, command: Disconnect) -> None:
    """End one leg. Where a user hangs up on one other, the other's leg is seen to end first (reported)."""
    one = draft.get(command.participant)
    others = [other for other in draft.live() if other.number != one.number]
    if one.party.kind == "user" and len(others) == 1 and not draft.head.consult and not others[0].from_acd:
        end(draft, others[0].number, "peer")
        draft.later(0, "leaves", one.number, "client")
    else:
        leave(draft, one.number, "client", at_once=one.from_acd and not one.call.up)


def cannot_end(call: Conversation, command: End) -> Objection | None:
    """Whoever acts is not on the call; one that is over may be ended again."""
    return checks.stranger(call, command.by) if call.active else None


def is_over(call: Conversation, command: End) -> bool:
    """Whether there is nothing that the end could end: no leg, nor any wrap-up that it closes."""
    open_work = any(one.after_call and one.after_call.open for one in call.participants)
    return not call.active and not (command.system and open_work)


def end_all(draft: Draft, command: End) -> None:
    """End every leg: the one of whoever acts by its own client, the others by their peer."""
    own = _acting(draft, command.by)
    clear_consult(draft)
    for one in list(draft.live()):
        end(draft, one.number, "client" if own and one.number == own.number else "peer")
    if command.system:
        close_wrap_ups(draft)


def _acting(draft: Draft, by: str | None) -> CallParticipant | None:
    if by is not None:
        return draft.own_leg(by)
    return next((one for one in draft.live() if one.party.kind in {"user", "campaign"}), None)


def cannot_act(call: Conversation, command: FarEnd) -> Objection | None:
    """The leg is not there."""
    return checks.unfit(call, command.participant, None)


def act(draft: Draft, command: FarEnd) -> None:
    """What a phone cannot do just now changes nothing, as with a phone."""
    one = draft.get(command.participant)
    if command.act in possible(one):
        _use(draft, one, command.act)


def _use(draft: Draft, one: CallParticipant, what: FarAct) -> None:
    match what:
        case "hangs_up":
            leave(draft, one.number, "endpoint")
        case "answers":
            _answers(draft, one)
        case "no_answer":
            unanswered(draft, one.number)
        case "declines" | "busy" as how:
            refuse(draft, one.number, how)
        case "holds" | "retrieves":
            set_held(draft, one, held=what == "holds")
        case "digits":
            return  # nobody sees anything of them; the history keeps them


def _answers(draft: Draft, one: CallParticipant) -> None:
    if one.call.state == "dialing":
        answered(draft, one.number)
    else:
        pick_up(draft, one)


def possible(one: CallParticipant) -> tuple[FarAct, ...]:
    """What somebody can do with the party's phone just now; the platform's own parties have none."""
    if one.purpose in SERVICES or one.call.over:
        return ()
    answers: tuple[FarAct, ...] = () if one.party.takes.how == "dead" else ("answers",)
    match one.call.state:
        case "contacting" | "parked":
            return (*answers, "hangs_up")
        case "alerting":
            return (*answers, *RINGING)
        case "dialing" if one.call.initial_state == "dialing":
            return (*answers, *RINGING)
        case "connected":
            return "hangs_up", "retrieves" if one.call.held else "holds", "digits"
    return ("hangs_up",)

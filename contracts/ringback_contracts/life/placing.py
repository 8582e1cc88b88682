"""How calls begin: a user's or a campaign's, one from outside, more parties, and a call back."""

from __future__ import annotations

from ringback_contracts.life import checks
from ringback_contracts.life import objections as why
from ringback_contracts.life.commands import AskCallBack, CallBack, Invite, Place, Ring
from ringback_contracts.life.draft import Draft, begin, closed, connect, set_anchor
from ringback_contracts.life.leaving import fail, leave
from ringback_contracts.life.moments import derived_id
from ringback_contracts.life.objections import Objection
from ringback_contracts.life.parties import (
    IVR_SECONDS,
    OFFERED_SECONDS,
    OWN_DIALING_SECONDS,
    STATION_ANSWERS_SECONDS,
    STATION_TIMEOUT_SECONDS,
    Party,
)
from ringback_contracts.life.ringing import Errand, dial
from ringback_contracts.life.values import (
    NOBODY,
    AfterCall,
    Callback,
    CallError,
    CallParticipant,
    Conversation,
    Segment,
    Turn,
)

STATION_TIMEOUT = CallError("error.ininedgecontrol.connection.timeout", "the caller's station did not answer")
MENU = Party("voicemail", name="IVR")


def already_placed(call: Conversation, _: Place | Ring) -> Objection | None:
    """The call has begun."""
    return Objection(why.EXISTS, "the call has begun already") if call.participants else None


def place(draft: Draft, command: Place) -> None:
    """The caller's own leg reaches for the caller's station; the others wait for it (reported)."""
    draft.head = draft.head._replace(ani=command.ani, ani_name=command.ani_name, dnis=command.dnis)
    _contact(draft, command)


def _contact(draft: Draft, command: Place) -> None:
    caller = command.caller
    if caller.kind == "campaign":
        purpose = "dialer"
    else:
        purpose = caller.purpose or ("agent" if command.queue_id else "user")
    own = begin(draft, caller, purpose, "contacting", "outbound")
    after = AfterCall(caller.wrap) if caller.wrap else None
    draft.put(own._replace(queue_id=command.queue_id, after_call=after))
    takes = caller.takes
    if takes.how == "answers":
        seconds = STATION_ANSWERS_SECONDS if takes.after is None else takes.after
        turn = Turn(0.0, 0, "station", own.number, command=command)
    else:
        seconds = STATION_TIMEOUT_SECONDS if takes.after is None else takes.after
        turn = Turn(0.0, 0, "station_timeout", own.number, command=command)
    draft.at(draft.now + seconds, turn)


def station(draft: Draft, turn: Turn) -> None:
    """The caller's station has answered: the others are dialled now (reported)."""
    command = turn.command
    if not isinstance(command, Place):
        return
    draft.forget(turn.number)
    for party in command.parties:
        errand = Errand(
            turn.number, command.queue_id, attributes=command.attributes, uui_data=command.uui_data
        )
        far = dial(draft, party, errand)
        if draft.head.anchor == NOBODY or draft.participants[draft.head.anchor].call.over:
            set_anchor(draft, far.number)
    if command.parties:
        draft.later(OWN_DIALING_SECONDS, "dialing", turn.number)
    else:
        connect(draft, turn.number)


def station_answers(draft: Draft, number: int) -> bool:
    """Somebody picks up the caller's station; whether it was waiting for that."""
    due = next((turn for turn in draft.turns if turn.number == number and turn.command), None)
    if due is None or draft.participants[number].party.takes.how == "dead":
        return False
    station(draft, due)
    return True


def dialing(draft: Draft, turn: Turn) -> None:
    """The caller's own leg says that it dials (reported)."""
    call = draft.participants[turn.number].call
    segments = (*closed(call, draft.now, "Interact"), Segment("Dialing", draft.now))
    draft.put_call(turn.number, call._replace(state="dialing", segments=segments))


def own_connects(draft: Draft, turn: Turn) -> None:
    """The caller's own leg follows the far end's answer (reported)."""
    connect(draft, turn.number)


def station_timeout(draft: Draft, turn: Turn) -> None:
    """The station is given up; nobody else was ever dialled (reported)."""
    fail(draft, turn.number, "error", STATION_TIMEOUT, None)


def ring_in(draft: Draft, command: Ring) -> None:
    """Somebody outside rings: a menu, a queue or a user takes the call."""
    draft.head = draft.head._replace(ani=command.ani, ani_name=command.ani_name, dnis=command.dnis)
    of_queue = command.to.id if command.to.kind == "queue" else None
    purpose = command.customer.purpose or ("customer" if of_queue else "external")
    customer = begin(draft, command.customer, purpose, "offering", "inbound")
    draft.put(customer._replace(queue_id=of_queue, attributes=command.attributes))
    draft.head = draft.head._replace(anchor=customer.number)
    if command.ivr and of_queue:
        ivr = begin(draft, MENU, "ivr", "offering", "inbound")
        draft.put(ivr._replace(origin=customer.number))
        draft.later(OFFERED_SECONDS, "offered", ivr.number)
        turn = Turn(0.0, 0, "routes", ivr.number, command=command)
        draft.at(draft.now + OFFERED_SECONDS + IVR_SECONDS, turn)
    else:
        dial(draft, command.to, Errand(customer.number))


def routes(draft: Draft, turn: Turn) -> None:
    """The menu has done its work and gives the caller to the queue."""
    command = turn.command
    if not isinstance(command, Ring):
        return
    dial(draft, command.to, Errand(draft.participants[turn.number].origin))
    leave(draft, turn.number, "transfer", at_once=True)


def cannot_invite(call: Conversation, command: Invite) -> Objection | None:
    """Nobody is named, or whoever invites does not talk yet."""
    if not command.parties:
        return Objection(why.DESTINATION_REQUIRED, "name at least one party to add")
    own = call.own_leg(command.by)
    if own and not own.call.up:
        return Objection(why.NOT_ACTIVE, f"the leg of user {command.by} is {own.call.state}, not connected")
    return checks.stranger(call, command.by) or checks.quiet(call)


def invite(draft: Draft, command: Invite) -> None:
    """More parties are rung into the call."""
    own = draft.own_leg(command.by)
    errand = Errand(own.number if own else NOBODY, own.queue_id if own else None)
    for party in command.parties:
        dial(draft, party, errand)


def cannot_ask(call: Conversation, command: AskCallBack) -> Objection | None:
    """Nobody, or a queue's own party, would be called back, or for no queue."""
    missing = checks.unknown(call, command.participant)
    one = call.find(command.participant)
    if missing or one is None:
        return missing
    if one.purpose == "acd":
        return Objection(why.CALL_BACK_ACD, "the participant is the queue itself; take the customer's")
    if not (command.queue_id or one.queue_id):
        return Objection(why.CALL_BACK_QUEUE, "neither the participant nor the command names a queue")
    return None


def ask_call_back(draft: Draft, command: AskCallBack) -> None:
    """Keep whom to call back."""
    head, one = draft.head, draft.get(command.participant)
    asked = Callback(
        derived_id(head.id, f"callback/{len(head.callbacks)}"),
        one.number,
        command.numbers,
        draft.now,
        command.user_name,
        command.scheduled_at,
    )
    draft.put(one._replace(queue_id=command.queue_id or one.queue_id))
    draft.head = head._replace(callbacks=(*head.callbacks, asked))


def cannot_call_back(call: Conversation, _: CallBack) -> Objection | None:
    """No call back waits."""
    if any(one.dialled_at is None for one in call.callbacks):
        return None
    return Objection(why.CALL_BACK_NONE, "no call back of this conversation waits to be dialled")


def call_back(draft: Draft, command: CallBack) -> None:
    """Dial the call back that has waited longest."""
    head = draft.head
    waiting = next(one for one in head.callbacks if one.dialled_at is None)
    dialled = tuple(one._replace(dialled_at=draft.now) if one is waiting else one for one in head.callbacks)
    draft.head = head._replace(callbacks=dialled)
    asked: CallParticipant = draft.participants[waiting.number]
    _contact(draft, Place(command.caller, (command.to,), queue_id=asked.queue_id))

"""What is done while a call goes on."""

from __future__ import annotations

from ringback_contracts.life import checks
from ringback_contracts.life import objections as why
from ringback_contracts.life.commands import (
    Answer,
    Confine,
    Flag,
    Hold,
    Mute,
    Park,
    Record,
    SendDigits,
    SetAttributes,
    SetMediaRoles,
    SetRecording,
    SetSecureAttributes,
    SetTag,
    SetUtilizationLabel,
    SetUuiData,
    Staff,
)
from ringback_contracts.life.draft import Draft, talks
from ringback_contracts.life.leaving import end_if_nobody_is_left
from ringback_contracts.life.objections import Objection
from ringback_contracts.life.placing import station_answers
from ringback_contracts.life.ringing import answered
from ringback_contracts.life.values import NOBODY, CallParticipant, Conversation, RecordingState, Turn


def unfit(call: Conversation, command: Answer | Mute | Record) -> Objection | None:
    """The leg is not there, or whoever acts is not."""
    return checks.unfit(call, command.participant, command.by)


def unfit_far(call: Conversation, command: SendDigits | SetMediaRoles) -> Objection | None:
    """The leg is not there."""
    return checks.unfit(call, command.participant, None)


def unknown(call: Conversation, command: SetAttributes | SetUuiData | Flag) -> Objection | None:
    """The participant is not there; a leg that is over will do."""
    return checks.unknown(call, command.participant)


def never(_: Conversation, __: SetTag | SetUtilizationLabel | Staff) -> Objection | None:
    """Nothing stands against it."""
    return None


def answer(draft: Draft, command: Answer) -> None:
    """Pick up. What does not ring, or has no phone, stays as it is (reported)."""
    pick_up(draft, draft.get(command.participant))


def pick_up(draft: Draft, one: CallParticipant) -> None:
    """Let the party answer, come back from where it was parked, or stay as it is."""
    if one.call.state == "parked":
        unpark(draft, one.number)
    elif one.party.takes.how == "dead":
        return
    elif one.call.state == "alerting":
        answered(draft, one.number)
    elif one.call.state == "contacting":
        station_answers(draft, one.number)


def cannot_hold(call: Conversation, command: Hold) -> Objection | None:
    """Only who was answered can put the others on hold."""
    found = checks.unfit(call, command.participant, command.by)
    one = call.find(command.participant)
    if found or one is None or one.call.up or not command.held:
        return found
    return Objection(
        why.HOLD_ALERTING, f"the participant's leg is {one.call.state}; wait until it is connected"
    )


def hold(draft: Draft, command: Hold) -> None:
    """The one is held, and the other hears nothing (reported); while a consult runs, neither (reported)."""
    one = draft.get(command.participant)
    if draft.head.consult is None:
        set_held(draft, one, held=command.held)


def set_held(draft: Draft, one: CallParticipant, *, held: bool) -> None:
    """Let the participant hold the others, from now if it does not yet, or no longer; one parked cannot."""
    if held != one.call.held and one.call.state == "connected":
        draft.regroup = True
        draft.put_call(one.number, one.call._replace(held_at=draft.now if held else None))


def mute(draft: Draft, command: Mute) -> None:
    """The others hear nothing of the one; nobody else's leg tells of it (reported)."""
    one = draft.get(command.participant)
    draft.put_call(one.number, one.call._replace(muted=command.muted))


def cannot_confine(call: Conversation, command: Confine) -> Objection | None:
    """Somebody else who is connected has to keep the party apart."""
    found = checks.unfit(call, command.participant, command.by)
    one = call.find(command.participant)
    if found or one is None or not command.confined:
        return found
    if not talks(one):
        return Objection(why.CANNOT_CONFINE, "the participant is nobody who is connected and talks")
    if command.by is not None and one.user_id == command.by:
        return Objection(
            why.CANNOT_CONFINE, "the participant is your own leg; hold the call, or take another's"
        )
    if _holder(list(call.participants), one, command.by) == NOBODY:
        return Objection(why.CANNOT_CONFINE, "nobody else is connected who could keep the participant apart")
    return None


def confine(draft: Draft, command: Confine) -> None:
    """Keep the party apart until it is let back, or who keeps it apart is gone."""
    one = draft.get(command.participant)
    holder = _holder(draft.participants, one, command.by) if command.confined else NOBODY
    draft.put_call(one.number, one.call._replace(set_apart_by=holder))
    draft.regroup = True


def _holder(participants: list[CallParticipant], one: CallParticipant, by: str | None) -> int:
    others = [other for other in participants if talks(other) and other.number != one.number]
    mine = [other.number for other in others if by is not None and other.user_id == by]
    users = [other.number for other in others if other.user_id]
    return next(iter([*mine, *users, *(other.number for other in others)]), NOBODY)


def record(draft: Draft, command: Record) -> None:
    """Record the one leg, or stop."""
    one = draft.get(command.participant)
    state: RecordingState = "active" if command.recording else "none"
    draft.put_call(one.number, one.call._replace(recording=state, secure_pause=False))


def cannot_set_recording(call: Conversation, command: SetRecording) -> Objection | None:
    """The call is over, or whoever acts is not on it."""
    return checks.stranger(call, command.by) or checks.quiet(call)


def set_recording(draft: Draft, command: SetRecording) -> None:
    """The whole call, and every leg that is not over; a pause is a secure one (published)."""
    state, secure = command.state, command.state == "paused"
    draft.head = draft.head._replace(recording=state, secure_pause=secure)
    for one in list(draft.live()):
        draft.put_call(one.number, one.call._replace(recording=state, secure_pause=secure))


def set_attributes(draft: Draft, command: SetAttributes) -> None:
    """What is not named stays (published)."""
    one = draft.get(command.participant)
    draft.put(one._replace(attributes={**one.attributes, **command.attributes}))


def set_uui_data(draft: Draft, command: SetUuiData) -> None:
    """The user-to-user information of the leg."""
    one = draft.get(command.participant)
    draft.put_call(one.number, one.call._replace(uui_data=command.uui_data))


def send_digits(_: Draft, __: SendDigits) -> None:
    """Nobody sees anything of it; the history keeps it."""


def set_tag(draft: Draft, command: SetTag) -> None:
    """The conversation's external tag."""
    draft.head = draft.head._replace(external_tag=command.tag)


def set_utilization_label(draft: Draft, command: SetUtilizationLabel) -> None:
    """The label under which the conversation counts."""
    draft.head = draft.head._replace(utilization_label=command.label_id)


def cannot_set_secure_attributes(call: Conversation, command: SetSecureAttributes) -> Objection | None:
    """Somebody else has set them since whoever sends them read them."""
    if command.version in (None, call.secure_version):
        return None
    return Objection(why.VERSION, f"the texts are of version {call.secure_version}, not {command.version}")


def set_secure_attributes(draft: Draft, command: SetSecureAttributes) -> None:
    """Texts that no picture of the call shows (published)."""
    head = draft.head
    before = head.secure_attributes if command.merges else {}
    kept = {**before, **command.attributes}
    draft.head = head._replace(secure_attributes=kept, secure_version=head.secure_version + 1)


def flag(draft: Draft, command: Flag) -> None:
    """Mark the participant for attention, or no longer."""
    draft.put(draft.get(command.participant)._replace(flagged=command.flagged))


def cannot_park(call: Conversation, command: Park) -> Objection | None:
    """Only who was answered can be parked."""
    found = checks.unfit(call, command.participant, command.by)
    one = call.find(command.participant)
    if found or one is None or one.call.up:
        return found
    return Objection(
        why.PARK_UNANSWERED, f"the participant's leg is {one.call.state}; wait until it is connected"
    )


def park(draft: Draft, command: Park) -> None:
    """Set the party aside; a second time sets another end."""
    one = draft.get(command.participant)
    draft.regroup = True
    draft.turns = [turn for turn in draft.turns if (turn.what, turn.number) != ("resumes", one.number)]
    since = draft.now if one.call.parked_at is None else one.call.parked_at
    call = one.call._replace(state="parked", parked_at=since, resumes_at=command.until, held_at=None)
    draft.put_call(one.number, call)
    if command.until is not None:
        draft.at(command.until, Turn(0.0, 0, "resumes", one.number))


def unpark(draft: Draft, number: int) -> None:
    """The party is back; nobody may be there any more."""
    draft.regroup = True
    draft.turns = [turn for turn in draft.turns if (turn.what, turn.number) != ("resumes", number)]
    call = draft.participants[number].call
    draft.put_call(number, call._replace(state="connected", parked_at=None, resumes_at=None))
    end_if_nobody_is_left(draft)


def set_media_roles(draft: Draft, command: SetMediaRoles) -> None:
    """A supervisor who becomes a full party no longer just watches (reported)."""
    one = draft.get(command.participant)
    watch = None if "full" in command.roles else one.watch
    draft.regroup = True
    draft.put(one._replace(media_roles=command.roles, watch=watch))


def staff(draft: Draft, command: Staff) -> None:
    """Those who wait in the queue are offered to whoever can be alerted now."""
    alerted = {one.user_id for one in draft.live()}
    agents = tuple(agent for agent in command.agents if agent.id not in alerted)
    for one in list(draft.live()):
        if one.purpose == "acd" and one.queue_id == command.queue_id:
            draft.put(one._replace(agents=agents))
            if one.call.up:
                draft.later(0, "alerts", one.number)

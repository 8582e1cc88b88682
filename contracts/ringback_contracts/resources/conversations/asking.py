"""What requests ask of a call: the commands that a body stands for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ringback_contracts.life.commands import (
    Answer,
    AskCallBack,
    Command,
    Confine,
    Disconnect,
    End,
    Flag,
    GiveWrapUp,
    Hold,
    Instruction,
    Merge,
    MoveAway,
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
    SkipWrapUp,
    Staff,
)
from ringback_contracts.life.joining import joining
from ringback_contracts.life.moments import read_moment
from ringback_contracts.resources.calls.placement import phone
from ringback_contracts.resources.conversations.facts import CallTold

SWITCHES: Mapping[str, type[Hold | Mute | Confine | Record]] = {
    "held": Hold,
    "muted": Mute,
    "confined": Confine,
    "recording": Record,
}
"""The commands that a field of a participant switches on or off."""


def of_participant(case: CallTold) -> Iterator[Command]:
    """What becomes of a participant; a hang-up comes last, since nothing can be done after it."""
    one, by, said = case.participant_id, case.by, case.fields
    state = str(said.get("state", "")).lower()
    if state == "connected":
        yield Answer(one, by)
    if state == "parked" or "resumeTime" in said:
        yield Park(one, read_moment(said.get("resumeTime")), by)
    for name, command in SWITCHES.items():
        if name in said:
            yield command(one, said[name], by)
    if "wrapup" in said:
        yield wrap_up(one, said["wrapup"])
    if said.get("wrapupSkipped"):
        yield SkipWrapUp(one)
    if state == "disconnected":
        yield Disconnect(one, by)


PARTICIPANT = (Answer, Park, Hold, Mute, Confine, Record, GiveWrapUp, SkipWrapUp, Disconnect)
"""The commands of ``of_participant``."""


OF_PARTICIPANT = ("state", "resumeTime", *SWITCHES, "wrapup", "wrapupSkipped")
"""The fields that ``of_participant`` heeds."""


def wrap_up(participant_id: str, said: Mapping[str, Any]) -> GiveWrapUp:
    """The wrap-up that an agent gives."""
    return GiveWrapUp(
        participant_id,
        said.get("code") or None,
        said.get("name"),
        said.get("notes"),
        tuple(said.get("tags") or ()),
        said.get("durationSeconds"),
        read_moment(said.get("endTime")),
        bool(said.get("provisional")),
    )


def attributes(case: CallTold) -> Iterator[Command]:
    """What is to be kept with a participant."""
    yield SetAttributes(case.participant_id, dict(case.fields.get("attributes") or {}))


def digits(case: CallTold) -> Iterator[Command]:
    """The keys that are pressed for a participant."""
    yield SendDigits(case.participant_id, case.fields["digits"])


def tag(case: CallTold) -> Iterator[Command]:
    """The key of another system for the conversation."""
    yield SetTag(case.fields["externalTag"])


def utilization_label(case: CallTold) -> Iterator[Command]:
    """The label under which the conversation counts; null, or none, takes it away."""
    yield SetUtilizationLabel(case.fields.get("utilizationLabelId"))


def secure_attributes(case: CallTold) -> Iterator[Command]:
    """Texts beside the conversation: PATCH adds to them, PUT puts others in their place."""
    texts = dict(case.fields.get("attributes") or {})
    if case.request.method == "PATCH":
        yield SetSecureAttributes(texts, merges=True)
    else:
        yield SetSecureAttributes(texts, version=case.fields.get("version"))


def snippet(case: CallTold) -> Iterator[Command]:
    """A part of the call is recorded from now on, or to now; who says neither means from now on."""
    yield Record(case.participant_id, case.fields.get("record") is not False, case.by)


def assigned(case: CallTold) -> Iterator[Command]:
    """Whoever waits in a queue on the call is offered to the user whom the body names."""
    user = case.org.user_by_id.get(str(case.fields.get("id", "")).lower())
    for one in case.call.participants if case.call and user else ():
        if user and one.purpose == "acd" and one.call.up and one.queue_id:
            yield Staff(one.queue_id, (phone(user),))


def end(case: CallTold) -> Iterator[Command]:
    """The end of the whole conversation, wrap-up included (published)."""
    yield End(case.by if case.own else None, system=True)


def of_call(case: CallTold) -> Iterator[Command | Instruction]:
    """What becomes of a whole call."""
    said = case.fields
    if "recordingState" in said:
        yield SetRecording(said["recordingState"].lower(), case.by)
    for one in said.get("participants", ()):
        yield SetMediaRoles(one["id"].lower(), tuple(one["mediaRoles"]))
    if "conversationIds" in said:
        yield from merge(case)
    if str(said.get("state", "")).lower() == "disconnected":
        yield End(case.by if case.own else None)


OF_CALL = (SetRecording, SetMediaRoles, Merge, MoveAway, End)
"""The commands of ``of_call``."""


def merge(case: CallTold) -> Iterator[Command | Instruction]:
    """The parties of other calls come into this one."""
    call_ids = tuple(case.fields.get("conversationIds", ()))
    others = [(call_id, case.caller.calls.get(call_id)) for call_id in call_ids]
    parties = tuple(one for _, other in others if other for one in joining(other, case.by))
    yield Merge(call_ids, parties, case.by)
    for call_id, other in others:
        if other is not None and case.call is not None:
            yield Instruction(call_id, MoveAway(case.call.id))


def recording(case: CallTold) -> Iterator[Command]:
    """The recording of a call, from outside it."""
    yield SetRecording(case.fields["recordingState"].lower())


def of_leg(case: CallTold) -> Iterator[Command]:
    """The end of one leg."""
    if str(case.fields.get("state", "")).lower() == "disconnected":
        yield Disconnect(case.participant_id, case.by)


def uui_data(case: CallTold) -> Iterator[Command]:
    """The user-to-user information of a leg."""
    yield SetUuiData(case.participant_id, case.fields["uuiData"])


def wrapped_up(case: CallTold) -> Iterator[Command]:
    """The wrap-up of a leg."""
    yield wrap_up(case.participant_id, case.fields)


def flagged(case: CallTold) -> Iterator[Command]:
    """The participant is marked for attention, or no longer."""
    yield Flag(case.participant_id, flagged=case.request.method == "PUT")


def call_back(case: CallTold) -> Iterator[Command]:
    """Somebody is to be called back."""
    said = case.fields
    yield AskCallBack(
        case.participant_id,
        tuple(said["callbackNumbers"]),
        said.get("queueId"),
        said.get("callbackUserName"),
        read_moment(said.get("callbackScheduledTime")),
    )

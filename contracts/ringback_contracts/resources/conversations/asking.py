"""What requests ask of a call: the commands that a body stands for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ringback_contracts.life.commands import (
    Answer,
    Command,
    Confine,
    Disconnect,
    End,
    GiveWrapUp,
    Hold,
    Mute,
    Park,
    Record,
    SendDigits,
    SetAttributes,
    SetRecording,
    SetTag,
    SkipWrapUp,
)
from ringback_contracts.life.moments import read_moment
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


def end(case: CallTold) -> Iterator[Command]:
    """The end of the whole conversation, wrap-up included (published)."""
    yield End(case.by if case.own else None, system=True)


def of_call(case: CallTold) -> Iterator[Command]:
    """What becomes of a whole call."""
    if str(case.fields.get("state", "")).lower() == "disconnected":
        yield End(case.by if case.own else None)
    if "recordingState" in case.fields:
        yield SetRecording(case.fields["recordingState"].lower(), case.by)

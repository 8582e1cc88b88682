"""What of a command is to be known before it is given: when it takes effect, and whom it brings."""

from __future__ import annotations

from ringback_contracts.life.commands import (
    BlindTransfer,
    CallBack,
    CancelConsult,
    Command,
    Delayed,
    FarEnd,
    Invite,
    Place,
    SetSpeakTo,
    StartConsult,
)
from ringback_contracts.life.parties import Party
from ringback_contracts.org import Org

AT_ONCE = (FarEnd, StartConsult, SetSpeakTo, CancelConsult)
"""What has happened when it is answered: with what a phone does, the consults, which are answered 200."""


def when_in_effect(command: Command, org: Org) -> Command:
    """The command, as late as what is accepted takes effect in the org; phones and consults act at once."""
    late = org.effect_seconds > 0 and not isinstance(command, AT_ONCE)
    return Delayed(org.effect_seconds, command) if late else command


def rings_queue(command: Command) -> bool:
    """Whether the command puts somebody into a queue."""
    if isinstance(command, Delayed):
        return rings_queue(command.command)
    if isinstance(command, Place):
        return any(one.kind == "queue" for one in command.parties)
    to = getattr(command, "to", None)
    return isinstance(to, Party) and to.kind == "queue"


def brought_by(command: Command) -> tuple[str, ...]:
    """The numbers and ids of those whom a command rings into a call that is there."""
    parties: tuple[Party | None, ...] = ()
    match command:
        case StartConsult() | BlindTransfer() | CallBack():
            parties = (command.to,)
        case Invite():
            parties = command.parties
    return tuple(one.id or (one.address or "").removeprefix("tel:") for one in parties if one is not None)

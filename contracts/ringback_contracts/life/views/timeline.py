"""A call as a picture: what each party did from when to when, and what was done to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ringback_contracts.life.commands import Command, Delayed, FarEnd
from ringback_contracts.life.engine import apply, opened, snapshots
from ringback_contracts.life.objections import Objection
from ringback_contracts.life.values import CallParticipant, Conversation, Entry


class Bar(NamedTuple):
    """A stretch of a lane in which nothing changed; ``ends`` is ``None`` for the one that goes on."""

    state: str
    held: bool
    muted: bool
    begins: float
    ends: float | None = None


class Mark(NamedTuple):
    """A command at its moment, and the participant that it names, if any."""

    at: float
    what: str
    participant_id: str | None


def lanes(call: Conversation) -> dict[str, tuple[Bar, ...]]:
    """The bars of each participant, by its id, up to the call's own moment."""
    found: dict[str, list[Bar]] = {}
    for moment in _moments(call):
        for one in moment.participants:
            _draw(found.setdefault(one.id, []), one, moment.now)
    return {participant_id: tuple(bars) for participant_id, bars in found.items()}


def marks(call: Conversation) -> tuple[Mark, ...]:
    """The commands that were accepted, in order."""
    return tuple(Mark(entry.at, _name(entry), _participant(entry)) for entry in call.history)


def _moments(call: Conversation) -> Iterator[Conversation]:
    """The call after each of its commands and turns."""
    if not call.history:
        return
    then = opened(call.id, call.history[0].at)
    for entry in call.history:
        yield from snapshots(then, entry.at)
        after = apply(then, entry.command, entry.at)
        if not isinstance(after, Objection):  # a history holds what was accepted
            yield (then := after)
    yield from snapshots(then, call.now)


def _draw(bars: list[Bar], one: CallParticipant, now: float) -> None:
    shown = (one.call.state, one.call.held, one.call.muted)
    if bars and bars[-1][:3] == shown:
        return
    if bars:
        bars[-1] = bars[-1]._replace(ends=now)
    bars.append(Bar(*shown, begins=now))


def _name(entry: Entry) -> str:
    """The command in words: ``StartConsult`` is "start consult", and a phone says what it does."""
    command = _asked(entry)
    if isinstance(command, FarEnd):
        return command.act.replace("_", " ")
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(command).__name__).lower()


def _participant(entry: Entry) -> str | None:
    found: str | None = getattr(_asked(entry), "participant", None)
    return found


def _asked(entry: Entry) -> Command:
    """The command itself, though its effect may have come later."""
    return entry.command.command if isinstance(entry.command, Delayed) else entry.command

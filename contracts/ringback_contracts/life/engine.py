"""A call goes on: by commands, and by what is due."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

from ringback_contracts.life import commands as do
from ringback_contracts.life import (
    ending,
    joining,
    leaving,
    placing,
    ringing,
    talking,
    transferring,
    wrapping,
)
from ringback_contracts.life import objections as why
from ringback_contracts.life.draft import Draft
from ringback_contracts.life.objections import Objection
from ringback_contracts.life.values import NOBODY, Conversation, Entry, Turn, What

LONGEST_HISTORY = 1_000
"""Commands that one call takes."""
HEAVIEST_HISTORY = 2**20
"""Roughly the bytes that the texts of one call's commands may take."""
WEIGHTLESS = frozenset({bool, float, int, type(None)})
"""Kinds of values that weigh nothing beside their place."""
C = TypeVar("C", bound=do.Command)


class HistoryError(ValueError):
    """What was kept is no history of a call, or none that this version can read."""


class Handler(NamedTuple):
    """What may stand against a command, and what it does."""

    objects: Callable[[Conversation, Any], Objection | None]
    does: Callable[[Draft, Any], None]


def _handler(
    kind: type[C], objects: Callable[[Conversation, C], Objection | None], does: Callable[[Draft, C], None]
) -> tuple[type, Handler]:
    return kind, Handler(objects, does)


def _objects_later(call: Conversation, command: do.Delayed) -> Objection | None:
    """What will stand against it once all has happened that is due by then, what was told before it too."""
    then = advance(call, call.now + command.seconds)
    return HANDLERS[type(command.command)].objects(then, command.command)


def _delay(draft: Draft, command: do.Delayed) -> None:
    draft.at(draft.now + command.seconds, Turn(0.0, 0, "effect", NOBODY, command=command.command))


def _effect(draft: Draft, turn: Turn) -> None:
    """What was accepted happens now, or never if it no longer can (reported)."""
    command = turn.command
    handler = HANDLERS[type(command)]
    if handler.objects(draft.done(), command) is None:
        handler.does(draft, command)


HANDLERS: Mapping[type, Handler] = dict(
    [
        _handler(do.Place, placing.already_placed, placing.place),
        _handler(do.Ring, placing.already_placed, placing.ring_in),
        _handler(do.Answer, talking.unfit, talking.answer),
        _handler(do.Disconnect, ending.cannot_disconnect, ending.disconnect),
        _handler(do.End, ending.cannot_end, ending.end_all),
        _handler(do.Hold, talking.cannot_hold, talking.hold),
        _handler(do.Mute, talking.unfit, talking.mute),
        _handler(do.Confine, talking.cannot_confine, talking.confine),
        _handler(do.Record, talking.unfit, talking.record),
        _handler(do.SetRecording, talking.cannot_set_recording, talking.set_recording),
        _handler(do.SetAttributes, talking.unknown, talking.set_attributes),
        _handler(do.SetUuiData, talking.unknown, talking.set_uui_data),
        _handler(do.SendDigits, talking.unfit_far, talking.send_digits),
        _handler(do.SetTag, talking.never, talking.set_tag),
        _handler(do.SetUtilizationLabel, talking.never, talking.set_utilization_label),
        _handler(do.SetSecureAttributes, talking.cannot_set_secure_attributes, talking.set_secure_attributes),
        _handler(do.Flag, talking.unknown, talking.flag),
        _handler(do.Park, talking.cannot_park, talking.park),
        _handler(do.SetMediaRoles, talking.unfit_far, talking.set_media_roles),
        _handler(do.GiveWrapUp, wrapping.cannot_give, wrapping.give),
        _handler(do.SkipWrapUp, wrapping.cannot_skip, wrapping.skip),
        _handler(do.BlindTransfer, transferring.cannot_transfer, transferring.transfer),
        _handler(do.StartConsult, transferring.cannot_consult, transferring.consult),
        _handler(do.SetSpeakTo, transferring.cannot_set_speak_to, transferring.set_speak_to),
        _handler(do.CancelConsult, transferring.cannot_cancel, transferring.cancel),
        _handler(do.Invite, placing.cannot_invite, placing.invite),
        _handler(do.Merge, joining.cannot_merge, joining.merge),
        _handler(do.MoveAway, joining.cannot_move, joining.move_away),
        _handler(do.Supervise, joining.cannot_supervise, joining.supervise),
        _handler(do.AskCallBack, placing.cannot_ask, placing.ask_call_back),
        _handler(do.CallBack, placing.cannot_call_back, placing.call_back),
        _handler(do.FarEnd, ending.cannot_act, ending.act),
        _handler(do.Staff, talking.never, talking.staff),
        _handler(do.Delayed, _objects_later, _delay),
    ]
)
"""What every command does, and what may stand against it."""

TURNS: Mapping[What, Callable[[Draft, Turn], None]] = {
    "alerts": ringing.alerts,
    "answers": lambda draft, turn: ringing.answered(draft, turn.number),
    "dialing": placing.dialing,
    "effect": _effect,
    "fails": lambda draft, turn: ringing.refuse(
        draft, turn.number, draft.participants[turn.number].party.takes.how
    ),
    "hangs_up": lambda draft, turn: leaving.leave(draft, turn.number, "endpoint"),
    "leaves": lambda draft, turn: leaving.leave(draft, turn.number, turn.disconnect or "client"),
    "offered": ringing.offered,
    "own_connects": placing.own_connects,
    "resumes": lambda draft, turn: talking.unpark(draft, turn.number),
    "routes": placing.routes,
    "station": placing.station,
    "station_timeout": placing.station_timeout,
    "teardown": leaving.tear_down,
    "unanswered": lambda draft, turn: ringing.unanswered(draft, turn.number),
    "wrapup_timeout": wrapping.time_is_up,
}
"""What happens at every kind of turn."""


def opened(conversation_id: str, now: float) -> Conversation:
    """A call of which nothing is known yet; ``Place`` or ``Ring`` begins it."""
    return Conversation(conversation_id, now, now)


def apply(call: Conversation, command: do.Command, now: float) -> Conversation | Objection:
    """The call after the command, or why it cannot be applied.

    What is due by ``now`` happens first. To end a call that is over changes nothing. A moment before the
    call's own counts as the call's own: its time never runs back.
    """
    before = advance(call, now)
    handler = HANDLERS[type(command)]
    weight = before.weight + weigh(command)
    found = handler.objects(before, command) or _too_much(before, command, weight)
    if found:
        return found
    if isinstance(command, do.End) and ending.is_over(before, command):
        return before
    if not before.history:
        before = before._replace(started_at=before.now)
    draft = Draft(before, before.now)
    handler.does(draft, command)
    draft.history = (*before.history, Entry(before.now, command))
    draft.weight = weight
    return draft.done()


def objection(call: Conversation, command: do.Command) -> Objection | None:
    """What stands against the command on the call as it is."""
    found = HANDLERS[type(command)].objects(call, command)
    return found or _too_much(call, command, call.weight + weigh(command))


def _too_much(call: Conversation, command: do.Command, weight: int) -> Objection | None:
    if isinstance(command, do.End):
        return None  # a call can always be ended
    if len(call.history) >= LONGEST_HISTORY:
        return Objection(why.TOO_LONG, f"one call takes {LONGEST_HISTORY} commands; start another")
    if weight > HEAVIEST_HISTORY:
        return Objection(why.TOO_LONG, f"the texts of one call take {HEAVIEST_HISTORY} bytes; send fewer")
    return None


def weigh(values: tuple[object, ...]) -> int:
    """Roughly the bytes that a command's texts take."""
    weight = 8 * len(values)
    for value in values:
        if type(value) is str:
            weight += len(value)
        elif type(value) in WEIGHTLESS:
            continue
        elif isinstance(value, tuple):
            weight += weigh(value)
        elif isinstance(value, Mapping):
            weight += sum(len(key) + len(text) for key, text in value.items())
    return weight


def advance(call: Conversation, now: float) -> Conversation:
    """The call after all that is due by ``now``, in order."""
    if not call.turns or call.turns[0].at > now:
        return call if now <= call.now else call._replace(now=now)
    draft = Draft(call, call.now)
    while draft.turns and draft.turns[0].at <= now:
        _take(draft)
    draft.now = max(draft.now, now)
    return draft.done()


def snapshots(call: Conversation, now: float) -> Iterator[Conversation]:
    """The call after each single turn that is due by ``now``: what whoever is told of it sees."""
    while call.turns and call.turns[0].at <= now:
        draft = Draft(call, call.now)
        _take(draft)
        call = draft.done()
        yield call


def _take(draft: Draft) -> None:
    turn = draft.turns.pop(0)
    draft.now = max(draft.now, turn.at)
    TURNS[turn.what](draft, turn)


def next_turn(call: Conversation) -> float | None:
    """The next moment at which anything happens by itself; ``None`` if nothing will."""
    return call.turns[0].at if call.turns else None


def replay(conversation_id: str, history: Iterable[Entry]) -> Conversation:
    """The call that the history tells of, at the moment of its last command.

    Raises ``HistoryError`` for a history that is none: a command that could not have been accepted.
    """
    call: Conversation | None = None
    for entry in history:
        after = apply(call or opened(conversation_id, entry.at), entry.command, entry.at)
        if not isinstance(after, Conversation):
            raise HistoryError(f"{type(entry.command).__name__} at {entry.at}: {after.detail}")
        call = after
    if call is None:
        raise HistoryError("an empty history tells of no call")
    return call

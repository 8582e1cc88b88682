"""Wrap-up: what agents write down of a call, and the time they get for it."""

from __future__ import annotations

from ringback_contracts.life import checks
from ringback_contracts.life import objections as why
from ringback_contracts.life.commands import GiveWrapUp, SkipWrapUp
from ringback_contracts.life.draft import Draft
from ringback_contracts.life.objections import Objection
from ringback_contracts.life.parties import TEARDOWN_SECONDS
from ringback_contracts.life.values import CallParticipant, Conversation, Turn, WrapUp

SYSTEM_CODE = "7fb334b0-0e9e-11e4-9191-0800200c9a66"
"""The platform's default wrap-up code (reported)."""
UNSKIPPABLE = frozenset({"mandatory", "forcedTimeout"})


def cannot_give(call: Conversation, command: GiveWrapUp) -> Objection | None:
    """A wrap-up that is final has a code."""
    found = checks.unknown(call, command.participant)
    if found or command.code or command.provisional:
        return found
    return Objection(why.CODE_REQUIRED, "a wrap-up that is not provisional needs the id of a wrap-up code")


def give(draft: Draft, command: GiveWrapUp) -> None:
    """Keep the wrap-up; a final one ends the after-call work."""
    one = draft.get(command.participant)
    begun = one.after_call.begins if one.after_call else None
    seconds = command.duration_seconds
    if seconds is None and begun is not None:
        seconds = round(draft.now - begun)
    wrap_up = WrapUp(
        command.code,
        draft.now if command.ended_at is None else command.ended_at,
        command.name,
        command.notes,
        command.tags,
        seconds,
        command.provisional,
    )
    draft.put(one._replace(wrap_up=wrap_up))
    if not command.provisional:
        _close(draft, draft.participants[one.number])


def cannot_skip(call: Conversation, command: SkipWrapUp) -> Objection | None:
    """The queue leaves no choice."""
    found = checks.unknown(call, command.participant)
    one = call.find(command.participant)
    if found or one is None or one.after_call is None or one.after_call.rules.prompt not in UNSKIPPABLE:
        return found
    return Objection(
        why.CANNOT_SKIP, f"the queue's wrap-up is {one.after_call.rules.prompt}; give a code instead"
    )


def skip(draft: Draft, command: SkipWrapUp) -> None:
    """No wrap-up is wanted of the agent any more."""
    one = draft.get(command.participant)
    if one.after_call:
        draft.put(one._replace(after_call=one.after_call._replace(skipped=True)))
        _close(draft, draft.participants[one.number])


def time_is_up(draft: Draft, turn: Turn) -> None:
    """The queue gives no more time."""
    _close(draft, draft.participants[turn.number])


def close_wrap_ups(draft: Draft) -> None:
    """Close every wrap-up that is open with the platform's own code."""
    for one in list(draft.participants):
        if one.after_call and one.after_call.open:
            draft.put(one._replace(wrap_up=WrapUp(SYSTEM_CODE, draft.now)))
            _close(draft, draft.participants[one.number])


def _close(draft: Draft, one: CallParticipant) -> None:
    """The after-call work is done, if it had begun; what waited for it goes on."""
    after = one.after_call
    if after is None or not after.open:
        return
    draft.forget(one.number)
    draft.put(one._replace(after_call=after._replace(ended_at=draft.now)))
    if one.call.state == "disconnected":
        draft.later(TEARDOWN_SECONDS, "teardown", one.number)

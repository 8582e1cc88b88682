"""Of what is accepted, what changes nothing as the call stands, and why: whoever asks for it is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ringback_contracts.life.commands import (
    Answer,
    Command,
    Hold,
    SendDigits,
    SetMediaRoles,
    SkipWrapUp,
    Staff,
)
from ringback_contracts.life.values import Conversation

RINGING = frozenset({"alerting", "contacting"})


def idle(call: Conversation, command: Command) -> str | None:
    """Why the command changes nothing, though nothing stands against it; ``None`` if it does, or need not."""
    tell = _TELL.get(type(command))
    return tell(call, command) if tell else None


def _answer(call: Conversation, command: Answer) -> str | None:
    one = call.find(command.participant)
    if one is None or one.call.state == "parked":
        return None
    if one.call.state not in RINGING:
        return f"the leg is {one.call.state}, and what does not ring is not answered"
    if one.party.takes.how == "dead":
        return "the phone cannot be answered through the API, so that nothing comes of it"
    return None


def _hold(call: Conversation, command: Hold) -> str | None:
    one = call.find(command.participant)
    if one is None or command.held == one.call.held:
        return None
    if call.consult:
        return "while a consult runs nobody is held; its speakTo says who hears whom"
    return None if one.call.state == "connected" else f"the leg is {one.call.state}, so that it holds nobody"


def _digits(call: Conversation, command: SendDigits) -> str | None:
    one = call.find(command.participant)
    if one is None or one.call.state == "connected":
        return None
    return f"the leg is {one.call.state}, so that nobody hears the keys"


def _skip(call: Conversation, command: SkipWrapUp) -> str | None:
    one = call.find(command.participant)
    if one is None or one.after_call:
        return None
    return "no queue asks the participant for a wrap-up, so that there is none to skip"


def _media_roles(call: Conversation, command: SetMediaRoles) -> str | None:
    one = call.find(command.participant)
    if one is None or one.watch or command.roles != one.media_roles:
        return None
    return "the participant is no supervisor who watches, and has these media roles already"


def _staff(call: Conversation, command: Staff) -> str | None:
    here = {one.user_id for one in call.participants if not one.call.over}
    if not here.issuperset(agent.id for agent in command.agents):
        return None
    return "the user is on the call already, so that nobody else is alerted"


_TELL: Mapping[type, Callable[[Conversation, Any], str | None]] = {
    Answer: _answer,
    Hold: _hold,
    SendDigits: _digits,
    SetMediaRoles: _media_roles,
    SkipWrapUp: _skip,
    Staff: _staff,
}

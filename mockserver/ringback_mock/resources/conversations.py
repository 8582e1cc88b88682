"""Conversations, whatever they are held by."""

from __future__ import annotations

from ringback_contracts.life.commands import End
from ringback_contracts.resources.conversations.operations import DISCONNECT
from ringback_mock.engine.handling import Applied, Ask, handles, required
from ringback_mock.engine.writes import GiveCommand


@handles(DISCONNECT)
def disconnect(ask: Ask) -> Applied:
    """End the conversation for everybody."""
    call = required(ask.tenant.calls.get(ask.verdict.params["conversationId"]))
    return 202, None, GiveCommand(call, End(), ask.now)

"""Conversations, whatever they are held by."""

from __future__ import annotations

from ringback_contracts.resources.conversations.operations import DISCONNECT
from ringback_mock.engine.handling import Applied, Ask, handles


@handles(DISCONNECT)
def disconnect(ask: Ask) -> Applied:
    """End the conversation for everybody."""
    ask.tenant.calls.hang_up(ask.verdict.params["conversationId"], ask.now)
    return 202, None

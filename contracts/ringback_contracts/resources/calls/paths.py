"""Where calls lie, and the rights that their operations share."""

from __future__ import annotations

CALLS_PATH = "/api/v2/conversations/calls"

CALLING = ("conversations", "conversation:call:write", "call:write")
READING = ("conversations", "conversations:readonly", "conversation:call:write", "call:write")
THE_CALL = {"conversationId": "call.unknown"}
"""The rule for the ids of calls in paths."""

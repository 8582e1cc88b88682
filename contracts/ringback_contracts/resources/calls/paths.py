"""Where calls lie, and the rights that their operations share."""

from __future__ import annotations

CALLS_PATH = "/api/v2/conversations/calls"

CALLING = ("conversations", "conversation:call:write", "call:write")
READING = ("conversations", "conversations:readonly", "conversation:call:write", "call:write")
THE_CALL = {"conversationId": "call.unknown"}
"""The rule for the ids of calls in paths."""
THE_PARTICIPANT = {**THE_CALL, "participantId": "life.no-such-participant"}
"""The rules for the ids of calls and of their participants; also where keys are pressed and call backs asked
for, whatever the media (published)."""
ANY_PARTICIPANT = {**THE_PARTICIPANT, "conversationId": "conversation.unknown"}
"""The same where the media is not said."""

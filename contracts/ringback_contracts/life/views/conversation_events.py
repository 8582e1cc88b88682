"""A call as the events of ``v2.users.{id}.conversations`` tell it: participants that hold their calls.

The fields are those of the SDKs' model ConversationEventTopicConversation (published), and the segments of a
call, which the vendor's tutorial reads (reported).
"""

from __future__ import annotations

from ringback_contracts.life.values import Conversation
from ringback_contracts.life.views import nested
from ringback_contracts.life.views.events import SPELLING
from ringback_contracts.life.views.parts import Json

ONLY_REST = frozenset({"startTime", "endTime", "recentTransfers", "selfUri"})
"""What REST says of a conversation, and events do not."""
ONLY_REST_PARTICIPANT = frozenset(
    {
        "ani",
        "aniName",
        "direction",
        "dnis",
        "held",
        "muted",
        "confined",
        "participantType",
        "provider",
        "queueName",
        "recording",
        "recordingState",
        "securePause",
        "startTime",
        "userUri",
        "wrapupSkipped",
    }
)
"""The same of a participant."""
ONLY_REST_CALL = frozenset({"startAlertingTime"})
"""The same of a call."""


def conversation_body(call: Conversation) -> Json:
    """The whole call, ended legs included, as an event's body."""
    told = _without(nested.conversation(call), ONLY_REST)
    told["recordingState"] = call.recording
    told["participants"] = [_participant(one) for one in told["participants"]]
    return told


def _participant(told: Json) -> Json:
    kept = _without(told, ONLY_REST_PARTICIPANT)
    kept["calls"] = [_call(one) for one in kept["calls"]]
    return kept


def _call(told: Json) -> Json:
    kept = _without(told, ONLY_REST_CALL)
    if "disconnectType" in kept:
        kept["disconnectType"] = SPELLING.get(kept["disconnectType"], kept["disconnectType"])
    return kept


def _without(members: Json, names: frozenset[str]) -> Json:
    return {name: value for name, value in members.items() if name not in names}

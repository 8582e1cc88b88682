"""A call as the list of a user's past calls tells it (CallHistoryConversation)."""

from __future__ import annotations

from collections.abc import Callable

from ringback_contracts.life.commands import CallBack, Invite, Merge
from ringback_contracts.life.draft import SERVICES
from ringback_contracts.life.moments import timestamp
from ringback_contracts.life.values import CallParticipant, Conversation
from ringback_contracts.life.views import parts
from ringback_contracts.life.views.parts import QUEUES, USERS, Json, given, moment, reference
from ringback_contracts.resources.calls.paths import CALLS_PATH

Expand = Callable[[str, str], Json | None]
"""Writes a user or a queue (by word and id) whole, where that is asked for."""


def past_call(call: Conversation, user_id: str, expand: Expand = lambda _, __: None) -> Json:
    """The call as the user remembers it, who has had a leg of it."""
    own = [one for one in call.participants if one.user_id == user_id]
    done = {type(entry.command) for entry in call.history}
    first = own[0].call
    return {
        "id": call.id,
        "direction": first.direction,
        "startTime": timestamp(call.started_at),
        "wentToVoicemail": any(one.purpose == "voicemail" and _interacted(one) for one in call.participants),
        "missedCall": first.direction == "inbound" and not any(_interacted(one) for one in own),
        "wasConference": bool(done & {Merge, Invite}),
        "wasCallback": CallBack in done,
        "hadScreenShare": False,
        "hadCobrowse": False,
        "wasOutboundCampaign": any(one.party.kind == "campaign" for one in call.participants),
        "participants": [_participant(call, one, expand) for one in call.participants],
        "selfUri": f"{CALLS_PATH}/{call.id}",
    }


def _interacted(one: CallParticipant) -> bool:
    return one.call.connected_at is not None


def _participant(call: Conversation, one: CallParticipant, expand: Expand) -> Json:
    leg = one.call
    return given(
        {
            "id": one.id,
            "name": one.party.name,
            "address": one.party.address,
            "startTime": timestamp(leg.begins),
            "endTime": moment(leg.ended_at),
            "purpose": one.purpose,
            "direction": leg.direction,
            "ani": call.ani,
            "dnis": parts.dnis(call, one),
            "user": _of("user", one.user_id, USERS, expand),
            "queue": _of("queue", one.queue_id, QUEUES, expand),
            "disconnectType": leg.disconnect,
            "didInteract": _interacted(one) and one.purpose not in SERVICES,
            "sipResponseCodes": [leg.reason.code] if leg.reason else None,
            "flaggedReason": "general" if one.flagged else None,
        }
    )


def _of(word: str, entity_id: str | None, path: str, expand: Expand) -> Json | None:
    if entity_id is None:
        return None
    return expand(word, entity_id) or reference(path, entity_id)

"""A call with participants that hold their calls, as ``/conversations/{id}`` shows it (Conversation)."""

from __future__ import annotations

from ringback_contracts.life.commands import Place
from ringback_contracts.life.moments import timestamp
from ringback_contracts.life.values import (
    NOBODY,
    AfterCall,
    Callback,
    CallParticipant,
    Communication,
    Conversation,
    Segment,
)
from ringback_contracts.life.views import parts
from ringback_contracts.life.views.parts import USERS, Json, given, moment

CONVERSATIONS = "/api/v2/conversations"
OTHER_MEDIA = (
    "callbacks",
    "chats",
    "cobrowsesessions",
    "emails",
    "messages",
    "internalMessages",
    "screenMonitorings",
    "screenshares",
    "socialExpressions",
    "videos",
)
"""Lists of a participant that are there and empty on a call (reported)."""
TYPES = {"customer": "External", "external": "External", "ivr": "IVR", "acd": "ACD"}


def conversation(call: Conversation) -> Json:
    """The call as a published Conversation."""
    return given(
        {
            "id": call.id,
            "startTime": timestamp(call.started_at),
            "endTime": moment(_ended_at(call)),
            "participants": [_participant(call, one) for one in call.participants],
            "recordingState": call.recording.upper(),
            "securePause": call.secure_pause,
            "recentTransfers": parts.recent_transfers(call),
            "externalTag": call.external_tag,
            "utilizationLabelId": call.utilization_label,
            "selfUri": f"{CONVERSATIONS}/{call.id}",
        }
    )


def _ended_at(call: Conversation) -> float | None:
    if call.active:
        return None
    return max((one.call.ended_at or 0.0 for one in call.participants), default=None)


def _participant(call: Conversation, one: CallParticipant) -> Json:
    leg = one.call
    members: Json = {
        "id": one.id,
        "name": one.party.name,
        "address": one.party.address,
        "startTime": timestamp(leg.begins),
        "connectedTime": moment(leg.connected_at),
        "endTime": moment(leg.ended_at),
        "purpose": one.purpose,
        "participantType": TYPES.get(one.purpose, "Internal"),
        "userId": one.user_id,
        "userUri": f"{USERS}/{one.user_id}" if one.user_id else None,
        "queueId": one.queue_id,
        "queueName": _queue_name(call, one.queue_id),
        "externalContactId": one.party.contact_id,
        "wrapup": parts.wrap_up(one.wrap_up),
        "mediaRoles": list(one.media_roles) or None,
        "conversationRoutingData": parts.routing_data(one),
        "alertingTimeoutMs": parts.alerting_timeout_ms(one),
        "attributes": dict(one.attributes),
        "flaggedReason": "general" if one.flagged else None,
        "consultParticipantId": parts.consult_id(call, one),
        "ani": call.ani,
        "aniName": call.ani_name,
        "dnis": parts.dnis(call, one),
        "calls": [_call(call, one)],
    }
    members |= {media: [] for media in OTHER_MEDIA}
    if call.callbacks:
        members["callbacks"] = [_callback(asked) for asked in call.callbacks if asked.number == one.number]
    return given(members | parts.wrap_rules(one) | parts.watched(call, one))


def _queue_name(call: Conversation, queue_id: str | None) -> str | None:
    if queue_id is None:
        return None
    placed = call.history[0].command if call.history else None
    if isinstance(placed, Place) and placed.queue_id == queue_id and placed.queue_name:
        return placed.queue_name
    queues = (one.party for one in call.participants if one.party.kind == "queue")
    return next((queue.name for queue in queues if queue.id == queue_id), None)


def _call(call: Conversation, one: CallParticipant) -> Json:
    """One leg as a published Call; the dialled address stands in a far leg's ``self`` (reported)."""
    leg = one.call
    return given(
        {
            "id": leg.id,
            "state": "connected" if leg.state == "parked" else leg.state,
            "initialState": leg.initial_state,
            "startAlertingTime": moment(leg.begins) if leg.initial_state == "alerting" else None,
            "connectedTime": moment(leg.connected_at),
            "disconnectedTime": moment(leg.ended_at),
            "startHoldTime": moment(leg.held_at),
            "disconnectType": leg.disconnect,
            "disconnectReasons": _reasons(leg),
            "errorInfo": parts.error_info(leg.fault),
            "segments": [_segment(segment, leg) for segment in leg.segments],
            "peerId": leg.peer,
            "uuiData": leg.uui_data,
            "self": _address(one.party.address, one.party.name),
            "other": _other(call, one),
            "wrapup": parts.wrap_up(one.wrap_up),
            "afterCallWork": _after_call(one.after_call),
            "afterCallWorkRequired": one.after_call.rules.required if one.after_call else None,
            "transferSource": "ACD" if one.from_acd else None,
            "queueMediaSettings": parts.media_settings(one),
        }
        | parts.flags(one)
    )


def _reasons(leg: Communication) -> list[Json] | None:
    if leg.reason is None:
        return None
    return [{"type": "sip", "code": leg.reason.code, "phrase": leg.reason.phrase}]


def _segment(segment: Segment, leg: Communication) -> Json:
    last = segment is leg.segments[-1]
    return given(
        {
            "startTime": timestamp(segment.begins),
            "endTime": moment(segment.ends),
            "type": segment.type,
            "howEnded": segment.how_ended,
            "disconnectType": leg.disconnect if last else None,
        }
    )


def _after_call(after: AfterCall | None) -> Json | None:
    if after is None or after.begins is None:
        return None
    state = "pending" if after.open else "skipped" if after.skipped else "complete"
    return given({"state": state, "startTime": moment(after.begins), "endTime": moment(after.ended_at)})


def _other(call: Conversation, one: CallParticipant) -> Json | None:
    """The other end: the number shown to who is outside, and who is outside to all the others."""
    if one.number == call.anchor or one.user_id is None:
        return _address(call.ani, call.ani_name)
    outside = call.participants[call.anchor].party if call.anchor != NOBODY else None
    if outside is None or outside.address is None:
        return _address(call.dnis, None)
    return _address(outside.address, outside.name)


def _address(address: str | None, name: str | None) -> Json | None:
    if address is None:
        return None
    return given(
        {
            "name": name,
            "nameRaw": name,
            "addressNormalized": address,
            "addressRaw": address,
            "addressDisplayable": address,
        }
    )


def _callback(asked: Callback) -> Json:
    waits = asked.dialled_at is None
    return given(
        {
            "id": asked.id,
            "state": "scheduled" if waits else "connected",
            "initialState": "scheduled",
            "direction": "outbound",
            "held": False,
            "callbackNumbers": list(asked.numbers),
            "callbackUserName": asked.user_name,
            "callbackScheduledTime": moment(asked.scheduled_at),
            "connectedTime": moment(asked.dialled_at),
            "provider": parts.PROVIDER,
        }
    )

"""A call with flat participants, as ``/conversations/calls`` shows it (CallConversation)."""

from __future__ import annotations

from collections.abc import Iterable

from ringback_contracts.life.values import CallParticipant, Conversation
from ringback_contracts.life.views import parts
from ringback_contracts.life.views.parts import CONTACTS, QUEUES, USERS, Json, given, moment, reference
from ringback_contracts.resources.calls.paths import CALLS_PATH

PAGE_SIZE = 25


def call_conversation(call: Conversation) -> Json:
    """The call as a published CallConversation, with every leg that it has had."""
    shown: Json = {
        "id": call.id,
        "participants": [_participant(call, one) for one in call.participants],
        "otherMediaUris": [],
        "recordingState": call.recording,
        "securePause": call.secure_pause,
        "selfUri": self_uri(call.id),
    }
    if call.utilization_label is not None:
        shown["utilizationLabelId"] = call.utilization_label
    transfers = parts.recent_transfers(call)
    if transfers:
        shown["recentTransfers"] = transfers
    return shown


def self_uri(call_id: str) -> str:
    """Where the call can be read."""
    return f"{CALLS_PATH}/{call_id}"


def listing(entities: Iterable[object], path: str = CALLS_PATH) -> Json:
    """Entities that are at hand already as a published listing of one page."""
    shown = list(entities)
    return {
        "entities": shown,
        "pageSize": max(len(shown), PAGE_SIZE),
        "pageNumber": 1,
        "total": len(shown),
        "pageCount": 1,
        "selfUri": path,
        "firstUri": path,
        "lastUri": path,
    }


def _participant(call: Conversation, one: CallParticipant) -> Json:
    leg = one.call
    members = {
        "id": one.id,
        "name": one.party.name,
        "address": one.party.address,
        "startTime": moment(leg.begins),
        "startAlertingTime": moment(leg.begins) if leg.initial_state == "alerting" else None,
        "connectedTime": moment(leg.connected_at),
        "endTime": moment(leg.ended_at),
        "startHoldTime": moment(leg.held_at),
        "purpose": one.purpose,
        "state": leg.state,
        "disconnectType": leg.disconnect,
        "errorInfo": parts.error_info(leg.fault),
        "mediaRoles": list(one.media_roles) or None,
        "user": reference(USERS, one.user_id),
        "queue": reference(QUEUES, one.queue_id),
        "externalContact": reference(CONTACTS, one.party.contact_id),
        "attributes": dict(one.attributes),
        "wrapup": parts.wrap_up(one.wrap_up),
        "alertingTimeoutMs": parts.alerting_timeout_ms(one),
        "transferSource": "ACD" if one.from_acd else None,
        "conversationRoutingData": parts.routing_data(one),
        "flaggedReason": "general" if one.flagged else None,
        "peer": leg.peer,
        "ani": call.ani,
        "dnis": parts.dnis(call, one),
        "uuiData": leg.uui_data,
        "consultParticipantId": parts.consult_id(call, one),
        "bargedTime": moment(one.watch.since) if one.watch and one.watch.kind == "barge" else None,
        "parkTime": moment(leg.parked_at),
        "resumeTime": moment(leg.resumes_at),
    }
    return given(members | parts.flags(one) | parts.wrap_rules(one) | parts.watched(call, one))

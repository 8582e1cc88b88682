"""A call as the events of ``v2.users.{id}.conversations.calls`` tell it: the fields of recorded bodies."""

from __future__ import annotations

from ringback_contracts.life.parties import Routing
from ringback_contracts.life.values import NOBODY, CallError, CallParticipant, Conversation, WrapUp
from ringback_contracts.life.views import parts
from ringback_contracts.life.views.parts import Json, bare, given, moment

SPELLING = {"endpoint.donotdisturb": "endpoint.dnd", "transfer.donotdisturb": "transfer.dnd"}
"""Why a leg ended, where events have other words for it than REST (published)."""


def event_body(call: Conversation) -> Json:
    """The whole call, ended legs included, as an event's body."""
    return given(
        {
            "id": call.id,
            "address": _address(call),
            "participants": [_participant(call, one) for one in call.participants],
            "recordingState": call.recording,
            "securePause": call.secure_pause,
        }
    )


def _address(call: Conversation) -> str | None:
    """The number outside, of whatever end (the recorded ones do not tell which)."""
    outside = call.participants[call.anchor].party.address if call.anchor != NOBODY else None
    return outside if outside and outside.startswith("tel:") else call.dnis


def _participant(call: Conversation, one: CallParticipant) -> Json:
    leg = one.call
    members = {
        "id": one.id,
        "name": None if one.user_id else one.party.name,
        "address": one.party.address,
        "connectedTime": moment(leg.connected_at),
        "endTime": moment(leg.ended_at),
        "startHoldTime": moment(leg.held_at),
        "purpose": one.purpose,
        "state": leg.state,
        "initialState": leg.initial_state,
        "disconnectType": SPELLING.get(leg.disconnect or "", leg.disconnect),
        "errorInfo": _error_info(leg.fault),
        "mediaRoles": list(one.media_roles) or None,
        "user": bare(one.user_id),
        "queue": None if one.purpose == "ivr" else bare(one.queue_id),
        "externalContact": bare(one.party.contact_id),
        "attributes": dict(one.attributes),
        "wrapup": _wrap_up(one.wrap_up),
        "alertingTimeoutMs": parts.alerting_timeout_ms(one),
        "queueMediaSettings": parts.media_settings(one),
        "transferSource": "ACD" if one.from_acd else None,
        "conversationRoutingData": _routing_data(one),
        "flaggedReason": "general" if one.flagged else None,
        "peer": leg.peer,
        "consultParticipantId": parts.consult_id(call, one),
        "bargedTime": moment(one.watch.since) if one.watch and one.watch.kind == "barge" else None,
        "parkTime": moment(leg.parked_at),
        "resumeTime": moment(leg.resumes_at),
    }
    return given(members | parts.flags(one) | parts.wrap_rules(one) | parts.watched(call, one))


def _error_info(fault: CallError | None) -> Json | None:
    if fault is None:
        return None
    return {
        "code": fault.code,
        "message": fault.message,
        "messageWithParams": fault.message,
        "messageParams": {},
    }


def _wrap_up(given_up: WrapUp | None) -> Json | None:
    shown = parts.wrap_up(given_up)
    return shown and {key: value for key, value in shown.items() if key not in {"name", "provisional"}}


def _routing_data(one: CallParticipant) -> Json | None:
    if one.purpose != "acd":
        return None
    routing = one.routing or Routing()
    return {
        "queue": bare(one.queue_id) or {},
        "language": bare(routing.language_id) or {},
        "priority": routing.priority,
    }

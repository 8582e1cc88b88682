"""What the shapes of a call have in common."""

from __future__ import annotations

from typing import Any

from ringback_contracts.life.moments import timestamp
from ringback_contracts.life.parties import Routing
from ringback_contracts.life.values import NOBODY, CallError, CallParticipant, Conversation, WrapUp

Json = dict[str, Any]

PROVIDER = "Edge"
USERS = "/api/v2/users"
QUEUES = "/api/v2/routing/queues"
LANGUAGES = "/api/v2/routing/languages"
SKILLS = "/api/v2/routing/skills"
CONTACTS = "/api/v2/externalcontacts/contacts"


def given(members: Json) -> Json:
    """The members that have a value."""
    return {key: value for key, value in members.items() if value is not None}


def moment(at: float | None) -> str | None:
    """The moment as the platform writes it, if there is one."""
    return None if at is None else timestamp(at)


def reference(path: str, entity_id: str | None) -> Json | None:
    """An entity as REST refers to it."""
    return {"id": entity_id, "selfUri": f"{path}/{entity_id}"} if entity_id else None


def bare(entity_id: str | None) -> Json | None:
    """An entity as events refer to it: without its address."""
    return {"id": entity_id} if entity_id else None


def flags(one: CallParticipant) -> Json:
    """What every shape says of a leg, even where it is false."""
    call = one.call
    return {
        "direction": call.direction,
        "held": call.held_at is not None,
        "muted": call.muted,
        "confined": call.confined,
        "recording": call.recording == "active",
        "recordingState": call.recording,
        "securePause": call.secure_pause,
        "provider": PROVIDER,
    }


def wrap_rules(one: CallParticipant) -> Json:
    """What the queue asks of the agent after the call."""
    after = one.after_call
    if after is None:
        return {"wrapupRequired": False}
    return {
        "wrapupRequired": after.rules.required,
        "wrapupPrompt": after.rules.prompt,
        "wrapupTimeoutMs": after.rules.timeout_ms,
        "wrapupSkipped": True if after.skipped else None,
        "startAcwTime": moment(after.begins),
        "endAcwTime": moment(after.ended_at),
    }


def alerting_timeout_ms(one: CallParticipant) -> int | None:
    """How long the queue lets the agent's phone ring."""
    return None if one.alerting_seconds is None else round(one.alerting_seconds * 1000)


def media_settings(one: CallParticipant) -> Json | None:
    """The queue's settings, as far as an agent's leg tells them."""
    seconds = one.alerting_seconds
    return None if seconds is None else {"alertingTimeoutSeconds": round(seconds)}


def watched(call: Conversation, one: CallParticipant) -> Json:
    """Whom a supervisor's leg listens to, helps or joins."""
    if one.watch is None:
        return {}
    watched_id = call.participants[one.watch.number].id
    match one.watch.kind:
        case "monitor":
            return {"monitoredParticipantId": watched_id}
        case "coach":
            return {"coachedParticipantId": watched_id}
        case "barge":
            return {"bargedParticipantId": watched_id}


def consult_id(call: Conversation, one: CallParticipant) -> str | None:
    """While a consult runs: the id of the customer's participant, on all who take part (reported)."""
    consult = call.consult
    if consult is None or one.number not in (consult.initiator, consult.subject, consult.target):
        return None
    return call.participants[consult.subject].id


def dnis(call: Conversation, one: CallParticipant) -> str | None:
    """What was dialled: to reach that party, where somebody dialled it, else to begin the call."""
    dialled = one.origin != NOBODY and one.call.direction == "outbound"
    return one.party.address if dialled else call.dnis


def error_info(fault: CallError | None) -> Json | None:
    """What went wrong with the leg, as REST tells it."""
    return {"code": fault.code, "message": fault.message} if fault else None


def wrap_up(given_up: WrapUp | None) -> Json | None:
    """The wrap-up as REST tells it."""
    if given_up is None:
        return None
    return given(
        {
            "code": given_up.code,
            "name": given_up.name,
            "notes": given_up.notes,
            "tags": list(given_up.tags),
            "durationSeconds": given_up.duration_seconds,
            "endTime": timestamp(given_up.ended_at),
            "provisional": True if given_up.provisional else None,
        }
    )


def routing_data(one: CallParticipant) -> Json | None:
    """What a queue's leg goes by to find an agent."""
    if one.purpose != "acd":
        return None
    routing = one.routing or Routing()
    return {
        "queue": reference(QUEUES, one.queue_id) or {},
        "language": reference(LANGUAGES, routing.language_id) or {},
        "priority": routing.priority,
        "skills": [reference(SKILLS, skill) for skill in routing.skill_ids],
        "scoredAgents": [],
    }


def recent_transfers(call: Conversation) -> list[Json] | None:
    """The transfers that were made (reported: complete ones)."""
    return [
        given(
            {
                "id": made.id,
                "state": "Complete",
                "dateIssued": timestamp(made.at),
                "initiator": {"userId": made.by} if made.by else None,
                "modifiedBy": reference(USERS, made.by),
                "destination": given(
                    {
                        "userId": made.to.id if made.to.kind == "user" else None,
                        "address": made.to.address,
                    }
                ),
                "transferType": "Attended" if made.attended else "Unattended",
            }
        )
        for made in call.transfers
    ] or None

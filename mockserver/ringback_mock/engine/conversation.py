"""A call as the platform writes it down: pure functions of the call and of now.

Two shapes are published: flat participants under ``/conversations/calls`` (CallConversation), and
participants that hold their calls (Conversation), which is what a PATCH answers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote

import orjson

from ringback_contracts.core.model import DestinationKind, Target
from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_mock.engine.calls import Call, Look
from ringback_mock.engine.clock import timestamp
from ringback_mock.engine.ids import derived_id
from ringback_mock.engine.timeline import Leg, State

PROVIDER = "Edge"
DEFAULT_PAGE_SIZE = 25
SIP_HOST = "ringback.invalid"
"""Host of the addresses of users and queues; RFC 6761 keeps the name from ever resolving."""
LONGEST_LOOK = 4_096
"""Bytes of a call as JSON up to which it is kept: those few that need more could fill the memory."""
INSIDE = frozenset({DestinationKind.USER, DestinationKind.QUEUE})
"""Destinations within the org, which have an address of ours."""

Json = dict[str, Any]


class Role(NamedTuple):
    """Who is behind a leg: what does not change while the call goes on."""

    purpose: str
    direction: str
    pending: State
    address: str | None = None
    name: str | None = None
    user_id: str | None = None
    queue_id: str | None = None


def conversation(call: Call, now: float) -> Json:
    """The call as a published CallConversation, with the legs that exist by now."""
    return {
        "id": call.id,
        "participants": [_flat_participant(call, leg, _role(call, leg), now) for leg in _begun(call, now)],
        "otherMediaUris": [],
        "recordingState": "none",
        "securePause": False,
        "selfUri": self_uri(call),
    }


def nested_conversation(call: Call, now: float) -> Json:
    """The call as a published Conversation, in which each participant holds its calls."""
    started = _begun(call, now)
    ends = None if call.active(now) else max((leg.ends or 0.0 for leg in started), default=None)
    return _given(
        {
            "id": call.id,
            "startTime": timestamp(call.placed_at),
            "endTime": _time(ends, now),
            "participants": [_nested_participant(call, leg, _role(call, leg), now) for leg in started],
            "recordingState": "NONE",
            "securePause": False,
            "selfUri": f"/api/v2/conversations/{call.id}",
        }
    )


def look(call: Call, now: float) -> orjson.Fragment:
    """What ``conversation`` says, as JSON; it is kept, since most looks at a call see nothing new."""
    kept = call.looks
    if kept and kept[0].since <= now < kept[0].until:
        return orjson.Fragment(kept[0].text)
    until = min((moment for leg in call.legs for moment in leg.turns() if moment > now), default=math.inf)
    text = orjson.dumps(conversation(call, now))
    kept[:] = [Look(now, until, text)] if len(text) <= LONGEST_LOOK else []
    return orjson.Fragment(text)


def listing(calls: Iterable[Call], now: float, write: Callable[[Call, float], Any] = conversation) -> Json:
    """Those of the calls that are not over, as a published CallConversationEntityListing of one page.

    ``write`` makes an entity of each.
    """
    entities = [write(call, now) for call in calls if call.active(now)]
    return {
        "entities": entities,
        "pageSize": max(len(entities), DEFAULT_PAGE_SIZE),
        "pageNumber": 1,
        "total": len(entities),
        "pageCount": 1,
        "selfUri": CALLS_PATH,
        "firstUri": CALLS_PATH,
        "lastUri": CALLS_PATH,
    }


def self_uri(call: Call) -> str:
    """Where the call can be read."""
    return f"{CALLS_PATH}/{call.id}"


def _begun(call: Call, now: float) -> list[Leg]:
    return [leg for leg in call.legs if leg.begins <= now]


def _flat_participant(call: Call, leg: Leg, role: Role, now: float) -> Json:
    return _given(
        {
            "id": _leg_id(call, leg, "participant"),
            "name": role.name,
            "address": role.address,
            "startTime": timestamp(leg.begins),
            "connectedTime": _time(leg.connects, now),
            "endTime": _time(leg.ends, now),
            "purpose": role.purpose,
            "wrapupRequired": False,
            "mediaRoles": ["full"],
            "user": _reference("/api/v2/users", role.user_id),
            "queue": _reference("/api/v2/routing/queues", role.queue_id),
            "attributes": _attributes(call, leg),
            "ani": _ani(call),
            "dnis": _dnis(call, leg),
            **_media(call, leg, role, now),
        }
    )


def _nested_participant(call: Call, leg: Leg, role: Role, now: float) -> Json:
    return _given(
        {
            "id": _leg_id(call, leg, "participant"),
            "name": role.name,
            "address": role.address,
            "startTime": timestamp(leg.begins),
            "connectedTime": _time(leg.connects, now),
            "endTime": _time(leg.ends, now),
            "purpose": role.purpose,
            "userId": role.user_id,
            "userUri": f"/api/v2/users/{role.user_id}" if role.user_id else None,
            "queueId": role.queue_id,
            "wrapupRequired": False,
            "attributes": _attributes(call, leg),
            "ani": _ani(call),
            "aniName": call.intent.caller_id_name,
            "dnis": _dnis(call, leg),
            "calls": [_call(call, leg, role, now)],
        }
    )


def _call(call: Call, leg: Leg, role: Role, now: float) -> Json:
    """One leg as a published Call; the dialled address stands in a far leg's ``self`` (reported)."""
    return _given(
        {
            "id": _leg_id(call, leg, "call"),
            "connectedTime": _time(leg.connects, now),
            "disconnectedTime": _time(leg.ends, now),
            "self": _address(role.address, role.name),
            "other": _address(_ani(call) if leg.target is not None else _dnis(call, leg), None),
            **_media(call, leg, role, now),
        }
    )


def _media(call: Call, leg: Leg, role: Role, now: float) -> Json:
    over = leg.ended(now)
    fault = leg.fault if over else None
    return {
        "state": leg.state(now, role.pending),
        "direction": role.direction,
        "disconnectType": leg.disconnect if over else None,
        "errorInfo": {"code": fault.code, "message": fault.message} if fault else None,
        "held": False,
        "muted": False,
        "confined": False,
        "recording": False,
        "recordingState": "none",
        "securePause": False,
        "provider": PROVIDER,
        "uuiData": call.intent.uui_data if leg.target is not None else None,
    }


def _role(call: Call, leg: Leg) -> Role:
    return _own_role(call) if leg.target is None else _far_role(call, call.intent.targets[leg.target])


def _own_role(call: Call) -> Role:
    intent, org = call.intent, call.org
    if intent.campaign_id is not None:
        campaign = org.campaign_by_id.get(intent.campaign_id)
        return Role("dialer", "outbound", "contacting", _ani(call), campaign.name if campaign else None)
    user = org.user_by_id.get(intent.user_id or "")
    return Role(
        "agent" if intent.from_queue_id else "user",
        "outbound",
        "contacting",
        _inside_address(intent.user_id) or _ani(call),
        user.name if user else None,
        intent.user_id,
        intent.from_queue_id,
    )


def _far_role(call: Call, target: Target) -> Role:
    org, intent = call.org, call.intent
    address = _dialled_address(target)
    if target.kind is DestinationKind.USER:
        user = org.user_by_id.get(target.value)
        name = target.name or (user.name if user else None)
        return Role("user", "inbound", "alerting", address, name, user_id=target.value)
    if target.kind is DestinationKind.QUEUE:
        queue = org.queue_by_id.get(target.value)
        name = target.name or (queue.name if queue else None)
        return Role("acd", "inbound", "alerting", address, name, queue_id=target.value)
    purpose = "customer" if intent.from_queue_id or intent.campaign_id else "external"
    return Role(purpose, "outbound", "dialing", address, target.name, queue_id=intent.from_queue_id)


def _dialled_address(target: Target) -> str | None:
    if target.kind in INSIDE:
        return _inside_address(target.value)
    if target.kind is DestinationKind.SIP:
        return target.value
    return None if target.kind is DestinationKind.CONVERSATIONS else f"tel:{target.value}"


@lru_cache(maxsize=1024)
def _inside_address(entity_id: str | None) -> str | None:
    return f"sip:{quote(entity_id, safe='')}@{SIP_HOST}" if entity_id else None


def _ani(call: Call) -> str | None:
    """The number that the call shows: the one asked for, else one of the user's, else one of the org's."""
    user = call.org.user_by_id.get(call.intent.user_id or "")
    own = (*(user.numbers if user else ()), *call.org.numbers)
    shown = call.intent.caller_id or (own[0] if own else None)
    return f"tel:{shown}" if shown and ":" not in shown else shown


def _dnis(call: Call, leg: Leg) -> str | None:
    targets = call.intent.targets
    return _dialled_address(targets[leg.target or 0]) if targets else None


def _attributes(call: Call, leg: Leg) -> Mapping[str, str]:
    """The attributes of the request belong to whoever is called (published)."""
    return dict(call.intent.attributes) if leg.target is not None else {}


def _leg_id(call: Call, leg: Leg, part: str) -> str:
    return derived_id(call.id, f"{part}/{'own' if leg.target is None else leg.target}")


def _reference(path: str, entity_id: str | None) -> Json | None:
    return {"id": entity_id, "selfUri": f"{path}/{entity_id}"} if entity_id else None


def _address(address: str | None, name: str | None) -> Json | None:
    if address is None:
        return None
    return _given(
        {"addressNormalized": address, "addressRaw": address, "addressDisplayable": address, "name": name}
    )


def _time(at: float | None, now: float) -> str | None:
    return timestamp(at) if at is not None and at <= now else None


def _given(members: Json) -> Json:
    return {key: value for key, value in members.items() if value is not None}

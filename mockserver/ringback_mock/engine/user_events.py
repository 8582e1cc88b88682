"""What becomes of a user, as the events of the user's topics tell it.

The bodies have the fields of the SDKs' models (published): PresenceEventUserPresence,
UserRoutingStatusUserRoutingStatus, UserStationChangeTopicUserStations, AgentActivityChangedTopicAgentActivity
and CallForwardingEventCallForwarding. That the names of presences are in capitals is assumed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from ringback_contracts.life.moments import timestamp
from ringback_contracts.org import User
from ringback_contracts.resources.notifications.topics import (
    ACTIVITY,
    CALL_FORWARDING,
    PRESENCE,
    ROUTING_STATUS,
    STATION,
)
from ringback_mock.engine.people import OrgNow

Json = dict[str, Any]


def presence(user: User, standing: OrgNow) -> Json:
    """The presence that the user is in."""
    return {
        "source": "PURECLOUD",
        "primary": True,
        "presenceDefinition": _definition(user, standing),
        "message": standing.people.messages.get(user.id, ""),
        "modifiedDate": timestamp(standing.people.since(user, "presence")),
    }


def routing_status(user: User, standing: OrgNow) -> Json:
    """Whether routing offers the user work."""
    return {"id": user.id, "routingStatus": _status(user, standing)}


def station(user: User, standing: OrgNow) -> Json:
    """The station that the user is associated with; none is told as null (assumed)."""
    found = standing.org.station_of(user)
    if found is None:
        return {"associatedStation": None}
    return {"associatedStation": {"id": found.id, "name": found.name, "associatedUser": {"id": user.id}}}


def activity(user: User, standing: OrgNow) -> Json:
    """Presence and routing status together."""
    people = standing.people
    queues = [queue.id for queue in standing.org.queues if user.id in queue.members]
    return {
        "id": user.id,
        "routingStatus": _status(user, standing),
        "presence": {
            "presenceDefinition": _definition(user, standing),
            "presenceMessage": people.messages.get(user.id, ""),
            "modifiedDate": timestamp(people.since(user, "presence")),
        },
        "outOfOffice": {"active": False, "modifiedDate": timestamp(people.began)},
        "activeQueueIds": queues,
        "dateActiveQueuesChanged": timestamp(people.began),
    }


def call_forwarding(user: User, standing: OrgNow) -> Json:
    """Where the user's calls are to go, in the words of REST (assumed)."""
    return {
        "user": {"id": user.id},
        **asdict(user.call_forwarding),
        "modifiedDate": timestamp(standing.people.since(user, "call_forwarding")),
    }


def _definition(user: User, standing: OrgNow) -> Json:
    found = standing.org.presence_of(user)
    return {"id": found.id, "systemPresence": found.system_presence.replace(" ", "_").upper()}


def _status(user: User, standing: OrgNow) -> Json:
    status, since = standing.routed(user)
    return {"status": status, "startTime": timestamp(since)}


OF_USER: Mapping[str, Callable[[User, OrgNow], Json]] = {
    PRESENCE: presence,
    ROUTING_STATUS: routing_status,
    STATION: station,
    ACTIVITY: activity,
    CALL_FORWARDING: call_forwarding,
}
"""What each topic tells of a user."""


def of_change(user_id: str, before: OrgNow, after: OrgNow) -> Iterator[tuple[str, Json]]:
    """The kinds of topics on which the user is told otherwise than before, and what is told."""
    old, new = before.org.user_by_id[user_id], after.org.user_by_id[user_id]
    for template, tell in OF_USER.items():
        told = tell(new, after)
        if told != tell(old, before):
            yield template, told

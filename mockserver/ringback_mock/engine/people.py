"""How the users of an org stand: what they changed of themselves, and since when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from ringback_contracts.org import Org, User
from ringback_contracts.org.people import CallForwarding
from ringback_mock.engine.interactions import NO_INTERACTIONS, Interactions


@dataclass(frozen=True, slots=True)
class People:
    """What an org does not say of its users, from ``began`` on (seconds since 1970).

    ``stations_before`` tells by users the station that each had last, ``messages`` what each says beside the
    presence.
    """

    began: float
    stations_before: Mapping[str, str] = field(default_factory=dict)
    messages: Mapping[str, str] = field(default_factory=dict)
    moments: Mapping[tuple[str, str], float] = field(default_factory=dict)

    def since(self, user: User, name: str) -> float:
        """Since when a value of the user is what it is."""
        return self.moments.get((user.id, name), self.began)


class Routed(NamedTuple):
    """What routing says of a user, and since when."""

    status: str
    since: float


class OrgNow(NamedTuple):
    """An org as it is now, its people, and which of them work on calls of its queues."""

    org: Org
    people: People
    interactions: Interactions = NO_INTERACTIONS

    def routed(self, user: User) -> Routed:
        """What routing says of the user: who is on queue interacts while they work on a queue's call.

        So does who has left the queue meanwhile, to the end of that call (reported).
        """
        said, since = user.routing_status, self.people.since(user, "routing_status")
        if said not in {"IDLE", "OFF_QUEUE"}:
            return Routed(said, since)
        spans = [one for one in self.interactions.of(user.id) if said == "IDLE" or one.begins < since]
        going = [one.begins for one in spans if one.ends is None]
        if going:
            return Routed("INTERACTING", min(going) if said == "OFF_QUEUE" else max(since, min(going)))
        return Routed(said, max([since, *(one.ends for one in spans if one.ends is not None)]))


@dataclass(frozen=True, slots=True)
class QueueChange:
    """A queue has other members from a moment on, of whom some take no calls of it, or other codes."""

    queue_id: str
    members: tuple[str, ...]
    not_joined: tuple[str, ...]
    at: float
    wrap_up_codes: tuple[str, ...] | None = None

    def made(self, before: OrgNow) -> OrgNow:
        """What comes of it."""
        org = before.org
        old = org.queue_by_id[self.queue_id]
        codes = old.wrap_up_codes if self.wrap_up_codes is None else self.wrap_up_codes
        new = replace(old, members=self.members, not_joined=self.not_joined, wrap_up_codes=codes)
        queues = tuple(new if one is old else one for one in org.queues)
        return before._replace(org=replace(org, queues=queues))


@dataclass(frozen=True, slots=True)
class UserChange:
    """A user is otherwise from a moment on: ``values`` are a station, a presence, a routing status;
    where their calls are to go stands by itself."""

    user_id: str
    values: Mapping[str, Any]
    at: float
    message: str | None = field(default=None, repr=False)
    forwarding: CallForwarding | None = field(default=None, repr=False)

    def made(self, before: OrgNow) -> OrgNow:
        """What comes of it."""
        org, people = before.org, before.people
        old = org.user_by_id[self.user_id]
        values = dict(self.values)
        if self.forwarding is not None:
            values["call_forwarding"] = self.forwarding
        new = replace(old, **values)
        differing = {name for name, value in values.items() if getattr(old, name) != value}
        moments = {(old.id, name): self.at for name in differing}
        people = replace(people, moments={**people.moments, **moments})
        left = org.station_of(old)
        if left is not None and "station" in differing:
            people = replace(people, stations_before={**people.stations_before, old.id: left.id})
        if self.message is not None:
            people = replace(people, messages={**people.messages, old.id: self.message})
        users = tuple(new if one is old else one for one in org.users)
        return before._replace(org=replace(org, users=users), people=people)

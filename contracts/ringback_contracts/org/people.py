"""Phones, presences and queue members: what an org says of its people beyond who they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ringback_contracts.life.moments import derived_id
from ringback_contracts.org.values import Line, Uuid

if TYPE_CHECKING:
    from ringback_contracts.org import User

SystemPresence = Literal[
    "Available", "Away", "Break", "Busy", "Idle", "Meal", "Meeting", "Offline", "On Queue", "Training"
]
"""The presences that every org has."""
RoutingStatus = Literal["OFF_QUEUE", "IDLE", "INTERACTING", "NOT_RESPONDING", "COMMUNICATING"]
"""Whether, and why, routing offers work to a user or does not."""
HOME_DIVISION = "d1510000-0000-4000-8000-000000000030"
"""The id of the one division, named Home, of an org that says no other."""
ON_QUEUE: SystemPresence = "On Queue"
WEBRTC = "inin_webrtc_softphone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """A phone. One that does not answer by itself rings until its user answers it."""

    id: Uuid
    name: Line
    type: Line = WEBRTC
    answers: bool = True


TargetType = Literal["STATION", "PHONENUMBER"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTarget:
    """A place that calls are forwarded to: the id of a station, or a number."""

    type: TargetType
    value: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRoute:
    """Places that are rung together."""

    targets: tuple[CallTarget, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallForwarding:
    """Where a user's calls are to go, one after the other, and whose voicemail takes what nobody answers."""

    enabled: bool = False
    calls: tuple[CallRoute, ...] = ()
    voicemail: Literal["PURECLOUD", "LASTCALL", "NONE"] = "NONE"

    @property
    def is_on(self) -> bool:
        """Whether calls go there."""
        return self.enabled and bool(self.calls)


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceDefinition:
    """A presence that users can be in: one of the platform's own, by another name perhaps."""

    id: Uuid
    name: Line
    system_presence: SystemPresence
    primary: bool = False
    """Whether it is the platform's own, which cannot be taken away."""


def _own(name: SystemPresence, presence_id: str) -> PresenceDefinition:
    return PresenceDefinition(id=presence_id, name=name, system_presence=name, primary=True)


USUAL_PRESENCES = (
    _own("Available", "6a3af858-942f-489d-9700-5f9bcdcdae9b"),
    _own("Away", "5e5c5c66-ea97-4e7f-ac41-6424784829f2"),
    _own("Break", "227b37e2-f1d0-4dd0-8f50-badd7cf6d158"),
    _own("Busy", "31fe3bac-dea6-44b7-bed7-47f91660a1a0"),
    _own("Idle", "7ffa01cd-7866-4ad7-8faa-31e11b42f51f"),
    _own("Meal", "3fd96123-badb-4f69-bc03-1b1ccc6d8014"),
    _own("Meeting", "bbdff279-7ae1-48ea-bade-7831d7234c64"),
    _own("Offline", "ccf3c10a-aa2c-4845-8e8d-f59fa48c58e5"),
    _own("On Queue", "e08eaf1b-ee47-4fa9-a231-1200e284798f"),
    _own("Training", "d2390a99-8546-bad9-8f0a-219548e8aeb0"),
)
"""The platform's own, with the ids that they have in every org (reported)."""


def stations_by_id(stations: Iterable[Station], users: Iterable[User]) -> Mapping[str, Station]:
    """Every phone: those that the org lists, and those that its users alone name."""
    found = {station.id: station for station in stations}
    named = {station.name for station in found.values()}
    for name in (name for user in users for name in (user.station, user.default_station)):
        if name is not None and name not in named and name.lower() not in found:
            implied = Station(id=derived_id("station", name), name=name)
            found[implied.id] = implied
            named.add(implied.name)
    return found

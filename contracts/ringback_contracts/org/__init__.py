"""The org: users, clients, numbers, queues, switches and limits, read from TOML text."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

from ringback_contracts.core.decode import DecodeError, decode, decode_field, place, shown
from ringback_contracts.core.model import Contract
from ringback_contracts.http.faults import MOST_FAULTS, Fault
from ringback_contracts.org.entities import (
    E164,
    Campaign,
    Client,
    Count,
    ExternalContact,
    Grant,
    Limits,
    Outcome,
    PreIssuedToken,
    Queue,
    Seconds,
    TestNumber,
    User,
    WrapUpCode,
)
from ringback_contracts.org.people import (
    HOME_DIVISION,
    ON_QUEUE,
    USUAL_PRESENCES,
    PresenceDefinition,
    Station,
    stations_by_id,
)
from ringback_contracts.org.values import USUAL_REGION, Line, Uuid, org_id, region

__all__ = [
    "E164",
    "Campaign",
    "Client",
    "ContractChoice",
    "ExternalContact",
    "Grant",
    "Limits",
    "Org",
    "OrgError",
    "Outcome",
    "PreIssuedToken",
    "Queue",
    "Seconds",
    "TestNumber",
    "User",
    "WrapUpCode",
    "changed",
    "default_org",
    "default_org_text",
    "load_org",
]

ContractChoice = Contract | Literal["any"]


class OrgError(ValueError):
    """The text is no org: what is wrong, where, and the nearest valid name."""


@dataclass(frozen=True, kw_only=True)
class Org:
    """One org as the contract sees it: what exists, who may do what, and its switches."""

    id: Annotated[str, org_id]
    name: Line
    division_id: Uuid = HOME_DIVISION
    region: Annotated[str, region] = USUAL_REGION
    contract: ContractChoice = "any"
    sip_trunking: bool = True
    strict_numbers: bool = False
    success_status: Literal[200, 202] = 202
    effect_seconds: Seconds = 0.0
    """From accepting what is done to a call until it takes effect; 0.45 was seen (reported)."""
    event_delay: Seconds = 0.0
    hold_told_twice: bool = True
    conference_parties: Count = 50
    """What the org says when asked how many parties a conference may have; no call is held to it."""
    numbers: tuple[E164, ...] = ()
    limits: Limits = field(default_factory=Limits)
    users: tuple[User, ...] = ()
    stations: tuple[Station, ...] = ()
    presence_definitions: tuple[PresenceDefinition, ...] = USUAL_PRESENCES
    queues: tuple[Queue, ...] = ()
    wrap_up_codes: tuple[WrapUpCode, ...] = ()
    external_contacts: tuple[ExternalContact, ...] = ()
    campaigns: tuple[Campaign, ...] = ()
    clients: tuple[Client, ...] = ()
    tokens: tuple[PreIssuedToken, ...] = ()
    test_numbers: tuple[TestNumber, ...] = ()
    faults: tuple[Fault, ...] = ()
    user_by_id: Mapping[str, User] = field(init=False, repr=False, compare=False)
    station_by_id: Mapping[str, Station] = field(init=False, repr=False, compare=False)
    presence_by_id: Mapping[str, PresenceDefinition] = field(init=False, repr=False, compare=False)
    queue_by_id: Mapping[str, Queue] = field(init=False, repr=False, compare=False)
    wrap_up_code_by_id: Mapping[str, WrapUpCode] = field(init=False, repr=False, compare=False)
    contact_by_id: Mapping[str, ExternalContact] = field(init=False, repr=False, compare=False)
    contact_by_number: Mapping[str, ExternalContact] = field(init=False, repr=False, compare=False)
    """The first of the file for a number that several have."""
    campaign_by_id: Mapping[str, Campaign] = field(init=False, repr=False, compare=False)
    client_by_id: Mapping[str, Client] = field(init=False, repr=False, compare=False)
    token_by_value: Mapping[str, PreIssuedToken] = field(init=False, repr=False, compare=False)
    _tested: Mapping[int, tuple[str, str]] = field(init=False, repr=False, compare=False)
    """By their lengths, from where to where the test numbers lie."""

    def __post_init__(self) -> None:
        _index(self, "user_by_id", "users", "id")
        _index(self, "station_by_id", "stations", "id")
        object.__setattr__(self, "station_by_id", stations_by_id(self.stations, self.users))
        _index(self, "presence_by_id", "presence_definitions", "id")
        _index(self, "queue_by_id", "queues", "id")
        _index(self, "wrap_up_code_by_id", "wrap_up_codes", "id")
        _index(self, "contact_by_id", "external_contacts", "id")
        numbers = {number: one for one in reversed(self.external_contacts) for number in one.numbers}
        object.__setattr__(self, "contact_by_number", numbers)
        _index(self, "campaign_by_id", "campaigns", "id")
        _index(self, "client_by_id", "clients", "id")
        _index(self, "token_by_value", "tokens", "value")
        object.__setattr__(self, "_tested", _tested(self.test_numbers))
        if len(self.faults) > MOST_FAULTS:
            raise OrgError(f"faults: there are {len(self.faults):,}, and an org has at most {MOST_FAULTS:,}")
        for position, user in enumerate(self.users):
            _check_presence(self, user, place("users", position, user))
            _check_forwarding(self, user, place("users", position, user))
        for position, queue in enumerate(self.queues):
            _check_members(self, queue, place("queues", position, queue))
        for position, token in enumerate(self.tokens):
            _check_token(self, token, place("tokens", position, token))

    def test_number(self, number: str) -> TestNumber | None:
        """The test range that the E.164 number lies in. Every call asks, and most are far from any."""
        first, last = self._tested.get(len(number), NOWHERE)
        if not first <= number <= last:
            return None
        return next((test for test in self.test_numbers if test.covers(number)), None)

    def station_of(self, user: User) -> Station | None:
        """The phone that the user is associated with."""
        return self._station(user.station)

    def default_station_of(self, user: User) -> Station | None:
        """The phone that is the user's by default."""
        return self._station(user.default_station)

    def _station(self, named: str | None) -> Station | None:
        if named is None:
            return None
        found = self.station_by_id.get(named.lower())
        return found or next(one for one in self.station_by_id.values() if one.name == named)

    def picks_up(self, user: User | None) -> bool:
        """Whether the user's phone, if there is one, answers by itself."""
        station = self.station_of(user) if user else None
        return station is None or station.answers

    def holder_of(self, station: Station) -> User | None:
        """The user who is associated with the phone."""
        return next((user for user in self.users if user.station and self.station_of(user) == station), None)

    def presence_of(self, user: User) -> PresenceDefinition:
        """The presence that the user is in."""
        named = user.presence
        found = self.presence_by_id.get(named.lower())
        return found or next(one for one in self.presence_definitions if one.name == named)

    def owns(self, number: str, user_id: str | None) -> bool:
        """Whether the org, or that user, may show the E.164 number as its own."""
        user = self.user_by_id.get(user_id or "")
        return number in self.numbers or (user is not None and number in user.numbers)


NOWHERE = ("~", "")
"""Where no number lies."""


def _tested(ranges: Sequence[TestNumber]) -> Mapping[int, tuple[str, str]]:
    tested: dict[int, tuple[str, str]] = {}
    for one in ranges:
        first, last = tested.get(len(one.first), NOWHERE)
        tested[len(one.first)] = (min(first, one.first), max(last, one.last or one.first))
    return tested


def _index(org: Org, name: str, array: str, key: str) -> None:
    items: Sequence[Any] = getattr(org, array)
    table: dict[str, Any] = {}
    for position, item in enumerate(items):
        value = getattr(item, key)
        if value in table:
            other = place(array, items.index(table[value]), table[value])
            raise OrgError(f"{place(array, position, item)}: the {key} is that of {other}; give each its own")
        table[value] = item
    object.__setattr__(org, name, table)


def _check_presence(org: Org, user: User, where: str) -> None:
    names = [one.name for one in org.presence_definitions]
    if user.presence not in names and user.presence.lower() not in org.presence_by_id:
        raise OrgError(f"{where}.presence: {shown(user.presence)} is none of {', '.join(names)}")


def _check_forwarding(org: Org, user: User, where: str) -> None:
    at, said = f"{where}.call_forwarding", user.call_forwarding
    if said.enabled and not said.calls:
        raise OrgError(f"{at}: it is enabled and leads nowhere; give calls, or leave enabled out")
    if said.enabled and org.presence_of(user).system_presence == ON_QUEUE:
        raise OrgError(
            f"{at}: whoever is {ON_QUEUE} forwards no calls; leave enabled out, or change presence"
        )
    if not all(call.targets for call in said.calls):
        raise OrgError(f"{at}.calls: one of them has no targets; give each at least one")


def _check_members(org: Org, queue: Queue, where: str) -> None:
    for member in queue.members:
        if member not in org.user_by_id:
            raise OrgError(f"{where}.members: no user has the id {member!r}; take ids of [[users]]")
    for member in queue.not_joined:
        if member not in queue.members:
            raise OrgError(f"{where}.not_joined: {member!r} is no member of the queue; take ids of members")
    for code in queue.wrap_up_codes:
        if code not in org.wrap_up_code_by_id:
            raise OrgError(
                f"{where}.wrap_up_codes: no code has the id {code!r}; take ids of [[wrap_up_codes]]"
            )


def _check_token(org: Org, token: PreIssuedToken, where: str) -> None:
    if (token.user is None) == (token.client is None):
        raise OrgError(f"{where}: give the token either a user or a client")
    if token.user is not None and token.user not in org.user_by_id:
        raise OrgError(f"{where}.user: no user has the id {token.user!r}; take an id of [[users]]")
    if token.client is not None and token.client not in org.client_by_id:
        raise OrgError(f"{where}.client: no client has the id {token.client!r}; take an id of [[clients]]")


def load_org(text: str) -> Org:
    """Read an org from TOML text.

    Raises ``OrgError`` for text that is no TOML, an unknown key (naming the nearest valid one), a value
    that cannot stand where it does, a repeated id, or a token of nobody.
    """
    try:
        data = tomllib.loads(text)
    except (
        ValueError,
        RecursionError,
    ) as error:  # a number or a nesting too long for Python is ill-formed too
        raise OrgError(f"this is no TOML: {error}") from error
    try:
        return decode(Org, data)
    except DecodeError as error:
        raise OrgError(str(error)) from error


def default_org_text() -> str:
    """The TOML text of the org that serves when none is given."""
    return files("ringback_contracts").joinpath("data/org.toml").read_text("utf-8")


@cache
def default_org() -> Org:
    """The org that serves when none is given; its ids are fixed."""
    return load_org(default_org_text())


def changed(org: Org, changes: Mapping[str, Any]) -> Org:
    """The org with some top-level values set otherwise, in the spelling of the TOML file.

    Raises ``OrgError`` as ``load_org`` does.
    """
    if not changes:
        return org
    try:
        return replace(org, **{key: decode_field(Org, key, value) for key, value in changes.items()})
    except DecodeError as error:
        raise OrgError(str(error)) from error

"""The org: users, clients, numbers, queues, switches and limits, read from TOML text."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

from ringback_contracts.core.decode import DecodeError, decode, decode_field, place, shown
from ringback_contracts.core.model import Contract
from ringback_contracts.http.faults import MOST_FAULTS, Fault
from ringback_contracts.life.parties import WrapPrompt, WrapRules
from ringback_contracts.org.people import (
    HOME_DIVISION,
    USUAL_PRESENCES,
    CallForwarding,
    PresenceDefinition,
    RoutingStatus,
    Station,
    stations_by_id,
)
from ringback_contracts.org.values import (
    USUAL_REGION,
    Line,
    Uuid,
    check_range,
    count,
    e164,
    matches_redirect,
    org_id,
    permission,
    redirect_uri,
    region,
    scope,
    seconds,
    secret,
    token_value,
    visible,
)

ContractChoice = Contract | Literal["any"]
Grant = Literal["client_credentials", "authorization_code", "implicit"]
"""How a client may log in; whoever logs in with a code gets a refresh token without asking."""
E164 = Annotated[str, e164]
Permission = Annotated[str, permission]
Scope = Annotated[str, scope]
Count = Annotated[int, count]
Seconds = Annotated[float, seconds]
ClientId = Annotated[str, visible]


class OrgError(ValueError):
    """The text is no org: what is wrong, where, and the nearest valid name."""


class Outcome(StrEnum):
    """How a call to a number ends."""

    ANSWER = "answer"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    DECLINED = "declined"
    VOICEMAIL = "voicemail"
    """Nobody answers, and voicemail takes the call."""
    NO_ROUTE = "no_route"
    STATION_TIMEOUT = "station_timeout"
    INVALID = "invalid"
    """The number cannot exist: the call fails as soon as it is dialled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user of the org. ``enabled`` false is a deactivated account; ``outbound`` is the user's
    set-up for outbound calling; ``station`` is the name or the id of the phone, without which no call can
    be placed, and ``default_station`` that of the one that is theirs by default; ``presence`` is the name or
    the id of a presence."""

    id: Uuid
    name: Line
    email: Line = ""
    enabled: bool = True
    outbound: bool = True
    station: Line | None = None
    default_station: Line | None = None
    permissions: frozenset[Permission] = frozenset()
    numbers: tuple[E164, ...] = ()
    presence: Line = "Available"
    routing_status: RoutingStatus = "OFF_QUEUE"
    call_forwarding: CallForwarding = field(default_factory=CallForwarding)
    """What is told of it; no call is forwarded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A queue that can be dialled, or called for. ``members`` are the ids of its agents, and ``not_joined``
    those of them who take no calls of it.

    ``wrap`` is what the queue asks of them after a call, if anything, within ``wrap_seconds`` where that is a
    time-out, and ``wrap_up_codes`` are the ids of those that they can give.
    """

    id: Uuid
    name: Line
    members: tuple[Uuid, ...] = ()
    not_joined: tuple[Uuid, ...] = ()
    wrap: WrapPrompt | None = None
    wrap_seconds: Seconds | None = None
    wrap_up_codes: tuple[Uuid, ...] = ()

    def __post_init__(self) -> None:
        if (self.wrap_seconds is not None) != (self.wrap in {"timeout", "forcedTimeout"}):
            raise ValueError("wrap_seconds goes with a wrap that is timeout or forcedTimeout")

    @property
    def joined(self) -> tuple[str, ...]:
        """The members who take calls of the queue."""
        return tuple(member for member in self.members if member not in self.not_joined)

    @property
    def wrap_rules(self) -> WrapRules | None:
        """What an agent's leg is told of it."""
        if self.wrap is None:
            return None
        timeout = None if self.wrap_seconds is None else round(self.wrap_seconds * 1000)
        return WrapRules(self.wrap, timeout)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapUpCode:
    """What an agent can say of how a call ended."""

    id: Uuid
    name: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalContact:
    """Somebody outside, with the numbers at which they can be called."""

    id: Uuid
    name: Line
    work_phone: E164 | None = None
    cell_phone: E164 | None = None
    home_phone: E164 | None = None
    other_phone: E164 | None = None

    def number(self, phone_type: str) -> str | None:
        """The number of a type as the SDKs name it, such as ``WorkPhone``."""
        numbers = {
            "workphone": self.work_phone,
            "cellphone": self.cell_phone,
            "homephone": self.home_phone,
            "otherphone": self.other_phone,
        }
        return numbers.get(phone_type.lower())

    @property
    def numbers(self) -> tuple[str, ...]:
        """All that there are."""
        phones = (self.work_phone, self.cell_phone, self.home_phone, self.other_phone)
        return tuple(phone for phone in phones if phone is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """An outbound campaign that may stand in ``from``."""

    id: Uuid
    name: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """An OAuth client. ``permissions`` are those of the roles of a client-credentials client;
    ``scopes`` those that a user's token gets; ``token_seconds`` is the life of its tokens."""

    id: ClientId
    secret: Annotated[str, secret] = field(repr=False)
    name: Line = ""
    grants: tuple[Grant, ...] = ("client_credentials",)
    permissions: frozenset[Permission] = frozenset()
    scopes: tuple[Scope, ...] = ()
    redirect_uris: tuple[Annotated[str, redirect_uri], ...] = ()
    token_seconds: Count = 86_400

    def registers(self, uri: str) -> bool:
        """Whether a login may send the browser back to the URI: see ``matches_redirect``."""
        return any(matches_redirect(uri, registered) for registered in self.redirect_uris)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreIssuedToken:
    """A bearer token that exists from the start: of ``user``, or of ``client`` alone."""

    value: Annotated[str, token_value] = field(repr=False)
    user: Uuid | None = None
    client: ClientId | None = None
    scopes: tuple[Scope, ...] = ()
    expired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TestNumber:
    """A range of numbers (both ends included) that dial with a fixed outcome.

    ``after`` is how many seconds a number rings until that, ``hangs_up_after`` how many whoever answered
    stays; ``None`` leaves the first to the outcome, and the second to the caller.
    """

    __test__ = False  # pytest would take the class for a test

    first: E164
    last: E164 = ""
    outcome: Outcome = Outcome.ANSWER
    after: Seconds | None = None
    hangs_up_after: Seconds | None = None

    def __post_init__(self) -> None:
        if self.last:
            check_range(self.first, self.last)
        if self.after is not None and self.outcome is Outcome.STATION_TIMEOUT:
            raise ValueError(
                "after can never be: where the caller's station times out, the number never rings"
            )
        if self.hangs_up_after is not None and self.outcome not in (Outcome.ANSWER, Outcome.VOICEMAIL):
            raise ValueError(f"hangs_up_after can never be: with the outcome {self.outcome} nobody answers")

    def covers(self, number: str) -> bool:
        """Whether the E.164 number lies in the range."""
        return len(number) == len(self.first) and self.first <= number <= (self.last or self.first)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Rate limit: requests a minute for a token; ``None`` sets none."""

    rate_per_minute: Count | None = None


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

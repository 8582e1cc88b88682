"""What an org has: users, queues, clients, tokens and numbers, each as its file describes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Literal

from ringback_contracts.life.parties import WrapPrompt, WrapRules
from ringback_contracts.org.people import CallForwarding, RoutingStatus
from ringback_contracts.org.values import (
    Line,
    Uuid,
    check_range,
    count,
    e164,
    matches_redirect,
    permission,
    redirect_uri,
    scope,
    seconds,
    secret,
    token_value,
    visible,
)

Grant = Literal["client_credentials", "authorization_code", "implicit"]
"""How a client may log in; whoever logs in with a code gets a refresh token without asking."""
E164 = Annotated[str, e164]
Permission = Annotated[str, permission]
Scope = Annotated[str, scope]
Count = Annotated[int, count]
Seconds = Annotated[float, seconds]
ClientId = Annotated[str, visible]


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

"""Wait until a call has come to a state: told of it where that can be, and asking where not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

from ringback_client.calls import OVER, Call, Participant
from ringback_client.errors import (
    CallNeverReached,
    ChannelUnavailable,
    ConfigurationError,
    StatusError,
    WaitedTooLong,
)
from ringback_client.events import CallReader, Events

OWN_CALLS = "v2.users.{me}.conversations.calls"
"""The topic of the calls of the token's user."""
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 1.0
"""Seconds between two looks: a token may ask five times a second."""


class EventSource(CallReader, Protocol):
    """Who can be asked how calls stand, and can listen."""

    def events(self, *topics: str) -> Events: ...


STATES = frozenset(
    {"alerting", "dialing", "contacting", "offering", "connected", "parked", "disconnected", "terminated"}
)
"""What a leg can be (published)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is waited for: a state, of the participant that ``whose`` finds where it is given.

    Else it is that of a far leg, or of all legs where it is one in which a leg is over. Raises
    ``ConfigurationError`` for what is no state.
    """

    state: str
    whose: Callable[[Call], str] | None = None

    def __post_init__(self) -> None:
        if self.state not in STATES:
            raise ConfigurationError(f"{self.state!r} is no state of a leg; those are {sorted(STATES)}")

    def legs(self, call: Call) -> tuple[Participant, ...]:
        """The participants that are looked at."""
        if self.whose is None:
            return call.participants if self.state in OVER else call.participants[1:]
        wanted = self.whose(call)
        return tuple(leg for leg in call.participants if leg.id == wanted)

    def reached(self, call: Call) -> bool:
        """Whether the call has come to it."""
        legs = self.legs(call)
        if self.state in OVER:
            return bool(legs) and all(leg.over and self.state in ("disconnected", leg.state) for leg in legs)
        return any(leg.state == self.state for leg in legs)

    def given_up(self, call: Call) -> bool:
        """Whether the call cannot come to it any more."""
        legs = self.legs(call) if self.whose else call.participants
        return self.state not in OVER and bool(legs) and all(leg.over for leg in legs)


def wait_for(
    client: EventSource, call_id: str, wanted: Wanted, seconds: float, sleep: Callable[[float], None]
) -> Call:
    """The call, once it has come to what is wanted; see ``CallsClient.wait_for``."""
    return first(wanted, _seen(client, call_id, seconds, sleep), seconds)


def first(wanted: Wanted, calls: Iterable[Call], seconds: float) -> Call:
    """The first of the looks at a call at which it has come to what is wanted."""
    told = ""
    for call in calls:
        if wanted.reached(call):
            return call
        told = standing(call)
        if wanted.given_up(call):
            raise CallNeverReached(f"call {call.id} ended before it was {wanted.state}: {told}")
    raise WaitedTooLong(f"the call was not {wanted.state} within {seconds:g} seconds: {told}")


def standing(call: Call) -> str:
    """How the legs of a call stand, in one line."""
    return "; ".join(map(_told, call.participants)) or "it has no participants"


def _told(leg: Participant) -> str:
    why = ", ".join(filter(None, (leg.disconnect_type, leg.error)))
    return f"{leg.purpose or 'a leg'} {leg.state}{f' ({why})' if why else ''}"


def _seen(
    client: EventSource, call_id: str, seconds: float, sleep: Callable[[float], None]
) -> Iterator[Call]:
    """The call as it is by and by, until the time is over."""
    deadline = monotonic() + seconds
    try:
        with client.events(OWN_CALLS) as events:
            events.follow(call_id)
            yield client.get_call(call_id)
            while monotonic() < deadline:
                event = events.next_event(deadline - monotonic())
                call = event.call if event else None
                if call is not None and call.id == call_id:
                    yield call
            return
    except (ChannelUnavailable, StatusError):
        pass
    yield from asked(client, call_id, deadline - monotonic(), sleep)


def asked(client: CallReader, call_id: str, seconds: float, sleep: Callable[[float], None]) -> Iterator[Call]:
    """The call as it is by and by, asked for again and again.

    What was slept counts even where no clock moves by it, as in a test that commands time.
    """
    began, slept, pause = monotonic(), 0.0, FIRST_PAUSE
    while True:
        yield client.get_call(call_id)
        left = seconds - max(slept, monotonic() - began)
        if left <= 0:
            return
        sleep(min(pause, left))
        slept += min(pause, left)
        pause = min(2 * pause, LONGEST_PAUSE)

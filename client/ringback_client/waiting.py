"""Wait until a call has come to a state: told of it where that can be, and asking where not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import monotonic
from typing import Protocol

from ringback_client.calls import OVER, Call
from ringback_client.errors import CallNeverReached, ChannelUnavailable, StatusError, WaitedTooLong
from ringback_client.events import CallReader, Events, is_final

OWN_CALLS = "v2.users.{me}.conversations.calls"
"""The topic of the calls of the token's user."""
POLL_SECONDS = 1.0


class EventSource(CallReader, Protocol):
    """Who can be asked how calls stand, and can listen."""

    def events(self, *topics: str) -> Events: ...


def wait_for(
    client: EventSource, call_id: str, state: str, seconds: float, sleep: Callable[[float], None]
) -> Call:
    """The call, once it has come to the state; see ``CallsClient.wait_for``."""
    for call in _seen(client, call_id, monotonic() + seconds, sleep):
        if has_reached(call, state):
            return call
        if call.over and state not in OVER:
            ended = ", ".join(sorted({str(leg.disconnect_type) for leg in call.participants}))
            raise CallNeverReached(f"the call ended ({ended}) before it was {state}")
    raise WaitedTooLong(f"the call was not {state} within {seconds:g} seconds")


def has_reached(call: Call, state: str) -> bool:
    """Whether a far leg is in the state, or all legs are over where it is one in which a leg is over."""
    if state in OVER:
        return call.over and (state == "disconnected" or is_final(call))
    return any(leg.state == state for leg in call.participants[1:])


def _seen(
    client: EventSource, call_id: str, deadline: float, sleep: Callable[[float], None]
) -> Iterator[Call]:
    """The call as it is by and by, until the deadline."""
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
    while monotonic() < deadline:
        yield client.get_call(call_id)
        sleep(min(POLL_SECONDS, max(0.0, deadline - monotonic())))

"""What holds of notification channels: what happens is told, once, in order, whole, and to nobody else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from ringback_client.errors import ChannelUnavailable
from ringback_contracts.catalogue import BY_ID
from ringback_contracts.core.declare import ALICE
from ringback_contracts.life.values import OVER
from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_contracts.resources.conversations.operations import PATCH_CALL_PARTICIPANT
from ringback_contracts.resources.notifications.operations import (
    DROP_SUBSCRIPTIONS,
    OPEN_CHANNEL,
    SET_SUBSCRIPTIONS,
)
from ringback_contracts.resources.notifications.rules import CHANNELS
from ringback_contracts.resources.users.operations import GET_ME
from ringback_harness.check.expectation import Expected
from ringback_harness.check.flow import Flow, flow
from ringback_harness.check.legs import changes_between, left_behind
from ringback_harness.check.walk import LOOKS, PAUSE, Stopped, Walk
from ringback_harness.event_log import METADATA, PING, SECONDS, TalkingSocket, is_pong

EVENT_FLOWS: list[Flow] = []
OWN_CALLS = f"v2.users.{ALICE}.conversations.calls"
Message = Mapping[str, Any]


class Ear:
    """The events that come over a channel. Raises ``Stopped`` for a socket that is of no use."""

    def __init__(self, socket: TalkingSocket) -> None:
        self._socket = socket

    def heard(self) -> list[Message]:
        """Those that were sent since it was last asked; the pong comes behind all of them."""
        found: list[Message] = []
        try:
            self._socket.send(PING)
            while not is_pong(message := _read(self._socket.recv(SECONDS))):
                topic = str(message.get("topicName"))
                if topic != METADATA and not topic.startswith("v2.system."):
                    found.append(message)
        except TimeoutError:
            raise Stopped("a ping over the socket of a channel is not answered") from None
        except (OSError, EOFError):
            raise Stopped("the socket of a channel is closed, which nobody asked for") from None
        return found


def _read(text: str | bytes) -> Message:
    try:
        message = json.loads(text)
    except ValueError:
        message = None
    if not isinstance(message, dict):
        raise Stopped("what comes over the socket of a channel is no JSON object")
    return message


def _channel(walk: Walk, *topics: str, token: str = "alice") -> Message:
    """A new channel that is subscribed to these topics, as the API describes it."""
    made = _granted(walk, OPEN_CHANNEL, "POST", CHANNELS, None, token)
    if not isinstance(made.get("id"), str):
        raise Stopped("a channel comes without id")
    path = f"{CHANNELS}/{made['id']}/subscriptions"
    _granted(walk, SET_SUBSCRIPTIONS, "PUT", path, [{"id": topic} for topic in topics], token)
    return made


def _granted(walk: Walk, operation: str, method: str, path: str, body: Any, token: str) -> Message:
    reply = walk.ask(method, path, body, token)
    if found := list(walk.missing(Expected(BY_ID[operation].success, operation=operation), reply)):
        raise Stopped(*found)
    return reply.document


def _listen(walk: Walk, channel: Message) -> Ear:
    try:
        socket = walk.world.listen(channel)
    except (OSError, ChannelUnavailable):
        raise Stopped("the socket of a channel does not open") from None
    walk.open.callback(socket.close)
    return Ear(socket)


def _told(ear: Ear, walk: Walk, call_id: str, done: Callable[[Message], bool]) -> list[Message]:
    """The events of a call until one of them tells what is waited for, or that is overdue."""
    found: list[Message] = []
    for _ in range(LOOKS):
        found += ear.heard()
        if any(done(body) for body in _bodies(found, call_id)):
            break
        walk.world.wait(PAUSE)
    return found


def _bodies(events: Sequence[Message], call_id: str) -> list[Message]:
    bodies = [event.get("eventBody") for event in events]
    return [body for body in bodies if isinstance(body, dict) and body.get("id") == call_id]


def _states(body: Message) -> list[str]:
    return [str(leg.get("state")) for leg in body.get("participants") or ()]


def _talks(body: Message) -> bool:
    return len(_states(body)) > 1 and set(_states(body)) <= {"connected", *OVER}


def _over(body: Message) -> bool:
    return bool(_states(body)) and set(_states(body)) == {"terminated"}


@flow("a call is told from its beginning to its end", OPEN_CHANNEL, among=EVENT_FLOWS)
def _from_beginning_to_end(walk: Walk) -> Iterator[str]:
    ear = _listen(walk, _channel(walk, OWN_CALLS))
    call_id = walk.place()
    events = _told(ear, walk, call_id, _talks)
    yield from _wrong(events)
    if not _bodies(events, call_id):
        yield "no event tells of a call that was placed"
        return
    if not any(map(_talks, _bodies(events, call_id))):
        yield "no event tells that a call was answered"
    walk.end(call_id)
    events += _told(ear, walk, call_id, _over)
    yield from _wrong_to_the_end(walk, call_id, events)


@flow("a call that is ended at once is told to its end", OPEN_CHANNEL, ends=True, among=EVENT_FLOWS)
def _ended_at_once(walk: Walk) -> Iterator[str]:
    ear = _listen(walk, _channel(walk, OWN_CALLS))
    call_id = walk.place()
    walk.end(call_id)
    events = _told(ear, walk, call_id, _over)
    if not _bodies(events, call_id):
        yield "no event tells of a call that was placed"
        return
    yield from _wrong_to_the_end(walk, call_id, events)


def _wrong_to_the_end(walk: Walk, call_id: str, events: Sequence[Message]) -> Iterator[str]:
    yield from _wrong(events)
    yield from _wrong_with(_bodies(events, call_id))
    yield from _unlike_read(walk, call_id, _bodies(events, call_id)[-1])


def _wrong(events: Sequence[Message]) -> Iterator[str]:
    """What is wrong with the envelopes."""
    for event in events:
        # The user goes there by an id that is not translated.
        if not re.fullmatch(
            r"v2\.users\.[^.]+\.conversations\.calls", str(event.get("topicName")), re.IGNORECASE
        ):
            yield "an event names another topic than the one that was subscribed to"
        if not isinstance((event.get("metadata") or {}).get("CorrelationId"), str):
            yield "an event comes without metadata.CorrelationId"


def _wrong_with(bodies: Sequence[Message]) -> Iterator[str]:
    """What is wrong with the bodies, each of which is to be the whole call at one of its turns."""
    for before, after in pairwise(bodies):
        if before == after:
            yield "an event comes twice"
        yield from changes_between(before.get("participants") or (), after.get("participants") or ())
    for body in bodies:
        yield from left_behind(body.get("participants") or ())
    if not _over(bodies[-1]):
        yield "no event tells that a call is over"


def _unlike_read(walk: Walk, call_id: str, body: Message) -> Iterator[str]:
    told = [(leg.get("id"), leg.get("state")) for leg in body.get("participants") or ()]
    if told != [(leg.id, leg.state) for leg in walk.read(call_id).participants]:
        yield "the last event and the call as it is read are not alike"


@flow("a hold is told", OPEN_CHANNEL, among=EVENT_FLOWS)
def _hold(walk: Walk) -> Iterator[str]:
    ear = _listen(walk, _channel(walk, OWN_CALLS))
    call_id = walk.place()
    _told(ear, walk, call_id, _talks)
    own = walk.read(call_id).participants[0].id
    for held in (True, False):
        path = f"{CALLS_PATH}/{call_id}/participants/{own}"
        _granted(walk, PATCH_CALL_PARTICIPANT, "PATCH", path, {"held": held}, "alice")

        def shows(body: Message, held: bool = held) -> bool:
            legs = body.get("participants") or []
            return any(leg.get("id") == own and bool(leg.get("held")) is held for leg in legs)

        events = _told(ear, walk, call_id, shows)
        if not any(map(shows, _bodies(events, call_id))):
            yield f"no event tells that a party {'was put on hold' if held else 'was taken back'}"


@flow("the calls of others are told to nobody", OPEN_CHANNEL, among=EVENT_FLOWS)
def _of_others(walk: Walk) -> Iterator[str]:
    mine = OWN_CALLS.replace(ALICE, _own_id(walk, "bob"))
    ear = _listen(walk, _channel(walk, mine, token="bob"))
    call_id = walk.place()
    own = _listen(walk, _channel(walk, OWN_CALLS))
    walk.end(call_id)
    _told(own, walk, call_id, _over)
    if ear.heard():
        yield "a user is told of a call of somebody else"


def _own_id(walk: Walk, token: str) -> str:
    return str(walk.get("/api/v2/users/me", GET_ME, token).document.get("id"))


@flow("who unsubscribes is told nothing more", DROP_SUBSCRIPTIONS, among=EVENT_FLOWS)
def _unsubscribed(walk: Walk) -> Iterator[str]:
    channel = _channel(walk, OWN_CALLS)
    ear = _listen(walk, channel)
    _granted(walk, DROP_SUBSCRIPTIONS, "DELETE", f"{CHANNELS}/{channel['id']}/subscriptions", None, "alice")
    call_id = walk.place()
    other = _listen(walk, _channel(walk, OWN_CALLS))
    walk.end(call_id)
    _told(other, walk, call_id, _over)
    if _bodies(ear.heard(), call_id):
        yield "a channel without subscriptions is told of a call"


@flow("the newest socket of a channel is told", OPEN_CHANNEL, among=EVENT_FLOWS)
def _taken_over(walk: Walk) -> Iterator[str]:
    channel = _channel(walk, OWN_CALLS)
    _listen(walk, channel)
    newest = _listen(walk, channel)
    call_id = walk.place()
    if not _bodies(_told(newest, walk, call_id, bool), call_id):
        yield "the newest socket of a channel is told nothing"
    walk.end(call_id)

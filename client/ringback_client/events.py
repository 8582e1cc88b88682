"""Be told of calls as they go on: over a channel, and by reading what came while there was none.

Sockets are lost, fall silent, say things twice or late. Whoever iterates is told the final state of each call
that was going on all the same.
"""

from __future__ import annotations

import json
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Protocol, Self

from ringback_client.calls import Call
from ringback_client.channel import ChannelAddress, ChannelMaker, Connect, MessageSocket
from ringback_client.errors import (
    ChannelUnavailable,
    NotFound,
    RingbackError,
    StatusError,
    TransportError,
    UnexpectedReply,
)

METADATA = "channel.metadata"
CLOSING = "v2.system.socket_closing"
TAKEN = frozenset({"v2.system.no_longer_subscribed", "v2.system.token_revoked"})
"""What says that the channel is another's, or nobody's, from now on."""
PATIENCE = 75.0
"""Seconds without so much as a heartbeat after which a socket is dead; one comes every 30."""
FIRST_TRIES, MOST_TRIES, LONGEST_WAIT = 5, 10, 30.0
"""How often the first connection is tried, and another in a row, and the seconds between two at most."""
ENDED_KEPT = 1_000
"""Calls that are remembered to be over."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that became of a call, or of whatever else the topic is about.

    ``read`` says that no event told it: it was read after a gap, or where the channel fell silent.
    ``missed`` says that nobody listened to the topic for the ``seconds`` of the body, and that what it told
    then cannot be read: a call of others that began and ended meanwhile is never told.
    """

    topic: str
    body: Mapping[str, Any] = field(repr=False)
    correlation_id: str | None = None
    read: bool = False
    missed: bool = False

    @property
    def call(self) -> Call | None:
        """The call that it tells of, if it tells of one."""
        try:
            return Call.read(self.body) if "participants" in self.body else None
        except UnexpectedReply:
            return None


class CallReader(Protocol):
    """Who can be asked how calls stand."""

    def get_call(self, call_id: str) -> Call: ...

    def list_calls(self) -> list[Call]: ...

    def list_past_calls(self) -> list[str]: ...


Standing = tuple[object, ...]
"""What of a call is compared: who is on it, and how."""


def standing(call: Call) -> Standing:
    """How a call stands, by what events and answers both tell."""
    return tuple(
        (leg.id, leg.state, leg.document.get("held"), leg.document.get("confined"), leg.document.get("muted"))
        for leg in call.participants
    )


def is_final(call: Call) -> bool:
    """Whether nothing will become of the call any more: a leg may wait in "disconnected" for its wrap-up."""
    return bool(call.participants) and all(leg.state == "terminated" for leg in call.participants)


class KnownCalls:
    """The calls that are going on as far as anybody said, and those that are over."""

    def __init__(self) -> None:
        self.live: dict[str, Standing | None] = {}
        self._ended: OrderedDict[str, None] = OrderedDict()

    def follow(self, call_id: str) -> None:
        """Ask after the call from now on, whether or not it was told of."""
        if call_id not in self._ended:
            self.live.setdefault(call_id, None)

    def knows(self, call_id: str) -> bool:
        """Whether the call was told of, or was over when nobody was told of calls yet."""
        return call_id in self.live or call_id in self._ended

    def leave(self, call_id: str) -> None:
        """The call is over, and nobody is to be told."""
        self._ended[call_id] = None
        if len(self._ended) > ENDED_KEPT:
            self._ended.popitem(last=False)

    def is_stale(self, call: Call) -> bool:
        """Whether the call is known to be over, and this tells of a time before."""
        return call.id in self._ended and not is_final(call)

    def note(self, call: Call) -> bool:
        """Take down how a call stands; whether that is news."""
        if self.is_stale(call):
            return False
        known = self.live.get(call.id)
        if is_final(call):
            self.live.pop(call.id, None)
            first = call.id not in self._ended
            self.leave(call.id)
            return first
        self.live[call.id] = standing(call)
        return known != self.live[call.id]


class Events(Iterator[Event]):
    """What comes over a channel: iterate, or ask with ``next_event``; close it in the end, or use ``with``.

    A connection that is lost is made anew, after a while that doubles each time, and so is the channel where
    it must be. Raises ``ChannelUnavailable`` where none is to be had, and what the API answers.
    """

    def __init__(
        self,
        maker: ChannelMaker,
        reader: CallReader,
        connect: Connect,
        *,
        sleep: Callable[[float], None],
        now: Callable[[], float] = monotonic,
        first_wait: float = 0.2,
    ) -> None:
        self._maker = maker
        self._reader = reader
        self._connect = connect
        self._sleep = sleep
        self._now = now
        self._first_wait = first_wait
        self._channel: ChannelAddress | None = None
        self._socket: MessageSocket | None = None
        self._was_connected = False
        self._heard_at = now()
        self._known = KnownCalls()
        self._suspicious = False
        self._waiting: deque[Event] = deque()

    def open(self) -> Self:
        """Make the channel and connect to it now, and not when the first event is asked for."""
        if self._socket is None:
            self._open()
        return self

    def follow(self, call_id: str) -> None:
        """Tell of this call too, though no event may come of it: it is read after a gap."""
        self._known.follow(call_id)

    def __next__(self) -> Event:
        event = self.next_event()
        if event is None:
            raise StopIteration
        return event

    def next_event(self, timeout: float | None = None) -> Event | None:
        """The next event; ``None`` where none comes in so many seconds."""
        deadline = None if timeout is None else self._now() + timeout
        while not self._waiting:
            left = PATIENCE if deadline is None else min(PATIENCE, deadline - self._now())
            if left <= 0:
                return None
            self.open()
            if not self._waiting:
                self._hear(left)
        return self._waiting.popleft()

    def close(self) -> None:
        """End the connection; whoever listens to the same topics by the same client has the channel then."""
        self._disconnect()
        if self._channel is not None:
            self._maker.idle.append(self._channel)
            self._channel = None

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(self, *_: object) -> None:
        self.close()

    # Connecting

    def _open(self) -> None:
        most = MOST_TRIES if self._was_connected else FIRST_TRIES
        for tried in range(most):
            try:
                self._try_to_open()
            except (OSError, ChannelUnavailable, TransportError) as error:
                if tried + 1 == most or not self._may_pass(error):
                    if isinstance(error, RingbackError):
                        raise
                    raise ChannelUnavailable(f"no connection came about: {error}", refused=True) from error
                self._sleep(min(self._first_wait * 2**tried, LONGEST_WAIT))
            else:
                self._catch_up()
                return

    def _try_to_open(self) -> None:
        if self._channel is None:
            self._channel = self._maker.taken()
        try:
            self._socket = self._connect(self._channel.uri)
        except ChannelUnavailable:
            self._channel = None  # it may be gone
            raise

    def _may_pass(self, error: Exception) -> bool:
        """Whether it may go better the next time: a server that has no sockets never gets any.

        What the API does not answer was asked for again already.
        """
        if self._was_connected or isinstance(error, OSError):
            return True
        return isinstance(error, ChannelUnavailable) and error.refused

    def _lose(self, *, channel: bool) -> None:
        """Do without the connection, and the channel perhaps, until the next is made."""
        self._disconnect()
        if channel:
            self._channel = None

    def _disconnect(self) -> None:
        if self._socket is not None:
            socket, self._socket = self._socket, None
            with suppress(Exception):
                socket.close()

    # Hearing

    def _hear(self, seconds: float) -> None:
        if self._socket is None:
            return
        try:
            text = self._socket.recv(timeout=seconds)
        except TimeoutError:
            if seconds >= PATIENCE:
                self._lose(channel=False)
            return
        except (OSError, EOFError):
            self._lose(channel=False)
            return
        self._heard_at = self._now()
        self._take(text)

    def _take(self, text: str | bytes) -> None:
        try:
            message = json.loads(text)
        except (ValueError, RecursionError):
            return
        topic = message.get("topicName") if isinstance(message, dict) else None
        body = message.get("eventBody") if isinstance(message, dict) else None
        if not isinstance(topic, str) or not isinstance(body, dict):
            return
        if topic == METADATA:
            self._look_whether_silent()
        elif topic == CLOSING:
            self._lose(channel=False)
        elif topic in TAKEN:
            self._lose(channel=True)
        else:
            self._told(topic, body, message.get("metadata"))

    def _told(self, topic: str, body: Mapping[str, Any], metadata: object) -> None:
        correlation_id = metadata.get("CorrelationId") if isinstance(metadata, dict) else None
        event = Event(topic, body, correlation_id if isinstance(correlation_id, str) else None)
        call = event.call
        if call is not None:
            self._suspicious = False
            if self._known.is_stale(call):
                return
            self._known.note(call)
        self._waiting.append(event)

    # Reading what was not told

    def _catch_up(self) -> None:
        """Read what has become of the calls while nobody listened; at first, which calls there are."""
        first, self._was_connected = not self._was_connected, True
        if not first:
            self._tell_missed()
        self._heard_at = self._now()
        self._read_known()
        with suppress(StatusError):  # not every token has calls of its own
            for call in self._reader.list_calls():
                if call.id not in self._known.live and self._known.note(call) and not first:
                    self._waiting.append(_read(call))
        with suppress(StatusError):
            self._read_past(tell=not first)

    def _tell_missed(self) -> None:
        """Tell of what nobody can read now."""
        seconds = round(self._now() - self._heard_at, 3)
        for topic in self._maker.unreadable():
            self._waiting.append(Event(topic, {"seconds": seconds}, missed=True))

    def _read_past(self, *, tell: bool) -> None:
        """Tell of the calls that began and ended while nobody listened; at first, which are over already."""
        for call_id in self._reader.list_past_calls():
            if self._known.knows(call_id):
                continue
            if tell:
                self._read_again(call_id)
            else:
                self._known.leave(call_id)

    def _look_whether_silent(self) -> None:
        """At a heartbeat: where calls went on without a word, twice in a row, the channel is silent."""
        if not self._read_known():
            self._suspicious = False
        elif self._suspicious:
            self._suspicious = False
            self._lose(channel=True)
        else:
            self._suspicious = True

    def _read_known(self) -> bool:
        """Read the calls that are going on; whether any is otherwise than was told."""
        news = [self._read_again(call_id) for call_id in tuple(self._known.live)]
        return any(news)

    def _read_again(self, call_id: str) -> bool:
        try:
            call = self._reader.get_call(call_id)
        except NotFound:
            self._known.live.pop(call_id, None)
            return False
        if not self._known.note(call):
            return False
        self._waiting.append(_read(call))
        return True


def _read(call: Call) -> Event:
    return Event("", call.document, read=True)

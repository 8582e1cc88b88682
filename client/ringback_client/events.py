"""Be told of calls as they go on: over a channel, and by reading what came while there was none.

Sockets are lost, fall silent, say things twice or late. Whoever iterates is told the final state of each call
that was going on all the same.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Protocol, Self

from ringback_client.calls import Call
from ringback_client.channel import ChannelAddress, ChannelMaker, Connect, MessageSocket
from ringback_client.errors import (
    ChannelUnavailable,
    ContractError,
    NotAuthorized,
    NotFound,
    RateLimited,
    RingbackError,
    ServerError,
    TransportError,
    UnexpectedReply,
)
from ringback_client.known_calls import KnownCalls

PASSING = (TransportError, RateLimited, ServerError)
"""What may go better a moment later."""
UNREADABLE = (ContractError, NotAuthorized, NotFound)
"""What it means that the token cannot read something, ever."""
METADATA = "channel.metadata"
CLOSING = "v2.system.socket_closing"
TAKEN = frozenset({"v2.system.no_longer_subscribed", "v2.system.token_revoked"})
"""What says that the channel is another's, or nobody's, from now on."""
PATIENCE = 75.0
"""Seconds without so much as a heartbeat after which a socket is dead; one comes every 30."""
FIRST_TRIES, MOST_TRIES, LONGEST_WAIT = 5, 10, 30.0
"""How often the first connection is tried, and another in a row, and the seconds between two at most."""
LOOKED_AT = 10
"""Calls of others that are read at a heartbeat: on a queue there may be hundreds."""


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
        self._tried = 0
        self._pause = 0.0
        self._heard_at = now()
        self._known = KnownCalls()
        self._suspicious = False
        self._waiting: deque[Event] = deque()

    def open(self) -> Self:
        """Make the channel and connect to it now, and not when the first event is asked for."""
        while self._socket is None:
            self._attempt(LONGEST_WAIT)
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
        """The next event; ``None`` where none comes in so many seconds.

        An attempt to connect that is under way by then is brought to its end first.
        """
        deadline = None if timeout is None else self._now() + timeout
        while not self._waiting:
            left = PATIENCE if deadline is None else min(PATIENCE, deadline - self._now())
            if left <= 0:
                return None
            if self._socket is None:
                self._attempt(left)
            else:
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

    def _attempt(self, seconds: float) -> None:
        """Connect once the time has come, and read what came meanwhile; wait for that so long at most."""
        if self._pause:
            waited = min(self._pause, seconds)
            self._sleep(waited)
            self._pause -= waited
            if self._pause:
                return
        try:
            self._try_to_open()
            self._catch_up()
        except (OSError, *PASSING) as error:
            self._disconnect()
            self._failed(error)
        except RingbackError:
            self._disconnect()
            raise
        else:
            self._tried = 0

    def _failed(self, error: Exception) -> None:
        """Wait longer than the last time before the next attempt; raises the error where there is none."""
        self._tried += 1
        most = MOST_TRIES if self._was_connected else FIRST_TRIES
        if self._tried < most and self._may_pass(error):
            self._pause = min(self._first_wait * 2 ** (self._tried - 1), LONGEST_WAIT)
            return
        self._tried = 0
        if isinstance(error, RingbackError):
            raise error
        raise ChannelUnavailable(f"no connection came about: {error}", refused=True) from error

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
        """Read what has become of the calls while nobody listened; at first, which calls there are.

        The gap is over when all of it is read.
        """
        first = not self._was_connected
        self._read_calls(tell=not first)
        if not first:
            self._tell_missed()
        self._heard_at, self._was_connected = self._now(), True

    def _tell_missed(self) -> None:
        """Tell of what nobody can read now."""
        seconds = round(self._now() - self._heard_at, 3)
        missed = [Event(topic, {"seconds": seconds}, missed=True) for topic in self._maker.unreadable()]
        self._waiting.extend(missed)

    def _look_whether_silent(self) -> None:
        """At a heartbeat: where calls went on without a word, twice in a row, the channel is silent.

        What cannot be read just now is read at the next heartbeat.
        """
        try:
            news = self._read_calls(tell=True, most=LOOKED_AT)
        except PASSING:
            return
        if news and self._suspicious:
            self._lose(channel=True)
        self._suspicious = news and not self._suspicious

    def _read_calls(self, *, tell: bool, most: int | None = None) -> bool:
        """Read how the calls stand that the user has, or that were told of; whether any is otherwise.

        Of those that the user is not on now, ``most`` are read at once, the others the next time. Where calls
        are read for the first time and none is to be told of, those are that somebody follows.
        """
        listed: set[str] = set()
        news = False
        with suppress(*UNREADABLE):  # not every token has calls of its own
            for call in self._reader.list_calls():
                listed.add(call.id)
                news |= self._noted(call, tell=tell or call.id in self._known.live)
        for call_id in [call_id for call_id in self._known.live if call_id not in listed][:most]:
            news |= self._read_again(call_id)
        with suppress(*UNREADABLE):
            news |= self._read_past(tell=tell, most=most)
        return news

    def _read_past(self, *, tell: bool, most: int | None) -> bool:
        """Tell of the calls that began and ended without a word, so many at once; or leave it at that."""
        unknown = [one for one in self._reader.list_past_calls() if not self._known.knows(one)]
        news = False
        for call_id in unknown[:most] if tell else unknown:
            news |= tell and self._read_again(call_id)
            if not self._known.knows(call_id):  # it was not to be read, and never is
                self._known.leave(call_id)
        return news

    def _read_again(self, call_id: str) -> bool:
        """Read a call, which is the last to be read the next time."""
        live = self._known.live
        try:
            call = self._reader.get_call(call_id)
        except UNREADABLE:
            live.pop(call_id, None)
            return False
        live[call_id] = live.pop(call_id, None)
        return self._noted(call, tell=True)

    def _noted(self, call: Call, *, tell: bool) -> bool:
        """Take down how a call stands, and tell of it where that is news."""
        news = self._known.note(call) and tell
        if news:
            self._waiting.append(_read(call))
        return news


def _read(call: Call) -> Event:
    return Event("", call.document, read=True)

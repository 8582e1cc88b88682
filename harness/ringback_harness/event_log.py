"""What was sent over a channel, for a test to look at: everything that was sent by now is in it."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from ringback_client import Event
from ringback_mock.engine.sockets import Sockets

PING, METADATA = '{"message": "ping"}', "channel.metadata"
SECONDS = 10.0
"""Time that an answer may take."""


Hear = Callable[[bytes], Iterable[bytes]]
"""What arrives of a message."""


def as_sent(text: bytes) -> Iterable[bytes]:
    """Each message arrives as it is."""
    return (text,)


class TalkingSocket(Protocol):
    """A socket on which one can be heard, too."""

    def send(self, text: str) -> None: ...

    def recv(self, timeout: float | None = None) -> str | bytes: ...

    def close(self) -> None: ...


class EventLog:
    """The events that came over a channel, the oldest first.

    Whoever asks for them asks the mock first whether there are more: it answers behind all that it has sent.
    """

    def __init__(self, socket: TalkingSocket) -> None:
        self._socket = socket
        self._kept: list[Event] = []

    def all(self) -> list[Event]:
        """Every event that was sent by now; heartbeats are none."""
        self._socket.send(PING)
        while not is_pong(message := json.loads(self._socket.recv(SECONDS))):
            if message.get("topicName", METADATA) != METADATA:
                self._kept.append(_event(message))
        return list(self._kept)

    def clear(self) -> None:
        """Forget those that were sent by now."""
        self.all()
        self._kept.clear()

    def close(self) -> None:
        self._socket.close()


def is_pong(message: Mapping[str, Any]) -> bool:
    """Whether the message answers a ping; a platform may say more in it."""
    body = message.get("eventBody")
    return message.get("topicName") == METADATA and isinstance(body, dict) and body.get("message") == "pong"


def _event(message: Mapping[str, Any]) -> Event:
    metadata = message.get("metadata") or {}
    return Event(message["topicName"], message["eventBody"], metadata.get("CorrelationId"))


class InProcessSocket:
    """The same in the test's own process: it listens to a channel, and hears of each message what ``hear``
    makes of it.
    """

    def __init__(self, sockets: Sockets, channel_id: str, hear: Hear = as_sent) -> None:
        self._heard: deque[bytes] = deque()
        self._sockets = sockets
        session = sockets.join(channel_id, _Listener(self._heard, hear))
        if session is None:
            raise ConnectionRefusedError("there is no such channel any more")
        self._session = session

    def send(self, text: str) -> None:
        self._sockets.tell()
        self._session.heard(text)

    def recv(self, timeout: float | None = None) -> bytes:  # noqa: ARG002 - what comes is there
        if not self._heard:
            raise TimeoutError("nothing was sent")
        return self._heard.popleft()

    def close(self) -> None:
        self._session.ended()


class _Listener:
    def __init__(self, heard: deque[bytes], hear: Hear) -> None:
        self._heard = heard
        self._hear = hear

    def send(self, text: bytes) -> None:
        self._heard.extend(self._hear(text))

    def close(self, code: int, reason: str) -> None:
        """Nothing more comes."""

    def drop(self) -> None:
        """The same."""

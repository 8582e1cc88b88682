"""What was sent over a channel, for a test to look at: everything that was sent by now is in it."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from typing import Any, Protocol

from ringback_client import Event
from ringback_mock.site import Site

PING, METADATA = '{"message": "ping"}', "channel.metadata"
SECONDS = 10.0
"""Time that an answer may take."""


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
        while (message := json.loads(self._socket.recv(SECONDS))) != _PONG:
            if message.get("topicName", METADATA) != METADATA:
                self._kept.append(_event(message))
        return list(self._kept)

    def clear(self) -> None:
        """Forget those that were sent by now."""
        self.all()
        self._kept.clear()

    def close(self) -> None:
        self._socket.close()


_PONG = {"topicName": METADATA, "eventBody": {"message": "pong"}}


def _event(message: Mapping[str, Any]) -> Event:
    metadata = message.get("metadata") or {}
    return Event(message["topicName"], message["eventBody"], metadata.get("CorrelationId"))


class InProcessSocket:
    """The same in the test's own process: it listens to a channel of the site."""

    def __init__(self, site: Site, uri: str) -> None:
        self._heard: deque[bytes] = deque()
        session = site.sockets.join(uri.rpartition("/")[2], _Listener(self._heard))
        if session is None:
            raise ConnectionRefusedError("there is no such channel any more")
        self._session = session

    def send(self, text: str) -> None:
        self._session.heard(text)

    def recv(self, timeout: float | None = None) -> bytes:  # noqa: ARG002 - what comes is there
        return self._heard.popleft()

    def close(self) -> None:
        self._session.ended()


class _Listener:
    def __init__(self, heard: deque[bytes]) -> None:
        self._heard = heard

    def send(self, text: bytes) -> None:
        self._heard.append(text)

    def close(self, code: int, reason: str) -> None:
        """Nothing more comes."""

    def drop(self) -> None:
        """The same."""

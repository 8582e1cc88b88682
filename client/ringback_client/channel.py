"""A notification channel as a client has it: made, subscribed, and connected to."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from ringback_client.errors import (
    ChannelUnavailable,
    ContractError,
    NotAuthorized,
    NotFound,
    RingbackError,
    UnexpectedReply,
)
from ringback_contracts.resources.notifications.topics import (
    CALLS_OF_USER,
    CONVERSATIONS_OF_USER,
    parse_topics,
    topic_name,
)

CHANNELS_PATH = "/api/v2/notifications/channels"
ME = "{me}"
"""Stands in topics for the id of the token's user."""
LONGEST_EVENT = 2**24
"""Octets of a message."""
OPEN_SECONDS = 10.0
"""Time to shake hands."""

Ask = Callable[[str, str, Any], Any]
"""Asks the API: a method, a path and a JSON value give the JSON value of the answer."""


class MessageSocket(Protocol):
    """A connection over which messages come."""

    def recv(self, timeout: float | None = None) -> str | bytes:
        """The next message; raises ``TimeoutError`` if none comes in time, ``EOFError`` once it is over."""

    def close(self) -> None:
        """End the connection."""


Connect = Callable[[str], MessageSocket]
"""Connects to a URI; raises ``OSError`` where nobody answers, and ``ChannelUnavailable`` for a refusal."""


class ChannelAddress(NamedTuple):
    """What a channel is known by, and where its socket is."""

    id: str
    uri: str


@dataclass(frozen=True, slots=True)
class ChannelMaker:
    """Makes channels that are subscribed to these topics.

    Those that are ``idle`` are taken first: the platform has no way to end a channel, and for each that is
    too many it ends another of the same user and app.
    """

    ask: Ask
    topics: Sequence[str]
    idle: list[ChannelAddress] = field(default_factory=list, repr=False)

    def taken(self) -> ChannelAddress:
        """A channel that nobody listens to: one that was given back, or a new one. Raises like ``made``."""
        wanted = self._wanted()
        while True:
            try:
                channel = self.idle.pop()
            except IndexError:  # another thread may have taken the last
                return self._made(wanted)
            with suppress(NotFound):
                self._subscribe(channel, wanted)
                return channel

    def made(self) -> ChannelAddress:
        """A new channel; raises ``ChannelUnavailable`` where there are no sockets."""
        return self._made(self._wanted())

    def _made(self, wanted: list[dict[str, str]]) -> ChannelAddress:
        made = self.ask("POST", CHANNELS_PATH, None)
        if not isinstance(made, dict) or not isinstance(made.get("id"), str):
            raise UnexpectedReply("the target answered a channel without an id")
        uri = str(made.get("connectUri"))
        if not uri.startswith(("ws://", "wss://")):
            raise ChannelUnavailable(f"the target has no sockets for its channels: {uri}")
        channel = ChannelAddress(made["id"], uri)
        self._subscribe(channel, wanted)
        return channel

    def unreadable(self) -> list[str]:
        """The topics of which nobody can read what they told: all but those of the user's own calls."""
        me = None
        with suppress(ContractError, NotAuthorized, NotFound):  # not every token has a user
            me = self._own_id()
        return [name for topic in self.topics for name in _others(topic.replace(ME, me or ME), me)]

    def _wanted(self) -> list[dict[str, str]]:
        """What to subscribe a channel to. Who the user is, is asked before there is a channel."""
        me = self._own_id() if any(ME in topic for topic in self.topics) else ""
        return [{"id": topic.replace(ME, me)} for topic in self.topics]

    def _subscribe(self, channel: ChannelAddress, wanted: list[dict[str, str]]) -> None:
        """Subscribe the channel to this alone; from then on it lives for another day."""
        try:
            self.ask("PUT", f"{CHANNELS_PATH}/{channel.id}/subscriptions", wanted)
        except NotFound:
            raise
        except RingbackError:
            self.idle.append(channel)
            raise

    def _own_id(self) -> str:
        me = self.ask("GET", "/api/v2/users/me", None)
        if not isinstance(me, dict) or not isinstance(me.get("id"), str):
            raise UnexpectedReply("the target answered a user without an id")
        return str(me["id"])


def _others(topic: str, me: str | None) -> list[str]:
    """What the topic stands for, but for the calls of that user."""
    known = parse_topics(topic)
    own = {topic_name(kind, me or ME) for kind in (CALLS_OF_USER, CONVERSATIONS_OF_USER)}
    return [one.name for one in known if one.name not in own] if known else [topic]


class WebSocket:
    """A WebSocket; ``options`` are those of the library that speaks it.

    Raises ``OSError`` where nobody answers, and ``ChannelUnavailable`` for a refusal.
    """

    def __init__(self, uri: str, **options: Any) -> None:
        from websockets.exceptions import InvalidHandshake, InvalidURI
        from websockets.sync.client import connect

        try:  # some releases shake hands in the constructor
            self._opening = connect(uri, open_timeout=OPEN_SECONDS, max_size=LONGEST_EVENT, **options)
            self._socket = self._opening.__enter__()
        except (InvalidHandshake, InvalidURI) as error:
            told = f"the socket of the channel was refused: {error}"
            raise ChannelUnavailable(told, refused=True) from error

    def recv(self, timeout: float | None = None) -> str | bytes:
        """The next message; raises ``TimeoutError``, and ``EOFError`` once the connection is closed."""
        from websockets.exceptions import ConnectionClosed

        try:
            text: str | bytes = self._socket.recv(timeout=timeout)
        except ConnectionClosed as error:
            raise EOFError(str(error)) from error
        return text

    def send(self, text: str) -> None:
        """Say something to the server; raises ``EOFError`` once the connection is closed."""
        from websockets.exceptions import ConnectionClosed

        try:
            self._socket.send(text)
        except ConnectionClosed as error:
            raise EOFError(str(error)) from error

    def close(self) -> None:
        self._opening.__exit__(None, None, None)


def websocket(uri: str, *, verify: bool | str, trust_env: bool) -> WebSocket:
    """A WebSocket to the URI; ``verify`` is as in ``requests``, ``trust_env`` whether it may take a proxy."""
    options: dict[str, Any] = {} if trust_env else {"proxy": None}
    if uri.startswith("wss:"):
        options["ssl"] = _tls(verify)
    return WebSocket(uri, **options)


def _tls(verify: bool | str) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=verify if isinstance(verify, str) else None)
    if verify is False:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context

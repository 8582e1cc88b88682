"""What a run does with notification channels on a real org: it opens few, and changes none but its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from ringback_client.channel import websocket
from ringback_client.errors import RingbackError
from ringback_client.target import REGIONS, Target
from ringback_client.transport import Reply
from ringback_contracts.catalogue import route
from ringback_contracts.core.model import Request
from ringback_contracts.domain.uuids import UUID_PATTERN
from ringback_contracts.resources.notifications.rules import CHANNELS, GONE
from ringback_harness.event_log import PING, TalkingSocket
from ringback_harness.sandbox.errors import NotAllowed
from ringback_harness.sandbox.ringing import OURS
from ringback_harness.sandbox.values import Unreadable, values
from ringback_harness.targets import OutOfReach

MOST = 20
"""Channels that the token's user and app may have (published): one more ends another, a program's perhaps."""
NOBODYS = GONE.rpartition("/")[2]
_ID = re.compile(UUID_PATTERN, re.IGNORECASE)
_OF_USER = re.compile(rf"v2\.users\.(?:me|{UUID_PATTERN})[.?].*", re.IGNORECASE | re.DOTALL)


def no_room(count: int) -> str | None:
    """Why none is opened beside so many; ``None`` where one may be."""
    if count < MOST:
        return None
    return (
        f"the token's user and app have {count} already: one more ends the longest unused, "
        "which may be a program's. Each ends within a day of its last subscription"
    )


def objection(request: Request, own: Collection[str], known: Collection[str]) -> str | None:
    """Why a request may not change a channel there; ``None`` where it opens one, or changes one of ``own``.

    ``known`` are the ids of the users whose topics it may name.
    """
    channel_id = route(request.method, request.path).params.get("channelId")
    if channel_id is None:
        return "it opens a channel with a body, which none has" if request.body else None
    if channel_id not in own and channel_id != NOBODYS:
        return "it would change a channel that is not this run's"
    try:
        said = [value for value in values(request) if not value.in_path]
    except Unreadable as error:
        return f"a server may read its topics otherwise: {error}"
    if any(value.loose for value in said):
        return "its topics are no JSON"
    if not all(_may_be_told(value.text, known) for value in said):
        return "it asks to be told of somebody else than the token's user"
    return None


def _may_be_told(text: str, known: Collection[str]) -> bool:
    """Whether a text is the topic of a known user, or no topic at all."""
    ids = {found.lower() for found in _ID.findall(text)}
    is_topic = text.strip().lower().startswith("v2.")
    return ids <= OURS.union(known) and (not is_topic or _OF_USER.fullmatch(text) is not None)


@dataclass
class RunChannels:
    """The channels of a run: ``ids`` has those that it opened.

    ``ask`` sends what is asked here itself, which the gate need not admit: to list the channels, and to
    silence the run's own. ``headers`` log in; the sockets are in the domain of the ``target``.
    """

    ask: Callable[[Request], Reply]
    headers: Mapping[str, str] = field(repr=False)
    target: Target
    verify: bool | str
    ids: set[str]

    def expect_room(self) -> None:
        """Raise ``NotAllowed`` where one more might end a channel that somebody else uses."""
        reply = self.ask(Request("GET", CHANNELS, dict(self.headers), query="includechannels=oauthclient"))
        listed = reply.document.get("entities")
        if reply.status != 200 or not isinstance(listed, list):
            raise NotAllowed(
                f"it would open a channel, and those that there are were answered with {reply.status}"
            )
        if why := no_room(len(listed)):
            raise NotAllowed(f"it would open a channel, and {why}")

    def opened(self, reply: Reply) -> None:
        """Know a channel that was opened as the run's."""
        channel_id = reply.document.get("id")
        if 200 <= reply.status < 300 and isinstance(channel_id, str):
            self.ids.add(channel_id)

    def listen(self, channel: Mapping[str, Any]) -> TalkingSocket:
        """Connect to a channel of the run's. Raises ``OutOfReach`` for any other, and for a strange host."""
        uri = str(channel.get("connectUri"))
        parts = urlsplit(uri)
        host = parts.hostname or ""
        if channel.get("id") not in self.ids or not parts.path.endswith(f"/{channel.get('id')}"):
            raise OutOfReach("the channel is not this run's")
        if parts.scheme != "wss" or not _in_domain_of(self.target, host):
            raise OutOfReach("the socket of the channel is in clear, or at a host that is not the org's")
        return PingingSocket(websocket(uri, verify=self.verify, trust_env=True))

    def silence(self) -> None:
        """Subscribe each to nothing: there is no way to end one, and within a day it ends by itself."""
        for channel_id in self.ids:
            with suppress(RingbackError):
                self.ask(Request("DELETE", f"{CHANNELS}/{channel_id}/subscriptions", dict(self.headers)))


def _in_domain_of(target: Target, host: str) -> bool:
    """Whether a host belongs to the region, or to the gateway in front of it."""
    domains = {
        (urlsplit(target.api).hostname or "").removeprefix("api."),
        REGIONS.get(target.region or "", ""),
    }
    return any(f".{host}".endswith(f".{domain}") for domain in domains if domain)


class PingingSocket:
    """A socket on which nothing is said but a ping: what is said there could subscribe, too."""

    def __init__(self, socket: TalkingSocket) -> None:
        self._socket = socket
        self.recv = socket.recv
        self.close = socket.close

    def send(self, text: str) -> None:
        if text != PING:
            raise NotAllowed("it would say something else than a ping on a socket of the org")
        self._socket.send(text)

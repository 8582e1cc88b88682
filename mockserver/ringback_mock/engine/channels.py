"""The notification channels of an org: whose each is, what it is subscribed to, and how long it lives."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import NamedTuple, Protocol

from ringback_contracts.core.model import Caller
from ringback_contracts.resources.notifications.facts import Subscription
from ringback_mock.engine.bounded import Bounded, Room
from ringback_mock.engine.clock import Clock
from ringback_mock.engine.weakly import weakly

LIFETIME = 86_400.0
"""Seconds that a channel lives after it was made, or last subscribed (reported)."""
CHANNELS_OF_ONE = 20
"""Channels that one user has through one app (published)."""
CHANNELS_KEPT = 2_000
"""Channels that one org remembers."""
CHANNEL_FRAME = 2_000
"""Memory that a channel takes beside its topics, and a topic beside its text."""
TOPIC_FRAME = 400
LETTERS = string.ascii_lowercase + string.digits


class Owner(NamedTuple):
    """Whose a channel is: the user's and the app's, as far as a token has both."""

    user_id: str | None
    app: str | None


def owner_of(caller: Caller) -> Owner:
    """Whose the channels are that the caller makes."""
    return Owner(caller.user.id if caller.user else None, caller.app)


class Listener(Protocol):
    """Where the messages of a channel go: a socket that is connected."""

    def send(self, text: bytes) -> None:
        """Pass a message on, at once and without waiting."""

    def close(self, code: int, reason: str) -> None:
        """End the connection, for a reason of RFC 6455 section 7.4."""

    def drop(self) -> None:
        """Break the connection, without a word."""


class Channel:
    """One channel; times are seconds since 1970. Whoever knows its id can listen, so its repr has none."""

    __slots__ = (
        "connected_by",
        "expires_at",
        "id",
        "listener",
        "noting",
        "owner",
        "subscriptions",
        "token",
        "used_at",
    )

    def __init__(self, owner: Owner, token: str, now: float) -> None:
        self.id = f"streaming-0-{''.join(secrets.choice(LETTERS) for _ in range(26))}"
        self.owner = owner
        self.token = token
        self.used_at = now
        self.expires_at = now + LIFETIME
        self.subscriptions: Mapping[str, Subscription] = {}
        self.listener: Listener | None = None
        self.connected_by = ""
        """The name of the process over which somebody listens."""
        self.noting = ""
        """The name of the note that somebody listens here, until other processes hear of it, too."""

    def __repr__(self) -> str:
        return f"Channel({len(self.subscriptions)} subscriptions)"

    @property
    def weight(self) -> int:
        """Roughly the memory in bytes that its topics take."""
        return sum(TOPIC_FRAME + 2 * len(topic) for topic in self.subscriptions)

    def names(self) -> Iterator[tuple[str, str]]:
        """The names of the topics, and each as events are to name it."""
        for one in self.subscriptions.values():
            yield from ((topic.name, _written(one.id, topic.name)) for topic in one.topics)


def _written(wanted: str, name: str) -> str:
    """The topic in the letters in which it was subscribed to."""
    return wanted if wanted.lower() == name.lower() else name


class Channels:
    """The channels of one org by id, of which each owner sees its own; ``ended`` is told of those that go."""

    def __init__(
        self, clock: Clock, room: Room | None = None, ended: Callable[[Channel], object] | None = None
    ) -> None:
        self._clock = clock
        self._ended = ended
        self._kept: Bounded[str, Channel] = Bounded(
            CHANNELS_KEPT, forget=weakly(self._forget), room=room, frame=CHANNEL_FRAME
        )
        self._of: dict[Owner, dict[str, None]] = {}
        """The ids of each owner's channels, the oldest first."""

    def get(self, channel_id: str) -> Channel | None:
        """The channel of that id, unless its time is over."""
        found = self._kept.get(channel_id)
        return found if found is not None and found.expires_at > self._clock() else None

    def seen_by(self, owner: Owner) -> ChannelsOfOne:
        """Those of one owner, as the rules look at them."""
        return ChannelsOfOne(self, owner)

    def of(self, owner: Owner) -> list[Channel]:
        """Those of one owner, the oldest first."""
        own = tuple(self._of.get(owner, ()))
        return [found for channel_id in own if (found := self.get(channel_id)) is not None]

    def open(self, channel: Channel) -> None:
        """Keep a new channel; of too many the longest unused goes, one that is unconnected first."""
        for channel_id in tuple(self._of.get(channel.owner, ())):
            kept = self._kept.get(channel_id)
            if kept is not None and kept.expires_at <= self._clock():
                self._drop(kept)
        own = self.of(channel.owner)
        if len(own) >= CHANNELS_OF_ONE:
            self._drop(min(own, key=lambda one: (one.connected_by != "", one.used_at)))
        self._of.setdefault(channel.owner, {})[channel.id] = None
        self._kept.put(channel.id, channel)

    def subscribe(self, channel: Channel, subscriptions: Iterable[Subscription]) -> None:
        """Let the channel be subscribed to these from now on, and live on."""
        channel.subscriptions = {one.id: one for one in subscriptions}
        channel.used_at = self._clock()
        channel.expires_at = channel.used_at + LIFETIME
        if channel.id in self._kept:
            self._kept.put(channel.id, channel, channel.weight)

    def take_back(self, channel: Channel) -> None:
        """Keep a channel that was kept before."""
        self._of.setdefault(channel.owner, {})[channel.id] = None
        self._kept.put(channel.id, channel, channel.weight)

    def made_with(self, token: str) -> list[Channel]:
        """Those that were made with the token."""
        return [channel for channel in self._kept.values() if channel.token == token]

    def drop(self, channel: Channel) -> None:
        """Let the channel be no more."""
        if channel.id in self._kept:
            self._drop(channel)

    def clear(self) -> None:
        """Let all be no more."""
        for channel in list(self._kept.values()):
            self._drop(channel)

    def close(self) -> None:
        """The same, and take none any more."""
        self.clear()
        self._kept.close()

    def _drop(self, channel: Channel) -> None:
        self._kept.pop(channel.id)
        self._forget(channel.id, channel)

    def _forget(self, channel_id: str, channel: Channel) -> None:
        own = self._of[channel.owner]
        own.pop(channel_id)
        if not own:
            del self._of[channel.owner]
        if self._ended is not None:
            self._ended(channel)

    def __iter__(self) -> Iterator[Channel]:
        """All, the oldest first."""
        return self._kept.values()

    def __len__(self) -> int:
        return len(self._kept)


class ChannelsOfOne(Mapping[str, Collection[str]]):
    """What each channel of an owner is subscribed to, by the ids of those that there are."""

    __slots__ = ("_all", "_owner")

    def __init__(self, channels: Channels, owner: Owner) -> None:
        self._all = channels
        self._owner = owner

    def __getitem__(self, channel_id: str) -> Collection[str]:
        found = self._all.get(channel_id)
        if found is None or found.owner != self._owner:
            raise KeyError(channel_id)
        return found.subscriptions.keys()

    def __iter__(self) -> Iterator[str]:
        return (channel.id for channel in self._all.of(self._owner))

    def __len__(self) -> int:
        return len(self._all.of(self._owner))

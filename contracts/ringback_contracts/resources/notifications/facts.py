"""A request that subscribes a channel, as its rules see it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ringback_contracts.core.case import Case
from ringback_contracts.core.lazy import lazy
from ringback_contracts.core.model import Caller
from ringback_contracts.org import Org
from ringback_contracts.resources.notifications.topics import LONGEST_TOPIC, Topic, parse_topics

MOST_TOPICS = 1_000
"""Topics that one channel is subscribed to (reported)."""


class Subscription(NamedTuple):
    """What one entry of a body, or one topic of a message, asks for.

    ``topics`` are those that it names, none if there is no such topic; ``lacking`` are the permissions
    without which the caller is not told of them.
    """

    id: str
    topics: tuple[Topic, ...]
    lacking: tuple[str, ...] = ()

    @property
    def rejected(self) -> bool:
        return not self.topics or bool(self.lacking)


def subscription(text: str, caller: Caller) -> Subscription:
    """What the text asks for, and what the caller lacks for it."""
    topics = parse_topics(text) if len(text) <= LONGEST_TOPIC else ()
    return Subscription(
        text, topics, tuple(sorted({lack for each in topics if (lack := lacking(each, caller))}))
    )


def lacking(topic: Topic, caller: Caller) -> str | None:
    """The permission that the caller needs to be told of the topic, and has not."""
    needed = topic.kind.permission
    own = topic.kind.of_user and caller.user is not None and caller.user.id == topic.entity_id
    return None if needed is None or own or needed in caller.permissions else needed


class SubscriptionCase(Case):
    """A request whose body lists the topics that a channel is to be subscribed to."""

    @lazy
    def entries(self) -> tuple[Any, ...]:
        """What the body lists, if it is a list."""
        value = self.payload.value
        return tuple(value) if isinstance(value, list) else ()

    @lazy
    def ids(self) -> tuple[str | None, ...]:
        """The topic that each entry names, as it is written."""
        return tuple(_id(entry) for entry in self.entries)

    @lazy
    def subscriptions(self) -> tuple[Subscription, ...]:
        """What each entry that names a topic asks for."""
        return tuple(subscription(each, self.caller) for each in self.ids if each is not None)

    @lazy
    def ignores_errors(self) -> bool:
        """Whether topics that are refused are to be left out, and the others taken."""
        return self.query.flag("ignoreErrors") is True

    @lazy
    def topics_before(self) -> frozenset[str]:
        """What the channel is subscribed to already, unless the request sets all anew."""
        if self.request.method == "PUT":
            return frozenset()
        return frozenset(self.caller.channels.get(self.route.params.get("channelId", ""), ()))

    @lazy
    def notes(self) -> tuple[str, ...]:
        """What of the query has no effect, and which topics never fire."""
        return (*super().notes, *silent(self.subscriptions, self.org))


def silent(subscriptions: tuple[Subscription, ...], org: Org) -> tuple[str, ...]:
    """Which of the topics nobody will ever hear of, and why."""
    topics = [topic for each in subscriptions if not each.rejected for topic in each.topics]
    templates = dict.fromkeys(topic.kind.template for topic in topics if not topic.kind.tells)
    strange = any(topic.kind.tells and not _exists(topic, org) for topic in topics)
    notes = [f"{_shown(template)} never fires in Ringback" for template in templates]
    return (*notes, *(["a topic is of a user or queue that this org does not have"] if strange else []))


def _exists(topic: Topic, org: Org) -> bool:
    known: Mapping[str, Any] = org.user_by_id if topic.kind.of_user else org.queue_by_id
    return topic.entity_id in known


def _shown(template: str) -> str:
    """The template, unless what somebody wrote stands in it."""
    return template if "{id}" in template and "." in template else "a topic of this family"


def _id(entry: Any) -> str | None:
    value = entry.get("id") if isinstance(entry, dict) else None
    return value if isinstance(value, str) else None

"""The topics of notifications: which there are, who may be told of them, and which of them fire here.

A topic is written as ``v2.users.{id}.presence``; several of one entity can be joined, as in
``v2.users.{id}?presence&station`` (reported).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ringback_contracts.domain.uuids import is_uuid

LISTENING = "conversation:communication:view"
"""Permission to be told of others' calls (assumed: the vendor names none that is public)."""
QUEUES = "routing:queue:view"
"""Permission to be told of a queue (assumed likewise)."""
LONGEST_TOPIC = 200
"""Characters of one topic as it is subscribed to (reported)."""


class TopicKind(NamedTuple):
    """One kind of topic: how it is written, the permission to be told of it, and what is told.

    The user whose topic it is needs no permission. Where nothing is ever told here, ``tells`` is empty.
    """

    template: str
    permission: str | None = None
    tells: str = ""

    @property
    def of_user(self) -> bool:
        return self.template.startswith(USER)


USER, QUEUE = "v2.users.{id}.", "v2.routing.queues.{id}."
CALLS_OF_USER, CALLS_OF_QUEUE = f"{USER}conversations.calls", f"{QUEUE}conversations.calls"
CONVERSATIONS_OF_USER, CONVERSATIONS_OF_QUEUE = f"{USER}conversations", f"{QUEUE}conversations"
SUMMARY = f"{USER}conversationsummary"
STATION, PRESENCE = f"{USER}station", f"{USER}presence"
ROUTING_STATUS, ACTIVITY = f"{USER}routingStatus", f"{USER}activity"
CALL_FORWARDING = f"{USER}callforwarding"

FIRING = (
    TopicKind(CALLS_OF_USER, LISTENING, "Each turn of a call that the user is on."),
    TopicKind(CONVERSATIONS_OF_USER, LISTENING, "The same in the shape of all conversations."),
    TopicKind(CALLS_OF_QUEUE, QUEUES, "Each turn of a call of the queue."),
    TopicKind(CONVERSATIONS_OF_QUEUE, QUEUES, "The same in the shape of all conversations."),
    TopicKind(SUMMARY, LISTENING, "How many calls the user is on, whenever that changes."),
    TopicKind(STATION, None, "The station that the user is associated with, whenever that changes."),
    TopicKind(PRESENCE, None, "The presence that the user is in, whenever that changes."),
    TopicKind(ROUTING_STATUS, None, "Whether routing may offer the user work, whenever that changes."),
    TopicKind(ACTIVITY, None, "Presence and routing status together, whenever either changes."),
    TopicKind(CALL_FORWARDING, None, "Where the user's calls are to go, whenever that changes."),
)
"""The kinds that fire."""
MEDIA = (
    "callbacks",
    "chats",
    "cobrowsesessions",
    "emails",
    "messages",
    "screenshares",
    "socialexpressions",
    "videos",
)
SILENT_OF_USERS = (
    "geolocation",
    "greetings",
    "outofoffice",
    "voicemail.messages",
    *(f"conversations.{media}" for media in MEDIA),
)
SILENT = (
    TopicKind("v2.users.{id}"),
    *(TopicKind(USER + name) for name in SILENT_OF_USERS),
    *(TopicKind(f"{QUEUE}conversations.{media}", QUEUES) for media in MEDIA),
    TopicKind(f"{QUEUE}users", QUEUES),
)
"""Kinds that exist, and never fire here."""
FAMILIES = (
    "v2.analytics.",
    "v2.conversations.",
    "v2.detail.events.conversation.",
    "v2.flows.",
    "v2.groups.",
    "v2.outbound.",
    "v2.stations.",
    "v2.telephony.",
    "v2.users.{id}.workforcemanagement.",
    "v2.workforcemanagement.",
)
"""How the topics begin of which Ringback does not know which there are: it believes in each of them."""
KINDS: Mapping[str, TopicKind] = {kind.template: kind for kind in (*FIRING, *SILENT)}


class Topic(NamedTuple):
    """A topic that somebody names: its kind, and of whom or what it is. The id is in small letters."""

    name: str
    kind: TopicKind
    entity_id: str


def topic_name(template: str, entity_id: str) -> str:
    """How the topic of that entity is known."""
    return template.replace("{id}", entity_id.lower())


def parse_topics(text: str) -> tuple[Topic, ...]:
    """The topics that a text names; none for one that names a topic which there is not."""
    found = tuple(_known(name) for name in _apart(text))
    return tuple(topic for topic in found if topic is not None) if None not in found else ()


def _apart(text: str) -> Iterator[str]:
    """The names that are joined in the text."""
    before, question, joined = text.partition("?")
    if not question:
        yield text
    else:
        yield from (f"{before}.{name}" for name in joined.split("&"))


_OF_ENTITY = re.compile(r"(v2\.(?:users|routing\.queues)\.)([^.]+)(.*)", re.DOTALL)
_REST = re.compile(r"[A-Za-z0-9_{}.:-]+")


def _known(name: str) -> Topic | None:
    found = _OF_ENTITY.fullmatch(name)
    if found is None:
        return _of_family(name, name, "")
    front, entity_id, rest = found.groups()
    if not is_uuid(entity_id):
        return None
    template = f"{front}{{id}}{rest}"
    kind = KINDS.get(template)
    if kind is None:
        return _of_family(name, template, entity_id)
    return Topic(topic_name(template, entity_id), kind, entity_id.lower())


def _of_family(name: str, template: str, entity_id: str) -> Topic | None:
    """A topic of a family of which not all are known."""
    family = next((family for family in FAMILIES if template.startswith(family)), None)
    if family is None or not _REST.fullmatch(template.removeprefix(family)):
        return None
    return Topic(name, TopicKind(template), entity_id.lower())

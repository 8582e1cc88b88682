"""Who is to be told of a call, and in which shapes."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator

import orjson

from ringback_contracts.life.values import Conversation
from ringback_contracts.life.views.conversation_events import conversation_body
from ringback_contracts.life.views.events import event_body
from ringback_contracts.life.views.parts import Json
from ringback_contracts.resources.notifications.topics import (
    ACTIVITY,
    CALLS_OF_QUEUE,
    CALLS_OF_USER,
    CONVERSATIONS_OF_QUEUE,
    CONVERSATIONS_OF_USER,
    ROUTING_STATUS,
    topic_name,
)

Shape = Callable[[Conversation], Json]
OF_USER: tuple[tuple[str, Shape], ...] = (
    (CALLS_OF_USER, event_body),
    (CONVERSATIONS_OF_USER, conversation_body),
)
OF_WORK = tuple(template.partition("{id}")[2] for template in (ROUTING_STATUS, ACTIVITY))
"""How the topics end that tell whether a user works on a call."""
OF_QUEUE: tuple[tuple[str, Shape], ...] = (
    (CALLS_OF_QUEUE, event_body),
    (CONVERSATIONS_OF_QUEUE, conversation_body),
)


def of_call(call: Conversation, wanted: Container[str]) -> Iterator[tuple[str, bytes]]:
    """The topics that are wanted of those that the call is told on, and what is told, as JSON.

    Everybody who ever was on the call is told of it to its end (assumed).
    """
    told: dict[Shape, bytes] = {}
    for entity_id, shapes in _concerned(call).items():
        for template, shape in shapes:
            name = topic_name(template, entity_id)
            if name in wanted:
                if shape not in told:
                    told[shape] = orjson.dumps(shape(call))
                yield name, told[shape]


def _concerned(call: Conversation) -> dict[str, tuple[tuple[str, Shape], ...]]:
    """Whose topics the call is told on: its users', in the order in which they came, and its queues'."""
    users = {one.user_id: OF_USER for one in call.participants if one.user_id is not None}
    queues = {one.queue_id: OF_QUEUE for one in call.participants if one.queue_id is not None}
    return users | queues


def held(call: Conversation) -> frozenset[int]:
    """Who is on hold, by their numbers."""
    return frozenset(one.number for one in call.participants if one.call.held)


def of_calls(name: str) -> bool:
    """Whether calls make the topic tell something: it is about them, or about what they do to users."""
    return ".conversations" in name or name.endswith(OF_WORK)


def entity_of(name: str) -> str:
    """The id of the user or the queue that the topic is of."""
    parts = name.split(".")
    return parts[3 if parts[1] == "routing" else 2]

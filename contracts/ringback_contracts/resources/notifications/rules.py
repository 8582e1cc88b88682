"""What a channel in a path must be, and what it can be subscribed to."""

from __future__ import annotations

from collections.abc import Sequence

from ringback_contracts.core.case import Case
from ringback_contracts.core.declare import (
    ALICE,
    BOB,
    FINE,
    NOT_FOUND,
    SDK,
    SUPPORT,
    SWAGGER_2018,
    found,
    rule,
)
from ringback_contracts.core.model import Evidence, Example, Knowledge, Stage, Violation
from ringback_contracts.core.operation import reading, with_unknown_id
from ringback_contracts.resources.notifications.facts import MOST_TOPICS, SubscriptionCase
from ringback_contracts.resources.notifications.topics import LONGEST_TOPIC, parse_topics

CHANNELS = "/api/v2/notifications/channels"
SUBSCRIPTIONS = f"{CHANNELS}/{{channel}}/subscriptions"
GONE = f"{CHANNELS}/streaming-0-nobody"
OWN_CALLS = f"v2.users.{ALICE}.conversations.calls"
IGNORE_ERRORS = f"{SUBSCRIPTIONS}?ignoreErrors=true"
NO_OBJECT = 'Send a JSON array of objects, such as [{"id": "v2.users.{id}.conversations.calls"}].'
STREAMING = "the vendor's public streaming client, which splits what it subscribes to by these figures"
PERMISSIONS_NOTICE = "vendor's announcement of 2021-12-13 on topics that a caller lacks the permission for"


def _subscribing(
    *topics: str, path: str = SUBSCRIPTIONS, method: str = "POST", token: str = "alice"
) -> Example:
    return Example([{"id": topic} for topic in topics], method=method, path=path, token=token)


def _presences(count: int) -> list[str]:
    return [f"v2.users.00000000-0000-0000-0000-{number:012x}.presence" for number in range(count)]


@rule(
    id="path.channel-unknown",
    stage=Stage.DESTINATION,
    status=404,
    code="not.found",
    message=NOT_FOUND,
    title="The channel in the path is none of the token's user and app, or is gone",
    fix="Open a channel with POST /api/v2/notifications/channels; it lives 24 hours after it was last "
    "subscribed, and the 21st of a user and app ends the one that was longest unused.",
    evidence=Evidence.PUBLISHED,
    source=f"{SDK}: HEAD of a channel answers 200 or 404",
    operations=with_unknown_id("path.channel-unknown"),
    rejects=[
        Example(method="GET", path=f"{GONE}/subscriptions"),
        Example(method="DELETE", path=f"{GONE}/subscriptions"),
        _subscribing(OWN_CALLS, path=f"{GONE}/subscriptions"),
    ],
    accepts=[
        Example(method="HEAD", path=f"{CHANNELS}/{{channel}}"),
        Example(method="GET", path=SUBSCRIPTIONS),
    ],
)
def path_channel_unknown(case: Case) -> Sequence[Violation]:
    channel_id = case.route.params.get("channelId", "")
    if channel_id in case.caller.channels:
        return FINE
    return found("the token's user and app have no channel of this id", "path")


@rule(
    id="subscriptions.not-a-list",
    stage=Stage.SCHEMA,
    status=400,
    message="The request body must be a JSON array",
    title="The body that subscribes a channel is no array",
    fix=NO_OBJECT,
    evidence=Evidence.PUBLISHED,
    source=f"the {SDK} sends a list of ChannelTopic",
    knowledge=Knowledge.REQUEST,
    operations=reading("ChannelTopic"),
    rejects=[
        Example({"id": OWN_CALLS}, path=SUBSCRIPTIONS),
        Example(OWN_CALLS, path=SUBSCRIPTIONS, method="PUT"),
        Example(raw=b"null", path=SUBSCRIPTIONS),
    ],
    accepts=[_subscribing(OWN_CALLS), Example([], path=SUBSCRIPTIONS, method="PUT")],
)
def subscriptions_not_a_list(case: SubscriptionCase) -> Sequence[Violation]:
    if not case.payload.readable or isinstance(case.payload.value, list):
        return FINE
    return found("the body is no array of topics")


@rule(
    id="subscriptions.no-topic-id",
    stage=Stage.SCHEMA,
    status=400,
    message="Each subscription needs the id of its topic",
    title="An entry of the body names no topic",
    fix=NO_OBJECT,
    evidence=Evidence.ASSUMED,
    source=f"model ChannelTopic of the {SDK}; the status is Ringback's choice",
    knowledge=Knowledge.REQUEST,
    operations=reading("ChannelTopic"),
    rejects=[
        Example([OWN_CALLS], path=SUBSCRIPTIONS),
        Example([{"id": OWN_CALLS}, {"topic": OWN_CALLS}], path=SUBSCRIPTIONS),
        Example([{"id": 5}], path=SUBSCRIPTIONS),
    ],
    accepts=[_subscribing(OWN_CALLS)],
)
def subscriptions_no_topic_id(case: SubscriptionCase) -> Sequence[Violation]:
    for position, topic in enumerate(case.ids):
        if topic is None:
            return found('it is no object such as {"id": "..."}', f"/{position}")
    return FINE


@rule(
    id="topic.invalid",
    stage=Stage.SCHEMA,
    status=400,
    code="notification.invalid.topic",
    message="The topic {topic} is invalid",
    title="There is no such topic",
    fix="Take a topic of GET /api/v2/notifications/availabletopics, with the id of a user or a queue in "
    "place of {id}; 'me' is no id.",
    evidence=Evidence.PUBLISHED,
    source=f"{SWAGGER_2018}: notification.invalid.topic; {STREAMING} (200 characters); which topics "
    "there are is partly Ringback's guess",
    knowledge=Knowledge.REQUEST,
    operations=reading("ChannelTopic"),
    rejects=[
        _subscribing("v2.users.me.conversations.calls"),
        _subscribing(f"v2.users.{ALICE}.phonecalls"),
        _subscribing(OWN_CALLS, f"users.{ALICE}.presence", method="PUT"),
        _subscribing(f"v2.users.{ALICE}?presence&moods"),
        _subscribing(f"v2.users.{ALICE}?" + "&".join(["presence"] * (LONGEST_TOPIC // 9))),
    ],
    accepts=[
        _subscribing(OWN_CALLS),
        _subscribing(f"v2.users.{ALICE}?presence&station&routingStatus"),
        _subscribing(f"v2.users.{BOB}.outofoffice", f"v2.analytics.queues.{SUPPORT}.observations"),
        _subscribing(f"v2.users.{ALICE}.phonecalls", path=IGNORE_ERRORS),
    ],
)
def topic_invalid(case: SubscriptionCase) -> Sequence[Violation]:
    if case.ignores_errors:
        return FINE
    for position, topic in enumerate(case.ids):
        if topic is None:
            continue
        if len(topic) > LONGEST_TOPIC:
            return found(
                f"it has {len(topic)} characters, and may have {LONGEST_TOPIC}",
                f"/{position}/id",
                topic=topic[:LONGEST_TOPIC],
            )
        if not parse_topics(topic):
            return found("no topic is called so", f"/{position}/id", topic=topic)
    return FINE


@rule(
    id="topic.not-permitted",
    stage=Stage.CALLER,
    status=403,
    code="missing.permissions",
    message="You are missing the following permission(s): {permissions}",
    title="The token's holder may not be told of the topic",
    fix="Subscribe to the topics of the token's own user, give the holder the permission, or send "
    "?ignoreErrors=true: then the other topics are taken.",
    evidence=Evidence.PUBLISHED,
    source=f"{PERMISSIONS_NOTICE}; which topics need which permission is Ringback's guess",
    operations=reading("ChannelTopic"),
    rejects=[
        _subscribing(f"v2.users.{BOB}.presence", OWN_CALLS, token="bob"),
        _subscribing(f"v2.routing.queues.{SUPPORT}.conversations", method="PUT", token="bob"),
    ],
    accepts=[
        _subscribing(OWN_CALLS, f"v2.routing.queues.{SUPPORT}.conversations"),
        _subscribing(f"v2.users.{BOB}.presence"),
        _subscribing(f"v2.users.{BOB}.conversations.calls", token="service"),
        _subscribing(f"v2.users.{BOB}.conversations.calls"),
        _subscribing(f"v2.users.{BOB}.presence", OWN_CALLS, path=IGNORE_ERRORS, token="bob"),
    ],
)
def topic_not_permitted(case: SubscriptionCase) -> Sequence[Violation]:
    if case.ignores_errors or (case.caller.user is None and case.caller.client is None):
        return FINE
    for position, each in enumerate(case.subscriptions):
        if each.lacking:
            listed = ", ".join(each.lacking)
            return found(f"the token's holder lacks {listed}", f"/{position}/id", permissions=listed)
    return FINE


@rule(
    id="subscriptions.too-many",
    stage=Stage.DESTINATION,
    status=400,
    code="notification.subscription.too.many.subscriptions",
    message="A channel can have at most {most} subscriptions",
    title="The channel would be subscribed to more than 1,000 topics",
    fix="Join topics of one user or queue (v2.users.{id}?presence&station), or open another channel.",
    evidence=Evidence.PUBLISHED,
    source=f"{SWAGGER_2018}: notification.subscription.too.many.subscriptions; {STREAMING}",
    operations=reading("ChannelTopic"),
    rejects=[
        _subscribing(*_presences(MOST_TOPICS + 1)),
        _subscribing(*_presences(MOST_TOPICS + 1), method="PUT"),
    ],
    accepts=[_subscribing(*_presences(MOST_TOPICS), method="PUT")],
)
def subscriptions_too_many(case: SubscriptionCase) -> Sequence[Violation]:
    wanted = {each.id for each in case.subscriptions if not each.rejected}
    count = len(wanted | case.topics_before)
    if count <= MOST_TOPICS:
        return FINE
    return found(f"it would have {count:,}", "", most=str(MOST_TOPICS))

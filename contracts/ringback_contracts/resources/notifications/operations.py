"""The operations of notification channels."""

from __future__ import annotations

from typing import Any

from ringback_contracts.core.operation import FLAGS, Change, Parameter
from ringback_contracts.http.served import served
from ringback_contracts.resources.notifications.facts import SubscriptionCase

LIST_TOPICS = "getNotificationsAvailabletopics"
LIST_CHANNELS = "getNotificationsChannels"
OPEN_CHANNEL = "postNotificationsChannels"
PROBE_CHANNEL = "headNotificationsChannel"
LIST_SUBSCRIPTIONS = "getNotificationsChannelSubscriptions"
ADD_SUBSCRIPTIONS = "postNotificationsChannelSubscriptions"
SET_SUBSCRIPTIONS = "putNotificationsChannelSubscriptions"
DROP_SUBSCRIPTIONS = "deleteNotificationsChannelSubscriptions"

SCOPES = ("notifications",)
THE_CHANNEL = {"channelId": "path.channel-unknown"}
DETAILS = ("description", "requiresPermissions", "topicParameters", "transports", "visibility")
"""What can be shown of a topic; the rest of the vendor's list has no effect."""
CODES = ("notification.invalid.topic", "notification.subscription.too.many.subscriptions")
SUBSCRIBING: dict[str, Any] = {
    "scopes": SCOPES,
    "codes": CODES,
    "reads": "ChannelTopic",
    "reads_list": True,
    "heeded": ("id",),
    "answers": "ChannelTopicEntityListing",
    "changes": Change.CHANNEL,
    "unknown": THE_CHANNEL,
    "words": ("channelId",),
    "facts": SubscriptionCase,
    "query": {"ignoreErrors": Parameter(heeded=FLAGS)},
}
"""What the two operations that subscribe have in common."""

OPERATIONS = (
    served(
        LIST_TOPICS,
        summary="List the topics that can be subscribed to",
        scopes=SCOPES,
        answers="AvailableTopicEntityListing",
        changes=Change.NOTHING,
        query={
            "expand": Parameter("array", heeded=DETAILS),
            "includePreview": Parameter(heeded=("false",)),
        },
    ),
    served(
        LIST_CHANNELS,
        summary="List the channels of the token's user and app",
        scopes=SCOPES,
        answers="ChannelEntityListing",
        changes=Change.NOTHING,
        query={"includechannels": Parameter(heeded=("token", "oauthclient"))},
    ),
    served(
        OPEN_CHANNEL,
        summary="Make a channel, over whose socket events come",
        scopes=SCOPES,
        answers="Channel",
        changes=Change.CHANNEL,
    ),
    served(
        PROBE_CHANNEL,
        summary="See whether a channel is there",
        success=200,
        scopes=SCOPES,
        answers=None,
        changes=Change.NOTHING,
        unknown=THE_CHANNEL,
        words=("channelId",),
    ),
    served(
        LIST_SUBSCRIPTIONS,
        summary="List what a channel is subscribed to",
        scopes=SCOPES,
        answers="ChannelTopicEntityListing",
        changes=Change.NOTHING,
        unknown=THE_CHANNEL,
        words=("channelId",),
    ),
    served(
        ADD_SUBSCRIPTIONS,
        summary="Subscribe a channel to more topics",
        **SUBSCRIBING,
    ),
    served(
        SET_SUBSCRIPTIONS,
        summary="Subscribe a channel to these topics and no others",
        **SUBSCRIBING,
    ),
    served(
        DROP_SUBSCRIPTIONS,
        summary="Subscribe a channel to nothing",
        success=204,
        scopes=SCOPES,
        answers=None,
        changes=Change.CHANNEL,
        unknown=THE_CHANNEL,
        words=("channelId",),
    ),
)

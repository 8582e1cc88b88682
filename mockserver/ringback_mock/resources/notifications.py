"""Notification channels: made, listed, and subscribed to topics."""

from __future__ import annotations

from typing import Any

from ringback_contracts.core.credentials import bearer
from ringback_contracts.life.moments import timestamp
from ringback_contracts.resources.notifications.facts import Subscription, subscription
from ringback_contracts.resources.notifications.operations import (
    ADD_SUBSCRIPTIONS,
    DROP_SUBSCRIPTIONS,
    LIST_CHANNELS,
    LIST_SUBSCRIPTIONS,
    LIST_TOPICS,
    OPEN_CHANNEL,
    PROBE_CHANNEL,
    SET_SUBSCRIPTIONS,
)
from ringback_contracts.resources.notifications.topics import KINDS, TopicKind
from ringback_mock.engine.channels import Channel, owner_of
from ringback_mock.engine.handling import Applied, Ask, handles, required
from ringback_mock.engine.writes import OpenChannel, Subscribe

Json = dict[str, Any]
NO_SOCKETS = (
    "events come over a WebSocket, which takes 'ringback serve' or the fixture ringback; "
    "create_app() under a WSGI server has none"
)


@handles(LIST_TOPICS)
def topics(ask: Ask) -> Applied:
    """The kinds of topics that are known."""
    wanted = ask.query.all("expand")
    return 200, {"entities": [available(kind, wanted) for kind in KINDS.values()]}


@handles(LIST_CHANNELS)
def listed(ask: Ask) -> Applied:
    """The channels of the token's user and app; or those alone that were made with the token."""
    channels = ask.tenant.channels.of(owner_of(ask.caller))
    if ask.query.text("includechannels") != "oauthclient":
        token = bearer(ask.authorization)
        channels = [one for one in channels if one.token == token]
    return 200, {"entities": [body(one, ask) for one in channels]}


@handles(OPEN_CHANNEL)
def opened(ask: Ask) -> Applied:
    """A new channel, which is subscribed to nothing yet."""
    channel = Channel(owner_of(ask.caller), bearer(ask.authorization) or "", ask.now)
    return 200, body(channel, ask), OpenChannel(channel)


@handles(PROBE_CHANNEL)
def probed(_: Ask) -> Applied:
    """The channel is there, or a rule would have said otherwise."""
    return 200, None


@handles(LIST_SUBSCRIPTIONS)
def subscribed(ask: Ask) -> Applied:
    """What the channel is subscribed to."""
    return 200, {"entities": [entity(one) for one in _channel(ask).subscriptions.values()]}


@handles(ADD_SUBSCRIPTIONS)
def added(ask: Ask) -> Applied:
    """Subscribe the channel to more."""
    return _subscribe(ask, tuple(_channel(ask).subscriptions.values()))


@handles(SET_SUBSCRIPTIONS)
def set_anew(ask: Ask) -> Applied:
    """Subscribe the channel to these alone."""
    return _subscribe(ask, ())


@handles(DROP_SUBSCRIPTIONS)
def dropped(ask: Ask) -> Applied:
    """Subscribe the channel to nothing."""
    return 204, None, Subscribe(_channel(ask), ())


def _subscribe(ask: Ask, before: tuple[Subscription, ...]) -> Applied:
    """Subscribe the channel to what it was before and what is granted; show that, and what was refused."""
    asked = [subscription(entry["id"], ask.caller) for entry in ask.entries]
    kept = {one.id: one for one in (*before, *asked) if not one.rejected}
    refused = {one.id: one for one in asked if one.rejected}
    shown = [entity(one) for one in (*kept.values(), *refused.values())]
    return 200, {"entities": shown}, Subscribe(_channel(ask), tuple(kept.values()))


def _channel(ask: Ask) -> Channel:
    return required(ask.tenant.channels.get(ask.verdict.params["channelId"]))


def body(channel: Channel, ask: Ask) -> Json:
    """A channel as the API shows it (model Channel of the SDKs)."""
    uri = f"{ask.sockets}/channels/{channel.id}" if ask.sockets else NO_SOCKETS
    return {"connectUri": uri, "id": channel.id, "expires": timestamp(channel.expires_at)}


def entity(one: Subscription) -> Json:
    """A topic that a channel is subscribed to, or was refused (model ChannelTopic)."""
    shown: Json = {"id": one.id, "selfUri": f"/api/v2/notifications/availabletopics/{one.id}"}
    if not one.rejected:
        return {**shown, "state": "Permitted"}
    reason = "missing permissions" if one.lacking else "invalid topic"
    missing = {"missingPermissions": list(one.lacking)} if one.lacking else {}
    return {**shown, "state": "Rejected", "rejectionReason": reason, **missing}


def available(kind: TopicKind, wanted: tuple[str, ...]) -> Json:
    """A kind of topic, with the details that are asked for (model AvailableTopic)."""
    details: Json = {
        "description": kind.tells or "Nothing: Ringback accepts it, and it never fires.",
        "requiresPermissions": [kind.permission] if kind.permission else [],
        "topicParameters": ["id"],
        "transports": ["WebSocket"],
        "visibility": "Public",
    }
    return {"id": kind.template, **{name: value for name, value in details.items() if name in wanted}}

"""The texts that go over a channel's socket."""

from __future__ import annotations

from typing import Any

import orjson

from ringback_mock.engine.channels import Channel

METADATA = "channel.metadata"
VERSION = "2"


def system(topic: str, body: dict[str, Any]) -> bytes:
    """A message that no channel subscribes to."""
    return orjson.dumps({"topicName": topic, "eventBody": body})


HEARTBEAT = system(METADATA, {"message": "WebSocket Heartbeat"})
PONG = system(METADATA, {"message": "pong"})
SOCKET_CLOSING = system("v2.system.socket_closing", {"message": "The connection closes in a minute"})


def is_event(text: bytes) -> bool:
    """Whether the message is an event of a topic."""
    return text.endswith(b"}}") and b'"metadata":{"CorrelationId":' in text[-80:]


def no_longer_subscribed(channel: Channel) -> bytes:
    """Somebody else listens to the channel from now on."""
    return _about(channel, "no_longer_subscribed", "another_channel_subscribed")


def token_revoked(channel: Channel) -> bytes:
    """The token by which the channel was made is no longer good."""
    return _about(channel, "token_revoked", "user_tokens_revoked")


def _about(channel: Channel, kind: str, reason: str) -> bytes:
    """A SystemMessageSystemMessage of the SDKs; the topic's name is assumed after the only known one."""
    body = {"channelId": channel.id, "systemTopicType": kind, "reason": reason}
    if channel.owner.user_id is not None:
        body["userId"] = channel.owner.user_id
    if channel.owner.app is not None:
        body["oauthClientId"] = channel.owner.app
    return system(f"v2.system.{kind}", body)


def event(topic: str, body: bytes, correlation_id: str) -> bytes:
    """An event of a topic in its envelope; ``body`` is JSON."""
    return b'{"topicName":%b,"version":"2","eventBody":%b,"metadata":{"CorrelationId":%b}}' % (
        orjson.dumps(topic),
        body,
        orjson.dumps(correlation_id),
    )


def subscribed(correlation_id: object) -> bytes:
    """What was asked for over the socket is done."""
    return _result({"result": "200", "status": "subscribed"}, correlation_id)


def refused(status: str, message: str, correlation_id: object) -> bytes:
    """What was asked for over the socket is not done: a ``failure``, or an ``error`` that nobody can read."""
    return _result({"result": "400", "status": status, "message": message}, correlation_id)


def gone(message: str, correlation_id: object) -> bytes:
    """There is no such channel any more."""
    return _result({"result": "404", "message": message}, correlation_id)


def _result(result: dict[str, Any], correlation_id: object) -> bytes:
    if isinstance(correlation_id, str):
        result["correlationId"] = correlation_id
    return orjson.dumps(result)

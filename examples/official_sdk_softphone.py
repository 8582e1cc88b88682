"""A call with the official Python SDK and a WebSocket: consult, transfer, and follow the events to the end.

It is written as documentation shows it, and takes for granted that every event comes:

    ringback crash-test -- python examples/official_sdk_softphone.py
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from PureCloudPlatformClientV2 import (
    ChannelTopic,
    ConsultTransfer,
    ConversationsApi,
    CreateCallRequest,
    Destination,
    NotificationsApi,
    TransferRequest,
    UsersApi,
    configuration,
)
from PureCloudPlatformClientV2.rest import ApiException
from websockets.sync.client import ClientConnection, connect

CUSTOMER, COLLEAGUE, OTHER = "+442079460100", "+442079460106", "+442079460107"


def main() -> int:
    """Do it; 0 when the call was placed and an event has told that it is over, 1 when something failed."""
    configuration.access_token = setting("RINGBACK_ACCESS_TOKEN", "alice")
    try:
        with listening() as socket:
            conversations = ConversationsApi()
            request = CreateCallRequest()
            request.phone_number = CUSTOMER
            placed = conversations.post_conversations_calls(request)
            print(f"PLACED: {placed.id}")
            until(socket, placed.id, "connected")
            talk(conversations, placed.id)
            conversations.post_conversation_disconnect(placed.id)
            until(socket, placed.id, "terminated")
    except ApiException as error:
        print(f"FAILED: {error.status} {error.reason}")
        return 1
    return 0


def listening() -> ClientConnection:
    """A socket that is told of the user's calls."""
    me = UsersApi().get_users_me()
    notifications = NotificationsApi()
    channel = notifications.post_notifications_channels()
    topic = ChannelTopic()
    topic.id = f"v2.users.{me.id}.conversations.calls"
    notifications.put_notifications_channel_subscriptions(channel.id, [topic])
    return connect(channel.connect_uri)


def until(socket: ClientConnection, call_id: str, state: str) -> None:
    """Listen until every leg of the call is in the state, or over."""
    for text in socket:
        call: dict[str, Any] = json.loads(text)["eventBody"]
        if call.get("id") == call_id and {leg["state"] for leg in call["participants"]} <= {
            state,
            "terminated",
        }:
            return


def talk(conversations: Any, call_id: str) -> None:
    """Ask a colleague about the customer, go back, and give the call to somebody else."""
    legs = conversations.get_conversations_call(call_id).participants
    customer = next(leg.id for leg in legs if leg.purpose != "user")
    asked = ConsultTransfer()
    asked.speak_to, asked.destination = "DESTINATION", Destination()
    asked.destination.address = COLLEAGUE
    conversations.post_conversations_call_participant_consult(call_id, customer, asked)
    conversations.delete_conversations_call_participant_consult(call_id, customer)
    to = TransferRequest()
    to.address = OTHER
    conversations.post_conversations_call_participant_replace(call_id, customer, to)


def setting(name: str, example: str) -> str:
    """A variable of the environment; without it the program ends and says what it might be."""
    value = os.environ.get(name)
    if not value:
        sys.exit(f"{name} is not set; for example: export {name}={example}")
    return value


if __name__ == "__main__":
    sys.exit(main())

"""The operations of conversations, whatever they are held by."""

from __future__ import annotations

from ringback_contracts.core.operation import Change
from ringback_contracts.http.served import served
from ringback_contracts.resources.calls.paths import CALLING

DISCONNECT = "postConversationDisconnect"

OPERATIONS = (
    served(
        DISCONNECT,
        summary="End a conversation",
        scopes=CALLING,
        answers=None,
        of_one_call=True,
        changes=Change.CALL,
        unknown={"conversationId": "call.unknown-to-disconnect"},
        fault="disconnect",
    ),
)

"""The operations of calls."""

from __future__ import annotations

from ringback_contracts.core.operation import Change
from ringback_contracts.http.served import served
from ringback_contracts.resources.calls import forms
from ringback_contracts.resources.calls.facts import CallFacts
from ringback_contracts.resources.calls.intents import call_to_place
from ringback_contracts.resources.calls.paths import CALLING, READING, THE_CALL
from ringback_contracts.resources.conversations import asking
from ringback_contracts.resources.conversations.facts import CallTold

PLACE_CALL = "postConversationsCalls"
PLACE_CALL_FOR_USER = "postConversationsCallsUserUserId"
LIST_CALLS = "getConversationsCalls"
GET_CALL = "getConversationsCall"
PATCH_CALL = "patchConversationsCall"
HEEDED = (
    *forms.DESTINATION_KEYS,
    *("callerId", "callerIdName", "callFromQueueId", "attributes", "uuiData", "externalContactId"),
)
"""The fields of a CreateCallRequest that have an effect."""

OPERATIONS = (
    served(
        PLACE_CALL,
        summary="Place a call",
        success=202,
        scopes=CALLING,
        reads="CreateCallRequest",
        heeded=HEEDED,
        answers="CreateCallResponse",
        needs_user=True,
        dials=True,
        changes=Change.NEW_CALL,
        fault="place",
        facts=CallFacts,
        intent=call_to_place,
    ),
    served(
        LIST_CALLS,
        summary="List the calls that the token's user is on",
        scopes=READING,
        answers="CallConversationEntityListing",
        needs_user=True,
        changes=Change.NOTHING,
        fault="read",
    ),
    served(
        PLACE_CALL_FOR_USER,
        summary="Place a call on behalf of a user",
        success=202,
        scopes=CALLING,
        reads="CreateCallRequest",
        heeded=HEEDED,
        answers="CreateCallResponse",
        dials=True,
        changes=Change.NEW_CALL,
        unknown={"userId": "path.user-unknown"},
        fault="place",
        since=237,
        facts=CallFacts,
        intent=call_to_place,
    ),
    served(
        GET_CALL,
        summary="Read a call",
        scopes=READING,
        answers="CallConversation",
        of_one_call=True,
        changes=Change.NOTHING,
        unknown=THE_CALL,
        fault="read",
    ),
    served(
        PATCH_CALL,
        summary="Hang up a call, pause its recording, or take in the parties of others",
        success=200,
        scopes=CALLING,
        reads="CallUpdate",
        heeded=("state", "recordingState", "conversationIds", "participants"),
        answers="Conversation",
        of_one_call=True,
        needs_user=True,
        changes=Change.CALL,
        unknown=THE_CALL,
        facts=CallTold,
        gives=asking.OF_CALL,
        asks=asking.of_call,
        fault="disconnect",
    ),
)

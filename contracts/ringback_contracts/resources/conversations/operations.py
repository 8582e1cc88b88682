"""The operations of conversations, whatever they are held by."""

from __future__ import annotations

from ringback_contracts.core.operation import Change, Parameter
from ringback_contracts.http.served import served
from ringback_contracts.life.commands import End, SendDigits, SetAttributes, SetTag
from ringback_contracts.resources.calls.paths import ANY_PARTICIPANT, CALLING, READING, THE_PARTICIPANT
from ringback_contracts.resources.conversations import asking
from ringback_contracts.resources.conversations.facts import CallNow, CallTold

LIST_CONVERSATIONS = "getConversations"
GET_CONVERSATION = "getConversation"
DELETE_CONVERSATION = "deleteConversation"
SEND_DIGITS = "postConversationParticipantDigits"
SET_TAG = "putConversationTags"
DISCONNECT = "postConversationDisconnect"
PATCH_PARTICIPANT = "patchConversationParticipant"
PATCH_CALL_PARTICIPANT = "patchConversationsCallParticipant"
SET_ATTRIBUTES = "patchConversationParticipantAttributes"
SET_CALL_ATTRIBUTES = "patchConversationsCallParticipantAttributes"

TOLD = {"scopes": CALLING, "of_one_call": True, "changes": Change.CALL, "facts": CallTold}
"""The traits that operations have in common which tell a call to do something."""

OPERATIONS = (
    served(
        LIST_CONVERSATIONS,
        summary="List the conversations that the token's user is in",
        scopes=READING,
        answers="ConversationEntityListing",
        needs_user=True,
        changes=Change.NOTHING,
        query={"communicationType": Parameter(heeded=("Call", "call"))},
    ),
    served(
        GET_CONVERSATION,
        summary="Read a conversation",
        scopes=READING,
        answers="Conversation",
        of_one_call=True,
        changes=Change.NOTHING,
        unknown={"conversationId": "conversation.unknown"},
        spares_participants=True,
        fault="read",
        facts=CallNow,
    ),
    served(
        DISCONNECT,
        summary="End a conversation",
        answers=None,
        unknown={"conversationId": "call.unknown-to-disconnect"},
        fault="disconnect",
        gives=(End,),
        asks=asking.end,
        **TOLD,
    ),
    served(
        PATCH_PARTICIPANT,
        summary="Hold, mute, answer, hang up or wrap up a participant, whatever the media",
        reads="MediaParticipantRequest",
        heeded=asking.OF_PARTICIPANT,
        answers=None,
        unknown=ANY_PARTICIPANT,
        gives=asking.PARTICIPANT,
        asks=asking.of_participant,
        **TOLD,
    ),
    served(
        PATCH_CALL_PARTICIPANT,
        summary="Hold, mute, answer, hang up or wrap up a participant of a call",
        reads="MediaParticipantRequest",
        heeded=asking.OF_PARTICIPANT,
        answers=None,
        needs_user=True,
        unknown=THE_PARTICIPANT,
        gives=asking.PARTICIPANT,
        asks=asking.of_participant,
        **TOLD,
    ),
    served(
        SET_ATTRIBUTES,
        summary="Keep texts with a participant, whatever the media",
        reads="ParticipantAttributes",
        heeded=("attributes",),
        answers=None,
        unknown=ANY_PARTICIPANT,
        gives=(SetAttributes,),
        asks=asking.attributes,
        **TOLD,
    ),
    served(
        SET_CALL_ATTRIBUTES,
        summary="Keep texts with a participant of a call",
        reads="ParticipantAttributes",
        heeded=("attributes",),
        answers="ParticipantAttributes",
        unknown=THE_PARTICIPANT,
        gives=(SetAttributes,),
        asks=asking.attributes,
        **TOLD,
    ),
    served(
        DELETE_CONVERSATION,
        summary="End a conversation, and wait for nothing",
        answers=None,
        unknown={"conversationId": "conversation.unknown"},
        fault="disconnect",
        gives=(End,),
        asks=asking.end,
        **TOLD,
    ),
    served(
        SEND_DIGITS,
        summary="Press keys for a participant",
        reads="Digits",
        heeded=("digits",),
        body_optional=True,
        answers=None,
        unknown=THE_PARTICIPANT,
        gives=(SendDigits,),
        asks=asking.digits,
        **TOLD,
    ),
    served(
        SET_TAG,
        summary="Give a conversation the key of another system",
        reads="ConversationTagsUpdate",
        heeded=("externalTag",),
        answers=None,
        unknown={"conversationId": "conversation.unknown"},
        gives=(SetTag,),
        asks=asking.tag,
        **TOLD,
    ),
)

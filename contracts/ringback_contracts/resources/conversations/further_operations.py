"""The operations of conversations that hardly anybody needs."""

from __future__ import annotations

from ringback_contracts.http.served import served
from ringback_contracts.life.commands import (
    Record,
    SetSecureAttributes,
    SetUtilizationLabel,
    Staff,
    Supervise,
)
from ringback_contracts.resources.calls.paths import ANY_PARTICIPANT, READING, THE_PARTICIPANT
from ringback_contracts.resources.conversations import asking, transferring
from ringback_contracts.resources.conversations.facts import CallNow, CodeFacts
from ringback_contracts.resources.conversations.leg_operations import SHOWN, THE_LEG
from ringback_contracts.resources.conversations.operations import TOLD
from ringback_contracts.resources.conversations.transferring import TransferFacts

RECORD_SNIPPET = "postConversationsCallParticipantSnippetRecord"
SET_POST_FLOW = "patchConversationsCallParticipantCommunicationPostflowaction"
CLEAR_POST_FLOW = "deleteConversationsCallParticipantCommunicationPostflowaction"
ASK_SUMMARY = "postConversationsCallParticipantCommunicationSummaries"
GET_SUMMARIES = "getConversationSummaries"
ASSIGN = "postConversationAssign"
BARGE_IN = "postConversationBarge"
DELETE_CODE = "deleteConversationParticipantCode"
SET_LABEL = "patchConversationUtilizationlabel"
GET_SECURE = "getConversationSecureattributes"
PUT_SECURE = "putConversationSecureattributes"
PATCH_SECURE = "patchConversationSecureattributes"

ANY_CALL = {"conversationId": "conversation.unknown"}
AT_A_LEG = {**TOLD, "facts": CallNow}
"""The traits of those that change nothing which anybody sees."""
KEEPING = {
    **TOLD,
    "reads": "ConversationSecureAttributes",
    "answers": None,
    "unknown": ANY_CALL,
    "gives": (SetSecureAttributes,),
    "asks": asking.secure_attributes,
}

OPERATIONS = (
    served(
        RECORD_SNIPPET,
        summary="Record a part of a call, or stop",
        success=200,
        reads="SnippetRecordingRequest",
        heeded=("type", "record"),
        answers="SnippetRecordingState",
        needs_user=True,
        unknown=THE_PARTICIPANT,
        gives=(Record,),
        asks=asking.snippet,
        **TOLD,
    ),
    served(
        SET_POST_FLOW,
        summary="Say which flow a party goes to after the call",
        success=202,
        reads="MandatoryPostCallActionInput",
        heeded=(),
        body_optional=True,
        answers=None,
        unknown=THE_LEG,
        **AT_A_LEG,
    ),
    served(
        CLEAR_POST_FLOW,
        summary="Let a party go to no flow after the call",
        success=202,
        answers=None,
        unknown=THE_LEG,
        **AT_A_LEG,
    ),
    served(
        ASK_SUMMARY,
        summary="Ask for a summary of a call so far",
        success=202,
        reads="OnDemandConversationSummaryRequest",
        heeded=(),
        body_optional=True,
        answers="OnDemandSummaryAcceptedResponse",
        unknown=THE_LEG,
        **AT_A_LEG,
    ),
    served(
        GET_SUMMARIES,
        summary="List the summaries of a conversation",
        answers="ConversationSummariesGetResponse",
        unknown=ANY_CALL,
        **SHOWN,
    ),
    served(
        ASSIGN,
        summary="Offer whoever waits in a queue to a user",
        reads="ConversationUser",
        heeded=("id",),
        answers=None,
        dials=True,
        unknown=ANY_CALL,
        gives=(Staff,),
        asks=asking.assigned,
        **TOLD,
    ),
    served(
        BARGE_IN,
        summary="Join a conversation",
        answers=None,
        needs_user=True,
        dials=True,
        unknown=ANY_CALL,
        gives=(Supervise,),
        asks=transferring.barge,
        **{**TOLD, "facts": TransferFacts, "scopes": READING},
    ),
    served(
        DELETE_CODE,
        summary="Take a code from a participant by which a communication could be added",
        success=204,
        answers=None,
        unknown=ANY_PARTICIPANT,
        words=("addCommunicationCode",),
        **{**TOLD, "facts": CodeFacts},
    ),
    served(
        SET_LABEL,
        summary="Set the label under which a conversation counts for utilization",
        reads="ConversationUtilizationLabelUpdate",
        heeded=("utilizationLabelId",),
        answers=None,
        unknown=ANY_CALL,
        gives=(SetUtilizationLabel,),
        asks=asking.utilization_label,
        **TOLD,
    ),
    served(
        GET_SECURE,
        summary="Read the texts that are kept beside a conversation",
        answers="ConversationSecureAttributes",
        unknown=ANY_CALL,
        **SHOWN,
    ),
    served(
        PUT_SECURE,
        summary="Keep these texts beside a conversation, and no others",
        heeded=("attributes", "version"),
        **KEEPING,
    ),
    served(
        PATCH_SECURE, summary="Keep these texts too beside a conversation", heeded=("attributes",), **KEEPING
    ),
)

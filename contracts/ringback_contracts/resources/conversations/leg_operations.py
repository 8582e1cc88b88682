"""The operations of one participant's leg: its wrap-up, its end, what goes with it."""

from __future__ import annotations

from ringback_contracts.core.operation import Change, Parameter
from ringback_contracts.http.served import served
from ringback_contracts.life.commands import AskCallBack, Disconnect, Flag, GiveWrapUp, SetUuiData
from ringback_contracts.resources.calls.paths import ANY_PARTICIPANT, READING, THE_PARTICIPANT
from ringback_contracts.resources.conversations import asking
from ringback_contracts.resources.conversations.facts import CallBackFacts, CallNow
from ringback_contracts.resources.conversations.operations import TOLD

PATCH_LEG = "patchConversationsCallParticipantCommunication"
SET_UUI_DATA = "putConversationsCallParticipantCommunicationUuidata"
GET_LEG_WRAP_UP = "getConversationsCallParticipantCommunicationWrapup"
GIVE_LEG_WRAP_UP = "postConversationsCallParticipantCommunicationWrapup"
GET_CALL_WRAP_UP = "getConversationsCallParticipantWrapup"
GET_WRAP_UP = "getConversationParticipantWrapup"
LIST_CALL_CODES = "getConversationsCallParticipantWrapupcodes"
LIST_CODES = "getConversationParticipantWrapupcodes"
PATCH_FOR_USER = "patchConversationsCallParticipantUserUserId"
FLAG = "putConversationParticipantFlaggedreason"
UNFLAG = "deleteConversationParticipantFlaggedreason"
ASK_CALL_BACK = "postConversationParticipantCallbacks"

THE_LEG = {**THE_PARTICIPANT, "communicationId": "communication.unknown"}
SHOWN = {"scopes": READING, "of_one_call": True, "changes": Change.NOTHING, "facts": CallNow}
PROVISIONAL = {"provisional": Parameter("boolean")}

OPERATIONS = (
    served(
        PATCH_LEG,
        summary="End one leg of a participant",
        reads="MediaParticipantRequest",
        heeded=("state",),
        answers="Empty",
        needs_user=True,
        unknown=THE_LEG,
        gives=(Disconnect,),
        asks=asking.of_leg,
        **TOLD,
    ),
    served(
        SET_UUI_DATA,
        summary="Set the user-to-user information of a leg",
        reads="SetUuiDataRequest",
        heeded=("uuiData",),
        answers="Empty",
        needs_user=True,
        unknown=THE_LEG,
        gives=(SetUuiData,),
        asks=asking.uui_data,
        **TOLD,
    ),
    served(
        GET_LEG_WRAP_UP,
        summary="Read the wrap-up of a leg",
        answers="AssignedWrapupCode",
        unknown=THE_LEG,
        query=PROVISIONAL,
        **SHOWN,
    ),
    served(
        GIVE_LEG_WRAP_UP,
        summary="Give a leg its wrap-up",
        reads="WrapupInput",
        body_optional=True,
        heeded=("code", "name", "notes", "tags", "durationSeconds", "endTime", "provisional"),
        answers=None,
        unknown=THE_LEG,
        gives=(GiveWrapUp,),
        asks=asking.wrapped_up,
        **TOLD,
    ),
    served(
        GET_CALL_WRAP_UP,
        summary="Read the wrap-up of a participant of a call",
        answers="AssignedWrapupCode",
        unknown=THE_PARTICIPANT,
        query=PROVISIONAL,
        **SHOWN,
    ),
    served(
        GET_WRAP_UP,
        summary="Read the wrap-up of a participant, whatever the media",
        answers="AssignedWrapupCode",
        unknown=ANY_PARTICIPANT,
        query=PROVISIONAL,
        **SHOWN,
    ),
    served(
        LIST_CALL_CODES,
        summary="List the wrap-up codes that a participant of a call can be given",
        answers="WrapupCodes",
        unknown=THE_PARTICIPANT,
        **SHOWN,
    ),
    served(
        LIST_CODES,
        summary="List the wrap-up codes that a participant can be given, whatever the media",
        answers="WrapupCodes",
        unknown=ANY_PARTICIPANT,
        **SHOWN,
    ),
    served(
        PATCH_FOR_USER,
        summary="Hold, mute, answer, hang up or wrap up a participant on behalf of a user",
        reads="MediaParticipantRequest",
        heeded=asking.OF_PARTICIPANT,
        answers=None,
        unknown={**THE_PARTICIPANT, "userId": "path.user-not-in-it"},
        gives=asking.PARTICIPANT,
        asks=asking.of_participant,
        **TOLD,
    ),
    served(
        FLAG,
        summary="Mark a participant for attention",
        answers=None,
        unknown=ANY_PARTICIPANT,
        gives=(Flag,),
        asks=asking.flagged,
        **TOLD,
    ),
    served(
        UNFLAG,
        summary="Mark a participant for attention no longer",
        answers=None,
        unknown=ANY_PARTICIPANT,
        gives=(Flag,),
        asks=asking.flagged,
        **TOLD,
    ),
    served(
        ASK_CALL_BACK,
        summary="Ask that a participant be called back",
        reads="CreateCallbackOnConversationCommand",
        heeded=(
            "callbackNumbers",
            "validateCallbackNumbers",
            "queueId",
            "callbackUserName",
            "callbackScheduledTime",
        ),
        body_optional=True,
        answers=None,
        dials=True,
        unknown=THE_PARTICIPANT,
        gives=(AskCallBack,),
        asks=asking.call_back,
        **{**TOLD, "facts": CallBackFacts},
    ),
)

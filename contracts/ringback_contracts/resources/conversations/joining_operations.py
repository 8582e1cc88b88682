"""The operations by which calls become one, more parties come, and supervisors listen; and of recordings."""

from __future__ import annotations

from ringback_contracts.http.served import served
from ringback_contracts.life.commands import CallBack, Invite, Merge, MoveAway, SetRecording, Supervise
from ringback_contracts.resources.calls.paths import THE_CALL, THE_PARTICIPANT
from ringback_contracts.resources.conversations import asking, transferring
from ringback_contracts.resources.conversations.operations import TOLD
from ringback_contracts.resources.conversations.transferring import InviteFacts, TransferFacts

MERGE = "patchConversationsCallConference"
SET_RECORDING = "putConversationsCallRecordingstate"
SET_ANY_RECORDING = "patchConversationRecordingstate"
INVITE = "postConversationsCallParticipants"
INVITE_FOR_USER = "postConversationsCallParticipantsUserUserId"
CALL_BACK = "postConversationsCall"
MONITOR = "postConversationsCallParticipantMonitor"
COACH = "postConversationsCallParticipantCoach"
BARGE = "postConversationsCallParticipantBarge"

INVITING = {
    **TOLD,
    "facts": InviteFacts,
    "reads": "Conversation",
    "heeded": ("participants",),
    "answers": "Conversation",
    "dials": True,
    "gives": (Invite,),
    "asks": transferring.invite,
}
WATCHING = {
    **TOLD,
    "facts": TransferFacts,
    "answers": None,
    "needs_user": True,
    "dials": True,
    "unknown": THE_PARTICIPANT,
    "gives": (Supervise,),
}

OPERATIONS = (
    served(
        MERGE,
        summary="Take the parties of other calls into this one",
        reads="UpdateConferenceRequest",
        heeded=("conversationIds",),
        answers=None,
        needs_user=True,
        unknown=THE_CALL,
        gives=(Merge, MoveAway),
        asks=asking.merge,
        **TOLD,
    ),
    served(
        SET_RECORDING,
        summary="Pause the recording of a call, or go on with it",
        success=202,
        reads="SetRecordingState",
        heeded=("recordingState",),
        answers=None,
        unknown=THE_CALL,
        gives=(SetRecording,),
        asks=asking.recording,
        **TOLD,
    ),
    served(
        SET_ANY_RECORDING,
        summary="Pause the recording of a conversation, or go on with it",
        reads="SetRecordingState",
        heeded=("recordingState",),
        answers=None,
        unknown={"conversationId": "conversation.unknown"},
        gives=(SetRecording,),
        asks=asking.recording,
        **TOLD,
    ),
    served(INVITE, summary="Ring more parties into a call", needs_user=True, unknown=THE_CALL, **INVITING),
    served(
        INVITE_FOR_USER,
        summary="Ring more parties into a call on behalf of a user",
        unknown={**THE_CALL, "userId": "path.user-not-in-it"},
        **INVITING,
    ),
    served(
        CALL_BACK,
        summary="Dial a call back that was asked for",
        reads="CallCommand",
        heeded=("callNumber",),
        answers="Conversation",
        needs_user=True,
        unknown=THE_CALL,
        gives=(CallBack,),
        asks=transferring.call,
        **{**TOLD, "facts": TransferFacts, "dials": True},
    ),
    served(MONITOR, summary="Listen to a participant", asks=transferring.supervise("monitor"), **WATCHING),
    served(
        COACH,
        summary="Help a participant, unheard by the others",
        asks=transferring.supervise("coach"),
        **WATCHING,
    ),
    served(BARGE, summary="Join a participant's call", asks=transferring.supervise("barge"), **WATCHING),
)

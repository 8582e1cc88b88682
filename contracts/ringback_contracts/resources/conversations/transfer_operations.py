"""The operations that bring somebody else to a call: consults and transfers."""

from __future__ import annotations

from ringback_contracts.core.operation import Change
from ringback_contracts.http.served import served
from ringback_contracts.life.commands import BlindTransfer, CancelConsult, SetSpeakTo, StartConsult
from ringback_contracts.resources.calls.paths import (
    ANY_PARTICIPANT,
    CALLING,
    THE_CALL,
    THE_PARTICIPANT,
)
from ringback_contracts.resources.conversations import transferring
from ringback_contracts.resources.conversations.transferring import TransferFacts

CONSULT = "postConversationsCallParticipantConsult"
CONSULT_AGENT = "postConversationsCallParticipantConsultAgent"
CONSULT_QUEUE = "postConversationsCallParticipantConsultQueue"
CONSULT_EXTERNAL = "postConversationsCallParticipantConsultExternal"
CONSULT_ADDRESS = "postConversationsCallParticipantVoiceConsult"
CONSULT_CONTACT = "postConversationsCallParticipantConsultContactExternal"
REPLACE_CONTACT = "postConversationParticipantReplaceContactExternal"
SET_SPEAK_TO = "patchConversationsCallParticipantConsult"
CANCEL_CONSULT = "deleteConversationsCallParticipantConsult"
REPLACE = "postConversationParticipantReplace"
REPLACE_CALL = "postConversationsCallParticipantReplace"
REPLACE_AGENT = "postConversationParticipantReplaceAgent"
REPLACE_QUEUE = "postConversationParticipantReplaceQueue"
REPLACE_EXTERNAL = "postConversationParticipantReplaceExternal"
TRANSFER = "postConversationParticipantTransfer"

THE_SUBJECT = {**THE_CALL, "participantId": "life.consult-object-required"}
"""The rules for the ids of who is to be transferred."""
WHO_ASKS = ("speakTo", "consultingUserId")
BRINGING = {"scopes": CALLING, "of_one_call": True, "changes": Change.CALL, "facts": TransferFacts}
CONSULTING = {
    **BRINGING,
    "success": 200,
    "answers": "ConsultTransferResponse",
    "dials": True,
    "unknown": THE_SUBJECT,
    "gives": (StartConsult,),
    "fault": "consult",
    "asks": transferring.consult,
}
REPLACING = {
    **BRINGING,
    "success": 202,
    "answers": None,
    "dials": True,
    "gives": (BlindTransfer,),
    "fault": "transfer",
    "asks": transferring.replace,
}

OPERATIONS = (
    served(
        CONSULT,
        summary="Ask a user, a queue or an address about a participant",
        reads="ConsultTransfer",
        heeded=(*WHO_ASKS, "destination"),
        needs_user=True,
        **CONSULTING,
    ),
    served(
        CONSULT_AGENT,
        summary="Ask a user about a participant",
        reads="ConsultTransferToAgent",
        heeded=(*WHO_ASKS, "userId", "userDisplayName"),
        **CONSULTING,
    ),
    served(
        CONSULT_QUEUE,
        summary="Ask a queue about a participant",
        reads="ConsultTransferToQueue",
        heeded=(*WHO_ASKS, "queueId", "queueName"),
        **CONSULTING,
    ),
    served(
        CONSULT_EXTERNAL,
        summary="Ask an address about a participant, the old way",
        reads="ConsultTransferToExternal",
        heeded=(*WHO_ASKS, "address"),
        **CONSULTING,
    ),
    served(
        CONSULT_ADDRESS,
        summary="Ask an address about a participant",
        reads="ConsultTransferToAddress",
        heeded=(*WHO_ASKS, "address"),
        **CONSULTING,
    ),
    served(
        SET_SPEAK_TO,
        summary="Say who hears whom while a consult runs",
        reads="ConsultTransferUpdate",
        heeded=WHO_ASKS,
        answers="ConsultTransferResponse",
        needs_user=True,
        unknown={**THE_CALL, "participantId": "life.consult-not-pending"},
        gives=(SetSpeakTo,),
        asks=transferring.set_speak_to,
        **BRINGING,
    ),
    served(
        CANCEL_CONSULT,
        summary="Call a consult off",
        answers=None,
        needs_user=True,
        unknown={**THE_CALL, "participantId": "life.consult-not-pending"},
        gives=(CancelConsult,),
        asks=transferring.cancel,
        **BRINGING,
    ),
    served(
        REPLACE,
        summary="Put a user, a queue, an address or a voicemail in a participant's place",
        reads="TransferRequest",
        heeded=("transferType", "userId", "userName", "queueId", "address", "voicemail"),
        unknown=ANY_PARTICIPANT,
        **REPLACING,
    ),
    served(
        REPLACE_CALL,
        summary="Put a user, a queue, an address or a voicemail in the place of a participant of a call",
        reads="TransferRequest",
        heeded=("transferType", "userId", "userName", "queueId", "address", "voicemail"),
        unknown=THE_PARTICIPANT,
        **REPLACING,
    ),
    served(
        REPLACE_AGENT,
        summary="Put a user in a participant's place",
        reads="TransferToAgentRequest",
        heeded=("transferType", "userId", "userName", "userDisplayName", "voicemail"),
        unknown=ANY_PARTICIPANT,
        **REPLACING,
    ),
    served(
        REPLACE_QUEUE,
        summary="Put a queue in a participant's place",
        reads="TransferToQueueRequest",
        heeded=("transferType", "queueId", "queueName"),
        unknown=ANY_PARTICIPANT,
        **REPLACING,
    ),
    served(
        REPLACE_EXTERNAL,
        summary="Put an address in a participant's place, the old way",
        reads="TransferToExternalRequest",
        heeded=("transferType", "address"),
        unknown=ANY_PARTICIPANT,
        **REPLACING,
    ),
    served(
        TRANSFER,
        summary="Put an address in a participant's place",
        reads="TransferToAddressRequest",
        heeded=("transferType", "address"),
        unknown=ANY_PARTICIPANT,
        **REPLACING,
    ),
    served(
        CONSULT_CONTACT,
        summary="Ask an external contact about a participant",
        reads="ConsultTransferToExternalContact",
        heeded=(*WHO_ASKS, "contactId", "phoneType"),
        **CONSULTING,
    ),
    served(
        REPLACE_CONTACT,
        summary="Put an external contact in a participant's place",
        reads="TransferToExternalContactRequest",
        heeded=("transferType", "contactId", "phoneType"),
        unknown=ANY_PARTICIPANT,
        **REPLACING,
    ),
)

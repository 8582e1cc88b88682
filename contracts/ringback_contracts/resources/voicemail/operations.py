"""The operations of voicemail."""

from __future__ import annotations

from ringback_contracts.core.operation import Change
from ringback_contracts.http.query import PAGED
from ringback_contracts.http.served import served

GET_MAILBOX = "getVoicemailMeMailbox"
LIST_MESSAGES = "getVoicemailMeMessages"
READING = ("voicemail", "voicemail:readonly")

OPERATIONS = (
    served(
        GET_MAILBOX,
        summary="Read what the mailbox of the token's user holds",
        scopes=READING,
        answers="VoicemailMailboxInfo",
        needs_user=True,
        changes=Change.NOTHING,
    ),
    served(
        LIST_MESSAGES,
        summary="List the messages in the mailbox of the token's user",
        scopes=READING,
        answers="VoicemailMessageEntityListing",
        needs_user=True,
        changes=Change.NOTHING,
        query=PAGED,
    ),
)

"""Voicemail: a call that voicemail took for a user has left a message there, once that leg is over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ringback_contracts.life import Conversation
from ringback_contracts.life.moments import timestamp
from ringback_contracts.life.values import CallParticipant
from ringback_contracts.life.views.parts import USERS, given, reference
from ringback_contracts.resources.voicemail.operations import GET_MAILBOX, LIST_MESSAGES
from ringback_mock.engine.handling import Applied, Ask, handles, required
from ringback_mock.resources.listings import listing

Json = dict[str, Any]
MESSAGES = "/api/v2/voicemail/messages"


@handles(GET_MAILBOX)
def mailbox(ask: Ask) -> Applied:
    """How many messages there are; nobody can have listened to one."""
    left = [one for _, one in _messages(ask)]
    moments = [timestamp(one.call.ended_at or 0.0) for one in left]
    body: Json = {
        "ownerType": "User",
        "totalCount": len(left),
        "unreadCount": len(left),
        "deletedCount": 0,
        "selfUri": ask.request.path,
    }
    if moments:
        body |= {
            "newestUnreadDate": max(moments),
            "oldestUnreadDate": min(moments),
            "modifiedDate": max(moments),
        }
    return 200, body


@handles(LIST_MESSAGES)
def messages(ask: Ask) -> Applied:
    """A page of the messages, the newest first."""
    found = sorted(_messages(ask), key=lambda message: message[1].call.ended_at or 0.0, reverse=True)
    return listing(ask, found, lambda message: _shown(*message))


def _messages(ask: Ask) -> Iterator[tuple[Conversation, CallParticipant]]:
    """The calls whose leg at the user's voicemail is over, with that leg."""
    user_id = required(ask.caller.user).id
    for call in ask.tenant.calls:
        life = call.at(ask.now) if user_id in call.concerned() else None
        for one in life.participants if life else ():
            if (
                one.purpose == "voicemail"
                and one.party.id == user_id
                and one.call.over
                and one.call.connected_at
            ):
                yield required(life), one


def _shown(life: Conversation, one: CallParticipant) -> Json:
    """A message as the API shows it (model VoicemailMessage of the SDKs)."""
    begins, ends = one.call.connected_at or 0.0, one.call.ended_at or 0.0
    caller = life.participants[0]
    return given(
        {
            "id": one.id,
            "conversation": {"id": life.id, "selfUri": f"/api/v2/conversations/{life.id}"},
            "read": False,
            "deleted": False,
            "audioRecordingDurationSeconds": round(ends - begins),
            "createdDate": timestamp(ends),
            "modifiedDate": timestamp(ends),
            "callerAddress": life.ani,
            "callerName": life.ani_name or caller.party.name,
            "callerUser": reference(USERS, caller.user_id),
            "user": reference(USERS, one.party.id),
            "selfUri": f"{MESSAGES}/{one.id}",
        }
    )

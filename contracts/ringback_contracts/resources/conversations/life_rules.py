"""Why a call as it stands does not take a command: a rule for each ground."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ringback_contracts.core.declare import SOLVED
from ringback_contracts.core.model import Example
from ringback_contracts.life import objections as why
from ringback_contracts.life.commands import (
    COMMANDS,
    Answer,
    BlindTransfer,
    CancelConsult,
    Confine,
    Disconnect,
    End,
    GiveWrapUp,
    Hold,
    Invite,
    Merge,
    MoveAway,
    Mute,
    Park,
    Record,
    SendDigits,
    SetMediaRoles,
    SetRecording,
    SetSecureAttributes,
    SetSpeakTo,
    SkipWrapUp,
)
from ringback_contracts.resources.conversations.histories import (
    ANY_OWN,
    CONVERSATION,
    FAR,
    FOR_ORDERS,
    FOR_QUEUE,
    HELD,
    OVER,
    OWN,
    RINGING,
    TALKING,
    patch,
)
from ringback_contracts.resources.conversations.operations import PATCH_PARTICIPANT
from ringback_contracts.resources.conversations.told import told

TO_A_LEG = (Answer, Confine, Disconnect, Hold, Mute, Park, Record)
"""Commands to a leg that has to be there."""
LENGTHENING = tuple(kind for kind in COMMANDS.values() if kind is not End)
"""Commands of which a history can be full: a call can always be ended."""
A_TEXT = Example(
    {"attributes": {"order": "7"}}, method="PUT", path=f"{CONVERSATION}/secureattributes", given=TALKING
)
_TEXT = b'{"attributes": {"long": "' + b"x" * 400_000 + b'"}}'
_HEAVY = Example(raw=_TEXT, method="PATCH", path=f"{OWN}/attributes")


def secure(body: dict[str, Any], *before: Example) -> Example:
    """Texts that alice puts beside the conversation."""
    return replace(A_TEXT, body=body, given=(*TALKING, *before))


NOT_ACTIVE = told(
    why.NOT_ACTIVE,
    *TO_A_LEG,
    BlindTransfer,
    CancelConsult,
    SetSpeakTo,
    Invite,
    Merge,
    SetRecording,
    message="The caller is not an active participant of the conversation",
    title="The token's user has no leg on the call that is not over",
    fix="Act as a user who is on the call; from outside, POST /api/v2/conversations/{id}/disconnect ends it.",
    rejects=[
        patch(OWN, {"held": True}, TALKING, token="bob"),
        patch(FAR, {"muted": True}, OVER),
    ],
    accepts=[patch(OWN, {"held": True}, TALKING)],
)
DISCONNECTED = told(
    why.DISCONNECTED,
    *TO_A_LEG,
    SendDigits,
    Invite,
    Merge,
    MoveAway,
    SetMediaRoles,
    SetRecording,
    operations=lambda operation: operation.id != PATCH_PARTICIPANT,
    message="The call of the participant is disconnected",
    title="The participant's leg is over",
    fix="Read the call first; a leg that is disconnected or terminated takes attributes and a wrap-up alone.",
    rejects=[
        patch(OWN, {"held": True}, OVER),
        patch(OWN, {"state": "disconnected"}, OVER),
    ],
    accepts=[
        patch(OWN, {"state": "disconnected"}, HELD),
        patch(f"{OWN}/attributes", {"attributes": {"outcome": "sold"}}, OVER),
    ],
)
NO_ACTIVE_CONVERSATION = told(
    why.DISCONNECTED,
    *TO_A_LEG,
    operations=lambda operation: operation.id == PATCH_PARTICIPANT,
    told_as=why.NO_ACTIVE_CONVERSATION,
    message="The participant has no active conversation",
    title="The participant's leg is over, and the operation asks for any media",
    fix="Read the call first; a leg that is disconnected or terminated takes attributes and a wrap-up alone.",
    rejects=[
        patch(ANY_OWN, {"state": "disconnected"}, OVER, token="service"),
        patch(ANY_OWN, {"held": True}, OVER),
    ],
    accepts=[
        patch(ANY_OWN, {"state": "disconnected"}, HELD),
        patch(ANY_OWN, {"wrapup": {"code": SOLVED}}, OVER),
    ],
)
HOLD_ALERTING = told(
    why.HOLD_ALERTING,
    Hold,
    message="The call cannot be held while it is alerting",
    title="Only who has been answered can hold the others",
    fix='Wait until the leg is connected, then send {"held": true}.',
    rejects=[patch(OWN, {"held": True}, RINGING)],
    accepts=[patch(OWN, {"held": True}, TALKING), patch(OWN, {"held": False}, RINGING)],
)
PARK_UNANSWERED = told(
    why.PARK_UNANSWERED,
    Park,
    message="The call cannot be parked while it is alerting",
    title="Only who has been answered can be parked",
    fix='Wait until the leg is connected, then send {"state": "parked"}.',
    rejects=[patch(FAR, {"state": "parked"}, RINGING)],
    accepts=[patch(FAR, {"state": "parked"}, TALKING)],
)
CANNOT_CONFINE = told(
    why.CANNOT_CONFINE,
    Confine,
    message="The participant cannot be confined",
    title="The participant is not somebody whom another could keep from hearing the call",
    fix='Confine the customer while your own leg is connected; with your own leg, hold: {"held": true}.',
    rejects=[patch(OWN, {"confined": True}, TALKING), patch(FAR, {"confined": True}, RINGING)],
    accepts=[patch(FAR, {"confined": True}, TALKING), patch(OWN, {"confined": False}, TALKING)],
)
CODE_REQUIRED = told(
    why.CODE_REQUIRED,
    GiveWrapUp,
    message="A wrap-up code is required",
    title="A wrap-up that is final names no code",
    fix='Give the id of a wrap-up code of the queue, {"wrapup": {"code": ...}}, or say "provisional": true.',
    rejects=[
        patch(OWN, {"wrapup": {"notes": "rang back"}}, OVER),
        patch(OWN, {"wrapup": {}}, TALKING),
    ],
    accepts=[
        patch(OWN, {"wrapup": {"code": SOLVED, "notes": "rang back"}}, OVER),
        patch(OWN, {"wrapup": {"provisional": True}}, TALKING),
    ],
)
TOO_LONG = told(
    why.TOO_LONG,
    *LENGTHENING,
    message="The conversation takes no more commands",
    title="The call has been told as much as Ringback remembers of one",
    fix="End the call and place another: one takes a thousand commands, and a mebibyte of texts.",
    rejects=[replace(_HEAVY, given=(*TALKING, _HEAVY, _HEAVY))],
    accepts=[replace(_HEAVY, given=(*TALKING, _HEAVY))],
)
VERSION = told(
    why.VERSION,
    SetSecureAttributes,
    message="The attributes have been changed since they were read",
    title="The version is not that of the texts which are to be replaced",
    fix="Read them again, and send the version that comes with them; PATCH asks for none.",
    rejects=[secure({"attributes": {}, "version": 1}), secure({"attributes": {}, "version": 0}, A_TEXT)],
    accepts=[secure({"attributes": {}}, A_TEXT), secure({"attributes": {}, "version": 1}, A_TEXT)],
)
CANNOT_SKIP = told(
    why.CANNOT_SKIP,
    SkipWrapUp,
    message="The wrap-up cannot be skipped",
    title="The queue leaves its agents no choice but to wrap up",
    fix='Give the id of a wrap-up code of the queue, {"wrapup": {"code": ...}}.',
    rejects=[patch(OWN, {"wrapupSkipped": True}, FOR_ORDERS)],
    accepts=[patch(OWN, {"wrapupSkipped": True}, FOR_QUEUE)],
)

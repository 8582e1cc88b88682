"""The conversation in a path must be there, so must its participant, and the body must say something."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ringback_contracts.core.case import Case
from ringback_contracts.core.declare import (
    ALICE,
    FINE,
    NOBODY,
    NOT_FOUND,
    OUR_CHOICE,
    SUPPORT,
    SWAGGER_2017,
    TEST_NUMBER,
    found,
    rule,
)
from ringback_contracts.core.model import Evidence, Example, Knowledge, Stage, Violation
from ringback_contracts.core.operation import giving, with_unknown_id
from ringback_contracts.life import objections as why
from ringback_contracts.life.checks import unknown
from ringback_contracts.life.commands import (
    KEYS,
    Disconnect,
    SendDigits,
    SetAttributes,
    SetMediaRoles,
    SetRecording,
)
from ringback_contracts.resources.conversations.facts import MEANT, REQUIRED, CallNow, CallTold
from ringback_contracts.resources.conversations.histories import (
    ANY_FAR,
    CALL,
    CONVERSATION,
    FAR,
    OWN,
    TALKING,
    WITH_FRANK,
    patch,
)

CALL_CONTROL = "the vendor's tutorial on call controls"
PAUSING = "conversation:recording:pause"
DISCONNECTING = "conversation:communication:disconnect"


@rule(
    id="call.unknown",
    stage=Stage.DESTINATION,
    status=404,
    code="conversation.error.conversation.not.found",
    message="The conversation was not found",
    title="No call has this id",
    fix="Use the id that placing the call returned; a mock forgets the oldest calls, and all at a reset.",
    evidence=Evidence.PUBLISHED,
    source=f"{SWAGGER_2017}: conversation.error.conversation.not.found",
    operations=with_unknown_id("call.unknown"),
    rejects=[
        Example(method="GET", path=f"/api/v2/conversations/calls/{NOBODY}"),
        Example({"state": "disconnected"}, method="PATCH", path=f"/api/v2/conversations/calls/{NOBODY}"),
        Example({"digits": "1"}, path=f"/api/v2/conversations/{NOBODY}/participants/{NOBODY}/digits"),
        Example(
            {"callbackNumbers": [TEST_NUMBER], "queueId": SUPPORT},
            path=f"/api/v2/conversations/{NOBODY}/participants/{NOBODY}/callbacks",
        ),
    ],
    accepts=[Example(method="GET", path="/api/v2/conversations/calls/{call}")],
)
def call_unknown(case: Case) -> Sequence[Violation]:
    return _no_such_call(case)


@rule(
    id="call.unknown-to-disconnect",
    stage=Stage.DESTINATION,
    status=404,
    code="not.found",
    message=NOT_FOUND,
    title="No conversation that could be ended has this id",
    fix="Use the id that placing the call returned.",
    evidence=Evidence.ASSUMED,
    source=OUR_CHOICE,
    operations=with_unknown_id("call.unknown-to-disconnect"),
    rejects=[Example(path=f"/api/v2/conversations/{NOBODY}/disconnect")],
    accepts=[Example(path="/api/v2/conversations/{call}/disconnect")],
)
def call_unknown_to_disconnect(case: Case) -> Sequence[Violation]:
    return _no_such_call(case)


def _no_such_call(case: Case) -> Sequence[Violation]:
    call_id = case.route.params.get("conversationId", "")
    if call_id in case.caller.calls:
        return FINE
    return found(f"no call has the id {call_id!r}", "path")


@rule(
    id="conversation.unknown",
    stage=Stage.DESTINATION,
    status=404,
    code="not.found",
    message=NOT_FOUND,
    title="No conversation has this id",
    fix="Use the id that placing the call returned; a mock forgets the oldest calls, and all at a reset.",
    evidence=Evidence.ASSUMED,
    source=OUR_CHOICE,
    operations=with_unknown_id("conversation.unknown"),
    rejects=[
        Example(method="GET", path=f"/api/v2/conversations/{NOBODY}"),
        patch(f"/api/v2/conversations/{NOBODY}/participants/{NOBODY}", {"held": True}),
    ],
    accepts=[Example(method="GET", path=CONVERSATION)],
)
def conversation_unknown(case: Case) -> Sequence[Violation]:
    return _no_such_call(case)


@rule(
    id=why.NO_SUCH_PARTICIPANT.id,
    stage=Stage.DESTINATION,
    status=why.NO_SUCH_PARTICIPANT.status,
    code=why.NO_SUCH_PARTICIPANT.code,
    message="The participant is not in the conversation",
    title="No participant of the call has this id",
    fix="Read the call: its participants have ids of their own, which are those of no user and of no leg.",
    evidence=why.NO_SUCH_PARTICIPANT.evidence,
    source=why.NO_SUCH_PARTICIPANT.source,
    operations=lambda operation: (
        with_unknown_id(why.NO_SUCH_PARTICIPANT.id)(operation) or SetMediaRoles in operation.gives
    ),
    rejects=[
        patch(f"{CALL}/participants/{NOBODY}", {"muted": True}, TALKING),
        patch(f"{CONVERSATION}/participants/{{leg1}}", {"muted": True}, TALKING),
    ],
    accepts=[patch(OWN, {"muted": True}, TALKING)],
)
def no_such_participant(case: CallNow) -> Sequence[Violation]:
    if not case.participant_id:
        objection = case.objection if isinstance(case, CallTold) else None
        objection = objection if objection and objection.ground is why.NO_SUCH_PARTICIPANT else None
    else:
        objection = unknown(case.call, case.participant_id) if case.call else None
    return found(objection.detail, "path") if objection else FINE


keeping = giving(SetAttributes)
"""The operations that keep texts with a participant."""


@rule(
    id="body.incomplete",
    stage=Stage.SCHEMA,
    status=400,
    message="The field '{field}' is required",
    title="The body lacks a field that its model must have",
    fix="Give the field; docs/operations.md says which model the operation reads.",
    evidence=Evidence.PUBLISHED,
    source="the fields that the official JavaScript SDK 262 marks as required; the code is assumed",
    knowledge=Knowledge.REQUEST,
    operations=lambda operation: operation.reads in REQUIRED,
    rejects=[
        Example({"destination": {"userId": ALICE}}, path=f"{FAR}/consult"),
        Example({"externalTag": None}, method="PUT", path=f"{CONVERSATION}/tags"),
    ],
    accepts=[Example({"externalTag": "order 7"}, method="PUT", path=f"{CONVERSATION}/tags")],
)
def body_incomplete(case: CallTold) -> Sequence[Violation]:
    return _missing(case)


@rule(
    id="body.without-its-field",
    stage=Stage.SCHEMA,
    status=400,
    message="The field '{field}' is required",
    title="The body lacks the one field by which it would ask for something",
    fix="Give the field; docs/operations.md says which model the operation reads.",
    evidence=Evidence.ASSUMED,
    source=f"the official SDKs let the field be left out, and nobody says what that does; {OUR_CHOICE}",
    knowledge=Knowledge.REQUEST,
    operations=lambda operation: operation.reads in MEANT,
    rejects=[
        Example({}, path=f"{ANY_FAR}/digits"),
        Example(path=f"{ANY_FAR}/digits", raw=b"null"),
        Example({"version": 1}, method="PUT", path=f"{CONVERSATION}/secureattributes"),
    ],
    accepts=[Example({"digits": "1"}, path=f"{ANY_FAR}/digits", given=TALKING)],
)
def body_without_its_field(case: CallTold) -> Sequence[Violation]:
    return _missing(case)


def _missing(case: CallTold) -> Sequence[Violation]:
    if case.body is None:
        return FINE
    for name in case.missing:
        return found(f"there is no {name}", f"/{name}", field=name)
    return FINE


@rule(
    id="digits.not-keys",
    stage=Stage.SCHEMA,
    status=400,
    message="The digits cannot be pressed",
    title="The digits are not keys of a telephone",
    fix="Send 1 to 100 of 0 to 9, *, # and A to D.",
    evidence=Evidence.ASSUMED,
    source=f"the keys of RFC 4733, section 3.2; {OUR_CHOICE}",
    knowledge=Knowledge.REQUEST,
    operations=giving(SendDigits),
    rejects=[
        Example({"digits": "call me"}, path=f"{ANY_FAR}/digits"),
        Example({"digits": ""}, path=f"{ANY_FAR}/digits"),
    ],
    accepts=[Example({"digits": "12#"}, path=f"{ANY_FAR}/digits", given=TALKING)],
)
def digits_not_keys(case: CallTold) -> Sequence[Violation]:
    digits = case.fields.get("digits")
    if not isinstance(digits, str) or re.fullmatch(KEYS, digits):
        return FINE
    return found("the digits hold what is no key", "/digits")


@rule(
    id="attributes.not-texts",
    stage=Stage.SCHEMA,
    status=400,
    message="The request could not be understood: its attributes are not a map of texts",
    title='The body is no {"attributes": {...}} whose values are all texts',
    fix='Send {"attributes": {"name": "text"}}: numbers and true as texts, other values as JSON in a text.',
    evidence=Evidence.REPORTED,
    source="people whose wrap-up object, or number, was refused here, in the vendor's community",
    knowledge=Knowledge.REQUEST,
    operations=keeping,
    rejects=[
        patch(f"{OWN}/attributes", {"attributes": {"count": 5}}),
        patch(f"{OWN}/attributes", {"attributes": {"count": None}}),
        patch(f"{OWN}/attributes", {"attributes": None}),
        patch(f"{OWN}/attributes", {"outcome": "sold"}),
    ],
    accepts=[patch(f"{OWN}/attributes", {"attributes": {"count": "5"}}, TALKING)],
)
def attributes_not_texts(case: CallTold) -> Sequence[Violation]:
    if case.body is None:
        return FINE
    if case.errors:
        pointer, problem = case.errors[0]
        return found(f"{pointer}: {problem}", pointer)
    return FINE if "attributes" in case.fields else found("the body has no attributes", "/attributes")


@rule(
    id="participant.of-others",
    stage=Stage.STATE,
    status=403,
    code="missing.any.permissions",
    message="The caller may not disconnect others",
    title="To end the leg of somebody else takes a permission of its own",
    fix="End your own leg, or give the user's role conversation:communication:disconnect.",
    evidence=Evidence.REPORTED,
    source=f"{CALL_CONTROL}; the status and the code are Ringback's choice",
    operations=giving(Disconnect),
    only=(Disconnect.__name__,),
    rejects=[patch(OWN, {"state": "disconnected"}, WITH_FRANK, token="frank")],
    accepts=[
        patch(FAR, {"state": "disconnected"}, TALKING),
        patch(FAR, {"state": "disconnected"}, WITH_FRANK, token="frank"),
    ],
)
def participant_of_others(case: CallTold) -> Sequence[Violation]:
    ends = any(isinstance(given.command, Disconnect) for given in case.instructions)
    if not ends or DISCONNECTING in case.caller.permissions or case.participant == case.own:
        return FINE
    return found(f"the participant is not your own leg, and the token's holder lacks {DISCONNECTING}", "path")


@rule(
    id="recording.not-permitted",
    stage=Stage.STATE,
    status=403,
    code="missing.any.permissions",
    message="The caller may not pause the recording",
    title="To pause the recording of one's own call takes a permission of its own",
    fix=f"Give the user's role {PAUSING}; PUT .../recordingstate takes {PAUSING}Others.",
    evidence=Evidence.REPORTED,
    source="the vendor's announcement of secure pause, 2022; the status and the code are Ringback's choice",
    operations=lambda operation: operation.reads == "CallUpdate",
    only=(SetRecording.__name__,),
    rejects=[patch(CALL, {"recordingState": "PAUSED"}, TALKING, token="grace")],
    accepts=[patch(CALL, {"recordingState": "PAUSED"}, TALKING)],
)
def recording_not_permitted(case: CallTold) -> Sequence[Violation]:
    pauses = any(isinstance(given.command, SetRecording) for given in case.instructions)
    if not pauses or PAUSING in case.caller.permissions:
        return FINE
    return found(f"the token's holder lacks {PAUSING}", "/recordingState")

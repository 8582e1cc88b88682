"""The shape of a body: a published one, one that mixes both contracts, a hang-up."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ringback_contracts.core.case import Case
from ringback_contracts.core.declare import (
    BOB,
    FINE,
    OK,
    OK_PARTICIPANTS,
    SDK,
    SUPPORT,
    SWAGGER_2017,
    TEST_NUMBER,
    found,
    ill_typed,
    participants,
    published,
    rule,
)
from ringback_contracts.core.model import (
    PARTICIPANTS,
    PUBLISHED,
    Evidence,
    Example,
    Knowledge,
    Stage,
    Violation,
)
from ringback_contracts.core.operation import reading
from ringback_contracts.resources.calls import forms
from ringback_contracts.resources.calls.facts import CallFacts
from ringback_contracts.resources.calls.selections import placing
from ringback_contracts.schemas import type_errors, validator

CALL = {"phoneNumber": TEST_NUMBER}


@rule(
    id="body.mixed",
    stage=Stage.SCHEMA,
    status=400,
    message="The request mixes two ways to name a destination",
    title="The body has published fields beside 'to' or 'from'",
    fix="Write the body in one form: phoneNumber, callerId and so on, or to and from.",
    evidence=Evidence.ASSUMED,
    source="the published contract has no 'to' or 'from', the tutorial's has nothing else",
    knowledge=Knowledge.REQUEST,
    contracts=(PARTICIPANTS,),
    operations=placing,
    rejects=[published(phoneNumber=TEST_NUMBER, to="tel:" + TEST_NUMBER), participants(callerId="x")],
    accepts=[OK, OK_PARTICIPANTS],
)
def body_mixed(case: CallFacts) -> Sequence[Violation]:
    if case.body is None or case.org.contract != "any" or not forms.PARTICIPANT_KEYS & case.body.keys():
        return FINE
    beside = sorted(forms.PUBLISHED_KEYS & case.body.keys())
    return found(f"{', '.join(beside)} beside 'to' or 'from'", f"/{beside[0]}") if beside else FINE


@rule(
    id="field.wrong-type",
    stage=Stage.SCHEMA,
    status=400,
    code="invalid.value",
    message="Value for field '{field}' is not valid: {problem}",
    title="A field of the published body has the wrong JSON type",
    fix="Send the type that the published model gives: texts as strings, priority as a whole number.",
    evidence=Evidence.PUBLISHED,
    source=f"model CreateCallRequest of the {SDK}; {SWAGGER_2017}: invalid.value",
    knowledge=Knowledge.REQUEST,
    contracts=(PUBLISHED,),
    operations=placing,
    rejects=[published(phoneNumber=5), Example(CALL | {"priority": "x"}), published(participants=[5])],
    accepts=[OK, Example(CALL | {"priority": 3, "label": None, "attributes": {"k": "v"}})],
)
def field_wrong_type(case: CallFacts) -> Sequence[Violation]:
    if case.published is None:
        return FINE
    return ill_typed(type_errors(case.published))


@rule(
    id="destination.missing",
    stage=Stage.SCHEMA,
    status=400,
    message="The request names no destination",
    title="The body names nobody to call",
    fix="Give one of phoneNumber, callUserId, callQueueId, conversationIds or participants.",
    evidence=Evidence.PUBLISHED,
    source=f"model CreateCallRequest of the {SDK}: these five fields name whom to call",
    knowledge=Knowledge.REQUEST,
    contracts=(PUBLISHED,),
    operations=placing,
    rejects=[
        Example({}),
        published(callerId="+442079460001"),
        published(callFromQueueId=SUPPORT),
        published(callUserId=""),
    ],
    accepts=[OK, published(callUserId=BOB)],
)
def destination_missing(case: CallFacts) -> Sequence[Violation]:
    if case.published is None or case.destinations:
        return FINE
    keys = ", ".join(sorted(case.published)) or "nothing"
    return found(f"the body has {keys}, and none of that is a destination")


@rule(
    id="destination.several",
    stage=Stage.SCHEMA,
    status=400,
    code="too.many.create.conversation.parameters",
    message="Only one kind of destination can be given",
    title="The body names more than one kind of destination",
    fix="Keep one of phoneNumber, callUserId, callQueueId, conversationIds and participants.",
    evidence=Evidence.PUBLISHED,
    source=f"{SWAGGER_2017}: too.many.create.conversation.parameters",
    knowledge=Knowledge.REQUEST,
    contracts=(PUBLISHED,),
    operations=placing,
    rejects=[published(phoneNumber=TEST_NUMBER, callUserId=BOB)],
    accepts=[OK, Example(CALL | {"callUserId": None}), Example(CALL | {"callUserId": ""})],
)
def destination_several(case: CallFacts) -> Sequence[Violation]:
    if len(case.destinations) < 2:
        return FINE
    return found(f"the body gives {' and '.join(case.destinations)}", f"/{case.destinations[1]}")


HANG_UP_STATES = ("disconnected", "DISCONNECTED")
_HANG_UP = "/api/v2/conversations/calls/{call}"


@rule(
    id="patch.not-a-hang-up",
    stage=Stage.SCHEMA,
    status=501,
    code="not.implemented",
    message="Ringback does not serve this update of a call",
    title="The platform may take this update of a call, and Ringback does not",
    fix='To end the call send {"state": "disconnected"}; recordingState and conversationIds are served too.',
    evidence=Evidence.ASSUMED,
    source="Ringback's own limit: of the updates of a call it serves those that are known to be used",
    operations=reading("CallUpdate"),
    rejects=[
        Example({"state": "connected"}, method="PATCH", path=_HANG_UP),
        Example({}, method="PATCH", path=_HANG_UP),
        Example({"name": "my call"}, method="PATCH", path=_HANG_UP),
    ],
    accepts=[
        Example({"state": "disconnected"}, method="PATCH", path=_HANG_UP),
        Example({"state": "DISCONNECTED"}, method="PATCH", path=_HANG_UP),
    ],
)
def patch_not_a_hang_up(case: Case) -> Sequence[Violation]:
    if case.body is None or validator("CallUpdate").is_valid(case.body):
        return FINE
    state = case.body.get("state")
    if state is not None and state not in HANG_UP_STATES:
        return found(f"the state is {json.dumps(state)[:60]}", "/state")
    return found("the body asks for no update: state, recordingState, conversationIds or participants")

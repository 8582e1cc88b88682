"""The body as such: its media type, its size, its JSON, and the shape of a published or a hang-up body."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ringback_contracts.core.declare import (
    BOB,
    COMMON_ERRORS,
    FINE,
    OK,
    OK_PARTICIPANTS,
    OUR_CHOICE,
    SDK,
    SUPPORT,
    SWAGGER_2017,
    TEST_NUMBER,
    found,
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
from ringback_contracts.http.payload import MAX_BYTES, MAX_DEPTH
from ringback_contracts.operations import PATCH_CALL, PLACING, WITH_BODY
from ringback_contracts.resources.calls import forms
from ringback_contracts.resources.calls.case import Case
from ringback_contracts.schemas import type_errors

CALL = {"phoneNumber": TEST_NUMBER}
UNREADABLE = "The request could not be understood by the server: its body is not valid JSON"


@rule(
    id="media-type.unsupported",
    stage=Stage.MEDIA_TYPE,
    status=415,
    code="unsupported.media.type",
    message="Unsupported media type; the body must be application/json",
    title="The body is not declared as JSON",
    fix="Send 'Content-Type: application/json'; curl needs -H for it, since -d alone declares a form.",
    evidence=Evidence.PUBLISHED,
    source=COMMON_ERRORS,
    knowledge=Knowledge.REQUEST,
    operations=WITH_BODY,
    rejects=[
        Example(CALL, headers={"content-type": "text/plain"}),
        Example(raw=b"phoneNumber=1", headers={"content-type": "application/x-www-form-urlencoded"}),
        Example(CALL, headers={"content-type": ""}),
    ],
    accepts=[OK, Example(CALL, headers={"content-type": "application/json; charset=utf-8"})],
)
def media_type_unsupported(case: Case) -> Sequence[Violation]:
    given = case.request.headers.get("content-type", "")
    if given == "application/json" or given.partition(";")[0].strip().lower() == "application/json":
        return FINE
    return found(f"the Content-Type is {given or 'not given'!r}", "Content-Type")


@rule(
    id="body.too-large",
    stage=Stage.SIZE,
    status=413,
    code="request.entity.too.large",
    message="The request is larger than {limit} bytes",
    title="The body has more than 512,000 bytes",
    fix="Send a smaller body; only attributes and participants can grow a call request that far.",
    evidence=Evidence.PUBLISHED,
    source=f"{COMMON_ERRORS}; the figure is the platform's limit request.bytes.max",
    knowledge=Knowledge.REQUEST,
    operations=WITH_BODY,
    rejects=[Example(raw=b'{"phoneNumber": "+442079460100"}' + b" " * MAX_BYTES)],
    accepts=[OK, Example(raw=b'{"phoneNumber": "+442079460100"}'.ljust(MAX_BYTES))],
)
def body_too_large(case: Case) -> Sequence[Violation]:
    if len(case.request.body) <= MAX_BYTES:
        return FINE
    return found(f"the body has more than {MAX_BYTES:,} bytes", "", limit=str(MAX_BYTES))


@rule(
    id="json.malformed",
    stage=Stage.JSON,
    status=400,
    message=UNREADABLE,
    title="The body is not JSON",
    fix="Send strict JSON in UTF-8: straight double quotes, no comments, no NaN, no trailing commas.",
    evidence=Evidence.PUBLISHED,
    source=f"{SWAGGER_2017}: bad.request",
    knowledge=Knowledge.REQUEST,
    operations=WITH_BODY,
    rejects=[
        Example(raw=b"phoneNumber: 5"),
        Example(raw=b'{"priority": NaN}'),
        Example(raw=b""),
        Example(raw="{“phoneNumber”: “+442079460100”}".encode()),
        Example(raw=b'{"phoneNumber": "\xff"}'),
    ],
    accepts=[OK],
)
def json_malformed(case: Case) -> Sequence[Violation]:
    if case.payload.error is None or len(case.request.body) > MAX_BYTES:
        return FINE
    return found(case.payload.error)


@rule(
    id="json.too-deep",
    stage=Stage.JSON,
    status=400,
    message="The request could not be understood by the server: its body is nested too deeply",
    title=f"The body nests arrays and objects deeper than {MAX_DEPTH}",
    fix="Send a flat body; no call request nests deeper than three.",
    evidence=Evidence.ASSUMED,
    source=OUR_CHOICE,
    knowledge=Knowledge.REQUEST,
    operations=WITH_BODY,
    rejects=[Example(raw=b'{"x":' * 65 + b"1" + b"}" * 65)],
    accepts=[OK, Example(raw=b'{"phoneNumber":"+442079460100","x":' + b"[" * 63 + b"]" * 63 + b"}")],
)
def json_too_deep(case: Case) -> Sequence[Violation]:
    return found(f"the body nests deeper than {MAX_DEPTH}") if case.payload.too_deep else FINE


@rule(
    id="body.not-an-object",
    stage=Stage.SCHEMA,
    status=400,
    message="The request body must be a JSON object",
    title="The body is JSON, but no object",
    fix='Send an object, for example {"phoneNumber": "+442079460100"}.',
    evidence=Evidence.PUBLISHED,
    source=f"model CreateCallRequest of the {SDK}",
    knowledge=Knowledge.REQUEST,
    operations=WITH_BODY,
    rejects=[Example(raw=b"[]"), Example(raw=b"null"), Example(raw=b'"tel:+442079460100"')],
    accepts=[OK],
)
def body_not_an_object(case: Case) -> Sequence[Violation]:
    if not case.payload.readable or case.body is not None:
        return FINE
    kind = {list: "an array", str: "a string", type(None): "null"}.get(
        type(case.payload.value), "a plain value"
    )
    return found(f"the body is {kind}")


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
    operations=PLACING,
    rejects=[published(phoneNumber=TEST_NUMBER, to="tel:" + TEST_NUMBER), participants(callerId="x")],
    accepts=[OK, OK_PARTICIPANTS],
)
def body_mixed(case: Case) -> Sequence[Violation]:
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
    operations=PLACING,
    rejects=[published(phoneNumber=5), Example(CALL | {"priority": "x"}), published(participants=[5])],
    accepts=[OK, Example(CALL | {"priority": 3, "label": None, "attributes": {"k": "v"}})],
)
def field_wrong_type(case: Case) -> Sequence[Violation]:
    if case.published is None:
        return FINE
    return [
        Violation(f"{pointer}: {problem}", pointer, {"field": _field(pointer), "problem": problem})
        for pointer, problem in type_errors(case.published)
    ]


def _field(pointer: str) -> str:
    return pointer.removeprefix("/").replace("/", ".")


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
    operations=PLACING,
    rejects=[
        Example({}),
        published(callerId="+442079460001"),
        published(callFromQueueId=SUPPORT),
        published(callUserId=""),
    ],
    accepts=[OK, published(callUserId=BOB)],
)
def destination_missing(case: Case) -> Sequence[Violation]:
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
    operations=PLACING,
    rejects=[published(phoneNumber=TEST_NUMBER, callUserId=BOB)],
    accepts=[OK, Example(CALL | {"callUserId": None}), Example(CALL | {"callUserId": ""})],
)
def destination_several(case: Case) -> Sequence[Violation]:
    if len(case.destinations) < 2:
        return FINE
    return found(f"the body gives {' and '.join(case.destinations)}", f"/{case.destinations[1]}")


_HANG_UP = "/api/v2/conversations/calls/{call}"


@rule(
    id="patch.not-a-hang-up",
    stage=Stage.SCHEMA,
    status=400,
    message="Only the state 'disconnected' can be set",
    title="The body of the PATCH is not a hang-up",
    fix='To end the call send {"state": "disconnected"}; other updates of a call are not served here.',
    evidence=Evidence.ASSUMED,
    source="Ringback's own limit: of the updates of a call it serves the hang-up",
    operations=frozenset({PATCH_CALL}),
    rejects=[
        Example({"state": "connected"}, method="PATCH", path=_HANG_UP),
        Example({}, method="PATCH", path=_HANG_UP),
    ],
    accepts=[Example({"state": "disconnected"}, method="PATCH", path=_HANG_UP)],
)
def patch_not_a_hang_up(case: Case) -> Sequence[Violation]:
    if case.body is None or case.body.get("state") == "disconnected":
        return FINE
    if "state" not in case.body:
        return found("the body sets no state", "")
    return found(f"the state is {json.dumps(case.body['state'])[:60]}", "/state")

"""Nothing that the vendor documents of a served operation is ignored in silence: it has an effect, or a note.

The documents are the sources of the official SDK, which name every query parameter of an operation and every
field of its body. An operation that is added with one of them unhandled fails here, with what to do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from ringback_contracts.catalogue import BY_ID, OPERATIONS, case_of, judge
from ringback_contracts.core.declare import CORA, SOLVED
from ringback_contracts.core.model import Accepted, Example, Stage
from ringback_contracts.core.operation import Operation
from ringback_contracts.examples import KNOWN_CALL, Situation, situation
from ringback_contracts.org import default_org
from ringback_contracts.resources.calls.forms import DESTINATION_KEYS
from ringback_contracts.resources.calls.operations import PLACE_CALL, PLACE_CALL_FOR_USER
from ringback_contracts.schemas import Schema, referred, schema
from tests.sdk import sdk_folder

NUMBER = "+442079460100"
BUSY = "31fe3bac-dea6-44b7-bed7-47f91660a1a0"
ORG = default_org()
ALICE = next(user for user in ORG.users if user.name == "Alice")
BOB = next(user for user in ORG.users if user.name == "Bob")
_MODEL = re.compile(r":param (?:list\[)?(\w+)\]? body:")
_QUERY = re.compile(r"query_params\['(\w+)'\]")


@cache
def sources() -> str:
    """The sources of all methods of the SDK."""
    return "\n".join(file.read_text("utf-8") for file in sorted((sdk_folder() / "apis").glob("*.py")))


def method(operation: Operation) -> str:
    """The source of the SDK's method for an operation."""
    name = re.sub(r"[A-Z]", lambda found: f"_{found[0].lower()}", operation.id)
    found = re.search(rf"^    def {name}\(.*?(?=^    def |\Z)", sources(), re.MULTILINE | re.DOTALL)
    assert found, f"the SDK has no method {name}"
    return found[0]


def fields_of(model: str) -> set[str]:
    """The names under which the fields of a model go out."""
    file = next(
        file for file in (sdk_folder() / "models").glob("*.py") if file.stem.replace("_", "") == model.lower()
    )
    listed = re.search(r"self\.attribute_map = \{(.*?)\}", file.read_text("utf-8"), re.DOTALL)
    assert listed
    return set(re.findall(r"'\w+': '(\w+)'", listed[1]))


@pytest.mark.sdk
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_every_documented_query_parameter_is_told(operation: Operation) -> None:
    documented = set(_QUERY.findall(method(operation)))
    untold, invented = documented - operation.query.keys(), operation.query.keys() - documented
    assert not untold, (
        f"{operation.id}: the SDK documents the query parameter {', '.join(sorted(untold))}, which"
        " would be called unknown: add it to the record's query, with heeded=() if it has no effect here"
    )
    assert not invented, f"{operation.id}: the SDK documents no query parameter {', '.join(sorted(invented))}"


IN_A_LIST = {"QueueMember": {"id": ALICE.id}, "UserQueue": {"id": ORG.queues[0].id}}
"""What a body has to say besides where it is one of several."""


def least_of(operation: Operation) -> dict[str, Any]:
    """A body of the operation that is accepted."""
    model = operation.reads or ""
    return LEAST[model] | (IN_A_LIST.get(model, {}) if operation.reads_list else {})


def asked(operation: Operation, body: Any = None, query: str = "") -> Situation:
    """A request of Alice's to an operation, on a call of hers where its path wants one."""
    path = operation.template.replace("{userId}", ALICE.id).replace("{sourceId}", "PURECLOUD")
    path = path.replace("{conversationId}", "{call}").replace("{participantId}", "{party1}")
    path = path.replace("{communicationId}", "{leg1}")
    path = path.replace("{channelId}", "{channel}").replace("{queueId}", ORG.queues[0].id)
    path = path.replace("{memberId}", ALICE.id)
    made = situation(Example(method=operation.method, path=f"{path}?{query}" if query else path))
    told = [body] if operation.reads_list else body
    raw = b"" if body is None else json.dumps(told).encode()
    request = replace(made.request, body=raw, headers={**made.request.headers, **JSON})
    return Situation(request, made.caller, made.org)


def sent_to(operation: Operation, body: Any = None, query: str = "") -> Any:
    """The verdict on it."""
    made = asked(operation, body, query)
    return judge(made.request, made.caller, made.org)


def notes_on(operation: Operation, body: Any) -> tuple[str, ...]:
    """What would be told of it, if nothing else is against it."""
    made = asked(operation, body)
    return case_of(made.request, made.caller, made.org).notes


JSON = {"content-type": "application/json"}
CALL_ID = KNOWN_CALL
ASKED = {"speakTo": "BOTH"}
LEAST: dict[str, dict[str, Any]] = {
    "CreateCallRequest": {"phoneNumber": NUMBER},
    "RoutingStatus": {"status": "IDLE"},
    "UserPresence": {"presenceDefinition": {"id": BUSY}},
    "CallForwarding": {"enabled": False},
    "CallUpdate": {"state": "disconnected"},
    "MediaParticipantRequest": {"state": "disconnected"},
    "ParticipantAttributes": {"attributes": {"a": "b"}},
    "ConsultTransferToExternal": ASKED | {"address": NUMBER},
    "ConsultTransferToAddress": ASKED | {"address": NUMBER},
    "ConsultTransfer": ASKED | {"destination": {"address": NUMBER}},
    "ConsultTransferToAgent": ASKED | {"userId": BOB.id},
    "ConsultTransferToQueue": ASKED | {"queueId": ORG.queues[0].id},
    "ConsultTransferUpdate": ASKED,
    "TransferToAgentRequest": {"userId": BOB.id},
    "TransferToQueueRequest": {"queueId": ORG.queues[0].id},
    "TransferRequest": {"address": NUMBER},
    "TransferToExternalRequest": {"address": NUMBER},
    "TransferToAddressRequest": {"address": NUMBER},
    "UserSearchRequest": {"query": [{"type": "EXACT", "fields": ["name"], "value": "Alice"}]},
    "WritableEntity": {"id": BOB.id},
    "QueueMember": {"joined": True},
    "UserQueue": {"joined": True},
    "WrapUpCodeReference": {"id": SOLVED},
    "Digits": {"digits": "1"},
    "ConversationTagsUpdate": {"externalTag": "x"},
    "CallCommand": {"callNumber": NUMBER},
    "ConsultTransferToExternalContact": ASKED | {"contactId": CORA, "phoneType": "WorkPhone"},
    "Conversation": {"participants": [{"address": NUMBER}]},
    "CreateCallbackOnConversationCommand": {"callbackNumbers": [NUMBER], "queueId": ORG.queues[0].id},
    "SetRecordingState": {"recordingState": "PAUSED"},
    "SetUuiDataRequest": {"uuiData": "04ab"},
    "ConversationParticipantSearchRequest": {"query": []},
    "ConversationSecureAttributes": {"attributes": {"a": "b"}},
    "ConversationUser": {"id": BOB.id},
    "ConversationUtilizationLabelUpdate": {"utilizationLabelId": BOB.id},
    "MandatoryPostCallActionInput": {},
    "OnDemandConversationSummaryRequest": {},
    "SnippetRecordingRequest": {"type": "snippet", "record": True},
    "TransferToExternalContactRequest": {"contactId": CORA, "phoneType": "WorkPhone"},
    "UpdateConferenceRequest": {"conversationIds": [CALL_ID]},
    "WrapupInput": {"code": SOLVED},
    "ChannelTopic": {"id": f"v2.users.{ALICE.id}.conversations.calls"},
}
"""A body of each model that is accepted, to which one field at a time is added."""


READING = [operation for operation in OPERATIONS if operation.reads is not None]


@pytest.mark.sdk
@pytest.mark.parametrize("operation", READING, ids=lambda operation: operation.id)
def test_every_documented_field_of_a_body_has_an_effect_or_a_note(operation: Operation) -> None:
    found = _MODEL.search(method(operation))
    assert found, f"{operation.id} reads a body, and the SDK's method takes none"
    assert operation.reads in LEAST, (
        f"{operation.id} reads a {operation.reads}: add a body of it that is accepted to LEAST here"
    )
    least = least_of(operation)
    heeded = set(operation.heeded or ())
    documented = fields_of(found[1])
    assert heeded <= documented, f"{operation.id} heeds {sorted(heeded - documented)}, which the SDK has not"
    for name in sorted(documented - heeded):
        assert f"{name} has no effect in Ringback" in notes_on(operation, {**least, name: "x"}), (
            f"{operation.id}: the field {name} has no effect and no note: add it to the record's heeded once"
            " it has one"
        )


OF_EACH_TYPE: dict[str, Any] = {
    "string": "x",
    "integer": 7,
    "number": 1.5,
    "boolean": True,
    "array": ["x"],
    "object": {"no": "x"},
}


def types_of(field: Schema) -> set[str]:
    """The JSON types that a field of a model can have."""
    kinds = resolved(field)["type"]
    listed = set(kinds if isinstance(kinds, list) else [kinds])
    return listed | ({"integer"} if "number" in listed else set())


def resolved(field: Schema) -> Schema:
    return referred(field["$ref"]) if "$ref" in field else field


def wrongly_typed(body: dict[str, Any], model: Schema) -> Iterator[tuple[str, dict[str, Any]]]:
    """The body with a value of a wrong type in each field of its model, and in each field of its objects."""
    for name, field in model.get("properties", {}).items():
        for kind in OF_EACH_TYPE.keys() - types_of(field):
            yield name, {**body, name: OF_EACH_TYPE[kind]}
        inner = body.get(name, {})
        if "object" in types_of(field) and isinstance(inner, dict):
            for _, made in wrongly_typed(inner, {"properties": leaves(resolved(field))}):
                yield name, {**body, name: made}


def leaves(model: Schema) -> Schema:
    """The fields of a model that are no objects: those below them are the same models again."""
    fields = model.get("properties", {}).items()
    return {name: field for name, field in fields if "object" not in types_of(field)}


@pytest.mark.parametrize("operation", READING, ids=lambda operation: operation.id)
def test_a_documented_field_of_a_wrong_type_is_refused_or_has_a_note(operation: Operation) -> None:
    model = schema(operation.reads or "")
    for name, body in wrongly_typed(least_of(operation), model):
        if isinstance(sent_to(operation, body), Accepted):
            assert any(name in note for note in notes_on(operation, body)), (name, body[name])


EFFECTS: dict[str, Any] = {
    "phoneNumber": "+442079460106",
    "callUserId": BOB.id,
    "callQueueId": ORG.queues[0].id,
    "conversationIds": [CALL_ID],
    "participants": [{"address": NUMBER}, {"address": "+442079460106"}],
    "callerId": ORG.numbers[0],
    "callerIdName": "Shop",
    "callFromQueueId": ORG.queues[0].id,
    "attributes": {"order": "1"},
    "uuiData": "6f72646572",
    "externalContactId": CORA,
}
"""A value of each field of a call that is heeded."""


def test_every_field_of_a_call_that_is_heeded_changes_the_call() -> None:
    plain = sent_to(BY_ID[PLACE_CALL], LEAST["CreateCallRequest"])
    assert isinstance(plain, Accepted)
    assert set(EFFECTS) == set(BY_ID[PLACE_CALL].heeded or ())
    for name, value in EFFECTS.items():
        beside = {} if name in DESTINATION_KEYS else LEAST["CreateCallRequest"]
        changed = sent_to(BY_ID[PLACE_CALL], {**beside, name: value})
        assert isinstance(changed, Accepted), (name, changed)
        assert changed.intent != plain.intent, name


ODD: tuple[Any, ...] = ({"no": ["such"]}, 17, ["x"], "x", True)
"""Values of which a field that is read takes one at most without another verdict."""
ONLY_SHOWN = frozenset({"message"})
"""Texts that decide nothing: who asks for what was set is shown them (tests/mockserver/test_people.py)."""


@pytest.mark.sdk
@pytest.mark.parametrize("operation", READING, ids=lambda operation: operation.id)
def test_every_field_of_a_body_that_is_heeded_changes_the_verdict(operation: Operation) -> None:
    least = least_of(operation)
    plain = sent_to(operation, least)
    for name in sorted(set(operation.heeded or ()) - ONLY_SHOWN):
        verdicts = [sent_to(operation, {**least, name: value}) for value in ODD]
        assert any(decided(verdict) != decided(plain) for verdict in verdicts), name


def decided(verdict: Any) -> object:
    """What an accepted request sets off, or the rule that refuses it."""
    return verdict.intent if isinstance(verdict, Accepted) else verdict.finding.rule.id


def test_what_has_no_effect_is_told_and_what_is_empty_is_not() -> None:
    body: dict[str, Any] = {
        "phoneNumber": NUMBER,
        "label": "x",
        "priority": None,
        "routingSkillsIds": [],
        "+44 20": "secret",
    }
    verdict = sent_to(BY_ID[PLACE_CALL], body, "expand=x&+44=1")
    assert isinstance(verdict, Accepted)
    assert verdict.notes == (
        "the operation has no query parameter 'expand'",
        "the operation has no query parameter of another name",
        "label has no effect in Ringback",
        "a field of another name has no effect in Ringback",
    )


@pytest.mark.parametrize(("release", "noted"), [("230.1.0", True), ("237.0.0", False), ("x", False)])
def test_an_sdk_that_has_not_the_operation_yet_is_told(release: str, noted: bool) -> None:
    made = asked(BY_ID[PLACE_CALL_FOR_USER], LEAST["CreateCallRequest"])
    request = replace(made.request, headers={**made.request.headers, "purecloud-sdk": release})
    notes = case_of(request, made.caller, made.org).notes
    assert any("which came with 237" in note for note in notes) is noted


def test_a_body_that_no_operation_reads_is_told() -> None:
    for operation in (each for each in OPERATIONS if each.reads is None and "{" not in each.template):
        cases: tuple[tuple[Any, bool], ...] = (({}, False), (None, False), ({"participantIds": ["p"]}, True))
        for body, noted in cases:
            told = notes_on(operation, body)
            assert any("takes no body" in note for note in told) is noted, operation.id


def test_a_caller_id_that_the_org_has_not_got_is_shown_and_told() -> None:
    for shown, noted in (("+442079460555", True), (ORG.numbers[0], False)):
        verdict = sent_to(BY_ID[PLACE_CALL], {"phoneNumber": NUMBER, "callerId": shown})
        assert isinstance(verdict, Accepted)
        assert any("no number of the org" in note for note in verdict.notes) is noted


@pytest.mark.sdk
def test_a_field_that_is_heeded_is_no_field_without_effect() -> None:
    for operation in READING:
        least = least_of(operation)
        assert not [note for note in notes_on(operation, least) if "no effect" in note], operation.id
        verdict = sent_to(operation, least)
        # A call may not be in the state for it, which says nothing of the body.
        assert isinstance(verdict, Accepted) or verdict.finding.rule.stage is Stage.STATE, verdict

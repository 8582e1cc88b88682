from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from ringback_contracts.catalogue import BY_ID, OPERATIONS, PLACING, TABLE, judge
from ringback_contracts.core.model import PARTICIPANTS, PUBLISHED, Accepted, Example, Rejected, Rule
from ringback_contracts.core.operation import Operation
from ringback_contracts.examples import situation
from ringback_contracts.http.envelope import envelope
from ringback_contracts.life.commands import BlindTransfer, CallBack, Invite, StartConsult
from ringback_contracts.openapi import admin_openapi_document, openapi_document
from ringback_contracts.org import ContractChoice, default_org
from ringback_contracts.resources.calls.forms import PUBLISHED_KEYS
from ringback_contracts.resources.calls.operations import PATCH_CALL, PLACE_CALL
from ringback_contracts.schemas import schema
from ringback_harness.strategies import json_values, near

Json = dict[str, Any]
CHOICES: tuple[ContractChoice, ...] = ("any", "published", "participants")
EVERY: list[Json] = [*(openapi_document(choice) for choice in CHOICES), admin_openapi_document()]
VENDOR = {"400", "401", "403", "404", "408", "409", "413", "415", "429", "500", "503", "504"}
BRINGING = {StartConsult, BlindTransfer, Invite, CallBack}
"""Commands whose numbers an org may refuse."""
CALL_ID = "ca110000-0000-4000-8000-0000000000ca"


def described(operation: Operation, choice: ContractChoice = "any") -> Json:
    found: Json = openapi_document(choice)["paths"][operation.template][operation.method.lower()]
    return found


def fits(part: Json, value: object, choice: ContractChoice = "any") -> bool:
    """Whether the value is valid by a schema of the document, read by the reference implementation."""
    components = openapi_document(choice)["components"]
    return Draft202012Validator({**part, "components": components}).is_valid(value)


def body_schema(operation_id: str, choice: ContractChoice = "any") -> Json:
    content: Json = described(BY_ID[operation_id], choice)["requestBody"]["content"]
    part: Json = content["application/json"]["schema"]
    return part


def verdict_on(body: object, choice: ContractChoice = "any", **more: Any) -> Accepted | Rejected:
    asked = situation(Example(raw=json.dumps(body).encode(), org={"contract": choice}, **more))
    return judge(asked.request, asked.caller, asked.org)


@pytest.mark.parametrize("document", EVERY, ids=[*CHOICES, "admin"])
def test_an_independent_validator_finds_nothing_wrong(document: Json) -> None:
    validate(document)
    assert document["openapi"] == "3.1.0"


@pytest.mark.parametrize("document", EVERY, ids=[*CHOICES, "admin"])
def test_every_reference_and_every_link_leads_somewhere(document: Json) -> None:
    operations = {
        operation["operationId"]: operation
        for path in document["paths"].values()
        for operation in path.values()
    }
    for node in nodes(document):
        if isinstance(node.get("$ref"), str):
            assert resolved(document, node["$ref"])
        for link in node.get("links", {}).values():
            target = operations[link["operationId"]]
            assert link["parameters"].keys() <= {given["name"] for given in target["parameters"]}


@pytest.mark.parametrize("document", EVERY, ids=[*CHOICES, "admin"])
def test_no_schema_is_listed_that_nothing_uses(document: Json) -> None:
    used = {node["$ref"] for node in nodes(document) if isinstance(node.get("$ref"), str)}
    listed = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert listed == {target for target in used if "/schemas/" in target}


def nodes(part: Any) -> Iterator[Json]:
    if isinstance(part, dict):
        yield part
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from nodes(inner)


def resolved(document: Any, target: str) -> Any:
    for key in target.removeprefix("#/").split("/"):
        document = document[key]
    return document


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_an_operation_is_documented_with_its_rights(operation: Operation) -> None:
    found = described(operation)
    assert found["operationId"] == operation.id
    rights = found.get("x-inin-requires-permissions", {"permissions": []})
    assert tuple(rights["permissions"]) == operation.any_of + operation.all_of
    assert found["security"] == [*({"oauth": [scope]} for scope in operation.scopes), {"bearer": []}]
    offered = openapi_document()["components"]["securitySchemes"]["oauth"]["flows"]["authorizationCode"][
        "scopes"
    ]
    assert set(operation.scopes) <= offered.keys()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_the_statuses_are_those_of_the_vendor_and_of_our_rules(operation: Operation) -> None:
    success = {"200", "202"} if operation.id in PLACING else {str(operation.success)}
    dials_numbers = operation.id in PLACING or not BRINGING.isdisjoint(operation.gives)
    unprocessable = {"422"} if dials_numbers else set()
    limited = {"501"} if operation.reads == "CallUpdate" else set()
    assert described(operation)["responses"].keys() == VENDOR | {"421"} | success | unprocessable | limited


EXAMPLES = [(rule, example) for rule in TABLE for example in rule.rejects]


@pytest.mark.parametrize(("rule", "example"), EXAMPLES, ids=[rule.id for rule, _ in EXAMPLES])
def test_each_rejection_is_documented_with_its_rule_and_its_body(rule: Rule, example: Example) -> None:
    asked = situation(example)
    verdict = judge(asked.request, asked.caller, asked.org)
    assert isinstance(verdict, Rejected)
    if verdict.operation is None:
        assert rule.status in (400, 404, 405, 421, 501)
        return
    response = described(verdict.operation)["responses"][str(rule.status)]
    assert response["x-ringback-rules"][rule.id] == rule.title
    assert "Ringback-Rule" in response["headers"]
    assert fits(response["content"]["application/json"]["schema"], envelope(verdict.finding, CALL_ID))


def test_the_document_of_one_contract_names_no_rule_of_the_other() -> None:
    for choice in (PUBLISHED, PARTICIPANTS):
        responses = described(BY_ID[PLACE_CALL], choice)["responses"].values()
        named = {rule_id for response in responses for rule_id in response.get("x-ringback-rules", {})}
        assert {rule_id for rule_id in named if choice not in TABLE[rule_id].contracts} == set()
        assert "number.reserved" in named if choice == PARTICIPANTS else "destination.several" in named


@pytest.mark.parametrize("choice", CHOICES)
def test_every_example_of_a_call_is_accepted_in_the_default_org(choice: ContractChoice) -> None:
    body = described(BY_ID[PLACE_CALL], choice)["requestBody"]["content"]["application/json"]
    assert body["examples"]
    for name, example in body["examples"].items():
        assert isinstance(verdict_on(example["value"], choice), Accepted), name
        assert fits(body["schema"], example["value"], choice), name


SHOWN = [
    (operation, shown["value"])
    for operation in OPERATIONS
    if operation.reads
    for content in described(operation)["requestBody"]["content"].values()
    for shown in content.get("examples", {}).values()
]


@pytest.mark.parametrize(("operation", "body"), SHOWN, ids=[operation.id for operation, _ in SHOWN])
def test_every_example_of_a_body_is_accepted_in_the_default_org(operation: Operation, body: Any) -> None:
    path = operation.template.replace("{conversationId}", "{call}").replace("{channelId}", "{channel}")
    for parameter in described(operation)["parameters"]:
        path = path.replace(f"{{{parameter['name']}}}", str(parameter.get("example")))
    asked = situation(Example(body, method=operation.method, path=path))
    verdict = judge(asked.request, asked.caller, asked.org)
    assert isinstance(verdict, Accepted), verdict


def test_a_body_that_may_be_left_out_is_not_required() -> None:
    for operation in OPERATIONS:
        if operation.reads:
            assert described(operation)["requestBody"]["required"] is not operation.body_optional


def test_the_example_of_a_user_is_one_who_may_call() -> None:
    for operation in OPERATIONS:
        for parameter in described(operation)["parameters"]:
            if parameter["name"] == "userId":
                user = default_org().user_by_id[parameter["example"]]
                assert user.station
                assert "conversation:conference:add" in user.permissions


ALICE = "a11ce000-0000-4000-8000-000000000001"
BOB = "b0b00000-0000-4000-8000-000000000002"
CAMPAIGN = "ca3b0000-0000-4000-8000-000000000020"
TEST = "tel:+442079460100"
OWN = "tel:+442079460002"
AGENT = "sip:agent@example.com"
TO: list[Any] = [
    TEST,
    "tel:+442079460199",
    f"user:{BOB}",
    f"USER:{BOB.upper()}",
    AGENT,
    "SIPS:agent@[2001:db8::1]:5061;transport=tls",
    {"to": TEST},
    {"to": AGENT, "address": 5, "name": {}},
    {"type": "tel", "address": TEST, "id": 5},
    {"type": "sip", "address": AGENT, "name": ["x"]},
    {"type": "user", "id": BOB, "address": 5},
    {"type": "user", "id": None, "address": f"user:{BOB}"},
]
FROM: list[Any] = [
    f"user:{ALICE}",
    f"User:{ALICE.upper()}",
    OWN,
    f"campaign:{CAMPAIGN}",
    f"Campaign:{CAMPAIGN.upper()}",
    {"from": OWN},
    {"type": "tel", "address": OWN, "name": 5},
    {"type": "user", "id": ALICE.upper()},
    {"type": "user", "address": f"user:{ALICE}", "name": None},
    {"type": "campaign", "id": CAMPAIGN},
    {"type": "campaign", "id": None, "address": f"campaign:{CAMPAIGN}"},
]
SPELLINGS = [{"to": to, "from": FROM[0]} for to in TO] + [{"to": TO[0], "from": one} for one in FROM]


@pytest.mark.parametrize("body", SPELLINGS, ids=str)
def test_every_accepted_spelling_of_an_address_is_documented(body: Json) -> None:
    assert isinstance(verdict_on(body), Accepted)
    assert fits(body_schema(PLACE_CALL), body)


good_bodies = st.builds(
    dict.__or__,
    st.builds(lambda number: {"phoneNumber": number}, st.integers(100, 199).map("+442079460{}".format))
    | st.fixed_dictionaries({"to": st.sampled_from(TO), "from": st.sampled_from(FROM)}),
    st.dictionaries(
        st.sampled_from(["label", "priority", "to", "type", "callerId"]), json_values(), max_size=1
    ),
)
"""Bodies most of which are accepted."""
published_bodies = near(schema("CreateCallRequest"))
participants_bodies = near(schema("ParticipantsCallRequest"))


@given(st.sampled_from(CHOICES), good_bodies | published_bodies | participants_bodies)
def test_what_breaks_the_documented_request_schema_is_refused(choice: ContractChoice, body: object) -> None:
    if isinstance(verdict_on(body, choice), Accepted):
        assert fits(body_schema(PLACE_CALL, choice), body, choice)


@given(good_bodies)
def test_what_the_document_calls_sure_is_accepted(body: Json) -> None:
    for choice in CHOICES:
        sure = [
            part
            for part in body_schema(PLACE_CALL, choice)["anyOf"]
            if "default org" in part.get("title", "")
        ]
        assert sure
        if any(fits(part, body, choice) for part in sure):
            assert isinstance(verdict_on(body, choice), Accepted)


@given(near(schema("CallUpdate")))
def test_the_document_says_exactly_what_a_hang_up_is(body: object) -> None:
    path = "/api/v2/conversations/calls/{call}"
    accepted = isinstance(verdict_on(body, method="PATCH", path=path), Accepted)
    assert fits(body_schema(PATCH_CALL), body) == accepted


def test_a_call_placed_can_be_followed_through_its_links() -> None:
    links = described(BY_ID[PLACE_CALL])["responses"]["202"]["links"].values()
    assert {link["operationId"] for link in links} == {
        "getConversationsCall",
        "patchConversationsCall",
        "postConversationDisconnect",
    }
    assert {link["parameters"]["conversationId"] for link in links} == {"$response.body#/id"}


def test_the_keys_that_tell_a_published_body_are_those_of_the_model() -> None:
    assert schema("CreateCallRequest")["properties"].keys() == PUBLISHED_KEYS

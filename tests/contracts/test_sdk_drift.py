"""Our published schemas and operations are the official SDK's, whose sources are read, not imported."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from ringback_contracts.catalogue import OPERATIONS
from ringback_contracts.core.operation import Operation
from ringback_contracts.schemas import names, schema
from tests.sdk import sdk_folder

pytestmark = pytest.mark.sdk

OURS = {
    "CallFrom",
    "CallUpdate",
    "CallTo",
    "CampaignAddress",
    "Explanation",
    "FieldPosition",
    "OAuthError",
    "OAuthTokenResponse",
    "ParticipantsCallRequest",
    "ParticipantsCallResponse",
    "Position",
    "SipAddress",
    "SnippetRecordingState",
    "SystemPresences",
    "TelAddress",
    "UserAddress",
    "WrapupCodes",
}
"""Schemas of bodies that the vendor publishes no model of."""
PUBLISHED = sorted(set(names()) - OURS)
NULLABLE = {
    "CallCommand",
    "ConsultTransfer",
    "ConsultTransferToExternalContact",
    "ConversationUser",
    "ConversationUtilizationLabelUpdate",
    "CreateCallbackOnConversationCommand",
    "MandatoryPostCallActionInput",
    "OnDemandConversationSummaryRequest",
    "SetRecordingState",
    "SetUuiDataRequest",
    "SnippetRecordingRequest",
    "TransferToExternalContactRequest",
    "UpdateConferenceRequest",
    "ConsultTransferToAddress",
    "ConsultTransferToAgent",
    "ConsultTransferToExternal",
    "ConsultTransferToQueue",
    "ConsultTransferUpdate",
    "ConversationTagsUpdate",
    "CreateCallRequest",
    "Destination",
    "Digits",
    "MediaParticipantRequest",
    "ParticipantAttributes",
    "TransferRequest",
    "TransferToAddressRequest",
    "TransferToAgentRequest",
    "TransferToExternalRequest",
    "TransferToQueueRequest",
    "WrapupInput",
}
"""Request models: null stands for a field that is not there."""
SDK_TYPES = {"integer": "int", "number": "float", "boolean": "bool", "string": "str"}


@dataclass(frozen=True)
class Model:
    """A model of the SDK: the type and the enum of each property, by its name on the wire."""

    types: dict[str, str]
    enums: dict[str, list[str]]


@cache
def sdk_models() -> dict[str, str]:
    """Where the SDK keeps each model."""
    text = (sdk_folder() / "__init__.py").read_text("utf-8")
    return {name: module for module, name in re.findall(r"from \.models\.(\w+) import (\w+)", text)}


@cache
def sdk_model(name: str) -> Model:
    source = (sdk_folder() / "models" / f"{sdk_models()[name]}.py").read_text("utf-8")
    tree = ast.parse(source)
    wire = dict(assigned(tree, "attribute_map"))["attribute_map"]
    types = dict(assigned(tree, "swagger_types"))["swagger_types"]
    return Model(
        {wire[attribute]: kind for attribute, kind in types.items()},
        {wire[setter]: values for setter, values in assigned(tree, "allowed_values")},
    )


def assigned(tree: ast.AST, name: str) -> Iterator[tuple[str, Any]]:
    """Each literal given to a local of a method (named by its method) or to an attribute (by itself)."""
    for method in ast.walk(tree):
        if isinstance(method, ast.FunctionDef):
            for statement in method.body:
                match statement:
                    case ast.Assign(targets=[ast.Name(id=given)], value=value) if given == name:
                        yield method.name, ast.literal_eval(value)
                    case ast.Assign(targets=[ast.Attribute(attr=given)], value=value) if given == name:
                        yield name, ast.literal_eval(value)


def sdk_type(given: dict[str, Any]) -> str:
    """A schema's type in the SDK's words."""
    if "$ref" in given:
        return str(given["$ref"]).removesuffix(".json")
    if "type" not in given:
        return "object"  # which is anything
    kind = given["type"][0] if isinstance(given["type"], list) else given["type"]
    if kind == "array":
        return f"list[{sdk_type(given['items'])}]"
    if kind == "object":
        inner = given.get("additionalProperties")
        return f"dict(str, {sdk_type(inner)})" if inner else str(given["title"])
    return "datetime" if given.get("format") == "date-time" else SDK_TYPES[kind]


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_fields_and_their_types_are_those_of_the_sdk(name: str) -> None:
    ours = {field: sdk_type(given) for field, given in schema(name)["properties"].items()}
    assert ours == sdk_model(name).types


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_enums_are_those_of_the_sdk(name: str) -> None:
    given_to = schema(name)["properties"].items()
    ours = {
        field: [word for word in given["enum"] if word is not None]
        for field, given in given_to
        if "enum" in given
    }
    assert ours == sdk_model(name).enums


@pytest.mark.parametrize("name", PUBLISHED)
def test_only_request_models_know_null_and_none_adds_a_demand(name: str) -> None:
    for given in schema(name)["properties"].values():
        kinds = given.get("type", [])
        null = kinds[1:] == ["null"] if name in NULLABLE else isinstance(kinds, str)
        assert null or "$ref" in given or "type" not in given
    assert set(schema(name)) == {"$schema", "$id", "title", "description", "type", "properties"}


def test_a_model_that_is_only_named_is_one_of_the_sdk_and_not_described() -> None:
    for name in PUBLISHED:
        for given in schema(name)["properties"].values():
            part = given.get("items", given)
            if "title" in part:
                assert part.keys() - {"description"} == {"title", "type"}
                assert part["title"] in sdk_models()
                assert part["title"] not in PUBLISHED


@pytest.mark.parametrize("name", sorted(OURS))
def test_what_we_call_ours_the_sdk_does_not_have(name: str) -> None:
    assert name not in sdk_models()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_the_operations_are_those_of_the_sdk(operation: Operation) -> None:
    method = re.sub(r"(?<!^)([A-Z])", r"_\1", operation.id).lower()
    found = re.findall(
        rf"def {method}\(.*?resource_path = '([^']+)'.*?call_api\(resource_path, '(\w+)'",
        sdk_apis(),
        flags=re.DOTALL,
    )
    assert set(found) == {(operation.template, operation.method)}


@cache
def sdk_apis() -> str:
    """The sources of the APIs that Ringback serves a part of."""
    apis = (
        "conversations",
        "notifications",
        "o_auth",
        "organization",
        "presence",
        "routing",
        "stations",
        "tokens",
        "users",
        "voicemail",
    )
    return "\n".join((sdk_folder() / "apis" / f"{api}_api.py").read_text("utf-8") for api in apis)

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from ringback_contracts import schemas
from ringback_contracts.schemas import MOST_ERRORS, schema, type_errors, validator
from ringback_harness.strategies import json_values, near
from tests.contracts.oracle import oracle

NAMES = schemas.names()
T = "+442079460100"
A = "a11ce000-0000-4000-8000-000000000001"
CAMPAIGN = "ca3b0000-0000-4000-8000-000000000020"


def nodes(part: Any) -> Iterator[dict[str, Any]]:
    """Every object inside a schema."""
    if isinstance(part, dict):
        yield part
        for inner in part.values():
            yield from nodes(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from nodes(inner)


@pytest.mark.parametrize("name", NAMES)
def test_each_file_is_a_schema_of_the_draft_it_declares(name: str) -> None:
    document = schema(name)
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(document)


@pytest.mark.parametrize("name", NAMES)
def test_each_schema_is_named_as_its_file_and_says_what_it_is(name: str) -> None:
    document = schema(name)
    assert document["$id"] == f"{schemas.BASE}{name}.json"
    assert document["title"] == name
    assert document["description"].endswith(".")


@pytest.mark.parametrize("name", NAMES)
def test_every_reference_leads_to_a_schema(name: str) -> None:
    for node in nodes(schema(name)):
        if "$ref" in node:
            assert schemas.referred(node["$ref"])["title"] in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_no_pattern_lets_other_digits_or_a_trailing_newline_through(name: str) -> None:
    for node in nodes(schema(name)):
        pattern = node.get("pattern", "")
        if isinstance(pattern, str) and pattern:
            assert not re.search(r"\\[dwDWbB]|\$", pattern)
            assert pattern.startswith("^")
            assert pattern.endswith(r"(?![\s\S])")


def test_an_unknown_name_is_told_from_the_known_ones() -> None:
    with pytest.raises(KeyError, match=r"no schema 'CreateCall'.*CreateCallRequest"):
        schema("CreateCall")


@given(st.sampled_from(NAMES).flatmap(lambda name: st.tuples(st.just(name), near(schema(name)))))
def test_the_compiled_validators_agree_with_the_reference_implementation(case: tuple[str, Any]) -> None:
    name, body = case
    assert validator(name).is_valid(body) == oracle(name).is_valid(body)


@pytest.mark.parametrize(
    ("name", "body", "fits"),
    [
        ("CreateCallRequest", {"priority": 1.0}, True),
        ("CreateCallRequest", {"priority": -0.0}, True),
        ("CreateCallRequest", {"priority": 2**70}, True),
        ("CreateCallRequest", {"priority": 10**400}, True),
        ("CreateCallRequest", {"priority": 1e300}, True),
        ("CreateCallRequest", {"priority": 1.5}, False),
        ("CreateCallRequest", {"priority": True}, False),
        ("CreateCallRequest", {"priority": "1"}, False),
        ("CreateCallRequest", {"label": None, "participants": [{"name": None}]}, True),
        ("CreateCallRequest", {"routingSkillsIds": [None]}, False),
        ("CreateCallRequest", {"attributes": {"a": None}}, False),
        ("CreateCallRequest", {"sessionType": {"x": [1]}}, True),
        ("CreateCallRequest", {"phoneNumber": "\ud800"}, True),
        ("CreateCallRequest", [], False),
        ("TelAddress", f"tel:{T}", True),
        ("TelAddress", f"tel:{T}\n", False),
        ("TelAddress", f"tel:{T}\r", False),
        ("TelAddress", "tel:+\uff14\uff14\uff12\uff10", False),
        ("TelAddress", "tel:+44\u0662", False),
        ("UserAddress", f"user:{A}", True),
        ("UserAddress", f"user:{A}\n", False),
        ("SipAddress", "sip:agent@example.com", True),
        ("SipAddress", "sip:agent@example.com\n", False),
        ("SipAddress", "sip:agent@exämple.com", False),
        ("CallUpdate", {"state": "disconnected"}, True),
        ("CallUpdate", {"state": "disconnected\n"}, False),
    ],
)
def test_both_implementations_decide_the_tricky_ones_alike(name: str, body: Any, fits: bool) -> None:
    assert validator(name).is_valid(body) is fits
    assert oracle(name).is_valid(body) is fits


@pytest.mark.parametrize(
    "to",
    [
        f"tel:{T}",
        "tel:+1202",  # refused as a number, later
        "tel:+1555ABCDEFG",
        f"user:{A}",
        "sip:agent@example.com",
        "sips:agent@[2001:db8::1]:5061;transport=tls",
        {"to": f"tel:{T}"},
        {"type": "sip", "address": "sip:agent@example.com", "name": "x"},
        {"type": "user", "id": A},
        {"type": "user", "address": f"user:{A}"},
        {"type": "tel", "address": f"tel:{T}", "name": 5},
    ],
)
def test_the_ways_to_write_whom_to_call(to: object) -> None:
    assert validator("ParticipantsCallRequest").is_valid({"to": to, "from": f"user:{A}", "type": "call"})


@pytest.mark.parametrize(
    "to",
    [
        *(
            "15551234567",
            T,
            "555-123-4567",
            "tel:555-123-4567",
            "tel:+1 555 123 4567",
            "tel:+44-20-7946-0100",
        ),
        *("sip:agent", "agent@example.com", " sip:agent@example.com", "sip:agent%40example.com", ""),
        *("sip:agent@exa mple.com", "user:not-a-uuid", A, f"campaign:{CAMPAIGN}"),
        *({"phoneNumber": T}, {"address": T}, [{"address": T}], 5, None, {}, {"id": A}, {"from": f"tel:{T}"}),
        *({"type": "user"}, {"type": "user", "id": 5}, {"type": "user", "address": f"tel:{T}"}),
        *({"type": "phone", "address": f"tel:{T}"}, {"to": f"tel:{T}", "type": None}),
    ],
)
def test_what_is_no_way_to_write_whom_to_call(to: object) -> None:
    assert not validator("ParticipantsCallRequest").is_valid({"to": to, "from": f"user:{A}"})


def test_only_from_may_be_a_campaign() -> None:
    assert validator("CallFrom").is_valid(f"campaign:{CAMPAIGN}")
    assert validator("CallFrom").is_valid({"type": "campaign", "id": CAMPAIGN})
    assert not validator("CallTo").is_valid({"type": "campaign", "id": CAMPAIGN})


def pointer(path: Iterator[str | int]) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


@given(near(schema("CreateCallRequest")).filter(lambda body: isinstance(body, dict)))
def test_type_errors_are_where_the_reference_implementation_finds_them(body: dict[str, Any]) -> None:
    expected = [pointer(iter(error.absolute_path)) for error in oracle("CreateCallRequest").iter_errors(body)]
    assert sorted(where for where, _ in type_errors(body)) == sorted(expected)


@given(st.dictionaries(st.text(max_size=12), json_values()))
def test_unknown_keys_are_no_type_error(body: dict[str, Any]) -> None:
    unknown = {
        key: value for key, value in body.items() if key not in schema("CreateCallRequest")["properties"]
    }
    assert type_errors(unknown) == []


def test_type_errors_say_where_what_is_and_what_should_be() -> None:
    body = {
        "phoneNumber": 5,
        "priority": "x",
        "participants": [{"address": T}, 5, {"name": [1]}],
        "attributes": {"a/b~": 1.5},
    }
    assert type_errors(body) == [
        ("/phoneNumber", "expected a string, found a whole number"),
        ("/priority", "expected a whole number, found a string"),
        ("/participants/1", "expected an object, found a whole number"),
        ("/participants/2/name", "expected a string, found an array"),
        ("/attributes/a~1b~0", "expected a string, found a number"),
    ]


def test_a_body_that_is_wrong_all_over_is_told_so_in_fifty_places() -> None:
    found = type_errors({"routingSkillsIds": [1] * 200_000})
    assert len(found) == MOST_ERRORS == 50
    assert found[-1][0] == "/routingSkillsIds/49"


def test_the_files_are_written_in_one_way() -> None:
    folder = Path(schemas.__file__).parent
    assert {path.stem for path in folder.glob("*.json")} == set(NAMES)
    for path in folder.glob("*.json"):
        text = path.read_text("utf-8")
        assert text.endswith("}\n")
        assert json.loads(text, object_pairs_hook=no_key_twice)


def no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    assert len({key for key, _ in pairs}) == len(pairs)
    return dict(pairs)

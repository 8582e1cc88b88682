"""One pair of addresses, two contracts: which body goes to which path."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_client import (
    CallsClient,
    ClientCredentials,
    ConfigurationError,
    InvalidRequest,
    MalformedAddress,
    bodies,
)
from ringback_contracts.core.model import Contract, Request
from ringback_contracts.domain import addresses
from ringback_contracts.resources.calls.forms import recognise
from ringback_contracts.resources.calls.paths import CALLS_PATH
from tests.client.scripted import MOCK, ScriptedAdapter

ALICE = "a11ce000-0000-4000-8000-000000000001"
BOB = "b0b00000-0000-4000-8000-000000000002"
CAMPAIGN = "ca3b0000-0000-4000-8000-000000000020"
NUMBER = "+442079460100"
OWN = "+442079460001"
SIP = "sip:agent@example.com"


def built(to: Any, from_: Any = None, contract: Contract = "published", **fields: Any) -> tuple[str, Any]:
    request = CallsClient.build_request(to, from_, contract=contract, fields=fields)
    assert request.method == "POST"
    assert request.headers["content-type"] == "application/json"
    return request.path, json.loads(request.body)


@pytest.mark.parametrize(
    ("to", "body"),
    [
        (f"tel:{NUMBER}", {"phoneNumber": NUMBER}),
        (f"TEL:{NUMBER}", {"phoneNumber": NUMBER}),
        (NUMBER, {"phoneNumber": NUMBER}),
        ("3172222222", {"phoneNumber": "3172222222"}),
        (SIP, {"phoneNumber": SIP}),
        (f"user:{BOB}", {"callUserId": BOB}),
        ("hello", {"phoneNumber": "hello"}),
    ],
)
def test_a_destination_in_the_published_contract(to: str, body: Mapping[str, str]) -> None:
    assert built(to) == (CALLS_PATH, body)


@pytest.mark.parametrize("number", [f"tel:{OWN}", OWN, "020 7946 0001"])
def test_a_number_that_calls_is_the_published_caller_id(number: str) -> None:
    shown = number.removeprefix("tel:")
    assert built(f"tel:{NUMBER}", number) == (CALLS_PATH, {"phoneNumber": NUMBER, "callerId": shown})


def test_a_user_who_calls_stands_in_the_published_path_and_is_never_dialled() -> None:
    path, body = built(f"tel:{NUMBER}", f"user:{ALICE}")
    assert path == f"{CALLS_PATH}/user/{ALICE}"
    assert body == {"phoneNumber": NUMBER}


@pytest.mark.parametrize("from_", [ALICE, f"campaign:{CAMPAIGN}", "", "user", SIP])
def test_a_caller_that_the_published_contract_has_no_place_for_is_refused(from_: str) -> None:
    with pytest.raises(MalformedAddress):
        built(f"tel:{NUMBER}", from_)


@pytest.mark.parametrize("contract", ["published", "participants"])
@pytest.mark.parametrize(
    ("addresses_given", "told"),
    [
        ({"to": None}, "'to' is None .*not set"),
        ({"to": 442079460100}, "'to' is of type int"),
        ({"to": b"tel:+442079460100"}, "'to' is of type bytes"),
        ({"to": {"phoneNumber": NUMBER}}, "'to' is of type dict"),
        ({"to": NUMBER, "from_": 5}, "'from_' is of type int"),
    ],
)
def test_what_is_no_address_is_refused_before_anything_is_sent_and_the_parameter_named(
    addresses_given: dict[str, Any], told: str, contract: Contract
) -> None:
    adapter = ScriptedAdapter()
    with pytest.raises(MalformedAddress, match=told) as caught:
        CallsClient(MOCK, "alice", adapter=adapter).place_call(**addresses_given, contract=contract)
    assert adapter.requests == []
    assert "442079460100" not in str(caught.value).replace("tel:+442079460100", "")


@pytest.mark.parametrize("missing", [None, 5])
def test_an_id_that_is_no_text_is_refused_before_anything_is_sent(missing: Any) -> None:
    adapter = ScriptedAdapter()
    calls = CallsClient(MOCK, "alice", adapter=adapter)
    for use in (calls.get_call, calls.disconnect):
        with pytest.raises(InvalidRequest, match="the id is"):
            use(missing)
    with pytest.raises(MalformedAddress, match="the id is of type"):
        calls.post_body({"phoneNumber": NUMBER}, user_id=5)  # type: ignore[arg-type]  # the point of the test
    assert adapter.requests == []


@pytest.mark.parametrize(("target", "credentials"), [(None, "alice"), (MOCK, None)])
def test_a_client_of_nothing_is_refused_and_the_parameter_named(target: Any, credentials: Any) -> None:
    name = "target" if target is None else "credentials"
    with pytest.raises(ConfigurationError, match=f"'{name}' is None .*not set"):
        CallsClient(target, credentials)


@pytest.mark.parametrize(("client_id", "secret"), [(None, "s"), ("id", None), ("", "s"), ("id", "")])
def test_half_a_service_is_refused_and_the_missing_half_named(client_id: Any, secret: Any) -> None:
    name = "client_id" if not client_id else "client_secret"
    with pytest.raises(ConfigurationError, match=f"'{name}' is empty or None .*not set"):
        ClientCredentials(client_id, secret)


@pytest.mark.parametrize("fields", ["label", 5, ["label"], ""])
def test_fields_that_are_no_mapping_are_refused(fields: Any) -> None:
    with pytest.raises(ConfigurationError, match="'fields' is of type"):
        CallsClient.build_request(NUMBER, fields=fields)


@pytest.mark.parametrize("user_id", ["", ".", "..", "../../oauth", "a/b", "a%2Fb", "a?b", "a\n", " a"])
def test_a_user_id_cannot_lead_to_another_path(user_id: str) -> None:
    with pytest.raises(MalformedAddress):
        built(f"tel:{NUMBER}", f"user:{user_id}")


def test_a_participants_body_says_what_it_was_given() -> None:
    assert built("15551234567", f"user:{ALICE}", "participants") == (
        CALLS_PATH,
        {"to": "15551234567", "from": f"user:{ALICE}"},
    )
    assert built(SIP, None, "participants") == (CALLS_PATH, {"to": SIP})


@pytest.mark.parametrize(
    "text",
    [f"tel:{NUMBER}", f"user:{ALICE}", f"campaign:{CAMPAIGN}", "sip:a:b@example.com:5060;transport=tcp?x=y"],
)
def test_an_address_value_is_sent_as_its_text(text: str) -> None:
    value = addresses.parse(text)
    assert built(value, value, "participants") == built(text, text, "participants")


def test_an_address_value_has_the_same_published_form_as_its_text() -> None:
    to, from_ = addresses.parse(f"tel:{NUMBER}"), addresses.parse(f"user:{ALICE}")
    assert built(to, from_) == built(f"tel:{NUMBER}", f"user:{ALICE}")


def test_further_fields_stand_beside_the_addresses() -> None:
    _, body = built(f"tel:{NUMBER}", label="x", attributes={"case": "7"})
    assert body == {"phoneNumber": NUMBER, "label": "x", "attributes": {"case": "7"}}


def test_a_field_that_is_given_twice_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="callerId"):
        built(f"tel:{NUMBER}", OWN, callerId=OWN)


def test_a_contract_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="published and participants"):
        CallsClient.build_request(f"tel:{NUMBER}", contract="both")  # type: ignore[arg-type]  # that is the test


@pytest.mark.parametrize("value", [{"x": float("nan")}, {"x": object()}, {1j: 2}])
def test_what_is_no_json_is_refused_before_it_is_sent(value: object) -> None:
    with pytest.raises(InvalidRequest):
        bodies.request(value)


def test_bytes_are_sent_as_they_stand() -> None:
    assert bodies.request(b"{nonsense").body == b"{nonsense"


@given(st.text(), st.text() | st.none(), st.sampled_from(["published", "participants"]))
def test_any_two_texts_make_a_request_of_the_contract_or_are_refused(
    to: str, from_: str | None, contract: Contract
) -> None:
    try:
        request = CallsClient.build_request(to, from_, contract=contract)
    except MalformedAddress:
        assert contract == "published"
        return
    assert recognise(json.loads(request.body)) == contract
    assert request.path.removeprefix(CALLS_PATH).count("/") in (0, 2)


def parties(body: str | bytes, path: str = CALLS_PATH) -> bodies.Parties:
    return bodies.parties(Request("POST", path, {}, body.encode() if isinstance(body, str) else body))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('{"phoneNumber": "1", "callerId": "2"}', bodies.Parties(("1",), (), "2")),
        ('{"phoneNumber": "1", "phoneNumber": "2"}', bodies.Parties(("1", "2"), (), None)),
        ('{"to": {"type": "tel", "address": "1", "name": "x"}}', bodies.Parties(("1",), (), None)),
        ('{"to": {"to": "1"}, "from": {"type": "user", "id": "2"}}', bodies.Parties(("1",), (), "2")),
        ('{"participants": [{"address": "1"}, {"userId": "2"}]}', bodies.Parties(("1",), ("2",), None)),
        ('{"callUserId": "1", "callQueueId": "2"}', bodies.Parties((), ("1", "2"), None)),
        ('{"attributes": {"phoneNumber": "1"}}', bodies.Parties()),
        ('{"phoneNumber": 1, "callerId": 2e1, "callUserId": 3}', bodies.Parties(("1",), ("3",), "20")),
        ('{"to": {"address": 1.5, "use": true, "name": 4}}', bodies.Parties(("1.5",), (), None)),
        ('["1"]', bodies.Parties()),
        ("not JSON", bodies.Parties()),
        (b"\xff", bodies.Parties()),
        ("[" * 100_000, bodies.Parties()),
    ],
)
def test_the_parties_of_a_body_are_found_wherever_it_names_them(
    body: str | bytes, expected: bodies.Parties
) -> None:
    assert parties(body) == expected


def test_the_user_of_the_path_is_the_caller() -> None:
    found = parties('{"phoneNumber": "1", "callerId": "2"}', f"{CALLS_PATH}/user/{ALICE}")
    assert found.caller == ALICE

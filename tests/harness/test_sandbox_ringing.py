"""No spelling of a number or an id slips through the gate."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.core.examples import situation
from ringback_contracts.core.judge import judge
from ringback_contracts.core.model import Accepted, DestinationKind, Example
from ringback_contracts.domain.numbers import assess, reserved_range
from ringback_harness import strategies
from ringback_harness.sandbox import NotAllowed, Permit
from ringback_harness.sandbox.gate import Gate
from ringback_harness.sandbox.ringing import OURS, could_ring, may_ring
from ringback_harness.targets import call_request

LISTED = "+442079460150"
STRANGER = "11111111-2222-4333-8444-555555555555"
RINGING = strategies.numbers().filter(lambda text: assess(text).problem is None)
PLACES = st.sampled_from(
    [
        '{"phoneNumber": "%s"}',
        '{"phoneNumber": "tel:%s"}',
        '{"phoneNumber": ["%s"]}',
        '{"toAddress": {"type": "tel", "address": "%s"}}',
        '{"to": "sip:%s@example.com", "from": "x"}',
        '{"participants": [{"address": "%s"}]}',
        '{"nested": {"deep": ["%s"]}}',
        '{"a": 1, "a": "%s"}',
        '"%s"',
        "[[%s]]",
        '{"phoneNumber": "%s"',
        "phoneNumber: %s",
        "phoneNumber=%s",
        '{"phoneNumber": "+442079460100,%s"}',
    ]
)
SPELLINGS = st.sampled_from(
    [
        str,
        lambda number: number.removeprefix("+"),
        " ".join,
        lambda number: f"{number[:3]}-({number[3:6]})-{number[6:]}",
        lambda number: f"00{number[1:]}",
        lambda number: "".join(chr(ord(digit) + 0xFEE0) for digit in number),
        lambda number: number.replace("+", "%2B"),
    ]
)


def gate(budget: int = 5) -> Gate:
    return Gate(Permit(send=True, numbers=(LISTED,), budget=budget))


@given(RINGING, PLACES, SPELLINGS)
def test_a_number_that_can_ring_is_seen_wherever_it_stands(number: str, place: str, spelled: Any) -> None:
    assert could_ring(_posting(place % spelled(number)))


@given(strategies.bodies())
def test_whatever_is_admitted_rings_the_listed_number_alone(body: Any) -> None:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = _posting(raw.decode("utf-8", "replace"))
    there = situation(Example(raw=request.body))
    verdict = judge(there.request, there.caller, there.org)
    granted = isinstance(verdict, Accepted)
    try:
        dials = gate().admit(request, granted=granted)
    except NotAllowed:
        return
    assert dials or not granted
    if isinstance(verdict, Accepted) and verdict.intent is not None:
        assert [(target.kind, target.value) for target in verdict.intent.targets] == [
            (DestinationKind.PHONE, LISTED)
        ]


@given(st.uuids(version=4).map(str).filter(lambda text: text not in OURS), PLACES)
def test_the_id_of_a_stranger_is_seen_in_every_place(stranger: str, place: str) -> None:
    assert could_ring(_posting(place % stranger))


@pytest.mark.parametrize(
    "text", ["+442079460100", "+15551234567", "+999123456789", "sip:a@example.com", "bob", ""]
)
def test_what_leads_to_nobody_does_not_ring(text: str) -> None:
    assert not may_ring(text, "phoneNumber")


@pytest.mark.parametrize(
    "body",
    [
        '{"phoneNumber": 911}',
        '{"phoneNumber": 15.0}',
        '{"to": 1.12e2, "from": "x"}',
        '{"to": {"type": "tel", "address": [999]}}',
        '{"phoneNumber": "988"}',
        '{"phoneNumber": 988, "priority": 1}',
        '{"phoneNumber": "sip:sos@x.com"}',
        '{"toAddress": "sip:sos.fire@x.com"}',
        '{"phoneNumber": "sip:sos@x.com"',
    ],
)
@pytest.mark.parametrize("granted", [True, False])
def test_an_emergency_number_stops_at_the_gate_however_the_body_is_written(body: str, granted: bool) -> None:
    with pytest.raises(NotAllowed, match="emergency"):
        gate().admit(_posting(body), granted=granted)


@given(strategies.numbers().filter(reserved_range))
def test_a_reserved_number_rings_nobody(number: str) -> None:
    assert not may_ring(number, "phoneNumber")


@pytest.mark.parametrize(
    "text",
    [
        "sip:desk@pbx",
        "sip:desk@10.0.0.7",
        "sip:desk@corp.com",
        "sip:desk@",
        "1234",
        "FLOWERS",
        "+1202",
        STRANGER,
    ],
)
def test_what_may_lead_to_somebody_rings(text: str) -> None:
    assert may_ring(text, "phoneNumber")


def _posting(text: str) -> Any:
    return replace(call_request({}), body=text.encode())

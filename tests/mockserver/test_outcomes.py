"""How each dialled party takes a call."""

from __future__ import annotations

import pytest

from ringback_contracts.core.model import PUBLISHED, Destination, DestinationKind, Intent
from ringback_contracts.org import Outcome, changed, default_org
from ringback_contracts.resources.calls.outcomes import outcomes

Kind = DestinationKind


def outcome(kind: DestinationKind, value: str) -> Outcome:
    (found,) = outcomes(Intent(PUBLISHED, (Destination(kind, value),)), default_org())
    return found


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (100, Outcome.ANSWER),
        (101, Outcome.BUSY),
        (102, Outcome.NO_ANSWER),
        (103, Outcome.DECLINED),
        (104, Outcome.NO_ROUTE),
        (105, Outcome.STATION_TIMEOUT),
        (110, Outcome.VOICEMAIL),
        *[(last, Outcome.ANSWER) for last in (106, 109, 111, 112, 113, 119, 120, 149, 150, 199)],
    ],
)
def test_a_test_number_has_its_fixed_outcome(last: int, expected: Outcome) -> None:
    assert outcome(Kind.PHONE, f"+442079460{last}") is expected


@pytest.mark.parametrize(
    "number", ["+15551234567", "+12025550123", "+442079460099", "+442079460200", "+1202"]
)
def test_a_number_that_rings_nobody_fails(number: str) -> None:
    assert outcome(Kind.PHONE, number) is Outcome.INVALID


def test_a_number_that_can_ring_is_answered() -> None:
    assert outcome(Kind.PHONE, "+13172222222") is Outcome.ANSWER


def test_an_org_decides_the_outcomes_of_its_own_test_numbers() -> None:
    org = changed(default_org(), {"test_numbers": [{"first": "+12025550123", "outcome": "busy"}]})
    intent = Intent(PUBLISHED, (Destination(Kind.PHONE, "+12025550123"),))
    assert outcomes(intent, org) == (Outcome.BUSY,)


@pytest.mark.parametrize(
    ("user_id", "expected"),
    [
        ("a11ce000-0000-4000-8000-000000000001", Outcome.ANSWER),
        ("b0b00000-0000-4000-8000-000000000002", Outcome.NO_ANSWER),
        ("da5e0000-0000-4000-8000-000000000004", Outcome.NO_ANSWER),
        ("nobody", Outcome.NO_ANSWER),
    ],
)
def test_a_user_answers_who_is_enabled_and_has_a_station(user_id: str, expected: Outcome) -> None:
    assert outcome(Kind.USER, user_id) is expected


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.SIP, "sip:agent@example.com"),
        (Kind.QUEUE, "90e0e000-0000-4000-8000-000000000010"),
        (Kind.EXTENSION, "30005"),
        (Kind.CONVERSATIONS, "11111111-0000-4000-8000-000000000000"),
    ],
)
def test_everybody_else_answers(kind: DestinationKind, value: str) -> None:
    assert outcome(kind, value) is Outcome.ANSWER


def test_each_party_has_an_outcome_in_the_order_of_the_targets() -> None:
    destinations = (Destination(Kind.PHONE, "+442079460101"), Destination(Kind.SIP, "sip:a@example.com"))
    assert outcomes(Intent(PUBLISHED, destinations), default_org()) == (Outcome.BUSY, Outcome.ANSWER)

"""How a call is written down."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.core.model import PARTICIPANTS, PUBLISHED, Destination, DestinationKind, Intent
from ringback_contracts.life.commands import End
from ringback_contracts.life.moments import timestamp
from ringback_contracts.org import Outcome, default_org
from ringback_contracts.schemas import schema, validator
from ringback_mock.engine.calls import CallRecord, Calls
from ringback_mock.engine.conversation import conversation, listing, look, nested_conversation, self_uri
from ringback_mock.engine.plans import plan

ALICE = "a11ce000-0000-4000-8000-000000000001"
BOB = "b0b00000-0000-4000-8000-000000000002"
SUPPORT = "90e0e000-0000-4000-8000-000000000010"
REMINDERS = "ca3b0000-0000-4000-8000-000000000020"
NUMBER = "+442079460100"
PLACED = 1_700_000_000.0

TARGETS = st.sampled_from(
    [
        Destination(DestinationKind.PHONE, NUMBER),
        Destination(DestinationKind.EXTENSION, "30005"),
        Destination(DestinationKind.SIP, "sip:agent@example.com", "Agent"),
        Destination(DestinationKind.USER, BOB),
        Destination(DestinationKind.QUEUE, SUPPORT),
        Destination(DestinationKind.CONVERSATIONS, "11111111-0000-4000-8000-000000000000"),
    ]
)
INTENTS = st.builds(
    Intent,
    st.sampled_from([PUBLISHED, PARTICIPANTS]),
    st.lists(TARGETS, min_size=1, max_size=3).map(tuple),
    user_id=st.none() | st.just(ALICE),
    campaign_id=st.none() | st.just(REMINDERS),
    caller_id=st.none() | st.sampled_from(["+442079460001", "tel:+442079460001", "anything"]),
    caller_id_name=st.none() | st.just("Ringback"),
    from_queue_id=st.none() | st.just(SUPPORT),
    attributes=st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2),
    uui_data=st.none() | st.just("00c8"),
)
OUTCOMES = st.lists(st.sampled_from(Outcome), min_size=3, max_size=3)
AFTER = st.floats(0, 120)


@st.composite
def calls(draw: st.DrawFn) -> CallRecord:
    intent = draw(INTENTS)
    outcomes = tuple(draw(OUTCOMES)[: len(intent.destinations)])
    kept = Calls(1)
    call = kept.place(plan(intent, default_org(), outcomes), PLACED)
    ended = draw(st.none() | AFTER)
    if ended is not None:
        kept.give(call, End(), PLACED + ended)
    return call


def ended_call(after: float, **more: Any) -> CallRecord:
    kept = Calls(1)
    call = kept.place(
        plan(Intent(PUBLISHED, (PHONE,), user_id=ALICE, **more), default_org(), Outcome.ANSWER), PLACED
    )
    kept.give(call, End(), PLACED + after)
    return call


def call_to(*destinations: Destination, outcome: Outcome = Outcome.ANSWER, **more: Any) -> CallRecord:
    intent = Intent(PUBLISHED, destinations, **{"user_id": ALICE, **more})
    return Calls(1).place(plan(intent, default_org(), outcome), PLACED)


def parties(call: CallRecord, after: float) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = conversation(call, PLACED + after)["participants"]
    return shown


PHONE = Destination(DestinationKind.PHONE, NUMBER)


def test_the_own_leg_comes_alone_and_the_far_leg_once_the_station_has_answered() -> None:
    call = call_to(PHONE)
    (own,) = parties(call, 0.9)
    assert (own["purpose"], own["state"], own["direction"]) == ("user", "contacting", "outbound")
    own, far = parties(call, 1.15)
    assert (own["state"], far["state"]) == ("contacting", "dialing")
    assert [one["state"] for one in parties(call, 1.2)] == ["dialing", "dialing"]
    assert (far["purpose"], far["direction"], far["address"]) == ("external", "outbound", f"tel:{NUMBER}")
    assert [one["state"] for one in parties(call, 3.15)] == ["dialing", "connected"]
    assert [one["state"] for one in parties(call, 3.16)] == ["connected", "connected"]


def test_the_own_leg_names_the_user_as_a_reference() -> None:
    own, far = parties(call_to(PHONE), 5)
    assert own["user"] == {"id": ALICE, "selfUri": f"/api/v2/users/{ALICE}"}
    assert own["name"] == "Alice"
    assert "user" not in far


def test_a_call_for_a_queue_has_an_agent_and_a_customer() -> None:
    own, far = parties(call_to(PHONE, from_queue_id=SUPPORT), 5)
    assert (own["purpose"], far["purpose"]) == ("agent", "customer")
    queue = {"id": SUPPORT, "selfUri": f"/api/v2/routing/queues/{SUPPORT}"}
    assert own["queue"] == far["queue"] == queue


def test_a_campaign_dials_without_a_user() -> None:
    own, far = parties(call_to(PHONE, user_id=None, campaign_id=REMINDERS), 5)
    assert (own["purpose"], own["name"], far["purpose"]) == ("dialer", "reminders", "customer")
    assert "user" not in own


@pytest.mark.parametrize(
    ("destination", "purpose", "direction", "address", "name"),
    [
        (Destination(DestinationKind.EXTENSION, "30005"), "external", "outbound", "tel:30005", None),
        (
            Destination(DestinationKind.SIP, "sip:a@example.com", "A"),
            "external",
            "outbound",
            "sip:a@example.com",
            "A",
        ),
        (Destination(DestinationKind.USER, BOB), "user", "inbound", f"sip:{BOB}@ringback.invalid", "Bob"),
        (
            Destination(DestinationKind.QUEUE, SUPPORT),
            "acd",
            "inbound",
            f"sip:{SUPPORT}@ringback.invalid",
            "support",
        ),
        (Destination(DestinationKind.CONVERSATIONS, "c"), "external", "outbound", None, None),
    ],
)
def test_each_kind_of_destination_has_its_leg(
    destination: Destination, purpose: str, direction: str, address: str | None, name: str | None
) -> None:
    _, far = parties(call_to(destination), 5)
    assert (far["purpose"], far["direction"]) == (purpose, direction)
    assert (far.get("address"), far.get("name")) == (address, name)
    assert far["state"] == "connected"


def test_a_user_who_is_called_is_alerted_first() -> None:
    _, far = parties(call_to(Destination(DestinationKind.USER, BOB)), 1.2)
    assert far["state"] == "alerting"
    assert far["user"]["id"] == BOB


def test_every_party_of_a_conference_has_a_leg() -> None:
    call = call_to(
        PHONE, Destination(DestinationKind.SIP, "sip:a@example.com"), Destination(DestinationKind.USER, BOB)
    )
    assert [one["purpose"] for one in parties(call, 5)] == ["user", "external", "external", "user"]


def test_attributes_and_uui_data_go_with_the_party_that_is_called() -> None:
    own, far = parties(call_to(PHONE, attributes={"case": "7"}, uui_data="00c8"), 5)
    assert (own["attributes"], far["attributes"]) == ({}, {"case": "7"})
    assert "uuiData" not in own
    assert far["uuiData"] == "00c8"


@pytest.mark.parametrize(
    ("caller_id", "shown"),
    [
        ("+442079460001", "tel:+442079460001"),
        ("sip:me@example.com", "sip:me@example.com"),
        (None, "tel:+442079460002"),
    ],
)
def test_the_number_shown_is_the_one_asked_for_or_the_users_own(caller_id: str | None, shown: str) -> None:
    own, far = parties(call_to(PHONE, caller_id=caller_id), 5)
    assert own["ani"] == far["ani"] == shown
    assert own["dnis"] == far["dnis"] == f"tel:{NUMBER}"


def test_a_user_without_a_number_shows_the_orgs() -> None:
    own, _ = parties(call_to(PHONE, user_id=BOB), 5)
    assert own["ani"] == "tel:+442079460001"


def test_a_station_that_does_not_answer_is_reported_after_a_minute() -> None:
    call = call_to(PHONE, outcome=Outcome.STATION_TIMEOUT)
    assert "errorInfo" not in parties(call, 59)[0]
    (own,) = parties(call, 60)
    assert (own["state"], own["disconnectType"]) == ("terminated", "error")
    assert own["errorInfo"]["code"] == "error.ininedgecontrol.connection.timeout"
    assert own["endTime"] == timestamp(PLACED + 60)


def test_hanging_up_is_seen_on_every_leg() -> None:
    call = ended_call(10)
    own, far = parties(call, 10)
    assert [(one["state"], one["disconnectType"]) for one in (own, far)] == [
        ("disconnected", "client"),
        ("disconnected", "peer"),
    ]
    assert [one["state"] for one in parties(call, 11)] == ["terminated", "terminated"]


@given(calls(), AFTER, AFTER)
def test_ids_of_participants_stay_the_same_and_differ_from_each_other(
    call: CallRecord, after: float, later: float
) -> None:
    early, late = sorted((after, later))
    before = [one["id"] for one in parties(call, early)]
    assert [one["id"] for one in parties(call, late)][: len(before)] == before
    assert len(set(before)) == len(before)
    assert all(uuid.UUID(one).version == 4 for one in before)


@given(calls(), AFTER)
def test_no_time_lies_in_the_future_and_no_value_is_null(call: CallRecord, after: float) -> None:
    now = timestamp(call.at(PLACED + after).now)
    for one in parties(call, after):
        assert None not in one.values()
        assert timestamp(PLACED) <= one["startTime"] <= one.get("connectedTime", now) <= now
        assert one.get("endTime", now) <= now
        assert ("endTime" in one) == ("disconnectType" in one)
        assert ("endTime" in one) == (one["state"] in {"disconnected", "terminated"})


@given(calls(), AFTER)
def test_a_nested_conversation_tells_the_same_story(call: CallRecord, after: float) -> None:
    flat = parties(call, after)
    nested = nested_conversation(call, PLACED + after)
    for one, other in zip(flat, nested["participants"], strict=True):
        (leg,) = other["calls"]
        for key in ("id", "purpose", "startTime", "connectedTime", "endTime", "address", "attributes"):
            assert one.get(key) == other.get(key)
        for key in ("state", "direction", "disconnectType", "errorInfo", "connectedTime", "provider"):
            assert one.get(key) == leg.get(key)
        assert leg.get("disconnectedTime") == one.get("endTime")
    assert ("endTime" in nested) == (not call.active(PLACED + after))


def test_the_dialled_address_stands_in_self_of_the_far_leg() -> None:
    nested = nested_conversation(call_to(PHONE, caller_id_name="Ringback"), PLACED + 5)
    own, far = nested["participants"]
    assert far["calls"][0]["self"]["addressNormalized"] == f"tel:{NUMBER}"
    assert own["calls"][0]["other"]["addressNormalized"] == f"tel:{NUMBER}"
    assert far["calls"][0]["other"]["addressNormalized"] == "tel:+442079460002"
    assert far["aniName"] == "Ringback"
    assert nested["startTime"] == timestamp(PLACED)


def test_the_end_of_a_conversation_is_that_of_its_last_leg() -> None:
    nested = nested_conversation(ended_call(9), PLACED + 20)
    assert nested["endTime"] == timestamp(PLACED + 9)


@given(st.lists(calls(), max_size=6), AFTER)
def test_a_listing_shows_exactly_the_calls_that_are_not_over(some: list[CallRecord], after: float) -> None:
    now = PLACED + after
    shown = listing(some, now)
    expected = [call.id for call in some if call.at(now).active]
    assert [entity["id"] for entity in shown["entities"]] == expected
    assert shown["total"] == len(expected)
    assert shown["pageSize"] >= len(expected)


def test_a_listing_shows_each_call_as_it_is_shown_alone() -> None:
    call = call_to(PHONE)
    assert listing([call], PLACED + 2)["entities"] == [conversation(call, PLACED + 2)]


@given(call=calls(), moments=st.lists(AFTER | st.sampled_from([0, 1, 3, 3.2, 60]), min_size=1, max_size=6))
def test_a_look_that_was_kept_says_what_is_true_now(call: CallRecord, moments: list[float]) -> None:
    """In any order, since a clock can be set back."""
    for after in moments:
        assert orjson.loads(orjson.dumps(look(call, PLACED + after))) == conversation(call, PLACED + after)


def test_a_call_is_written_down_once_until_something_changes() -> None:
    call = call_to(PHONE)
    kept = []
    for after in (0.1, 0.5, 1.5, 2.5, 900, 1e6):
        look(call, PLACED + after)
        assert call.look
        kept.append(call.look.text)
    assert [kept[0] is kept[1], kept[2] is kept[3], kept[4] is kept[5]] == [True] * 3
    assert len(set(kept)) == 3


def test_a_long_look_is_not_kept() -> None:
    call = call_to(PHONE, attributes={"note": "x" * 5_000})
    look(call, PLACED)
    assert call.look, "the far leg, which has the attributes, has not begun"
    look(call, PLACED + 5)
    assert call.look is None


def test_a_conversation_says_where_it_can_be_read() -> None:
    call = call_to(PHONE)
    assert conversation(call, PLACED)["selfUri"] == f"/api/v2/conversations/calls/{call.id}"
    assert self_uri(call) == f"/api/v2/conversations/calls/{call.id}"


def undocumented(model: str, value: dict[str, Any]) -> set[str]:
    return set(value) - set(schema(model)["properties"])


@given(st.lists(calls(), max_size=3), AFTER)
def test_all_that_is_written_has_the_published_shape(some: list[CallRecord], after: float) -> None:
    now = PLACED + after
    validator("CallConversationEntityListing").validate(listing(some, now))
    assert not undocumented("CallConversationEntityListing", listing(some, now))
    for call in some:
        flat, nested = conversation(call, now), nested_conversation(call, now)
        validator("CallConversation").validate(flat)
        validator("Conversation").validate(nested)
        assert not undocumented("CallConversation", flat)
        assert not undocumented("Conversation", nested)
        for one, other in zip(flat["participants"], nested["participants"], strict=True):
            assert not undocumented("CallMediaParticipant", one)
            assert not undocumented("Participant", other)
            assert not undocumented("Call", other["calls"][0])


@given(st.floats(0, 4e9))
def test_a_timestamp_is_utc_with_milliseconds(at: float) -> None:
    text = timestamp(at)
    assert len(text) == len("2026-01-01T00:00:00.000Z")
    read = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")
    assert at - 0.002 <= read.timestamp() <= at + 0.001

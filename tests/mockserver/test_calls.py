"""How calls are kept, and what becomes of each outcome."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.core.model import PUBLISHED, Destination, DestinationKind, Intent
from ringback_contracts.life import Objection
from ringback_contracts.life.commands import Disconnect, End, FarEnd, Mute, Ring
from ringback_contracts.life.parties import Party, Takes
from ringback_contracts.org import Outcome, default_org
from ringback_contracts.resources.calls.placement import TAKES
from ringback_mock.engine.bounded import Room
from ringback_mock.engine.calls import CALLS_BYTES, CallRecord, Calls
from ringback_mock.engine.plans import RungIn, plan

ALICE = "a11ce000-0000-4000-8000-000000000001"
BOB = "b0b00000-0000-4000-8000-000000000002"
NUMBER = "+442079460100"
PLACED = 1_000_000.0
ORG = default_org()


def dial(number: str = NUMBER, **more: object) -> Intent:
    return Intent(PUBLISHED, (Destination(DestinationKind.PHONE, number),), user_id=ALICE, **more)  # type: ignore[arg-type]  # any field of the intent


def placed(outcome: Outcome, at: float = PLACED) -> CallRecord:
    return Calls(10).place(plan(dial(), ORG, outcome), at)


def states(call: CallRecord, after: float) -> list[str]:
    return [one.call.state for one in call.at(call.placed_at + after).participants]


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (
            Outcome.ANSWER,
            [
                (1.1, ["contacting"]),
                (1.15, ["contacting", "dialing"]),
                (1.2, ["dialing", "dialing"]),
                (3.15, ["dialing", "connected"]),
                (3.16, ["connected", "connected"]),
            ],
        ),
        (Outcome.BUSY, [(2.1, ["dialing", "dialing"]), (2.2, ["disconnected", "disconnected"])]),
        (Outcome.DECLINED, [(4.1, ["dialing", "dialing"]), (4.2, ["disconnected", "disconnected"])]),
        (Outcome.NO_ANSWER, [(31.1, ["dialing", "dialing"]), (31.4, ["terminated", "terminated"])]),
        (Outcome.NO_ROUTE, [(1.15, ["contacting", "dialing"]), (1.152, ["disconnected", "terminated"])]),
        (Outcome.INVALID, [(1.15, ["contacting", "dialing"]), (1.152, ["disconnected", "terminated"])]),
        (Outcome.STATION_TIMEOUT, [(59.9, ["contacting"]), (60, ["terminated"]), (999, ["terminated"])]),
    ],
)
def test_each_outcome_has_its_course(outcome: Outcome, expected: list[tuple[float, list[str]]]) -> None:
    call = placed(outcome, at=0.0)
    assert [(after, states(call, after)) for after, _ in expected] == expected


@pytest.mark.parametrize(
    ("outcome", "far", "code"),
    [
        (Outcome.BUSY, "endpoint", None),
        (Outcome.DECLINED, "endpoint", None),
        (Outcome.NO_ANSWER, "endpoint", None),
        (Outcome.NO_ROUTE, "error", "error.ininedgecontrol.connection.dialplan.notReachable"),
        (Outcome.INVALID, "error", "error.ininedgecontrol.connection.dialplan.notReachable"),
    ],
)
def test_each_failure_says_who_ended_it(outcome: Outcome, far: str, code: str | None) -> None:
    mine, theirs = (one.call for one in placed(outcome).at(PLACED + 60).participants)
    assert (mine.disconnect, mine.fault) == ("peer", None)
    assert (theirs.disconnect, theirs.fault and theirs.fault.code) == (far, code)


def test_a_station_that_does_not_answer_is_an_error_of_the_own_leg_alone() -> None:
    (own,) = placed(Outcome.STATION_TIMEOUT).at(PLACED + 60).participants
    assert own.call.disconnect == "error"
    assert own.call.fault is not None
    assert own.call.fault.code == "error.ininedgecontrol.connection.timeout"


def ended(outcome: Outcome, after: float) -> CallRecord:
    calls = Calls(10)
    call = calls.place(plan(dial(), ORG, outcome), PLACED)
    calls.give(call, End(), PLACED + after)
    return call


def test_hanging_up_before_the_station_answers_dials_nobody() -> None:
    (own,) = ended(Outcome.ANSWER, 0.5).at(PLACED + 60).participants
    assert (own.call.connected_at, own.call.disconnect) == (None, "client")


def test_hanging_up_ends_the_far_leg_as_its_peer_did() -> None:
    own, far = (one.call for one in ended(Outcome.ANSWER, 10).at(PLACED + 10).participants)
    assert (own.disconnect, far.disconnect) == ("client", "peer")
    assert own.ended_at == far.ended_at == PLACED + 10


@given(st.sampled_from(Outcome), st.floats(0, 120))
def test_a_hung_up_call_is_over_for_everybody(outcome: Outcome, after: float) -> None:
    call = ended(outcome, after)
    assert set(states(call, after)) <= {"disconnected", "terminated"}
    assert set(states(call, after + 0.21)) == {"terminated"}


def test_a_call_that_is_over_cannot_be_hung_up_again() -> None:
    calls = Calls(1)
    call = calls.place(plan(dial(), ORG, Outcome.BUSY), PLACED)
    before = call.at(PLACED + 10)
    calls.give(call, End(), PLACED + 10)
    assert call.at(PLACED + 10) == before


def test_a_command_is_given_or_refused_with_the_reason() -> None:
    call = placed(Outcome.ANSWER)
    own, _ = call.at(PLACED + 10).participants
    assert call.give(Mute(own.id, muted=True, by=ALICE), PLACED + 11) is None
    assert call.at(PLACED + 11).participants[0].call.muted
    refused = call.give(Disconnect("nobody"), PLACED + 12)
    assert isinstance(refused, Objection)
    assert refused.id == "life.no-such-participant"


def test_what_a_call_is_told_weighs_in_the_memory_of_all() -> None:
    room = Room()
    calls = Calls(10, room)
    call = calls.place(plan(dial(), ORG, Outcome.ANSWER), PLACED)
    _, far = call.at(PLACED + 10).participants
    weight = room.weight
    assert calls.give(call, FarEnd(far.id, "digits", "1" * 100), PLACED + 10) is None
    assert room.weight > weight + 100
    weight = room.weight
    assert isinstance(calls.give(call, FarEnd("nobody", "answers"), PLACED + 10), Objection)
    assert room.weight == weight


def test_an_agent_whom_a_queue_alerts_later_finds_the_call_from_then_on() -> None:
    calls = Calls(10)
    agent = Party("user", BOB, takes=Takes("waits"))
    caller, queue = Party("address", address=f"tel:{NUMBER}"), Party("queue", "q", agents=(agent,))
    call = calls.place(RungIn(Ring(caller, queue, f"tel:{NUMBER}")), PLACED)
    assert call.numbers == (NUMBER,)
    assert list(calls.of_user(BOB, PLACED + 1)) == []
    assert list(calls.of_user(BOB, PLACED + 2)) == [call]
    assert list(calls.of_user(ALICE, PLACED + 2)) == []


def test_a_clock_that_was_set_back_ends_no_call_before_it_was_placed() -> None:
    (own,) = ended(Outcome.ANSWER, -100).at(PLACED).participants
    assert own.call.ended_at == PLACED


def test_a_queue_takes_the_call_without_ringing() -> None:
    intent = Intent(PUBLISHED, (Destination(DestinationKind.QUEUE, "q"),), user_id=ALICE)
    call = Calls(1).place(plan(intent, ORG, Outcome.ANSWER), PLACED)
    assert states(call, 1.3) == ["connected", "connected"]


def test_each_party_of_a_conference_has_its_own_outcome() -> None:
    destinations = (
        Destination(DestinationKind.PHONE, NUMBER),
        Destination(DestinationKind.PHONE, "+442079460101"),
    )
    intent = Intent(PUBLISHED, destinations, user_id=ALICE)
    call = Calls(1).place(plan(intent, ORG, (Outcome.ANSWER, Outcome.BUSY)), PLACED)
    assert states(call, 10) == ["connected", "connected", "terminated"]
    assert call.active(PLACED + 1e6)


def test_ids_are_distinct_random_uuids() -> None:
    calls = Calls(500)
    ids = [uuid.UUID(calls.place(plan(dial(), ORG, Outcome.ANSWER), PLACED).id) for _ in range(500)]
    assert len(set(ids)) == 500
    assert {(one.version, one.variant) for one in ids} == {(4, uuid.RFC_4122)}


def test_the_oldest_call_is_forgotten_first() -> None:
    calls = Calls(3)
    ids = [calls.place(plan(dial(), ORG, Outcome.ANSWER), PLACED).id for _ in range(5)]
    assert [one in calls for one in ids] == [False, False, True, True, True]
    assert [call.id for call in calls] == ids[2:]
    assert calls.get(ids[0]) is None


def test_calls_with_large_texts_are_bounded_by_weight() -> None:
    calls = Calls(10_000)
    heavy = "x" * 500_000
    for _ in range(100):
        calls.place(plan(dial(uui_data=heavy), ORG, Outcome.ANSWER), PLACED)
        calls.place(plan(dial(attributes={"note": heavy}), ORG, Outcome.ANSWER), PLACED)
        calls.place(plan(dial(number=heavy), ORG, Outcome.ANSWER), PLACED)
    assert len(calls) <= CALLS_BYTES / len(heavy)


def test_hanging_up_by_id_keeps_the_ended_call_in_its_place() -> None:
    calls = Calls(10)
    first, second = (calls.place(plan(dial(), ORG, Outcome.ANSWER), PLACED) for _ in range(2))
    calls.give(first, End(), PLACED + 1)
    assert calls.get(first.id) is first
    assert not first.active(PLACED + 1)
    assert second.active(PLACED + 1)
    assert [call.id for call in calls] == [first.id, second.id]


def test_a_user_sees_the_calls_that_they_place_or_are_dialled_by() -> None:
    calls = Calls(10)
    mine = calls.place(plan(dial(), ORG, Outcome.ANSWER), PLACED)
    intent = Intent(PUBLISHED, (Destination(DestinationKind.USER, BOB),), user_id=ALICE)
    to_bob = calls.place(plan(intent, ORG, Outcome.NO_ANSWER), PLACED)
    campaign = calls.place(plan(Intent(PUBLISHED, dial().destinations), ORG, Outcome.ANSWER), PLACED)
    assert list(calls.of_user(ALICE, PLACED)) == [mine, to_bob]
    assert list(calls.of_user(BOB, PLACED)) == [to_bob]
    assert len(calls) == 3
    assert campaign.id in calls


def test_forgetting_every_call_leaves_none() -> None:
    calls = Calls(10)
    call = calls.place(plan(dial(), ORG, Outcome.ANSWER), PLACED)
    calls.clear()
    assert call.id not in calls
    assert list(calls) == []


def test_the_repr_of_a_call_names_nobody() -> None:
    text = repr(placed(Outcome.ANSWER))
    assert NUMBER not in text
    assert ALICE not in text
    assert "demo-secret" not in text


def test_a_number_of_outcomes_other_than_that_of_targets_is_an_error() -> None:
    with pytest.raises(ValueError, match="1 destinations need as many outcomes, not 2"):
        Calls(1).place(plan(dial(), ORG, (Outcome.ANSWER, Outcome.BUSY)), PLACED)


def test_every_outcome_has_a_way_to_take_the_call() -> None:
    assert set(TAKES) == set(Outcome)
    assert len(set(TAKES.values())) == len(Outcome)

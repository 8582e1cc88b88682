"""How calls are kept, and how their legs go on."""

from __future__ import annotations

import itertools
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.core.model import PUBLISHED, DestinationKind, Intent, Target
from ringback_contracts.org import Outcome, default_org
from ringback_mock.engine import timeline
from ringback_mock.engine.calls import CALLS_BYTES, Call, Calls, hang_up, plan
from ringback_mock.engine.timeline import Leg, Party, legs

ALICE = "a11ce000-0000-4000-8000-000000000001"
BOB = "b0b00000-0000-4000-8000-000000000002"
NUMBER = "+442079460100"
PLACED = 1_000_000.0

PARTIES = st.lists(st.builds(Party, st.sampled_from(Outcome), st.booleans()), min_size=1, max_size=3)
MOMENTS = st.floats(0, 120).map(lambda after: PLACED + after)
RANK = {
    "contacting": 0,
    "dialing": 0,
    "alerting": 0,
    "connected": 1,
    "disconnected": 2,
    "terminated": 3,
}


def dial(number: str = NUMBER, **more: object) -> Intent:
    return Intent(PUBLISHED, (Target(DestinationKind.PHONE, number),), user_id=ALICE, **more)  # type: ignore[arg-type]  # any field of the intent


def placed(outcome: Outcome, at: float = PLACED) -> Call:
    return Calls(default_org(), 10).place(plan(dial(), outcome), at)


def states(call: Call, after: float) -> list[str]:
    now = call.placed_at + after
    return [leg.state(now, "dialing") for leg in call.legs if leg.begins <= now]


@given(PARTIES, st.none() | MOMENTS, st.lists(MOMENTS, min_size=2))
def test_no_leg_ever_goes_back_to_an_earlier_state(
    parties: list[Party], hung_up_at: float | None, moments: list[float]
) -> None:
    for leg in legs(PLACED, parties, hung_up_at):
        seen = [RANK[leg.state(now, "dialing")] for now in sorted(moments) if now >= leg.begins]
        assert seen == sorted(seen)


@given(PARTIES, st.none() | MOMENTS)
def test_a_far_leg_begins_no_earlier_than_the_own_leg_connects(
    parties: list[Party], hung_up_at: float | None
) -> None:
    own, *far = legs(PLACED, parties, hung_up_at)
    for leg in far:
        assert own.connects is not None
        assert own.connects <= leg.begins


@given(PARTIES, MOMENTS)
def test_a_hung_up_call_is_over_for_everybody(parties: list[Party], hung_up_at: float) -> None:
    for leg in legs(PLACED, parties, hung_up_at):
        assert leg.state(hung_up_at, "dialing") in {"disconnected", "terminated"}
        assert leg.state(hung_up_at + timeline.TEARDOWN_SECONDS, "dialing") == "terminated"


@given(PARTIES, MOMENTS, st.lists(MOMENTS))
def test_hanging_up_changes_nothing_that_came_before(
    parties: list[Party], hung_up_at: float, moments: list[float]
) -> None:
    def seen(ended: list[Leg], now: float) -> list[str]:
        return [leg.state(now, "dialing") for leg in ended if leg.begins <= now]

    for now in (moment for moment in moments if moment < hung_up_at):
        assert seen(legs(PLACED, parties, hung_up_at), now) == seen(legs(PLACED, parties), now)


@given(PARTIES)
def test_the_own_leg_ends_with_the_last_far_leg(parties: list[Party]) -> None:
    own, *far = legs(PLACED, parties)
    if far:
        ends = [leg.ends for leg in far]
        assert own.ends == (None if None in ends else max(end for end in ends if end is not None))


@given(PARTIES)
def test_times_of_a_leg_are_in_order(parties: list[Party]) -> None:
    for leg in legs(PLACED, parties):
        times = [time for time in (leg.begins, leg.connects, leg.ends) if time is not None]
        assert times == sorted(times)
        assert (leg.ends is None) == (leg.disconnect is None)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Outcome.ANSWER, [(0, ["dialing"]), (1, ["connected", "dialing"]), (3, ["connected", "connected"])]),
        (Outcome.BUSY, [(1.9, ["connected", "dialing"]), (2, ["disconnected", "disconnected"])]),
        (Outcome.DECLINED, [(3.9, ["connected", "dialing"]), (4, ["disconnected", "disconnected"])]),
        (Outcome.NO_ANSWER, [(30.9, ["connected", "dialing"]), (31.2, ["terminated", "terminated"])]),
        (Outcome.NO_ROUTE, [(1, ["connected", "dialing"]), (1.001, ["disconnected", "terminated"])]),
        (Outcome.INVALID, [(1, ["connected", "dialing"]), (1.001, ["disconnected", "terminated"])]),
        (Outcome.STATION_TIMEOUT, [(59.9, ["dialing"]), (60, ["terminated"]), (999, ["terminated"])]),
    ],
)
def test_each_outcome_has_its_course(outcome: Outcome, expected: list[tuple[float, list[str]]]) -> None:
    call = placed(outcome, at=0.0)
    assert [(after, states(call, after)) for after, _ in expected] == expected


@pytest.mark.parametrize(
    ("outcome", "own", "far", "code"),
    [
        (Outcome.BUSY, "peer", "endpoint", None),
        (Outcome.DECLINED, "peer", "endpoint", None),
        (Outcome.NO_ANSWER, "peer", "system", None),
        (Outcome.NO_ROUTE, "peer", "error", "error.ininedgecontrol.connection.dialplan.notReachable"),
        (Outcome.INVALID, "peer", "error", "error.ininedgecontrol.connection.dialplan.notReachable"),
    ],
)
def test_each_failure_says_who_ended_it(outcome: Outcome, own: str, far: str, code: str | None) -> None:
    mine, theirs = placed(outcome).legs
    assert (mine.disconnect, mine.fault) == (own, None)
    assert (theirs.disconnect, theirs.fault and theirs.fault.code) == (far, code)


def test_a_station_that_does_not_answer_is_an_error_of_the_own_leg_alone() -> None:
    (own,) = placed(Outcome.STATION_TIMEOUT).legs
    assert own.disconnect == "error"
    assert own.fault is not None
    assert own.fault.code == "error.ininedgecontrol.connection.timeout"


def test_hanging_up_before_the_station_answers_dials_nobody() -> None:
    call = hang_up(placed(Outcome.ANSWER), PLACED + 0.5)
    (own,) = call.legs
    assert (own.connects, own.disconnect) == (None, "client")


def test_hanging_up_ends_the_far_leg_as_its_peer_did() -> None:
    own, far = hang_up(placed(Outcome.ANSWER), PLACED + 10).legs
    assert (own.disconnect, far.disconnect) == ("client", "peer")
    assert own.ends == far.ends == PLACED + 10


def test_a_call_that_is_over_cannot_be_hung_up_again() -> None:
    over = placed(Outcome.BUSY)
    assert hang_up(over, PLACED + 10) is over
    ended = hang_up(placed(Outcome.ANSWER), PLACED + 5)
    assert hang_up(ended, PLACED + 6) is ended


def test_a_clock_that_was_set_back_ends_no_call_before_it_was_placed() -> None:
    call = hang_up(placed(Outcome.ANSWER), PLACED - 100)
    assert call.hung_up_at == PLACED


def test_a_queue_takes_the_call_without_ringing() -> None:
    intent = Intent(PUBLISHED, (Target(DestinationKind.QUEUE, "q"),), user_id=ALICE)
    _, far = Calls(default_org(), 1).place(plan(intent, Outcome.ANSWER), PLACED).legs
    assert far.connects == far.begins


def test_each_party_of_a_conference_has_its_own_outcome() -> None:
    targets = (Target(DestinationKind.PHONE, NUMBER), Target(DestinationKind.PHONE, "+442079460101"))
    intent = Intent(PUBLISHED, targets, user_id=ALICE)
    call = Calls(default_org(), 1).place(plan(intent, (Outcome.ANSWER, Outcome.BUSY)), PLACED)
    assert states(call, 10) == ["connected", "connected", "terminated"]
    assert call.active(PLACED + 1e6)


def test_ids_are_distinct_random_uuids() -> None:
    calls = Calls(default_org(), 500)
    ids = [uuid.UUID(calls.place(plan(dial(), Outcome.ANSWER), PLACED).id) for _ in range(500)]
    assert len(set(ids)) == 500
    assert {(one.version, one.variant) for one in ids} == {(4, uuid.RFC_4122)}


def test_the_oldest_call_is_forgotten_first() -> None:
    calls = Calls(default_org(), 3)
    ids = [calls.place(plan(dial(), Outcome.ANSWER), PLACED).id for _ in range(5)]
    assert [one in calls for one in ids] == [False, False, True, True, True]
    assert [call.id for call in calls] == ids[2:]
    assert calls.get(ids[0]) is None


def test_calls_with_large_texts_are_bounded_by_weight() -> None:
    calls = Calls(default_org(), 10_000)
    heavy = "x" * 500_000
    for _ in range(100):
        calls.place(plan(dial(uui_data=heavy), Outcome.ANSWER), PLACED)
        calls.place(plan(dial(attributes={"note": heavy}), Outcome.ANSWER), PLACED)
        calls.place(plan(dial(number=heavy), Outcome.ANSWER), PLACED)
    assert len(calls) <= CALLS_BYTES / len(heavy)


def test_hanging_up_by_id_keeps_the_ended_call_in_its_place() -> None:
    calls = Calls(default_org(), 10)
    first, second = (calls.place(plan(dial(), Outcome.ANSWER), PLACED) for _ in range(2))
    ended = calls.hang_up(first.id, PLACED + 1)
    assert ended is not None
    assert calls.get(first.id) is ended
    assert not ended.active(PLACED + 1)
    assert second.active(PLACED + 1)
    assert [call.id for call in calls] == [first.id, second.id]
    assert calls.hang_up("unknown", PLACED) is None


def test_a_user_sees_the_calls_that_they_place_or_are_dialled_by() -> None:
    calls = Calls(default_org(), 10)
    mine = calls.place(plan(dial(), Outcome.ANSWER), PLACED)
    intent = Intent(PUBLISHED, (Target(DestinationKind.USER, BOB),), user_id=ALICE)
    to_bob = calls.place(plan(intent, Outcome.NO_ANSWER), PLACED)
    campaign = calls.place(plan(Intent(PUBLISHED, dial().targets), Outcome.ANSWER), PLACED)
    assert list(calls.of_user(ALICE)) == [mine, to_bob]
    assert list(calls.of_user(BOB)) == [to_bob]
    assert len(calls) == 3
    assert campaign.id in calls


def test_forgetting_every_call_leaves_none() -> None:
    calls = Calls(default_org(), 10)
    call = calls.place(plan(dial(), Outcome.ANSWER), PLACED)
    calls.clear()
    assert call.id not in calls
    assert list(calls) == []


def test_the_repr_of_a_call_names_nobody() -> None:
    text = repr(placed(Outcome.ANSWER))
    assert NUMBER not in text
    assert ALICE not in text
    assert "demo-secret" not in text


def test_a_number_of_outcomes_other_than_that_of_targets_is_an_error() -> None:
    with pytest.raises(ValueError, match="1 targets need as many outcomes, not 2"):
        Calls(default_org(), 1).place(plan(dial(), (Outcome.ANSWER, Outcome.BUSY)), PLACED)


def test_every_outcome_but_answers_and_dead_stations_has_an_ending() -> None:
    assert set(timeline.ENDINGS) == set(Outcome) - {Outcome.ANSWER, Outcome.STATION_TIMEOUT}
    for one, other in itertools.combinations(timeline.ENDINGS, 2):
        assert timeline.ENDINGS[one] != timeline.ENDINGS[other]

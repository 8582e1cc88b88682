"""A call drawn as lanes: the bars of a participant leave no gap, and tell every state that it had."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.life import commands, opened, snapshots
from ringback_contracts.life.values import Conversation
from ringback_contracts.life.views.timeline import Bar, Mark, lanes, marks
from tests.contracts.life_calls import (
    ALICE,
    BOB,
    CALL_ID,
    CUSTOMER,
    START,
    do,
    done,
    later,
    leg,
    placed,
    rung,
    user,
)


def held_and_ended() -> Conversation:
    call = later(placed(), 10)
    alice = leg(call, ALICE).id
    call = done(call, commands.Hold(alice, held=True, by=ALICE), 12)
    call = done(call, commands.Mute(alice, muted=True, by=ALICE), 14)
    call = done(call, commands.Delayed(3.0, commands.Mute(alice, muted=False, by=ALICE)), 15)
    return done(later(call, 20), commands.FarEnd(leg(call, "external").id, "hangs_up"), 20)


CALLS = {
    "outbound": held_and_ended(),
    "rung": rung(user(BOB)),
    "several": placed(user(BOB), CUSTOMER),
    "new": placed(),
}


@pytest.mark.parametrize("name", CALLS)
@given(seconds=st.floats(0, 100))
def test_the_bars_of_a_lane_leave_no_gap_and_end_as_the_leg_stands(name: str, seconds: float) -> None:
    call = later(CALLS[name], max(seconds, CALLS[name].now - START))
    drawn = lanes(call)
    assert list(drawn) == [one.id for one in call.participants]
    for one in call.participants:
        bars = drawn[one.id]
        assert all(bar.ends == after.begins and bar[:3] != after[:3] for bar, after in pairwise(bars))
        assert bars[-1][:3] == (one.call.state, one.call.held, one.call.muted)
        assert bars[-1].ends is None
        assert bars[0].begins >= call.started_at


def test_a_lane_tells_every_state_that_was_seen() -> None:
    call = placed()
    seen = [call.participants[0].call.state]
    seen += [moment.participants[0].call.state for moment in snapshots(call, START + 60)]
    told = [bar.state for bar in lanes(later(call, 60))[call.participants[0].id]]
    assert told == list(dict.fromkeys(seen))


def test_hold_and_mute_are_bars_of_their_own_and_what_was_put_off_shows_when_it_happened() -> None:
    call = held_and_ended()
    alice = lanes(call)[leg(call, ALICE).id]
    muted = [bar for bar in alice if bar.muted]
    assert [(bar.begins - START, bar.ends and bar.ends - START) for bar in muted] == [(14.0, 18.0)]
    customer = lanes(call)[leg(call, "external").id]
    assert [bar.held for bar in (*alice, *customer)].count(True) >= 1


def test_the_marks_are_the_commands_in_order_and_in_words() -> None:
    call = held_and_ended()
    assert [mark.what for mark in marks(call)] == ["place", "hold", "mute", "mute", "hangs up"]
    assert marks(call)[0] == Mark(START, "place", None)
    assert marks(call)[-1].participant_id == leg(call, "external").id


def test_a_call_of_which_nothing_is_known_has_no_lanes() -> None:
    assert lanes(opened(CALL_ID, START)) == {}
    assert marks(opened(CALL_ID, START)) == ()


def test_a_call_that_was_just_placed_has_bars_that_go_on() -> None:
    call = do(opened(CALL_ID, START), placed().history[0].command, 0)
    assert all(
        len(bars) == 1 and bars[0] == Bar("contacting", held=False, muted=False, begins=START)
        for bars in lanes(call).values()
    )

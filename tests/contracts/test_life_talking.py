"""What is done while a call goes on: hold, mute, confinement, recording, parking, and what is written."""

from __future__ import annotations

import pytest

from ringback_contracts.life import apply, commands, next_turn
from ringback_contracts.life.values import Conversation
from ringback_contracts.life.views.flat import call_conversation
from ringback_contracts.life.views.nested import conversation
from tests.contracts.life_calls import (
    ALICE,
    BOB,
    CUSTOMER,
    OTHER,
    START,
    done,
    later,
    leg,
    placed,
    refused,
    talking,
    user,
)


def own(call: Conversation) -> str:
    return leg(call, ALICE).id


def far(call: Conversation) -> str:
    return leg(call, "external").id


def holds(call: Conversation, held: bool = True) -> Conversation:
    return done(call, commands.Hold(own(call), held, ALICE))


def state(call: Conversation, who: str) -> tuple[bool, bool, bool]:
    one = leg(call, who).call
    return one.held, one.confined, one.muted


def test_a_hold_is_seen_on_both_legs_and_gone_with_it() -> None:
    held = holds(talking())
    assert (state(held, ALICE), state(held, "external")) == ((True, False, False), (False, True, False))
    assert leg(held, ALICE).call.held_at == START + 5
    free = holds(later(held, 9), held=False)
    assert (state(free, ALICE), state(free, "external")) == ((False,) * 3, (False,) * 3)
    assert "startHoldTime" not in call_conversation(free)["participants"][0]


def test_whoever_is_gone_is_on_hold_no_more() -> None:
    call = done(talking(), commands.Hold(leg(talking(), ALICE).id, held=True, by=ALICE))
    over = done(call, commands.End())
    assert (leg(call, ALICE).call.held, leg(over, ALICE).call.held) == (True, False)


def test_a_second_hold_keeps_the_time_of_the_first() -> None:
    held = holds(later(holds(talking()), 9))
    assert leg(held, ALICE).call.held_at == START + 5


def test_of_holds_in_quick_succession_none_is_lost_and_the_last_holds() -> None:
    """Four commands within a moment, as recorded: each is seen, on both legs."""
    call, seen_held = talking(), []
    for number, held in enumerate((True, False, True, False)):
        call = holds(later(call, 5 + number / 100), held)
        seen_held.append((leg(call, ALICE).call.held, leg(call, "external").call.confined))
    assert seen_held == [(True, True), (False, False), (True, True), (False, False)]


def test_mute_is_seen_on_the_own_leg_alone_and_has_nothing_to_do_with_hold() -> None:
    call = holds(done(talking(), commands.Mute(own(talking()), muted=True, by=ALICE)))
    assert (state(call, ALICE), state(call, "external")) == ((True, False, True), (False, True, False))
    call = holds(call, held=False)
    assert state(call, ALICE) == (False, False, True)


def test_a_party_can_be_kept_apart_instead_of_held() -> None:
    call = done(talking(), commands.Confine(far(talking()), confined=True, by=ALICE))
    assert (state(call, ALICE), state(call, "external")) == ((False,) * 3, (False, True, False))
    free = done(call, commands.Confine(far(call), confined=False, by=ALICE))
    assert state(free, "external") == (False,) * 3


def test_whoever_keeps_a_party_apart_frees_it_by_leaving() -> None:
    call = talking(CUSTOMER, user(BOB))
    call = done(call, commands.Confine(far(call), confined=True, by=BOB))
    assert leg(call, "external").call.confined_by == leg(call, BOB).number
    call = done(call, commands.Disconnect(leg(call, BOB).id, BOB))
    assert not leg(call, "external").call.confined


def test_in_a_conference_a_hold_keeps_nobody_from_talking() -> None:
    call = holds(talking(CUSTOMER, OTHER))
    assert [one.call.confined for one in call.participants] == [False] * 3


@pytest.mark.parametrize(
    ("state", "secure", "shown"), [("paused", True, False), ("active", False, True), ("none", False, False)]
)
def test_the_recording_of_the_call_is_that_of_every_leg(state: str, secure: bool, shown: bool) -> None:
    call = done(talking(), commands.SetRecording(state, ALICE))  # type: ignore[arg-type]  # one of three
    flat = call_conversation(call)
    for one in [flat, *flat["participants"]]:
        assert (one["recordingState"], one["securePause"]) == (state, secure)
    assert [one["recording"] for one in flat["participants"]] == [shown, shown]
    assert conversation(call)["recordingState"] == state.upper()


def test_who_comes_later_is_recorded_too() -> None:
    call = done(talking(), commands.SetRecording("active", ALICE))
    call = later(done(call, commands.Invite((OTHER,), ALICE)), 20)
    assert [one.call.recording for one in call.participants] == ["active"] * 3


def test_one_leg_can_be_recorded_alone() -> None:
    call = done(talking(), commands.Record(own(talking()), recording=True, by=ALICE))
    assert [one.call.recording for one in call.participants] == ["active", "none"]
    call = done(call, commands.Record(own(call), recording=False, by=ALICE))
    assert [one.call.recording for one in call.participants] == ["none", "none"]


def test_attributes_are_added_to_those_there_are() -> None:
    call = done(talking(attributes={"a": "1", "b": "2"}), commands.SetAttributes(far(talking()), {"b": "3"}))
    assert leg(call, "external").attributes == {"a": "1", "b": "3"}


def test_what_is_written_of_a_call_that_is_over_is_kept() -> None:
    call = later(done(talking(), commands.End(ALICE)), 60)
    call = done(call, commands.SetAttributes(far(call), {"a": "1"}))
    assert leg(call, "external").attributes == {"a": "1"}
    assert leg(done(call, commands.SetUuiData(far(call), "00c8")), "external").call.uui_data == "00c8"


def test_tones_change_nothing_but_the_history() -> None:
    call = talking()
    after = done(call, commands.SendDigits(far(call), "1234#"))
    assert after._replace(history=call.history, weight=call.weight) == call
    assert len(after.history) == 2


def test_a_tag_and_a_flag_are_shown() -> None:
    call = done(done(talking(), commands.SetTag("park-7")), commands.Flag(far(talking()), flagged=True))
    nested = conversation(call)
    assert nested["externalTag"] == "park-7"
    assert [one.get("flaggedReason") for one in nested["participants"]] == [None, "general"]
    call = done(call, commands.Flag(far(call), flagged=False))
    assert "flaggedReason" not in conversation(call)["participants"][1]


def test_a_parked_party_comes_back_at_its_time_or_when_answered() -> None:
    call = done(talking(), commands.Park(far(talking()), until=START + 60, by=ALICE))
    shown = call_conversation(call)["participants"][1]
    assert (shown["state"], shown["parkTime"]) == ("parked", "2023-11-14T22:13:25.000Z")
    assert shown["resumeTime"] == "2023-11-14T22:14:20.000Z"
    assert conversation(call)["participants"][1]["calls"][0]["state"] == "connected", "Call has no parked"
    assert leg(later(call, 59), "external").call.state == "parked"
    assert leg(later(call, 60), "external").call.state == "connected"
    back = done(later(call, 30), commands.Answer(far(call)))
    assert leg(back, "external").call.state == "connected"
    assert next_turn(back) is None


def test_a_parked_party_stays_when_the_other_leaves() -> None:
    call = done(talking(), commands.Park(far(talking()), by=ALICE))
    call = later(done(call, commands.FarEnd(own(call), "hangs_up")), 60)
    assert [one.call.state for one in call.participants] == ["terminated", "parked"]


def test_a_parked_party_who_comes_back_to_nobody_is_let_go() -> None:
    call = done(talking(), commands.Park(far(talking()), until=START + 60, by=ALICE))
    call = done(call, commands.FarEnd(own(call), "hangs_up"), 20)
    for back in (later(call, 60), done(later(call, 30), commands.Answer(far(call)))):
        gone = leg(back, "external").call
        assert (gone.state, gone.disconnect) == ("disconnected", "peer")
        assert not back.active


def test_who_is_parked_holds_nobody() -> None:
    call = done(talking(), commands.Park(own(talking()), by=ALICE))
    assert holds(call).participants == call.participants


def test_the_far_end_can_hold_too() -> None:
    call = done(talking(), commands.FarEnd(far(talking()), "holds"))
    assert (state(call, ALICE), state(call, "external")) == ((False, True, False), (True, False, False))
    call = done(call, commands.FarEnd(far(call), "retrieves"))
    assert (state(call, ALICE), state(call, "external")) == ((False,) * 3, (False,) * 3)


def test_what_a_phone_cannot_do_just_now_changes_nothing() -> None:
    call = talking()
    for act in ("answers", "declines", "busy", "no_answer", "digits"):
        assert done(call, commands.FarEnd(far(call), act)).participants == call.participants


@pytest.mark.parametrize(
    ("act", "ended"),
    [("declines", "endpoint"), ("busy", "endpoint"), ("no_answer", "endpoint"), ("answers", None)],
)
def test_the_far_end_does_what_it_is_told_while_it_rings(act: str, ended: str | None) -> None:
    call = later(placed(), 1.5)
    call = done(call, commands.FarEnd(far(call), act))  # type: ignore[arg-type]  # each is one
    assert leg(call, "external").call.disconnect == ended
    assert leg(call, "external").call.up == (ended is None)


def test_a_command_that_was_delayed_takes_effect_later_or_never() -> None:
    call = done(talking(), commands.Delayed(0.45, commands.Hold(own(talking()), held=True, by=ALICE)))
    assert not leg(later(call, 5.4), ALICE).call.held
    assert leg(later(call, 5.45), ALICE).call.held
    gone = later(done(call, commands.End(ALICE)), 60)
    assert not leg(gone, ALICE).call.held
    held = commands.Delayed(0.45, commands.Hold(own(gone), held=True, by=ALICE))
    assert refused(apply(gone, held, gone.now)) == "life.disconnected"

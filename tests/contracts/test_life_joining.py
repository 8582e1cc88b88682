"""Calls that become one, supervisors, wrap-up and calls back."""

from __future__ import annotations

import pytest

from ringback_contracts.life import commands, next_turn
from ringback_contracts.life.joining import joining
from ringback_contracts.life.parties import Takes, WrapPrompt, WrapRules
from ringback_contracts.life.values import Conversation, WatchKind
from ringback_contracts.life.views.events import event_body
from ringback_contracts.life.views.flat import call_conversation
from ringback_contracts.life.views.nested import conversation
from ringback_contracts.life.wrapping import SYSTEM_CODE
from tests.contracts.life_calls import (
    ALICE,
    BOB,
    CALL_ID,
    CUSTOMER,
    OTHER,
    SAM,
    SUPERVISOR,
    SUPPORT,
    do,
    done,
    later,
    leg,
    queue,
    rung,
    seen,
    talking,
    user,
)


def agents_call(rules: WrapRules | None = None, **more: object) -> Conversation:
    """The customer talks to Alice, an agent of the queue."""
    return later(rung(queue(user(ALICE), rules=rules or WrapRules()), **more), 10)


# --- merging --------------------------------------------------------------------------------------------


def merged() -> tuple[Conversation, Conversation]:
    """An outbound call that has taken in the inbound one, and what is left of that."""
    inbound, outbound = agents_call(), later(talking(OTHER), 10)
    into = done(outbound, commands.Merge(("inbound",), joining(inbound, ALICE), ALICE))
    return into, done(inbound, commands.MoveAway(CALL_ID))


def test_the_customer_of_the_other_call_comes_in_and_who_asked_is_marked() -> None:
    into, left = merged()
    assert seen(into) == [
        ("user", "connected", None),
        ("external", "connected", None),
        ("customer", "connected", None),
    ]
    assert leg(into, ALICE).attributes == {"conferenceInitiator": "true"}
    assert leg(into, "customer").party == CUSTOMER
    assert {one.call.disconnect for one in left.participants if one.purpose in {"customer", "agent"}} == {
        "transfer.conference"
    }
    assert not left.active


def test_the_others_go_on_talking_when_the_one_who_merged_leaves() -> None:
    into, _ = merged()
    into = done(into, commands.Disconnect(leg(into, ALICE).id, ALICE))
    assert seen(into) == [
        ("user", "disconnected", "client"),
        ("external", "connected", None),
        ("customer", "connected", None),
    ]
    over = done(into, commands.FarEnd(leg(into, "customer").id, "hangs_up"))
    assert seen(over)[1:] == [("external", "disconnected", "peer"), ("customer", "disconnected", "endpoint")]


def test_more_parties_are_invited_and_the_inviter_may_leave() -> None:
    call = later(done(talking(), commands.Invite((OTHER, user(SAM)), ALICE)), 20)
    assert [one.call.state for one in call.participants] == ["connected"] * 4
    call = done(call, commands.Disconnect(leg(call, ALICE).id, ALICE))
    assert [one.call.state for one in call.participants][1:] == ["connected"] * 3


def test_the_end_of_a_conference_is_that_of_all() -> None:
    call = done(merged()[0], commands.End(ALICE))
    assert [ended for *_, ended in seen(call)] == ["client", "peer", "peer"]


# --- supervisors ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "member", "roles"),
    [
        ("monitor", "monitoredParticipantId", ["monitor"]),
        ("coach", "coachedParticipantId", ["coach"]),
        ("barge", "bargedParticipantId", ["full"]),
    ],
)
def test_a_supervisors_leg_names_the_one_it_watches(kind: WatchKind, member: str, roles: list[str]) -> None:
    call = agents_call()
    call = done(call, commands.Supervise(kind, leg(call, ALICE).id, SUPERVISOR))
    assert leg(call, SAM).call.state == "alerting"
    for shown in (call_conversation, event_body):
        own = shown(later(call, 15))["participants"][-1]
        assert (own["state"], own[member], own["mediaRoles"]) == ("connected", leg(call, ALICE).id, roles)
        assert ("bargedTime" in own) == (kind == "barge")
    assert conversation(call)["participants"][-1][member] == leg(call, ALICE).id


@pytest.mark.parametrize("kind", ["monitor", "coach", "barge"])
def test_a_supervisor_ends_the_own_leg_and_the_others_go_on(kind: WatchKind) -> None:
    call = agents_call()
    call = later(done(call, commands.Supervise(kind, leg(call, ALICE).id, SUPERVISOR)), 15)
    call = later(done(call, commands.Disconnect(leg(call, SAM).id, SAM)), 20)
    assert (leg(call, SAM).call.state, leg(call, SAM).call.disconnect) == ("terminated", "client")
    assert [leg(call, who).call.state for who in ("customer", ALICE)] == ["connected", "connected"]


@pytest.mark.parametrize("kind", ["monitor", "coach"])
def test_who_only_watches_keeps_no_call_going_and_stops_none(kind: WatchKind) -> None:
    call = agents_call()
    call = later(done(call, commands.Supervise(kind, leg(call, ALICE).id, SUPERVISOR)), 15)
    left = done(call, commands.Disconnect(leg(call, SAM).id, SAM))
    assert [leg(left, who).call.state for who in ("customer", ALICE)] == ["connected", "connected"]
    over = done(call, commands.FarEnd(leg(call, "customer").id, "hangs_up"))
    assert not over.active
    assert leg(over, SAM).call.disconnect == "peer"


def test_a_hold_is_the_same_while_somebody_watches() -> None:
    call = agents_call()
    call = later(done(call, commands.Supervise("monitor", leg(call, ALICE).id, SUPERVISOR)), 15)
    call = done(call, commands.Hold(leg(call, ALICE).id, held=True, by=ALICE))
    assert leg(call, "customer").call.confined


def test_a_supervisor_who_becomes_a_full_party_can_take_over() -> None:
    call = agents_call()
    call = later(done(call, commands.Supervise("monitor", leg(call, ALICE).id, SUPERVISOR)), 15)
    call = done(call, commands.SetMediaRoles(leg(call, SAM).id))
    assert "monitoredParticipantId" not in call_conversation(call)["participants"][-1]
    call = done(call, commands.Disconnect(leg(call, ALICE).id, ALICE))
    assert [leg(call, who).call.state for who in ("customer", SAM)] == ["connected", "connected"]


def test_a_supervisor_who_does_not_answer_is_given_up() -> None:
    call = agents_call()
    absent = SUPERVISOR._replace(takes=Takes("no_answer", 5.0))
    call = later(done(call, commands.Supervise("monitor", leg(call, ALICE).id, absent)), 15)
    assert leg(call, SAM).call.disconnect == "client"
    assert leg(call, ALICE).call.up


# --- wrap-up --------------------------------------------------------------------------------------------


def hung_up(rules: WrapRules | None = None) -> Conversation:
    call = agents_call(rules)
    return done(call, commands.FarEnd(leg(call, "customer").id, "hangs_up"))


def after_call(call: Conversation) -> tuple[str, object]:
    nested = conversation(call)["participants"][-1]
    return nested["calls"][0]["afterCallWork"]["state"], nested.get("endAcwTime")


def test_after_call_work_is_pending_until_the_code_is_given() -> None:
    call = later(hung_up(), 40)
    assert after_call(call) == ("pending", None)
    assert leg(call, ALICE).call.state == "terminated", "straight, as most organisations have it"
    given = commands.GiveWrapUp(leg(call, ALICE).id, "sale", notes="two", tags=("vip",))
    call = done(call, given)
    assert after_call(call) == ("complete", "2023-11-14T22:14:00.000Z")
    flat = call_conversation(call)["participants"][-1]
    assert flat["wrapup"] == {
        "code": "sale",
        "notes": "two",
        "tags": ["vip"],
        "durationSeconds": 30,
        "endTime": "2023-11-14T22:14:00.000Z",
    }
    assert flat["wrapupRequired"] is True, "it stays so"
    assert event_body(call)["participants"][-1]["wrapup"] == flat["wrapup"]


def test_a_code_given_during_the_call_leaves_nothing_to_do_after_it() -> None:
    call = agents_call()
    call = done(call, commands.GiveWrapUp(leg(call, ALICE).id, "sale"))
    call = done(call, commands.FarEnd(leg(call, "customer").id, "hangs_up"))
    assert after_call(call)[0] == "complete"


def test_a_provisional_wrap_up_may_lack_its_code_and_ends_nothing() -> None:
    call = hung_up()
    call = done(call, commands.GiveWrapUp(leg(call, ALICE).id, notes="so far", provisional=True))
    assert after_call(call)[0] == "pending"
    assert call_conversation(call)["participants"][-1]["wrapup"]["provisional"] is True


def test_what_is_provisional_before_the_agent_leaves_ends_nothing_either() -> None:
    call = agents_call()
    call = done(call, commands.GiveWrapUp(leg(call, ALICE).id, "sale", provisional=True))
    after = leg(done(call, commands.End(ALICE)), ALICE).after_call
    assert after is not None
    assert after.open


def test_a_wrap_up_can_be_skipped_where_the_queue_lets_it() -> None:
    call = hung_up()
    call = done(call, commands.SkipWrapUp(leg(call, ALICE).id))
    assert after_call(call)[0] == "skipped"
    assert call_conversation(call)["participants"][-1]["wrapupSkipped"] is True


@pytest.mark.parametrize("prompt", ["timeout", "forcedTimeout"])
def test_a_queue_may_give_so_much_time_and_no_more(prompt: WrapPrompt) -> None:
    call = hung_up(WrapRules(prompt, timeout_ms=30_000))
    assert call_conversation(call)["participants"][-1]["wrapupTimeoutMs"] == 30_000
    assert after_call(later(call, 39))[0] == "pending"
    assert after_call(later(call, 40)) == ("complete", "2023-11-14T22:14:00.000Z")


def test_a_leg_may_wait_for_its_wrap_up_before_it_is_terminated() -> None:
    call = later(hung_up(WrapRules(waits=True)), 600)
    assert [leg(call, who).call.state for who in ("customer", ALICE)] == ["terminated", "disconnected"]
    call = done(call, commands.GiveWrapUp(leg(call, ALICE).id, "sale"))
    assert leg(later(call, 601), ALICE).call.state == "terminated"
    assert next_turn(later(call, 601)) is None


def test_who_was_never_connected_has_nothing_to_wrap_up() -> None:
    call = later(rung(queue(user(ALICE, Takes("declines", 1.0)), user(SAM))), 20)
    declined, took = (leg(call, who).after_call for who in (ALICE, SAM))
    assert declined is not None
    assert declined.begins is None
    assert took is not None


def test_a_teardown_by_the_system_closes_what_is_open() -> None:
    call = later(hung_up(), 40)
    call = done(call, commands.End(system=True))
    assert after_call(call)[0] == "complete"
    assert call_conversation(call)["participants"][-1]["wrapup"]["code"] == SYSTEM_CODE


# --- calls back -----------------------------------------------------------------------------------------


def test_a_call_back_waits_with_its_participant_until_it_is_dialled() -> None:
    call = agents_call()
    customer = leg(call, "customer")
    ask = commands.AskCallBack(
        customer.id, ("+442079460100",), user_name="Outside", scheduled_at=call.now + 600
    )
    call = later(done(done(call, ask), commands.End(ALICE)), 600)
    (kept,) = conversation(call)["participants"][0]["callbacks"]
    assert (kept["state"], kept["callbackNumbers"]) == ("scheduled", ["+442079460100"])
    assert kept["callbackScheduledTime"] == "2023-11-14T22:23:30.000Z"
    call = later(do(call, commands.CallBack(user(ALICE, Takes("answers", 1.0)), CUSTOMER)), 620)
    assert seen(call)[-2:] == [("agent", "connected", None), ("customer", "connected", None)]
    assert call.participants[-2].call.peer == call.participants[-1].call.id
    assert call.participants[-1].queue_id == SUPPORT
    assert conversation(call)["participants"][0]["callbacks"][0]["state"] == "connected"


def test_a_disconnect_gives_the_systems_code_only_where_the_agent_gave_none() -> None:
    call = later(rung(queue(user(ALICE))), 10)
    call = done(call, commands.BlindTransfer(leg(call, ALICE).id, user(BOB), ALICE))
    call = done(later(call, 15), commands.GiveWrapUp(leg(call, ALICE).id, "sale"))
    call = done(call, commands.End(system=True))
    given = [leg(call, who).wrap_up for who in (ALICE, BOB)]
    assert [one and one.code for one in given] == ["sale", SYSTEM_CODE]


def test_no_time_runs_for_work_that_is_done_already() -> None:
    call = agents_call(WrapRules("timeout", 10_000))
    call = done(call, commands.GiveWrapUp(leg(call, ALICE).id, "sale"))
    call = done(call, commands.Disconnect(leg(call, ALICE).id, ALICE))
    assert next_turn(later(call, 15)) is None

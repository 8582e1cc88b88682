"""A call that a user places: the order that was recorded, and every way in which it ends."""

from __future__ import annotations

import pytest

from ringback_contracts.life import commands, next_turn, snapshots
from ringback_contracts.life.parties import How, Party, Takes, WrapRules
from ringback_contracts.life.views.events import event_body
from ringback_contracts.life.views.nested import conversation
from tests.contracts.life_calls import (
    ALICE,
    BOB,
    CUSTOMER,
    OTHER,
    START,
    Seen,
    do,
    done,
    later,
    leg,
    placed,
    queue,
    seen,
    story,
    talking,
    user,
)


def outside(how: How, after: float | None = None) -> Party:
    return CUSTOMER._replace(takes=Takes(how, after))


def test_the_order_of_a_call_is_the_recorded_one() -> None:
    """To the millisecond: the station answered after 1.15 s, and the other end 0.3 s later."""
    assert story(placed(outside("answers", 0.3)), 60) == [
        (0.0, [("user", "contacting", None)]),
        (1.15, [("user", "contacting", None), ("external", "dialing", None)]),
        (1.192, [("user", "dialing", None), ("external", "dialing", None)]),
        (1.45, [("user", "dialing", None), ("external", "connected", None)]),
        (1.458, [("user", "connected", None), ("external", "connected", None)]),
    ]


def test_the_caller_comes_first_and_each_leg_begins_as_it_does() -> None:
    own, far = later(placed(), 1.2).participants
    assert (own.user_id, own.call.initial_state, own.call.direction) == (ALICE, "contacting", "outbound")
    assert (far.party, far.call.initial_state, far.call.direction) == (CUSTOMER, "dialing", "outbound")


def test_the_callers_hang_up_ends_the_far_leg_first() -> None:
    call = do(talking(), commands.Disconnect(leg(talking(), "user").id, ALICE))
    gone = ("external", "disconnected", "peer")
    assert seen(call) == [("user", "connected", None), gone]
    assert story(call, 60) == [
        (5.0, [("user", "disconnected", "client"), gone]),
        (5.2, [("user", "disconnected", "client"), ("external", "terminated", "peer")]),
        (5.2, [("user", "terminated", "client"), ("external", "terminated", "peer")]),
    ]


def test_the_far_ends_hang_up_is_an_endpoint_and_a_peer() -> None:
    call = done(talking(), commands.FarEnd(leg(talking(), "external").id, "hangs_up"))
    assert seen(call) == [("user", "disconnected", "peer"), ("external", "disconnected", "endpoint")]
    assert seen(later(call, 5.2)) == [("user", "terminated", "peer"), ("external", "terminated", "endpoint")]
    assert not call.active


def test_a_caller_who_hangs_up_before_the_station_answers_dials_nobody() -> None:
    call = done(later(placed(), 0.5), commands.Disconnect(leg(placed(), "user").id, ALICE))
    assert seen(later(call, 60)) == [("user", "terminated", "client")]
    assert next_turn(later(call, 60)) is None


@pytest.mark.parametrize(
    ("how", "after", "far", "reason"),
    [
        ("busy", 1.0, ("disconnected", "endpoint"), 480),
        ("no_answer", 30.0, ("disconnected", "endpoint"), 480),
        ("declines", 3.0, ("disconnected", "endpoint"), None),
        ("do_not_disturb", 0.001, ("disconnected", "endpoint.donotdisturb"), None),
        ("waits", 30.0, ("disconnected", "endpoint"), 480),
        ("dead", 30.0, ("disconnected", "endpoint"), 480),
        ("no_route", 0.001, ("terminated", "error"), None),
        ("invalid", 0.001, ("terminated", "error"), None),
    ],
)
def test_a_far_end_that_does_not_answer(
    how: How, after: float, far: tuple[str, str], reason: int | None
) -> None:
    before, call = (later(placed(outside(how)), 1.15 + moment) for moment in (after - 0.0005, after))
    assert [one.call.over for one in before.participants] == [False, False]
    assert seen(call) == [("user", "disconnected", "peer"), ("external", *far)]
    gone = leg(call, "external").call
    assert (gone.reason.code if gone.reason else None) == reason
    assert gone.connected_at is None
    assert leg(call, "user").call.connected_at is None
    assert {one.call.state for one in later(call, 60).participants} == {"terminated"}


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("no_route", "no route leads to the dialled address"),
        ("invalid", "no network assigns the dialled number"),
    ],
)
def test_a_call_without_a_route_says_so(how: How, message: str) -> None:
    fault = leg(later(placed(outside(how)), 2), "external").call.fault
    assert fault == ("error.ininedgecontrol.connection.dialplan.notReachable", message)


def test_the_sip_reason_of_a_busy_end_stands_in_its_call() -> None:
    _, far = conversation(later(placed(outside("busy")), 3))["participants"]
    reasons = [{"type": "sip", "code": 480, "phrase": "Temporarily Unavailable"}]
    assert far["calls"][0]["disconnectReasons"] == reasons


@pytest.mark.parametrize("how", ["waits", "dead", "no_answer"])
def test_a_station_that_does_not_answer_is_given_up_after_a_minute(how: How) -> None:
    call = placed(caller=user(ALICE, Takes(how)))
    assert seen(later(call, 59.9)) == [("user", "contacting", None)]
    over = later(call, 60)
    assert seen(over) == [("user", "terminated", "error")]
    fault = leg(over, "user").call.fault
    assert fault is not None
    assert fault.code == "error.ininedgecontrol.connection.timeout"
    assert seen(later(over, 600)) == seen(over), "the far leg is never created"


def test_a_station_that_waits_can_be_picked_up() -> None:
    call = placed(caller=user(ALICE, Takes("waits")))
    call = done(call, commands.Answer(leg(call, "user").id, ALICE), 7)
    assert seen(call) == [("user", "contacting", None), ("external", "dialing", None)]
    assert seen(later(call, 10)) == [("user", "connected", None), ("external", "connected", None)]


def test_a_station_without_a_phone_never_answers_whatever_is_accepted() -> None:
    call = placed(caller=user(ALICE, Takes("dead")))
    assert seen(done(call, commands.Answer(leg(call, "user").id, ALICE), 7)) == [("user", "contacting", None)]


def test_a_far_end_may_hang_up_by_itself() -> None:
    call = placed(CUSTOMER._replace(takes=Takes("answers", 1.0, hangs_up_after=10.0)))
    assert later(call, 12.1).active
    over = later(call, 12.15)
    assert seen(over) == [("user", "disconnected", "peer"), ("external", "disconnected", "endpoint")]


def test_voicemail_takes_the_call_where_nobody_answers() -> None:
    call = later(placed(user(BOB, Takes("voicemail", 10.0))), 12)
    assert seen(call) == [
        ("user", "connected", None),
        ("user", "terminated", "transfer.noanswer"),
        ("voicemail", "connected", None),
    ]


def test_a_user_who_is_called_is_alerted() -> None:
    call = later(placed(user(BOB)), 1.2)
    far = leg(call, BOB)
    assert (far.call.state, far.call.direction, far.purpose) == ("alerting", "inbound", "user")
    assert seen(later(call, 5)) == [("user", "connected", None), ("user", "connected", None)]


def test_a_user_declines_as_a_client() -> None:
    call = later(placed(user(BOB, Takes("declines"))), 5)
    assert leg(call, BOB).call.disconnect == "client"


def test_a_call_for_a_queue_has_an_agent_under_its_rules_and_a_customer() -> None:
    caller = user(ALICE)._replace(wrap=WrapRules("mandatory"))
    call = talking(caller=caller, queue_id="support")
    own, far = call.participants
    assert (own.purpose, far.purpose) == ("agent", "customer")
    assert own.queue_id == far.queue_id == "support"
    assert own.after_call is not None
    assert own.after_call.rules.prompt == "mandatory"


def test_a_campaign_dials_without_a_user() -> None:
    call = talking(caller=Party("campaign", "c", name="reminders"))
    assert seen(call) == [("dialer", "connected", None), ("external", "connected", None)]


def test_a_queue_that_is_called_has_a_leg_and_then_an_agent() -> None:
    legs = [states for _, states in story(placed(queue(user(BOB))), 10)]
    assert legs[1:] == [
        [Seen("user", "contacting"), Seen("acd", "offering")],
        [Seen("user", "dialing"), Seen("acd", "offering")],
        [Seen("user", "dialing"), Seen("acd", "connected")],
        [Seen("user", "dialing"), Seen("acd", "connected"), Seen("agent", "alerting")],
        [Seen("user", "connected"), Seen("acd", "connected"), Seen("agent", "alerting")],
        [Seen("user", "connected"), Seen("acd", "terminated", "transfer"), Seen("agent", "connected")],
    ]


def test_every_party_is_dialled_and_one_that_fails_leaves_the_others() -> None:
    call = later(placed(CUSTOMER, OTHER._replace(takes=Takes("busy")), user(BOB)), 10)
    assert seen(call) == [
        ("user", "connected", None),
        ("external", "connected", None),
        ("external", "terminated", "endpoint"),
        ("user", "connected", None),
    ]


def test_attributes_and_uui_data_go_with_who_is_called() -> None:
    own, far = talking(attributes={"case": "7"}, uui_data="00c8").participants
    assert (dict(own.attributes), dict(far.attributes)) == ({}, {"case": "7"})
    assert (own.call.uui_data, far.call.uui_data) == (None, "00c8")


def test_the_others_are_peers_of_the_leg_outside() -> None:
    own, far = talking().participants
    assert (own.call.peer, far.call.peer) == (far.call.id, None)


def test_the_event_of_a_held_call_is_the_recorded_one() -> None:
    """Every member that the recorded body has, and no other; times and ids are the test's own."""
    call = later(placed(outside("answers", 0.3), dnis="tel:+442079460100"), 20)
    call = done(call, commands.Hold(leg(call, "user").id, held=True, by=ALICE))
    own, far = call.participants
    flags = {"muted": False, "recording": False, "recordingState": "none", "securePause": False}
    common = {**flags, "state": "connected", "direction": "outbound", "wrapupRequired": False} | {
        "attributes": {},
        "provider": "Edge",
        "mediaRoles": ["full"],
    }
    assert event_body(call) == {
        "id": call.id,
        "address": "tel:+442079460100",
        "recordingState": "none",
        "securePause": False,
        "participants": [
            common
            | {
                "id": own.id,
                "address": "sip:alice@ringback.invalid",
                "connectedTime": "2023-11-14T22:13:21.458Z",
                "startHoldTime": "2023-11-14T22:13:40.000Z",
                "purpose": "user",
                "initialState": "contacting",
                "confined": False,
                "held": True,
                "user": {"id": ALICE},
                "peer": far.call.id,
            },
            common
            | {
                "id": far.id,
                "name": "Outside",
                "address": "tel:+442079460100",
                "connectedTime": "2023-11-14T22:13:21.450Z",
                "purpose": "external",
                "initialState": "dialing",
                "confined": True,
                "held": False,
            },
        ],
    }


def test_the_next_turn_is_known_at_every_moment() -> None:
    call = placed(outside("no_answer"))
    due = []
    while (at := next_turn(call)) is not None:
        due.append(round(at - START, 3))
        call = next(iter(snapshots(call, at)))
    assert due == [1.15, 1.192, 31.15, 31.35, 31.35]


def test_who_is_called_is_what_they_are_known_as() -> None:
    contact = CUSTOMER._replace(purpose="customer", contact_id="contact")
    assert [one.purpose for one in talking(contact).participants] == ["user", "customer"]

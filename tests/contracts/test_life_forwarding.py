"""Calls that go where a user's call forwarding says: route by route, each to all of its parties."""

from __future__ import annotations

import pytest

from ringback_contracts.life import Conversation, commands, decode, encode, snapshots
from ringback_contracts.life.parties import FORWARDED_SECONDS, Forwarding, How, Party, Takes
from ringback_contracts.life.transferring import consulted_id
from ringback_contracts.life.views.events import event_body
from ringback_contracts.life.views.flat import call_conversation
from tests.contracts.life_calls import (
    ALICE,
    BOB,
    CUSTOMER,
    START,
    SUPPORT,
    do,
    done,
    later,
    leg,
    placed,
    queue,
    rung,
    seen,
    talking,
    user,
)

WAITS = Takes("waits")
GONE = ("user", "terminated", "transfer.forward")


def number(last: int, how: How = "answers", after: float | None = None) -> Party:
    return Party("address", address=f"tel:+4420794601{last:02}", takes=Takes(how, after))


def away(*routes: tuple[Party, ...], voicemail: bool = False) -> Party:
    """Bob, whose calls go elsewhere."""
    return user(BOB, WAITS)._replace(forwarding=Forwarding(routes, voicemail))


def peers(call: Conversation) -> list[int | None]:
    """Whose leg each leg that is not over has for its peer."""
    numbers = {one.call.id: one.number for one in call.participants}
    return [
        numbers[one.call.peer] if one.call.peer else None for one in call.participants if not one.call.over
    ]


def test_the_users_phone_stays_still_and_the_number_rings() -> None:
    call = later(placed(away((number(10, after=5.0),))), 4)
    assert seen(call) == [
        ("user", "dialing", None),
        GONE,
        ("external", "dialing", None),
    ]
    call = later(call, 8)
    assert seen(call)[0::2] == [("user", "connected", None), ("external", "connected", None)]
    assert peers(call) == [2, None]
    assert decode(encode(call)) == later(placed(away((number(10, after=5.0),))), 0)


def test_who_calls_in_is_forwarded_too() -> None:
    call = later(rung(away((number(10),))), 5)
    assert seen(call) == [("external", "connected", None), GONE, ("external", "connected", None)]
    assert call_conversation(call)["participants"][1]["user"]["id"] == BOB
    assert [part.how_ended for part in call.participants[1].call.segments] == ["Transfer"]


def test_whoever_listens_is_told_where_the_call_went() -> None:
    turns = snapshots(rung(away((number(10),))), START + 5)
    told = [event_body(turn)["participants"] for turn in turns]
    assert [[(one["state"], one.get("disconnectType")) for one in legs] for legs in told] == [
        [("offering", None), ("terminated", "transfer.forward"), ("connected", None)],
        [("connected", None), ("terminated", "transfer.forward"), ("connected", None)],
    ]
    assert told[0][1]["user"] == {"id": BOB}


def test_all_of_a_route_ring_until_one_of_them_answers() -> None:
    call = later(rung(away((number(10, after=9.0), user(BOB, WAITS), number(12, "busy", 1.0)))), 3)
    assert seen(call)[2:] == [
        ("external", "dialing", None),
        ("user", "alerting", None),
        ("external", "terminated", "endpoint"),
    ]
    answered = later(do(call, commands.Answer(leg(call, BOB).id, BOB)), 5)
    assert seen(answered)[2:4] == [
        ("external", "terminated", "client"),
        ("user", "connected", None),
    ]
    assert seen(later(call, 10))[2:4] == [
        ("external", "connected", None),
        ("user", "terminated", "client"),
    ]


@pytest.mark.parametrize("how", ["busy", "declines", "no_answer", "no_route", "do_not_disturb", "waits"])
def test_the_next_route_rings_when_nobody_of_one_takes_the_call(how: How) -> None:
    call = later(placed(away((number(10, how),), (number(12, after=3.0),))), 20)
    assert seen(call)[0] == ("user", "connected", None)
    assert seen(call)[3] == ("external", "connected", None)
    assert peers(call) == [3, None]


def test_a_route_rings_no_longer_than_a_phone_of_the_platforms() -> None:
    call = rung(away((number(10, "no_answer"),), (number(12),)))
    assert seen(later(call, FORWARDED_SECONDS - 0.1))[2] == ("external", "dialing", None)
    assert seen(later(call, FORWARDED_SECONDS + 0.1))[2:] == [
        ("external", "disconnected", "transfer.noanswer"),
        ("external", "dialing", None),
    ]


def test_a_voicemail_takes_what_nobody_does() -> None:
    call = later(rung(away((number(10, "no_answer"),), voicemail=True)), 13)
    assert seen(call)[2:] == [
        ("external", "terminated", "transfer.noanswer"),
        ("voicemail", "connected", None),
    ]
    assert leg(call, "voicemail").party.id == BOB


def test_where_nobody_takes_it_the_call_is_over() -> None:
    call = later(placed(away((number(10, "no_answer"),), (number(12, "busy"),))), 60)
    assert not call.active
    assert [one.state for one in seen(call)] == ["terminated"] * 4


def test_who_hangs_up_while_several_phones_ring_ends_the_call() -> None:
    call = later(placed(away((number(10, after=9.0), number(12, after=9.0)))), 4)
    assert not done(call, commands.Disconnect(leg(call, ALICE).id, ALICE)).active


def test_calls_of_a_queue_are_not_forwarded() -> None:
    call = later(rung(queue(away((number(10),)))), 3)
    assert seen(call)[-1] == ("agent", "alerting", None)
    call = later(do(call, commands.Answer(leg(call, BOB).id, BOB)), 5)
    to = away((number(10),))._replace(id=ALICE)
    call = done(call, commands.BlindTransfer(leg(call, BOB).id, to, BOB))
    assert seen(call)[-1] == ("agent", "alerting", None)
    assert leg(call, ALICE).queue_id == SUPPORT


@pytest.mark.parametrize("answers", [0, 1])
def test_a_consult_goes_to_whoever_takes_the_call(answers: int) -> None:
    call = talking()
    customer = leg(call, "external")
    call = done(
        call, commands.StartConsult(customer.id, away((number(10, "waits"), number(12, "waits"))), ALICE)
    )
    asked = [one for one in call.participants if one.forwarded]
    assert consulted_id(call) == asked[0].id
    call = done(call, commands.FarEnd(asked[answers].id, "answers"))
    assert consulted_id(call) == asked[answers].id
    assert leg(call, "external").transferred
    call = later(done(call, commands.Disconnect(leg(call, ALICE).id, ALICE)), 20)
    up = [one.number for one in call.participants if one.call.up]
    assert up == [customer.number, asked[answers].number]


def test_a_consult_that_is_called_off_rings_nobody_any_more() -> None:
    call = talking()
    customer = leg(call, "external")
    call = done(
        call, commands.StartConsult(customer.id, away((number(10, "waits"), number(12, "waits"))), ALICE)
    )
    call = later(done(call, commands.CancelConsult(customer.id, ALICE)), 40)
    assert [one.disconnect for one in (leg.call for leg in call.participants) if one.over] == [
        "transfer.forward",
        "client",
        "client",
    ]
    assert call.consult is None


def test_a_transfer_to_who_forwards_carries_the_customer_along() -> None:
    call = done(talking(), commands.BlindTransfer(leg(talking(), ALICE).id, away((number(10),)), ALICE))
    call = later(call, 10)
    assert seen(call)[1:] == [("external", "connected", None), GONE, ("external", "connected", None)]


def test_one_who_declines_leaves_the_others_ringing() -> None:
    call = later(rung(away((number(10, "waits"), number(12, "waits")))), 2)
    first, second = (one for one in call.participants if one.forwarded)
    call = later(done(call, commands.FarEnd(first.id, "declines")), 5)
    assert seen(call)[2:] == [("external", "terminated", "endpoint"), ("external", "dialing", None)]
    assert seen(later(done(call, commands.FarEnd(second.id, "hangs_up")), 9))[0] == (
        "external",
        "terminated",
        "peer",
    )


def test_the_texts_of_a_call_go_to_whoever_takes_it() -> None:
    call = later(placed(away((number(10),)), attributes={"order": "7"}, uui_data="04"), 5)
    taker = call.participants[-1]
    assert (dict(taker.attributes), taker.call.uui_data) == ({"order": "7"}, "04")
    assert CUSTOMER.forwarding is None


def test_who_rings_beside_a_consult_is_no_part_of_it() -> None:
    call = talking()
    call = later(done(call, commands.StartConsult(leg(call, "external").id, user("carol"), ALICE)), 10)
    call = done(call, commands.Invite((away((number(11, "waits"), number(12, "waits"))),), ALICE))
    before = call.consult
    call = done(call, commands.FarEnd(call.participants[-1].id, "declines"))
    assert call.consult == before
    assert call.participants[-2].call.state == "dialing"

"""Consults and transfers: the recorded sequences, and what completes them or calls them off."""

from __future__ import annotations

import pytest

from ringback_contracts.life import apply, commands
from ringback_contracts.life.parties import How, Takes
from ringback_contracts.life.transferring import consulted_id
from ringback_contracts.life.values import Conversation, SpeakTo
from ringback_contracts.life.views.events import event_body
from ringback_contracts.life.views.flat import call_conversation
from tests.contracts.life_calls import (
    ALICE,
    BOB,
    CAROL,
    CUSTOMER,
    OTHER,
    SUPPORT,
    Seen,
    do,
    done,
    later,
    leg,
    queue,
    refused,
    rung,
    seen,
    story,
    talking,
    user,
)

WAITS = Takes("waits")


def queue_call() -> Conversation:
    """The customer talks to Alice, who is an agent."""
    return later(rung(queue(user(ALICE))), 10)


def consult(call: Conversation, to: object, speak_to: SpeakTo = "DESTINATION") -> Conversation:
    subject = leg(call, "customer") if any(one.purpose == "customer" for one in call.participants) else None
    path = subject or leg(call, "external")
    return done(call, commands.StartConsult(path.id, to, ALICE, speak_to))  # type: ignore[arg-type]  # a party


def test_a_consult_begins_as_recorded() -> None:
    call = consult(queue_call(), user(BOB, WAITS))
    customer, *_, own, target = event_body(call)["participants"]
    assert [one.get("consultParticipantId") for one in (customer, own, target)] == [customer["id"]] * 3
    assert (customer["confined"], own["held"], own["confined"]) == (True, False, False)
    assert own["attributes"] == {"consultInitiator": "true"}
    assert {name: target.get(name) for name in ("purpose", "state", "queue", "wrapupRequired")} == {
        "purpose": "agent",
        "state": "alerting",
        "queue": {"id": SUPPORT},
        "wrapupRequired": False,
    }
    assert not {"transferSource", "connectedTime"} & set(target)
    assert target["peer"] == leg(call, ALICE).call.id, "another peer than the other legs have"
    assert consulted_id(call) == target["id"]


def test_a_consult_that_is_cancelled_leaves_no_trace_but_the_leg() -> None:
    before = queue_call()
    call = consult(before, user(BOB, WAITS))
    call = done(call, commands.CancelConsult(leg(call, "customer").id, ALICE))
    assert leg(call, BOB).call.disconnect == "client"
    assert leg(call, BOB).call.connected_at is None
    assert leg(call, BOB).call.ended_at == call.now
    assert call.participants[:-1] == before.participants
    assert "consultParticipantId" not in str(event_body(call))
    assert consulted_id(call) is None


def test_a_consult_that_nobody_answers_goes_on_without() -> None:
    call = later(consult(queue_call(), user(BOB, Takes("no_answer", 20.0))), 31)
    assert leg(call, BOB).call.disconnect == "transfer.noanswer"
    assert not leg(call, "customer").call.confined
    assert leg(call, ALICE).attributes == {}


def test_a_consult_may_come_to_a_voicemail() -> None:
    call = later(consult(queue_call(), user(BOB, Takes("voicemail", 20.0))), 31)
    assert seen(call)[-2:] == [("agent", "terminated", "transfer.noanswer"), ("voicemail", "connected", None)]
    assert leg(call, "customer").call.confined


def test_the_customer_who_leaves_ends_the_consult_but_not_the_talk() -> None:
    call = later(consult(queue_call(), user(BOB)), 15)
    call = done(call, commands.FarEnd(leg(call, "customer").id, "hangs_up"))
    assert leg(call, ALICE).attributes == {}
    assert "consultParticipantId" not in str(event_body(call))
    assert [leg(call, who).call.state for who in (ALICE, BOB)] == ["connected", "connected"]


def test_a_consult_is_completed_at_the_phone_as_through_the_api() -> None:
    call = later(consult(queue_call(), user(BOB)), 15)
    call = done(call, commands.FarEnd(leg(call, ALICE).id, "hangs_up"))
    assert seen(call)[-2:] == [("agent", "disconnected", "transfer"), ("agent", "connected", None)]
    assert leg(call, "customer").call.state == "connected"
    (made,) = call_conversation(call)["recentTransfers"]
    assert (made["transferType"], made["initiator"]) == ("Attended", {"userId": ALICE})


def test_a_consult_is_completed_by_hanging_up() -> None:
    call = later(consult(queue_call(), user(BOB)), 15)
    call = done(call, commands.Disconnect(leg(call, ALICE).id, ALICE))
    assert seen(call)[-2:] == [("agent", "disconnected", "transfer"), ("agent", "connected", None)]
    assert leg(call, "customer").call.state == "connected"
    assert "consultParticipantId" not in str(event_body(call))
    torn = later(call, 15.2)
    assert leg(torn, ALICE).call[1:2] + leg(torn, ALICE).call[7:8] == ("terminated", "peer")
    (made,) = call_conversation(call)["recentTransfers"]
    assert made["transferType"] == "Attended"
    assert made["destination"] == {"userId": BOB, "address": "sip:bob@ringback.invalid"}
    assert made["initiator"] == {"userId": ALICE}
    assert made["state"] == "Complete"


def test_the_transferred_call_goes_on_and_ends_like_any() -> None:
    call = later(consult(queue_call(), user(BOB)), 15)
    call = later(done(call, commands.Disconnect(leg(call, ALICE).id, ALICE)), 20)
    call = done(call, commands.FarEnd(leg(call, "customer").id, "hangs_up"))
    assert leg(call, BOB).call.disconnect == "peer"
    assert not call.active


@pytest.mark.parametrize(
    ("speak_to", "apart"),
    [("DESTINATION", "customer"), ("OBJECT", BOB), ("BOTH", None), ("CONFERENCE", None)],
)
def test_speak_to_says_who_hears_whom(speak_to: SpeakTo, apart: str | None) -> None:
    call = later(consult(queue_call(), user(BOB)), 15)
    call = done(call, commands.SetSpeakTo(leg(call, "customer").id, speak_to, ALICE))
    confined = [one.number for one in call.participants if one.call.confined]
    assert confined == ([leg(call, apart).number] if apart else [])
    assert "consultParticipantId" in str(event_body(call))
    started = later(consult(queue_call(), user(BOB), speak_to), 15)
    assert [one.call.confined for one in started.participants] == [
        one.call.confined for one in call.participants
    ]


def test_a_hold_is_let_go_when_a_consult_begins_and_means_nothing_while_it_runs() -> None:
    held = done(queue_call(), commands.Hold(leg(queue_call(), ALICE).id, held=True, by=ALICE))
    call = consult(held, user(BOB))
    assert not leg(call, ALICE).call.held
    again = done(later(call, 15), commands.Hold(leg(call, ALICE).id, held=True, by=ALICE))
    assert not leg(again, ALICE).call.held
    assert leg(again, "customer").call.confined


def test_a_consulted_agent_of_a_queue_takes_part_once_connected() -> None:
    call = later(consult(queue_call(), queue(user(BOB, WAITS), user(CAROL))), 12)
    asked = event_body(call)["participants"][-1]
    assert (asked["state"], "consultParticipantId" in asked) == ("alerting", False)
    call = done(call, commands.Answer(leg(call, BOB).id, BOB), 15)
    assert seen(call)[-2:] == [("acd", "terminated", "transfer"), ("agent", "connected", None)]
    agent = event_body(call)["participants"][-1]
    assert agent["consultParticipantId"] == leg(call, "customer").id
    assert leg(call, "customer").call.confined


def test_a_consult_of_a_queue_can_be_cancelled_while_it_seeks() -> None:
    call = later(consult(queue_call(), queue(user(BOB, WAITS))), 12)
    call = done(call, commands.CancelConsult(leg(call, "customer").id, ALICE))
    assert seen(call)[-2:] == [("acd", "disconnected", "client"), ("agent", "disconnected", "peer")]
    assert not leg(call, "customer").call.confined


def test_an_address_outside_can_be_consulted() -> None:
    call = consult(talking(), OTHER)
    assert [one.call.state for one in call.participants] == ["connected", "connected", "dialing"]
    assert [one.call.confined for one in call.participants] == [False, True, False]
    assert later(call, 10).participants[2].call.state == "connected"


def test_who_completes_before_the_answer_leaves_the_customer_waiting() -> None:
    call = consult(queue_call(), user(BOB, WAITS))
    call = done(call, commands.Disconnect(leg(call, ALICE).id, ALICE))
    assert leg(call, "customer").call.state == "connected"
    assert leg(done(call, commands.Answer(leg(call, BOB).id, BOB)), BOB).call.up


@pytest.mark.parametrize("path", [ALICE, "customer"])
def test_a_blind_transfer_ends_the_own_leg_at_once(path: str) -> None:
    call = queue_call()
    call = done(call, commands.BlindTransfer(leg(call, path).id, user(BOB, WAITS), ALICE))
    assert seen(call)[-2:] == [("agent", "terminated", "transfer"), ("agent", "alerting", None)]
    after = leg(call, ALICE).after_call
    assert after is not None
    assert after.open, "even with wrap-up outstanding"
    call = done(call, commands.Answer(leg(call, BOB).id, BOB))
    assert [leg(call, who).call.state for who in ("customer", BOB)] == ["connected", "connected"]
    (made,) = call_conversation(call)["recentTransfers"]
    assert made["transferType"] == "Unattended"


def test_how_a_leg_ended_tells_a_transfer_from_a_hang_up() -> None:
    call = queue_call()
    moved = done(call, commands.BlindTransfer(leg(call, ALICE).id, user(BOB, WAITS), ALICE))
    left = done(call, commands.Disconnect(leg(call, ALICE).id, ALICE))
    ended = [leg(one, ALICE).call.segments[-1].how_ended for one in (moved, left)]
    assert ended == ["Transfer", "Disconnect"]


def test_a_consult_that_the_system_ends_with_its_call_transfers_nobody() -> None:
    call = done(later(consult(queue_call(), user(BOB)), 15), commands.End(system=True))
    assert (call.transfers, call.consult) == ((), None)
    assert not call.active


def test_a_transfer_back_adds_one_more_leg() -> None:
    call = queue_call()
    call = later(done(call, commands.BlindTransfer(leg(call, ALICE).id, user(BOB), ALICE)), 15)
    call = later(done(call, commands.BlindTransfer(leg(call, BOB).id, user(ALICE), BOB)), 20)
    assert [one.user_id for one in call.participants if one.user_id] == [ALICE, BOB, ALICE]
    assert leg(call, ALICE).call.up


def test_a_transfer_to_a_queue_has_its_leg_and_then_an_agent() -> None:
    call = queue_call()
    call = do(call, commands.BlindTransfer(leg(call, "customer").id, queue(user(BOB)), ALICE))
    old, gone = Seen("acd", "terminated", "transfer"), Seen("agent", "terminated", "transfer")
    assert [legs[2:] for _, legs in story(call, 60)] == [
        [old, gone, Seen("acd", "connected")],
        [old, gone, Seen("acd", "connected"), Seen("agent", "alerting")],
        [old, gone, old, Seen("agent", "connected")],
    ]


def test_a_transfer_to_an_address_dials_it() -> None:
    call = talking()
    call = later(done(call, commands.BlindTransfer(leg(call, ALICE).id, OTHER, ALICE)), 10)
    assert seen(call) == [
        ("user", "terminated", "transfer"),
        ("external", "connected", None),
        ("external", "connected", None),
    ]


def test_after_a_transfer_an_agent_has_work_to_do_and_nobody_else() -> None:
    call = queue_call()
    for to, works in ((user(BOB), True), (OTHER, False)):
        moved = done(call, commands.BlindTransfer(leg(call, ALICE).id, to, ALICE))
        assert (moved.participants[-1].after_call is not None) == works


@pytest.mark.parametrize(
    ("how", "ended"),
    [("no_answer", "transfer.noanswer"), ("do_not_disturb", "transfer.donotdisturb"), ("declines", "client")],
)
def test_a_transfer_that_nobody_takes_leaves_the_customer_alone(how: How, ended: str) -> None:
    call = queue_call()
    call = later(done(call, commands.BlindTransfer(leg(call, ALICE).id, user(BOB, Takes(how)), ALICE)), 60)
    assert leg(call, BOB).call.disconnect == ended
    assert leg(call, "customer").call.disconnect == "peer"
    spelled = event_body(call)["participants"][-1]["disconnectType"]
    assert spelled == ended.replace("donotdisturb", "dnd")


def test_an_alert_can_be_sent_to_voicemail() -> None:
    call = rung(user(ALICE, WAITS))
    call = done(call, commands.BlindTransfer(leg(call, ALICE).id, None, ALICE, voicemail=True))
    assert seen(later(call, 5)) == [
        ("external", "connected", None),
        ("user", "terminated", "transfer"),
        ("voicemail", "connected", None),
    ]


def test_a_waiting_caller_can_be_parked_in_another_queue_by_a_service() -> None:
    call = later(rung(queue()), 5)
    other = queue()._replace(id="parked")
    call = later(done(call, commands.BlindTransfer(leg(call, "acd").id, other)), 10)
    assert seen(call) == [
        ("customer", "connected", None),
        ("ivr", "terminated", "transfer"),
        ("acd", "terminated", "transfer"),
        ("acd", "connected", None),
    ]


def test_a_three_way_call_goes_on_when_one_leaves() -> None:
    call = later(consult(talking(), user(BOB), "BOTH"), 15)
    call = done(call, commands.FarEnd(leg(call, BOB).id, "hangs_up"))
    assert [one.call.state for one in call.participants] == ["connected", "connected", "disconnected"]
    assert call.consult is None


def test_a_consult_says_whom_to_name_instead_of_the_own_leg() -> None:
    call = talking()
    found = apply(call, commands.StartConsult(leg(call, ALICE).id, user(BOB), ALICE), call.now)
    assert refused(found) == "life.consult-not-a-participant"
    assert leg(call, "external").id in str(found)
    assert CUSTOMER.address is not None
    assert CUSTOMER.address not in str(found)

"""A call from outside: the menu, the queue, and its agents one after the other."""

from __future__ import annotations

import pytest

from ringback_contracts.life import commands, next_turn
from ringback_contracts.life.parties import How, Routing, Takes
from ringback_contracts.life.views.events import event_body
from ringback_contracts.life.views.flat import call_conversation
from tests.contracts.life_calls import (
    ALICE,
    BOB,
    CAROL,
    CUSTOMER,
    SUPPORT,
    Seen,
    do,
    done,
    later,
    leg,
    queue,
    rung,
    seen,
    story,
    user,
)

WAITS = Takes("waits")


def test_the_legs_of_a_queues_call_come_in_the_recorded_order() -> None:
    customer = Seen("customer", "connected")
    ivr, acd = Seen("ivr", "terminated", "transfer"), Seen("acd", "terminated", "transfer")
    assert [legs for _, legs in story(rung(queue(user(ALICE))), 60)] == [
        [Seen("customer", "offering"), Seen("ivr", "offering")],
        [Seen("customer", "offering"), Seen("ivr", "connected")],
        [customer, Seen("ivr", "connected")],
        [customer, ivr, Seen("acd", "offering")],
        [customer, ivr, Seen("acd", "connected")],
        [customer, ivr, Seen("acd", "connected"), Seen("agent", "alerting")],
        [customer, ivr, acd, Seen("agent", "connected")],
    ]


def test_an_agent_who_is_alerted_is_under_the_queues_rules_at_once() -> None:
    call = later(rung(queue(user(ALICE, WAITS))), 3)
    agent = event_body(call)["participants"][-1]
    shown = {
        name: agent.get(name)
        for name in (
            "wrapupRequired",
            "wrapupPrompt",
            "alertingTimeoutMs",
            "queueMediaSettings",
            "transferSource",
            "queue",
            "peer",
            "connectedTime",
            "initialState",
        )
    }
    assert shown == {
        "wrapupRequired": True,
        "wrapupPrompt": "optional",
        "alertingTimeoutMs": 8000,
        "queueMediaSettings": {"alertingTimeoutSeconds": 8},
        "transferSource": "ACD",
        "queue": {"id": SUPPORT},
        "peer": leg(call, "customer").call.id,
        "connectedTime": None,
        "initialState": "alerting",
    }


def test_the_queues_leg_says_what_it_goes_by() -> None:
    party = queue()._replace(routing=Routing(5, "english", ("billing",)))
    call = later(rung(party), 3)
    assert event_body(call)["participants"][-1]["conversationRoutingData"] == {
        "queue": {"id": SUPPORT},
        "language": {"id": "english"},
        "priority": 5,
    }
    shown = call_conversation(call)["participants"][-1]["conversationRoutingData"]
    assert shown["skills"] == [{"id": "billing", "selfUri": "/api/v2/routing/skills/billing"}]


def test_an_agent_who_does_not_answer_is_followed_by_the_next() -> None:
    call = rung(queue(user(ALICE, WAITS), user(BOB), patience=4.0))
    assert [one.purpose for one in later(call, 5.1).participants] == ["customer", "ivr", "acd", "agent"]
    assert seen(later(call, 5.3))[3:] == [("agent", "terminated", "client"), ("agent", "alerting", None)]
    answered = later(call, 9)
    assert seen(answered) == [
        ("customer", "connected", None),
        ("ivr", "terminated", "transfer"),
        ("acd", "terminated", "transfer"),
        ("agent", "terminated", "client"),
        ("agent", "connected", None),
    ]


@pytest.mark.parametrize("how", ["declines", "busy", "no_answer", "dead", "do_not_disturb"])
def test_whatever_keeps_an_agent_from_answering_the_next_is_rung(how: How) -> None:
    call = later(rung(queue(user(ALICE, Takes(how, 2.0)), user(BOB))), 30)
    assert seen(call)[-1] == ("agent", "connected", None)
    assert leg(call, BOB).call.up


def test_the_one_who_declines_is_followed_at_once() -> None:
    call = later(rung(queue(user(ALICE, WAITS), user(BOB, WAITS))), 3)
    call = done(call, commands.Disconnect(leg(call, ALICE).id, ALICE))
    assert leg(call, ALICE).call.disconnect == "client"
    assert leg(call, BOB).call.begins == call.now


def test_a_caller_waits_until_somebody_can_be_alerted() -> None:
    call = later(rung(queue(user(ALICE, WAITS))), 600)
    assert seen(call)[2] == ("acd", "connected", None)
    assert next_turn(call) is None
    call = done(call, commands.Staff(SUPPORT, (user(BOB), user(CAROL))))
    assert leg(call, BOB).call.state == "alerting"
    assert leg(later(call, 610), BOB).call.up


def test_who_is_alerted_already_is_not_alerted_twice() -> None:
    call = later(rung(queue(user(ALICE, WAITS))), 3)
    call = done(call, commands.Staff(SUPPORT, (user(ALICE), user(BOB))))
    assert [one.user_id for one in call.participants if one.purpose == "agent"] == [ALICE]
    assert [agent.id for agent in leg(call, "acd").agents] == [BOB]


def test_another_queues_agents_are_none_of_this_ones() -> None:
    call = later(rung(queue()), 3)
    assert done(call, commands.Staff("sales", (user(BOB),))).participants == call.participants


@pytest.mark.parametrize("after", [0.05, 0.5, 1.15, 3, 10])
def test_a_caller_who_hangs_up_leaves_nobody_behind(after: float) -> None:
    call = later(rung(queue(user(ALICE, Takes("answers", 4.0)))), after)
    call = later(done(call, commands.FarEnd(leg(call, "customer").id, "hangs_up")), 60)
    assert {one.call.state for one in call.participants} == {"terminated"}
    assert leg(call, "customer").call.disconnect == "endpoint"


def test_the_customers_hang_up_is_an_endpoint_and_the_agents_a_client() -> None:
    call = later(rung(queue(user(ALICE))), 10)
    by_customer = done(call, commands.FarEnd(leg(call, "customer").id, "hangs_up"))
    assert [leg(by_customer, who).call.disconnect for who in ("customer", ALICE)] == ["endpoint", "peer"]
    by_agent = do(call, commands.Disconnect(leg(call, ALICE).id, ALICE))
    assert (leg(by_agent, "customer").call.disconnect, leg(by_agent, ALICE).call.state) == (
        "peer",
        "connected",
    )
    assert leg(later(by_agent, 10), ALICE).call.disconnect == "client"


def test_a_queue_can_be_reached_without_a_menu() -> None:
    assert [one.purpose for one in later(rung(queue(user(ALICE)), ivr=False), 5).participants] == [
        "customer",
        "acd",
        "agent",
    ]


def test_a_user_is_rung_from_outside() -> None:
    call = rung(user(ALICE))
    assert seen(call) == [("external", "offering", None), ("user", "alerting", None)]
    assert seen(later(call, 2.5)) == [("external", "connected", None), ("user", "connected", None)]
    assert call.participants[1].call.peer == call.participants[0].call.id


def test_who_calls_in_is_what_the_caller_is_known_as() -> None:
    contact = CUSTOMER._replace(purpose="customer", contact_id="contact")
    assert [one.purpose for one in rung(user(ALICE), customer=contact).participants] == ["customer", "user"]

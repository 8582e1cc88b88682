"""The bodies of events have the fields that the official SDK knows of them."""

from __future__ import annotations

import pytest

from ringback_contracts.life import commands
from ringback_contracts.life.parties import Takes
from ringback_contracts.life.views.events import SPELLING, event_body
from ringback_contracts.life.views.nested import conversation
from tests.contracts.life_calls import ALICE, SUPERVISOR, done, later, leg, queue, rung, user
from tests.contracts.test_sdk_drift import sdk_model

pytestmark = pytest.mark.sdk


def test_an_event_has_the_fields_of_its_model_and_spells_as_it_does() -> None:
    call = later(rung(queue(user(ALICE, Takes("no_answer", 2.0)), user("bob"))), 30)
    call = done(call, commands.Supervise("barge", leg(call, "bob").id, SUPERVISOR))
    call = done(call, commands.GiveWrapUp(leg(call, "bob").id, "sale"))
    call = done(call, commands.Park(leg(call, "customer").id, until=call.now + 9))
    body = event_body(call)
    model = sdk_model("ConversationCallEventTopicCallConversation")
    assert not set(body) - set(model.types)
    participant = sdk_model("ConversationCallEventTopicCallMediaParticipant")
    for one in body["participants"]:
        assert not set(one) - set(participant.types)
        assert one["state"] in participant.enums["state"]
        assert one.get("disconnectType", "client") in participant.enums["disconnectType"]
    assert not set(SPELLING.values()) - set(participant.enums["disconnectType"])
    (wrapped,) = [one["wrapup"] for one in body["participants"] if "wrapup" in one]
    assert not set(wrapped) - set(sdk_model("ConversationCallEventTopicWrapup").types)


def test_a_call_back_has_the_fields_of_its_model() -> None:
    call = later(rung(queue(user(ALICE))), 10)
    ask = commands.AskCallBack(leg(call, "customer").id, ("+442079460100",), scheduled_at=call.now)
    (shown,) = conversation(done(call, ask))["participants"][0]["callbacks"]
    model = sdk_model("Callback")
    assert not set(shown) - set(model.types)
    assert shown["state"] in model.enums["state"]

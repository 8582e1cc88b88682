"""What a participant of a call is told to do: to hold, mute, record, park, wrap up, answer and hang up."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ringback_contracts.org import default_org
from tests.mockserver.live import CALLS, CONVERSATIONS, RINGS_LONG, Live

FRANK = "f4a2c000-0000-4000-8000-000000000006"
OWN, FAR = (f"{CALLS}/{{call}}/participants/{{{number}}}" for number in (1, 2))
THE_CONVERSATION = f"{CONVERSATIONS}/{{call}}"
CODE = "c0de0000-0000-4000-8000-000000000040"


@pytest.fixture
def talking() -> Live:
    """Alice called somebody, who has answered."""
    return Live().place()


def test_a_hold_keeps_the_other_from_hearing_and_is_taken_back(talking: Live) -> None:
    talking.patch(1, held=True)
    assert talking.seen("held", "confined") == [(True, False), (False, True)]
    assert talking.parties()[0]["startHoldTime"] == "2023-11-14T22:13:25.000Z"
    talking.patch(1, held=False)
    assert talking.seen("held", "confined", "startHoldTime") == [(False, False, None)] * 2


@pytest.mark.parametrize("flag", ["muted", "recording"])
def test_a_leg_alone_is_muted_and_recorded(talking: Live, flag: str) -> None:
    talking.patch(1, **{flag: True})
    assert talking.seen(flag) == [(True,), (False,)]


def test_the_other_party_is_confined_by_itself(talking: Live) -> None:
    talking.patch(2, confined=True)
    assert talking.seen("held", "confined") == [(False, False), (False, True)]


def test_one_request_does_several_things_and_hangs_up_last(talking: Live) -> None:
    talking.patch(1, muted=True, wrapup={"code": CODE, "notes": "sold", "tags": ["a"]}, state="DISCONNECTED")
    assert talking.wait(1).seen("state", "disconnectType", "muted")[0] == ("terminated", "client", True)
    wrap_up = talking.parties()[0]["wrapup"]
    assert {name: wrap_up[name] for name in ("code", "notes", "tags")} == {
        "code": CODE,
        "notes": "sold",
        "tags": ["a"],
    }


def test_a_party_is_parked_until_a_moment(talking: Live) -> None:
    talking.patch(2, state="parked", resumeTime="2023-11-14T22:14:00Z")
    assert talking.seen("state")[1] == ("parked",)
    assert talking.wait(40).seen("state")[1] == ("connected",)


def test_whoever_hangs_up_ends_the_call_for_the_other(talking: Live) -> None:
    talking.patch(1, state="disconnected").wait(1)
    assert talking.seen("state", "disconnectType") == [("terminated", "client"), ("terminated", "peer")]
    assert talking.does("GET", CALLS)["total"] == talking.does("GET", CONVERSATIONS)["total"] == 0


def test_a_user_answers_their_phone(talking: Live) -> None:
    talking.call = talking.does("POST", "/__ringback/calls", {"user": FRANK})["id"]
    assert talking.wait(1).seen("state")[1] == ("alerting",)
    assert talking.ask("PATCH", FAR, {"state": "connected"}, "frank").status == 202
    assert talking.wait(1).seen("state") == [("connected",)] * 2


def test_attributes_are_merged_and_the_route_of_calls_shows_them(talking: Live) -> None:
    path = "/{call}/participants/{1}/attributes"
    assert talking.does("PATCH", CALLS + path, {"attributes": {"a": "1"}}) == {"attributes": {"a": "1"}}
    both = {"a": "1", "b": "2"}
    assert talking.does("PATCH", CALLS + path, {"attributes": {"b": "2"}}) == {"attributes": both}
    assert talking.does("PATCH", CONVERSATIONS + path, {"attributes": {"b": "3"}}, "service") is None
    assert talking.parties()[0]["attributes"] == {"a": "1", "b": "3"}


def test_a_conversation_is_read_by_who_is_in_it_and_by_who_may_see_all(talking: Live) -> None:
    shown = talking.does("GET", THE_CONVERSATION)
    assert [one["calls"][0]["state"] for one in shown["participants"]] == ["connected", "connected"]
    assert talking.does("GET", THE_CONVERSATION, token="grace")["id"] == talking.call
    assert talking.refusal("GET", THE_CONVERSATION, token="frank") == "permission.missing"
    with_frank = talking.place(callUserId=FRANK)
    assert with_frank.does("GET", THE_CONVERSATION, token="frank")["id"] == with_frank.call


def test_conversations_are_listed_with_those_of_one_kind_alone(talking: Live) -> None:
    assert [one["id"] for one in talking.does("GET", CONVERSATIONS)["entities"]] == [talking.call]
    assert talking.does("GET", f"{CONVERSATIONS}?communicationType=Call")["total"] == 1
    assert talking.does("GET", f"{CONVERSATIONS}?communicationType=Email")["entities"] == []
    assert talking.does("GET", CONVERSATIONS, token="frank")["entities"] == []


def test_a_disconnect_ends_the_conversation_for_everybody_with_the_right_to(talking: Live) -> None:
    assert talking.refusal("POST", f"{THE_CONVERSATION}/disconnect", token="frank") == "permission.missing"
    assert talking.does("POST", f"{THE_CONVERSATION}/disconnect", token="service") is None
    assert talking.wait(1).seen("state") == [("terminated",)] * 2


@pytest.mark.parametrize("body", [{}, {"state": "alerting"}, {"held": None}])
def test_a_body_that_asks_for_nothing_says_so(talking: Live, body: dict[str, Any]) -> None:
    reply = talking.ask("PATCH", OWN, body)
    assert (reply.status, dict(reply.headers)["Ringback-Note"]) == (202, "the body asks nothing of the call")


def test_what_is_accepted_and_changes_nothing_says_why(talking: Live) -> None:
    reply = talking.ask("PATCH", OWN, {"state": "connected", "muted": True})
    note = "the leg is connected, and what does not ring is not answered"
    assert (reply.status, dict(reply.headers)["Ringback-Note"]) == (202, note)
    assert talking.seen("muted")[0] == (True,)


def test_a_field_that_the_model_has_not_is_told(talking: Live) -> None:
    reply = talking.ask("PATCH", OWN, {"hold": True, "0": 1, "muted": True})
    note = dict(reply.headers)["Ringback-Note"]
    assert note == "hold has no effect in Ringback; a field of another name has no effect in Ringback"


def test_an_effect_comes_as_late_as_the_org_says() -> None:
    live = Live(replace(default_org(), effect_seconds=0.45)).place()
    live.patch(1, held=True)
    assert live.wait(0.44).seen("held")[0] == (False,)
    assert live.wait(0.01).seen("held")[0] == (True,)


def test_who_answers_and_holds_at_once_holds_when_the_effects_come() -> None:
    live = Live(replace(default_org(), effect_seconds=0.45)).place(1.5, callUserId=FRANK)
    both = {"state": "connected", "held": True}
    reply = live.ask("PATCH", f"{CALLS}/{{call}}/participants/{{2}}", both, "frank")
    assert "Ringback-Note" not in dict(reply.headers)
    assert live.wait(0.44).seen("state", "held")[1] == ("alerting", False)
    assert live.wait(0.01).seen("state", "held")[1] == ("connected", True)
    live.patch(1, muted=True, state="disconnected")
    assert live.wait(1).seen("state", "muted")[0] == ("terminated", True)


def test_what_will_have_an_effect_once_its_time_comes_is_not_said_to_have_none() -> None:
    live = Live(replace(default_org(), effect_seconds=2)).place()
    live.patch(2, state="parked").wait(1)
    reply = live.ask("PATCH", f"{CALLS}/{{call}}/participants/{{2}}", {"state": "connected"})
    assert (reply.status, "Ringback-Note" in dict(reply.headers)) == (202, False)
    assert live.wait(1).seen("state")[1] == ("parked",)
    assert live.wait(1).seen("state")[1] == ("connected",)


def test_what_can_no_longer_be_done_when_its_time_comes_is_not_done() -> None:
    live = Live(replace(default_org(), effect_seconds=0.45)).place(0.5, phoneNumber=RINGS_LONG)
    assert live.refusal("PATCH", OWN, {"held": True}) == "life.hold-alerting"
    live.wait(30).patch(1, state="disconnected").patch(1, held=True)
    assert live.wait(1).seen("state", "held")[0] == ("terminated", False)


def test_a_refusal_is_explained_as_the_call_stood_then(talking: Live) -> None:
    reply = talking.ask("PATCH", OWN, {"confined": True})
    talking.patch(1, state="disconnected").wait(5)
    link = dict(reply.headers)["Link"].partition(">")[0].removeprefix("<")
    told = talking.does("GET", link)["explanation"]
    assert (told["rule"], told["status"]) == ("life.cannot-confine", 400)
    assert (
        told["findings"][0]["message"] == "the participant is your own leg; hold the call, or take another's"
    )
    assert told["notes"][0]["id"] == "call.moment"


def test_a_command_that_was_obeyed_is_not_explained_away_later(talking: Live) -> None:
    talking.patch(1, held=True).patch(1, state="disconnected").wait(5)
    told = talking.does("GET", "/__ringback/exchanges?limit=10")["exchanges"]
    patched = [one for one in told if one["request"]["method"] == "PATCH"]
    for one in patched:
        explanation = talking.does("GET", f"/__ringback/exchanges/{one['id']}")["explanation"]
        assert (explanation["verdict"], explanation["status"]) == ("accepted", 202)

"""Calls become one, more parties come, supervisors listen, recordings pause, and somebody is called back."""

from __future__ import annotations

import pytest

from tests.mockserver.live import ANSWERS, CALLS, CONVERSATIONS, Live

ALICE = "a11ce000-0000-4000-8000-000000000001"
BOB = "b0b00000-0000-4000-8000-000000000002"
FRANK = "f4a2c000-0000-4000-8000-000000000006"
GRACE = "94ace000-0000-4000-8000-000000000007"
SUPPORT = "90e0e000-0000-4000-8000-000000000010"
CORA = "c0417ac7-0000-4000-8000-000000000050"
OTHER = "+442079460106"
OWN, FAR = (f"{CALLS}/{{call}}/participants/{{{number}}}" for number in (1, 2))
ANY_FAR = f"{CONVERSATIONS}/{{call}}/participants/{{2}}"


@pytest.fixture
def talking() -> Live:
    """Alice called somebody, who has answered."""
    return Live().place()


@pytest.mark.parametrize(("method", "path"), [("PATCH", "/{call}/conference"), ("PATCH", "/{call}")])
def test_the_parties_of_another_call_come_into_this_one(talking: Live, method: str, path: str) -> None:
    first = talking.call
    second = talking.place(phoneNumber=OTHER).call
    talking.call = first
    assert talking.ask(method, CALLS + path, {"conversationIds": [second]}).status in (200, 202)
    assert talking.seen("state") == [("connected",)] * 3
    assert talking.parties()[0]["attributes"] == {"conferenceInitiator": "true"}
    talking.call = second
    assert set(talking.seen("state", "disconnectType")) == {("terminated", "transfer.conference")}


def test_more_parties_are_rung_into_a_call(talking: Live) -> None:
    body = {"participants": [{"address": OTHER}, {"userId": FRANK}]}
    shown = talking.does("POST", f"{CALLS}/{{call}}/participants", body)
    assert [one["calls"][0]["state"] for one in shown["participants"]][2:] == ["dialing", "alerting"]
    assert talking.wait(3).seen("state") == [("connected",)] * 4


def test_a_service_acts_on_behalf_of_a_user_who_is_in_it(talking: Live) -> None:
    path = f"{CALLS}/{{call}}/participants/user/{ALICE}"
    assert (
        len(talking.does("POST", path, {"participants": [{"address": OTHER}]}, "service")["participants"])
        == 3
    )
    assert talking.ask("PATCH", f"{OWN}/user/{ALICE}", {"held": True}, "service").status == 202
    assert talking.seen("held")[0] == (True,)
    assert talking.refusal("PATCH", f"{OWN}/user/{BOB}", {"held": True}, "service") == "path.user-not-in-it"


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("monitor", "monitoredParticipantId"),
        ("coach", "coachedParticipantId"),
        ("barge", "bargedParticipantId"),
    ],
)
def test_a_supervisor_listens_helps_or_joins(talking: Live, kind: str, names: str) -> None:
    watched = talking.parties()[0]["id"]
    assert talking.ask("POST", f"{OWN}/{kind}", token="grace").status == 201
    leg = talking.wait(3).parties()[2]
    assert (leg["user"]["id"], leg["state"], leg[names]) == (GRACE, "connected", watched)
    assert talking.refusal("POST", f"{OWN}/{kind}", token="frank") == "permission.missing"


def test_a_supervisor_becomes_a_full_party(talking: Live) -> None:
    talking.does("POST", f"{OWN}/monitor", token="grace")
    leg = talking.wait(3).parties()[2]["id"]
    roles = {"participants": [{"id": leg, "mediaRoles": ["full"]}]}
    talking.does("PATCH", f"{CALLS}/{{call}}", roles, "grace")
    assert talking.parties()[2]["mediaRoles"] == ["full"]
    stranger = {"participants": [{"id": "nobody", "mediaRoles": ["full"]}]}
    assert talking.refusal("PATCH", f"{CALLS}/{{call}}", stranger) == "life.no-such-participant"


@pytest.mark.parametrize(
    ("method", "path", "token"),
    [
        ("PUT", f"{CALLS}/{{call}}/recordingstate", "grace"),
        ("PATCH", f"{CONVERSATIONS}/{{call}}/recordingstate", "service"),
        ("PATCH", f"{CALLS}/{{call}}", "alice"),
    ],
)
def test_a_recording_is_paused_securely(talking: Live, method: str, path: str, token: str) -> None:
    assert talking.ask(method, path, {"recordingState": "PAUSED"}, token).status in (200, 202)
    shown = talking.read()
    assert (shown["recordingState"], shown["securePause"]) == ("paused", True)
    assert talking.seen("recordingState", "securePause") == [("paused", True)] * 2
    talking.ask(method, path, {"recordingState": "ACTIVE"}, token)
    assert talking.seen("recordingState", "securePause") == [("active", False)] * 2


def test_a_call_back_is_asked_for_and_dialled(talking: Live) -> None:
    asked = {"callbackNumbers": [OTHER], "queueId": SUPPORT, "callbackUserName": "Cora"}
    assert talking.ask("POST", f"{ANY_FAR}/callbacks", asked).status == 201
    waiting = talking.does("GET", f"{CONVERSATIONS}/{{call}}")["participants"][1]["callbacks"]
    assert [(one["state"], one["callbackNumbers"]) for one in waiting] == [("scheduled", [OTHER])]
    talking.patch(1, state="disconnected").wait(1)
    shown = talking.does("POST", f"{CALLS}/{{call}}", {"callNumber": OTHER})
    assert shown["participants"][2]["calls"][0]["state"] == "contacting"
    assert talking.wait(5).seen("state")[2:] == [("connected",)] * 2
    assert talking.refusal("POST", f"{CALLS}/{{call}}", {"callNumber": OTHER}) == "life.call-back-none"


def test_an_external_contact_is_asked_and_takes_over(talking: Live) -> None:
    named = {"contactId": CORA, "phoneType": "WorkPhone"}
    talking.does("POST", f"{FAR}/consult/contact/external", {"speakTo": "BOTH", **named})
    assert talking.parties()[2]["name"] == "Cora"
    live = Live().place(phoneNumber=ANSWERS)
    own = f"{CONVERSATIONS}/{{call}}/participants/{{1}}/replace/contact/external"
    assert live.ask("POST", own, named).status == 202
    assert live.parties()[2]["address"] == "tel:+442079460151"

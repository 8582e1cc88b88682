"""What hardly anybody asks of a conversation: parts recorded, texts beside it, whoever waits given away."""

from __future__ import annotations

import pytest

from tests.mockserver.live import CALLS, CONVERSATIONS, Live

ALICE, FRANK = "a11ce000-0000-4000-8000-000000000001", "f4a2c000-0000-4000-8000-000000000006"
SUPPORT = "90e0e000-0000-4000-8000-000000000010"
OWN = f"{CALLS}/{{call}}/participants/{{1}}"
SECURE, LABEL = f"{CONVERSATIONS}/{{call}}/secureattributes", f"{CONVERSATIONS}/{{call}}/utilizationlabel"
ASSIGN = f"{CONVERSATIONS}/{{call}}/assign"


@pytest.fixture
def talking() -> Live:
    """Alice called somebody, who has answered."""
    return Live().place()


def leg(live: Live) -> str:
    found = live.does("GET", f"{CONVERSATIONS}/{{call}}")["participants"][0]["calls"][0]["id"]
    return f"{OWN}/communications/{found}"


def test_a_part_of_a_call_is_recorded(talking: Live) -> None:
    path = f"{OWN}/snippet/record"
    assert talking.does("POST", path, {"type": "snippet", "record": True}) == "ACTIVE"
    assert talking.seen("recording", "recordingState") == [(True, "active"), (False, "none")]
    assert talking.does("POST", path, {"type": "adhoc", "record": False}) == "NONE"
    assert talking.seen("recordingState")[0] == ("none",)
    assert talking.refusal("POST", path, {"record": True}) == "body.incomplete"
    assert talking.refusal("POST", path, {"type": "scene"}) == "body.not-of-its-model"
    assert talking.refusal("POST", path, {"type": "snippet"}, token="frank") == "permission.missing"
    talking.patch(1, state="disconnected").wait(2)
    assert talking.refusal("POST", path, {"type": "snippet", "record": True}) == "life.disconnected"


def test_texts_beside_a_conversation_are_shown_to_who_asks_for_them_alone(talking: Live) -> None:
    assert talking.does("GET", SECURE) == {"attributes": {}, "version": 0}
    talking.does("PUT", SECURE, {"attributes": {"pin": "1"}})
    talking.does("PATCH", SECURE, {"attributes": {"card": "2"}})
    assert talking.does("GET", SECURE) == {"attributes": {"pin": "1", "card": "2"}, "version": 2}
    talking.does("PUT", SECURE, {"attributes": {"card": "3"}})
    assert talking.does("GET", SECURE)["attributes"] == {"card": "3"}
    assert talking.seen("attributes") == [({},), ({},)]
    assert talking.refusal("PUT", SECURE, {"attributes": {"pin": 1}}) == "body.not-of-its-model"
    assert talking.refusal("GET", SECURE, token="frank") == "permission.missing"


def test_a_label_is_set_and_taken_away(talking: Live) -> None:
    talking.does("PATCH", LABEL, {"utilizationLabelId": SUPPORT})
    assert talking.read()["utilizationLabelId"] == SUPPORT
    assert talking.does("GET", f"{CONVERSATIONS}/{{call}}")["utilizationLabelId"] == SUPPORT
    talking.does("PATCH", LABEL, {"utilizationLabelId": None})
    assert "utilizationLabelId" not in talking.read()


def test_whoever_waits_is_offered_to_the_user_who_is_named() -> None:
    live = Live().place(callQueueId=SUPPORT)
    assert live.seen("purpose") == [("user",), ("acd",)]
    assert live.does("POST", ASSIGN, {"id": FRANK}) is None
    assert live.seen("purpose", "state", "transferSource")[2] == ("agent", "alerting", "ACD")
    assert live.seen("user")[2][0]["id"] == FRANK
    live.does("PATCH", f"{CALLS}/{{call}}/participants/{{3}}", {"state": "connected"}, "frank")
    assert live.seen("state")[2] == ("connected",)
    assert live.refusal("POST", ASSIGN, {"id": FRANK}) == "assign.nobody-waits"
    assert live.refusal("POST", ASSIGN, {"id": SUPPORT}) == "assign.user-unknown"


def test_a_supervisor_joins_the_agent_of_a_conversation(talking: Live) -> None:
    path = f"{CONVERSATIONS}/{{call}}/barge"
    assert talking.ask("POST", path, token="grace").status == 201
    own = talking.parties()[0]["id"]
    assert talking.seen("bargedParticipantId")[2] == (own,)
    assert talking.refusal("POST", path) == "life.watch-own"
    talking.does("POST", f"{CONVERSATIONS}/{{call}}/disconnect")
    assert talking.wait(3).refusal("POST", path, token="grace") == "life.watch-unanswered"


def test_what_comes_to_nothing_is_granted_as_documented(talking: Live) -> None:
    flow = f"{leg(talking)}/postflowaction"
    assert talking.ask("PATCH", flow).status == talking.ask("DELETE", flow).status == 202
    reply = talking.ask("PATCH", flow, {"destination": "survey"})
    assert (reply.status, dict(reply.headers)["Ringback-Note"]) == (
        202,
        "destination has no effect in Ringback",
    )
    assert talking.ask("PATCH", flow, token="frank").status == 403
    asked = talking.does("POST", f"{leg(talking)}/summaries")
    assert (set(asked), asked["status"]) == ({"id", "status"}, "Pending")
    shown = talking.does("GET", f"{CONVERSATIONS}/{{call}}/summaries")
    assert (shown["conversation"]["id"], shown["sessionSummaries"]) == (talking.call, [])
    assert talking.refusal("POST", f"{OWN}/communications/{SUPPORT}/summaries") == "communication.unknown"


def test_a_put_finds_that_the_texts_have_changed(talking: Live) -> None:
    talking.does("PUT", SECURE, {"attributes": {"a": "1"}, "version": 0})
    stale = {"attributes": {"a": "2"}, "version": 0}
    assert talking.refusal("PUT", SECURE, stale) == "life.secure-attributes-version"
    talking.does("PUT", SECURE, stale | {"version": talking.does("GET", SECURE)["version"]})
    reply = talking.ask("PATCH", SECURE, {"attributes": {"b": "3"}, "version": 0})
    assert (reply.status, dict(reply.headers)["Ringback-Note"]) == (202, "version has no effect in Ringback")
    assert talking.does("GET", SECURE)["attributes"] == {"a": "2", "b": "3"}


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        (f"{CONVERSATIONS}/{{call}}/participants/{{1}}/digits", "body.without-its-field"),
        (f"{CONVERSATIONS}/{{call}}/participants/{{1}}/callbacks", "body.incomplete"),
    ],
)
def test_a_body_may_be_left_out_where_the_sdk_leaves_it_out(talking: Live, path: str, rule: str) -> None:
    assert talking.refusal("POST", path) == rule


def test_a_call_back_to_what_is_no_number_is_told(talking: Live) -> None:
    asked = {"callbackNumbers": ["call me"], "queueId": "90e0e000-0000-4000-8000-000000000010"}
    reply = talking.ask("POST", f"{CONVERSATIONS}/{{call}}/participants/{{2}}/callbacks", asked)
    assert (reply.status, dict(reply.headers)["Ringback-Note"]) == (
        201,
        "callbackNumbers.0 cannot be dialled",
    )

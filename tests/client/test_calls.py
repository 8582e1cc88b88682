"""Reading calls, and finding the one whose outcome nobody knows."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_client import Call, CallOutcomeUnknown, CallsClient, InvalidRequest, UnexpectedReply
from ringback_client.errors import CallAttempt
from ringback_mock.app import create_app
from tests.client.scripted import JSON, MOCK, Answer, Clock, ScriptedAdapter, reset
from tests.wsgi_adapter import WSGIAdapter

ALICE = "a11ce000-0000-4000-8000-000000000001"
BOB = "b0b00000-0000-4000-8000-000000000002"
SUPPORT = "90e0e000-0000-4000-8000-000000000010"


class LosesReplies(WSGIAdapter):
    """A network that delivers every request, and loses the reply to each POST."""

    def send(self, request: Any, *args: Any, **settings: Any) -> Any:
        response = super().send(request, *args, **settings)
        if request.method == "POST":
            raise reset()
        return response


@pytest.mark.parametrize("seconds", [0, 5, 30])
@pytest.mark.parametrize(
    "body",
    [
        {"phoneNumber": "+442079460100"},
        {"phoneNumber": "2079460100"},
        {"phoneNumber": "sip:agent@example.com;transport=tcp"},
        {"callUserId": BOB},
        {"callQueueId": SUPPORT},
        {"to": "tel:+442079460100", "from": f"user:{ALICE}"},
        {"to": {"type": "user", "id": BOB}, "from": f"user:{ALICE}"},
    ],
    ids=str,
)
def test_a_call_whose_reply_was_lost_is_found_again(body: dict[str, Any], seconds: int) -> None:
    clock = Clock()
    store = _store(clock)
    app = create_app(store=store)
    for other in ("+442079460106", "+442079460107"):
        CallsClient(MOCK, "alice", adapter=WSGIAdapter(app)).post_body({"phoneNumber": other})
    calls = CallsClient(MOCK, "alice", adapter=LosesReplies(app), retry=clock.policy())
    with pytest.raises(CallOutcomeUnknown) as caught:
        calls.post_body(body)
    clock.time += seconds
    (found,) = calls.find_calls(caught.value.attempt)
    assert found.id == calls.list_calls()[-1].id


def test_a_call_that_was_not_placed_is_not_found() -> None:
    clock = Clock()
    app = create_app(store=_store(clock))
    mock = CallsClient(MOCK, "alice", adapter=WSGIAdapter(app), retry=clock.policy())
    mock.place_call("tel:+442079460106")
    with pytest.raises(CallOutcomeUnknown) as caught:
        CallsClient(MOCK, "alice", adapter=ScriptedAdapter([reset()]), retry=clock.policy()).place_call(
            "tel:+442079460100"
        )
    assert mock.find_calls(caught.value.attempt) == []


def test_the_same_call_of_another_time_is_not_taken_for_it() -> None:
    clock = Clock()
    app = create_app(store=_store(clock))
    mock = CallsClient(MOCK, "alice", adapter=WSGIAdapter(app), retry=clock.policy())
    mock.place_call("tel:+442079460100")
    clock.time += 1000
    with pytest.raises(CallOutcomeUnknown) as caught:
        CallsClient(MOCK, "alice", adapter=ScriptedAdapter([reset()]), retry=clock.policy()).place_call(
            "tel:+442079460100"
        )
    assert mock.find_calls(caught.value.attempt) == []


def _store(clock: Clock) -> Any:
    from ringback_mock.engine.store import Store

    return Store(clock=clock.now)


def test_a_call_that_does_not_say_whom_it_dials_may_be_the_one() -> None:
    attempt = CallAttempt("/api", ("+442079460100",), None, 1000.0, 1001.0)
    own = {"purpose": "user", "state": "contacting", "startTime": "1970-01-01T00:16:40.500Z"}
    assert Call.read({"id": "x", "participants": [own]}).may_be(attempt)
    assert not Call.read({"id": "x", "participants": [{**own, "dnis": "tel:+442079460101"}]}).may_be(attempt)


@pytest.mark.parametrize("start", ["yesterday", None, 5])
def test_a_start_that_cannot_be_read_excludes_nothing(start: Any) -> None:
    attempt = CallAttempt("/api", ("+442079460100",), None, 1000.0, 1001.0)
    assert Call.read({"id": "x", "participants": [{"startTime": start}]}).may_be(attempt)


def test_a_reply_of_the_future_is_read() -> None:
    leg = {"state": "teleporting", "hologram": {"on": True}, "purpose": "customer", "user": None}
    call = Call.read({"id": "x", "participants": [leg], "novelty": 1})
    assert call.participants[0].state == "teleporting"
    assert not call.over
    assert call.document["novelty"] == 1


MEMBERS = st.sampled_from(
    ["id", "participants", "user", "state", "startTime", "address", "errorInfo", "dnis"]
)


members = st.dictionaries(MEMBERS, JSON, max_size=4)
calls = st.builds(lambda call, legs: {**call, "participants": legs}, members, st.lists(members))


@given(JSON | members | calls)
def test_any_document_is_a_call_or_an_unexpected_reply(document: Any) -> None:
    try:
        call = Call.read(document)
    except UnexpectedReply:
        return
    assert call.id == document["id"]
    assert call.may_be(CallAttempt("/", ("x",), None, 0, 1)) in (True, False)


@pytest.mark.parametrize("body", [b"<html>", b"[" * 9999, b"", [], {}, {"entities": [5]}])
def test_an_answer_that_is_no_listing_is_told(body: Any) -> None:
    calls = CallsClient(MOCK, "alice", adapter=ScriptedAdapter([Answer(200, body)]))
    with pytest.raises(UnexpectedReply):
        calls.list_calls()


@pytest.mark.parametrize("call_id", ["", "..", "a/b", "x?y"])
def test_a_call_id_cannot_lead_to_another_path(call_id: str) -> None:
    adapter = ScriptedAdapter()
    calls = CallsClient(MOCK, "alice", adapter=adapter)
    for use in (calls.get_call, calls.disconnect):
        with pytest.raises(InvalidRequest):
            use(call_id)
    assert adapter.requests == []

"""What a test does at the other end of the line, through the fixture's org."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from ringback_client.errors import (
    CallNeverReached,
    CallOutcomeUnknown,
    InvalidRequest,
    NotAuthorized,
    RingbackError,
    WaitedTooLong,
)
from ringback_harness.exits import SetupError
from ringback_harness.fixtures import Ringback
from ringback_harness.in_process import RingbackInProcess
from ringback_harness.in_thread import HOST, serving
from ringback_mock.edges.serve import Settings
from ringback_mock.engine.store import Store
from ringback_mock.site import Site

RINGS = "tel:+442079460102"
"""A number where nobody answers, unless a test does."""
RINGS_LONG = "tel:+442079460112"
"""A number where somebody answers after twenty seconds."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving(Site(Store()), Settings()) as port:
        yield f"http://{HOST}:{port}"


@pytest.fixture(params=["over a socket", "in process"])
def ringback(request: pytest.FixtureRequest) -> Ringback:
    in_process = request.param == "in process"
    org = RingbackInProcess() if in_process else Ringback.fresh(request.getfixturevalue("url"))
    org.freeze()
    return org


def states(ringback: Ringback, call_id: str) -> list[str | None]:
    return [one.state for one in ringback.client().get_call(call_id).participants]


def test_a_call_that_nobody_answers_ends_as_the_clock_says(ringback: Ringback) -> None:
    call = ringback.client().place_call(RINGS)
    ringback.advance(30)
    assert states(ringback, call.id) == ["dialing", "dialing"]
    ringback.advance(2)
    assert states(ringback, call.id) == ["terminated", "terminated"]


def test_waiting_takes_the_org_s_time_and_nobody_else_s(ringback: Ringback) -> None:
    client = ringback.client()
    began = time.monotonic()
    with pytest.raises(CallNeverReached):
        client.place_call(RINGS).wait_for("connected")
    with pytest.raises(WaitedTooLong):
        client.place_call(RINGS_LONG).wait_for("parked", timeout=300)
    assert time.monotonic() - began < 30, "it would have taken more than five minutes"


def test_a_phone_is_that_of_a_call_however_it_is_held(ringback: Ringback) -> None:
    client = ringback.client()
    call = client.call(client.place_call(RINGS).id)
    ringback.advance(2)
    ringback.far_end(call).answers()
    ringback.advance(1)
    assert call.look().participants[0].state == "connected"


def test_a_refusal_of_a_call_that_is_told_something_is_looked_at(ringback: Ringback) -> None:
    call = ringback.client().place_call(RINGS)
    with pytest.raises(InvalidRequest):
        call.wrap_up()
    with pytest.raises(RingbackError):
        call.consult("user:00000000-0000-4000-8000-00000000dead")
    assert ringback.overlooked() == []


def test_a_clock_that_is_let_go_runs_on(ringback: Ringback) -> None:
    ringback.freeze(frozen=False)
    assert ringback._own.ask("GET", "clock").json()["frozen"] is False  # the fixture shows no clock


@pytest.mark.parametrize(
    ("does", "state"),
    [
        ("answers", "connected"),
        ("declines", "disconnected"),
        ("is_busy", "disconnected"),
        ("does_not_answer", "disconnected"),
        ("hangs_up", "disconnected"),
    ],
)
def test_the_far_end_of_a_call_that_rings(ringback: Ringback, does: str, state: str) -> None:
    call = ringback.client().place_call(RINGS)
    ringback.advance(2)
    far = ringback.far_end(call)
    assert far.state == "dialing"
    getattr(far, does)()
    assert far.state == state


def test_the_far_end_of_a_call_that_goes_on(ringback: Ringback) -> None:
    call = ringback.client().place_call("tel:+442079460100")
    ringback.advance(5)
    far = ringback.far_end(call.id)
    far.holds()
    with pytest.raises(
        SetupError, match=r"409.*holds is nothing that the phone can do.*hangs_up or retrieves"
    ):
        far.holds()
    far.retrieves()
    far.presses("12#")
    far.hangs_up()
    assert states(ringback, call.id) == ["disconnected", "disconnected"]


def test_a_caller_rings_a_user_who_answers_and_is_left(ringback: Ringback) -> None:
    caller = ringback.inbound(user="alice", number="+442079460151")
    user = ringback.client().get_call(caller.call_id).participants[1]
    ringback.far_end(caller, user.id).answers()
    ringback.advance(1)
    assert states(ringback, caller.call_id) == ["connected", "connected"]
    caller.hangs_up()
    assert ringback.far_end(caller).state == "disconnected"


def test_a_caller_waits_in_a_queue_and_gives_up(ringback: Ringback) -> None:
    caller = ringback.inbound(queue="support", ivr=False, attributes={"account": "7"})
    ringback.advance(60)
    assert caller.state == "connected"
    caller.hangs_up()
    ringback.advance(1)
    assert states(ringback, caller.call_id) == ["terminated", "terminated"]


def test_nobody_is_outside_before_the_station_has_answered(ringback: Ringback) -> None:
    call = ringback.client().place_call(RINGS)
    with pytest.raises(
        SetupError, match=r"nobody outside is on the call yet: advance\(2\).* \(user, contacting\)"
    ):
        ringback.far_end(call).answers()


def test_of_two_outside_one_has_to_be_named(ringback: Ringback) -> None:
    numbers = [{"address": "+442079460100"}, {"address": "+442079460102"}]
    call = ringback.client().post_body({"participants": numbers})
    ringback.advance(5)
    with pytest.raises(SetupError, match=r"2 are on the call from outside: name one, far_end\(call, part"):
        ringback.far_end(call).hangs_up()
    with pytest.raises(SetupError, match="the call has no participant nobody"):
        ringback.far_end(call, "nobody").hangs_up()
    named = ringback.client().get_call(call.id).participants[2].id
    ringback.far_end(call, named).declines()
    ringback.far_end(call).hangs_up()


@pytest.mark.parametrize(
    ("order", "told"),
    [
        ({}, "user.*or a.*queue"),
        ({"queue": "sales"}, "has no queue 'sales'"),
        ({"queue": "support", "nmber": "x"}, "the nearest is 'number'"),
    ],
)
def test_an_order_that_cannot_be_says_why(ringback: Ringback, order: dict[str, Any], told: str) -> None:
    with pytest.raises(SetupError, match=told):
        ringback.inbound(**order)


def test_a_far_end_shows_the_call_alone() -> None:
    service = {"id": "x", "secret": "y"}
    made = {"id": "z", "tokens": {"alice": "t"}, "clients": {"demo-service": service}}
    assert repr(Ringback("http://127.0.0.1:1", made).far_end("abc")) == "Phone(call abc)"


# --- an org in this process --------------------------------------------------------------------------------


def test_an_org_in_process_is_told_of_refusals_and_broken_connections() -> None:
    org = RingbackInProcess()
    org.fail("lost-reply", times=1)
    with pytest.raises(CallOutcomeUnknown):
        org.client().place_call(RINGS)
    assert len(org.calls_placed()) == 1
    with pytest.raises(NotAuthorized):
        org.client("carol").place_call(RINGS)
    assert org.overlooked() == []
    bearer = {"Authorization": "Bearer carol"}
    with requests.Session() as session:
        session.mount(org.url, org.adapter)
        assert session.get(f"{org.url}/api/v2/users/me?expand=x%20y", headers=bearer).url.endswith("x%20y")
        session.get(f"{org.url}/api/v2/no%20thing", headers=bearer)
    assert [told.splitlines()[0].split(" -> ")[1] for told in org.overlooked()] == ["404 path.unknown"]


def test_a_slow_reply_comes_at_once_in_process() -> None:
    org = RingbackInProcess()
    org.fail("slow-reply", seconds=3600)
    assert org.client().place_call(RINGS).id


def test_two_orgs_in_process_never_meet() -> None:
    one, other = RingbackInProcess(), RingbackInProcess()
    call = one.client().place_call(RINGS)
    assert one.calls_placed() == [call.id]
    assert other.calls_placed() == []


def test_no_program_is_sent_to_an_org_in_process() -> None:
    with pytest.raises(SetupError, match="the fixture ringback has one it can"):
        _ = RingbackInProcess().env

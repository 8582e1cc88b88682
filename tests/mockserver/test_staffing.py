"""Callers who wait in queues, members who come free, stations that wait, and effects that come late."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.life.commands import FarEnd
from ringback_contracts.life.parties import WrapPrompt, WrapRules
from ringback_contracts.org import Org, Queue, changed, default_org
from ringback_contracts.resources.calls.inbound import ring_from
from ringback_mock.app import create_app
from ringback_mock.engine.clock import ClockCommand
from ringback_mock.engine.plans import RungIn
from ringback_mock.engine.staffing import settle
from ringback_mock.engine.store import Store

if TYPE_CHECKING:
    from flask.testing import FlaskClient

CALLS, RINGING, CLOCK = "/api/v2/conversations/calls", "/__ringback/calls", "/__ringback/clock"
ALICE, CAROL = "a11ce000-0000-4000-8000-000000000001", "ca201000-0000-4000-8000-000000000003"
SUPPORT, SALES = "90e0e000-0000-4000-8000-000000000010", "90e0e000-0000-4000-8000-000000000019"
LOBBY_PHONE, ALICE_PHONE = "57a70000-0000-4000-8000-000000000009", "57a70000-0000-4000-8000-000000000001"
ON_QUEUE, BUSY = "e08eaf1b-ee47-4fa9-a231-1200e284798f", "31fe3bac-dea6-44b7-bed7-47f91660a1a0"
HEADERS = {"Authorization": "Bearer alice"}
Json = dict[str, Any]


class Desk:
    """A mock whose clock stands still, and what is done at it."""

    def __init__(self, org: Org | None = None) -> None:
        self.http: FlaskClient = create_app(org or default_org()).test_client()
        self.http.post(CLOCK, json={"freeze": True})

    def advance(self, seconds: float) -> None:
        self.http.post(CLOCK, json={"advance": seconds})

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        told = self.http.open(f"/api/v2{path}", method=method, json=body, headers=HEADERS)
        assert told.status_code < 300, told.text
        return told.get_json(silent=True)

    def idle(self, user_id: str) -> None:
        self.ask("PUT", f"/users/{user_id}/routingstatus", {"status": "IDLE"})

    def status(self, user_id: str) -> str:
        return str(self.ask("GET", f"/users/{user_id}/routingstatus")["status"])

    def ring(self, queue: str = SUPPORT, **more: Any) -> str:
        told = self.http.post(RINGING, json={"queue": queue, "ivr": False, **more})
        assert told.status_code == 201, told.text
        return str(told.get_json()["id"])

    def parties(self, call_id: str) -> list[Json]:
        shown: list[Json] = self.http.get(f"{RINGING}/{call_id}").get_json()["parties"]
        return shown

    def agents(self, call_id: str) -> list[tuple[str, str]]:
        return [(one["userId"], one["state"]) for one in self.parties(call_id) if one["purpose"] == "agent"]

    def use(self, call_id: str, act: str, who: str = "agent") -> None:
        party = [one for one in self.parties(call_id) if one["purpose"] == who][-1]
        told = self.http.post(f"{RINGING}/{call_id}/parties/{party['id']}", json={"act": act})
        assert told.status_code == 200, told.text


@pytest.fixture
def desk() -> Desk:
    return Desk()


# --- queues ------------------------------------------------------------------------------------------------


def test_a_caller_who_waits_is_offered_to_the_member_who_becomes_idle(desk: Desk) -> None:
    call = desk.ring()
    desk.advance(60)
    assert desk.agents(call) == []
    desk.idle(ALICE)
    assert desk.agents(call) == [(ALICE, "alerting")]


def test_going_on_queue_offers_the_callers_too(desk: Desk) -> None:
    call = desk.ring()
    desk.advance(5)
    desk.ask("PATCH", f"/users/{ALICE}/presences/purecloud", {"presenceDefinition": {"id": BUSY}})
    assert desk.agents(call) == []
    desk.ask("PATCH", f"/users/{ALICE}/presences/purecloud", {"presenceDefinition": {"id": ON_QUEUE}})
    assert desk.agents(call) == [(ALICE, "alerting")]


def test_a_caller_who_is_still_in_the_menu_is_offered_once_the_queue_has_them(desk: Desk) -> None:
    call = desk.ring(ivr=True)
    desk.idle(ALICE)
    assert desk.agents(call) == []
    desk.advance(2)
    legs = desk.ask("GET", f"/conversations/calls/{call}")["participants"]
    assert [one["purpose"] for one in legs] == ["customer", "ivr", "acd", "agent"]
    acd, agent = legs[2:]
    assert agent["startTime"] == acd["connectedTime"], "at that moment, not when somebody looked"


def test_each_member_takes_one_call_and_who_has_waited_longest_comes_first(desk: Desk) -> None:
    first, second, third = desk.ring(), desk.ring(), desk.ring()
    desk.advance(1)
    desk.idle(ALICE)
    assert [desk.agents(call) for call in (first, second, third)] == [[(ALICE, "alerting")], [], []]
    desk.idle(CAROL)
    assert [desk.agents(call) for call in (second, third)] == [[(CAROL, "alerting")], []]
    desk.use(first, "answers")
    assert desk.agents(third) == []
    desk.use(first, "hangs_up", "customer")
    assert desk.agents(third) == [(ALICE, "alerting")]


def test_a_member_is_promised_to_nobody_who_is_offered_another(desk: Desk) -> None:
    first, second = desk.ring(), desk.ring()
    desk.advance(1)
    desk.idle(ALICE)
    desk.idle(CAROL)
    desk.use(first, "declines")
    desk.advance(1)
    assert [desk.agents(call) for call in (first, second)] == [[(ALICE, "terminated")], [(CAROL, "alerting")]]


def test_the_time_in_the_menu_is_no_waiting(desk: Desk) -> None:
    menu, queue = desk.ring(ivr=True), desk.ring()
    desk.advance(5)
    desk.idle(ALICE)
    assert (desk.agents(menu), desk.agents(queue)) == ([], [(ALICE, "alerting")])


def test_a_member_who_comes_free_by_itself_is_offered_the_next_at_that_moment(desk: Desk) -> None:
    first, second = desk.ring(hangs_up_after=20), desk.ring()
    desk.advance(1)
    desk.idle(ALICE)
    desk.use(first, "answers")
    desk.advance(300)
    legs = {call: desk.ask("GET", f"/conversations/calls/{call}")["participants"] for call in (first, second)}
    gone, alerted = legs[first][-1], legs[second][-1]
    assert gone["user"]["id"] == alerted["user"]["id"] == ALICE
    assert alerted["startTime"] == gone["endTime"]


@pytest.mark.parametrize("act", ["declines", "no_answer", "hangs_up", None])
def test_who_does_not_take_a_call_is_offered_no_other_until_they_say_they_are_there(
    desk: Desk, act: str | None
) -> None:
    desk.idle(ALICE)
    call = desk.ring()
    desk.advance(1)
    if act:
        desk.use(call, act)
    else:
        desk.advance(8)
    assert (desk.status(ALICE), desk.agents(call)) == (
        "NOT_RESPONDING",
        [(ALICE, "terminated" if act != "hangs_up" else "disconnected")],
    )
    desk.advance(60)
    assert len(desk.agents(call)) == 1
    desk.idle(ALICE)
    assert desk.agents(call)[1:] == [(ALICE, "alerting")]
    desk.use(call, "answers")
    assert (desk.status(ALICE), desk.agents(call)[1:]) == ("INTERACTING", [(ALICE, "connected")])


def test_a_caller_who_gives_up_leaves_the_member_idle(desk: Desk) -> None:
    desk.idle(ALICE)
    call = desk.ring()
    desk.advance(1)
    desk.use(call, "hangs_up", "customer")
    assert (desk.status(ALICE), desk.agents(call)[0][0]) == ("IDLE", ALICE)


def test_a_member_on_a_call_of_their_own_is_offered_none(desk: Desk) -> None:
    own = desk.ask("POST", "/conversations/calls", {"phoneNumber": "+442079460100"})["id"]
    desk.idle(ALICE)
    call = desk.ring()
    desk.advance(10)
    assert desk.agents(call) == []
    desk.ask("POST", f"/conversations/{own}/disconnect")
    assert desk.agents(call) == [(ALICE, "alerting")]


@pytest.mark.parametrize(("prompt", "offered"), [("mandatory", False), ("optional", True)])
def test_work_after_a_call_that_has_to_be_done_comes_before_the_next(
    prompt: WrapPrompt, *, offered: bool
) -> None:
    org = default_org()
    users = tuple(replace(one, routing_status="IDLE") if one.id == ALICE else one for one in org.users)
    tenant = Store(replace(org, users=users)).default
    tenant.clock.go(tenant.clock.after(ClockCommand(freeze=True)))
    ring = ring_from({"queue": SUPPORT, "ivr": False}, tenant.org)
    ring = ring._replace(to=ring.to._replace(wrap=WrapRules(prompt)))
    calls = [tenant.calls.place(RungIn(ring), tenant.clock()) for _ in range(2)]
    for act in ("answers", "hangs_up"):
        tenant.clock.go(tenant.clock.after(ClockCommand(advance=1)))
        settle(tenant, tenant.clock())
        agent = calls[0].at(tenant.clock()).participants[-1].id
        assert tenant.calls.give(calls[0], FarEnd(agent, act), tenant.clock()) is None
    settle(tenant, tenant.clock())
    alerted = [one.user_id for one in calls[1].at(tenant.clock()).participants if one.purpose == "agent"]
    assert alerted == ([ALICE] if offered else [])


def test_a_queue_that_is_dialled_alerts_whoever_is_idle_then(desk: Desk) -> None:
    desk.idle(CAROL)
    call = desk.ask("POST", "/conversations/calls", {"callQueueId": SUPPORT})["id"]
    desk.advance(2)
    assert desk.agents(call) == [(CAROL, "alerting")]


def test_a_queue_offers_its_own_members_alone() -> None:
    org = default_org()
    desk = Desk(replace(org, queues=(*org.queues, Queue(id=SALES, name="sales", members=(CAROL,)))))
    call = desk.ring(SALES)
    desk.advance(1)
    desk.idle(ALICE)
    assert desk.agents(call) == []
    desk.idle(CAROL)
    assert desk.agents(call) == [(CAROL, "alerting")]


def test_a_reset_forgets_who_waits(desk: Desk) -> None:
    desk.ring()
    assert desk.http.post("/__ringback/reset").status_code == 204
    desk.idle(ALICE)
    assert desk.status(ALICE) == "IDLE"


STEPS = st.lists(
    st.sampled_from(["ring", "alice", "carol", "answers", "declines", "gone", "pass"]), max_size=14
)


@given(STEPS)
def test_nobody_is_on_two_calls_and_nobody_waits_while_a_member_is_free(steps: list[str]) -> None:
    desk, calls = Desk(), []
    for step in steps:
        if step == "ring":
            calls.append(desk.ring())
        elif step in ("alice", "carol"):
            desk.idle(ALICE if step == "alice" else CAROL)
        elif step == "gone" and calls:
            _try(desk, calls[0], "hangs_up", "customer")
        elif step in ("answers", "declines"):
            for call in calls:
                _try(desk, call, step, "agent")
        desk.advance(3)
    live = [user for call in calls for user, state in desk.agents(call) if state in ("alerting", "connected")]
    assert len(live) == len(set(live)), "a member is on two calls"
    for call in calls:
        waits = [
            one["purpose"] for one in desk.parties(call) if one["state"] not in ("disconnected", "terminated")
        ]
        free = [user for user in (ALICE, CAROL) if desk.status(user) == "IDLE" and user not in live]
        assert not (waits == ["customer", "acd"] and free), "somebody waits while a member is free"


def _try(desk: Desk, call: str, act: str, who: str) -> None:
    if any(
        one["purpose"] == who and act in one["can"]
        for one in desk.parties(call)[-1:] + desk.parties(call)[:1]
    ):
        desk.use(call, act, who)


# --- stations ----------------------------------------------------------------------------------------------


def test_a_station_that_does_not_answer_by_itself_ends_the_call_after_a_minute(desk: Desk) -> None:
    desk.ask("PUT", f"/users/{ALICE}/station/associatedstation/{LOBBY_PHONE}")
    told = desk.http.post(CALLS, json={"phoneNumber": "+442079460100"}, headers=HEADERS)
    assert "nobody is dialled until somebody answers the caller's station" in told.headers["Ringback-Note"]
    call = told.get_json()["id"]
    desk.advance(59)
    (own,) = desk.ask("GET", f"/conversations/calls/{call}")["participants"]
    assert own["state"] == "contacting"
    desk.advance(1)
    (own,) = desk.ask("GET", f"/conversations/calls/{call}")["participants"]
    assert (own["state"], own["disconnectType"]) == ("terminated", "error")
    assert own["errorInfo"]["code"] == "error.ininedgecontrol.connection.timeout"


def test_the_call_goes_on_when_somebody_answers_that_station(desk: Desk) -> None:
    desk.ask("PUT", f"/users/{ALICE}/station/associatedstation/{LOBBY_PHONE}")
    call = desk.ask("POST", "/conversations/calls", {"phoneNumber": "+442079460100"})["id"]
    desk.advance(30)
    desk.use(call, "answers", "user")
    desk.advance(5)
    legs = desk.ask("GET", f"/conversations/calls/{call}")["participants"]
    assert [(one["purpose"], one["state"]) for one in legs] == [
        ("user", "connected"),
        ("external", "connected"),
    ]


def test_a_user_whose_station_does_not_answer_by_itself_is_rung_for_half_a_minute() -> None:
    org = default_org()
    users = tuple(replace(one, station="lobby-phone") if one.name == "Carol" else one for one in org.users)
    desk = Desk(replace(org, users=users))
    for act in ("answers", None):
        call = desk.ask("POST", "/conversations/calls", {"callUserId": CAROL})["id"]
        desk.advance(20)
        assert desk.parties(call)[1]["state"] == "alerting"
        if act:
            desk.use(call, act, "user")
        desk.advance(20)
        assert (desk.parties(call)[1]["state"] == "connected") is bool(act)


# --- effects -----------------------------------------------------------------------------------------------


def test_effects_come_as_late_as_the_org_says() -> None:
    desk = Desk(changed(default_org(), {"effect_seconds": 0.45}))
    call = desk.ask("POST", "/conversations/calls", {"phoneNumber": "+442079460100"})["id"]
    desk.advance(5)
    shown = desk.ask("PATCH", f"/conversations/calls/{call}", {"state": "disconnected"})
    assert [one["calls"][0]["state"] for one in shown["participants"]] == ["connected", "connected"]
    desk.ask("POST", f"/conversations/{call}/disconnect")
    for seconds, states in ((0.4, ["connected"] * 2), (0.1, ["disconnected"] * 2), (1, ["terminated"] * 2)):
        desk.advance(seconds)
        legs = desk.ask("GET", f"/conversations/calls/{call}")["participants"]
        assert [one["state"] for one in legs] == states


def test_what_is_done_with_a_phone_takes_effect_at_once_all_the_same() -> None:
    desk = Desk(changed(default_org(), {"effect_seconds": 0.45}))
    call = desk.ask("POST", "/conversations/calls", {"phoneNumber": "+442079460102"})["id"]
    desk.advance(5)
    desk.use(call, "answers", "external")
    assert desk.parties(call)[1]["state"] == "connected"


def test_without_the_switch_effects_are_seen_at_once(desk: Desk) -> None:
    call = desk.ask("POST", "/conversations/calls", {"phoneNumber": "+442079460100"})["id"]
    desk.advance(5)
    shown = desk.ask("PATCH", f"/conversations/calls/{call}", {"state": "disconnected"})
    assert [one["calls"][0]["state"] for one in shown["participants"]] == ["disconnected", "disconnected"]


def test_a_copy_of_the_org_may_have_late_effects(desk: Desk) -> None:
    assert desk.http.post("/__ringback/orgs", json={"effect_seconds": 0.45}).status_code == 201
    assert desk.http.post("/__ringback/orgs", json={"effect_seconds": -1}).status_code == 400

"""The other end of the line: who rings from outside, and what is done with phones."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.life.commands import FarAct
from ringback_contracts.org import User, default_org
from ringback_contracts.resources.calls.inbound import CALLER, InboundError, ring_from
from ringback_mock.app import create_app
from ringback_mock.engine.store import Store

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

CALLS = "/api/v2/conversations/calls"
PATH = "/__ringback/calls"
HEADERS = {"Authorization": "Bearer alice"}
ALICE, BOB = "a11ce000-0000-4000-8000-000000000001", "b0b00000-0000-4000-8000-000000000002"
SUPPORT = "90e0e000-0000-4000-8000-000000000010"
NOBODY = "00000000-0000-4000-8000-0000000000ff"
ACTS = get_args(FarAct)
Json = dict[str, Any]


@pytest.fixture
def client() -> FlaskClient:
    made = create_app().test_client()
    made.post("/__ringback/clock", json={"freeze": True})
    return made


def advance(client: FlaskClient, seconds: float) -> None:
    assert client.post("/__ringback/clock", json={"advance": seconds}).status_code == 200


def ring(client: FlaskClient, **order: Any) -> Json:
    told = client.post(PATH, json=order)
    assert told.status_code == 201, told.text
    shown: Json = told.get_json()
    return shown


def dial(client: FlaskClient, number: str = "+442079460102", after: float = 0) -> str:
    placed = client.post(CALLS, json={"phoneNumber": number}, headers=HEADERS)
    assert placed.status_code == 202
    advance(client, after)
    call_id: str = placed.get_json()["id"]
    return call_id


def parties(client: FlaskClient, call_id: str) -> list[Json]:
    told = client.get(f"{PATH}/{call_id}")
    assert told.status_code == 200, told.text
    shown: list[Json] = told.get_json()["parties"]
    return shown


def use(client: FlaskClient, call_id: str, place: int, act: str, **more: str) -> TestResponse:
    """Use the phone of the party that came at that place."""
    party = parties(client, call_id)[place]["id"]
    return client.post(f"{PATH}/{call_id}/parties/{party}", json={"act": act, **more})


def states(client: FlaskClient, call_id: str) -> list[tuple[str, str, str | None]]:
    shown = client.get(f"{CALLS}/{call_id}", headers=HEADERS).get_json()["participants"]
    return [(one["purpose"], one["state"], one.get("disconnectType")) for one in shown]


def message(reply: TestResponse, status: int) -> str:
    assert reply.status_code == status, reply.text
    told: str = reply.get_json()["message"]
    return told


# --- ringing -----------------------------------------------------------------------------------------------


def test_a_call_from_outside_alerts_a_user_until_somebody_answers(client: FlaskClient) -> None:
    rung = ring(client, user="Alice", number="+442079460160", name="Ada")
    assert [(one["purpose"], one["state"], one["outside"]) for one in rung["parties"]] == [
        ("external", "offering", True),
        ("user", "alerting", False),
    ]
    caller, user = client.get(rung["selfUri"], headers=HEADERS).get_json()["participants"]
    assert (caller["address"], caller["name"], caller["direction"]) == (
        "tel:+442079460160",
        "Ada",
        "inbound",
    )
    assert (user["user"]["id"], user["ani"], user["dnis"]) == (
        ALICE,
        "tel:+442079460160",
        "tel:+442079460002",
    )
    advance(client, 29)
    assert [state for _, state, _ in states(client, rung["id"])] == ["offering", "alerting"]
    assert use(client, rung["id"], 1, "answers").status_code == 200
    advance(client, 1)
    assert [state for _, state, _ in states(client, rung["id"])] == ["connected", "connected"]


def test_a_call_that_the_user_does_not_answer_ends_in_no_time(client: FlaskClient) -> None:
    rung = ring(client, user=ALICE)
    advance(client, 31)
    assert [state for _, state, _ in states(client, rung["id"])] == ["terminated", "terminated"]


@pytest.mark.parametrize(
    ("ivr", "begun", "waiting"),
    [
        (True, ["customer", "ivr"], ["customer", "ivr", "acd"]),
        (False, ["customer", "acd"], ["customer", "acd"]),
    ],
)
def test_a_call_to_a_queue_waits_there_for_an_agent(
    client: FlaskClient, ivr: bool, begun: list[str], waiting: list[str]
) -> None:
    rung = ring(client, queue="Support", ivr=ivr, attributes={"account": "7"})
    assert [one["purpose"] for one in rung["parties"]] == begun
    advance(client, 600)
    shown = states(client, rung["id"])
    assert [purpose for purpose, _, _ in shown] == waiting
    assert (shown[0][1], shown[-1][1]) == ("connected", "connected")
    customer = client.get(rung["selfUri"], headers=HEADERS).get_json()["participants"][0]
    assert customer["attributes"] == {"account": "7"}
    assert customer["queue"]["id"] == SUPPORT


def test_a_queue_alerts_its_members_who_are_idle_one_after_the_other() -> None:
    org = default_org()
    users = [replace(one, routing_status="IDLE", station="phone") for one in org.users if one.enabled]
    users[0] = replace(users[0], routing_status="OFF_QUEUE")
    members = tuple(one.id for one in users)
    queues = (replace(org.queues[0], members=members),)
    client = create_app(replace(org, users=tuple(users), queues=queues)).test_client()
    client.post("/__ringback/clock", json={"freeze": True})
    rung = ring(client, queue="support", ivr=False)
    advance(client, 1)
    alerted = parties(client, rung["id"])[-1]
    assert (alerted["purpose"], alerted["state"], alerted["userId"]) == ("agent", "alerting", members[1])
    assert use(client, rung["id"], 2, "declines").status_code == 200
    advance(client, 1)
    assert parties(client, rung["id"])[-1]["userId"] == members[2]
    assert use(client, rung["id"], 3, "answers").status_code == 200
    assert [one["state"] for one in parties(client, rung["id"])] == [
        "connected",
        "terminated",
        "terminated",
        "connected",
    ]


def test_whoever_rings_may_hang_up_by_themselves(client: FlaskClient) -> None:
    rung = ring(client, queue=SUPPORT, ivr=False, hangs_up_after=5)
    advance(client, 5)
    assert [state for _, state, _ in states(client, rung["id"])] == ["connected", "connected"]
    advance(client, 1)
    assert states(client, rung["id"])[0] == ("customer", "terminated", "endpoint")


def test_the_user_who_is_rung_finds_the_call_among_theirs(client: FlaskClient) -> None:
    rung = ring(client, user=ALICE)
    listed = client.get(CALLS, headers=HEADERS).get_json()["entities"]
    assert [one["id"] for one in listed] == [rung["id"]]
    others = client.get(CALLS, headers={"Authorization": "Bearer bob"}).get_json()
    assert others["total"] == 0


def test_a_user_who_cannot_be_reached_never_answers(client: FlaskClient) -> None:
    rung = ring(client, user="bob")
    assert rung["parties"][1]["can"] == ["declines", "busy", "no_answer", "hangs_up"]
    advance(client, 31)
    assert [one["state"] for one in parties(client, rung["id"])] == ["terminated", "terminated"]


def test_the_usual_caller_is_nobody_s_number_and_the_org_s_number_is_dialled() -> None:
    ring_in = ring_from({"queue": SUPPORT}, default_org())
    assert (ring_in.ani, ring_in.dnis) == (f"tel:{CALLER}", "tel:+442079460001")
    assert default_org().test_number(CALLER) is not None
    assert (
        ring_from({"queue": SUPPORT, "dialled": "+442079460002"}, default_org()).dnis == "tel:+442079460002"
    )
    assert ring_from({"queue": SUPPORT}, replace(default_org(), numbers=())).dnis is None


@pytest.mark.parametrize(
    ("order", "told"),
    [
        ({}, 'name either a "user" or a "queue"'),
        ({"user": ALICE, "queue": SUPPORT}, 'name either a "user" or a "queue"'),
        ({"user": "Zoe"}, f"the org has no user 'Zoe'; its users: Alice ({ALICE}), Bob ("),
        ({"queue": "sales"}, f"the org has no queue 'sales'; its queues: support ({SUPPORT})"),
        ({"queu": "support"}, "queu: there is no such key; the nearest is 'queue'"),
        ({"queue": 5}, "queue: expected a string"),
        ({"queue": SUPPORT, "number": "02079460150"}, "number: '02079460150' is not E.164"),
        ({"queue": SUPPORT, "dialled": "1"}, "dialled: '1' is not E.164"),
        ({"queue": SUPPORT, "name": "A\nB"}, "name: 'A\\nB' has a line break"),
        ({"queue": SUPPORT, "ivr": 1}, "ivr: expected true or false"),
        ({"queue": SUPPORT, "hangs_up_after": -1}, "hangs_up_after: -1.0 must be 0 to 86400 seconds"),
        ({"queue": SUPPORT, "attributes": {"a": 1}}, "attributes: a: expected a text, found 1"),
        ({"queue": SUPPORT, "attributes": []}, "attributes: expected a table"),
    ],
)
def test_an_order_that_cannot_be_is_told_what_would_do(client: FlaskClient, order: Json, told: str) -> None:
    assert told in message(client.post(PATH, json=order), 400)


def test_of_two_with_one_name_the_id_has_to_be_given() -> None:
    twin = User(id=NOBODY, name="ALICE")
    org = replace(default_org(), users=(*default_org().users, twin))
    with pytest.raises(InboundError, match=f"2 users have the name 'alice'; give an id: {ALICE}, {NOBODY}"):
        ring_from({"user": "alice"}, org)
    assert ring_from({"user": NOBODY}, org).to.id == NOBODY


def test_an_org_without_queues_says_so() -> None:
    with pytest.raises(InboundError, match="its queues: none"):
        ring_from({"queue": "support"}, replace(default_org(), queues=()))


JSONS = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
KEYS = st.sampled_from(["user", "queue", "number", "name", "dialled", "ivr", "hangs_up_after", "attributes"])


@given(JSONS | st.dictionaries(KEYS, JSONS | st.just(SUPPORT) | st.just(CALLER)))
def test_whatever_is_ordered_rings_or_is_refused(order: Any) -> None:
    with suppress(InboundError):
        assert ring_from(order, default_org()).to.id in {SUPPORT, *default_org().user_by_id}


@pytest.mark.parametrize("body", [b"", b"not json", b"[]", b"null", b'"support"'])
def test_a_body_that_is_no_object_is_shown_one(client: FlaskClient, body: bytes) -> None:
    assert '{"queue": "support"}' in message(client.post(PATH, data=body), 400)
    call = dial(client)
    party = parties(client, call)[0]["id"]
    assert '{"act": "answers"}' in message(client.post(f"{PATH}/{call}/parties/{party}", data=body), 400)


def test_a_call_rings_in_the_org_that_is_named() -> None:
    store = Store()
    client = create_app(store=store).test_client()
    copy = client.post("/__ringback/orgs").get_json()
    rung = client.post(f"{PATH}?org={copy['id']}", json={"queue": "support"}).get_json()
    assert client.get(f"{PATH}/{rung['id']}?org={copy['id']}").status_code == 200
    told = message(client.get(f"{PATH}/{rung['id']}"), 404)
    assert f"org {store.default.org.id} has no call {rung['id']}" in told
    assert "?org= names the copy" in told


# --- the far end -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "own", "far"),
    [
        ("answers", ("connected", None), ("connected", None)),
        ("declines", ("disconnected", "peer"), ("disconnected", "endpoint")),
        ("busy", ("disconnected", "peer"), ("disconnected", "endpoint")),
        ("no_answer", ("disconnected", "peer"), ("disconnected", "endpoint")),
        ("hangs_up", ("disconnected", "peer"), ("disconnected", "endpoint")),
    ],
)
def test_the_far_end_does_as_it_is_told_while_it_rings(
    client: FlaskClient, act: str, own: tuple[str, str | None], far: tuple[str, str | None]
) -> None:
    call = dial(client, after=2)
    assert use(client, call, 1, act).status_code == 200
    advance(client, 0.1)
    assert states(client, call) == [("user", *own), ("external", *far)]


def test_the_far_end_holds_retrieves_presses_keys_and_hangs_up(client: FlaskClient) -> None:
    call = dial(client, "+442079460100", after=5)
    assert use(client, call, 1, "holds").get_json()["parties"][1]["held"] is True
    own, far = client.get(f"{CALLS}/{call}", headers=HEADERS).get_json()["participants"]
    assert (own["confined"], far["held"]) == (True, True)
    assert use(client, call, 1, "retrieves").get_json()["parties"][1]["held"] is False
    assert use(client, call, 1, "digits", digits="12*#AD").status_code == 200
    shown = use(client, call, 1, "hangs_up").get_json()
    assert shown["parties"][1]["disconnectType"] == "endpoint"
    assert [one["can"] for one in shown["parties"]] == [[], []]


def test_the_caller_s_station_can_be_picked_up_before_its_time(client: FlaskClient) -> None:
    call = dial(client)
    assert [one["can"] for one in parties(client, call)] == [["answers", "hangs_up"]]
    assert len(use(client, call, 0, "answers").get_json()["parties"]) == 2


def test_a_phone_can_do_what_is_said_of_it_and_nothing_else(client: FlaskClient) -> None:
    for number, after in (("+442079460102", 0), ("+442079460102", 2), ("+442079460100", 5)):
        possible = [one["can"] for one in parties(client, dial(client, number, after))]
        assert any(possible)
        for place, can in enumerate(possible):
            for act in ACTS:
                more = {"digits": "1"} if act == "digits" else {}
                reply = use(client, dial(client, number, after), place, act, **more)
                assert reply.status_code == (200 if act in can else 409), (number, after, act)


def test_what_a_phone_cannot_do_is_answered_with_what_it_can(client: FlaskClient) -> None:
    told = message(use(client, dial(client, "+442079460100", after=5), 1, "answers"), 409)
    assert told == (
        "answers is nothing that the phone can do: the leg is connected, so it hangs_up or holds or digits"
    )


def test_a_queue_has_no_phone(client: FlaskClient) -> None:
    rung = ring(client, queue=SUPPORT, ivr=False)
    customer = rung["parties"][0]["id"]
    assert message(use(client, rung["id"], 1, "hangs_up"), 409) == (
        "nobody has the phone of a participant whose purpose is acd; "
        f"on this call {customer} (customer) hangs_up"
    )


def test_a_leg_that_is_over_does_nothing_any_more(client: FlaskClient) -> None:
    call = dial(client, "+442079460101", after=60)
    assert message(use(client, call, 1, "answers"), 409) == (
        "the participant's leg is terminated; nobody is on the call any more: place another"
    )


def test_who_is_not_on_the_call_is_told_who_is(client: FlaskClient) -> None:
    call = dial(client)
    own = parties(client, call)[0]["id"]
    told = message(client.post(f"{PATH}/{call}/parties/{NOBODY}", json={"act": "answers"}), 404)
    assert told == f"the call has no such participant; its participants are {own}"
    assert "has no call nope" in message(client.post(f"{PATH}/nope/parties/{own}", json={"act": "busy"}), 404)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "act is missing"),
        ({"act": "answer"}, "act: 'answer' is none of answers, declines,"),
        ({"act": "hang_up"}, "the nearest is 'hangs_up'"),
        ({"act": "digits"}, '"digits" goes with the act "digits", which are those of the keys, such as 12#'),
        ({"act": "answers", "digits": "1"}, '"digits" goes with the act "digits"'),
        ({"act": "digits", "digits": ""}, "digits: a phone has the keys 0 to 9, *, # and A to D"),
        ({"act": "digits", "digits": "1 2"}, "of which 1 to 100 are pressed"),
        ({"act": "digits", "digits": "\u0661"}, "of which 1 to 100 are pressed"),
        ({"act": "digits", "digits": "1" * 101}, "of which 1 to 100 are pressed"),
        ({"act": "digits", "digits": 12}, "digits: expected a string"),
        ({"does": "answers"}, "does: there is no such key; known: act, digits"),
    ],
)
def test_a_use_that_no_phone_has_is_refused(client: FlaskClient, body: Json, told: str) -> None:
    call = dial(client, "+442079460100", after=5)
    party = parties(client, call)[1]["id"]
    assert told in message(client.post(f"{PATH}/{call}/parties/{party}", json=body), 400)


def test_a_call_is_shown_and_kept_in_the_journal_without_numbers_and_keys(client: FlaskClient) -> None:
    rung = ring(client, queue=SUPPORT, number="+13172222222")
    advance(client, 5)
    assert use(client, rung["id"], 0, "digits", digits="4111222233334444").status_code == 200
    journal = client.get("/__ringback/exchanges").get_json()
    kept = json.dumps([parties(client, rung["id"]), journal])
    assert [change["path"].split("/")[2] for change in journal["changes"]] == [
        "clock",
        "calls",
        "clock",
        "calls",
    ]
    assert "3172222222" not in kept
    assert "4111222233334444" not in kept


# --- test numbers ------------------------------------------------------------------------------------------


def course(client: FlaskClient, number: str, *moments: float) -> list[list[tuple[str, str]]]:
    """What is seen of a call's legs, so many seconds after each other."""
    call, seen = dial(client, number), []
    for seconds in moments:
        advance(client, seconds)
        seen.append([(purpose, state) for purpose, state, _ in states(client, call)])
    return seen


def test_voicemail_takes_a_call_that_nobody_answers(client: FlaskClient) -> None:
    assert course(client, "+442079460110", 31, 1) == [
        [("user", "dialing"), ("external", "dialing")],
        [("user", "connected"), ("external", "terminated"), ("voicemail", "connected")],
    ]


def test_a_far_end_hangs_up_five_seconds_after_it_has_answered(client: FlaskClient) -> None:
    assert course(client, "+442079460111", 3.2, 4.9, 0.1) == [
        [("user", "connected"), ("external", "connected")],
        [("user", "connected"), ("external", "connected")],
        [("user", "disconnected"), ("external", "disconnected")],
    ]


def test_a_far_end_answers_after_twenty_seconds(client: FlaskClient) -> None:
    assert course(client, "+442079460112", 21.1, 0.1) == [
        [("user", "dialing"), ("external", "dialing")],
        [("user", "connected"), ("external", "connected")],
    ]

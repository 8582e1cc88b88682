"""A call is given to somebody else: after a consult, or blindly."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ringback_contracts.org import default_org
from tests.mockserver.live import ANSWERS, CALLS, CONVERSATIONS, RINGS_LONG, Json, Live

BOB = "b0b00000-0000-4000-8000-000000000002"
FRANK = "f4a2c000-0000-4000-8000-000000000006"
SUPPORT = "90e0e000-0000-4000-8000-000000000010"
OTHER = "+442079460106"
CONSULT = f"{CALLS}/{{call}}/participants/{{2}}/consult"
OWN = f"{CONVERSATIONS}/{{call}}/participants/{{1}}"
ALICE = "a11ce000-0000-4000-8000-000000000001"
ON_IT_ALREADY = "the one who is rung is on the call already: that the phone rings once more is assumed"


@pytest.fixture
def talking() -> Live:
    """Alice called somebody, who has answered."""
    return Live().place()


def consult(live: Live, path: str = CONSULT, speak_to: str = "DESTINATION", **whom: str) -> str:
    """The id of the participant whom alice asks."""
    named = whom if path != CONSULT else {"destination": whom or {"userId": FRANK}}
    found: str = live.does("POST", path, {"speakTo": speak_to, **named})["destinationParticipantId"]
    return found


def test_a_consult_is_completed_by_leaving(talking: Live) -> None:
    asked = consult(talking)
    assert talking.parties()[2]["id"] == asked
    customer = talking.parties()[1]["id"]
    assert talking.wait(3).seen("confined", "consultParticipantId") == [
        (False, customer),
        (True, customer),
        (False, customer),
    ]
    assert talking.parties()[0]["attributes"] == {"consultInitiator": "true"}
    talking.patch(1, state="disconnected").wait(1)
    assert talking.seen("state", "confined", "consultParticipantId") == [
        ("terminated", False, None),
        ("connected", False, None),
        ("connected", False, None),
    ]
    made = talking.does("GET", f"{CONVERSATIONS}/{{call}}")["recentTransfers"]
    assert [(one["state"], one["transferType"]) for one in made] == [("Complete", "Attended")]


def test_a_consult_is_called_off(talking: Live) -> None:
    consult(talking)
    assert talking.wait(3).does("DELETE", CONSULT) is None
    assert talking.wait(1).seen("state", "confined") == [
        ("connected", False),
        ("connected", False),
        ("terminated", False),
    ]
    assert talking.refusal("DELETE", CONSULT) == "life.consult-not-pending"


def test_who_hears_whom_is_said_anew(talking: Live) -> None:
    asked = consult(talking)
    answer = talking.wait(3).does("PATCH", CONSULT, {"speakTo": "object"})
    assert answer == {"destinationParticipantId": asked}
    assert talking.seen("confined") == [(False,), (False,), (True,)]
    talking.does("PATCH", CONSULT, {"speakTo": "BOTH"})
    assert talking.seen("confined") == [(False,)] * 3


@pytest.mark.parametrize(
    ("form", "whom", "purpose"),
    [
        ("consult/agent", {"userId": FRANK}, "user"),
        ("consult/queue", {"queueId": SUPPORT}, "acd"),
        ("consult/queue", {"queueName": "support"}, "acd"),
        ("consult/external", {"address": OTHER}, "external"),
        ("voice/consult", {"address": f"tel:{OTHER}"}, "external"),
        ("voice/consult", {"address": "sip:agent@example.com"}, "external"),
    ],
)
def test_whoever_is_asked_comes_to_the_call(talking: Live, form: str, whom: Json, purpose: str) -> None:
    consult(talking, f"{CALLS}/{{call}}/participants/{{2}}/{form}", **whom)
    assert talking.seen("purpose")[2] == (purpose,)


def test_a_consult_has_begun_when_it_is_answered_however_late_effects_are() -> None:
    live = Live(replace(default_org(), effect_seconds=0.45)).place()
    asked = consult(live)
    assert [one["id"] for one in live.parties()][2] == asked


@pytest.mark.parametrize(
    ("form", "body", "purpose"),
    [
        ("replace", {"userId": FRANK}, "user"),
        ("replace", {"userName": "Frank"}, "user"),
        ("replace", {"address": OTHER}, "external"),
        ("replace", {"queueId": SUPPORT}, "acd"),
        ("replace", {"voicemail": True}, "voicemail"),
        ("replace/agent", {"userId": FRANK}, "user"),
        ("replace/agent", {"userId": FRANK, "voicemail": True}, "voicemail"),
        ("replace/queue", {"queueId": SUPPORT}, "acd"),
        ("replace/external", {"address": OTHER}, "external"),
        ("transfer", {"address": OTHER}, "external"),
    ],
)
def test_somebody_takes_the_agent_s_place_at_once(talking: Live, form: str, body: Json, purpose: str) -> None:
    assert talking.ask("POST", f"{OWN}/{form}", body).status == 202
    assert talking.seen("state", "disconnectType")[0] == ("terminated", "transfer")
    assert talking.seen("purpose")[2] == (purpose,)
    assert talking.wait(4).seen("state")[1:] == [("connected",)] * 2


def test_the_route_of_calls_transfers_too_and_a_service_may(talking: Live) -> None:
    own = f"{CALLS}/{{call}}/participants/{{1}}/replace"
    assert talking.ask("POST", own, {"address": OTHER}, "service").status == 202
    assert talking.seen("state")[0] == ("terminated",)


def test_a_call_of_a_queue_that_is_given_to_a_queue_waits_for_its_agents() -> None:
    live = Live().place(phoneNumber=ANSWERS, callFromQueueId=SUPPORT)
    live.does("PUT", f"/api/v2/users/{FRANK}/routingstatus", {"status": "IDLE"})
    assert (
        live.ask("POST", f"{CONVERSATIONS}/{{call}}/participants/{{2}}/replace", {"queueId": SUPPORT}).status
        == 202
    )
    alerted = live.wait(2).parties()[-1]
    assert (alerted["user"]["id"], alerted["state"], alerted["purpose"]) == (FRANK, "alerting", "agent")


def test_a_call_that_rings_is_not_transferred() -> None:
    live = Live().place(3, phoneNumber=RINGS_LONG)
    assert live.refusal("POST", f"{OWN}/replace", {"userId": FRANK}) == "life.transfer-not-connected"


def test_keys_are_pressed_and_nobody_sees_them(talking: Live) -> None:
    before = talking.read()
    far = f"{CONVERSATIONS}/{{call}}/participants/{{2}}"
    assert talking.ask("POST", f"{far}/digits", {"digits": "12#"}).status == 202
    assert talking.read() == before
    assert talking.refusal("POST", f"{far}/digits", {"digits": "one"}) == "digits.not-keys"


def test_a_conversation_has_the_key_of_another_system(talking: Live) -> None:
    tags = f"{CONVERSATIONS}/{{call}}/tags"
    assert talking.ask("PUT", tags, {"externalTag": "order 7"}, "service").status == 202
    assert talking.does("GET", f"{CONVERSATIONS}/{{call}}")["externalTag"] == "order 7"
    assert talking.refusal("PUT", tags, {"externalTag": "x"}, "frank") == "permission.missing"


def test_a_conversation_is_deleted(talking: Live) -> None:
    assert talking.ask("DELETE", f"{CONVERSATIONS}/{{call}}").status == 204
    assert talking.wait(1).seen("state") == [("terminated",)] * 2


def test_a_refusal_names_the_participant_to_take(talking: Live) -> None:
    body = {"speakTo": "DESTINATION", "destination": {"userId": FRANK}}
    reply = talking.ask("POST", f"{CALLS}/{{call}}/participants/{{1}}/consult", body)
    link = dict(reply.headers)["Link"].partition(">")[0].removeprefix("<")
    told = talking.does("GET", link)["explanation"]["findings"][0]["message"]
    assert told == f"the participant is your own leg; take {talking.parties()[1]['id']}"


@pytest.mark.parametrize(
    "address", ["Frank", FRANK.upper(), f"sip:{FRANK}@ringback.invalid", "frank@example.com"]
)
def test_an_address_may_be_one_of_a_user(talking: Live, address: str) -> None:
    """The id, the name, the mail, and what the API shows as the address of a leg."""
    consult(talking, address=address)
    assert talking.seen("state", "user")[2][1]["id"] == FRANK
    talking.does("DELETE", CONSULT)
    talking.does("POST", f"{OWN}/transfer", {"address": address})
    assert talking.seen("user")[-1][0]["id"] == FRANK


def test_an_address_may_be_that_of_a_leg_that_the_api_shows() -> None:
    live = Live().place(callUserId=FRANK)
    address = live.parties()[1]["address"]
    live.place()
    consult(live, address=address)
    assert live.seen("user")[2][0]["id"] == FRANK


def test_an_address_may_be_one_of_a_queue(talking: Live) -> None:
    talking.does("POST", f"{OWN}/transfer", {"address": "support"})
    assert talking.seen("purpose", "queue")[2] == (
        "acd",
        {"id": SUPPORT, "selfUri": f"/api/v2/routing/queues/{SUPPORT}"},
    )


def test_the_own_number_is_the_caller_themselves(talking: Live) -> None:
    body = {"speakTo": "DESTINATION", "destination": {"address": "+442079460002"}}
    assert talking.refusal("POST", CONSULT, body) == "life.consult-to-self"


def test_sip_addresses_of_outside_need_trunking() -> None:
    live = Live(replace(default_org(), sip_trunking=False)).place()
    outside = "sip:agent@example.com"
    body = {"speakTo": "DESTINATION", "destination": {"address": outside}}
    refused = [
        live.refusal("POST", CONSULT, body),
        live.refusal("POST", f"{OWN}/replace", {"address": outside}),
        live.refusal("POST", f"{OWN}/transfer", {"address": outside}),
        live.refusal("POST", f"{CALLS}/{{call}}/participants", {"participants": [{"address": outside}]}),
    ]
    assert refused == ["transfer.trunking-off"] * 4
    consult(live, address=f"sip:{FRANK}@ringback.invalid")


@pytest.mark.parametrize("dials", ["consult", "transfer", "invite"])
def test_a_fault_of_a_number_strikes_whoever_dials_it_into_a_call(talking: Live, dials: str) -> None:
    word = "tell" if dials == "invite" else dials
    for number in (OTHER, ANSWERS):
        fault = {"kind": "server-error", "operation": word, "number": number}
        talking.does("POST", "/__ringback/faults", fault)
        path, body = {
            "consult": (CONSULT, {"speakTo": "DESTINATION", "destination": {"address": OTHER}}),
            "transfer": (f"{OWN}/replace", {"address": OTHER}),
            "invite": (
                f"{CALLS}/{{call}}/participants",
                {"participants": [{"userId": FRANK}, {"address": OTHER}]},
            ),
        }[dials]
        assert talking.ask("POST", path, body).status == (
            500 if number == OTHER else 200 + 2 * (dials == "transfer")
        )
        talking.does("DELETE", "/__ringback/faults")


def test_what_dials_nobody_is_struck_by_the_number_of_its_call(talking: Live) -> None:
    fault = {"kind": "server-error", "operation": "tell", "number": ANSWERS}
    talking.does("POST", "/__ringback/faults", fault)
    assert talking.ask("PATCH", f"{CALLS}/{{call}}/participants/{{1}}", {"muted": True}).status == 500


@pytest.mark.parametrize(
    ("path", "body", "note"),
    [
        (
            CONSULT,
            {"speakTo": "BOTH", "destination": {"userId": FRANK, "address": OTHER}},
            "destination.address has no effect beside userId",
        ),
        (f"{OWN}/replace", {"userId": FRANK, "queueId": SUPPORT}, "queueId has no effect beside userId"),
        (
            f"{OWN}/transfer",
            {"address": "+15551234567"},
            "accepted, but the call will end in an error: no network assigns the number; 555 is no area code",
        ),
        (
            f"{CONSULT}/agent",
            {"speakTo": "BOTH", "userId": BOB},
            f"accepted, but nobody will answer: the user {BOB} has no station",
        ),
        (
            f"{CALLS}/{{call}}/participants",
            {"participants": [{"userId": BOB}]},
            f"accepted, but nobody will answer: the user {BOB} has no station",
        ),
        (CONSULT, {"speakTo": "BOTH", "destination": {"address": ANSWERS}}, ON_IT_ALREADY),
        (f"{OWN}/replace", {"address": ANSWERS}, ON_IT_ALREADY),
        (f"{CALLS}/{{call}}/participants", {"participants": [{"userId": ALICE}]}, ON_IT_ALREADY),
    ],
)
def test_what_of_a_transfer_leads_nowhere_is_told(talking: Live, path: str, body: Json, note: str) -> None:
    reply = talking.ask("POST", path, body)
    assert reply.status < 300, reply.body
    assert dict(reply.headers)["Ringback-Note"] == note


def test_somebody_is_named_by_what_the_operation_reads_alone(talking: Live) -> None:
    agent = f"{CONSULT}/agent"
    asks_nobody = {"speakTo": "BOTH", "queueId": SUPPORT}
    assert talking.refusal("POST", agent, asks_nobody) == "life.consult-without-destination"
    consult(talking, agent, userDisplayName="Frank")
    assert talking.parties()[2]["user"]["id"] == FRANK

"""What an agent writes down of a call, and the codes that there are for it."""

from __future__ import annotations

import pytest

from ringback_contracts.org import OrgError, default_org_text, load_org
from tests.mockserver.live import ANSWERS, CALLS, CONVERSATIONS, Live

SUPPORT = "90e0e000-0000-4000-8000-000000000010"
ORDERS = "90e0e000-0000-4000-8000-000000000011"
SOLVED = "c0de0000-0000-4000-8000-000000000040"
CODES = "/api/v2/routing/wrapupcodes"
OWN = f"{CALLS}/{{call}}/participants/{{1}}"
LEG = "/communications/{leg}"


@pytest.fixture
def talking() -> Live:
    """Alice called somebody for support, who has answered."""
    return Live().place(phoneNumber=ANSWERS, callFromQueueId=SUPPORT)


def own_leg(live: Live) -> str:
    """Where alice's own leg lies."""
    leg = live.does("GET", f"{CONVERSATIONS}/{{call}}")["participants"][0]["calls"][0]["id"]
    return f"{OWN}/communications/{leg}"


def test_a_wrap_up_is_given_to_a_leg_and_read_in_all_its_places(talking: Live) -> None:
    assert talking.does("GET", f"{OWN}/wrapup") == {}
    leg = own_leg(talking)
    talking.patch(1, state="disconnected").wait(7)
    assert talking.ask("POST", f"{leg}/wrapup", {"code": SOLVED, "notes": "sent a link"}).status == 202
    given = talking.does("GET", f"{OWN}/wrapup")
    assert (given["code"], given["notes"], given["durationSeconds"]) == (SOLVED, "sent a link", 7)
    assert talking.does("GET", f"{leg}/wrapup") == given
    assert talking.does("GET", OWN.replace(CALLS, CONVERSATIONS) + "/wrapup") == given
    assert talking.parties()[0]["wrapup"]["code"] == SOLVED
    assert talking.parties()[0]["wrapupRequired"] is True


def test_that_somebody_else_than_an_agent_is_given_one_is_told(talking: Live) -> None:
    body = {"wrapup": {"code": SOLVED}}
    legs = (f"{CALLS}/{{call}}/participants/{{{one}}}" for one in (1, 2))
    own, far = (talking.ask("PATCH", leg, body) for leg in legs)
    assert (own.status, far.status) == (202, 202)
    assert "Ringback-Note" not in dict(own.headers)
    assert (
        "of purpose customer: that it can be given a wrap-up is assumed" in dict(far.headers)["Ringback-Note"]
    )


def test_an_agent_s_leg_names_the_queue_that_it_works_for(talking: Live) -> None:
    shown = talking.does("GET", f"{CONVERSATIONS}/{{call}}")["participants"]
    assert [(one["queueId"], one["queueName"]) for one in shown] == [(SUPPORT, "support")] * 2


def test_a_provisional_wrap_up_is_shown_to_who_asks_for_it(talking: Live) -> None:
    leg = own_leg(talking)
    assert talking.ask("POST", f"{leg}/wrapup", {"notes": "so far", "provisional": True}).status == 202
    assert talking.does("GET", f"{leg}/wrapup") == {}
    assert talking.does("GET", f"{leg}/wrapup?provisional=true")["notes"] == "so far"
    assert talking.refusal("POST", f"{leg}/wrapup", {"notes": "done"}) == "life.wrapup-code-required"


def test_a_leg_ends_alone_and_has_data_of_its_own(talking: Live) -> None:
    leg = own_leg(talking)
    assert talking.does("PUT", f"{leg}/uuidata", {"uuiData": "04ab"}) == {}
    assert talking.parties()[0]["uuiData"] == "04ab"
    assert talking.refusal("PATCH", leg, {"held": True}) == "communication.state-required"
    assert talking.does("PATCH", leg, {"state": "disconnected"}) == {}
    assert talking.wait(1).seen("state")[0] == ("terminated",)
    assert talking.refusal("PUT", f"{OWN}/communications/{SUPPORT}/uuidata", {"uuiData": "1"}) == (
        "communication.unknown"
    )


@pytest.mark.parametrize("root", [CALLS, CONVERSATIONS])
def test_the_codes_of_a_participant_are_those_of_its_queue(talking: Live, root: str) -> None:
    codes = talking.does("GET", f"{root}/{{call}}/participants/{{1}}/wrapupcodes")
    assert [one["name"] for one in codes] == ["solved", "follow up"]
    assert talking.place().refusal("GET", f"{root}/{{call}}/participants/{{1}}/wrapupcodes") == (
        "participant.no-queue"
    )


def test_the_codes_of_the_org_and_of_a_queue_are_listed() -> None:
    live = Live()
    listed = live.does("GET", f"{CODES}?sortOrder=descending")
    assert [one["name"] for one in listed["entities"]] == ["solved", "follow up"]
    assert live.does("GET", f"{CODES}?name=sol")["total"] == 1
    assert live.does("GET", f"{CODES}?id={SOLVED}")["total"] == 1
    assert live.does("GET", f"{CODES}/{SOLVED}")["name"] == "solved"
    of_queue = live.does("GET", f"/api/v2/routing/queues/{ORDERS}/wrapupcodes")
    assert [one["name"] for one in of_queue["entities"]] == ["follow up"]
    assert live.refusal("GET", CODES, token="bob") == "permissions.missing"


def test_a_queue_that_leaves_no_choice_says_so_on_its_agents_legs() -> None:
    live = Live().place(phoneNumber=ANSWERS, callFromQueueId=ORDERS)
    assert live.seen("wrapupPrompt", "wrapupRequired")[0] == ("mandatory", True)
    assert live.refusal("PATCH", OWN, {"wrapupSkipped": True}) == "life.wrapup-cannot-skip"


def test_a_participant_is_marked_for_attention(talking: Live) -> None:
    flag = OWN.replace(CALLS, CONVERSATIONS) + "/flaggedreason"
    assert talking.ask("PUT", flag).status == 204
    assert talking.seen("flaggedReason")[0] == ("general",)
    assert talking.ask("DELETE", flag).status == 204
    assert talking.seen("flaggedReason")[0] == (None,)


@pytest.mark.parametrize(
    ("written", "instead", "told"),
    [
        ('wrap = "mandatory"', 'wrap = "always"', r"queues\[1\] \(orders\).wrap"),
        ('wrap = "mandatory"', 'wrap = "timeout"', "wrap_seconds goes with a wrap that is timeout"),
        ('wrap = "mandatory"', "wrap_seconds = 5", "wrap_seconds goes with a wrap that is timeout"),
        ('name = "solved"', 'name = "solved"\nnotes = "x"', r"wrap_up_codes\[0\] \(solved\).notes"),
        (f'wrap_up_codes = ["{SOLVED}"', f'wrap_up_codes = ["{SUPPORT}"', "no code has the id"),
    ],
)
def test_what_no_queue_can_ask_stops_the_load(written: str, instead: str, told: str) -> None:
    assert written in default_org_text()
    with pytest.raises(OrgError, match=told):
        load_org(default_org_text().replace(written, instead))


def test_a_code_that_the_org_has_not_is_refused_wherever_it_is_given(talking: Live) -> None:
    leg, own = own_leg(talking), OWN.replace(CALLS, CONVERSATIONS)
    for code in (SUPPORT, "solved", "0"):
        refused = [
            talking.refusal("POST", f"{leg}/wrapup", {"code": code}),
            talking.refusal("PATCH", OWN, {"wrapup": {"code": code}}),
            talking.refusal("PATCH", own, {"wrapup": {"code": code, "provisional": True}}),
        ]
        assert refused == ["wrapup.code-unknown"] * 3
    assert "wrapup" not in talking.parties()[0]


def test_a_wrap_up_is_shown_to_those_who_were_on_the_call_alone(talking: Live) -> None:
    own, leg = OWN.replace(CALLS, CONVERSATIONS), own_leg(talking)
    talking.patch(1, state="disconnected", wrapup={"code": SOLVED}).wait(3)
    for path in (f"{OWN}/wrapup", f"{own}/wrapup", f"{leg}/wrapup"):
        assert talking.refusal("GET", path, token="frank") == "wrapup.not-active"
        assert (
            talking.does("GET", path)["code"] == talking.does("GET", path, token="service")["code"] == SOLVED
        )

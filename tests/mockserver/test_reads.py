"""Past calls, the search for users and the members of queues, as the official SDK reads them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from ringback_contracts.org import changed, default_org
from tests.mockserver.test_people import ALICE, BOB, SUPPORT, Org, read

pytestmark = pytest.mark.sdk

HISTORY = "/conversations/calls/history"
MEMBERS = f"/routing/queues/{SUPPORT}/members"
CLOCK = "/__ringback/clock"
START = "2026-01-01T09:00:00Z"


@pytest.fixture
def org() -> Org:
    made = Org()
    made.http.post(CLOCK, json={"now": START, "freeze": True})
    return made


def dial(org: Org, number: str = "+442079460100", seconds: float = 10) -> str:
    call_id: str = org.ask("POST", "/conversations/calls", {"phoneNumber": number}).get_json()["id"]
    org.http.post(CLOCK, json={"advance": seconds})
    return call_id


def hang_up(org: Org, call_id: str) -> None:
    assert org.ask("POST", f"/conversations/{call_id}/disconnect").status_code == 202
    org.http.post(CLOCK, json={"advance": 1})


# --- past calls --------------------------------------------------------------------------------------------


def test_a_call_is_in_the_history_once_it_is_over(org: Org) -> None:
    call = dial(org)
    assert org.read("CallHistoryConversationEntityListing", HISTORY).entities == []
    hang_up(org, call)
    (past,) = org.read("CallHistoryConversationEntityListing", HISTORY).entities
    assert (past.id, past.direction, past.missed_call, past.went_to_voicemail) == (
        call,
        "outbound",
        False,
        False,
    )
    assert (past.was_conference, past.was_callback, past.was_outbound_campaign) == (False, False, False)
    own, far = past.participants
    assert (own.user.id, own.did_interact, far.did_interact, far.dnis) == (
        ALICE,
        True,
        True,
        "tel:+442079460100",
    )
    assert (far.direction, own.disconnect_type, far.disconnect_type) == ("outbound", "client", "peer")
    assert own.end_time >= own.start_time


def test_what_became_of_a_call_is_told(org: Org) -> None:
    dial(org, "+442079460101", 60)
    busy = org.read("CallHistoryConversationEntityListing", HISTORY).entities[0]
    assert [one.sip_response_codes for one in busy.participants] == [None, [480]]
    assert [one.did_interact for one in busy.participants] == [False, False]
    org.http.post("/__ringback/calls", json={"user": "Alice"})
    org.http.post(CLOCK, json={"advance": 60})
    missed = org.read("CallHistoryConversationEntityListing", HISTORY).entities[0]
    assert (missed.direction, missed.missed_call) == ("inbound", True)
    assert not busy.missed_call
    box = dial(org, "+442079460110", 60)
    hang_up(org, box)
    assert org.read("CallHistoryConversationEntityListing", HISTORY).entities[0].went_to_voicemail


def test_the_newest_comes_first_in_pages_of_the_interval(org: Org) -> None:
    calls = [dial(org, "+442079460101", 3600) for _ in range(3)]
    listing = org.read("CallHistoryConversationEntityListing", f"{HISTORY}?pageSize=2")
    assert ([one.id for one in listing.entities], listing.total) == ([calls[2], calls[1]], 3)
    rest = org.read("CallHistoryConversationEntityListing", f"{HISTORY}?pageSize=2&pageNumber=2")
    assert [one.id for one in rest.entities] == [calls[0]]
    path = f"{HISTORY}?interval=2026-01-01T09:30:00Z/2026-01-01T10:30:00Z"
    assert [one.id for one in org.read("CallHistoryConversationEntityListing", path).entities] == [calls[1]]


def test_others_and_services_have_a_history_of_their_own(org: Org) -> None:
    dial(org, "+442079460101", 60)
    assert org.read("CallHistoryConversationEntityListing", HISTORY, token="bob").entities == []
    assert org.ask("GET", HISTORY, token="service").get_json()["code"] == "not.a.user"


def test_users_and_queues_are_shown_whole_where_that_is_asked_for(org: Org) -> None:
    call = org.http.post("/__ringback/calls", json={"queue": "support", "ivr": False, "hangs_up_after": 9})
    assert call.status_code == 201
    org.ask("PUT", f"/users/{ALICE}/routingstatus", {"status": "IDLE"})
    org.http.post(CLOCK, json={"advance": 60})
    bare = org.read("CallHistoryConversationEntityListing", HISTORY).entities[0].participants[-1]
    assert (bare.user.id, bare.user.name, bare.queue.name) == (ALICE, None, None)
    reply = org.ask("GET", f"{HISTORY}?expand=user,queue,externalcontact")
    assert reply.headers["Ringback-Note"] == "expand=externalcontact has no effect in Ringback"
    text = reply.get_data(as_text=True)
    agent = read("CallHistoryConversationEntityListing", text).entities[0].participants[-1]
    assert (agent.user.name, agent.queue.name) == ("Alice", "support")


def test_the_org_says_how_large_a_conference_may_be() -> None:
    path = "/conversations/calls/maximumconferenceparties"
    assert Org().read("MaxParticipants", path).max_participants == 50
    assert Org(conference_parties=9).read("MaxParticipants", path).max_participants == 9


# --- the search --------------------------------------------------------------------------------------------


def search(org: Org, *criteria: Mapping[str, object], **more: object) -> list[str]:
    reply = org.ask("POST", "/users/search", {"query": list(criteria), **more})
    assert reply.status_code == 200, reply.get_data(as_text=True)
    return [one.name for one in read("UsersSearchResponse", reply.get_data(as_text=True)).results]


@pytest.mark.parametrize(
    ("criterion", "found"),
    [
        ({"type": "EXACT", "fields": ["email"], "value": "ALICE@example.com"}, ["Alice"]),
        ({"type": "EXACT", "fields": ["email"], "value": "alice"}, []),
        ({"type": "STARTS_WITH", "fields": ["name", "email"], "value": "b"}, ["Bob"]),
        ({"type": "CONTAINS", "fields": ["name"], "value": "ro"}, ["Carol"]),
        ({"type": "TERM", "fields": ["name"], "value": "car"}, []),
        ({"type": "TERMS", "fields": ["name"], "values": ["alice", "bob"]}, ["Alice", "Bob"]),
        ({"type": "REQUIRED_FIELDS", "fields": ["addresses"]}, ["Alice"]),
        ({"type": "EXACT", "fields": ["state"], "value": "inactive"}, ["Dave"]),
        ({"type": "EXACT", "fields": ["id"], "value": BOB}, ["Bob"]),
    ],
)
def test_a_criterion_finds_users(org: Org, criterion: dict[str, object], found: list[str]) -> None:
    names = [name for name in search(org, criterion) if name in ("Alice", "Bob", "Carol", "Dave", "Erin")]
    assert names == found


def test_criteria_are_joined_by_their_operators(org: Org) -> None:
    alice = {"type": "EXACT", "fields": ["name"], "value": "alice"}
    bob = {"type": "EXACT", "fields": ["name"], "value": "bob"}
    assert search(org, alice, bob) == []
    either = ({**alice, "operator": "OR"}, {**bob, "operator": "OR"})
    assert search(org, {"group": list(either)}) == ["Alice", "Bob"]
    assert search(org, {"group": list(either)}, {**bob, "operator": "NOT"}) == ["Alice"]
    assert search(org, {"group": list(either)}, sortOrder="DESC") == ["Bob", "Alice"]


def test_a_page_of_a_search_leads_to_the_next(org: Org) -> None:
    asked = {
        "query": [{"type": "TERMS", "fields": ["name"], "values": ["alice", "bob", "carol"]}],
        "pageSize": 2,
    }
    first = org.ask("POST", "/users/search", {**asked, "expand": ["routingStatus"]}).get_json()
    assert (first["total"], first["pageCount"], "previousPage" in first) == (3, 2, False)
    second = org.read("UsersSearchResponse", f"/users/search?q64={first['nextPage']}")
    (carol,) = second.results
    assert (carol.name, carol.routing_status.status, second.page_number) == ("Carol", "OFF_QUEUE", 2)
    assert second.next_page is None
    again = org.read("UsersSearchResponse", f"/users/search?q64={second.previous_page}&expand=presence")
    assert [one.name for one in again.results] == ["Alice", "Bob"]
    assert again.results[0].presence.presence_definition.system_presence == "Available"


def test_what_a_search_asks_in_vain_is_noted(org: Org) -> None:
    reply = org.ask("POST", "/users/search", {"expand": ["skills"], "sortBy": "title"})
    assert "expand has no effect" in reply.headers["Ringback-Note"]
    assert "sorted by name alone" in reply.headers["Ringback-Note"]


# --- members -----------------------------------------------------------------------------------------------


def joined(org: Org) -> list[tuple[str, bool]]:
    return [(one.name, one.joined) for one in org.read("QueueMemberEntityListing", MEMBERS).entities]


def test_members_join_and_leave_and_come_and_go(org: Org) -> None:
    own = org.ask("PATCH", f"/users/{ALICE}/queues/{SUPPORT}", {"joined": False})
    assert read("UserQueue", own.get_data(as_text=True)).joined is False
    assert ("Alice", False) in joined(org)
    assert org.read("Queue", f"/routing/queues/{SUPPORT}").joined_member_count == len(joined(org)) - 1
    away = org.read("QueueMemberEntityListing", f"{MEMBERS}?joined=False").entities
    assert [one.name for one in away] == ["Alice"]
    assert org.read("UserQueueEntityListing", "/routing/queues/me?joined=true").entities == []
    assert org.ask("PATCH", f"{MEMBERS}/{ALICE}", {"joined": True}).status_code == 202
    assert ("Alice", True) in joined(org)
    assert org.ask("POST", MEMBERS, [{"id": BOB}]).status_code == 200
    assert ("Bob", True) in joined(org)
    assert org.ask("POST", f"{MEMBERS}?delete=True", [{"id": BOB}]).status_code == 200
    assert org.ask("DELETE", f"{MEMBERS}/{ALICE}").status_code == 204
    assert {"Alice", "Bob"} & {name for name, _ in joined(org)} == set()
    gone = org.ask("DELETE", f"{MEMBERS}/{ALICE}")
    assert (gone.status_code, gone.headers["Ringback-Rule"]) == (404, "path.member-unknown")


def test_a_new_member_and_one_who_joins_again_are_offered_the_callers_who_wait(org: Org) -> None:
    org.ask("DELETE", f"{MEMBERS}/{ALICE}")
    org.ask("PUT", f"/users/{ALICE}/routingstatus", {"status": "IDLE"})
    rung = org.http.post("/__ringback/calls", json={"queue": "support", "ivr": False}).get_json()["id"]
    org.http.post(CLOCK, json={"advance": 5})

    def alerted() -> list[str]:
        parties = org.http.get(f"/__ringback/calls/{rung}").get_json()["parties"]
        return [one["userId"] for one in parties if one["purpose"] == "agent"]

    assert alerted() == []
    org.ask("POST", MEMBERS, [{"id": ALICE}])
    assert alerted() == [ALICE]


def test_who_has_left_a_queue_is_offered_none_of_its_callers_until_they_join(org: Org) -> None:
    org.ask("PATCH", f"{MEMBERS}/{ALICE}", {"joined": False})
    org.ask("PUT", f"/users/{ALICE}/routingstatus", {"status": "IDLE"})
    rung = org.http.post("/__ringback/calls", json={"queue": "support", "ivr": False}).get_json()
    org.http.post(CLOCK, json={"advance": 5})
    shown = org.http.get(f"/__ringback/calls/{rung['id']}").get_json()["parties"]
    assert [one["purpose"] for one in shown] == ["customer", "acd"]
    org.ask("PATCH", f"/users/{ALICE}/queues/{SUPPORT}", {"joined": True})
    shown = org.http.get(f"/__ringback/calls/{rung['id']}").get_json()["parties"]
    assert shown[-1]["userId"] == ALICE


def test_a_member_who_has_not_joined_must_be_a_member() -> None:
    queue = {"id": SUPPORT, "name": "support", "members": [ALICE], "not_joined": [BOB]}
    with pytest.raises(ValueError, match=r"queues\[0\].*not_joined: .* is no member of the queue"):
        changed(default_org(), {"queues": [queue]})

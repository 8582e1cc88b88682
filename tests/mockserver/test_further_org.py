"""What can be read and changed of an org beside its calls: the rarer operations."""

from __future__ import annotations

import orjson
import pytest

from tests.mockserver.live import Live

ALICE, BOB = "a11ce000-0000-4000-8000-000000000001", "b0b00000-0000-4000-8000-000000000002"
FRANK = "f4a2c000-0000-4000-8000-000000000006"
SUPPORT, ORDERS = "90e0e000-0000-4000-8000-000000000010", "90e0e000-0000-4000-8000-000000000011"
SOLVED, FOLLOW_UP = "c0de0000-0000-4000-8000-000000000040", "c0de0000-0000-4000-8000-000000000041"
LOBBY = "57a70000-0000-4000-8000-000000000009"
QUEUES, CODES = "/api/v2/routing/queues", "/api/v2/routing/wrapupcodes"
HOME, ELSEWHERE = "d1510000-0000-4000-8000-000000000030", "d1510000-0000-4000-8000-000000000031"
MEMBERS = f"{QUEUES}/{SUPPORT}/members"


@pytest.fixture
def live() -> Live:
    return Live()


def ids(body: dict[str, list[dict[str, str]]]) -> list[str]:
    return [one["id"] for one in body["entities"]]


def test_the_platform_s_own_presences(live: Live) -> None:
    shown = live.does("GET", "/api/v2/systempresences")
    assert {"id": "6a3af858-942f-489d-9700-5f9bcdcdae9b", "name": "Available"} in shown
    assert len(shown) == 10


def test_queues_and_codes_by_divisions(live: Live) -> None:
    for path, all_of_them in ((QUEUES, [ORDERS, SUPPORT]), (CODES, [FOLLOW_UP, SOLVED])):
        views = f"{path}/divisionviews"
        assert ids(live.does("GET", views)) == all_of_them
        assert ids(live.does("GET", f"{views}?divisionId={HOME}&sortOrder=desc&name=s")) == (
            [SUPPORT, ORDERS] if path == QUEUES else [SOLVED]
        )
        assert ids(live.does("GET", f"{views}?divisionId={ELSEWHERE}")) == []
    assert ids(live.does("GET", f"{CODES}/divisionviews?includeState=Deleted")) == []
    assert live.refusal("GET", f"{QUEUES}/divisionviews", token="frank") == "permissions.missing"


def test_the_users_of_a_queue_come_with_their_number(live: Live) -> None:
    shown = live.does("GET", f"{QUEUES}/{SUPPORT}/users?expand=routingStatus&name=a")
    assert (shown["total"], shown["pageCount"]) == (3, 1)
    assert shown["entities"][0]["routingStatus"]["status"] == "OFF_QUEUE"


def test_several_members_join_or_leave_a_queue(live: Live) -> None:
    said = [{"id": ALICE, "joined": False}, {"id": FRANK.upper(), "joined": True}]
    shown = live.does("PATCH", MEMBERS, said)
    assert [(one["id"], one["joined"]) for one in shown["entities"]] == [(ALICE, False), (FRANK, True)]
    assert live.does("GET", f"{QUEUES}/{SUPPORT}")["joinedMemberCount"] == 2
    assert live.refusal("PATCH", MEMBERS, [{"id": BOB, "joined": True}]) == "memberships.unknown"
    assert live.refusal("PATCH", MEMBERS, [{"id": ALICE}]) == "memberships.unknown"


def test_a_user_joins_or_leaves_several_queues(live: Live) -> None:
    path = f"/api/v2/users/{FRANK}/queues"
    said = [{"id": SUPPORT, "joined": False}, {"id": ORDERS, "joined": False}]
    shown = live.does("PATCH", path, said)
    assert {one["id"]: one["joined"] for one in shown["entities"]} == {SUPPORT: False, ORDERS: False}
    assert ids(live.does("GET", f"{path}?joined=true")) == []
    live.does("PATCH", path, [{"id": ORDERS, "joined": True}])
    assert ids(live.does("GET", f"{path}?joined=true")) == [ORDERS]


def test_a_queue_gets_wrap_up_codes_and_loses_them(live: Live) -> None:
    path = f"{QUEUES}/{ORDERS}/wrapupcodes"
    assert [one["id"] for one in live.does("POST", path, [{"id": SOLVED}, {"id": FOLLOW_UP}])] == [
        SOLVED,
        FOLLOW_UP,
    ]
    assert ids(live.does("GET", path)) == [FOLLOW_UP, SOLVED]
    assert live.ask("DELETE", f"{path}/{FOLLOW_UP}").status == 200
    assert ids(live.does("GET", path)) == [SOLVED]
    live.place(phoneNumber="+442079460100", callFromQueueId=ORDERS)
    codes = live.does("GET", "/api/v2/conversations/{call}/participants/{1}/wrapupcodes")
    assert [one["id"] for one in codes] == [SOLVED]
    assert live.refusal("POST", path, [{"id": BOB}]) == "codes.unknown"


def test_a_user_has_a_station_by_default(live: Live) -> None:
    path = f"/api/v2/users/{BOB}/station"
    assert live.does("GET", path) == {}
    assert live.ask("PUT", f"{path}/defaultstation/{LOBBY}").status == 202
    shown = live.does("GET", path)
    assert shown["defaultStation"] == shown["effectiveStation"]
    assert (shown["defaultStation"]["id"], shown["defaultStation"]["defaultUser"]["id"]) == (LOBBY, BOB)
    live.ask("PUT", f"{path}/associatedstation/57a70000-0000-4000-8000-000000000001")
    assert live.ask("DELETE", f"{path}/defaultstation").status == 202
    assert live.does("GET", path) == {}


def test_a_client_is_shown_without_its_secret(live: Live) -> None:
    reply = live.ask("GET", "/api/v2/oauth/clients/demo-app")
    shown = orjson.loads(reply.body)
    assert (shown["id"], shown["authorizedGrantType"], shown["state"]) == ("demo-app", "CODE", "active")
    assert "secret" not in shown
    assert b"demo-secret" not in reply.body
    assert (
        live.does("GET", "/api/v2/oauth/clients/demo-service")["authorizedGrantType"] == "CLIENT-CREDENTIALS"
    )
    assert live.refusal("GET", "/api/v2/oauth/clients/nobody") == "path.client-unknown"
    assert live.refusal("GET", "/api/v2/oauth/clients/demo-app", token="frank") == "permission.missing"

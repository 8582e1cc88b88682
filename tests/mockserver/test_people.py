"""Users, stations and presences, as the official SDK reads them from what the mock answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ringback_contracts.org import changed, default_org
from ringback_mock.app import create_app
from tests.sdk import load_sdk

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

pytestmark = pytest.mark.sdk

API = "/api/v2"
ALICE = "a11ce000-0000-4000-8000-000000000001"
BOB = "b0b00000-0000-4000-8000-000000000002"
DAVE = "da5e0000-0000-4000-8000-000000000004"
SUPPORT = "90e0e000-0000-4000-8000-000000000010"
ALICE_PHONE = "57a70000-0000-4000-8000-000000000001"
CAROL_PHONE = "57a70000-0000-4000-8000-000000000003"
FREE_PHONE = "57a70000-0000-4000-8000-000000000009"
AVAILABLE = "6a3af858-942f-489d-9700-5f9bcdcdae9b"
BUSY = "31fe3bac-dea6-44b7-bed7-47f91660a1a0"
ON_QUEUE = "e08eaf1b-ee47-4fa9-a231-1200e284798f"
CALL = {"phoneNumber": "+442079460100"}


class Org:
    """A fresh mock, asked with a token; answers are read into the models of the SDK."""

    def __init__(self, **switches: Any) -> None:
        self.http: FlaskClient = create_app(changed(default_org(), switches)).test_client()

    def ask(self, method: str, path: str, body: Any = None, token: str = "alice") -> TestResponse:
        headers = {"Authorization": f"Bearer {token}"}
        return self.http.open(API + path, method=method, json=body, headers=headers)

    def read(self, model: str, path: str, token: str = "alice") -> Any:
        """What a GET answers, as the SDK reads it; every field is one of the model's."""
        reply = self.ask("GET", path, token=token)
        assert reply.status_code == 200, reply.get_data(as_text=True)
        return read(model, reply.get_data(as_text=True))


@pytest.fixture
def org() -> Org:
    return Org()


class Raw:
    """A reply as the SDK takes it."""

    def __init__(self, data: str) -> None:
        self.data = data

    def getheader(self, _: str) -> str:
        return "application/json"


def read(model: str, text: str) -> Any:
    sdk = load_sdk()
    kind = getattr(sdk, model)
    known = set(kind().attribute_map.values())
    assert set(json.loads(text)) <= known
    return sdk.api_client.ApiClient().deserialize(Raw(text), model)


def rule(reply: TestResponse) -> tuple[int, str]:
    return reply.status_code, reply.headers["Ringback-Rule"]


def test_the_tokens_user_has_what_clients_read(org: Org) -> None:
    me = org.read("UserMe", "/users/me")
    assert (me.id, me.name, me.state, me.acd_auto_answer) == (ALICE, "Alice", "active", False)
    assert me.division.name == "Home"
    assert me.division.self_uri == f"/api/v2/authorization/divisions/{me.division.id}"
    assert [one.address for one in me.primary_contact_info] == ["alice@example.com"]
    assert [(one.address, one.media_type) for one in me.addresses] == [("+442079460002", "PHONE")]
    assert (me.presence, me.routing_status, me.station, me.authorization) == (None, None, None, None)


def test_what_is_expanded_is_there_and_what_has_no_effect_is_noted(org: Org) -> None:
    words = "presence,routingStatus,station,authorization,organization,date,presenceDefinitions,token"
    me = org.read("UserMe", f"/users/me?expand={words}")
    assert me.presence.presence_definition.system_presence == "Available"
    assert me.routing_status.status == "OFF_QUEUE"
    assert me.station.associated_station.id == me.station.effective_station.id == ALICE_PHONE
    assert "conversation:call:add" in me.authorization.permissions
    assert (me.organization.name, me.organization.state) == ("Ringback", "active")
    assert me._date.current_date is not None
    assert {one.id for one in me.presence_definitions} >= {AVAILABLE, BUSY, ON_QUEUE}
    assert "routing" in me.token.authorized_scope

    noted = org.ask("GET", "/users/me?expand=presence&expand=geolocation&colour=red")
    assert noted.headers["Ringback-Note"] == (
        "expand=geolocation has no effect in Ringback; the operation has no query parameter 'colour'"
    )
    assert "Ringback-Note" not in org.ask("GET", f"/users/me?expand={words}").headers


def test_a_note_repeats_no_number_and_no_secret(org: Org) -> None:
    note = org.ask("GET", "/users/me?expand=%2B442079460777&k3y=t0k3n").headers["Ringback-Note"]
    assert note == "expand has no effect in Ringback; the operation has no query parameter of another name"


def test_users_are_listed_by_page_state_and_id(org: Org) -> None:
    found = org.read("UserEntityListing", "/users?pageSize=2&pageNumber=2&sortOrder=desc&expand=station")
    active = [user.name for user in reversed(default_org().users) if user.enabled]
    assert [user.name for user in found.entities] == active[2:4]
    assert (found.total, found.page_count) == (len(active), -(-len(active) // 2))
    assert "pageNumber=1" in found.previous_uri
    assert "sortOrder=desc" in found.self_uri
    assert [one.id for one in org.read("UserEntityListing", "/users?state=inactive").entities] == [DAVE]
    assert [one.name for one in org.read("UserEntityListing", f"/users?id={BOB},{ALICE}").entities] == [
        "Alice",
        "Bob",
    ]
    assert org.read("UserEntityListing", "/users?pageNumber=99").entities == []


def test_the_org_is_shown(org: Org) -> None:
    shown = org.read("Organization", "/organizations/me")
    assert (shown.id, shown.name, shown.self_uri) == (
        default_org().id,
        "Ringback",
        "/api/v2/organizations/me",
    )


def test_stations_are_listed_and_read(org: Org) -> None:
    listed = org.read("StationEntityListing", "/stations")
    assert [one.name for one in listed.entities] == sorted(one.name for one in listed.entities)
    assert {one.id for one in listed.entities} >= {ALICE_PHONE, FREE_PHONE}
    assert [one.id for one in org.read("StationEntityListing", "/stations?name=LICE-").entities] == [
        ALICE_PHONE
    ]
    assert [one.id for one in org.read("StationEntityListing", f"/stations?id={FREE_PHONE}").entities] == [
        FREE_PHONE
    ]
    own = org.read("StationEntityListing", f"/stations?webRtcUserId={ALICE}").entities
    assert [one.id for one in own] == [ALICE_PHONE]
    alices = org.read("Station", f"/stations/{ALICE_PHONE.upper()}")
    assert (alices.status, alices.user_id, alices.type) == ("ASSOCIATED", ALICE, "inin_webrtc_softphone")
    free = org.read("Station", f"/stations/{FREE_PHONE}")
    assert (free.status, free.user_id) == ("AVAILABLE", None)


def test_whoever_takes_a_station_may_call_and_whoever_gives_it_up_may_not(org: Org) -> None:
    refused = org.ask("POST", "/conversations/calls", CALL, token="bob")
    assert rule(refused) == (400, "station.missing")
    given = org.ask("PUT", f"/users/{BOB}/station/associatedstation/{FREE_PHONE}")
    assert (given.status_code, given.data) == (202, b"")
    assert org.ask("POST", "/conversations/calls", CALL, token="bob").status_code == 202
    station = org.read("UserStations", f"/users/{BOB}/station").associated_station
    assert (station.id, station.associated_user.id) == (FREE_PHONE, BOB)

    assert org.ask("DELETE", f"/users/{BOB}/station/associatedstation").status_code == 202
    assert rule(org.ask("POST", "/conversations/calls", CALL, token="bob")) == (400, "station.missing")
    shown = org.read("UserStations", f"/users/{BOB}/station")
    assert (shown.associated_station, shown.last_associated_station.id) == (None, FREE_PHONE)
    assert org.read("Station", f"/stations/{FREE_PHONE}").status == "AVAILABLE"


def test_a_users_own_station_is_changed_without_the_id(org: Org) -> None:
    assert org.ask("PUT", f"/users/stations/me/associatedstation/{FREE_PHONE}").status_code == 202
    shown = org.read("UserStations", "/users/stations/me")
    assert (shown.associated_station.id, shown.last_associated_station.id) == (FREE_PHONE, ALICE_PHONE)
    assert org.ask("DELETE", "/users/stations/me/associatedstation").status_code == 202
    assert org.read("UserStations", "/users/stations/me").associated_station is None


def test_a_station_that_another_has_is_not_given_until_it_is_free(org: Org) -> None:
    taking = f"/users/{ALICE}/station/associatedstation/{CAROL_PHONE}"
    assert rule(org.ask("PUT", taking)) == (409, "station.associated")
    assert org.ask("DELETE", f"/stations/{CAROL_PHONE}/associateduser").status_code == 200
    assert org.ask("PUT", taking).status_code == 202
    assert org.read("Station", f"/stations/{CAROL_PHONE}").user_id == ALICE
    assert org.read("Station", f"/stations/{ALICE_PHONE}").status == "AVAILABLE"


def test_a_presence_is_set_and_moves_the_routing_status(org: Org) -> None:
    path = f"/users/{ALICE}/presences/purecloud"
    put = org.ask("PATCH", path, {"presenceDefinition": {"id": ON_QUEUE}, "message": "go"})
    shown = read("UserPresence", put.get_data(as_text=True))
    assert (shown.presence_definition.system_presence, shown.message) == ("On Queue", "go")
    assert org.read("RoutingStatus", f"/users/{ALICE}/routingstatus").status == "IDLE"
    again = org.read("UserPresence", f"/users/{ALICE}/presences/PURECLOUD")
    assert (again.presence_definition.id, again.modified_date) == (ON_QUEUE, shown.modified_date)
    org.ask("PATCH", f"/users/{ALICE}/presences/PureCloud", {"presenceDefinition": {"id": BUSY}})
    assert org.read("RoutingStatus", f"/users/{ALICE}/routingstatus").status == "OFF_QUEUE"


def test_a_routing_status_is_set_and_a_reset_undoes_all_of_it(org: Org) -> None:
    reply = org.ask("PUT", f"/users/{ALICE}/routingstatus", {"status": "IDLE"})
    status = read("RoutingStatus", reply.get_data(as_text=True))
    assert (status.status, status.user_id) == ("IDLE", ALICE)
    org.ask("PATCH", f"/users/{ALICE}/presences/purecloud", {"presenceDefinition": {"id": BUSY}})
    org.ask("DELETE", "/users/stations/me/associatedstation")
    assert org.http.post("/__ringback/reset").status_code == 204
    me = org.read("UserMe", "/users/me?expand=presence,routingStatus,station")
    assert me.presence.presence_definition.id == AVAILABLE
    assert me.routing_status.status == "OFF_QUEUE"
    assert me.station.associated_station.id == ALICE_PHONE
    assert me.station.last_associated_station is None
    assert org.ask("POST", "/conversations/calls", CALL).status_code == 202


def test_that_routing_s_own_words_can_be_said_is_noted_as_assumed(org: Org) -> None:
    for status in ("INTERACTING", "IDLE"):
        reply = org.ask("PUT", f"/users/{ALICE}/routingstatus", {"status": status})
        assert ("is assumed" in reply.headers.get("Ringback-Note", "")) is (status == "INTERACTING")


def test_a_copy_of_an_org_is_made_of_how_it_was_at_the_start(org: Org) -> None:
    org.ask("DELETE", "/users/stations/me/associatedstation")
    fresh = org.http.post("/__ringback/orgs").get_json()
    token = fresh["tokens"]["alice"]
    assert org.read("UserStations", "/users/stations/me", token).associated_station.id == ALICE_PHONE
    assert org.read("UserStations", "/users/stations/me").associated_station is None


def test_presences_are_listed_in_both_ways(org: Org) -> None:
    old = org.read("OrganizationPresenceEntityListing", "/presencedefinitions?pageSize=100")
    new = org.read("OrganizationPresenceDefinitionEntityListing", "/presence/definitions")
    assert [one.id for one in old.entities] == [one.id for one in new.entities]
    assert old.total == new.total == 10
    on_queue = org.read("OrganizationPresence", f"/presencedefinitions/{ON_QUEUE}")
    assert (on_queue.system_presence, on_queue.language_labels) == ("On Queue", {"en_US": "On Queue"})
    assert org.read("OrganizationPresenceDefinition", f"/presence/definitions/{ON_QUEUE}").type == "System"
    assert org.read("OrganizationPresenceEntityListing", "/presencedefinitions?deleted=true").total == 0


def test_queues_are_listed_read_and_have_members(org: Org) -> None:
    listed = org.read("QueueEntityListing", "/routing/queues?name=supp*")
    assert [(one.id, one.name, one.member_count) for one in listed.entities] == [(SUPPORT, "support", 3)]
    assert org.read("QueueEntityListing", f"/routing/queues?divisionId={ALICE}").entities == []
    queue = org.read("Queue", f"/routing/queues/{SUPPORT}")
    assert (queue.name, queue.division.name) == ("support", "Home")
    for path in ("/routing/queues/me", f"/users/{ALICE}/queues"):
        own = org.read("UserQueueEntityListing", path).entities
        assert [(one.id, one.joined) for one in own] == [(SUPPORT, True)]
        assert org.read("UserQueueEntityListing", f"{path}?joined=false").entities == []
    assert org.read("UserQueueEntityListing", f"/users/{BOB}/queues").entities == []


def test_members_are_found_by_what_they_are_in(org: Org) -> None:
    members = f"/routing/queues/{SUPPORT}/members"
    found = org.read("QueueMemberEntityListing", f"{members}?sortOrder=desc").entities
    assert [(one.name, one.member_by, one.joined) for one in found] == [
        ("Frank", "user", True),
        ("Carol", "user", True),
        ("Alice", "user", True),
    ]
    org.ask("PATCH", f"/users/{ALICE}/presences/purecloud", {"presenceDefinition": {"id": ON_QUEUE}})
    for query in ("routingStatus=IDLE", "presence=On%20Queue", "name=ali"):
        idle = org.read("QueueMemberEntityListing", f"{members}?{query}&expand=routingStatus").entities
        assert [(one.id, one.routing_status.status) for one in idle] == [(ALICE, "IDLE")], query
    assert org.read("QueueMemberEntityListing", f"{members}?memberBy=group").entities == []
    second = org.read("QueueMemberEntityListing", f"{members}?pageSize=1&pageNumber=2")
    assert [one.name for one in second.entities] == ["Carol"]
    assert ("pageNumber=3" in second.next_uri, "pageNumber=1" in second.previous_uri) == (True, True)


def test_a_queue_that_the_org_does_not_have_is_not_found(org: Org) -> None:
    assert rule(org.ask("GET", f"/routing/queues/{BOB}")) == (404, "path.queue-unknown")
    assert rule(org.ask("GET", f"/routing/queues/{SUPPORT}", token="carol")) == (403, "permissions.missing")


def test_client_credentials_are_no_user(org: Org) -> None:
    assert rule(org.ask("GET", "/users/me", token="service")) == (400, "caller.not-a-user")


def test_an_own_presence_and_a_phone_that_only_a_user_names_are_in_the_org() -> None:
    own = {"id": "9e500000-0000-4000-8000-000000000001", "name": "Lunch", "system_presence": "Meal"}
    users = [{"id": ALICE, "name": "Alice", "station": "kitchen", "presence": "Lunch"}]
    org = changed(
        default_org(),
        {"users": users, "presence_definitions": [own], "queues": [], "tokens": [], "stations": []},
    )
    alice = org.users[0]
    station = org.station_of(alice)
    assert station is not None
    assert (station.name, org.holder_of(station)) == ("kitchen", alice)
    assert org.presence_of(alice).system_presence == "Meal"

"""The clock of an org, which tests stop, move and hurry."""

from __future__ import annotations

from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.administration import FASTEST
from ringback_contracts.org import Limits, default_org
from ringback_harness.in_thread import serving
from ringback_mock.app import create_app
from ringback_mock.edges.serve import Settings
from ringback_mock.engine.clock import LATEST, ClockCommand, ClockError, OrgClock, command_from
from ringback_mock.engine.store import Store
from ringback_mock.site import Site

if TYPE_CHECKING:
    from flask.testing import FlaskClient

CALLS = "/api/v2/conversations/calls"
CLOCK = "/__ringback/clock"
ALICE = {"Authorization": "Bearer alice"}
NEW_YEAR = 1_767_225_600.0


class World:
    """The time outside, which the test moves."""

    def __init__(self) -> None:
        self.now = NEW_YEAR

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def client() -> FlaskClient:
    return create_app().test_client()


def place(client: FlaskClient, number: str, headers: dict[str, str] = ALICE) -> str:
    placed = client.post(CALLS, json={"phoneNumber": number}, headers=headers)
    assert placed.status_code == 202
    path: str = placed.get_json()["selfUri"]
    return path


def legs(client: FlaskClient, path: str, headers: dict[str, str] = ALICE) -> list[tuple[str, str]]:
    shown = client.get(path, headers=headers).get_json()["participants"]
    return [(one["purpose"], one["state"]) for one in shown]


def tell(client: FlaskClient, query: str = "", **command: Any) -> dict[str, Any]:
    told = client.post(f"{CLOCK}{query}", json=command)
    assert told.status_code == 200, told.text
    answer: dict[str, Any] = told.get_json()
    return answer


def test_a_call_that_nobody_answers_ends_as_soon_as_the_clock_says_so(client: FlaskClient) -> None:
    tell(client, freeze=True)
    path = place(client, "+442079460102")
    assert legs(client, path) == [("user", "contacting")]
    tell(client, advance=1.15)
    assert legs(client, path) == [("user", "contacting"), ("external", "dialing")]
    tell(client, advance=29.9)
    assert legs(client, path) == [("user", "dialing"), ("external", "dialing")]
    tell(client, advance=1)
    assert legs(client, path) == [("user", "terminated"), ("external", "terminated")]
    assert client.get(CALLS, headers=ALICE).get_json()["total"] == 0


def test_a_clock_can_be_set_to_a_date_and_stays_there_while_it_is_stopped(client: FlaskClient) -> None:
    told = tell(client, now="2026-01-01T09:00:00+01:00", freeze=True, speed=2)
    assert told == {"now": "2026-01-01T08:00:00.000Z", "frozen": True, "speed": 2.0}
    assert client.get(CLOCK).get_json() == told
    (own,) = client.get(place(client, "+442079460100"), headers=ALICE).get_json()["participants"]
    assert own["startTime"] == "2026-01-01T08:00:00.000Z"
    assert tell(client, now=NEW_YEAR, advance=0.25)["now"] == "2026-01-01T00:00:00.250Z"


def test_a_call_keeps_what_it_has_come_to_when_the_clock_is_set_back(client: FlaskClient) -> None:
    tell(client, freeze=True)
    path = place(client, "+442079460100")
    tell(client, advance=10)
    assert legs(client, path) == [("user", "connected"), ("external", "connected")]
    tell(client, now="2026-01-01T00:00:00Z")
    assert legs(client, path) == [("user", "connected"), ("external", "connected")]
    assert client.patch(path, json={"state": "disconnected"}, headers=ALICE).status_code == 200
    assert {state for _, state in legs(client, path)} == {"disconnected"}


def test_each_org_has_its_clock(client: FlaskClient) -> None:
    copy = client.post("/__ringback/orgs").get_json()
    theirs = {"Authorization": f"Bearer {copy['tokens']['alice']}"}
    tell(client, freeze=True)
    tell(client, f"?org={copy['id']}", freeze=True)
    mine, other = place(client, "+442079460100"), place(client, "+442079460100", theirs)
    tell(client, f"?org={copy['id']}", advance=10)
    assert legs(client, mine) == [("user", "contacting")]
    assert legs(client, other, theirs) == [("user", "connected"), ("external", "connected")]


def test_tokens_expire_by_the_clock(client: FlaskClient) -> None:
    grant = {"grant_type": "client_credentials"}
    token = client.post("/oauth/token", data=grant, auth=("demo-service", "demo-secret")).get_json()
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    tell(client, freeze=True)
    tell(client, advance=token["expires_in"] - 60)
    assert client.get("/api/v2/tokens/me", headers=headers).status_code == 200
    tell(client, advance=61)
    refused = client.get("/api/v2/tokens/me", headers=headers)
    assert (refused.status_code, refused.headers["Ringback-Rule"]) == (401, "token.expired")


def test_a_rate_limit_begins_anew_by_the_clock() -> None:
    client = create_app(replace(default_org(), limits=Limits(rate_per_minute=2))).test_client()
    tell(client, freeze=True)
    statuses = [client.get(CALLS, headers=ALICE).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    tell(client, advance=60)
    assert client.get(CALLS, headers=ALICE).status_code == 200


def test_a_reset_lets_the_clock_go_on_with_the_worlds(client: FlaskClient) -> None:
    tell(client, now=0, freeze=True, speed=60)
    client.post("/__ringback/reset")
    told = client.get(CLOCK).get_json()
    assert (told["frozen"], told["speed"], told["now"] > "2026") == (False, 1.0, True)


def test_the_date_of_replies_is_the_worlds_whatever_the_clock_says() -> None:
    with serving(Site(Store()), Settings()) as port:
        url = f"http://127.0.0.1:{port}"
        command = {"now": "2040-01-01T09:00:00Z", "freeze": True}
        assert requests.post(f"{url}/__ringback/clock", json=command, timeout=20).ok
        headers = {"Authorization": "Bearer alice"}
        reply = requests.get(f"{url}/api/v2/users/me?expand=date", headers=headers, timeout=20)
        assert reply.json()["date"]["currentDate"] == "2040-01-01T09:00:00.000Z"
        assert parsedate_to_datetime(reply.headers["Date"]).year != 2040


def test_a_server_may_hurry_every_clock_from_the_start() -> None:
    client = create_app(store=Store(speed=60)).test_client()
    copy = client.post("/__ringback/orgs").get_json()["id"]
    assert [client.get(f"{CLOCK}{query}").get_json()["speed"] for query in ("", f"?org={copy}")] == [60, 60]


def test_what_was_told_stands_among_the_changes(client: FlaskClient) -> None:
    tell(client, advance=30)
    (change,) = client.get("/__ringback/exchanges").get_json()["changes"]
    assert (change["method"], change["path"], change["body"]) == ("POST", CLOCK, '{"advance": 30}')


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "the body is no JSON"),
        (b"{", "the body is no JSON"),
        (b"[]", 'no JSON object of what the clock shall do, such as {"advance": 30}'),
        (b"{}", 'no JSON object of what the clock shall do, such as {"advance": 30}'),
        (b"30", 'no JSON object of what the clock shall do, such as {"advance": 30}'),
        (b'{"fast": 2}', "'fast' is nothing a clock can do; known: freeze, advance, speed, now"),
        (b'{"freeze": 1}', "freeze is true or false"),
        (b'{"advance": "30"}', "advance is a number"),
        (b'{"advance": true}', "advance is a number"),
        (b'{"advance": -1}', "advance is 0 or more seconds; now sets the clock back"),
        (b'{"advance": 1e300}', "it goes to"),
        (b'{"speed": 0}', "to stop the clock, freeze it"),
        (b'{"speed": -1}', "to stop the clock, freeze it"),
        (b'{"speed": 1e7}', "at most 1000000"),
        (b'{"now": "tomorrow"}', "now is no date"),
        (b'{"now": "2026-01-01T09:00:00"}', "now has no zone; write 2026-01-01T09:00:00Z"),
        (b'{"now": -1}', "it goes to"),
        (b'{"now": []}', "now is a number"),
        (b'{"now": "9999-12-31T23:59:59Z"}', "it goes to"),
    ],
)
def test_what_no_clock_can_do_is_refused_and_changes_nothing(
    client: FlaskClient, body: bytes, message: str
) -> None:
    before = tell(client, now=NEW_YEAR, freeze=True)
    refused = client.post(CLOCK, data=body, content_type="application/json")
    assert refused.status_code == 400
    assert message in refused.get_json()["message"]
    assert client.get(CLOCK).get_json() == before


def test_an_org_that_is_not_served_has_no_clock(client: FlaskClient) -> None:
    assert client.post(f"{CLOCK}?org=nobody", json={"advance": 1}).status_code == 404


def test_a_clock_runs_with_the_worlds_until_it_is_told_otherwise() -> None:
    world = World()
    clock = OrgClock(world)
    world.now -= 5
    assert clock() == world.now, "even where that is set back"
    clock.go(clock.after(ClockCommand(speed=60)))
    world.now += 2
    assert clock() == NEW_YEAR - 5 + 120
    clock.go(clock.after(ClockCommand(freeze=True)))
    world.now += 1_000
    assert clock() == NEW_YEAR - 5 + 120
    clock.go(clock.after(ClockCommand(freeze=False, speed=1, advance=5)))
    world.now += 1
    assert clock() == NEW_YEAR + 121


def test_a_clock_may_be_faster_from_the_start_and_again_after_a_reset() -> None:
    world = World()
    clock = OrgClock(world, 10)
    world.now += 1
    assert clock() == NEW_YEAR + 10
    clock.go(clock.after(ClockCommand(freeze=True, speed=1)))
    clock.reset()
    world.now += 1
    assert clock() == NEW_YEAR + 1 + 10


MOVES = st.one_of(
    st.floats(0, 1e6).map(lambda seconds: ClockCommand(advance=seconds)),
    st.floats(1e-3, FASTEST).map(lambda speed: ClockCommand(speed=speed)),
    st.booleans().map(lambda freeze: ClockCommand(freeze=freeze)),
)


@given(st.lists(st.tuples(MOVES, st.floats(0, 1e3)), max_size=8))
def test_without_a_date_no_clock_runs_back(moves: list[tuple[ClockCommand, float]]) -> None:
    world = World()
    clock = OrgClock(world)
    for command, passes in moves:
        before = clock()
        if before + command.advance <= LATEST:
            clock.go(clock.after(command))
            assert clock() == before + command.advance
        told = clock()
        world.now += passes
        assert clock() >= told


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)
NAMES = st.sampled_from([*ClockCommand._fields, "other"])


@given(JSON | st.dictionaries(NAMES, JSON))
def test_any_json_is_a_command_or_refused(data: object) -> None:
    try:
        command = command_from(data)
    except ClockError:
        return
    assert command.advance >= 0
    assert command.speed is None or 0 < command.speed <= FASTEST

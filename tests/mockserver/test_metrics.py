"""``GET /metrics``: what Prometheus reads is what happened, and who may read it; and the log in JSON."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from ringback_contracts.http.faults import parse_fault
from ringback_mock.engine.conversation import A_FEW
from ringback_mock.engine.guard import Guard
from ringback_mock.engine.store import Store
from ringback_mock.engine.tally import SECONDS
from ringback_mock.http import HERE, Peer, Response
from ringback_mock.resources.metrics import AT_A_TIME
from ringback_mock.site import Site
from ringback_mock.version import VERSION
from tests.mockserver.listening import CALLS, OWN_CALLS, World
from tests.mockserver.process import ALICE, serving
from tests.mockserver.wire import CALL

Labels = frozenset[tuple[str, str]]
STRANGER = Peer("192.0.2.7")


def scraped(site: Site, **headers: str) -> dict[tuple[str, Labels], float]:
    """The numbers by name and labels."""
    answer = asked(site, **headers)
    assert answer.status == 200, answer.body
    assert dict(answer.headers)["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    families = text_string_to_metric_families(answer.body.decode())
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def asked(site: Site, path: str = "/metrics", peer: Peer = HERE, /, **headers: str) -> Response:
    path, _, query = path.partition("?")
    told = {"host": "127.0.0.1", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return site.answer(site.request("GET", path, told, b"", query=query), peer).whole()


def counted(site: Site, operation: str, status: int, rule: str = "") -> float:
    labels = frozenset({("operation", operation), ("status", str(status)), ("rule", rule)})
    return scraped(site).get(("ringback_requests_total", labels), 0)


def gauge(site: Site, name: str, **labels: str) -> float:
    return scraped(site)[name, frozenset(labels.items())]


# What is counted


def test_requests_are_counted_by_operation_status_and_rule() -> None:
    world = World()
    for _ in range(3):
        world.place()
    refused, _ = world.send("POST", f"/api/v2{CALLS}", {"phoneNumber": "+442079460100", "callUserId": "x"})
    world.send("GET", "/api/v2/users/me", token="nobody's")
    world.send("GET", "/api/v2/routing/skills")
    assert counted(world.site, "postConversationsCalls", 202) == 3
    assert counted(world.site, "postConversationsCalls", 400, dict(refused.headers)["Ringback-Rule"]) == 1
    assert counted(world.site, "getUsersMe", 401, "token.unknown") == 1
    assert counted(world.site, "getRoutingSkills", 501, "path.not-served") == 1


def test_a_reply_that_a_fault_gave_is_its_operation_s() -> None:
    world = World()
    world.site.store.default.faults.add(
        tuple(world.site.store.default.faults.armed(parse_fault("server-error")))
    )
    answer, _ = world.send("POST", f"/api/v2{CALLS}", {"phoneNumber": "+442079460100"})
    assert answer.status >= 500
    assert counted(world.site, "postConversationsCalls", answer.status) == 1


def test_what_is_asked_beside_the_api_is_counted_under_no_operation() -> None:
    site = Site(Store())
    asked(site, "/healthz")
    asked(site, "/healthz")
    assert counted(site, "", 200) == 3, "a scrape counts itself"
    assert counted(site, "", 200) == 4


def test_a_listing_in_pieces_is_counted_once_it_is_made() -> None:
    world = World()
    for _ in range(2 * A_FEW):
        world.place()
    request = world.site.request(
        "GET", f"/api/v2{CALLS}", {"host": "mock.test", "authorization": "Bearer alice"}, b""
    )
    answer = world.site.answer(request)
    assert answer.pieces is not None
    assert counted(world.site, "getConversationsCalls", 200) == 0
    answer.whole()
    assert counted(world.site, "getConversationsCalls", 200) == 1


def test_calls_are_told_by_their_state_as_time_passes() -> None:
    world = World()
    first, second = world.place(), world.place()
    assert gauge(world.site, "ringback_calls", state="alerting") == 2
    world.advance(10)
    assert gauge(world.site, "ringback_calls", state="connected") == 2
    world.hang_up(first)
    (leg,) = (
        one["id"]
        for one in world.ask("GET", f"/conversations/calls/{second}")["participants"]
        if one.get("purpose") in ("agent", "user")
    )
    world.ask("PATCH", f"/conversations/calls/{second}/participants/{leg}", {"held": True}, status=202)
    states = {state: gauge(world.site, "ringback_calls", state=state) for state in ("connected", "held")}
    assert states == {"connected": 0, "held": 1}
    assert gauge(world.site, "ringback_calls", state="ended") == 1


@pytest.mark.parametrize("number", [0, 1, AT_A_TIME, 2 * AT_A_TIME + 1])
def test_many_calls_are_looked_at_a_few_at_a_time(number: int) -> None:
    world = World()
    for _ in range(number):
        world.place()
    request = world.site.request("GET", "/metrics", {"host": "mock.test"}, b"")
    pieces = world.site.answer(request).pieces
    assert pieces is not None
    turns = list(pieces)
    assert len(turns) == -(-number // AT_A_TIME) + 1
    assert gauge(world.site, "ringback_calls", state="alerting") == number


def test_calls_that_come_while_numbers_are_made_break_nothing() -> None:
    world = World(calls_size=AT_A_TIME + 5)
    for _ in range(AT_A_TIME + 5):
        world.place()
    request = world.site.request("GET", "/metrics", {"host": "mock.test"}, b"")
    pieces = world.site.answer(request).pieces
    assert pieces is not None
    next(pieces)
    for _ in range(10):
        world.place()
    assert b'ringback_calls{state="alerting"} 105.0' in b"".join(pieces)


def test_orgs_channels_sockets_and_journals_are_told() -> None:
    world = World()
    world.listen(OWN_CALLS)
    world.admin("POST", "/orgs", {}, status=201)
    numbers = {name: value for (name, labels), value in scraped(world.site).items() if not labels}
    assert numbers["ringback_orgs"] == 2
    assert (numbers["ringback_channels"], numbers["ringback_sockets"]) == (1, 1)
    assert numbers["ringback_journal_exchanges"] == 2
    assert numbers["ringback_journal_forgotten"] == 0
    assert numbers["ringback_kept_bytes"] > 0
    assert gauge(world.site, "ringback_info", version=VERSION) == 1


def test_the_steps_of_a_store_are_told_once_they_are_timed() -> None:
    site = Site(Store())
    assert not [name for name, _ in scraped(site) if name.startswith("ringback_store")]
    for seconds in (0.0001, 0.0002, 0.3, 7.0):
        site.tally.time("commit", seconds)
    told = scraped(site)
    step = ("step", "commit")
    buckets = {
        dict(labels)["le"]: value
        for (name, labels), value in told.items()
        if name == "ringback_store_seconds_bucket"
    }
    assert len(buckets) == len(SECONDS) + 1
    assert (buckets["0.0001"], buckets["0.00025"], buckets["0.25"], buckets["0.5"]) == (1, 2, 2, 3)
    assert buckets["1.0"] == 3
    assert told["ringback_store_seconds_count", frozenset({step})] == buckets["+Inf"] == 4
    assert told["ringback_store_seconds_sum", frozenset({step})] == pytest.approx(7.3003)


# Who may read it


@pytest.mark.parametrize(
    "headers",
    [{"ringback_admin_token": "let-me-in"}, {"authorization": "Bearer let-me-in"}],
    ids=["its own header", "as Prometheus sends it"],
)
def test_the_admin_token_opens_it(headers: dict[str, str]) -> None:
    site = Site(Store(), guard=Guard("let-me-in", "0.0.0.0"))
    assert asked(site, "/metrics", STRANGER, **headers).status == 200


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer alice"}, {"authorization": "Basic x"}])
def test_without_the_admin_token_it_is_closed(headers: dict[str, str]) -> None:
    site = Site(Store(), guard=Guard("let-me-in", "0.0.0.0"))
    answer = asked(site, "/metrics", STRANGER, **headers)
    assert answer.status == 401
    assert dict(answer.headers)["WWW-Authenticate"] == 'Bearer realm="ringback"'


def test_the_bearer_token_opens_no_other_admin_path() -> None:
    site = Site(Store(), guard=Guard("let-me-in"))
    assert asked(site, "/__ringback/rules", authorization="Bearer let-me-in").status == 401


def test_others_on_the_network_cannot_read_it_without_a_token() -> None:
    site = Site(Store(), guard=Guard(bound="0.0.0.0"))
    assert asked(site, "/metrics", STRANGER).status == 403
    assert asked(Site(Store()), "/metrics", STRANGER).status == 403
    assert asked(Site(Store()), origin="https://evil.example").status == 403


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "*/*",
        "text/plain;version=x",
        "application/openmetrics-text;version=abc",
        "text/plain;version=1.0.0",
    ],
)
def test_it_answers_in_its_one_form_whatever_is_accepted(accept: str) -> None:
    assert scraped(Site(Store()), accept=accept)


def test_a_parameter_is_refused() -> None:
    assert asked(Site(Store()), "/metrics?name=x").status == 400


# The log in JSON


def _lines(err: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in err.splitlines()]
    for line in lines:
        assert datetime.fromisoformat(line["time"]).tzinfo is not None
        assert {"level", "logger"} <= line.keys()
    return lines


def test_each_exchange_is_one_line_of_json() -> None:
    with serving("--log-format", "json") as server:
        placed = server.place(CALL)
        refused = server.get("/api/v2/users/+13175551234/queues?access_token=sesame-93")
        _, _, err = server.stop()
    exchanges = [line for line in _lines(err) if "status" in line]
    assert [(one["method"], one["status"], one["operation"]) for one in exchanges] == [
        ("POST", 202, "postConversationsCalls"),
        ("GET", refused.status_code, exchanges[1]["operation"]),
    ]
    assert [one["correlationId"] for one in exchanges] == [
        reply.headers["ININ-Correlation-Id"] for reply in (placed, refused)
    ]
    assert exchanges[0]["rule"] is None
    assert exchanges[1]["rule"] == refused.headers["Ringback-Rule"]
    assert all(0 < one["milliseconds"] < 60_000 for one in exchanges)
    for secret in ("3175551234", "sesame-93", "alice", "442079460100"):
        assert secret not in "\n".join(line for line in err.splitlines() if '"status"' in line)


def test_a_quiet_log_in_json_tells_no_exchange() -> None:
    with serving("--log-format", "json", "--quiet") as server:
        server.place(CALL)
        server.get("/api/v2/users/you")
        _, _, err = server.stop()
    assert not [line for line in _lines(err) if "status" in line]


def test_the_other_lines_are_json_too() -> None:
    with serving("--log-format", "json", "--host", "0.0.0.0") as server:
        _, _, err = server.stop()
    assert any("others on the network" in line.get("message", "") for line in _lines(err))


def test_prometheus_reads_a_server_with_its_token() -> None:
    with serving(RINGBACK_ADMIN_TOKEN="let-me-in") as server:
        reply = requests.get(
            f"{server.url}/metrics", headers={"Authorization": "Bearer let-me-in"}, timeout=30
        )
        assert reply.status_code == 200
        assert "ringback_calls{" in reply.text
        assert requests.get(f"{server.url}/metrics", headers=ALICE, timeout=30).status_code == 401
        _, _, err = server.stop()
    assert "let-me-in" not in err

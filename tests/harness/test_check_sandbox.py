"""``ringback check`` of a real org: every suite does what is safe there, and says why not more."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import requests
from click.testing import CliRunner, Result

from ringback_client import Call
from ringback_contracts.catalogue import PLACING, TABLE
from ringback_contracts.core.model import Request
from ringback_contracts.resources.notifications.operations import OPEN_CHANNEL
from ringback_contracts.resources.notifications.rules import CHANNELS
from ringback_harness.cassettes import read_cassettes
from ringback_harness.cassettes.evidence import confirmed
from ringback_harness.check.api import LEFT_OUT
from ringback_harness.check.relay import READING, Relay, reading_document, relayed
from ringback_harness.check.rules import ANYWHERE
from ringback_harness.cli import main
from ringback_harness.diff import compare_cassettes
from ringback_harness.sandbox import NotAllowed
from ringback_harness.sandbox.listening import MOST, NOBODYS
from ringback_harness.sandbox.ringing import OURS
from ringback_harness.targets import InProcess, OutOfReach, World
from ringback_mock.engine.conversation import conversation
from ringback_mock.http import Response
from tests.standin import COLLEAGUE, EMAIL, ME, NAME, NUMBER, TOKEN, StandIn, standin, waits_for_nothing

BUDGET = 4
ALLOWED = ("--allow-calls", "--allow-number", NUMBER, "--allow-user", COLLEAGUE, "--budget", str(BUDGET))
Rows = dict[tuple[str, str, str], Counter[str]]


@dataclass
class Ran:
    """A finished check: what it printed, its report, and what the stand-in was asked."""

    result: Result
    folder: Path
    asked: list[Request]
    posted: list[Request]
    placed: list[str]
    rung: list[str]
    over: list[bool]
    channels: list[str]

    @property
    def report(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads((self.folder / "ringback-check.json").read_text())
        return report

    def tried(self, suite: str) -> int:
        return sum(row["held"] + row["failed"] for row in self.report["rows"] if row["suite"] == suite)

    def row(self, subject: str, operation: str) -> dict[str, Any]:
        (found,) = (
            row for row in self.report["rows"] if (row["subject"], row["operation"]) == (subject, operation)
        )
        return dict(found)


def check(stand_in: StandIn, folder: Path, *options: str) -> Ran:
    reports = ("--report", "json,har,junit", "--report-dir", str(folder), "--examples", "60")
    with pytest.MonkeyPatch.context() as patch:
        waits_for_nothing(patch)
        result = CliRunner().invoke(
            main, ["check", "--target", "sandbox", *reports, *options], env=stand_in.environment
        )
    calls = list(stand_in.store.default.calls.of_user(ME, stand_in.store.clock()))
    over = [Call.read(conversation(call, stand_in.store.clock())).over for call in calls]
    rung = [number for call in calls for number in call.numbers]
    placed = [call.id for call in calls]
    channels = [channel.id for channel in stand_in.store.default.channels]
    return Ran(result, folder, [*stand_in.asked], stand_in.posted, placed, rung, over, channels)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    folder = tmp_path_factory.mktemp("sandbox")
    with standin(folder) as stand_in:
        yield check(stand_in, folder / "reports", *ALLOWED, "--record", str(folder / "cassettes"))


def test_an_org_that_keeps_the_rules_passes_in_every_suite(ran: Ran) -> None:
    assert ran.result.exit_code == 0, ran.result.output
    assert " 0 failed" in ran.result.output
    for suite in ("flow", "rules", "client", "document"):
        assert ran.tried(suite) > 0, suite


def test_it_places_no_more_calls_than_its_budget_and_ends_them(ran: Ran) -> None:
    rung = [request for request in ran.posted if NUMBER.encode() in request.body]
    assert len(rung) == BUDGET
    assert ran.over == [True] * BUDGET


def test_nobody_is_rung_who_is_not_on_the_list(ran: Ran) -> None:
    assert set(ran.rung) <= {NUMBER, COLLEAGUE}
    assert ran.rung


def test_what_no_org_has_is_asked_for_everywhere(ran: Ran) -> None:
    held = {row["subject"] for row in ran.report["rows"] if row["suite"] == "rules" and row["held"]}
    assert held >= ANYWHERE
    assert {rule for rule in held if rule in TABLE.by_id} - ANYWHERE


def test_schemathesis_tries_what_reads_and_says_why_nothing_else(ran: Ran) -> None:
    for operation in READING:
        assert ran.row("schemathesis", operation)["held"] > 0
    for operation, reason in LEFT_OUT.items():
        row = ran.row("schemathesis", operation)
        assert (row["held"], row["failed"], row["not_reached"], row["reason"]) == (0, 0, 1, reason)


def test_what_writes_places_a_call_ends_one_or_is_about_the_runs_own_channels(ran: Ran) -> None:
    writing = [one for one in ran.asked if one.method not in ("GET", "HEAD") and one not in ran.posted]
    of_channels = [one for one in writing if one.path.startswith(CHANNELS)]
    ids = {one.path.removeprefix(CHANNELS).removesuffix("/subscriptions").strip("/") for one in of_channels}
    assert ids - {NOBODYS} == {"", *ran.channels}
    assert 0 < len(ran.channels) <= MOST
    writing = [one for one in writing if one not in of_channels]
    assert {request.method for request in writing} == {"POST", "PATCH"}
    ids = {request.path.rpartition("/conversations/")[2].removeprefix("calls/")[:36] for request in writing}
    assert ids <= {*ran.placed, *OURS}


def test_a_call_is_told_to_its_end_and_the_rules_of_channels_are_tried(ran: Ran) -> None:
    row = ran.row("a call that is ended at once is told to its end", OPEN_CHANNEL)
    assert (row["held"], row["failed"]) == (1, 0)
    held = {row["subject"] for row in ran.report["rows"] if row["suite"] == "rules" and row["held"]}
    assert held >= {"path.channel-unknown", "subscriptions.not-a-list", "topic.invalid"}


def test_no_report_and_no_cassette_names_anybody(ran: Ran) -> None:
    cassettes = list((ran.folder.parent / "cassettes").iterdir())
    assert len(cassettes) == len(ran.asked)
    for path in (*cassettes, *ran.folder.iterdir()):
        for hidden in (TOKEN, NAME, EMAIL):
            assert hidden.lower() not in path.read_text().lower(), path
    assert not any(NUMBER[1:] in path.read_text() for path in cassettes)


def test_what_it_records_replays_on_the_mock_and_contradicts_no_rule(ran: Ran) -> None:
    cassettes = read_cassettes(ran.folder.parent / "cassettes")
    assert compare_cassettes(cassettes, "cassettes").differences == []
    assert confirmed(cassettes).contradicted == {}


def test_a_dry_run_of_every_suite_sends_nothing(tmp_path: Path) -> None:
    with standin(tmp_path) as stand_in:
        ran = check(stand_in, tmp_path / "reports", "--allow-number", NUMBER)
        assert ran.result.exit_code == 0, ran.result.output
        assert stand_in.asked == []
    assert "would send: GET /api/v2/tokens/me" in ran.result.output
    assert NUMBER in ran.result.output


def test_an_org_that_differs_fails_in_every_suite_that_can_see_it(tmp_path: Path) -> None:
    table = TABLE.with_rule(replace(TABLE["destination.missing"], code="no.destination"))

    def as_text(response: Response) -> Response:
        return replace(response, headers=(*_but("Content-Type", response), ("Content-Type", "text/plain")))

    with standin(tmp_path, table=table, otherwise={"call.unknown": as_text}) as stand_in:
        options = ("--budget", "0", "--allow-calls", "--examples", "200")
        ran = check(stand_in, tmp_path / "reports", *options)
        line = f"{stand_in.settings.target.api}/api/v2/conversations/calls"
    assert ran.result.exit_code == 1
    failed = {(failure["suite"], failure["subject"]) for failure in ran.report["failures"]}
    assert failed >= {
        ("rules", "destination.missing"),
        ("client", "predictions, published bodies"),
        ("document", "schemathesis"),
        ("rules", "call.unknown"),
    }
    pasted = [text for text in ran.result.output.splitlines() if text.startswith("curl -i ")]
    assert any(text.startswith(f"curl -i {line}") for text in pasted)
    assert all("Bearer alice" not in text for text in pasted)
    assert any('"authorization: Bearer $RINGBACK_ACCESS_TOKEN"' in text for text in pasted)


def _but(name: str, response: Response) -> list[tuple[str, str]]:
    return [pair for pair in response.headers if pair[0].lower() != name.lower()]


def test_client_credentials_are_asked_for_what_they_can_be(tmp_path: Path) -> None:
    with standin(tmp_path) as stand_in:
        login = {
            "GENESYSCLOUD_OAUTHCLIENT_ID": "demo-service",
            "GENESYSCLOUD_OAUTHCLIENT_SECRET": "demo-secret",
        }
        environment = {**stand_in.environment, **login, "RINGBACK_ACCESS_TOKEN": ""}
        with pytest.MonkeyPatch.context() as patch:
            waits_for_nothing(patch)
            options = ["--allow-calls", "--budget", "0", "--examples", "20"]
            result = CliRunner().invoke(main, ["check", "--target", "sandbox", *options], env=environment)
    assert result.exit_code == 0, result.output
    assert "nobody can be asked as 'alice' there" in result.output


# --- the relay ------------------------------------------------------------------------------------------


def asked(world: World, method: str, path: str, **shown: str) -> tuple[str, Any]:
    said: list[str] = []
    relay = Relay(world)
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "HTTP_AUTHORIZATION": "Bearer alice",
        "HTTP_HOST": "127.0.0.1:1",
        "HTTP_RINGBACK_RELAY_TOKEN": relay.secret,
        **shown,
    }
    body = b"".join(relay(environ, lambda status, _: said.append(status)))
    return said[0][:3], json.loads(body)


def test_a_relay_passes_on_what_reads_and_nothing_else() -> None:
    sent: list[Request] = []
    world = InProcess().world()

    def noted(request: Request) -> Any:
        sent.append(request)
        return world.deliver(request)

    watched = replace(world, deliver=noted)
    assert asked(watched, "GET", "/api/v2/users/me")[0] == "200"
    for method, path in (
        ("POST", "/api/v2/conversations/calls"),
        ("GET", "/"),
        ("DELETE", "/api/v2/tokens/me"),
    ):
        assert asked(watched, method, path)[0] == "404"
    assert [(request.method, request.path) for request in sent] == [("GET", "/api/v2/users/me")]


@pytest.mark.parametrize(
    "shown",
    [
        {"HTTP_RINGBACK_RELAY_TOKEN": ""},
        {"HTTP_RINGBACK_RELAY_TOKEN": "guessed"},
        {"HTTP_RINGBACK_RELAY_TOKEN": "\xe9"},
        {"HTTP_HOST": "evil.example"},
        {"HTTP_HOST": "evil.example:1"},
    ],
)
@pytest.mark.parametrize("path", ["/api/v2/users/me", "/openapi.json", "/"])
def test_a_relay_answers_nobody_but_its_run(path: str, shown: dict[str, str]) -> None:
    def send(_: Request) -> Any:
        raise AssertionError("nothing may be sent for a stranger")

    watched = replace(InProcess().world(), deliver=send)
    refused = ("403", {"message": "this relay answers only the run that started it"})
    assert asked(watched, "GET", path, **shown) == refused


def test_two_relays_have_secrets_of_their_own_which_no_repr_shows() -> None:
    one, other = Relay(InProcess().world()), Relay(InProcess().world())
    assert one.secret != other.secret
    assert one.secret not in repr(one)


def test_a_relay_names_nobody() -> None:
    _, me = asked(InProcess().world(), "GET", "/api/v2/users/me")
    assert me["name"].startswith("Name ")
    assert me["email"].endswith("@example.com")
    assert "alice" not in json.dumps(me).lower()


@pytest.mark.parametrize("error", [OutOfReach("not there"), NotAllowed("not there")])
def test_a_relay_says_why_something_did_not_get_through(error: OutOfReach) -> None:
    def fail(_: Request) -> Any:
        raise error

    world = replace(InProcess().world(), deliver=fail)
    assert asked(world, "GET", "/api/v2/users/me") == ("504", {"message": "not there"})


def test_the_end_of_a_relay_waits_for_nobody() -> None:
    arrived, never = Event(), Event()

    def hold(_: Request) -> Any:
        arrived.set()
        never.wait(60)
        raise OutOfReach("too late")

    held = replace(InProcess().world(), deliver=hold)
    with relayed(held) as (url, secret):
        own = {"Ringback-Relay-Token": secret}
        asking = Thread(target=lambda: requests.get(f"{url}/api/v2/users/me", headers=own, timeout=60))
        asking.start()
        assert arrived.wait(60)
    assert asking.is_alive()
    never.set()
    asking.join()


def test_the_document_of_a_relay_has_nothing_that_writes_and_nothing_of_ours() -> None:
    document = reading_document()
    assert {item["get"]["operationId"] for item in document["paths"].values()} == READING
    assert not PLACING & READING
    text = json.dumps(document["paths"])
    assert "Ringback-" not in text
    assert '"post"' not in text
    assert '"in": "query"' not in text
    assert all(item["get"]["responses"].keys() >= {"200", "401"} for item in document["paths"].values())

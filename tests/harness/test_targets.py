"""Targets: what each can do, whose tokens are whose, and what is out of reach."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from ringback_client import TargetUnreachable
from ringback_contracts.catalogue import TABLE
from ringback_contracts.core.model import Request
from ringback_contracts.http.faults import Fault
from ringback_contracts.org import default_org
from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_harness.at_url import AtUrl, opened
from ringback_harness.cassettes import Origin, Tape
from ringback_harness.exits import Refused, SetupError
from ringback_harness.targets import CheckTarget, InProcess, OutOfReach, Traits, World, call_request
from tests.harness.deviant import deviant
from tests.serving import free_port, mock_server

CALL = {"phoneNumber": "+442079460100"}
DEAD = {"phoneNumber": "+15551234567"}


@pytest.fixture(scope="module", params=["in process", "at a URL"])
def target(request: pytest.FixtureRequest) -> Iterator[CheckTarget]:
    if request.param == "in process":
        yield InProcess()
    else:
        with mock_server() as url:
            yield AtUrl(url)


def test_a_world_answers_those_whom_the_default_org_names(target: CheckTarget) -> None:
    world = target.world()
    assert world.send(call_request(CALL)).status == 202
    assert world.send(call_request(CALL, "carol")).status == 403
    assert world.send(call_request(CALL, "expired")).headers["Ringback-Rule"] == "token.expired"
    assert world.send(call_request(CALL, "nobody")).headers["Ringback-Rule"] == "token.unknown"


def test_a_world_has_the_switches_that_were_asked_for(target: CheckTarget) -> None:
    strict = target.world({"strict_numbers": True})
    assert strict.org is not None
    assert strict.org.strict_numbers
    assert strict.send(call_request(DEAD)).status == 422
    assert target.world().send(call_request(DEAD)).status == 202


@pytest.mark.parametrize("fault", default_org().faults, ids=lambda fault: str(fault.kind))
def test_nothing_goes_wrong_on_purpose_in_a_world(fault: Fault, target: CheckTarget) -> None:
    assert target.world().send(call_request({"phoneNumber": fault.number})).status == 202


def test_nothing_is_sent_to_another_host_whatever_the_path_says() -> None:
    with mock_server() as url:
        world = AtUrl(url).world()
        for path in (".evil.test/api", "@evil.test/", ":9/", "//evil.test", "/api/../evil", ""):
            with pytest.raises(OutOfReach, match="it is not sent, for the path"):
                world.send(Request("GET", path, {"authorization": "Bearer alice"}))


def test_time_passes_in_process_without_anybody_waiting() -> None:
    world = InProcess().world()
    path = f"{CALLS_PATH}/{world.place_call()}"
    read = Request("GET", path, {"authorization": "Bearer alice"})
    legs = []
    for _ in range(2):
        legs.append(len(world.send(read).document["participants"]))
        world.wait(3600.0)
    assert legs == [1, 2]


def test_worlds_do_not_share_a_rate_limit(target: CheckTarget) -> None:
    limit = {"limits": {"rate_per_minute": 1}}
    one, other = target.world(limit), target.world(limit)
    assert [one.send(call_request(CALL)).status for _ in range(2)] == [202, 429]
    assert other.send(call_request(CALL)).status == 202


def test_neighbours_are_other_orgs_of_the_same_server(target: CheckTarget) -> None:
    world = target.world()
    call_id = world.neighbour().place_call()
    request = Request("GET", f"/api/v2/conversations/calls/{call_id}", {"authorization": "Bearer alice"})
    assert world.send(request).status == 404


def test_what_cannot_be_said_with_a_client_library_is_sent_all_the_same(target: CheckTarget) -> None:
    world = target.world()
    headers = {"authorization": "Bearer alice"}
    elsewhere = Request("GET", "/api/v2/users/me", headers, host_allowed=False)
    malformed = Request("GET", "/api/v2/users/me", headers, well_formed=False)
    assert world.send(elsewhere).headers["Ringback-Rule"] == "host.misdirected"
    assert world.send(malformed).headers["Ringback-Rule"] == "http.malformed"


def test_a_broken_switch_makes_no_world_at_a_url() -> None:
    with mock_server() as url, pytest.raises(OutOfReach, match="no such org"):
        AtUrl(url).world({"users": []})


def test_where_calls_are_real_none_is_placed_on_the_way() -> None:
    usual = InProcess().world()
    world = World(Traits(real=True), usual.url, usual.org, usual.tokens, usual.deliver, usual.neighbour)
    with pytest.raises(OutOfReach, match="real"):
        world.place_call()


def test_a_token_that_nobody_has_there_is_out_of_reach() -> None:
    usual = InProcess().world()
    world = World(Traits(), usual.url, None, {"alice": "secret"}, usual.deliver, usual.neighbour)
    with pytest.raises(OutOfReach, match="'bob'"):
        world.send(call_request(CALL, "bob"))
    sent = world.as_known_here(call_request(CALL))
    assert sent.headers["authorization"] == "Bearer secret"
    assert "secret" not in repr(world)


def test_a_mock_is_started_and_ended() -> None:
    with opened("mock") as target:
        assert target.traits == Traits(makes_orgs=True, names_rules=True)
        url = target.url
    with pytest.raises(TargetUnreachable):
        AtUrl(url)


def test_a_ringback_may_be_anywhere() -> None:
    with deviant(TABLE, "0.0.0.0") as url, opened(url) as target:
        assert target.traits.makes_orgs


def test_a_ringback_with_an_admin_token_gets_it_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    notes = Tape(tmp_path, Origin("a mock"))
    with mock_server("--admin-token", "let-me-in") as url:
        with pytest.raises(SetupError, match="RINGBACK_ADMIN_TOKEN"):
            AtUrl(url)
        monkeypatch.setenv("RINGBACK_ADMIN_TOKEN", "another")
        with pytest.raises(SetupError, match="another token than the server's"):
            AtUrl(url)
        monkeypatch.setenv("RINGBACK_ADMIN_TOKEN", "let-me-in")
        world = AtUrl(url, notes=notes).world()
        assert world.send(call_request(CALL)).status == 202
    recorded = "".join(path.read_text("utf-8") for path in tmp_path.iterdir())
    assert "Ringback-Admin-Token" in recorded
    assert "let-me-in" not in recorded


def test_a_ringback_that_keeps_its_admin_paths_closed_is_told() -> None:
    with (
        mock_server("--host", "0.0.0.0") as url,
        pytest.raises(SetupError, match="start it with the variable"),
    ):
        AtUrl(url)


def test_only_a_ringback_that_asks_for_it_gets_the_admin_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGBACK_ADMIN_TOKEN", "let-me-in")
    seen: list[str | None] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.headers["Ringback-Admin-Token"])
            self.send_error(401)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        assert AtUrl(f"http://127.0.0.1:{server.server_port}").traits == Traits()
        server.shutdown()
    assert seen == [None]


def test_a_url_where_calls_might_ring_somebody_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ringback_harness.at_url.ADMIN", "/elsewhere")
    with deviant(TABLE, "0.0.0.0") as url, pytest.raises(Refused, match="might ring"), opened(url):
        pass


def test_what_is_no_ringback_makes_no_orgs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ringback_harness.at_url.ADMIN", "/elsewhere")
    with deviant(TABLE) as url, opened(url, "alice") as target:
        assert target.traits == Traits()
        assert target.world().org is None
        with pytest.raises(OutOfReach, match="cannot be changed: sip_trunking"):
            target.world({"sip_trunking": False})


def test_what_is_neither_a_mock_nor_a_url_is_wrong_usage() -> None:
    with pytest.raises(SetupError, match=r"'mok' is neither 'mock', 'sandbox' nor a URL$"), opened("mok"):
        pass


@pytest.mark.parametrize("region", ["mypurecloud.ie", "eu_west_1", "us-east-1"])
def test_a_region_is_told_how_it_is_a_target(region: str) -> None:
    how = f"set GENESYSCLOUD_REGION={region}, and give --target sandbox"
    with pytest.raises(SetupError, match=how), opened(region):
        pass


def test_nobody_there_is_told() -> None:
    with pytest.raises(TargetUnreachable), opened(f"http://127.0.0.1:{free_port()}"):
        pass

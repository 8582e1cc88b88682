"""What people use with one mock works with several processes that serve one org, unchanged."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from ringback_harness.at_url import AtUrl
from ringback_harness.check.flow import check_flow
from ringback_harness.check.flows import ALL_FLOWS
from ringback_harness.check.results import CheckOutcome
from ringback_harness.check.rules import Worlds, check_rules
from ringback_harness.exits import Exit
from tests.harness.crashing import program
from tests.harness.test_crash_command import POLITE, broken, crash, tried
from tests.mockserver.process import PATIENCE, Process, serving
from tests.replicas.conftest import Start
from tests.replicas.test_behind_nginx import balanced
from tests.serving import RINGBACK, free_port

ADMIN = "/__ringback"
REFUSED_BY_NGINX = {"http.malformed"}
"""Rules of which nginx lets no request through: it answers to two Host headers in its own words."""
SUITE = """
    def test_it(ringback, make_ringback, calls_client):
        other = make_ringback(sip_trunking=False)
        placed = calls_client.place_call("tel:+442079460100")
        assert ringback.calls_placed() == [placed.id]
        assert other.calls_placed() == []
        ringback.reset()
        assert ringback.calls_placed() == []
"""
REDEEMS = """
import base64, urllib.parse
names = "CODE", "REDIRECT_URI", "CODE_CLIENT_ID", "CODE_CLIENT_SECRET"
code, back, client, secret = (os.environ[f"RINGBACK_{name}"] for name in names)
form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back}
sent = urllib.parse.urlencode(form).encode()
login = urllib.request.Request(os.environ["RINGBACK_URL"] + "/oauth/token", sent)
login.add_header("Authorization", "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode())
json.load(urllib.request.urlopen(login))["access_token"]
"""


@pytest.fixture(scope="module")
def workers(redis_url: str) -> Iterator[Process]:
    """Two processes on one port: which of them takes a connection, nobody knows."""
    options = "--store", redis_url, "--store-prefix", "tools", "--workers", "2"
    with serving("--quiet", *options) as mock:
        yield mock


def test_the_fixtures_of_the_plugin_do(workers: Process, tmp_path: Path) -> None:
    tests = "\n".join(line.removeprefix("    ") for line in SUITE.splitlines()).replace("test_it", "test_{}")
    (tmp_path / "test_theirs.py").write_text("".join(tests.format(n) for n in range(6)), "utf-8")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, f"--ringback-target={workers.url}"],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        timeout=4 * PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "6 passed" in done.stdout


def test_the_console_is_told_of_what_comes_through_any_process(workers: Process) -> None:
    page = requests.get(workers.url, headers={"Accept": "text/html"}, timeout=PATIENCE)
    assert "<html" in page.text
    with requests.get(f"{workers.url}{ADMIN}/feed", stream=True, timeout=PATIENCE) as feed:
        ids = [workers.place().headers["ININ-Correlation-Id"] for _ in range(6)]
        assert any(line.startswith(b"data") for line in feed.iter_lines(chunk_size=1))
    shown = workers.get(f"{ADMIN}/exchanges?limit=6").json()["exchanges"]
    assert {one["id"] for one in shown} == set(ids)


# A check, of which each request goes to the other replica than the one before


def test_what_a_check_promises_holds_through_a_balancer(start: Start, tmp_path: Path) -> None:
    with balanced(tmp_path, start(), start()) as url:
        worlds = Worlds(AtUrl(url))
        results = [*check_flow(worlds, ALL_FLOWS), *check_rules(worlds)]
    failed = [result for result in results if result.failed]
    assert [result for result in failed if result.subject not in REFUSED_BY_NGINX] == []
    held = sum(result.outcome is CheckOutcome.HELD for result in results)
    assert held > 0.95 * len(results)


# A crash test, whose mock is two replicas


@pytest.mark.parametrize(
    "scenario", ["healthy", "lost-reply", "rate-limited-until-a-date", "token-revoked", "unknown-value"]
)
def test_a_crash_test_holds_a_program_to_its_promises(redis_url: str, tmp_path: Path, scenario: str) -> None:
    _, alone = tried(tmp_path, scenario, POLITE)
    shown, judged = tried(tmp_path, scenario, POLITE, "--store", redis_url)
    assert (judged["requests"], broken(judged)) == (alone["requests"], broken(alone)), shown.output
    assert judged["requests"] == 1


def test_a_crash_test_counts_what_came_through_any_replica_and_leaves_nothing(
    redis_url: str, tmp_path: Path
) -> None:
    again = "sys.exit(0 if [post() for _ in range(6)] else 1)"
    shown, judged = tried(tmp_path, "lost-reply", again, "--store", redis_url)
    assert (shown.exit_code, broken(judged)) == (Exit.FINDING, ["dials once"])
    assert judged["callsPlaced"] == 6
    kept = subprocess.run(
        [*RINGBACK, "store", "--store", redis_url],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    assert "crash-test" not in kept.stdout


def test_a_crash_test_shows_certificates_and_takes_the_code_of_a_login(
    redis_url: str, tmp_path: Path
) -> None:
    shown, judged = tried(tmp_path, "expired-certificate", POLITE, "--store", redis_url)
    assert (shown.exit_code, broken(judged)) == (Exit.FINE, [])
    shown, _ = tried(tmp_path, "healthy", REDEEMS + POLITE, "--store", redis_url)
    assert shown.exit_code == Exit.FINE, shown.output


def test_a_crash_test_without_its_store_judges_nothing(tmp_path: Path) -> None:
    url = f"redis://someone:s3cret@127.0.0.1:{free_port()}/0"
    shown = crash("--store", url, "--scenario", "healthy", "--", *program(tmp_path, POLITE))
    assert shown.exit_code == Exit.SETUP
    assert "does not answer" in shown.output
    assert "s3cret" not in shown.output

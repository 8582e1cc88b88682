"""The example programs, run as anybody would run them, on a mock."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.sdk import load_sdk
from tests.serving import free_port, mock_server, redis_server

EXAMPLES = Path(__file__).parents[2] / "examples"
ALICE = "a11ce000-0000-4000-8000-000000000001"
BOB = "b0b00000-0000-4000-8000-000000000002"
DAVE = "da5e0000-0000-4000-8000-000000000004"
NUMBER = "+442079460100"
SIP = "sip:agent@example.com"


@dataclass(frozen=True)
class OrgOnMock:
    """An org of the test's own on the shared mock, and a service that may call in it."""

    url: str
    id: str
    client_id: str
    secret: str

    @property
    def tutorial(self) -> dict[str, str]:
        return {
            "GENESYS_BASE_URL": self.url,
            "GENESYS_CLIENT_ID": self.client_id,
            "GENESYS_CLIENT_SECRET": self.secret,
        }

    @property
    def environment(self) -> dict[str, str]:
        return {
            "RINGBACK_URL": self.url,
            "GENESYSCLOUD_OAUTHCLIENT_ID": self.client_id,
            "GENESYSCLOUD_OAUTHCLIENT_SECRET": self.secret,
        }

    def exchanges(self, path: str) -> list[dict[str, Any]]:
        journal = requests.get(f"{self.url}/__ringback/exchanges?org={self.id}", timeout=10).json()
        return [one for one in journal["exchanges"] if one["request"]["path"].startswith(path)]


@pytest.fixture(scope="module")
def mock() -> Iterator[str]:
    with mock_server() as url:
        yield url


@pytest.fixture
def org(mock: str) -> OrgOnMock:
    fresh = requests.post(f"{mock}/__ringback/orgs", timeout=10).json()
    client = fresh["clients"]["demo-service"]
    return OrgOnMock(mock, fresh["id"], client["id"], client["secret"])


def run(program: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", str(EXAMPLES / program), *arguments],
        env={**os.environ, **environment},
        check=False,
        capture_output=True,
        text=True,
    )


CLIENT = {"GENESYSCLOUD_OAUTHCLIENT_ID": "demo-service", "GENESYSCLOUD_OAUTHCLIENT_SECRET": "demo-secret"}
TUTORIAL_CLIENT = {"GENESYS_CLIENT_ID": "demo-service", "GENESYS_CLIENT_SECRET": "demo-secret"}
CODE = {
    "RINGBACK_CODE_CLIENT_ID": "demo-app",
    "RINGBACK_CODE_CLIENT_SECRET": "demo-secret",
    "RINGBACK_CODE": "a-code",
    "RINGBACK_REDIRECT_URI": "http://localhost:8000/callback",
}
NEEDED = {
    "plain_requests.py": {"GENESYS_BASE_URL": "http://127.0.0.1:8010", **TUTORIAL_CLIENT},
    "ringback_client_call.py": {"RINGBACK_URL": "http://127.0.0.1:8010", **CLIENT},
    "official_sdk.py": CLIENT,
    "official_sdk_careful.py": CLIENT,
    "official_sdk_user.py": CODE,
}


@pytest.mark.parametrize(
    ("program", "missing"),
    [
        pytest.param(program, name, marks=[pytest.mark.sdk] if "sdk" in program else [])
        for program, names in NEEDED.items()
        for name in names
    ],
)
def test_a_program_without_a_variable_that_it_needs_ends_with_a_line_that_names_it(
    program: str, missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "sdk" in program:
        load_sdk()
    for name, value in NEEDED[program].items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv(missing)
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(EXAMPLES / program), run_name="__main__")
    # Python prints a text as it is, and ends with code 1.
    assert re.fullmatch(rf"{missing} is not set; for example: export {missing}=\S+", str(ended.value.code))


def test_the_tutorial_s_call_is_placed_and_shown(org: OrgOnMock) -> None:
    done = run("tutorial_call.py", ALICE, NUMBER, **org.tutorial)
    assert done.returncode == 0, done.stdout + done.stderr
    (placed,) = org.exchanges("/api/")
    assert f"Conversation id:  {placed['conversationId']}" in done.stdout
    assert placed["conversationId"] in done.stdout.split("Conversation URI:")[1]
    assert "Created:          20" in done.stdout


@pytest.mark.parametrize(
    ("user", "number", "diagnosis"),
    [
        (ALICE, "15551234567", "An address of a participant cannot be read."),
        (ALICE, "555-123-4567", "An address of a participant cannot be read."),
        ("nobody", NUMBER, "An address of a participant cannot be read."),
        (ALICE, "+15551234567", "no network assigns the number"),
        (DAVE, NUMBER, "The user must be enabled"),
    ],
)
def test_the_tutorial_s_errors_are_diagnosed(user: str, number: str, diagnosis: str, org: OrgOnMock) -> None:
    done = run("tutorial_call.py", user, number, **org.tutorial)
    assert done.returncode == 1, done.stderr
    assert "FAILED: " in done.stdout
    assert diagnosis in done.stdout
    assert [one["conversationId"] for one in org.exchanges("/api/")] in ([], [None])


def test_the_tutorial_asks_libphonenumber_for_a_second_opinion(org: OrgOnMock) -> None:
    assert "is not valid" in run("tutorial_call.py", ALICE, "+15551234567", **org.tutorial).stdout
    assert "is valid" in run("tutorial_call.py", "nobody", NUMBER, **org.tutorial).stdout


def test_the_tutorial_tells_a_failed_login_from_a_target_that_is_not_there(org: OrgOnMock) -> None:
    wrong = {**org.tutorial, "GENESYS_CLIENT_SECRET": "wrong"}
    assert "The login failed" in run("tutorial_call.py", ALICE, NUMBER, **wrong).stdout
    nowhere = {**org.tutorial, "GENESYS_BASE_URL": f"http://127.0.0.1:{free_port()}"}
    assert "The target did not answer" in run("tutorial_call.py", ALICE, NUMBER, **nowhere).stdout


def test_the_tutorial_without_its_environment_says_what_is_missing() -> None:
    done = run("tutorial_call.py", ALICE, NUMBER)
    assert done.returncode == 2
    assert "RINGBACK_URL" in done.stdout


def test_the_thread_s_body_is_refused_and_the_two_that_work_are_taken(org: OrgOnMock) -> None:
    done = run("sip_call.py", SIP, ALICE, **org.environment)
    assert done.returncode == 0, done.stdout + done.stderr
    refused, typed, published = org.exchanges("/api/")
    assert "as the thread asked: refused" in done.stdout
    assert "Invalid participant address" in done.stdout
    assert refused["response"]["status"] == 400
    for one in (typed, published):
        assert f"conversation {one['conversationId']}" in done.stdout


def test_the_thread_s_token_stays_in_redis_from_run_to_run(org: OrgOnMock, tmp_path: Path) -> None:
    with redis_server(tmp_path) as url:
        for _ in range(2):
            assert run("sip_call.py", SIP, ALICE, REDIS_URL=url, **org.environment).returncode == 0
    assert len(org.exchanges("/oauth/token")) == 1
    assert len(org.exchanges("/api/")) == 6


def test_the_thread_s_program_says_why_it_fails(org: OrgOnMock) -> None:
    done = run("sip_call.py", SIP, BOB, **org.environment)
    assert done.returncode == 1
    assert "conversation.error.no.user.station" in done.stdout
    assert run("sip_call.py", SIP).returncode == 2

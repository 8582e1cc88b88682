"""Each command does its work where it is installed: on any Python, from a wheel, far from the checkout."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from ringback_harness.cli import COMMANDS
from tests.serving import mock_server

RINGBACK = Path(sys.executable).with_name("ringback")
"""The script that the installation made."""
CASE = "why: somebody sends nothing\nrequest: {body: {}}\nexpect: {rule: destination.missing}\n"
PROGRAM: Sequence[str | Path] = [RINGBACK, "call", "tel:+442079460100"]

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}
"""How a client of the Model Context Protocol begins."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a command is asked, and what it must answer; ``URL`` stands for a mock's."""

    arguments: Sequence[str | Path]
    says: str
    exit_code: int = 0
    given: str = ""


WORK = {
    "call": Work(["tel:+442079460100", "--target", "URL"], "http://127.0.0.1:"),
    "calls": Work(["list", "--target", "URL"], "on at http://127.0.0.1:"),
    "crash-test": Work(["--scenario", "healthy", "--own-home", "--", *PROGRAM], "healthy"),
    "demo": Work([], "placed"),
    "diff": Work(["--target", "URL"], "0 differences"),
    "explain": Work([], "destination.missing", exit_code=1, given="{}"),
    "export": Work(["http"], "POST {{baseUrl}}/api/v2/conversations/calls"),
    "init": Work(["own.toml"], "own.toml"),
    "mcp": Work([], '"serverInfo":{"name":"ringback"', given=f"{json.dumps(INITIALIZE)}\n"),
    "rules": Work(["tel.no-plus"], "tel.no-plus"),
    "verify-fix": Work(["cases", "--target", "URL"], "fixed"),
    "watch": Work(["--target", "URL", "--for", "0"], "listening to v2.users.{me}.conversations.calls"),
}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with mock_server() as served:
        yield served


def test_no_command_is_left_out() -> None:
    # `serve` serves the others here; `check` takes long, and has a line of its own in the Makefile; `store`
    # needs a Redis, which tests/replicas has.
    assert WORK.keys() | {"serve", "check", "store"} == COMMANDS.keys()


@pytest.mark.parametrize("name", WORK)
def test_a_command_does_its_work(name: str, url: str, tmp_path: Path) -> None:
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "empty.yaml").write_text(CASE, "utf-8")
    work = WORK[name]
    arguments = [url if argument == "URL" else argument for argument in work.arguments]
    done = subprocess.run(
        [RINGBACK, name, *arguments],
        cwd=tmp_path,
        input=work.given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == work.exit_code, done.stdout + done.stderr
    assert work.says in done.stdout

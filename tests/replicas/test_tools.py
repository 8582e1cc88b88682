"""What people use with one mock works with several processes that serve one org, unchanged."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.mockserver.process import PATIENCE, Process, serving

ADMIN = "/__ringback"
SUITE = """
    def test_it(ringback, make_ringback, calls_client):
        other = make_ringback(sip_trunking=False)
        placed = calls_client.place_call("tel:+442079460100")
        assert ringback.calls_placed() == [placed.id]
        assert other.calls_placed() == []
        ringback.reset()
        assert ringback.calls_placed() == []
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

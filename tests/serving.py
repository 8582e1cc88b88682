"""Start what a test talks to: a mock, a Redis."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

RINGBACK = (sys.executable, "-c", "from ringback_harness.cli import main; main()")
"""The command ``ringback`` of the interpreter that runs the tests."""


@contextmanager
def mock_server(*options: str) -> Iterator[str]:
    """The URL of a fresh ``ringback serve`` on a free port."""
    with _running([*RINGBACK, "serve", "--port", "0", *options]) as server:
        assert server.stdout is not None
        ready = server.stdout.readline()
        assert ready.startswith("ringback ready on "), "the mock did not start"
        yield ready.removeprefix("ringback ready on ").strip()


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """The URL of a fresh redis-server in the folder; skips the test where there is none."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed")
    # Redis names no port of its own choice, and a free one may be taken by the time it starts.
    for _ in range(5):
        port = free_port()
        options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        with _running([program, *options, "--dir", str(folder)]) as server:
            assert server.stdout is not None
            if any("Ready to accept connections" in line for line in server.stdout):
                yield f"redis://127.0.0.1:{port}/0"
                return
    pytest.fail("redis-server did not start")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def _running(command: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait()

"""One mock for all processes of a test run: the first that needs it starts it, the others join."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from filelock import FileLock

from ringback_harness.exits import SetupError

STATE = "server.json"
LOCK = "server.lock"
READY = "ringback ready on "


def start_or_join(folder: Path) -> str:
    """The URL of the run's server, which is started if nobody has yet. Raises ``SetupError``."""
    with FileLock(folder / LOCK):
        state = folder / STATE
        if not state.exists():
            state.write_text(json.dumps(_start()), "utf-8")
        url: str = json.loads(state.read_text("utf-8"))["url"]
        return url


def _start() -> dict[str, object]:
    command = [sys.executable, "-c", "from ringback_harness.cli import main; main()", "serve", "--port", "0"]
    # A session of its own: what interrupts the tests must not end the server before their last request.
    server = subprocess.Popen(  # noqa: S603 - our own command
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
    )
    if server.stdout is None:
        raise AssertionError("a pipe was asked for")
    line = server.stdout.readline()
    server.stdout.close()
    # It outlives this process where that is a worker of a larger run; ``stop`` ends it.
    server.returncode = 0
    if not line.startswith(READY):
        raise SetupError("the mock for the tests did not start; try 'ringback serve --port 0' by hand")
    return {"url": line.removeprefix(READY).strip(), "pid": server.pid}


def stop(folder: Path) -> None:
    """End the run's server, if there is one, and leave the folder empty."""
    state = folder / STATE
    if state.exists():
        _end(json.loads(state.read_text("utf-8"))["pid"])
        state.unlink()
    (folder / LOCK).unlink(missing_ok=True)


def _end(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
    except (ProcessLookupError, ChildProcessError):
        return  # it is gone, or was another process's child

"""One mock for all processes of a test run: the first that needs it starts it, the others join."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from ringback_harness.exits import SetupError

STATE = "server.json"
LOCK = "server.lock"
READY = "ringback ready on "
SERVE = "import sys; from ringback_harness.shared_server import serve; serve(int(sys.argv[1]))"


@dataclass(frozen=True, slots=True)
class Lease:
    """A URL of the run's server that one process has alone, as long as it holds the lock."""

    url: str
    lock: FileLock


def serve(count: int) -> None:
    """Serve so many default orgs, each on a port of its own, until the process is ended.

    What comes with no token of any org is then still known to come from one process's tests.
    """
    from ringback_harness.in_thread import HOST, serving
    from ringback_mock.edges.serve import Settings
    from ringback_mock.engine.hosts import HostCheck
    from ringback_mock.engine.store import Store
    from ringback_mock.site import Site

    with ExitStack() as opened:
        sites = [Site(Store(), hosts=HostCheck(HOST)) for _ in range(count)]
        ports = [opened.enter_context(serving(site, Settings())) for site in sites]
        print(READY, *(f"http://{HOST}:{port}" for port in ports), flush=True)  # noqa: T201 - awaited by ``_start``
        threading.Event().wait()


def start_or_join(folder: Path, count: int = 1) -> Lease:
    """A URL of the run's server that nobody has; the server is started if nobody has yet.

    ``count`` is how many processes need one at a time. Raises ``SetupError``.
    """
    with FileLock(folder / LOCK):
        state = folder / STATE
        if not state.exists():
            state.write_text(json.dumps(_start(count)), "utf-8")
        urls = json.loads(state.read_text("utf-8"))["urls"]
        return _free(urls, folder)


def _free(urls: Sequence[str], folder: Path) -> Lease:
    """The first URL whose process is gone or never was: the system lets go of a dead one's locks."""
    for number, url in enumerate(urls):
        lock = FileLock(folder / f"port-{number}.lock")
        with suppress(Timeout):
            lock.acquire(blocking=False)
            return Lease(url, lock)
    raise SetupError(f"the mock for the tests has {len(urls)} ports, and each is another process's")


def _start(count: int) -> dict[str, object]:
    # A session of its own: what interrupts the tests must not end the server before their last request.
    server = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-c", SERVE, str(count)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        start_new_session=True,
    )
    if server.stdout is None:
        raise AssertionError("a pipe was asked for")
    line = server.stdout.readline()
    server.stdout.close()
    # It outlives this process where that is a worker of a larger run; ``stop`` ends it.
    server.returncode = 0
    if not line.startswith(READY):
        raise SetupError("the mock for the tests did not start; try 'ringback serve --port 0' by hand")
    return {"urls": line.removeprefix(READY).split(), "pid": server.pid}


def stop(folder: Path) -> None:
    """End the run's server, if there is one, and leave the folder empty."""
    state = folder / STATE
    if state.exists():
        _end(json.loads(state.read_text("utf-8"))["pid"])
        state.unlink()
    for lock in folder.glob("*.lock"):
        with suppress(PermissionError):  # Windows keeps a file that is open, here in a worker that ends later
            lock.unlink()


def _end(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
    except OSError:
        return  # it is gone, or was another process's child; Windows says so in other words

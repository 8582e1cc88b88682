"""A mock in a thread of this process, on a free port of loopback."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from ringback_harness.exits import SetupError
from ringback_mock.edges.serve import Server, Settings, configuration, listen
from ringback_mock.site import Site

HOST = "127.0.0.1"
STARTS_WITHIN = 20.0
"""Seconds in which a server must accept connections, on however busy a machine."""


@contextmanager
def serving(site: Site, settings: Settings, *more: Site) -> Iterator[int]:
    """Serve the site in a thread of this process, on a free port of loopback, which is given.

    Each of ``more`` has a thread, too; which of them takes a connection to the one port, nobody knows.
    """
    with listen(HOST, 0) as listener:
        servers = [Server(configuration(one, settings), settings) for one in (site, *more)]
        threads = [threading.Thread(target=server.run, args=([listener],), daemon=True) for server in servers]
        for thread in threads:
            thread.start()
        try:
            for server, thread in zip(servers, threads, strict=True):
                _until_started(server, thread)
            yield listener.getsockname()[1]
        finally:
            for server in servers:
                server.should_exit = True
            for thread in threads:
                thread.join()


def _until_started(server: Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise SetupError("the mock did not start; run 'ringback serve' to see why")
        time.sleep(0.005)

"""A ``ringback serve`` that a test starts, talks to, and stops."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests

from tests.mockserver.wire import CALL, CALLS
from tests.serving import RINGBACK

PATIENCE = 30
"""Seconds after which a test gives up; nothing here takes as long."""
ALICE = {"Authorization": "Bearer alice", "Content-Type": "application/json"}


@dataclass(frozen=True)
class Process:
    """A running ``ringback serve``, and the URL that it printed."""

    popen: subprocess.Popen[str]
    url: str

    def connect(self) -> socket.socket:
        parts = urlsplit(self.url)
        return socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE)

    def place(self, body: bytes = CALL, **headers: str) -> requests.Response:
        return requests.post(self.url + CALLS, body, headers=ALICE | headers, timeout=PATIENCE)

    def get(self, path: str) -> requests.Response:
        return requests.get(self.url + path, headers=ALICE, timeout=PATIENCE)

    def stop(self) -> tuple[int, str, str]:
        """Send SIGTERM; the exit code, and what else it printed to standard output and standard error."""
        self.popen.send_signal(signal.SIGTERM)
        out, err = self.popen.communicate(timeout=PATIENCE)
        return self.popen.returncode, out, err


@contextmanager
def serving(*options: str, python: tuple[str, ...] = (), **environment: str) -> Iterator[Process]:
    program, *arguments = RINGBACK
    command = [program, *python, *arguments, "serve", "--port", "0", *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdout=pipe, stderr=pipe, text=True, env=os.environ | environment
    ) as popen:
        try:
            assert popen.stdout is not None
            found = re.fullmatch(r"ringback ready on (\S+)\n", popen.stdout.readline())
            assert found is not None
            yield Process(popen, found[1])
        finally:
            popen.kill()

"""Drive one server with wrk."""

from __future__ import annotations

import json
import re
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import urllib3

from bench.bodies import beginnings, refused, written
from bench.servers import HEADERS, INVALID, PATH, RINGBACK, VALID, Running

SCRIPT = Path(__file__).with_name("call.lua")
REFUSED_PART = (0.07, 0.13)
"""Of the mix; of the bodies that Ringback refuses a peer takes a few."""
TIMEOUT = 30
"""Seconds that an answer may take: a busy machine is no fault of a server."""
LIVE, SOON = 40, 30.0
"""Calls that are told what to do, and seconds within which they are connected."""
Kind = Literal["same", "numbers", "mix", "listed"]
_http = urllib3.PoolManager(retries=False)


@dataclass(frozen=True)
class Load:
    """What one run of wrk showed: requests in all and a second, and percentiles of the latency in us."""

    requests: int
    refused: int
    rate: float
    p50: int
    p99: int


class Driver:
    """Sends what is in files of the folder. A number that was dialled once is dialled no more."""

    def __init__(self, folder: Path) -> None:
        self._same = written(folder / "same", [VALID])
        self._refused = written(folder / "invalid", [INVALID])
        self._numbers = written(folder / "numbers", beginnings())
        written(folder / "numbers.refused", refused())
        self._listed = folder / "listed"
        self._dialled = 0

    def same(self, server: Running, seconds: int, connections: int = 16) -> Load:
        """One accepted body again and again."""
        return _all_accepted(self._run(server, "same", self._same, seconds, connections))

    def invalid(self, server: Running, seconds: int) -> Load:
        """One refused body again and again, over one connection."""
        load = self._run(server, "same", self._refused, seconds, 1)
        if load.refused != load.requests:
            raise RuntimeError(f"{server.name} took a body of the wrong type: {load}")
        return load

    def numbers(self, server: Running, seconds: int, connections: int = 16) -> Load:
        """Calls to numbers of every country, none of which comes again."""
        return _all_accepted(self._run(server, "numbers", self._numbers, seconds, connections))

    def mix(self, server: Running, seconds: int) -> Load:
        """Such calls, reads of a call that lives, and bodies that many rules refuse: 7, 2 and 1 of ten."""
        load = self._run(server, "mix", self._numbers, seconds, 16)
        least, most = (part * load.requests for part in REFUSED_PART)
        if not least <= load.refused <= most:
            raise RuntimeError(f"{server.name} refused another part of the mix than a tenth: {load}")
        return load

    def commands(self, server: Running, seconds: int) -> Load:
        """Holds of calls that live, and their ends."""
        legs = _live_legs(server) if server.name == RINGBACK else [f"{PATH}/1/participants/2"] * LIVE
        told = (f'PATCH\t{leg}\t{{"held":{held}}}' for held in ("true", "false") for leg in legs)
        return _all_accepted(self._run(server, "listed", written(self._listed, told), seconds, 16))

    def _run(self, server: Running, kind: Kind, file: Path, seconds: int, connections: int) -> Load:
        """Run wrk; raises ``RuntimeError`` where a connection breaks."""
        wrk = [
            "wrk",
            "-t1",
            f"-c{connections}",
            f"-d{seconds}s",
            f"--timeout={TIMEOUT}s",
            "-s",
            str(SCRIPT),
            server.url,
            "--",
        ]
        command = [*wrk, kind, str(self._dialled), str(file)]
        printed = subprocess.run(
            command, check=True, capture_output=True, text=True, timeout=seconds + 2 * TIMEOUT
        ).stdout
        found = re.search(r"^figures (.+)$", printed, re.MULTILINE)
        if found is None:
            raise RuntimeError(f"wrk printed no figures:\n{printed}")
        figures = json.loads(found.group(1))
        if figures["broken"] or not figures["requests"]:
            raise RuntimeError(f"{server.name} broke connections of the kind {kind!r}: {figures}")
        self._dialled += figures["requests"] + connections
        rate = figures["requests"] / figures["microseconds"] * 1e6
        return Load(figures["requests"], figures["refused"], rate, figures["p50"], figures["p99"])


def _all_accepted(load: Load) -> Load:
    if load.refused:
        raise RuntimeError(f"requests were refused that must be accepted: {load}")
    return load


def _live_legs(server: Running) -> list[str]:
    """The paths of callers who are connected."""
    calls = [json.loads(_asked("POST", server.url, VALID))["id"] for _ in range(LIVE)]
    return [_leg(server, call) for call in calls]


def _leg(server: Running, call: str) -> str:
    until = time.monotonic() + SOON
    while time.monotonic() < until:
        seen = json.loads(_asked("GET", f"{server.url}/{call}"))["participants"]
        if all(one["state"] == "connected" for one in seen):
            return f"{PATH}/{call}/participants/{seen[0]['id']}"
        time.sleep(0.1)
    raise RuntimeError(f"the call {call} is not connected after {SOON:.0f} s")


def _asked(method: str, url: str, body: str | None = None) -> bytes:
    reply = _http.request(method, url, body=body, headers=HEADERS, timeout=5)
    if reply.status >= 300:
        raise RuntimeError(f"{method} {url}: {reply.status} {reply.data.decode()}")
    return bytes(reply.data)


@contextmanager
def console_open(server: Running) -> Iterator[None]:
    """An open console follows the feed, and reads the newest exchanges when that tells of any."""
    feed = _http.request("GET", f"{server.origin}/__ringback/feed", preload_content=False)
    newest, closed = f"{server.origin}/__ringback/exchanges?limit=50", threading.Event()

    def follow() -> None:
        while not closed.is_set() and feed.read(15):
            _asked("GET", newest)

    following = threading.Thread(target=follow, daemon=True)
    following.start()
    try:
        yield
    finally:
        closed.set()
        _asked("POST", server.url, VALID)  # the feed tells of it, and so its reader looks up
        following.join(5)
        feed.close()

"""Time what is done to calls that live, in one process and without a socket, and weigh a hundred thousand."""

from __future__ import annotations

import gc
import json
import resource
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from itertools import cycle
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench.servers import PATH
from ringback_contracts.core.model import Request
from ringback_contracts.org import default_org
from ringback_mock.collector import look
from ringback_mock.engine.clock import ClockCommand
from ringback_mock.engine.store import Store
from ringback_mock.site import Site

NUMBERS = [f"+4420794601{number:02}" for number in range(13)]
"""Test numbers that answer, do not, hang up, take their time, and lead to voicemail."""
CALLS, MANY, HOUR_OF, HOUR = 500, 100_000, 10_000, 3_600.0
KEPT_BYTES = 4 * 2**30
"""So much that no call is forgotten, for all are counted; an org keeps 10,000."""
BETWEEN_LOOKS = 100
"""Requests that a busy server answers between two looks for garbage."""
MIB = 2**20

COMMAND, READ, ADVANCED = (
    "a command to a call that lives",
    "a GET of a call that lives",
    "an hour of 10,000 calls",
)
WEIGHT = "100,000 calls that live"


class BusyOrg:
    """An org whose clock stands still, on a site of its own or on another's, asked in process."""

    def __init__(self, site: Site | None = None) -> None:
        self._site = site or Site(Store(default_org(), kept_bytes=KEPT_BYTES))
        store, token = self._site.store, "alice"
        self.tenant = store.default
        if site is not None:
            copy = store.add_org()
            self.tenant, token = store.tenant(copy.id) or store.default, copy.tokens["alice"]
        self._headers = {
            "host": "127.0.0.1",
            "authorization": f"Bearer {token}",
            "content-type": "application/json",
        }
        self.tenant.clock.go(self.tenant.clock.after(ClockCommand(freeze=True)))

    def request(self, method: str, path: str, body: bytes = b"") -> Request:
        return Request(method, path, self._headers, body)

    def ask(self, request: Request, status: int | None) -> bytes:
        """The body of the answer, which has the status, or that of some refusal."""
        reply = self._site.answer(request)
        if reply.status != status and (status or not 400 <= reply.status < 500):
            raise RuntimeError(f"{request.method} {request.path}: {reply.status} {reply.body.decode()}")
        return reply.body

    def place(self, count: int, numbers: Iterable[str] = NUMBERS[:1]) -> list[str]:
        """The ids of so many calls, to one number after the other."""
        bodies = [json.dumps({"phoneNumber": number}).encode() for number in numbers]
        placed = (
            self.request("POST", PATH, body) for body, _ in zip(cycle(bodies), range(count), strict=False)
        )
        return [json.loads(self.ask(request, 202))["id"] for request in placed]

    def advance(self, seconds: float) -> None:
        self.tenant.clock.go(self.tenant.clock.after(ClockCommand(advance=seconds)))

    def live(self) -> None:
        """Bring every call to where it is by now."""
        now = self.tenant.clock()
        for call in self.tenant.calls:
            call.at(now)


def measure(rounds: int) -> dict[str, list[float]]:
    """What each takes of the processor, one figure a round: microseconds, for the hour seconds."""
    figures: dict[str, list[float]] = {COMMAND: [], READ: [], ADVANCED: []}
    for _ in range(rounds):
        org = BusyOrg()
        calls = org.place(CALLS)
        org.advance(10)
        reads = [org.request("GET", f"{PATH}/{call}") for call in calls]
        shown = [json.loads(org.ask(read, 200)) for read in reads]
        figures[READ].append(_each(org, reads, 200))
        figures[COMMAND].append(_each(org, _holds(org, shown), 202))
        figures[ADVANCED].append(_hour())
    return figures


def _holds(org: BusyOrg, shown: list[Any]) -> list[Request]:
    """What holds each of the calls that are shown, and then goes back to it."""
    legs = [f"{PATH}/{call['id']}/participants/{call['participants'][0]['id']}" for call in shown]
    return [
        org.request("PATCH", leg, json.dumps({"held": held}).encode())
        for held in (True, False)
        for leg in legs
    ]


def _each(org: BusyOrg, requests: list[Request], status: int) -> float:
    return served(org, requests, status) / len(requests) * 1e6


def served(org: BusyOrg, requests: list[Request], status: int | None) -> float:
    """What the requests take of the processor, in seconds, with the looks for garbage that a server takes."""

    def ask_all() -> None:
        for start in range(0, len(requests), BETWEEN_LOOKS):
            for request in requests[start : start + BETWEEN_LOOKS]:
                org.ask(request, status)
            look()

    return _seconds(ask_all)


def _hour() -> float:
    org = BusyOrg()
    org.place(HOUR_OF, NUMBERS)

    def pass_by() -> None:
        org.advance(HOUR)
        org.live()

    return _seconds(pass_by)


def _seconds(work: Callable[[], None]) -> float:
    """What the work takes of the processor: others on the machine do not count."""
    gc.freeze()
    gc.disable()
    began = time.process_time()
    work()
    taken = time.process_time() - began
    gc.enable()
    return taken


def weigh() -> float:
    """The MiB by which a process of its own grows with a hundred thousand calls on which people talk."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_grown).result()


def _grown() -> float:
    BusyOrg().place(CALLS)  # what is imported and remembered once is not the calls'
    site = Site(Store(default_org(), kept_bytes=KEPT_BYTES))
    before = resident()
    orgs = [BusyOrg(site) for _ in range(MANY // HOUR_OF)]
    for org in orgs:
        org.place(HOUR_OF)
        org.advance(10)
        org.live()
    kept = sum(len(org.tenant.calls) for org in orgs)
    if kept != MANY:
        raise RuntimeError(f"{kept:,} calls are kept, not {MANY:,}")
    return resident() - before


def resident() -> float:
    """The MiB that this process holds."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text("utf-8").split()[1])
    return pages * resource.getpagesize() / MIB

"""Time what the mock makes of bodies that it has not seen, in one process and without a socket."""

from __future__ import annotations

import gc
import itertools
import json
import time

from bench.bodies import beginnings, refused
from bench.life import BusyOrg
from bench.servers import PATH, VALID
from ringback_contracts.core.model import Request

EACH, READ = 2_000, 500
"""Requests of each kind in a round, and calls that are read."""
KEPT = 10_000
"""Calls that an org keeps: only beyond them it is seen what it takes to forget one."""
SAME, NUMBER, REFUSAL, LIVE = (
    "a call with one body again and again",
    "a call to a number never seen",
    "a refusal of a body never seen",
    "a GET of a call that lives, again and again",
)
QUIET = "a look for garbage with 10,000 calls kept, which a server takes when nobody has asked for a minute"
GARBAGE = "garbage of a call that needs a collector, things"


def measure(rounds: int) -> dict[str, list[float]]:
    """The processor's microseconds of each, one figure a round."""
    org, sent = BusyOrg(), Numbers()
    _ask(org, sent.take(org, KEPT), 202)
    figures: dict[str, list[float]] = {SAME: [], NUMBER: [], REFUSAL: [], LIVE: []}
    for _ in range(rounds):
        same = [org.request("POST", PATH, VALID.encode()) for _ in range(EACH)]
        figures[SAME].append(_ask(org, same, 202))
        figures[NUMBER].append(_ask(org, sent.take(org, EACH), 202))
        figures[REFUSAL].append(_ask(org, _refusals(org, sent), None))
        reads = [org.request("GET", f"{PATH}/{call}") for call in org.place(READ)]
        org.advance(10)
        _ask(org, reads, 200)
        figures[LIVE].append(_ask(org, reads * (EACH // READ), 200))
    return figures


class Numbers:
    """Calls to numbers that never come again."""

    def __init__(self) -> None:
        self.dialled = itertools.count()

    def take(self, org: BusyOrg, count: int) -> list[Request]:
        first = beginnings()
        numbers = (
            f"{first[n % len(first)]}{n // len(first) * 7919 % 10_000:04}"
            for n in itertools.islice(self.dialled, count)
        )
        return [org.request("POST", PATH, json.dumps({"phoneNumber": one}).encode()) for one in numbers]


def _refusals(org: BusyOrg, sent: Numbers) -> list[Request]:
    bodies = itertools.cycle(refused())
    return [
        org.request("POST", PATH, next(bodies).replace("{n}", str(n)).encode())
        for n in itertools.islice(sent.dialled, EACH)
    ]


def _ask(org: BusyOrg, requests: list[Request], status: int | None) -> float:
    """As a server does, which looks for garbage before and afterwards, when nobody asks."""
    gc.collect()
    gc.disable()
    began = time.process_time()
    for request in requests:
        org.ask(request, status)
    taken = time.process_time() - began
    gc.enable()
    return taken / len(requests) * 1e6


def quiet_collection(rounds: int) -> list[float]:
    """The processor's milliseconds of each look for garbage, which a server takes when it is quiet."""
    org, sent, taken = BusyOrg(), Numbers(), list[float]()
    gc.collect()
    gc.freeze()
    for _ in range(rounds):
        _ask(org, sent.take(org, KEPT), 202)
        began = time.process_time()
        gc.collect()
        taken.append((time.process_time() - began) * 1000)
    gc.unfreeze()
    return taken


def garbage() -> float:
    """What refers to itself of what a call makes: nothing, or a server would need the collector."""
    org, sent = BusyOrg(), Numbers()
    _ask(org, sent.take(org, EACH), 202)
    return gc.collect() / EACH

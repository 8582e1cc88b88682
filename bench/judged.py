"""Time what the mock makes of bodies that it has not seen, in one process and without a socket."""

from __future__ import annotations

import gc
import itertools
import json
import time

from bench.bodies import beginnings, refused
from bench.life import BusyOrg, served
from bench.servers import PATH, VALID
from ringback_contracts.core.model import Request
from ringback_mock.collector import REQUESTS, look

EACH, READ, NEW = 2_000, 500, 200
"""Requests of each kind in a round, calls that are read, and bodies of which none is like another."""
KEPT = 10_000
"""Calls that an org keeps: only beyond them it is seen what it takes to forget one."""
SAME, NUMBER, FORM, REFUSAL, LIVE = (
    "a call with one body again and again",
    "a call to a number never seen",
    "a call with a body of a form never seen",
    "a refusal of a body never seen",
    "a GET of a call that lives, again and again",
)
PAUSE = "the longest look for garbage that a server takes, with 10,000 calls kept"
GARBAGE = "garbage of a call that needs a collector, things"


def measure(rounds: int) -> dict[str, list[float]]:
    """The processor's microseconds of each, one figure a round."""
    org, sent = BusyOrg(), Numbers()
    _ask(org, sent.take(org, KEPT), 202)
    figures: dict[str, list[float]] = {SAME: [], NUMBER: [], FORM: [], REFUSAL: [], LIVE: []}
    for _ in range(rounds):
        same = [org.request("POST", PATH, VALID.encode()) for _ in range(EACH)]
        figures[SAME].append(_ask(org, same, 202))
        figures[NUMBER].append(_ask(org, sent.take(org, EACH), 202))
        figures[FORM].append(_ask(org, sent.take(org, NEW, labelled=True), 202))
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

    def take(self, org: BusyOrg, count: int, *, labelled: bool = False) -> list[Request]:
        """So many; each with a label of its own where no verdict on one shall tell that on another."""
        first = beginnings()
        numbers = (
            f"{first[n % len(first)]}{n // len(first) * 7919 % 10_000:04}"
            for n in itertools.islice(self.dialled, count)
        )
        bodies = ({"phoneNumber": one} | ({"label": one} if labelled else {}) for one in numbers)
        return [org.request("POST", PATH, json.dumps(body).encode()) for body in bodies]


def _refusals(org: BusyOrg, sent: Numbers) -> list[Request]:
    bodies = itertools.cycle(refused())
    return [
        org.request("POST", PATH, next(bodies).replace("{n}", str(n)).encode())
        for n in itertools.islice(sent.dialled, EACH)
    ]


def _ask(org: BusyOrg, requests: list[Request], status: int | None) -> float:
    """The processor's microseconds of each, looks for garbage included."""
    return served(org, requests, status) / len(requests) * 1e6


def pauses(rounds: int) -> list[float]:
    """The processor's milliseconds of a look for garbage after as many requests as a server lets come."""
    org, sent = BusyOrg(), Numbers()
    _ask(org, sent.take(org, KEPT), 202)
    return [_pause(org, sent) for _ in range(rounds)]


def _pause(org: BusyOrg, sent: Numbers) -> float:
    for request in sent.take(org, REQUESTS):
        org.ask(request, 202)
    began = time.process_time()
    look()
    return (time.process_time() - began) * 1000


def garbage() -> float:
    """What refers to itself of what a call makes: nothing, or a server would need the collector."""
    org, sent = BusyOrg(), Numbers()
    requests = sent.take(org, EACH)
    gc.collect()
    gc.disable()
    for request in requests:
        org.ask(request, 202)
    gc.enable()
    return gc.collect() / EACH

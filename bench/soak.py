"""Send a server a million requests of every kind, and watch what somebody else meets meanwhile; then let
calls live for a million steps by chance, and hold a million numbers against libphonenumber."""

from __future__ import annotations

import argparse
import asyncio
import itertools
import multiprocessing
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import TypeVar

import urllib3

from bench.lives import live
from bench.report import machine
from bench.servers import HEADERS, PATH, VALID, Contender, Running, running
from tests.contracts.numbering import disagreement, mutations

T = TypeVar("T")
SEED = 20
CONNECTIONS = 32
BATCH = 40
"""Requests that a connection sends ahead before it reads the answers."""
FLOODING, AHEAD = 100, 8_000
"""Connections that flood the server, and how many calls each sends without waiting."""
FLOOD_SECONDS = 10
P99_MS, STOP_SECONDS = 50.0, 2.0
"""What is promised during the flood."""
UNKNOWN = "00000000-0000-4000-8000-000000000001"
LOG = Path(".bench/soak.log")


def _request(method: str, target: str, body: bytes = b"", *, extra: str = "", version: str = "1.1") -> bytes:
    length = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
    head = f"{method} {target} HTTP/{version}\r\nHost: 127.0.0.1\r\n{length}{extra}\r\n"
    return head.encode() + body


ALICE = "Authorization: Bearer alice\r\n"
CALL = VALID.encode()
ADDRESSED = b'{"to":"tel:+442079460100","from":"user:a11ce000-0000-4000-8000-000000000001"}'
CHUNKED = f"{ALICE}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
LOGIN = b"grant_type=client_credentials&client_id=demo-service&client_secret=demo-secret"
FORM = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(LOGIN)}\r\n"


@dataclass(frozen=True)
class Kind:
    """A kind of request: how often it comes beside the others, and what may be answered; 0 is no answer.

    After one that ``ends`` the connection nothing more is sent on it.
    """

    name: str
    weight: int
    sent: bytes
    statuses: frozenset[int]
    ends: bool = False


def _kind(name: str, weight: int, sent: bytes, *statuses: int, ends: bool = False) -> Kind:
    return Kind(name, weight, sent, frozenset(statuses), ends)


KINDS = [
    _kind("a call", 400, _request("POST", PATH, CALL, extra=ALICE), 202),
    _kind("a call to an address", 100, _request("POST", PATH, ADDRESSED, extra=ALICE), 202),
    _kind("a body of the wrong type", 100, _request("POST", PATH, b'{"phoneNumber":5}', extra=ALICE), 400),
    _kind("a body that is no JSON", 50, _request("POST", PATH, b"{", extra=ALICE), 400),
    _kind(
        "a body in chunks",
        40,
        _request("POST", PATH, extra=CHUNKED) + b"%x\r\n%b\r\n0\r\n\r\n" % (len(CALL), CALL),
        202,
    ),
    _kind("no token", 50, _request("POST", PATH, CALL), 401),
    _kind(
        "a caller who may not", 30, _request("POST", PATH, CALL, extra="Authorization: Bearer carol\r\n"), 403
    ),
    _kind("a call that is unknown", 50, _request("GET", f"{PATH}/{UNKNOWN}", extra=ALICE), 404),
    _kind("the list of calls", 2, _request("GET", PATH, extra=ALICE), 200),
    _kind("who am I", 20, _request("GET", "/api/v2/users/me", extra=ALICE), 200),
    _kind("a path that is none", 20, _request("GET", "/api/v2/nothing", extra=ALICE), 404),
    _kind("health", 20, _request("GET", "/healthz"), 200),
    _kind("a login", 20, _request("POST", "/oauth/token", extra=FORM) + LOGIN, 200),
    _kind("a page of the journal", 2, _request("GET", "/__ringback/exchanges?limit=5"), 200),
    _kind("another host", 20, _request("GET", "/healthz").replace(b"127.0.0.1", b"example.com"), 421),
    _kind("a body beyond the limit", 1, _request("POST", PATH, b" " * 600_000, extra=ALICE), 413),
    _kind("HTTP/1.0", 10, _request("POST", PATH, CALL, extra=ALICE, version="1.0"), 202, ends=True),
    _kind("no HTTP", 10, b"\x16\x03\x01\x00garbage\r\n\r\n", 400, ends=True),
    _kind("half a head", 10, _request("GET", "/healthz")[:-9], 0, ends=True),
    _kind("half a body", 10, _request("POST", PATH, CALL, extra=ALICE)[:-9], 0, ends=True),
]


def main() -> int:
    """Exit status 0 when every answer was one of those that its request may have and the bounds were kept,
    when no call did what it never may, and when no number was judged otherwise than by libphonenumber.
    """
    options = _options()
    kept = _soak(options) if options.requests else True
    if options.steps:
        lived = live(options.steps)
        print(f"{lived.steps:,} steps of {lived.calls:,} calls in {lived.seconds:.0f} s, all as they may be")
    wrong = list(filter(None, map(disagreement, itertools.islice(mutations(SEED), options.numbers))))
    print(
        f"{options.numbers:,} numbers held against libphonenumber: {len(wrong)} disagreements",
        *wrong,
        sep="\n",
    )
    return 0 if kept and not wrong else 1


def _soak(options: argparse.Namespace) -> bool:
    """Whether the server kept what is promised."""
    LOG.parent.mkdir(exist_ok=True)
    program = str(Path(sys.executable).with_name("ringback"))
    ringback = Contender("ringback", [program, "serve", "--port", "{port}"])
    began = time.monotonic()
    with running(ringback, LOG) as server:
        before = server.memory()
        answers, mixed = _watched(server, lambda: asyncio.run(_send_all(server, options)))
        took = time.monotonic() - began
        after = server.memory()
        stopped, flooded = _watched(server, lambda: _flood(server))
    done = sum(answers.values())
    wrong = {pair for pair in answers if pair[1] not in pair[0].statuses}
    print(f"{done:,} requests in {took:.0f} s on {machine()}; seed {SEED}\n")
    print("\n".join(_table(answers)))
    print(f"\nmemory: {before:.0f} MiB before, {after:.0f} MiB after")
    print("\n".join(_bystander(mixed, flooded)))
    print(
        f"SIGTERM in the middle of {FLOODING} connections with {AHEAD:,} calls each: over in {stopped:.2f} s"
    )
    for kind, status in wrong:
        print(f"unexpected: {kind.name} got {status}")
    kept = flooded.p99 <= P99_MS and stopped <= STOP_SECONDS
    return done >= options.requests and not wrong and kept


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument(
        "--requests", type=int, default=1_000_000, help="how many are sent; 0 starts no server"
    )
    parser.add_argument(
        "--steps",
        type=int,
        default=1_000_000,
        help="how many steps calls live for by chance; 0 leaves them out",
    )
    parser.add_argument(
        "--numbers", type=int, default=1_000_000, help="how many numbers are held against libphonenumber"
    )
    parser.add_argument("--seconds", type=int, default=280, help="time after which no more are sent")
    return parser.parse_args()


# The million


class _Sender:
    """One connection after the other, with requests by chance."""

    def __init__(self, server: Running, seed: int) -> None:
        self._port = int(server.origin.rsplit(":", 1)[1])
        self._chance = random.Random(seed)
        self.answers: Counter[tuple[Kind, int]] = Counter()

    async def send(self, requests: int, until: float) -> None:
        left = requests
        while left > 0 and time.monotonic() < until:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            ended = False
            while left > 0 and not ended and time.monotonic() < until:
                batch = self._batch(min(left, BATCH))
                ended = batch[-1].ends
                left -= len(batch)
                writer.write(b"".join(kind.sent for kind in batch))
                for kind in batch:
                    self.answers[kind, await _status(reader) if 0 not in kind.statuses else 0] += 1
            writer.close()

    def _batch(self, size: int) -> list[Kind]:
        chosen = self._chance.choices(KINDS, [kind.weight for kind in KINDS], k=self._chance.randint(1, size))
        end = next((number for number, kind in enumerate(chosen) if kind.ends), size)
        return chosen[: end + 1]


async def _status(reader: asyncio.StreamReader) -> int:
    """The status of the next answer, which is read to its end."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    assert length is not None
    await reader.readexactly(int(length[1]))
    return int(head[9:12])


async def _send_all(server: Running, options: argparse.Namespace) -> Counter[tuple[Kind, int]]:
    until = time.monotonic() + options.seconds
    senders = [_Sender(server, SEED + number) for number in range(CONNECTIONS)]
    each = -(-options.requests // CONNECTIONS)
    await asyncio.gather(*(sender.send(each, until) for sender in senders))
    return sum((sender.answers for sender in senders), Counter())


# The flood


def _flood(server: Running) -> float:
    """Flood the server, and stop it meanwhile; the seconds that the stop took."""
    return asyncio.run(_flooded(server))


async def _flooded(server: Running) -> float:
    floods = [asyncio.create_task(_send_ahead(server)) for _ in range(FLOODING)]
    await asyncio.sleep(FLOOD_SECONDS)
    taken = await asyncio.to_thread(server.stop)
    await asyncio.gather(*floods)
    return taken


async def _send_ahead(server: Running) -> None:
    call = _request("POST", PATH, CALL, extra=ALICE)
    reader, writer = await asyncio.open_connection("127.0.0.1", int(server.origin.rsplit(":", 1)[1]))
    taking = asyncio.create_task(_take(reader))
    try:
        for _ in range(0, AHEAD, BATCH):
            writer.write(call * BATCH)
            await writer.drain()
    except ConnectionError:
        pass  # the server was stopped, which is the end of it
    await taking
    writer.close()


async def _take(reader: asyncio.StreamReader) -> None:
    try:
        while await reader.read(1 << 20):
            pass
    except ConnectionError:
        return


# Somebody else


@dataclass(frozen=True)
class Met:
    """What a bystander met, in milliseconds."""

    requests: int
    p50: float
    p99: float
    worst: float


def _watched(server: Running, work: Callable[[], T]) -> tuple[T, Met]:
    """Do the work while a process of its own asks for one thing after the other."""
    ours, theirs = multiprocessing.Pipe()
    bystander = multiprocessing.Process(target=_stand_by, args=(server.origin, theirs), daemon=True)
    bystander.start()
    try:
        done = work()
        ours.send("enough")
        latencies = sorted(ours.recv())
    finally:
        bystander.terminate()
    p50, p99 = (latencies[int(len(latencies) * part)] for part in (0.5, 0.99))
    return done, Met(len(latencies), p50, p99, latencies[-1])


def _stand_by(origin: str, pipe: Pipe) -> None:
    http = urllib3.PoolManager(retries=False, timeout=60)
    latencies = list[float]()
    asks = itertools.cycle([("POST", PATH, VALID, 202), ("GET", "/healthz", None, 200)])
    for method, path, body, status in asks:
        if pipe.poll(0.002):
            break
        began = time.perf_counter()
        try:
            reply = http.request(method, origin + path, body=body, headers=HEADERS)
        except urllib3.exceptions.HTTPError:
            break  # the server was stopped
        assert reply.status == status
        latencies.append((time.perf_counter() - began) * 1000)
    pipe.send(latencies)


# The report


def _table(answers: Counter[tuple[Kind, int]]) -> list[str]:
    rows = ["| kind of request | sent | answers |", "|---|---:|---|"]
    for kind in KINDS:
        got = {
            status: count
            for (asked, status), count in sorted(answers.items(), key=_by_status)
            if asked is kind
        }
        shown = ", ".join(f"{status or 'none'}: {count:,}" for status, count in got.items())
        rows.append(f"| {kind.name} | {sum(got.values()):,} | {shown} |")
    return rows


def _by_status(item: tuple[tuple[Kind, int], int]) -> int:
    return item[0][1]


def _bystander(mixed: Met, flooded: Met) -> list[str]:
    rows = ["| a bystander, in ms | requests | p50 | p99 | worst |", "|---|---:|---:|---:|---:|"]
    for when, met in (("during the million", mixed), ("during the flood", flooded)):
        rows.append(f"| {when} | {met.requests:,} | {met.p50:.1f} | {met.p99:.1f} | {met.worst:.1f} |")
    return ["", *rows, ""]


if __name__ == "__main__":
    sys.exit(main())

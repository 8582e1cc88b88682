"""What a store costs, and what several processes bring: one in memory, and one, two and four on Redis."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.load import TIMEOUT, Driver
from bench.report import Measure, Samples
from bench.servers import Contender, free_port, running

RATE, P50, P99 = (
    f"calls to numbers never seen, 16 connections: {what}" for what in ("a second", "p50", "p99")
)
UNITS = {RATE: "1/s", P50: "us", P99: "us"}
ALONE, SHARED = "in memory", "on Redis"
WORKERS = (1, 2, 4)
REDIS_STARTS_WITHIN = 30.0


def measure(folder: Path, cycles: int, seconds: int) -> list[Measure]:
    """Each has its turn in each cycle; those whose turn it is not wait."""
    driver = Driver(folder)
    with ExitStack() as stack:
        servers = _contenders(stack.enter_context(_redis(folder)))
        taken = Samples(servers)
        up = [stack.enter_context(running(server, folder / "replicas.log")) for server in servers]
        for server in up:
            driver.numbers(server, seconds)
        for _ in range(cycles):
            for server in up:
                load = driver.numbers(server, seconds)
                taken.add(server.name, {RATE: load.rate, P50: load.p50, P99: load.p99})
    return taken.measures(UNITS)


def _contenders(url: str) -> list[Contender]:
    serve = [str(Path(sys.executable).with_name("ringback")), "serve", "-q", "--port", "{port}"]
    named = {1: f"one {SHARED}", 2: f"two {SHARED}", 4: f"four {SHARED}"}
    return [
        Contender(f"one {ALONE}", serve),
        *(
            Contender(
                named[count],
                [*serve, *_shared(url, count)],
            )
            for count in WORKERS
        ),
    ]


def _shared(url: str, count: int) -> list[str]:
    """On a busy machine Redis may take its time, as every server may."""
    store = ["--store", url, "--store-prefix", f"bench-{count}", "--store-timeout", str(TIMEOUT)]
    return [*store, "--workers", str(count)]


@contextmanager
def _redis(folder: Path) -> Iterator[str]:
    """A Redis of its own, which writes what it is told to the disk each second, as it does by default."""
    port = free_port()
    kept = ["--save", "", "--appendonly", "yes", "--appendfsync", "everysec", "--dir", str(folder.absolute())]
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", *kept]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            _await(port, process)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + REDIS_STARTS_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError("redis-server did not start")

"""The servers that are measured: how each starts, what it costs, and how it ends."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import urllib3

PATH = "/api/v2/conversations/calls"
HEADERS = {"Authorization": "Bearer alice", "Content-Type": "application/json"}
VALID = '{"phoneNumber":"+442079460100","attributes":{"order":"17"}}'
INVALID = '{"phoneNumber":5,"attributes":{"order":"17"}}'
STARTS_WITHIN = 120.0

_http = urllib3.PoolManager(retries=False)


@dataclass(frozen=True)
class Contender:
    """A server's name and its command line, in which ``{port}`` stands for the port."""

    name: str
    command: Sequence[str]


@dataclass(frozen=True)
class Running:
    """A started server: its address, its process, and the seconds to its first accepted call."""

    name: str
    origin: str
    process: subprocess.Popen[bytes]
    start_seconds: float

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def url(self) -> str:
        return self.origin + PATH

    def memory(self) -> float:
        """Resident memory in MiB."""
        status = Path(f"/proc/{self.pid}/status").read_text("utf-8")
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found is not None
        return int(found.group(1)) / 1024

    def processor_seconds(self) -> float:
        """Processor time that the process has used, all threads together."""
        fields = Path(f"/proc/{self.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> float:
        """Tell the server to stop; the seconds that it took."""
        began = time.perf_counter()
        self.process.terminate()
        self.process.wait()
        return time.perf_counter() - began


RINGBACK, PRISM, WIREMOCK, UNJOURNALED = "ringback", "prism", "wiremock", "wiremock, journal off"


def contenders(prism: Path, wiremock: Path) -> list[Contender]:
    """Ringback and its peers, whose programs are given."""
    ringback = str(Path(sys.executable).with_name("ringback"))
    here = Path(__file__).parent
    jar = ["java", "-jar", str(wiremock), "--disable-banner", "--root-dir", str(here / "wiremock"), "--port"]
    document = str(here / "openapi.json")
    return [
        Contender(RINGBACK, [ringback, "serve", "-q", "--port", "{port}"]),
        Contender(PRISM, ["node", str(prism), "mock", "-v", "fatal", "-p", "{port}", document]),
        Contender(WIREMOCK, [*jar, "{port}"]),
        Contender(UNJOURNALED, [*jar, "{port}", "--no-request-journal"]),
    ]


@contextmanager
def running(contender: Contender, log: Path) -> Iterator[Running]:
    """Start a server on a free port and wait for its first accepted call; end it afterwards.

    Raises ``RuntimeError`` with what the server printed when it takes no call within two minutes.
    """
    port = free_port()
    command = [part.format(port=port) for part in contender.command]
    began = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        origin = f"http://127.0.0.1:{port}"
        _first_call(origin + PATH, process, log)
        yield Running(contender.name, origin, process, time.perf_counter() - began)
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _first_call(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    answer = "no answer"
    while time.monotonic() < deadline and process.poll() is None:
        try:
            reply = _http.request("POST", url, body=VALID, headers=HEADERS, timeout=STARTS_WITHIN)
        except urllib3.exceptions.HTTPError:
            time.sleep(0.005)
            continue
        if 200 <= reply.status < 300:
            return
        answer = f"{reply.status} {reply.data.decode(errors='replace')}"
        break
    raise RuntimeError(f"{process.args!r} took no call: {answer}\n{log.read_text(errors='replace')}")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

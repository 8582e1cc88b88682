"""Drive one server with wrk."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench.servers import INVALID, VALID, VARIED

SCRIPT = Path(__file__).with_name("call.lua")


@dataclass(frozen=True)
class Load:
    """What one run of wrk showed: requests in all and a second, and percentiles of the latency in us."""

    requests: int
    rate: float
    p50: int
    p99: int


def throughput(url: str, seconds: int, *, varied: bool = False) -> Load:
    """Accepted calls over 16 connections, all alike or each unlike the others."""
    return _wrk(url, VARIED if varied else VALID, connections=16, seconds=seconds, refused=False)


def latency(url: str, seconds: int, *, valid: bool) -> Load:
    """Calls one after the other over one connection, accepted ones or refused ones."""
    return _wrk(url, VALID if valid else INVALID, connections=1, seconds=seconds, refused=not valid)


def _wrk(url: str, body: str, *, connections: int, seconds: int, refused: bool) -> Load:
    """Run wrk; raises ``RuntimeError`` unless every answer is what it must be."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(SCRIPT), url, "--", body]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"^figures (.+)$", printed, re.MULTILINE)
    if found is None:
        raise RuntimeError(f"wrk printed no figures:\n{printed}")
    figures = json.loads(found.group(1))
    if figures["broken"] or figures["refused"] != (figures["requests"] if refused else 0):
        raise RuntimeError(f"{url} did not answer {body} as it must: {figures}")
    rate = figures["requests"] / figures["microseconds"] * 1e6
    return Load(figures["requests"], rate, figures["p50"], figures["p99"])

"""Runs as the crash test sees them, and small programs that behave in one way each."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from ringback_contracts.catalogue import BY_ID
from ringback_contracts.core.model import Accepted, Destination, DestinationKind, Intent, Request
from ringback_contracts.http.faults import FaultKind
from ringback_contracts.resources.calls.operations import PLACE_CALL
from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_harness.crash.evidence import ProgramRun, RunEnd
from ringback_harness.crash.scenarios import named
from ringback_mock.engine.faults import HEADER
from ringback_mock.engine.journal import Exchange
from ringback_mock.http import Headers, Response

START = 1_700_000_000.0

LIBRARY = """\
import json, os, sys, time, urllib.error, urllib.request

def post(number="+442079460100"):
    request = urllib.request.Request(
        os.environ["RINGBACK_URL"] + "/api/v2/conversations/calls",
        json.dumps({"phoneNumber": number}).encode(),
        {"Content-Type": "application/json"},
    )
    request.add_header("Authorization", "Bearer " + os.environ["RINGBACK_ACCESS_TOKEN"])
    try:
        with urllib.request.urlopen(request) as reply:
            reply.read()
            return reply.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None

"""


def program(folder: Path, code: str) -> list[str]:
    """The command that runs a program, which has ``post``: the status, or ``None`` where none came."""
    file = folder / "program.py"
    file.write_text(LIBRARY + code, encoding="utf-8")
    return [sys.executable, "-I", str(file)]


def attempt(
    at: float = 0.0,
    status: int = 202,
    *,
    fault: FaultKind | None = None,
    placed: bool = False,
    number: str = "+442079460100",
    headers: Headers = (),
) -> Exchange:
    """A request for a call, ``at`` seconds after the first, and what became of it."""
    marks: Headers = ((HEADER, fault.value), *headers) if fault else headers
    intent = Intent("published", (Destination(DestinationKind.PHONE, number),))
    verdict = Accepted(BY_ID[PLACE_CALL], {}, intent)
    request = Request("POST", CALLS_PATH)
    call_id = f"call-at-{at}" if placed else None
    return Exchange(str(at), START + at, request, Response(status, marks), verdict, call_id, None, cut=False)


def login(at: float = 0.0, status: int = 200, *, fault: FaultKind | None = None) -> Exchange:
    """A request for a token."""
    marks: Headers = ((HEADER, fault.value),) if fault else ()
    request = Request("POST", "/oauth/token")
    return Exchange(str(at), START + at, request, Response(status, marks), None, None, None, cut=False)


def run(
    scenario: str,
    exchanges: Sequence[Exchange],
    *,
    exit_code: int = 0,
    end: RunEnd = RunEnd.OWN,
    expired_handshakes: int = 0,
) -> ProgramRun:
    """A run of a program that left these exchanges and ended a second after the last."""
    last = exchanges[-1].at if exchanges else START
    return ProgramRun(
        scenario=named(scenario),
        exit_code=exit_code,
        end=end,
        exchanges=tuple(exchanges),
        began=START,
        ended=last + 1,
        expired_handshakes=expired_handshakes,
    )

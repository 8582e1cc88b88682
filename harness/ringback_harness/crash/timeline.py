"""What happened in a run, request by request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from operator import attrgetter

from ringback_contracts.catalogue import route
from ringback_contracts.core.model import Request
from ringback_contracts.http.faults import FaultKind
from ringback_contracts.privacy import redact_text
from ringback_harness.crash.evidence import ProgramRun, RunEnd, fault_of, header
from ringback_harness.crash.legs import dialled_legs
from ringback_harness.crash.witness import SocketEvent
from ringback_mock.engine.journal import Exchange

SHOWN = 14
"""Moments that fit a screen; of a longer run the middle is left out."""

UNSEEN = {
    FaultKind.LOST_REPLY: "connection closed before the answer",
    FaultKind.RESET: "connection reset",
    FaultKind.TRUNCATED_REPLY: "answer broken off in its body",
}


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """Something that happened ``seconds`` after the first request."""

    seconds: float
    what: str


def timeline(run: ProgramRun) -> list[TimelineEntry]:
    """Every request with its answer and what it did, and the end of the program."""
    calls, legs = count(1), count(1)
    start = run.exchanges[0].at if run.exchanges else run.began
    moments = [TimelineEntry(exchange.at - start, _told(exchange, calls, legs)) for exchange in run.exchanges]
    moments += [TimelineEntry(event.at - start, _event(event)) for event in run.events]
    moments.sort(key=attrgetter("seconds"))
    return [*moments, TimelineEntry(run.ended - start, _ended(run))]


def shortened(moments: list[TimelineEntry]) -> list[TimelineEntry | None]:
    """The moments that fit a screen; ``None`` stands for those that do not."""
    if len(moments) <= SHOWN:
        return list(moments)
    return [*moments[: SHOWN - 3], None, *moments[-2:]]


def _event(event: SocketEvent) -> str:
    legs = ", ".join(
        f"{leg.get('purpose', 'a leg')} {leg.get('state', '')}"
        for leg in event.body.get("participants") or ()
    )
    return f"event: {legs}" if legs else "event"


def _told(exchange: Exchange, calls: Iterator[int], legs: Iterator[int]) -> str:
    request = exchange.request
    placed = f"CALL {next(calls)} PLACED, " if exchange.call_id is not None else ""
    placed += "".join(f"LEG {next(legs)} DIALLED, " for _ in dialled_legs(exchange))
    return f"{request.method} {_path(request)}: {placed}{_answer(exchange)}"


def _path(request: Request) -> str:
    """The path without ids, which would only hide what differs."""
    operation = route(request.method, request.path).operation
    return operation.template if operation else redact_text(request.path)


def _answer(exchange: Exchange) -> str:
    fault = fault_of(exchange)
    if fault in UNSEEN:
        return UNSEEN[FaultKind(fault)]
    asked = header(exchange, "Retry-After")
    delivery = exchange.response.delivery
    notes = [
        f"Retry-After: {asked}" if asked else "",
        f"{delivery.wait:g} s late" if delivery and delivery.wait else "",
        f"over {delivery.trickle:g} s" if delivery and delivery.trickle else "",
        fault if fault and exchange.response.status < 300 and delivery is None else "",
    ]
    told = ", ".join(filter(None, notes))
    return f"{exchange.response.status}{f' ({told})' if told else ''}"


def _ended(run: ProgramRun) -> str:
    return f"the program {run.way_out}" if run.end is RunEnd.OWN else run.end.value

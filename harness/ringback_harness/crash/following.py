"""What a program was told of the end of a call: by an event, or by an answer that it asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ringback_harness.crash.evidence import ProgramRun, is_whole
from ringback_harness.crash.witness import is_over
from ringback_mock.engine.journal import Exchange


def was_told_of_end(run: ProgramRun, call_id: str) -> bool:
    """Whether an event or an answer told the program that the call is over."""
    return any(event.ends(call_id) for event in run.events) or any(
        call.get("id") == call_id and is_over(call) for exchange in run.exchanges for call in _read(exchange)
    )


def _read(exchange: Exchange) -> Iterator[Mapping[str, Any]]:
    """The calls that an answer tells of."""
    if exchange.request.method != "GET" or exchange.response.status != 200 or not is_whole(exchange):
        return
    try:
        value = json.loads(exchange.response.body)
    except ValueError:  # cut where the journal keeps no more
        return
    if isinstance(value, dict):
        yield value
        yield from (one for one in value.get("entities") or () if isinstance(one, dict))

"""The search for what was kept with the participants of conversations."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from ringback_contracts.resources.conversations.searching import ROWS, SEARCH, is_sought, page, row
from ringback_mock.engine.calls import CallRecord
from ringback_mock.engine.conversation import A_FEW
from ringback_mock.engine.handling import Applied, Ask, handles


@handles(SEARCH)
def searched(ask: Ask) -> Applied:
    """A page of the conversations that the body asks for, the oldest first."""
    return 200, _in_pieces(ask)


def _in_pieces(ask: Ask) -> Iterator[bytes]:
    """The page as JSON. A few calls are brought to life for each piece, and all but the last are empty."""
    criteria, rows = ask.body.get("query") or (), []
    calls = _from(ask, ask.body.get("cursor"))
    for start in range(0, len(calls), A_FEW):
        told = [row(call.at(ask.now), ask.tenant.org.division_id) for call in calls[start : start + A_FEW]]
        rows += [one for one in told if one is not None and is_sought(one, criteria)]
        if len(rows) > ROWS:
            break
        yield b""
    yield orjson.dumps(page(rows))


def _from(ask: Ask, cursor: str | None) -> list[CallRecord]:
    """The calls in the order in which they were placed, after the one that the cursor names."""
    calls = sorted(ask.tenant.calls, key=_order)
    last = ask.tenant.calls.get(cursor) if cursor else None
    return calls if last is None else [call for call in calls if _order(call) > _order(last)]


def _order(call: CallRecord) -> tuple[float, str]:
    return call.placed_at, call.id

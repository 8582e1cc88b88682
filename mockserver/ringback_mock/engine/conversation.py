"""A call as it is told now, and kept so until something about it changes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import orjson

from ringback_contracts.life import next_turn
from ringback_contracts.life.views import flat, nested
from ringback_contracts.life.views.parts import Json
from ringback_mock.engine.calls import CallRecord, Look

A_FEW = 50
"""Calls that are brought to life at a time: about a millisecond's work."""
LONGEST_LOOK = 4_096
"""Bytes of a call as JSON up to which it is kept: those few that need more could fill the memory."""


def conversation(call: CallRecord, now: float) -> Json:
    """The call as a published CallConversation, with the legs that exist by now."""
    return flat.call_conversation(call.at(now))


def nested_conversation(call: CallRecord, now: float) -> Json:
    """The call as a published Conversation, in which each participant holds its calls."""
    return nested.conversation(call.at(now))


def look(call: CallRecord, now: float) -> orjson.Fragment:
    """What ``conversation`` says, as JSON; it is kept, since most looks at a call see nothing new."""
    kept = call.look
    if kept and now < kept.until:
        return orjson.Fragment(kept.text)
    life = call.at(now)
    text = orjson.dumps(flat.call_conversation(life))
    due = next_turn(life)
    call.look = Look(math.inf if due is None else due, text) if len(text) <= LONGEST_LOOK else None
    return orjson.Fragment(text)


def listing(
    calls: Iterable[CallRecord], now: float, write: Callable[[CallRecord, float], Any] = conversation
) -> Json:
    """Those of the calls that are not over, as a published CallConversationEntityListing of one page.

    ``write`` makes an entity of each.
    """
    return flat.listing(write(call, now) for call in calls if call.active(now))


def listed_in_pieces(calls: Sequence[CallRecord], user_id: str, now: float) -> Iterator[bytes]:
    """What ``listing`` says of the user's calls, as JSON. A few calls are brought to life for each piece.

    All but the last piece are empty, since the number of calls may stand anywhere in the text.
    """
    shown: list[orjson.Fragment] = []
    for start in range(0, len(calls), A_FEW):
        few = (call for call in calls[start : start + A_FEW] if call.involves(user_id, now))
        shown += [look(call, now) for call in few if call.active(now)]
        yield b""
    yield orjson.dumps(flat.listing(shown))


def self_uri(call: CallRecord) -> str:
    """Where the call can be read."""
    return flat.self_uri(call.id)

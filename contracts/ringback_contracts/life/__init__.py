"""The life of a call: its values, what can be done to it, and how it goes on. Pure: no clock and no chance.

    call = apply(opened(call_id, now), Place(caller, (party,)), now)
    call = advance(call, now + 5)
    call_conversation(call)

A call is its history, the accepted commands with their times; all that anybody sees is a function of the
history and a moment. ``next_turn`` tells when something happens next by itself.
"""

from __future__ import annotations

from ringback_contracts.life.ending import possible
from ringback_contracts.life.engine import (
    HistoryError,
    advance,
    apply,
    next_turn,
    objection,
    opened,
    replay,
    snapshots,
)
from ringback_contracts.life.history import decode, encode
from ringback_contracts.life.objections import GROUNDS, Ground, Objection
from ringback_contracts.life.values import Conversation, Entry

__all__ = [
    "GROUNDS",
    "Conversation",
    "Entry",
    "Ground",
    "HistoryError",
    "Objection",
    "advance",
    "apply",
    "decode",
    "encode",
    "next_turn",
    "objection",
    "opened",
    "possible",
    "replay",
    "snapshots",
]

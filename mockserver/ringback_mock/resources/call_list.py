"""The calls that the console lists: the newest, as somebody looks for them.

A long search is made in pieces, between which others are served.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import dropwhile, islice
from typing import Any

import orjson

from ringback_contracts.life import Conversation, next_turn
from ringback_contracts.life.moments import timestamp
from ringback_contracts.life.values import CallParticipant
from ringback_contracts.org import Org
from ringback_mock.engine.calls import CallRecord
from ringback_mock.engine.tenant import Tenant
from ringback_mock.resources.far_end import party_shown

PAGE = 200
"""Calls that are listed at once: a page shows no more at a glance."""
PIECE = 5
"""Calls that are looked at between two requests of others: no more work than a request is."""
FEWEST_DIGITS = 7
"""Digits at its end by which a number is found; with fewer one could try them out."""
_NUMBER = re.compile(r"(?:tel:)?\+?[0-9][0-9 ().\-/]*", re.IGNORECASE)
_NO_DIGIT = re.compile(r"[^0-9]")


class Sought:
    """What is looked for: calls in which each word of the text is found, older than the one of that id."""

    def __init__(self, text: str = "", before: str | None = None) -> None:
        self.words = tuple(text.lower().split())
        self.before = before
        digits = _NO_DIGIT.sub("", text) if _NUMBER.fullmatch(text.strip()) else ""
        self.digits = digits if len(digits) >= FEWEST_DIGITS else ""
        """Those of a number, if one is looked for."""

    def is_number(self, address: str) -> bool:
        """Whether the address is the number that is looked for."""
        return _NUMBER.fullmatch(address) is not None and _NO_DIGIT.sub("", address).endswith(self.digits)


def listed(tenant: Tenant, sought: Sought) -> Iterator[bytes]:
    """The newest calls that are sought, as JSON; all pieces but the last are empty."""
    now, org = tenant.clock(), tenant.org
    shown: list[dict[str, Any]] = []
    turns: list[float] = []
    older = None
    for count, call in enumerate(_from(tuple(tenant.calls)[::-1], sought.before), 1):
        if len(shown) == PAGE:
            older = shown[-1]["id"]
            break
        if count % PIECE == 0:
            yield b""
        if sought.digits and call.all_numbers_known and not any(map(sought.is_number, call.numbers)):
            continue
        life = call.at(now)
        if (turn := next_turn(life)) is not None:
            turns.append(turn)
        if _fits(call, life, org, sought):
            shown.append(call_shown(life, org))
    told = {"now": timestamp(now), **pace(tenant, min(turns, default=None))}
    yield orjson.dumps({**told, "total": len(tenant.calls), "older": older, "calls": shown})


def _from(newest: Sequence[CallRecord], before: str | None) -> Iterator[CallRecord]:
    """Those older than the call of that id; where it is forgotten, so are they."""
    if before is None:
        return iter(newest)
    return islice(dropwhile(lambda call: call.id != before, newest), 1, None)


def _fits(call: CallRecord, life: Conversation, org: Org, sought: Sought) -> bool:
    """Whether the call is one that is sought: by whatever of it may be shown, or by a number as a whole."""
    if not sought.words or (sought.digits and any(map(sought.is_number, _addresses(call, life)))):
        return True
    # To redact takes longer than to look, and few calls are left for it.
    at_first = tuple(word for word in sought.words if "*" not in word)
    return _has(_said(life, org, _name), at_first) and _has(_said(life, org, name_of), sought.words)


def _addresses(call: CallRecord, life: Conversation) -> Iterator[str]:
    """Whom the call is to dial, and whoever is on it."""
    yield from call.numbers
    yield from (one.party.address or "" for one in life.participants)


def _has(texts: Iterator[str], words: tuple[str, ...]) -> bool:
    said = "\n".join(texts).lower()
    return all(word in said for word in words)


def _said(life: Conversation, org: Org, name: Callable[[CallParticipant, Org], str]) -> Iterator[str]:
    """All that a call can be found by."""
    yield life.id
    yield state_of(life)
    for one in life.participants:
        yield name(one, org)
        yield one.user_id or ""
        if one.queue_id:
            queue = org.queue_by_id.get(one.queue_id)
            yield one.queue_id
            yield queue.name if queue else ""


def state_of(life: Conversation) -> str:
    """How the call stands, in a word: as its far end does, while anybody is on it."""
    if not life.active:
        return "ended"
    if any(one.call.held for one in life.participants):
        return "held"
    far = [one for one in life.participants if one.party.kind == "address" and not one.call.over]
    return (far[:1] or life.participants[-1:])[0].call.state if life.participants else "new"


def call_shown(life: Conversation, org: Org) -> dict[str, Any]:
    """A call as the console lists it."""
    turn = next_turn(life)
    return {
        "id": life.id,
        "startedAt": timestamp(life.started_at),
        "active": life.active,
        "state": state_of(life),
        "nextTurnAt": None if turn is None else timestamp(turn),
        "parties": [
            {
                **party_shown(one),
                "name": name_of(one, org),
                "muted": one.call.muted,
                "confined": one.call.confined,
                "error": one.call.fault.message if one.call.fault else None,
            }
            for one in life.participants
        ],
        "held": any(one.call.held for one in life.participants),
        "consult": _consult(life),
        "transfers": len(life.transfers),
    }


def _consult(life: Conversation) -> dict[str, Any] | None:
    """Who asks about whom."""
    if life.consult is None:
        return None
    parties = life.participants
    return {"by": parties[life.consult.initiator].id, "about": parties[life.consult.subject].id}


def name_of(one: CallParticipant, org: Org) -> str:
    """Who it is: a user of the org by name, somebody outside by what may be shown of the address."""
    from ringback_contracts.privacy import redact_text

    return redact_text(_name(one, org))


def _name(one: CallParticipant, org: Org) -> str:
    user = org.user_by_id.get(one.user_id or "")
    return user.name if user is not None else one.party.name or one.party.address or one.purpose


def pace(tenant: Tenant, turn: float | None) -> dict[str, Any]:
    """How fast time goes in the org, and in how many seconds of the world's something happens by itself."""
    left = math.inf if turn is None else tenant.clock.seconds_until(turn)
    course = tenant.clock.course
    return {
        "speed": 0.0 if course.frozen else course.speed,
        "wakeIn": None if math.isinf(left) else left,
    }

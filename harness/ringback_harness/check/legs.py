"""What always holds of the legs of a call, in whatever shape they are shown: in one look, and between two."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ringback_contracts.life.moments import read_moment
from ringback_contracts.life.values import OVER

Leg = Mapping[str, Any]
RANK: Mapping[str, int] = {
    "contacting": 0,
    "offering": 0,
    "alerting": 0,
    "dialing": 1,
    "connected": 2,
    "parked": 2,
    "disconnected": 3,
    "terminated": 4,
}
"""The states of a leg in the order in which it comes to them (published)."""
ONE_ID = "two participants of a call have one id"
TIMES = ("startTime", "connectedTime", "endTime")
"""The times of a leg, in the order in which they come; each is told once and for all."""


def lacking(name: str) -> str:
    """What to say of a leg without a field that it must have."""
    return f"a leg of the call comes without {name}"


def changes_between(before: Sequence[Leg], after: Sequence[Leg]) -> Iterator[str]:
    """What cannot have become of these legs: one that is there stays, goes on, and keeps its times."""
    now = {leg.get("id"): leg for leg in after}
    if len(now) < len(after):
        yield ONE_ID
    for leg in before:
        then = now.get(leg.get("id"))
        if then is None:
            yield "a participant vanishes from a call"
            continue
        yield from _backwards(leg, then)


def _backwards(leg: Leg, then: Leg) -> Iterator[str]:
    was, became = str(leg.get("state")), str(then.get("state"))
    if became not in RANK:
        yield f"a leg is in a state that nobody knows: {became}"
    elif RANK[became] < RANK.get(was, 0):
        yield f"a leg goes back from {was} to {became}"
    for name in TIMES:
        if name in leg and then.get(name) != leg[name]:
            yield f"the {name} of a leg changes"


def left_behind(legs: Sequence[Leg]) -> Iterator[str]:
    """What cannot be of these legs at any time."""
    for leg in legs:
        times = [moment for name in TIMES if (moment := read_moment(leg.get(name))) is not None]
        if times != sorted(times):
            yield "the times of a leg run back"
        over = leg.get("state") in OVER
        if over and not leg.get("endTime"):
            yield lacking("endTime")
        elif leg.get("endTime") and not over:
            yield f"a leg that is {leg.get('state')} has an endTime"
        if leg.get("held") and leg.get("state") not in ("connected", "parked"):
            yield f"a leg that is {leg.get('state')} is on hold"
        if leg.get("confined") and not any(_holds(other) for other in legs if other is not leg):
            yield "somebody is confined, and nobody is there who confines them"


def _holds(leg: Leg) -> bool:
    return leg.get("state") == "connected"

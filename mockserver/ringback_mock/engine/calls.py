"""The calls of an org: what was asked for, and how each goes on; the newest are kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field, replace
from typing import NamedTuple

from ringback_contracts.core.lazy import lazy
from ringback_contracts.core.model import DestinationKind, Intent
from ringback_contracts.core.plain import plain
from ringback_contracts.org import Org, Outcome
from ringback_mock.engine.bounded import Bounded, Room
from ringback_mock.engine.ids import new_id
from ringback_mock.engine.timeline import Leg, Party, legs

CALLS_BYTES = 16 * 2**20
"""Most memory, roughly, that one org's calls may hold: an accepted body can carry half a megabyte."""
CALL_FRAME = 10_000
"""Memory that a call takes beside what it weighs, once it was read: its legs, and how it looks as JSON."""
TARGET_BYTES = 200
"""What a dialled party weighs beside its texts."""


@plain()
class Plan:
    """What a call will be, whenever it is placed: ``outcomes`` says for each target how it takes the call.

    ``numbers`` are those that it dials; ``weight`` is roughly the memory in bytes that it takes.
    """

    intent: Intent
    outcomes: tuple[Outcome, ...]
    numbers: tuple[str, ...]
    weight: int


def plan(intent: Intent, outcome: Outcome | tuple[Outcome, ...]) -> Plan:
    """How the intent is carried out. One outcome holds for every target; a tuple gives each its own.

    Raises ``ValueError`` for a tuple of another length than the intent's targets.
    """
    outcomes = (outcome,) * len(intent.targets) if isinstance(outcome, Outcome) else outcome
    if len(outcomes) != len(intent.targets):
        raise ValueError(f"{len(intent.targets)} targets need as many outcomes, not {len(outcomes)}")
    return Plan(intent, outcomes, dialled(intent), _weight(intent))


def dialled(intent: Intent) -> tuple[str, ...]:
    """The addresses and ids that the call goes to."""
    return tuple(target.value for target in intent.targets)


class Look(NamedTuple):
    """A call as JSON, which is true of every moment from ``since`` on and before ``until``."""

    since: float
    until: float
    text: bytes


@plain(slots=False)
class Call:
    """One placed call. ``outcomes`` says for each target of the intent how it takes the call; times are
    seconds since 1970. The repr names nobody."""

    id: str
    org: Org = field(repr=False)
    intent: Intent = field(repr=False)
    outcomes: tuple[Outcome, ...]
    placed_at: float
    hung_up_at: float | None = None

    @lazy
    def looks(self) -> list[Look]:
        """The last look at the call, if there was one: it goes when the call goes."""
        return []

    @lazy
    def legs(self) -> tuple[Leg, ...]:
        """Every leg that the call has or will have, the caller's own first."""
        parties = [
            Party(outcome, at_once=target.kind in PICKS_UP_AT_ONCE)
            for target, outcome in zip(self.intent.targets, self.outcomes, strict=True)
        ]
        return tuple(legs(self.placed_at, parties, self.hung_up_at))

    def active(self, now: float) -> bool:
        """Whether anybody is still on the call, or about to be."""
        return not all(leg.ended(now) for leg in self.legs)

    def involves(self, user_id: str) -> bool:
        """Whether the user places the call or is dialled by it."""
        return self.intent.user_id == user_id or any(
            target.kind is DestinationKind.USER and target.value == user_id for target in self.intent.targets
        )


PICKS_UP_AT_ONCE = frozenset({DestinationKind.QUEUE, DestinationKind.CONVERSATIONS})
"""A queue takes a call without ringing, and calls that are merged are up already."""


def hang_up(call: Call, now: float) -> Call:
    """The call with every leg ended now; a call that is over stays as it was."""
    return replace(call, hung_up_at=max(now, call.placed_at)) if call.active(now) else call


class Calls:
    """The newest calls of one org by id: at most ``size``, and of bounded weight. ``in`` asks for an id."""

    def __init__(self, org: Org, size: int, room: Room | None = None) -> None:
        self._org = org
        self._calls: Bounded[str, Call] = Bounded(size, CALLS_BYTES, room=room, frame=CALL_FRAME)

    def place(self, plan: Plan, now: float) -> Call:
        """Keep a new call."""
        call = Call(new_id(), self._org, plan.intent, plan.outcomes, now)
        self._calls.put(call.id, call, plan.weight)
        return call

    def get(self, call_id: str) -> Call | None:
        return self._calls.get(call_id)

    def hang_up(self, call_id: str, now: float) -> Call | None:
        """End the call for everybody and give its new record; ``None`` for an unknown one."""
        call = self._calls.get(call_id)
        if call is None:
            return None
        ended = hang_up(call, now)
        self._calls.put(call_id, ended, _weight(call.intent))
        return ended

    def of_user(self, user_id: str) -> Iterator[Call]:
        """The calls that the user places or is dialled by, the oldest first."""
        return (call for call in self._calls.values() if call.involves(user_id))

    def clear(self) -> None:
        self._calls.clear()

    def close(self) -> None:
        """Forget every call, and take none any more."""
        self._calls.close()

    def __contains__(self, call_id: object) -> bool:
        return call_id in self._calls

    def __iter__(self) -> Iterator[Call]:
        return self._calls.values()

    def __len__(self) -> int:
        return len(self._calls)


def _weight(intent: Intent) -> int:
    weight = len(intent.uui_data or "") + len(intent.caller_id or "") + len(intent.caller_id_name or "")
    for target in intent.targets:
        weight += TARGET_BYTES + len(target.value) + len(target.name or "")
    for key, value in intent.attributes.items():
        weight += len(key) + len(value)
    return weight

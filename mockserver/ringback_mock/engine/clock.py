"""Time as the mock tells it: each org has its own, which tests may stop, move and hurry."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from ringback_contracts.life.moments import timestamp
from ringback_contracts.openapi.admin import FASTEST

Clock = Callable[[], float]
"""Seconds since 1970, as ``time.time`` gives them."""

LATEST = datetime(5000, 1, 1, tzinfo=UTC).timestamp()
"""Calls begin no later, so that whatever is due on them has a date too."""


class ClockError(ValueError):
    """What somebody wants of the clock cannot be: why, and what can."""


class ClockCommand(NamedTuple):
    """What somebody wants of an org's clock; ``None`` leaves as it is.

    ``now`` is in seconds since 1970, ``advance`` so many seconds more; ``speed`` is the org's seconds in one
    of the world's, and ``freeze`` stops the clock or lets it go.
    """

    now: float | None = None
    advance: float = 0.0
    speed: float | None = None
    freeze: bool | None = None


class OrgClock:
    """An org's time. It runs with the world's, ``speed`` times as fast, until somebody commands it."""

    def __init__(self, world: Clock, speed: float = 1.0) -> None:
        self._world = world
        self._usual = speed
        self.reset()

    def reset(self) -> None:
        """Tell the world's time again, at the usual speed from now on."""
        self.speed = self._usual
        self.frozen = False
        self._began = self._at = self._world()
        self._free = self.speed == 1.0

    def __call__(self) -> float:
        if self._free:
            return self._world()
        return self._at if self.frozen else self._at + (self._world() - self._began) * self.speed

    def obey(self, command: ClockCommand) -> None:
        """Set the time first, then move it, then let it run as is wanted.

        Raises ``ClockError`` for a moment that is no date, and leaves the clock as it was.
        """
        moment = (self() if command.now is None else command.now) + command.advance
        if not 0 <= moment <= LATEST:
            raise ClockError(f"the clock would tell {moment:.0f} seconds since 1970; it goes to {LATEST:.0f}")
        self._at, self._began = moment, self._world()
        self.speed = self.speed if command.speed is None else command.speed
        self.frozen = self.frozen if command.freeze is None else command.freeze
        self._free = False

    def shown(self) -> dict[str, Any]:
        """What the clock tells, and how it goes."""
        return {"now": timestamp(self()), "frozen": self.frozen, "speed": self.speed}


def command_from(data: object) -> ClockCommand:
    """The command that a JSON object holds; raises ``ClockError``."""
    if not isinstance(data, Mapping) or not data:
        raise ClockError('the body is no JSON object of what the clock shall do, such as {"advance": 30}')
    if others := sorted(str(key) for key in data.keys() - ClockCommand._fields):
        raise ClockError(f"{others[0]!r} is nothing a clock can do; known: freeze, advance, speed, now")
    freeze = data.get("freeze")
    if freeze is not None and not isinstance(freeze, bool):
        raise ClockError("freeze is true or false")
    speed = _number(data, "speed")
    if speed is not None and not 0 < speed <= FASTEST:
        raise ClockError(f"speed is above 0 and at most {FASTEST:.0f}; to stop the clock, freeze it")
    return ClockCommand(_moment(data), _advance(data), speed, freeze)


def _advance(data: Mapping[str, Any]) -> float:
    seconds = _number(data, "advance") or 0.0
    if seconds < 0:
        raise ClockError("advance is 0 or more seconds; now sets the clock back")
    return seconds


def _number(data: Mapping[str, Any], name: str) -> float | None:
    value = data.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ClockError(f"{name} is a number")
    return float(value)


def _moment(data: Mapping[str, Any]) -> float | None:
    """The moment that ``now`` names: a date of ISO 8601 with its zone, or seconds since 1970."""
    value = data.get("now")
    if not isinstance(value, str):
        return _number(data, "now")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise ClockError(f"now is no date: {error}; write 2026-01-01T09:00:00Z") from error
    if moment.tzinfo is None:
        raise ClockError("now has no zone; write 2026-01-01T09:00:00Z")
    return moment.timestamp()

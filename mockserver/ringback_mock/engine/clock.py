"""Time as the mock tells it: each org has its own, which tests may stop, move and hurry."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from ringback_contracts.administration import FASTEST
from ringback_contracts.life.moments import timestamp

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


class Course(NamedTuple):
    """How a clock goes: it told ``at`` in the moment ``began`` of the world, and stands still or runs on."""

    at: float
    began: float
    speed: float
    frozen: bool = False

    def tells(self, world: float) -> float:
        """The clock's time at a moment of the world."""
        return self.at if self.frozen else self.at + (world - self.began) * self.speed


class OrgClock:
    """An org's time. It runs with the world's, ``speed`` times as fast, until somebody commands it."""

    def __init__(self, world: Clock, speed: float = 1.0) -> None:
        self._world = world
        self._usual = speed
        self.reset()

    def reset(self) -> None:
        """Tell the world's time again, at the usual speed from now on."""
        now = self._world()
        self.course = Course(now, now, self._usual)
        self._free = self._usual == 1.0

    def __call__(self) -> float:
        return self._world() if self._free else self.course.tells(self._world())

    def seconds_until(self, moment: float) -> float:
        """How many of the world's seconds it takes until the clock tells the moment; no end, if it stands."""
        return math.inf if self.course.frozen else max(0.0, moment - self()) / self.course.speed

    def after(self, command: ClockCommand) -> Course:
        """How the clock would go: set first, then moved, then let run as is wanted.

        Raises ``ClockError`` for a moment that is no date.
        """
        moment = (self() if command.now is None else command.now) + command.advance
        if not 0 <= moment <= LATEST:
            raise ClockError(f"the clock would tell {moment:.0f} seconds since 1970; it goes to {LATEST:.0f}")
        speed = self.course.speed if command.speed is None else command.speed
        frozen = self.course.frozen if command.freeze is None else command.freeze
        return Course(moment, self._world(), speed, frozen)

    @property
    def commanded(self) -> Course | None:
        """How it goes, if it does not just tell the world's time."""
        return None if self._free else self.course

    def go(self, course: Course) -> None:
        """Go so from now on."""
        self.course, self._free = course, False

    def shown(self, course: Course | None = None) -> dict[str, Any]:
        """What the clock tells, and how it goes; or would tell, if it went so."""
        now, course = (self(), self.course) if course is None else (course.at, course)
        return {"now": timestamp(now), "frozen": course.frozen, "speed": course.speed}


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

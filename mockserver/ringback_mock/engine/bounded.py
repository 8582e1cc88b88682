"""Mappings that cannot grow without end, each by itself and all of them together."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from heapq import heapify, heappop, heapreplace
from typing import Any, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")
SLACK = 64
"""A full room frees this part of itself, so that it need not look for the oldest entry at each step."""


class Room:
    """The weight that several ``Bounded`` share: beyond ``most``, the oldest of all entries go first."""

    def __init__(self, most: float = float("inf")) -> None:
        self._most = most
        self._members: list[Bounded[Any, Any]] = []
        self.newest = 0
        """When the newest entry came, in the order of all that come."""
        self._tidying = False
        self.weight = 0

    def enter(self, member: Bounded[Any, Any]) -> None:
        self._members.append(member)

    def leave(self, member: Bounded[Any, Any]) -> None:
        self._members.remove(member)

    def change(self, weight: int) -> None:
        """Count the weight that comes; make room where there is none any more."""
        self.weight += weight
        if self.weight > self._most and not self._tidying:
            # What a member is told to forget may be a line in another one.
            self._tidying = True
            self._tidy(self._most - self._most // SLACK)
            self._tidying = False

    def _tidy(self, enough: float) -> None:
        oldest = [
            (member.oldest, place) for place, member in enumerate(self._members) if member.oldest is not None
        ]
        heapify(oldest)
        while self.weight > enough and oldest and oldest[0][0] < self.newest:
            place = oldest[0][1]
            member = self._members[place]
            member.drop_oldest()
            if member.oldest is None:
                heappop(oldest)
            else:
                heapreplace(oldest, (member.oldest, place))


class Bounded(Generic[K, V]):
    """The newest ``size`` entries, of at most ``weight`` in all: the oldest are forgotten first.

    The newest entry is kept however much it weighs. ``forget`` is told of each entry that goes to
    make room. In the ``room``, which others may share, an entry weighs ``frame`` more: the memory that
    it takes beside what it weighs by itself. Raises ``ValueError`` for a negative size.
    """

    def __init__(
        self,
        size: int,
        weight: float = float("inf"),
        forget: Callable[[K, V], object] | None = None,
        *,
        room: Room | None = None,
        frame: int = 0,
    ) -> None:
        if size < 0:
            raise ValueError(f"a size is 0 or more, not {size}")
        self._size = size
        self._most = weight
        self._forget = forget
        self._room = room or Room()
        self._frame = frame
        self._entries: OrderedDict[K, tuple[V, int, int]] = OrderedDict()
        self.weight = 0
        self._room.enter(self)

    def put(self, key: K, value: V, weight: int = 0) -> None:
        """Keep the value as the newest entry, or in the place of the one with the same key."""
        old = self._entries.get(key)
        if old is None:
            heavier, frame = weight, self._frame
            born = self._room.newest = self._room.newest + 1
        else:
            heavier, frame, born = weight - old[1], 0, old[2]
        self.weight += heavier
        self._entries[key] = (value, weight, born)
        while len(self._entries) > self._size or (self.weight > self._most and len(self._entries) > 1):
            self.drop_oldest()
        self._room.change(heavier + frame)

    @property
    def oldest(self) -> int | None:
        """When the oldest entry came, in the order of all in the room."""
        return next(iter(self._entries.values()))[2] if self._entries else None

    def drop_oldest(self) -> None:
        """Forget the oldest entry, of which there is one."""
        key, (value, weight, _) = self._entries.popitem(last=False)
        self._lighten(weight, 1)
        if self._forget is not None:
            self._forget(key, value)

    def _lighten(self, weight: int, entries: int) -> None:
        self.weight -= weight
        self._room.weight -= weight + entries * self._frame

    def get(self, key: K) -> V | None:
        entry = self._entries.get(key)
        return entry[0] if entry else None

    def pop(self, key: K) -> V | None:
        """Take the entry out; ``forget`` is not told."""
        entry = self._entries.pop(key, None)
        if entry is None:
            return None
        self._lighten(entry[1], 1)
        return entry[0]

    def clear(self) -> None:
        """Take every entry out; ``forget`` is not told."""
        self._lighten(self.weight, len(self._entries))
        self._entries.clear()

    def close(self) -> None:
        """Take every entry out and leave the room; nothing can be put here any more."""
        self.clear()
        self._size = 0
        self._room.leave(self)

    def items(self) -> Iterator[tuple[K, V]]:
        """From the oldest to the newest, with their keys."""
        return ((key, entry[0]) for key, entry in self._entries.items())

    def values(self) -> Iterator[V]:
        """From the oldest to the newest."""
        return (entry[0] for entry in self._entries.values())

    def newest(self) -> Iterator[V]:
        """From the newest to the oldest."""
        return (entry[0] for entry in reversed(self._entries.values()))

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def __iter__(self) -> Iterator[K]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

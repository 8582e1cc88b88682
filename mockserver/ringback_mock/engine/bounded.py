"""A mapping that cannot grow without end."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Bounded(Generic[K, V]):
    """The newest ``size`` entries, of at most ``weight`` in all: the oldest are forgotten first.

    The newest entry is kept however much it weighs. ``forget`` is told of each entry that goes to
    make room. Raises ``ValueError`` for a negative size.
    """

    def __init__(
        self, size: int, weight: float = float("inf"), forget: Callable[[K, V], object] | None = None
    ) -> None:
        if size < 0:
            raise ValueError(f"a size is 0 or more, not {size}")
        self._size = size
        self._most = weight
        self._forget = forget
        self._entries: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self.weight = 0

    def put(self, key: K, value: V, weight: int = 0) -> None:
        """Keep the value as the newest entry, or in the place of the one with the same key."""
        old = self._entries.get(key)
        self.weight += weight - (old[1] if old else 0)
        self._entries[key] = (value, weight)
        while len(self._entries) > self._size or (self.weight > self._most and len(self._entries) > 1):
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        key, (value, weight) = self._entries.popitem(last=False)
        self.weight -= weight
        if self._forget:
            self._forget(key, value)

    def get(self, key: K) -> V | None:
        entry = self._entries.get(key)
        return entry[0] if entry else None

    def pop(self, key: K) -> V | None:
        """Take the entry out; ``forget`` is not told."""
        value, weight = self._entries.pop(key, (None, 0))
        self.weight -= weight
        return value

    def clear(self) -> None:
        """Take every entry out; ``forget`` is not told."""
        self._entries.clear()
        self.weight = 0

    def values(self) -> Iterator[V]:
        """From the oldest to the newest."""
        return (value for value, _ in self._entries.values())

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def __iter__(self) -> Iterator[K]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

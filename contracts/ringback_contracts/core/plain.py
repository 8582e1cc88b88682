"""Plain values, frozen for the type checker and cheap to make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def plain(*, slots: bool = True, compared: bool = True) -> Callable[[type[T]], type[T]]:
    """A dataclass that nobody may change, which the type checker sees to.

    Seeing to it at run time as well would make each one take four times as long, and a request makes a
    dozen. What is never ``compared`` is made sooner too, which tells at the start where there are many.
    """
    return dataclass(slots=slots, eq=compared, unsafe_hash=compared)


def often_replaced(kind: type[T]) -> type[T]:
    """A named tuple whose ``_replace`` makes the new one at once.

    The one that it has by itself asks of each field whether it is replaced: a leg has twenty.
    """
    made: Any = kind
    places = {name: place for place, name in enumerate(made._fields)}

    def _replace(self: tuple[Any, ...], /, **changes: Any) -> Any:
        values = list(self)
        for name, value in changes.items():
            values[places[name]] = value
        return tuple.__new__(made, values)

    made._replace = _replace
    return kind

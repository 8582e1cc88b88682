"""Plain values, frozen for the type checker and cheap to make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def plain(*, slots: bool = True, compared: bool = True) -> Callable[[type[T]], type[T]]:
    """A dataclass that nobody may change, which the type checker sees to.

    Seeing to it at run time as well would make each one take four times as long, and a request makes a
    dozen. What is never ``compared`` is made sooner too, which tells at the start where there are many.
    """
    return dataclass(slots=slots, eq=compared, unsafe_hash=compared)

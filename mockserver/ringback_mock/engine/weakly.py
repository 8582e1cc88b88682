"""What is told of something without keeping whoever wants to know."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar
from weakref import WeakMethod

P = ParamSpec("P")
T = TypeVar("T")


def weakly(method: Callable[P, T]) -> Callable[P, T]:
    """The bound method, which does not keep its object.

    It is for what belongs to the object: held by its own parts, an object that is dropped would wait for the
    garbage collector. Raises ``ReferenceError`` where the object is gone.
    """
    held = WeakMethod(method)

    def ask(*args: P.args, **kwargs: P.kwargs) -> T:
        there = held()
        if there is None:
            raise ReferenceError("what belonged to an object outlived it")
        return there(*args, **kwargs)

    return ask

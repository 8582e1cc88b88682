"""What a request says: each text and number in it, whole, with the place where it stands."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ringback_contracts.catalogue import route
from ringback_contracts.core.model import Request
from ringback_contracts.http.written import Members, as_written

CALL_ID = "conversationId"
"""The path parameter of operations about one call."""
USER_ID = "userId"
"""The path parameter that says who calls."""


class Unreadable(ValueError):
    """A body that readers may take for different things."""


@dataclass(frozen=True, slots=True)
class Value:
    """One text; a number is one as it was written. ``keys`` lead to it.

    ``in_path`` marks a parameter of the path, ``named`` the name of a member itself, ``loose`` a body that is
    no JSON and counts as one text.
    """

    text: str = field(repr=False)
    keys: tuple[str, ...] = ()
    in_path: bool = False
    named: bool = False
    loose: bool = False

    @property
    def key(self) -> str:
        """The name of the member that holds it."""
        return self.keys[-1] if self.keys else ""


def values(request: Request) -> Iterator[Value]:
    """Everything that a request says, but for the call in its path. Raises ``Unreadable``."""
    for name, text in route(request.method, request.path).params.items():
        if name != CALL_ID:
            yield Value(text, (name,), in_path=True)
    if request.body:
        yield from _of_body(request.body)


def _of_body(body: bytes) -> Iterator[Value]:
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise Unreadable("its body is no UTF-8, and may be any other text") from error
    if text.startswith(codecs.BOM_UTF8.decode()) or "\0" in text:
        raise Unreadable("some readers take its body for UTF-16 or UTF-32")
    try:
        value = as_written(body)
    except RecursionError as error:
        raise Unreadable("its body is nested too deep to be read") from error
    except ValueError:
        yield Value(text, loose=True)
    else:
        yield from _leaves(value, ())


def _leaves(value: Any, keys: tuple[str, ...]) -> Iterator[Value]:
    if isinstance(value, Members):
        for name, member in value:
            yield Value(name, keys, named=True)
            yield from _leaves(member, (*keys, name))
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, keys)
    elif isinstance(value, str):
        yield Value(value, keys)

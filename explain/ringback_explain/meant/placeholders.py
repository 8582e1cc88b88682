"""Values that were never filled in, or were taken out before the request was shown to anybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ringback_explain.table import table


class Gap(StrEnum):
    """Why a text is not the value it stands for."""

    WITHHELD = "withheld"
    """Somebody hid the value: ``xxxxxxxx``, ``***``. It was there when the request was sent.

    So was what a reader of code writes as ``stand_in`` of a variable.
    """
    GENERIC = "generic"
    """Whoever shows a request names a value instead of giving it: ``<number>``. Hardly anybody sends that."""
    UNFILLED = "unfilled"
    """A template was sent as it is: ``{user_id}``, ``YOUR_QUEUE_ID``, ``agent-id-here``."""
    PROTECTED = "protected"
    """A web page replaced an address by its e-mail protection."""


@dataclass(frozen=True, slots=True)
class Hole:
    """A text of the body that is not the value it stands for, and where it stands."""

    pointer: str
    text: str
    gap: Gap


PROTECTION = re.compile(r"\[email(?:&#160;|\s)*protected\]|/cdn-cgi/l/email-protection", re.IGNORECASE)
IN_CODE = re.compile("\u2039[^\u2039\u203a]*\u203a")
"""What ``stand_in`` makes."""
_FLAGS = re.IGNORECASE | re.DOTALL
_PATTERNS = tuple(
    (Gap(each["gap"]), re.compile(each.get("whole") or f".*?(?:{each['part']}).*", _FLAGS))
    for each in table("meant/gaps")["pattern"]
)
NOT_THERE = frozenset({Gap.WITHHELD, Gap.GENERIC, Gap.PROTECTED})
"""What only a text lacks that shows the request: it is judged as if the value stood there."""
_LONGEST = 200
"""Whoever writes more than this has written something."""


def stand_in(name: str) -> str:
    """What stands for a value that only a running program has, in marks that nobody types into a request."""
    return f"\u2039{name.translate(_MARKS)}\u203a"


_MARKS = dict.fromkeys(map(ord, "\u2039\u203a<>"))


def gap_in(text: str) -> Gap | None:
    """Why the text is not the value it stands for; ``None`` for a value."""
    trimmed = text.strip()
    if not trimmed or len(trimmed) > _LONGEST:
        return None
    return next((gap for gap, pattern in _PATTERNS if pattern.fullmatch(trimmed)), None)


def holes(value: Any, pointer: str = "") -> Iterator[Hole]:
    """Every text of a decoded body that is not the value it stands for."""
    for where, text in texts(value, pointer):
        gap = gap_in(text)
        if gap is not None:
            yield Hole(where, text, gap)


def texts(value: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a decoded body, with its JSON pointer (RFC 6901)."""
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from texts(item, f"{pointer}/{position}")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from texts(item, join(pointer, key))


def join(pointer: str, key: str) -> str:
    """The pointer to a key of the object at ``pointer``."""
    return f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"

"""Values that were never filled in, were hidden from view, or are a name where only an id tells who is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeGuard

from ringback_contracts.domain.uuids import is_uuid
from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_explain.table import table

PROTECTION = re.compile(r"\[email(?:&#160;|\s)*protected\]|/cdn-cgi/l/email-protection", re.IGNORECASE)
IN_CODE = re.compile("\u2039[^\u2039\u203a]*\u203a")
"""What ``stand_in`` makes."""
_FLAGS = re.IGNORECASE | re.DOTALL
_LONGEST = 200
"""Whoever writes more than this has written something."""
_MARKS = dict.fromkeys(map(ord, "\u2039\u203a<>"))
_AT_ROOT, _OF_PARTY = (table("meant/keys")[name] for name in ("ids", "ids-of-party"))
"""What the fields are the ids of, at the root of a published body and in a participant."""
_FOR_USER = re.compile(rf"(?<=^{CALLS_PATH}/user/)[^/]+$")


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


_PATTERNS = tuple(
    (Gap(each["gap"]), re.compile(each.get("whole") or f".*?(?:{each['part']}).*", _FLAGS))
    for each in table("meant/gaps")["pattern"]
)
NOT_THERE = frozenset({Gap.WITHHELD, Gap.GENERIC, Gap.PROTECTED})
"""What only a text lacks that shows the request: it is judged as if the value stood there."""


def stand_in(name: str) -> str:
    """What stands for a value that only a running program has, in marks that nobody types into a request."""
    return f"\u2039{name.translate(_MARKS)}\u203a"


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


@dataclass(frozen=True, slots=True)
class Name:
    """A text that is no id in a place for ids, and what it should be the id of; ``within[key]`` is it."""

    pointer: str
    what: str
    text: str
    within: Any
    key: str | int


def no_ids(body: Any) -> Iterator[Name]:
    """Every text in a published body that is no id where one belongs: a name, or a value not filled in."""
    if not isinstance(body, dict):
        return
    yield from _in_object(body, _AT_ROOT, "")
    parties = body.get("participants")
    for position, party in enumerate(parties if isinstance(parties, list) else []):
        if isinstance(party, dict):
            yield from _in_object(party, _OF_PARTY, f"/participants/{position}")


def _in_object(value: dict[str, Any], keys: Mapping[str, str], pointer: str) -> Iterator[Name]:
    for key, what in keys.items():
        item = value.get(key)
        if _is_no_id(item):
            yield Name(f"{pointer}/{key}", what, item, value, key)
        for position, entry in enumerate(item if isinstance(item, list) else []):
            if _is_no_id(entry):
                yield Name(f"{pointer}/{key}/{position}", what, entry, item, position)


def _is_no_id(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and bool(value.strip()) and not is_uuid(value)


def path_name(path: str) -> str | None:
    """The name that stands in the path where the id of the user who calls belongs."""
    found = _FOR_USER.search(path)
    return found[0] if found and _is_no_id(found[0]) and gap_in(found[0]) is None else None

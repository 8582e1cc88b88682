"""Names that stand where only an id says who or what is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from ringback_contracts.domain.uuids import is_uuid
from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_explain.meant.placeholders import gap_in
from ringback_explain.table import table

_AT_ROOT, _OF_PARTY = (table("meant/keys")[name] for name in ("ids", "ids-of-party"))
"""What the fields are the ids of, at the root of a published body and in a participant."""
_FOR_USER = re.compile(rf"(?<=^{CALLS_PATH}/user/)[^/]+$")


@dataclass(frozen=True, slots=True)
class Name:
    """A text that is no id in a place for ids, and what it should be the id of; ``within[key]`` is it."""

    pointer: str
    what: str
    text: str
    within: Any
    key: str | int


def names(body: Any) -> Iterator[Name]:
    """Every name in a published body that stands where an id belongs."""
    return (name for name in no_ids(body) if gap_in(name.text) is None)


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


def with_ids(body: Any, stand_in: str) -> Any:
    """The body with an id in place of whatever is none; ``body`` itself is changed."""
    for name in list(no_ids(body)):
        name.within[name.key] = stand_in
    return body


def path_with_id(path: str, stand_in: str) -> str:
    """The path with an id in place of a name."""
    return _FOR_USER.sub(stand_in, path) if path_name(path) else path

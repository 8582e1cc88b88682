"""Find the objects that code puts together: ``body = {}; body.to = {...}; body.from = {...}``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ringback_harness.readers.literal import placeholder, values_after
from ringback_harness.readers.objects import walk, weight

_KEY = r"(?:\.|->)[A-Za-z_]\w{0,60}|\[\s*[\"'][\w-]+[\"']\s*\]"
_ASSIGNED = re.compile(
    rf"(?<![\w.$>])(?!(?:this|self)\b)(\$?[A-Za-z_]\w{{0,60}})"
    rf"(?:((?:{_KEY}){{1,5}})\s*=(?![=>])|\s*:?=(?=\s*(?:[{{\[]|array\()))\s*"
)
_MOST_NESTED = 5


def assembled(text: str) -> dict[str, dict[str, Any]]:
    """The telling objects, by their variables, that the code fills with other objects or adds keys to."""
    objects: dict[str, Any] = {}
    changed: set[str] = set()
    for found, value in values_after(text, _ASSIGNED):
        name, keys = found[1], found[2]
        if keys is None:
            objects[name] = value or {}
            changed.discard(name)
        else:
            _put(objects.setdefault(name, {}), keys, value)
            changed.add(name)
    filled = {name: _filled(objects[name], objects, _MOST_NESTED) for name in changed}
    return {
        name: value
        for name, value in filled.items()
        if isinstance(value, dict) and weight(value) and len(walk(value)) > 1
    }


def _put(within: Any, keys: str, value: Any) -> None:
    """Put a value under a key, or under one inside another: ``.to.address``."""
    *outer, last = re.findall(r"[\w-]+", keys.replace("->", "."))
    for key in outer:
        within = within.setdefault(key, {}) if isinstance(within, dict) else {}
    if isinstance(within, dict):
        within[last] = value


def _filled(value: Any, objects: Mapping[str, Any], depth: int) -> Any:
    """The value with other objects in the place of their variables."""
    if isinstance(value, str) and depth:
        named = next((name for name in objects if value == placeholder(name)), None)
        return _filled(objects[named], objects, depth - 1) if named else value
    if isinstance(value, dict):
        return {key: _filled(item, objects, depth) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, objects, depth) for item in value]
    return value

"""Find the objects that code puts together: ``body = {}; body.to = {...}; body.from = {...}``."""

from __future__ import annotations

import re
from typing import Any

from ringback_explain.read.described import walk, weight
from ringback_explain.read.filling import filled, put
from ringback_explain.read.literal import values_after

_KEY = r"(?:\.|->)[A-Za-z_]\w{0,60}|\[\s*[\"'][\w-]+[\"']\s*\]"
_ASSIGNED = re.compile(
    rf"(?<![\w.$>])(?!(?:this|self)\b)(\$?[A-Za-z_]\w{{0,60}})"
    rf"(?:((?:{_KEY}){{1,5}})\s*=(?![=>])|\s*:?=(?=\s*(?:[{{\[]|array\()))\s*"
)


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
            put(objects.setdefault(name, {}), keys, value)
            changed.add(name)
    whole = {name: filled(objects[name], objects) for name in changed}
    return {
        name: value
        for name, value in whole.items()
        if isinstance(value, dict) and weight(value) and len(walk(value)) > 1
    }

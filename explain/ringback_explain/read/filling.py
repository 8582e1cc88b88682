"""Objects that code fills key by key, and with other objects."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ringback_explain.read.literal import placeholder

_MOST_NESTED = 5


def put(within: Any, keys: str, value: Any) -> None:
    """Put a value under a key, or under one inside another: ``.to.address``, ``["to"]["address"]``."""
    *outer, last = re.findall(r"[\w-]+", keys.replace("->", "."))
    for key in outer:
        within = within.setdefault(key, {}) if isinstance(within, dict) else {}
    if isinstance(within, dict):
        within[last] = value


def filled(value: Any, objects: Mapping[str, Any], depth: int = _MOST_NESTED) -> Any:
    """The value with other objects in the place of their variables."""
    if isinstance(value, str) and depth:
        named = next((name for name in objects if value == placeholder(name)), None)
        return filled(objects[named], objects, depth - 1) if named else value
    if isinstance(value, dict):
        return {key: filled(item, objects, depth) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, objects, depth) for item in value]
    return value

"""Read the body that code makes of a model of an SDK: its fields named at once, or set one by one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ringback_contracts.resources.calls.forms import PUBLISHED_KEYS
from ringback_explain.read.described import heaviest, weight
from ringback_explain.read.filling import filled, put
from ringback_explain.read.literal import models, placeholder, values_after

_SNAKE = {re.sub(r"(?<!^)([A-Z])", r"_\1", key).lower(): key for key in PUBLISHED_KEYS}
_NAMES = {name.replace("_", ""): key for name, key in _SNAKE.items()}
_NAME = "|".join(sorted({*_SNAKE, *PUBLISHED_KEYS}, key=len, reverse=True))
_SET = re.compile(
    rf"\b(?:set_?|with_?)?(?<![\"'])({_NAME})(?:\s*=(?!=|>)\s*|\(\s*)(?=[^\s,;)}}])", re.IGNORECASE
)
_TAG = re.compile(r"^[ \t]*([A-Z]\w*)[ \t][^\n`]{1,80}`[^`\n]{0,80}?json:\"([\w-]+)", re.MULTILINE)
_STEP = re.compile(
    r"(?:(?<![\w.])(\$?[A-Za-z_]\w{0,60})|(?<=\)))"
    r"(?:\s*\.(?:put|set|add|append|addProperty|accumulate|Add)\(\s*[\"']([\w-]+)[\"']\s*,"
    r"|((?:\[\s*[\"'][\w-]+[\"']\s*\]){1,5})\s*=(?![=>]))\s*"
)


def sdk_body(text: str) -> dict[str, Any]:
    """The fields that the code gives a body, under the names that the platform reads.

    That is ``CreateCallRequest(phone_number="...")``, ``body.phone_number = "..."``,
    ``setPhoneNumber("...")``, or ``body.put("phoneNumber", "...")``. What is no text or number in the code
    becomes a placeholder.
    """
    return _built(text) or _set(text) | _made(text)


def _made(text: str) -> dict[str, Any]:
    """The fields of the heaviest model that the code makes with all of them at once."""
    tags = dict(_TAG.findall(text))
    made = [_renamed(model.value, tags) for model in models(text)]
    return max((value for value in made if weight(value)), key=heaviest, default={})


def _renamed(value: Any, tags: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_renamed(item, tags) for item in value]
    if not isinstance(value, dict):
        return value
    return {_field(key, tags): _renamed(item, tags) for key, item in value.items()}


def _field(key: str, tags: Mapping[str, str]) -> str:
    """The name under which a field of a class is sent."""
    published = _NAMES.get(key.replace("_", "").lower())
    return tags.get(key) or published or key[0].lower() + key[1:]


def _set(text: str) -> dict[str, Any]:
    """The published fields that are set one by one."""
    body: dict[str, Any] = {}
    for found, value in values_after(text, _SET):
        body.setdefault(_NAMES[found[1].replace("_", "").lower()], value)
    return body


def _built(text: str) -> dict[str, Any]:
    """The heaviest mapping that is filled key by key, with those that are put into it."""
    maps: dict[str, dict[str, Any]] = {}
    name = ""
    for found, value in values_after(text, _STEP):
        name = found[1] or name
        put(maps.setdefault(name, {}), found[2] or found[3], value)
    put_in = {name for value in maps.values() for name in maps if placeholder(name) in value.values()}
    outer = [filled(value, maps) for name, value in maps.items() if name not in put_in]
    return max((value for value in outer if weight(value)), key=heaviest, default={})

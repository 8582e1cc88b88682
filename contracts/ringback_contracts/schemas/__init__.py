"""The JSON Schemas (2020-12) of the bodies, one file a model, and what a body has wrong by them.

The published models have the field names, types and enums of the official SDK; the tests hold them to it.
The dictionaries are shared: do not change them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from itertools import count, islice
from typing import TYPE_CHECKING, Any

from ringback_contracts.life.moments import read_moment

if TYPE_CHECKING:
    from jsonschema_rs import Validator

BASE = "https://ringback.invalid/schemas/"
"""Where the schemas' ids lie: a host that can never exist (RFC 2606), so nothing is ever fetched."""

MOST_ERRORS = 50
"""A body can be wrong a quarter of a million times; so many are enough to mend it."""

FEW = 20
"""Bodies after which validators are compiled: loading them takes as long as judging a thousand without."""
_bodies = count(1)
"""Counts the bodies that this process has judged."""
Schema = dict[str, Any]


@cache
def names() -> tuple[str, ...]:
    """The names of all schemas."""
    entries = (entry.name for entry in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".json") for name in entries if name.endswith(".json")))


@cache
def schema(name: str) -> Schema:
    """The schema of a model; raises ``KeyError`` for a name that is none of ``names()``."""
    if name not in names():
        raise KeyError(f"there is no schema {name!r}; there are {', '.join(names())}")
    loaded: Schema = json.loads(files(__name__).joinpath(f"{name}.json").read_bytes())
    return loaded


def referred(uri: str) -> Schema:
    """The schema that a ``$ref`` or an ``$id`` names."""
    return schema(uri.removeprefix(BASE).removesuffix(".json"))


@cache
def validator(name: str) -> Validator:
    """The compiled validator of a model. Formats are notes, as the standard has it, and are not checked."""
    from jsonschema_rs import Draft202012Validator

    return Draft202012Validator(schema(name), retriever=referred)


def type_errors(body: Mapping[str, Any], model: str = "CreateCallRequest") -> list[tuple[str, str]]:
    """Where a body has a value that its model does not (a JSON pointer), and what is wrong there.

    That is another JSON type, a word that is none of those listed, in whatever letter case (reported: the
    platform reads any), or no date and time. The first fifty are told, in the body's order.
    """
    if not _dated(model) and next(_bodies) > FEW and validator(model).is_valid(body):
        return []
    return list(islice(_type_errors(schema(model), body, ""), MOST_ERRORS))


@cache
def _dated(model: str) -> bool:
    """Whether the model has dates, which the compiled validator does not look at."""
    texts: dict[str, str] = {}
    waiting = [model]
    while waiting:  # a model may hold itself
        name = waiting.pop()
        if name not in texts:
            texts[name] = json.dumps(schema(name))
            waiting += re.findall(r'"\$ref": "(\w+)\.json"', texts[name])
    return any("date-time" in text for text in texts.values())


def _type_errors(expected: Schema, value: object, pointer: str) -> Iterator[tuple[str, str]]:
    """The same, found lazily: the compiled validator would make every error before the first is read."""
    if "$ref" in expected:
        expected = referred(expected["$ref"])
    kinds = expected["type"] if isinstance(expected["type"], list) else [expected["type"]]
    found = json_type(value)
    if found not in kinds and not (found == "integer" and "number" in kinds):
        yield pointer, f"expected {_ARTICLED[kinds[0]]}, found {_ARTICLED[found]}"
    elif isinstance(value, str):
        yield from _text_errors(expected, value, pointer)
    elif isinstance(value, list | dict):
        for inner, part, place in _parts(expected, value, pointer):
            yield from _type_errors(inner, part, place)


def _parts(
    expected: Schema, value: list[Any] | dict[str, Any], pointer: str
) -> Iterator[tuple[Schema, object, str]]:
    """What an array or an object holds of which the schema says something, and where."""
    if isinstance(value, list):
        for position, item in enumerate(value):
            yield expected["items"], item, f"{pointer}/{position}"
        return
    for key, item in value.items():
        inner = expected.get("properties", {}).get(key, expected.get("additionalProperties"))
        if inner is not None:
            yield inner, item, f"{pointer}/{_escaped(key)}"


def _text_errors(expected: Schema, text: str, pointer: str) -> Iterator[tuple[str, str]]:
    words = [word for word in expected.get("enum", ()) if word is not None]
    if words and text.lower() not in map(str.lower, words):
        yield pointer, f"expected one of {', '.join(words)}"
    elif expected.get("format") == "date-time" and read_moment(text) is None:
        yield pointer, "expected a date and time, such as 2026-01-31T12:00:00Z"


_ARTICLED = {
    "array": "an array",
    "boolean": "a boolean",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}


def json_type(value: object) -> str:
    """The most precise JSON Schema type of a decoded value; 1.0 is an integer, true is none."""
    if isinstance(value, float):
        return "integer" if value.is_integer() else "number"
    return _KINDS.get(type(value), "object")


_KINDS = {type(None): "null", bool: "boolean", int: "integer", str: "string", list: "array"}


def _escaped(key: str) -> str:
    """A key as part of a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")

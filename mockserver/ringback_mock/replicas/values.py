"""Plain values as JSON, and back: by the types that their fields declare, so that nothing else can come.

A dataclass is an object of those fields that differ from what is usual, a named tuple a list without the
usual values at its end; so a value that gets another field with a default is still read. Where there is a
choice of classes, the name of the one stands before it.
"""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from ringback_contracts.catalogue import OPERATIONS, TABLE
from ringback_contracts.core.model import Rule
from ringback_contracts.core.operation import Operation
from ringback_contracts.life import commands
from ringback_contracts.resources.notifications.topics import KINDS, TopicKind

Convert = Callable[[Any], Any]


class UnreadableError(ValueError):
    """What was kept cannot be read: why."""


def plain_bytes(value: bytes) -> Any:
    """The bytes as JSON can hold them: a text where they are one."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return [base64.b64encode(value).decode()]


def read_bytes(data: Any) -> bytes:
    """The bytes that ``plain_bytes`` made a value of."""
    return data.encode() if isinstance(data, str) else base64.b64decode(data[0])


_OPERATIONS = {each.id: each for each in OPERATIONS}
_KNOWN: Mapping[Any, tuple[Convert, Convert]] = {
    bytes: (plain_bytes, read_bytes),
    float: (lambda value: value, float),
    Operation: (lambda value: value.id, _OPERATIONS.__getitem__),
    Rule: (lambda value: value.id, TABLE.by_id.__getitem__),
    TopicKind: (lambda value: value.template, lambda template: KINDS.get(template) or TopicKind(template)),
}
"""What is no value of JSON, and what every replica has, and finds by its name.

Of a family of which not all are known, a kind of topics is its template.
"""


@cache
def writer(hint: Any) -> Convert:
    """What makes JSON's values of a value of that type."""
    return _pair(hint)[0]


@cache
def reader(hint: Any) -> Convert:
    """What makes a value of that type of JSON's values; it raises ``UnreadableError``."""
    read = _pair(hint)[1]

    def checked(data: Any) -> Any:
        try:
            return read(data)
        except (KeyError, TypeError, IndexError, AttributeError) as error:
            raise UnreadableError(f"what is kept is no {hint}: {type(error).__name__}") from error

    return checked


@cache
def _pair(hint: Any) -> tuple[Convert, Convert]:
    if hint in _KNOWN:
        return _KNOWN[hint]
    make = _OF_MANY.get(get_origin(hint))
    if make is not None:
        return make(get_args(hint))
    return _of_class(hint) if isinstance(hint, type) else (_same, _same)


def _same(value: Any) -> Any:
    return value


def _of_class(kind: Any) -> tuple[Convert, Convert]:
    if issubclass(kind, Enum):
        return (lambda value: value.value), kind
    if is_dataclass(kind):
        return _dataclass(kind)
    return _record(kind) if hasattr(kind, "_fields") else (_same, _same)


def _choice(options: tuple[Any, ...]) -> tuple[Convert, Convert]:
    some = [option for option in options if option is not NoneType]
    if len(some) == 1:
        write, read = _later(some[0])
    elif all(map(_is_record, some)):
        write, read = _named(tuple(some))
    else:
        return _same, _same  # texts, or JSON's own values
    return (lambda value: None if value is None else write(value)), (
        lambda data: None if data is None else read(data)
    )


def _is_record(kind: Any) -> bool:
    return is_dataclass(kind) or hasattr(kind, "_fields")


def _later(hint: Any) -> tuple[Convert, Convert]:
    """The two for a type that may hold itself, which are looked for when they are needed."""

    def write(value: Any) -> Any:
        return _pair(hint)[0](value)

    def read(data: Any) -> Any:
        return _pair(hint)[1](data)

    return write, read


def _named(kinds: tuple[Any, ...]) -> tuple[Convert, Convert]:
    by_name = {kind.__name__: kind for kind in kinds}

    def write(value: Any) -> Any:
        kind: Any = type(value)
        return [kind.__name__, _pair(kind)[0](value)]

    return write, lambda data: _pair(by_name[data[0]])[1](data[1])


def _tuple(options: tuple[Any, ...]) -> tuple[Convert, Convert]:
    if options[-1] is Ellipsis:
        write, read = _later(options[0])
        return (lambda value: list(map(write, value))), (lambda data: tuple(map(read, data)))
    pairs = [_later(option) for option in options]
    return (lambda value: [pair[0](item) for pair, item in zip(pairs, value, strict=True)]), (
        lambda data: tuple(pair[1](item) for pair, item in zip(pairs, data, strict=True))
    )


def _set(options: tuple[Any, ...]) -> tuple[Convert, Convert]:
    write, read = _later(options[0])
    return (lambda value: sorted(map(write, value))), (lambda data: frozenset(map(read, data)))


def _mapping(options: tuple[Any, ...]) -> tuple[Convert, Convert]:
    if options[0] is not str:
        write_key, read_key = _later(options[0])
        write, read = _later(options[1])
        return (lambda value: [[write_key(key), write(item)] for key, item in value.items()]), (
            lambda data: {read_key(key): read(item) for key, item in data}
        )
    write, read = _later(options[1])
    return (lambda value: {key: write(item) for key, item in value.items()}), (
        lambda data: {key: read(item) for key, item in data.items()}
    )


_OF_MANY: Mapping[Any, Callable[[tuple[Any, ...]], tuple[Convert, Convert]]] = {
    Annotated: lambda options: _pair(options[0]),
    Union: _choice,
    UnionType: _choice,
    tuple: _tuple,
    frozenset: _set,
    Mapping: _mapping,
}
"""How the types are kept that are made of others."""


def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, vars(sys.modules[kind.__module__]) | vars(commands), include_extras=True)


def _record(kind: Any) -> tuple[Convert, Convert]:
    hints = _hints(kind)
    pairs = [_later(hints[name]) for name in kind._fields]
    usual = kind._field_defaults
    needed = len(pairs) - len(usual)

    def write(value: Any) -> list[Any]:
        count = len(value)
        while count > needed and usual[kind._fields[count - 1]] == value[count - 1]:
            count -= 1
        return [pair[0](item) for pair, item in zip(pairs, value[:count], strict=False)]

    return write, lambda data: kind(*(pair[1](item) for pair, item in zip(pairs, data, strict=False)))


def _dataclass(kind: Any) -> tuple[Convert, Convert]:
    hints = _hints(kind)
    parts = [(item, *_later(hints[item.name])) for item in fields(kind) if item.init]
    readers = {item.name: read for item, _, read in parts}

    def write(value: Any) -> dict[str, Any]:
        return {
            item.name: put(getattr(value, item.name))
            for item, put, _ in parts
            if not _is_usual(item, getattr(value, item.name))
        }

    return write, lambda data: kind(**{name: readers[name](item) for name, item in data.items()})


def _is_usual(item: Field[Any], value: Any) -> bool:
    if item.default is not MISSING:
        return bool(item.default == value) and type(item.default) is type(value)
    return item.default_factory is not MISSING and bool(item.default_factory() == value)

"""Decode plain TOML or JSON data into frozen dataclasses, refusing what is not understood."""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from ringback_contracts.core.nearest import nearest

T = TypeVar("T")

LONGEST_SHOWN = 60
"""Characters of a wrong value that a message repeats."""
NAMED_BY = ("name", "id", "kind", "first")
"""What tells an item of an array from its neighbours, the most telling first; never a secret."""

_KINDS: Mapping[type, str] = {
    str: "a string",
    int: "a whole number",
    bool: "a boolean",
    float: "a number",
    dict: "a table",
    list: "an array",
    types.NoneType: "null",
}


class DecodeError(ValueError):
    """Where the data does not fit, why, and what would."""


def decode(kind: type[T], data: object, where: str = "") -> T:
    """Build ``kind``, a dataclass, from a mapping; raises ``DecodeError``.

    What a class or an ``Annotated`` check objects to, with a ``ValueError``, is told with its place.
    """
    if not isinstance(data, Mapping):
        raise DecodeError(_told(where, f"expected a table, found {shown(data)}"))
    hints = _hints(kind)
    for key in data:
        if key not in hints:
            raise DecodeError(_unknown(where, str(key), list(hints)))
    for item in fields(kind):  # type: ignore[arg-type]  # mypy cannot say "type of a dataclass"
        required = item.default is MISSING and item.default_factory is MISSING
        if item.init and required and item.name not in data:
            raise DecodeError(f"{_at(where, item.name)} is missing")
    values = {key: _value(hints[key], value, _at(where, key)) for key, value in data.items()}
    try:
        return kind(**values)
    except ValueError as error:
        raise DecodeError(_told(where, str(error))) from error


def decode_field(kind: type[Any], key: str, value: object) -> Any:
    """The value of one field of ``kind``; raises ``DecodeError``."""
    hints = _hints(kind)
    if key not in hints:
        raise DecodeError(_unknown("", key, list(hints)))
    return _value(hints[key], value, key)


def place(array: str, position: int, item: object) -> str:
    """How messages call an item of an array: ``users[5] (Frank)``."""
    names = (item.get(key) if isinstance(item, Mapping) else getattr(item, key, None) for key in NAMED_BY)
    name = next(filter(_tells, names), None)
    return f"{array}[{position}]" + (f" ({name})" if name else "")


def _tells(name: object) -> bool:
    return isinstance(name, str) and name.isprintable() and 0 < len(name) <= LONGEST_SHOWN


def shown(value: object) -> str:
    """A wrong value as messages repeat it: cut short, and without a word of Python."""
    if type(value) is int and value.bit_length() > LONGEST_SHOWN:  # Python refuses to write very long ones
        return "a far too large number"
    if isinstance(value, str) or type(value) in (int, float):
        text = repr(value)
        return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "..."
    return _KINDS.get(type(value), "a date or time")


def _hints(kind: Any) -> dict[str, Any]:
    """The fields that a file may set, with their types; resolving them is slow, and orgs have many users."""
    if kind not in _HINTS:
        hints = get_type_hints(kind, include_extras=True)
        _HINTS[kind] = {item.name: hints[item.name] for item in fields(kind) if item.init}
    return _HINTS[kind]


_HINTS: dict[Any, dict[str, Any]] = {}


def _at(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key


def _told(where: str, what: str) -> str:
    return f"{where}: {what}" if where else what


def _unknown(where: str, key: str, valid: list[str]) -> str:
    near = _near(key, valid)
    return f"{_at(where, key)}: there is no such key; {near or 'known: ' + ', '.join(valid)}"


def _near(text: str, valid: Iterable[str]) -> str | None:
    near = nearest(text, valid)
    return None if near is None else f"the nearest is {near!r}"


def _value(hint: Any, value: object, where: str) -> Any:
    origin = get_origin(hint)
    if origin is Annotated:
        return _checked(hint, value, where)
    if is_dataclass(hint):
        return decode(hint, value, where)  # type: ignore[arg-type]  # is_dataclass admits instances
    if origin in (Union, types.UnionType):
        return _union(hint, value, where)
    if origin is Literal:
        return _choice(get_args(hint), value, where)
    if origin in (tuple, frozenset):
        return _items(origin, get_args(hint)[0], value, where)
    return _scalar(hint, value, where)


def _checked(hint: Any, value: object, where: str) -> Any:
    """The value as the check gives it back, which may spell it otherwise."""
    inner, check = get_args(hint)
    read = _value(inner, value, where)
    try:
        return check(read)
    except ValueError as error:
        raise DecodeError(f"{where}: {error}") from error


def _scalar(hint: Any, value: object, where: str) -> Any:
    if issubclass(hint, StrEnum):
        return hint(_choice(tuple(str(member) for member in hint), value, where))
    if hint is float and type(value) is int:
        return float(value)
    if type(value) is not hint:
        raise DecodeError(f"{where}: expected {_named(hint)}, found {_instead(hint, value)}")
    return value


def _named(hint: Any) -> str:
    return "true or false" if hint is bool else _KINDS[hint]


def _instead(hint: Any, value: object) -> str:
    """What stands there instead; the digits of a secret without its quotes are as secret as it is."""
    return _KINDS.get(type(value), shown(value)) if hint is str else shown(value)


def _union(hint: Any, value: object, where: str) -> Any:
    options = [option for option in get_args(hint) if option is not type(None)]
    if all(get_origin(option) is Literal for option in options):
        return _choice(tuple(arg for option in options for arg in get_args(option)), value, where)
    return _value(options[0], value, where)


def _choice(allowed: tuple[Any, ...], value: object, where: str) -> Any:
    if type(value) in {type(option) for option in allowed} and value in allowed:
        return value
    listed = ", ".join(str(option) for option in allowed)
    near = _near(value, filter(_is_text, allowed)) if isinstance(value, str) else None
    raise DecodeError(f"{where}: {shown(value)} is none of {listed}" + (f"; {near}" if near else ""))


def _is_text(option: object) -> bool:
    return isinstance(option, str)


def _items(origin: Any, kind: Any, value: object, where: str) -> Any:
    if not isinstance(value, (list, tuple, frozenset)):
        raise DecodeError(f"{where}: expected an array, found {shown(value)}")
    return origin(_value(kind, item, place(where, position, item)) for position, item in enumerate(value))

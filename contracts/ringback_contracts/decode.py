"""Decode plain TOML data into frozen dataclasses, refusing what is not understood."""

from __future__ import annotations

import difflib
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


class DecodeError(ValueError):
    """Where the data does not fit, why, and what would."""


def decode(kind: type[T], data: object, where: str = "") -> T:
    """Build ``kind``, a dataclass, from a mapping; raises ``DecodeError``."""
    if not isinstance(data, Mapping):
        raise DecodeError(f"{where or 'the file'}: expected a table, found {_shown(data)}")
    hints = _hints(kind)
    for key in data:
        if key not in hints:
            raise DecodeError(_unknown(where, str(key), list(hints)))
    for item in fields(kind):  # type: ignore[arg-type]  # mypy cannot say "type of a dataclass"
        required = item.default is MISSING and item.default_factory is MISSING
        if item.init and required and item.name not in data:
            raise DecodeError(f"{_at(where, item.name)} is missing")
    return kind(**{key: _value(hints[key], value, _at(where, key)) for key, value in data.items()})


def decode_field(kind: type[Any], key: str, value: object) -> Any:
    """The value of one field of ``kind``; raises ``DecodeError``."""
    hints = _hints(kind)
    if key not in hints:
        raise DecodeError(_unknown("", key, list(hints)))
    return _value(hints[key], value, key)


def _hints(kind: Any) -> dict[str, Any]:
    """The fields that a file may set, with their types; resolving them is slow, and orgs have many users."""
    if kind not in _HINTS:
        hints = get_type_hints(kind)
        _HINTS[kind] = {item.name: hints[item.name] for item in fields(kind) if item.init}
    return _HINTS[kind]


_HINTS: dict[Any, dict[str, Any]] = {}


def _at(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key


def _shown(value: object) -> str:
    return {dict: "a table", list: "an array", bool: "a boolean"}.get(type(value)) or repr(value)


def _unknown(where: str, key: str, valid: list[str]) -> str:
    near = difflib.get_close_matches(key, valid, n=1, cutoff=0.0)
    return f"{_at(where, key)}: there is no such key; the nearest is {near[0]!r}"


def _value(hint: Any, value: object, where: str) -> Any:
    origin = get_origin(hint)
    if is_dataclass(hint):
        return decode(hint, value, where)  # type: ignore[arg-type]  # is_dataclass admits instances
    if origin in (Union, types.UnionType):
        return _union(hint, value, where)
    if origin is Literal:
        return _choice(get_args(hint), value, where)
    if origin in (tuple, frozenset):
        return _items(origin, get_args(hint)[0], value, where)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(_choice(tuple(str(member) for member in hint), value, where))
    return _scalar(hint, value, where)


def _scalar(hint: Any, value: object, where: str) -> Any:
    if hint is float and type(value) is int:
        return float(value)
    if type(value) is not hint:
        raise DecodeError(f"{where}: expected {_named(hint)}, found {_shown(value)}")
    return value


def _named(hint: Any) -> str:
    names = {str: "a string", int: "a whole number", bool: "true or false", float: "a number"}
    return names.get(hint, str(hint))


def _union(hint: Any, value: object, where: str) -> Any:
    options = [option for option in get_args(hint) if option is not type(None)]
    if all(get_origin(option) is Literal for option in options):
        return _choice(tuple(arg for option in options for arg in get_args(option)), value, where)
    return _value(options[0], value, where)


def _choice(allowed: tuple[Any, ...], value: object, where: str) -> Any:
    if type(value) in {type(option) for option in allowed} and value in allowed:
        return value
    near = difflib.get_close_matches(str(value).lower(), [str(option) for option in allowed], n=1, cutoff=0.0)
    listed = ", ".join(str(option) for option in allowed)
    raise DecodeError(
        f"{where}: {value!r} is none of {listed}; the nearest is {near[0] if near else allowed[0]!r}"
    )


def _items(origin: Any, kind: Any, value: object, where: str) -> Any:
    if not isinstance(value, (list, tuple, frozenset)):
        raise DecodeError(f"{where}: expected an array, found {_shown(value)}")
    return origin(_value(kind, item, f"{where}[{position}]") for position, item in enumerate(value))

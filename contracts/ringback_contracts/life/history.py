"""A call's history as bytes, to be stored and read back.

A history is JSON: the version, the call's id, and of each command when it was, its name and its values. A
value at the end that is the usual one is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

import orjson

from ringback_contracts.life import commands, parties
from ringback_contracts.life.commands import COMMANDS, Command
from ringback_contracts.life.engine import LONGEST_HISTORY, HistoryError, replay
from ringback_contracts.life.moments import LATEST
from ringback_contracts.life.values import NO_ATTRIBUTES, Conversation, Entry

VERSION = 1
Read = Callable[[Any], Any]


def encode(call: Conversation) -> bytes:
    """The history of a call, from which ``decode`` makes the same call again."""
    entries = [[entry.at, type(entry.command).__name__, *_values(entry.command)] for entry in call.history]
    return orjson.dumps([VERSION, call.id, entries])


def decode(data: bytes) -> Conversation:
    """The call whose history the bytes hold, at the moment of its last command.

    Raises ``HistoryError`` for what is no history, or one of another version.
    """
    try:
        version, call_id, entries = orjson.loads(data)
    except (ValueError, TypeError) as error:
        raise HistoryError(f"these bytes are no history of a call: {error}") from error
    if version != VERSION:
        raise HistoryError(f"the history is of version {version!r}; this reads version {VERSION}")
    if not isinstance(call_id, str) or not isinstance(entries, list) or len(entries) > LONGEST_HISTORY:
        raise HistoryError(f"a history is an id and a list of at most {LONGEST_HISTORY} commands")
    try:
        return replay(call_id, [_entry(entry) for entry in entries])
    except RecursionError as error:
        raise HistoryError("the history is nested too deeply") from error


def _entry(data: Any) -> Entry:
    if not isinstance(data, list) or not data:
        raise HistoryError(f"a command begins with its moment, not {data!r:.60}")
    return Entry(_float(data[0]), _command(data[1:]))


def _plain(value: Any) -> Any:
    """The value as JSON can hold it."""
    if isinstance(value, COMMAND_TYPES):
        return [type(value).__name__, *_values(value)]
    if isinstance(value, tuple):
        return _values(value)
    return dict(value) if isinstance(value, Mapping) else value


def _values(value: tuple[Any, ...]) -> list[Any]:
    """The values of a tuple, without those at the end that are the usual ones."""
    usual: Mapping[str, Any] = getattr(value, "_field_defaults", {})
    fields: tuple[str, ...] = getattr(value, "_fields", ())
    count = len(value)
    while count and fields and fields[count - 1] in usual and usual[fields[count - 1]] == value[count - 1]:
        count -= 1
    return [_plain(item) for item in value[:count]]


# --- reading: what each type of a field may be ----------------------------------------------------------


def _command(data: Any) -> Any:
    if not isinstance(data, list) or not data or not isinstance(data[0], str) or data[0] not in COMMANDS:
        raise HistoryError(f"a command begins with its name, not {data!r:.60}")
    return _record(COMMANDS[data[0]])(data[1:])


@cache
def _record(kind: type[NamedTuple]) -> Read:
    """How a named tuple is read from a list of its first values."""
    hints = get_type_hints(kind, _NAMES)
    fields: tuple[str, ...] = kind._fields
    needed = len(fields) - len(kind._field_defaults)

    def read(data: Any) -> Any:
        if not isinstance(data, list) or not needed <= len(data) <= len(fields):
            raise HistoryError(f"{kind.__name__} has {needed} to {len(fields)} values, not {data!r:.60}")
        return kind(*(_reader(hints[name])(item) for name, item in zip(fields, data, strict=False)))

    return read


@cache
def _reader(hint: Any) -> Read:
    if hint == Command:
        return _command
    origin, options = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        (inner,) = (option for option in options if option is not NoneType)
        some = _reader(inner)
        return lambda data: None if data is None else some(data)
    if origin is Literal:
        return lambda data: _one_of(options, data)
    if origin is tuple:
        return _several(_reader(options[0]))
    if origin is Mapping:
        return _mapping
    return _SCALARS[hint] if hint in _SCALARS else _record(hint)


def _several(some: Read) -> Read:
    def read(data: Any) -> tuple[Any, ...]:
        if not isinstance(data, list):
            raise HistoryError(f"expected a list, not {data!r:.60}")
        return tuple(map(some, data))

    return read


def _one_of(options: tuple[Any, ...], data: Any) -> Any:
    if not isinstance(data, str) or data not in options:
        raise HistoryError(f"{data!r:.60} is none of {', '.join(options)}")
    return data


def _mapping(data: Any) -> Mapping[str, str]:
    if not isinstance(data, dict) or not all(isinstance(text, str) for text in data.values()):
        raise HistoryError(f"expected texts by name, not {data!r:.60}")
    return data or NO_ATTRIBUTES


def _float(data: Any) -> float:
    if isinstance(data, bool) or not isinstance(data, (int, float)) or not abs(data) <= LATEST:
        raise HistoryError(f"expected a number, not {data!r:.60}")
    return float(data)


def _exactly(kind: type) -> Read:
    def read(data: Any) -> Any:
        if type(data) is not kind:
            raise HistoryError(f"expected {kind.__name__}, not {data!r:.60}")
        return data

    return read


COMMAND_TYPES = tuple(COMMANDS.values())
_SCALARS: Mapping[Any, Read] = {
    str: _exactly(str),
    int: _exactly(int),
    bool: _exactly(bool),
    float: _float,
}
_NAMES = vars(commands) | vars(parties)
"""What the annotations of the commands and their parts refer to."""

"""JSON without secrets, people's numbers and addresses: read, so that no escape hides anything."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ringback_contracts.http.written import Members
from ringback_contracts.privacy.codes import is_error_code
from ringback_contracts.privacy.kept import is_count
from ringback_contracts.privacy.names import (
    SCHEMA,
    digits_tell,
    gives_value,
    is_keys,
    names_secret,
    word_set,
    words_of,
)
from ringback_contracts.privacy.schemes import gives_credentials, may_give_credentials
from ringback_contracts.privacy.shapes import HIDDEN, Hide

_DECODER = json.JSONDecoder(object_pairs_hook=Members, strict=False)
_MOST_MISSES = 8
"""What looks like JSON and is none, before the rest is taken for text: each is read to its end."""
_LEAST_NUMBER = 10**6
"""A JSON number that may be a telephone number."""
_LEAST_SECRET = 1000
"""A number that may be a secret for its name."""
_PAIR = 2
_CREDENTIALS = word_set("-u -U -a --user --auth --proxy-user")
"""Options with a user and a password."""
_NAMING = word_set("name key k path field header variable parameter param property label id title")
_TYPES = word_set("secret password")
"""What programs say of a variable whose value they show to nobody."""
_MARKS = word_set("sensitive secret secure secured masked encrypted confidential protected")
"""Members that say, if they are true, that the value beside them is one."""
_PRIVATE_PARTS = word_set("d p q dp dq qi k oth")
"""Members of a JSON Web Key that only its owner may know (RFC 7518, 6.2.2, 6.3.2, 6.4.1)."""
_HEADS = word_set("columns fields header headers columnNames keys")
_ROWS = word_set("rows data values records items results")
"""Members of a table in JSON."""
_MANIFEST = word_set("data stringData")
"""Members of a Secret of Kubernetes."""
_SPECIAL = frozenset({"kty", "kind", *_HEADS})
"""Members that may say that others are secrets."""
_CONTAINERS = word_set("authorization auth session")
"""Members that, as objects, hold what else there is to say about somebody who is logged in."""
_MOST_NAMES, _LONGEST_NAME = 64, 64
"""Of an object whose names are remembered."""


def hidden_value(value: str, hide: Hide) -> str:
    """What is shown in place of a secret, which may be hidden already."""
    return hide(value) if value.replace(HIDDEN, "").strip() else HIDDEN


@dataclass(frozen=True, slots=True)
class Values:
    """Redacts JSON: each text by ``text``, each secret by ``hide``."""

    text: Callable[[str], str]
    hide: Hide

    def redacted(self, text: str) -> str | None:
        """JSON as a text, written anew only if something had to be hidden; nothing where it is no JSON."""
        try:
            return self._written_anew(text, _DECODER.decode(text))
        except (ValueError, RecursionError):
            return None

    def apart(self, text: str) -> Iterator[tuple[str, bool]]:
        """The pieces of a text, and whether one is an object of JSON, which is given redacted."""
        done = at = misses = 0
        while misses < _MOST_MISSES and (start := text.find('{"', at)) >= 0:
            try:
                value, end = _DECODER.raw_decode(text, start)
                shown = self._written_anew(text[start:end], value)
            except (ValueError, RecursionError):
                at, misses = start + 1, misses + 1
                continue
            yield text[done:start], False
            yield shown, True
            done = at = end
        yield text[done:], False

    def _written_anew(self, text: str, value: Any) -> str:
        shown = self._value(value)
        # A lone surrogate, which no encoding takes, is escaped again.
        return text if shown == value else written(shown).encode("utf-8", "backslashreplace").decode()

    def _value(self, value: Any) -> Any:
        if isinstance(value, Members):
            return self._object(value)
        if isinstance(value, list):
            return self._list(value)
        return self.text(value) if isinstance(value, str) else self._number(value)

    def _object(self, value: Members) -> Members:
        telling = _telling(value)
        if not telling:
            return Members([self._ordinary(name, member) for name, member in value])
        private = columns = frozenset[Any]()
        if not _SPECIAL.isdisjoint(telling):
            private, columns = _private_members(value), _columns_of(value)
        return Members(
            [
                (self.text(name), self._each_secret(member, digits=True))
                if name in private
                else (self.text(name), self._rows(member, columns))
                if columns and name in _ROWS and isinstance(member, list)
                else (self.text(name), self._member(name, member, value))
                if name in telling
                else self._ordinary(name, member)
                for name, member in value
            ]
        )

    def _ordinary(self, name: str, member: Any) -> tuple[str, Any]:
        """A member of an object none of whose names tells; one that was a secret itself may, once hidden."""
        shown = self.text(name)
        if shown != name and names_secret(shown):
            return shown, self._member(shown, member, ())
        return shown, member if is_count(name, member) else self._value(member)

    def _rows(self, rows: list[Any], columns: frozenset[int]) -> list[Any]:
        """The rows of a table, without the values of columns whose names tell."""
        return [
            [
                self._each_secret(cell, digits=True) if place in columns else self._value(cell)
                for place, cell in enumerate(row)
            ]
            if isinstance(row, list) and not isinstance(row, Members)
            else self._value(row)
            for row in rows
        ]

    def _list(self, values: list[Any]) -> list[Any]:
        """A list, which may hold names and values in turn: of headers, or of a command line."""
        shown: list[Any] = []
        before = ""
        for position, value in enumerate(values):
            paired = len(values) == _PAIR or (position % _PAIR == 1 and before[:1].isupper())
            telling = (before.startswith("-") or paired) and names_secret(before)
            secret = telling and isinstance(value, str) and not (paired and _is_name(value))
            if before in _CREDENTIALS and isinstance(value, str) and ":" in value:
                user, _, password = value.partition(":")
                shown.append(f"{user}:{self._hidden(password)}")
                before = ""
                continue
            shown.append(self._hidden(value) if secret and value else self._value(value))
            before = value if isinstance(value, str) else ""
        return shown

    def _member(self, name: str, value: Any, siblings: Iterable[tuple[str, Any]]) -> Any:
        """The value of one member; a HAR file writes the name of a secret beside it, not in front."""
        names = [name, *_named_beside(name, siblings)]
        if isinstance(value, str) and any(gives_credentials(each, value) for each in names):
            return self._hidden(value)
        if value in (None, "", []) or not any(map(names_secret, names)):
            return self._ordinary(name, value)[1]
        if isinstance(value, int) and (words_of(name)[-1:] == ["tokens"] or is_keys(name)):
            return value
        if is_error_code(name, value, (other for other, _ in siblings)):
            return value
        if isinstance(value, Members) and "".join(words_of(name)) in _CONTAINERS:
            return self._value(value)
        return self._each_secret(value, digits=any(map(digits_tell, names)))

    def _each_secret(self, value: Any, *, digits: bool) -> Any:
        """What is below a name that holds secrets, with each of them hidden.

        In an object whose members are named as secrets, or ``value``, only those are some. A state stays, and
        so does a small number unless ``digits`` are all that such a secret is.
        """
        if isinstance(value, str):
            return self._hidden(value) if value else value
        if isinstance(value, Members):
            names = {name for name, _ in value}
            if names <= SCHEMA:
                return self._value(value)
            secret = set(filter(_holds_secret, names)) or names
            return Members(
                (
                    self.text(name),
                    self._each_secret(member, digits=digits) if name in secret else self._value(member),
                )
                for name, member in value
            )
        if isinstance(value, list):
            return [self._each_secret(item, digits=digits) for item in value]
        if isinstance(value, bool) or value is None or (not digits and abs(value) < _LEAST_SECRET):
            return value
        return self._hidden(str(value))

    def _hidden(self, value: str) -> str:
        return hidden_value(value, self.hide)

    def _number(self, value: Any) -> Any:
        """A JSON number that may be somebody's phone number becomes a text; null and booleans stay."""
        if not value or (isinstance(value, float) and not math.isfinite(value)) or abs(value) < _LEAST_NUMBER:
            return value
        return self.text(format(value, ".0f") if isinstance(value, float) else str(value))


def _is_name(value: str) -> bool:
    return value.isalpha() and names_secret(value)


def _telling(value: Members) -> frozenset[str]:
    names = tuple([name for name, _ in value])
    remembered = len(names) <= _MOST_NAMES and max(map(len, names), default=0) <= _LONGEST_NAME
    return _remembered(names) if remembered else frozenset(filter(_tells, names))


@lru_cache(maxsize=2048)
def _remembered(names: tuple[str, ...]) -> frozenset[str]:
    """Which of some names tell of a secret, or may say that others do."""
    return frozenset(filter(_tells, names))


def _tells(name: str) -> bool:
    return names_secret(name) or name in _SPECIAL or gives_value(name) or may_give_credentials(name)


def _columns_of(value: Members) -> frozenset[int]:
    """The places of the columns of a table that hold secrets."""
    for name, member in value:
        if name in _HEADS and isinstance(member, list) and not isinstance(member, Members):
            heads = enumerate(member)
            return frozenset(place for place, head in heads if isinstance(head, str) and names_secret(head))
    return frozenset()


def _private_members(value: Members) -> frozenset[str]:
    """Which members are secret for what the object is: a key, or a manifest of secrets."""
    if any(name == "kty" for name, _ in value):
        return _PRIVATE_PARTS
    return _MANIFEST if ("kind", "Secret") in value else frozenset()


def _holds_secret(name: str) -> bool:
    return name == "value" or names_secret(name) or HIDDEN in name


def _gives_name(name: str) -> bool:
    return name.lower() in _NAMING or words_of(name)[-1:] in (["key"], ["name"])


def _named_beside(name: str, siblings: Iterable[tuple[str, Any]]) -> list[str]:
    if not gives_value(name):
        return []
    beside = [
        other
        for key, other in siblings
        if isinstance(other, str) and (_gives_name(key) or (key == "type" and other in _TYPES))
    ]
    marked = any(other is True and key.lower().removeprefix("is") in _MARKS for key, other in siblings)
    return [*beside, "secret"] if marked else beside


def written(value: Any) -> str:
    """JSON that was read with all its members, as a text."""
    if isinstance(value, Members):
        return "{" + ", ".join(f"{written(name)}: {written(member)}" for name, member in value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return json.dumps(value, ensure_ascii=False)

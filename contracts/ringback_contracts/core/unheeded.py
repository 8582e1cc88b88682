"""What an accepted request says that has no effect here: told, since who sends it believes that it has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from ringback_contracts.core.operation import Operation, Parameter

_WORD = re.compile(r"[A-Za-z][A-Za-z.]{0,40}")
"""What a note repeats: anything else could be a number or a secret."""
SPOKEN = {"true": True, "false": False}
"""How a yes or no is written, in whatever letters."""
MOST_FIELDS = 200
"""So many parts of a query are read."""
MOST_KEYS = 20
"""So many keys of a body are told."""
_NOTHING = (b"", b"null", b"{}")
"""What SDKs send where an operation reads no body."""


class Query(NamedTuple):
    """The values of a query, each in the order in which they came."""

    values: Mapping[str, Sequence[str]]

    @classmethod
    def read(cls, text: str) -> Query:
        """What a query string says; parts too many are left out."""
        if not text:
            return cls({})
        parts = "&".join(text.split("&", MOST_FIELDS)[:MOST_FIELDS])
        return cls(parse_qs(parts, keep_blank_values=True))

    def text(self, name: str) -> str | None:
        """The last value of a parameter; ``None`` where it is not given, or empty."""
        return (self.values.get(name) or [""])[-1] or None

    def flag(self, name: str) -> bool | None:
        """A yes or no, which the official SDK for Python writes True or False; ``None`` for neither."""
        return SPOKEN.get((self.text(name) or "").lower())

    def number(self, name: str, usual: int) -> int:
        """A parameter that a rule has found to be a positive number, or the usual value of it."""
        return int(self.text(name) or usual)

    def all(self, name: str) -> tuple[str, ...]:
        """The values of a list, which clients repeat or join with commas."""
        return tuple(
            part for value in self.values.get(name, ()) for part in map(str.strip, value.split(",")) if part
        )


def of_query(operation: Operation, query: Query) -> Iterator[str]:
    """What of the query has no effect."""
    for name in query.values:
        parameter = operation.query.get(name)
        if parameter is None:
            shown = f"'{name}'" if _WORD.fullmatch(name) else "of another name"
            yield f"the operation has no query parameter {shown}"
        elif parameter.heeded is not None:
            yield from _of_parameter(name, parameter, parameter.heeded, query)


def _of_parameter(name: str, parameter: Parameter, heeded: Sequence[str], query: Query) -> Iterator[str]:
    for value in query.all(name) if parameter.kind == "array" else [query.text(name) or ""]:
        if (value.lower() if value.lower() in SPOKEN else value) not in heeded:
            yield f"{name}{'=' + value if _WORD.fullmatch(value) else ''} has no effect in Ringback"


def of_body(body: Mapping[str, Any], heeded: Sequence[str]) -> Iterator[str]:
    """Which keys of the body have no effect; unset fields of the SDKs are null and say nothing."""
    idle = [key for key, value in body.items() if key not in heeded and value not in (None, "", [], {})]
    for key in idle[:MOST_KEYS]:
        yield f"{key if _WORD.fullmatch(key) else 'a field of another name'} has no effect in Ringback"


_RELEASE = re.compile(r"([0-9]{1,4})\.")


def of_release(operation: Operation, headers: Mapping[str, str]) -> Iterator[str]:
    """That an SDK says of itself to be older than the operation that it asks for."""
    release = _RELEASE.match(headers.get("purecloud-sdk", ""))
    if operation.since and release and int(release[1]) < operation.since:
        yield f"release {release[1]} of the SDK has no such method, which came with {operation.since}"


def of_needless_body(raw: bytes) -> Iterator[str]:
    """That a body is not read, where there is one."""
    if raw.strip() not in _NOTHING:
        yield "the operation takes no body, so what was sent in it has no effect"

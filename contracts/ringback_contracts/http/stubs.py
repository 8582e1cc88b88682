"""Answers made up for operations that are not served: a body of the model that the official SDK reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from ringback_contracts.http.sdk_operations import SdkOperation

DEEPEST = 4
"""Models within models; a model within itself is left out at once."""
ONE: Mapping[str, int] = {"pageNumber": 1, "pageCount": 1, "pageSize": 25, "total": 1}
LEFT_OUT = re.compile(
    r"errors?|error[A-Z].*|\w+Errors?|(?:next|previous|first|last)(?:Uri|Page\w*|Cursor)|cursor|after|before"
)
"""Fields by which a program would take a success for a failure, or look for a further page."""
PLAIN: Mapping[str, Any] = {"i": 1, "f": 1.0, "b": False, "d": "2026-01-01", "y": "2026-01", "o": {}}
GIVEN: Mapping[str, Callable[[str], Any]] = {"": str, "i": int, "f": float}
"""How a value that stands in the table is read, by the kind of its field."""
MODEL_FIELD = re.compile(r"([^|=]+)(?:\|([^=]*))?(?:=(.+))?")


class Field(NamedTuple):
    """One field of a model: its name in JSON, its type, and a value that it may have."""

    name: str
    kind: str
    value: str


def stub(operation: SdkOperation, path: str, time: str, sent: Mapping[str, Any]) -> tuple[int, Any]:
    """A status and a value to answer with; the value is ``None`` where the operation has no body.

    The same request has the same ids each time. Of what was ``sent`` the plain fields come back, and the id
    of the path is that of what it names; ``time`` stands in all fields that hold a moment.
    """
    kind = _answers().get(operation.id)
    known = next(iter(operation.success), 204 if kind is None else 200)
    if kind is None or known == 204:
        return 204, None
    value = _Maker(path, time).made(kind, "text", ())
    if isinstance(value, dict):
        _settle(value, operation, path, sent)
    return known, value


def _settle(value: dict[str, Any], operation: SdkOperation, path: str, sent: Mapping[str, Any]) -> None:
    if "id" in value and operation.template.endswith("}"):
        value["id"] = path.rpartition("/")[2]
    if "selfUri" in value:
        at = path if operation.template.endswith("}") or "entities" in value else f"{path}/{value.get('id')}"
        value["selfUri"] = at
    for name, given in sent.items():
        if name != "id" and type(given) is type(value.get(name)) and isinstance(given, str | int | float):
            value[name] = given


class _Maker:
    """Makes values for one request."""

    def __init__(self, path: str, time: str) -> None:
        self._path = path
        self._time = time

    def made(self, kind: str, name: str, within: tuple[str, ...]) -> Any:
        """A value of the kind; ``None`` for a model that would not end."""
        if kind.startswith("["):
            one = self.made(kind[1:], name, within)
            return [] if one is None else [one]
        if kind.startswith("{"):
            return {}
        if kind in PLAIN:
            return ONE.get(name, PLAIN[kind]) if kind == "i" else PLAIN[kind]
        if kind in ("t", "l"):
            return self._time if kind == "t" else self._time.removesuffix("Z")
        return self._text(name, within) if not kind else self._object(kind, within)

    def _object(self, model: str, within: tuple[str, ...]) -> dict[str, Any] | None:
        if model in within or len(within) >= DEEPEST:
            return None
        inside = (*within, model)
        value = {field.name: self._member(field, inside) for field in _fields(model)}
        if within:
            value.pop("selfUri", None)
        return {name: one for name, one in value.items() if one is not None and not LEFT_OUT.fullmatch(name)}

    def _member(self, field: Field, within: tuple[str, ...]) -> Any:
        if not field.value or field.kind not in GIVEN:
            return self.made(field.kind, field.name, within)
        return GIVEN[field.kind](field.value)

    def _text(self, name: str, within: tuple[str, ...]) -> str:
        if name == "id" or name.endswith(("Id", "Ids")):
            return str(uuid5(NAMESPACE_URL, "/".join((self._path, *within, name))))
        if name.endswith(("Uri", "Url", "uri", "url")):
            return "https://example.com/"
        return "someone@example.com" if name.lower().endswith("email") else name


def _fields(model: str) -> Iterator[Field]:
    for written in _models().get(model, "").split():
        if found := MODEL_FIELD.fullmatch(written):
            name, kind, value = found.groups("")
            yield Field(name, kind, value)


@cache
def _answers() -> Mapping[str, str]:
    """What each operation answers with, by its id."""
    lines = (line[1:].split(" ") for line in _text().splitlines() if line.startswith("="))
    return {operation_id: kind for kind, *ids in lines for operation_id in ids}


@cache
def _models() -> Mapping[str, str]:
    """The fields of each model, by its name."""
    parts = (line.partition(" ") for line in _text().splitlines() if line[0] not in "=#")
    return {name: fields for name, _, fields in parts}


@cache
def _text() -> str:
    return files("ringback_contracts").joinpath("data/sdk_models.txt").read_text("utf-8")

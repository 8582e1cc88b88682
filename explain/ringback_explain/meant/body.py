"""Read a body the way its writer meant it: strict JSON first, then what people paste instead of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl

import orjson

from ringback_contracts.core import payload
from ringback_contracts.resources.tokens.paths import TOKEN_PATH

LARGEST = 64 * 2**10
"""Bytes beyond which a body that is not JSON is not looked into: nobody wrote it by hand."""
_DOUBLE = "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033"
_SINGLE = "\u2018\u2019\u201a\u201b\u2032`"
_QUOTES = str.maketrans(dict.fromkeys(_DOUBLE, '"') | dict.fromkeys(_SINGLE, "'"))
CURLY = re.compile(f"[{_DOUBLE}]")
"""What stands where the straight double quotes of JSON belong."""
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{\[\]},]|"', re.DOTALL)
_CLOSING = {"{": "}", "[": "]"}
_WHOLE = re.compile(r'(?:["}\]]|true|false|null)\s*\Z')
"""What ends a value that cannot go on; more digits may follow a number."""
_COMMENT = re.compile(r"(?m)(?:^|(?<=[\s,{\[]))//.*$|/\*.*?\*/")
"""One of the C family."""
_ALIAS = re.compile(r"(?m)(?:^|[\s:,\[{-])[&*][A-Za-z0-9]")
"""With which a small text could stand for a huge value."""
_UNSET = ("", "null", "None", "undefined", "nil", "~")


class Form(StrEnum):
    """What a body is written in."""

    JSON = "json"
    TWICE = "twice"
    """JSON inside a JSON string: it was serialised two times."""
    MARKED = "marked"
    """JSON after a byte order mark."""
    CURLY = "curly"
    """JSON but for its quotes, which a word processor or a web page made curly."""
    FIELDS = "fields"
    """``name=value`` pairs, as HTML forms are sent."""
    CUT = "cut"
    """JSON that ends too early."""
    LOOSE = "loose"
    """An object literal of a programming language, or YAML."""
    NOTHING = "nothing"
    """No body at all, or nothing that can be made sense of."""


@dataclass(frozen=True, slots=True)
class ReadBody:
    """The value that a body was meant to hold, and what it is really written in."""

    value: Any
    form: Form

    @property
    def fields(self) -> dict[str, Any]:
        """The value, where it is an object, or a list with one object in it."""
        value = self.value
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        return value if isinstance(value, dict) else {}


def read(body: bytes) -> ReadBody:
    """Find out what a body says, whatever it is written in; never raises."""
    strict = payload.read(body)
    if strict.readable:
        inner = _object(strict.value) if isinstance(strict.value, str) else None
        is_twice = inner is not None and _shallow(inner)
        return ReadBody(inner, Form.TWICE) if is_twice else ReadBody(strict.value, Form.JSON)
    if strict.too_deep or len(body) > LARGEST or not body.strip():
        return ReadBody(None, Form.NOTHING)
    text = body.decode("utf-8", "replace")
    readings = (attempt(text) for attempt in _ATTEMPTS)
    found = next((reading for reading in readings if reading is not None), None)
    return found if found and _shallow(found.value) else ReadBody(None, Form.NOTHING)


def _shallow(value: Any, depth: int = payload.MAX_DEPTH) -> bool:
    """Whether a value nests as little as one that the platform reads."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return depth > 0 and all(_shallow(item, depth - 1) for item in inner)


def _object(text: str) -> Any:
    try:
        value = orjson.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict | list) else None


def _fields(text: str) -> ReadBody | None:
    if not re.fullmatch(r"\s*[\w.\[\]%+-]+=[^\n{]*\s*", text):
        return None
    return ReadBody(dict(parse_qsl(text.strip(), keep_blank_values=True)), Form.FIELDS)


def straight(text: str) -> str:
    """The text with straight quotes."""
    return text.translate(_QUOTES)


def _marked(text: str) -> ReadBody | None:
    """JSON after a byte order mark, or with curly quotes."""
    for form, written in ((Form.MARKED, text.removeprefix("\ufeff")), (Form.CURLY, straight(text))):
        if (value := _object(written)) is not None:
            return ReadBody(value, form)
    return None


def _loose(text: str) -> ReadBody | None:
    form = Form.CURLY if CURLY.search(text) else Form.LOOSE
    bare = _COMMENT.sub("", straight(text))
    spellings, start, end = [bare], bare.find("{"), bare.rfind("}")
    if 0 <= start < end:
        literal = bare[start : end + 1]
        quoted = re.sub(r"""([{,]\s*)["']?([A-Za-z_$][\w$]*)["']?\s*[:=]\s*""", r'\1"\2": ', literal)
        spellings += [literal, quoted]
    return next((ReadBody(value, form) for value in map(mapping, spellings) if value is not None), None)


def _cut(text: str) -> ReadBody | None:
    """What is whole in JSON that ends too early: half a value is none, and half a number rings somebody."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    value = next((value for whole in _completions(text) if (value := _object(whole)) is not None), None)
    return None if value is None else ReadBody(value, Form.CUT)


def ends_early(text: str) -> bool:
    """Whether a text that begins like a JSON object or array ends before that is closed."""
    return text.lstrip().startswith(("{", "[")) and closed_at(text) is None


def closed_at(text: str) -> int | None:
    """Where the object or array with which a text begins is closed; none where it is not."""
    depth = 0
    for token in _TOKEN.finditer(text):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(token[0], 0)
        if depth <= 0:
            return token.end() if token[0] in "}]" else None
    return None


def _completions(text: str) -> Iterator[str]:
    """The text with what it lacks behind it: the whole of it, then without its last member."""
    missing = ""
    comma: tuple[int, str] | None = None
    for token in _TOKEN.finditer(text):
        if token[0] in _CLOSING:
            missing = _CLOSING[token[0]] + missing
            comma = (token.end(), missing)
        elif token[0] in ("}", "]"):
            missing = missing[1:]
        elif token[0] == ",":
            comma = (token.start(), missing)
        elif token[0] == '"':
            break
    if missing and _WHOLE.search(text):
        yield text + missing
    if missing and comma:
        yield text[: comma[0]] + comma[1]


_ATTEMPTS: tuple[Callable[[str], ReadBody | None], ...] = (_marked, _fields, _cut, _loose)


def mapping(text: str) -> dict[str, Any] | None:
    """The mapping that the text is in YAML, every scalar a text."""
    import yaml

    if _ALIAS.search(text):
        return None
    try:
        value = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - it makes nothing but texts, lists and mappings
    except (yaml.YAMLError, RecursionError, ValueError, TypeError):
        return None
    return _plain(value) if isinstance(value, dict) and value and _keyed(value) else None


def _keyed(value: Any) -> bool:
    """Whether all keys are names, and not stretches of something that is no YAML."""
    if isinstance(value, dict):
        named = all(isinstance(key, str) and re.fullmatch(r"[\w$. -]{1,60}", key) for key in value)
        return named and all(map(_keyed, value.values()))
    return all(map(_keyed, value)) if isinstance(value, list) else True


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items() if item not in _UNSET}
    if isinstance(value, list):
        return [_plain(item) for item in value if item not in _UNSET]
    return str(value).encode("utf-8", "replace").decode()


def token_fields(body: bytes) -> dict[str, str]:
    """The texts of a form that asks for a token, or of whatever stands in its place."""
    return {key: value for key, value in read(body).fields.items() if isinstance(value, str)}


def is_token_request(path: str, body: bytes) -> bool:
    """Whether a request wants a token: by its path, or by a grant type in its body."""
    wants = b"grant_type" in body[:4096] and "grant_type" in read(body).fields
    return wants or path.rstrip("/").endswith(TOKEN_PATH)

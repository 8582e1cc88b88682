"""Read a request out of program code: the object literal that is its body, and where it is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ringback_explain.read import described
from ringback_explain.read.assigned import assembled
from ringback_explain.read.found import Found, encoded
from ringback_explain.read.literal import Literal, literals, placeholder
from ringback_explain.read.sdk_lines import sdk_body
from ringback_explain.read.sent import as_sent
from ringback_explain.read.variables import constants, resolved

_JOINED = re.compile(r'"\s*\+?\s*\n\s*\+?\s*"')
_DOUBLED = re.compile(r"\{\{\s*\\?\"")
"""How JSON begins inside a text in which single braces hold expressions."""


def found(text: str) -> Found | None:
    """The request that the code sends, else the error that the text shows; none where it shows neither."""
    for version in _versions(text):
        known = list(literals(version))
        result = _flawed_body(version, known) or _request(text, known) or _error(text, known)
        if result is not None:
            return result
    return _from_sdk(text)


def _versions(text: str) -> Iterator[str]:
    """The text, and the text as it is once the JSON inside its string literals is unescaped."""
    if _FORMATS.search(text):
        text = _FORMATTED.sub(placeholder("a value"), text)
    yield text
    if _DOUBLED.search(text):
        text = _EXPRESSION.sub(lambda found: placeholder(found[1]), text)
        text = text.replace("{{", "{").replace("}}", "}")
        yield text
    if '\\"' in text:
        yield _JOINED.sub("", text).replace('\\"', '"').replace("\\n", "\n")


_FORMATS = re.compile(r"printf\b|\bformat(?:ted)?\(|[\"']\s*%\s*[(\w]", re.IGNORECASE)
_FORMATTED = re.compile(r"(?<=[\"':])(?:%[sdvq]|\{[0-9]*\})(?=[\\\"'])")
"""What a formatted text has in the place of its arguments."""
_EXPRESSION = re.compile(r"(?<!\{)\{([^{}\n\"]{1,100})\}(?!\})")


def _flawed_body(text: str, known: list[Literal]) -> Found | None:
    """A text that is nothing but a body, which its writer took for JSON."""
    stripped = text.strip()
    if (
        not known
        or text[known[0].start : known[0].end] != stripped
        or not _tries_to_be_json(stripped, known[0])
    ):
        return None
    return described.request_of_body(
        known[0].value, stripped.encode("utf-8", "replace"), text, "a body that is not quite JSON"
    )


def _tries_to_be_json(text: str, literal: Literal) -> bool:
    return literal.quoted_keys and not re.match(r"\{\s*'", text) and "=>" not in text


def _request(text: str, known: list[Literal]) -> Found | None:
    everything = [value for literal in known for value in described.walk(literal.value)]
    for value in everything:
        if described.is_description(value) and isinstance(value.get(_body_key(value)), dict):
            filled_in = resolved(value, constants(text))
            reading = described.request_of_description(filled_in, text, "a request in code")
            key = _body_key(value)
            return as_sent(reading, value[key], filled_in[key], text)
    whole = assembled(text)
    parts = [part for value in whole.values() for part in described.walk(value)]
    bodies = described.outermost([value for value in everything if described.weight(value)])
    bodies = [body for body in bodies if not any(_is_part(body, part) for part in parts)] + list(
        whole.values()
    )
    if not bodies:
        return None
    written = max(bodies, key=described.heaviest)
    body = resolved(written, constants(text))
    reading = described.request_of_body(body, encoded(body), text, "code that holds a body")
    return as_sent(reading, written, body, text)


def _is_part(body: Mapping[str, Any], whole: Mapping[str, Any]) -> bool:
    """Whether a body is another, or the beginning of it, before the code adds to it."""
    return all(key in whole and whole[key] == body[key] for key in body)


def _body_key(value: Mapping[str, Any]) -> str:
    return next((key for key in ("body", "payload", "data", "json") if key in value), "")


def _error(text: str, known: list[Literal]) -> Found | None:
    for literal in known:
        for value in described.walk(literal.value):
            if described.is_error(value):
                return described.reported(value, text, "an error body")
    return None


def _from_sdk(text: str) -> Found | None:
    body = resolved(sdk_body(text), constants(text))
    return described.request_of_body(body, encoded(body), text, "lines of an SDK") if body else None

"""Find a JSON body that is broken, most often because it ends too early: a log or a careless copy cut it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from ringback_explain.readers import objects
from ringback_explain.readers.literal import Literal, literals
from ringback_explain.readers.objects import CALL_KEYS, TOKEN_KEYS
from ringback_explain.readers.reading import Reading
from ringback_explain.reading import ends_early

_BEGINNING = re.compile(r'(?:\[\s*)?\{\s*"([^"\n]{0,60})')
"""A brace and a quoted key, as in no sentence."""
_EMPTY_LINE = re.compile(r"\n[ \t]*\n")
MOST_BEGINNINGS = 20
"""A text with more of them is no report of one request."""


def broken_body(text: str) -> Reading | None:
    """The text as a body, if it begins like one: nothing in it can be read."""
    return _body(text, text) if _BEGINNING.match(text.lstrip()) else None


def cut_body(text: str) -> Reading | None:
    """The body that ends too early in a text, so that no part of it may be taken for the whole."""
    if not _BEGINNING.search(text):
        return None
    known = list(literals(text))
    return next((_body(_paragraph(text, at), text) for at in _beginnings(text, known)), None)


def _beginnings(text: str, known: list[Literal]) -> Iterator[int]:
    """Where an object of a request begins that is never closed; ``known`` are those that are."""
    for found in islice(_BEGINNING.finditer(text), MOST_BEGINNINGS):
        at = found.start()
        is_whole = any(literal.start <= at < literal.end for literal in known)
        if found[1] in CALL_KEYS | TOKEN_KEYS and not is_whole and ends_early(text[at:]):
            yield at


def _paragraph(text: str, at: int) -> str:
    end = _EMPTY_LINE.search(text, at)
    return text[at : end.start() if end else len(text)]


def _body(raw: str, text: str) -> Reading:
    body = raw.strip().encode("utf-8", "replace")
    return objects.request_of_body(None, body, text, "a JSON body that cannot be read")

"""Find a JSON body that is broken, most often because it ends too early: a log or a careless copy cut it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from ringback_explain.meant.body import ends_early
from ringback_explain.read import described
from ringback_explain.read.described import CALL_KEYS, TOKEN_KEYS
from ringback_explain.read.found import FoundRequest
from ringback_explain.read.literal import Literal, literals

_BEGINNING = re.compile(r'(?:\[\s*)?\{\s*"([^"\n]{0,60})')
"""A brace and a quoted key, as in no sentence."""
_EMPTY_LINE = re.compile(r"\n[ \t]*\n")
MOST_BEGINNINGS = 20
"""A text with more of them is no report of one request."""


def broken_body(text: str) -> FoundRequest | None:
    """The text as a body, if it begins like one: nothing in it can be read."""
    return _body(text, text) if _BEGINNING.match(text.lstrip()) else None


def cut_body(text: str) -> FoundRequest | None:
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


def _body(raw: str, text: str) -> FoundRequest:
    body = raw.strip().encode("utf-8", "replace")
    return described.request_of_body(None, body, text, "a JSON body that cannot be read")

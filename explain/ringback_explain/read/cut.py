"""Find a JSON body that is broken, most often because it ends too early: a log or a careless copy cut it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from ringback_explain.meant.body import closed_at, ends_early, straight
from ringback_explain.read import described
from ringback_explain.read.described import CALL_KEYS, TOKEN_KEYS
from ringback_explain.read.found import FoundRequest

_BEGINNING = re.compile(r'(?:\[\s*)?\{\s*"([^"\n]{0,60})')
"""A brace and a quoted key, as in no sentence."""
_EMPTY_LINE = re.compile(r"\n[ \t]*\n")
MOST_BEGINNINGS = 20
"""A text with more of them is no report of one request."""


def broken_body(text: str) -> FoundRequest | None:
    """The text as a body, if it begins like one: nothing in it can be read."""
    return _body(text, text) if _BEGINNING.match(text.lstrip()) else None


def flawed_body(text: str) -> FoundRequest | None:
    """A text that is nothing but a body, which its writer took for JSON, and which is not quite that."""
    body = straight(text.strip())
    keys = set(_KEY.findall(body))
    if not _BEGINNING.match(body) or closed_at(body) != len(body) or not keys & (CALL_KEYS | TOKEN_KEYS):
        return None
    return described.request_of_body(
        dict.fromkeys(keys & TOKEN_KEYS),
        text.strip().encode("utf-8", "replace"),
        text,
        "a body that is not quite JSON",
    )


_KEY = re.compile(r'[{,]\s*"(\w+)"\s*:')


def cut_body(text: str) -> FoundRequest | None:
    """The body that ends too early in a text, so that no part of it may be taken for the whole."""
    return next((_body(_paragraph(text, at), text) for at in _beginnings(text)), None)


def _beginnings(text: str) -> Iterator[int]:
    """Where an object of a request begins that is never closed."""
    for found in islice(_BEGINNING.finditer(text), MOST_BEGINNINGS):
        if found[1] in CALL_KEYS | TOKEN_KEYS and ends_early(text[found.start() :]):
            yield found.start()


def _paragraph(text: str, at: int) -> str:
    end = _EMPTY_LINE.search(text, at)
    return text[at : end.start() if end else len(text)]


def _body(raw: str, text: str) -> FoundRequest:
    body = raw.strip().encode("utf-8", "replace")
    return described.request_of_body(None, body, text, "a JSON body that cannot be read")

"""Find a JSON body that is broken, most often because it ends too early: a log or a careless copy cut it."""

from __future__ import annotations

import re
from itertools import islice

from ringback_explain.meant.body import closed_at, ends_early, straight
from ringback_explain.read.described import CALL_KEYS, TOKEN_KEYS, request_of_body
from ringback_explain.read.found import FoundRequest

_BEGINNING = re.compile(r'(?:\[\s*)?\{\s*"([^"\n]{0,60})')
"""A brace and a quoted key, as in no sentence."""
_KEY = re.compile(r'[{,]\s*"(\w+)"\s*:')
MOST_BEGINNINGS = 20
"""A text with more of them is no report of one request."""
UNREADABLE = "a JSON body that cannot be read"


def broken_body(text: str) -> FoundRequest | None:
    """The text as a body, if it begins like one: nothing in it can be read."""
    begins = _BEGINNING.match(text.lstrip())
    return request_of_body(None, text.strip(), text, UNREADABLE) if begins else None


def flawed_body(text: str) -> FoundRequest | None:
    """A text that is nothing but a body, which its writer took for JSON, and which is not quite that."""
    body = straight(text.strip())
    keys = set(_KEY.findall(body))
    if not _BEGINNING.match(body) or closed_at(body) != len(body) or not keys & (CALL_KEYS | TOKEN_KEYS):
        return None
    tokens = dict.fromkeys(keys & TOKEN_KEYS)
    return request_of_body(tokens, text.strip(), text, "a body that is not quite JSON")


def cut_body(text: str) -> FoundRequest | None:
    """The body that ends too early in a text, so that no part of it may be taken for the whole."""
    for found in islice(_BEGINNING.finditer(text), MOST_BEGINNINGS):
        rest = text[found.start() :]
        if found[1] in CALL_KEYS | TOKEN_KEYS and ends_early(rest):
            paragraph = re.split(r"\n[ \t]*\n", rest, maxsplit=1)[0]
            return request_of_body(None, paragraph.strip(), text, UNREADABLE)
    return None

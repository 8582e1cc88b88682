"""Text without secrets, people's numbers and addresses, also where it is encoded once more."""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape
from urllib.parse import quote, unquote

from ringback_contracts.privacy.numbers import without_numbers
from ringback_contracts.privacy.people import without_addresses
from ringback_contracts.privacy.places import without_placed
from ringback_contracts.privacy.secrets import hide_all, without_secrets
from ringback_contracts.privacy.shapes import Hide
from ringback_contracts.privacy.values import Values

_DEEPEST = 3
"""How often a text is decoded: who encodes it more often hides it."""
_SHORT = 200
"""Characters of a text for which it is remembered what is shown of it."""
_JSON = frozenset('{[]}"')
_PERCENT = re.compile(
    r"(?<![\w.~!*()+/:@-])(?:[\w.~!*()+/:@-]*+%[0-9A-Fa-f]{2})++[\w.~!*()+/:@-]*+", re.ASCII
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,10});")
# The escapes that JSON allows for visible characters, but for those that have a meaning of their own in it.
_ESCAPE = re.compile(r"\\u(?!0022|005[cC]|00[01]|007[fF]|00[89]|[dD][89a-fA-F])([0-9a-fA-F]{4})")


def redact_text(text: str, hide: Hide = hide_all) -> str:
    """The text without secrets and people's numbers; what is hidden already stays as it is."""
    if len(text) > _SHORT:
        return _redacted(text, hide, _DEEPEST)
    # Most texts stand in thousands of exchanges: names of headers, hosts, ids of users.
    shown = _of_short(text)
    return shown if hide is hide_all or shown == text else _redacted(text, hide, _DEEPEST)


@lru_cache(maxsize=8192)
def _of_short(text: str) -> str:
    return _redacted(text, hide_all, _DEEPEST)


def unescaped(text: str) -> str:
    """The text with the escapes of JSON decoded, as far as they change none of its form."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)


def _redacted(text: str, hide: Hide, depth: int) -> str:
    if depth and text[:1] in _JSON and text[-1:] in _JSON:
        shown = Values(lambda leaf: _redacted(leaf, hide, depth - 1), hide).redacted(text)
        if shown is not None:
            return shown
    if depth and '{"' in text:
        values = Values(lambda leaf: _redacted(leaf, hide, depth - 1), hide)
        pieces = list(values.apart(text))
        shown = "".join(piece if told else _plain(piece, hide, depth) for piece, told in pieces)
        return without_placed(shown, hide) if len(pieces) > 1 else shown
    return _plain(text, hide, depth)


def _plain(text: str, hide: Hide, depth: int) -> str:
    """A text that holds no JSON."""
    text = without_numbers(without_addresses(without_secrets(text, hide)))
    if depth and "%" in text:
        text = _PERCENT.sub(lambda found: _inside(found[0], hide, depth), text)
    if depth and "&" in text and _ENTITY.search(text):
        text = _if_told(text, unescape(text), hide, depth)
    if depth and "\\u" in text:
        text = _if_told(text, unescaped(text), hide, depth)
    return text


def _inside(word: str, hide: Hide, depth: int) -> str:
    decoded = unquote(word)
    shown = _redacted(decoded, hide, depth - 1)
    return word if shown == decoded else quote(shown, safe="*~!()+/:@")


def _if_told(text: str, decoded: str, hide: Hide, depth: int) -> str:
    """The text, or what is left of it decoded where that tells more."""
    shown = _redacted(decoded, hide, depth - 1) if decoded != text else decoded
    return text if shown == decoded else shown

"""What the parsers share: refusing white space, and reading stretches of allowed characters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ringback_contracts.domain.addresses.errors import AddressError, Reason

ESCAPE = r"%[0-9A-Fa-f]{2}"
UNRESERVED = r"0-9A-Za-z\-_.!~*'()"
"""The characters of ``unreserved``, which RFC 3261 and RFC 3966 define alike, for a character class."""
PARAMETER = re.compile(rf"(?:[{UNRESERVED}\[\]/:&+$]|{ESCAPE})*")
"""Any number of ``paramchar``, which the two define alike as well."""

_NAME_CHARACTERS = re.compile(r"[0-9A-Za-z.-]*")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_SPACE = re.compile(r"\s")


def refuse_surrounding_space(text: str) -> None:
    """Raise for a text that is empty, or that trimming would change."""
    if not text:
        raise AddressError(Reason.EMPTY, 0)
    if text[0].isspace():
        raise AddressError(Reason.SURROUNDING_WHITE_SPACE, 0)
    if text[-1].isspace():
        raise AddressError(Reason.SURROUNDING_WHITE_SPACE, len(text.rstrip()))


def after_scheme(scheme: re.Pattern[str], text: str) -> int:
    """Where the address begins after its scheme.

    Raises for white space anywhere, and for a text that starts otherwise.
    """
    refuse_surrounding_space(text)
    found = scheme.match(text)
    if not found:
        raise AddressError(Reason.NO_SCHEME, 0)
    if space := _SPACE.search(text):
        raise AddressError(Reason.WHITE_SPACE, space.start())
    return found.end()


def require(
    allowed: re.Pattern[str], text: str, start: int, stop: int, bad: Reason, bad_escape: Reason
) -> str:
    """The stretch ``text[start:stop]``; raises at its first character that is not allowed.

    ``allowed`` matches any number of characters and escapes.
    """
    found = allowed.match(text, start, stop)
    end = found.end() if found else start
    if end < stop:
        raise AddressError(bad_escape if text[end] == "%" else bad, end)
    return text[start:stop]


def fault_in_name(text: str, start: int, stop: int) -> int | None:
    """Where ``text[start:stop]`` stops being a host name, which RFC 3261 and RFC 3966 define alike.

    Labels of letters, digits and inner hyphens; the last starts with a letter; a dot may end the name.
    """
    allowed = _NAME_CHARACTERS.match(text, start, stop)
    if allowed and allowed.end() < stop:
        return allowed.end()
    labels = text[start:stop].removesuffix(".").split(".")
    for label in labels:
        if not label or label.startswith("-"):
            return start
        if label.endswith("-"):
            return start + len(label) - 1
        start += len(label) + 1
    return None if labels[-1][0] in _LETTERS else start - len(labels[-1]) - 1


def pieces(text: str, start: int, stop: int, separator: str) -> Iterator[tuple[int, int, int]]:
    """The ``name=value`` pieces of ``text[start:stop]``, which begins with a mark that introduces the first.

    Each is where its name begins, where that ends, and where the piece ends: where there is no ``=``,
    the last two are equal.
    """
    while start < stop:
        begin = start + 1
        start = text.find(separator, begin, stop)
        start = stop if start < 0 else start
        equals = text.find("=", begin, start)
        yield begin, start if equals < 0 else equals, start


def unescaped(text: str) -> str:
    """The text with its escapes undone; bytes that are no UTF-8 become U+FFFD."""
    if "%" not in text:
        return text
    from urllib.parse import unquote

    return unquote(text)

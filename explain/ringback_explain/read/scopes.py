"""Find the OAuth scopes and the permissions that a text speaks of."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = r"[a-z][\w-]{0,40}"
_NAME = rf"(?:['\"`*]{{0,2}}{_WORD}(?::{_WORD}){{1,3}}['\"`*]{{0,2}}|['\"`]{_WORD}['\"`])"
_BETWEEN = r"(?:[ \t]*,\s*(?:and[ \t]+)?|[ \t]*\s(?:and|or|[-*\u2022+/|&])[ \t]+|[ \t]+)"


def _called(word: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Names behind a word for what they are, and names in front of it."""
    after = (
        rf"{word}\b[\"'`*]{{0,4}}[\s:=|\[(*\u2022-]{{0,8}}"
        r"(?:(?:is|are|of|like|e\.g\.|including|named|called)[ \t:]+)?"
        rf"[\s\[(*\u2022-]{{0,8}}({_NAME}(?:{_BETWEEN}{_NAME})*)"
    )
    return re.compile(after, re.IGNORECASE), re.compile(rf"({_NAME})[ \t]+{word}\b")


_SCOPES = _called(r"\bscopes?")
_PERMISSIONS = _called(r"(?<![A-Za-z])(?:\w{1,20}_)?permissions?")


@lru_cache(maxsize=1)
def scopes(text: str) -> tuple[str, ...]:
    """The names in the order of the text, written like scopes and called so: ``Scopes: a:b, c:d``.

    Remembered for the last text, since many requests may stand in one.
    """
    return _named(text, _SCOPES)


@lru_cache(maxsize=1)
def permissions(text: str) -> tuple[str, ...]:
    """The names written like permissions and called so: ``the outbound:call permission``."""
    return _named(text, _PERMISSIONS)


def _named(text: str, patterns: tuple[re.Pattern[str], ...]) -> tuple[str, ...]:
    runs = [found[1] for pattern in patterns for found in pattern.finditer(text)]
    names = (name for run in runs for name in re.findall(r"[A-Za-z][\w-]*(?::[A-Za-z][\w-]*)+", run))
    return tuple(dict.fromkeys(names))

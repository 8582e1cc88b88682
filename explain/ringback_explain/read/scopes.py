"""Find the OAuth scopes that a text speaks of."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = r"[a-z][\w-]{0,40}"
_NAME = rf"(?:['\"`*]{{0,2}}{_WORD}(?::{_WORD}){{1,3}}['\"`*]{{0,2}}|['\"`]{_WORD}['\"`])"
_BETWEEN = r"(?:[ \t]*,\s*(?:and[ \t]+)?|[ \t]*\s(?:and|or|[-*\u2022+/|&])[ \t]+|[ \t]+)"
_AFTER = re.compile(
    r"\bscopes?\b[\"'`*]{0,4}[\s:=|\[(*\u2022-]{0,8}"
    r"(?:(?:is|are|of|like|e\.g\.|including|named|called)[ \t:]+)?"
    rf"[\s\[(*\u2022-]{{0,8}}({_NAME}(?:{_BETWEEN}{_NAME})*)",
    re.IGNORECASE,
)
_BEFORE = re.compile(rf"({_NAME})[ \t]+scopes?\b")


@lru_cache(maxsize=1)
def scopes(text: str) -> tuple[str, ...]:
    """The names in the order of the text, written like scopes and called so: ``Scopes: a:b, c:d``.

    Remembered for the last text, since many requests may stand in one.
    """
    runs = [found[1] for pattern in (_AFTER, _BEFORE) for found in pattern.finditer(text)]
    names = (name for run in runs for name in re.findall(r"[A-Za-z][\w-]*(?::[A-Za-z][\w-]*)+", run))
    return tuple(dict.fromkeys(names))

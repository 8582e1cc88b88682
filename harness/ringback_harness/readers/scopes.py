"""Find the OAuth scopes that a text speaks of."""

from __future__ import annotations

import re

_NAME = r"['\"`]?[a-z][\w-]{0,40}(?::[a-z][\w-]{0,40}){1,3}['\"`]?"
_BETWEEN = r"(?:[ \t]*,\s*|[ \t]+and[ \t]+|[ \t]+)"
_AFTER = re.compile(
    rf"\bscopes?\b[\s\"'`:=\[(]{{0,6}}(?:(?:is|are|of)[ \t]+)?({_NAME}(?:{_BETWEEN}{_NAME})*)", re.IGNORECASE
)
_BEFORE = re.compile(rf"({_NAME})[ \t]+scopes?\b")


def scopes(text: str) -> tuple[str, ...]:
    """The names in the order of the text, written like scopes and called so: ``Scopes: a:b, c:d``."""
    runs = [found[1] for pattern in (_AFTER, _BEFORE) for found in pattern.finditer(text)]
    names = (name for run in runs for name in re.findall(r"[A-Za-z][\w-]*(?::[A-Za-z][\w-]*)+", run))
    return tuple(dict.fromkeys(names))

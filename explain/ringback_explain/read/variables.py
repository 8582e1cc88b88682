"""Find what a variable of pasted code holds, where the code says so itself and says it once."""

from __future__ import annotations

import re
from typing import Any

from ringback_explain.read.literal import placeholder

_WORDS = "const|let|var|val|final|static|private|public|readonly|string|String|auto|Dim|my"
_DECLARED = rf"(?:(?:{_WORDS})[ \t]+){{0,4}}"
_ASSIGNED = re.compile(
    rf"^[ \t]*{_DECLARED}(\$?[A-Za-z_]\w{{0,60}})(?:[ \t]*:[ \t]*\w+|[ \t]+As[ \t]+\w+|[ \t]+string)?"
    r"[ \t]*(?::=|=)(?![=>])[ \t]*(?:[rRuU@](?=[\"']))?"
    r"(?:\"([^\"\n\\]*)\"|'([^'\n\\]*)'|([^\n]*))[ \t]*;?[ \t]*(?:(?://|#)[^\n]*)?$",
    re.MULTILINE,
)


def constants(text: str) -> dict[str, str]:
    """The variables to which the code gives a value once, and that a plain text, by their placeholders."""
    found: dict[str, str | None] = {}
    for assigned in _ASSIGNED.finditer(text):
        name, double, single = assigned[1], assigned[2], assigned[3]
        value = double if double is not None else single
        found[name] = None if name in found else value
    return {
        placeholder(mark + name): value
        for name, value in found.items()
        if value is not None
        for mark in ("", "&")
    }


def resolved(value: Any, known: dict[str, str]) -> Any:
    """The value with the texts of variables in place of their names."""
    if isinstance(value, dict):
        return {key: resolved(item, known) for key, item in value.items()}
    if isinstance(value, list):
        return [resolved(item, known) for item in value]
    if not isinstance(value, str) or "\u2039" not in value:
        return value
    return _NAME.sub(lambda found: known.get(found[0], found[0]), value)


_NAME = re.compile("\u2039[^\u2039\u203a]*\u203a")

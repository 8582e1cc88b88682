"""Read the hash table that PowerShell sends as a body, by writing it as an object of JavaScript."""

from __future__ import annotations

import re

from ringback_explain.meant.body import closed_at

_HASH = re.compile(r"@(?=\{)")
_TOKEN = re.compile(r'"(?:`.|[^"`])*"|\'[^\']*\'|#[^\n]*|@(?=\{)|=|;|\n|\$(?=true\b|false\b|null\b)')
_DOUBLED = re.compile(r"([{,])\s*(?:,\s*)+")
_WRITTEN = {"@": "", "=": ":", ";": ",", "$": "", "\n": ",\n"}


def as_script(text: str) -> str | None:
    """The heaviest hash table of the text as a call of JavaScript; none where there is none."""
    tables = []
    for found in _HASH.finditer(text):
        end = closed_at(text[found.end() :])
        if end is not None:
            tables.append(text[found.end() : found.end() + end])
    if not tables:
        return None
    written = _TOKEN.sub(lambda found: _WRITTEN.get(found[0], _kept(found[0])), max(tables, key=len))
    return "send(" + _DOUBLED.sub(r"\1 ", written) + ")"


def _kept(token: str) -> str:
    return "" if token.startswith("#") else token

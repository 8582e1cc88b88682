"""A text with its escapes decoded, which knows where each of them stood: of URLs, HTML, JSON and code."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from html import unescape

_PERCENT = r"%(?P<percent>[0-9A-Fa-f]{2})"
_ENTITY = r"(?P<entity>&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,10});)"
_BACKSLASH = (
    r"\\(?:u(?P<four>[0-9A-Fa-f]{4})|u\{(?P<some>[0-9A-Fa-f]{1,6})\}|x(?P<two>[0-9A-Fa-f]{2})"
    r"|(?P<octal>[0-3][0-7]{2})|(?P<itself>[^\w\s]))"
)
ANY = re.compile(f"{_PERCENT}|{_ENTITY}|{_BACKSLASH}")
WAYS = (ANY, re.compile(_PERCENT), re.compile(_ENTITY), re.compile(_BACKSLASH))
"""How a text is decoded: a secret may itself hold what looks like an escape of another kind."""
_LAST = 0x10FFFF


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text, and where it goes on behind each escape: in itself, and as it was written."""

    text: str
    places: list[int]
    written: list[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of the text stands as it was written."""
        return self._written(start), self._written(end)

    def _written(self, place: int) -> int:
        before = bisect_right(self.places, place) - 1
        return self.written[before] + place - self.places[before]


def decoded(text: str, way: re.Pattern[str]) -> Decoded | None:
    """The text with its escapes decoded once; nothing where it has none."""
    pieces, places, written = [], [0], [0]
    length = done = 0
    for found in way.finditer(text):
        character = _meant(found)
        pieces += [text[done : found.start()], character]
        length += found.start() - done + len(character)
        done = found.end()
        places.append(length)
        written.append(done)
    return Decoded("".join([*pieces, text[done:]]), places, written) if pieces else None


def _meant(found: re.Match[str]) -> str:
    parts = {kind: part for kind, part in found.groupdict().items() if part is not None}
    ((kind, part),) = parts.items()
    if kind in ("entity", "itself"):
        return unescape(part) if kind == "entity" else part
    code = int(part, 8 if kind == "octal" else 16)
    return chr(code) if code <= _LAST else found[0]

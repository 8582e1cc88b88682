"""Which known name was meant by a misspelt one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(text: str, known: Iterable[str], at_least: float = 0.6) -> str | None:
    """The known name that is most like the text, whatever the case; ``None`` where none is like it enough.

    ``at_least`` is the likeness asked for: 1 of equal texts, 0 of any, which finds one wherever one is known.
    """
    return next(iter(nearest_few(text, known, 1, at_least)), None)


def nearest_few(text: str, known: Iterable[str], most: int, at_least: float = 0.6) -> list[str]:
    """At most so many known names that are like the text, the likest first."""
    spellings: dict[str, list[str]] = {}
    for name in known:
        spellings.setdefault(name.lower(), []).append(name)
    near = difflib.get_close_matches(text.lower(), spellings, most, at_least)  # noqa: TID251 - its home
    return [max(spellings[name], key=lambda one: _likeness(text, one)) for name in near]


def _likeness(text: str, name: str) -> float:
    return difflib.SequenceMatcher(None, text, name).ratio()

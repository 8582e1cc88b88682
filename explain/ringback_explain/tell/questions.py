"""What explain says and asks, from its tables, and how it shows what a request has."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_explain.explanation import Note
from ringback_explain.meant.placeholders import IN_CODE
from ringback_explain.table import table

FOR_USER = f"{CALLS_PATH}/user/{{userId}}"
_PASSWORD = re.compile(r"(sips?:[^@:\s]*):[^@\s]*@", re.IGNORECASE)


def note(kind: str, pointer: str = "", text: str = "", **facts: object) -> Note:
    """A note of the table with its facts filled in; ``text`` names its text, where it has another."""
    said = str(table("tell/notes")[text or kind])
    return Note(kind, pointer, said.format(calls=CALLS_PATH, for_user=FOR_USER, **facts))


def ask(name: str, **facts: str) -> str:
    """A question of the table with its facts filled in."""
    return str(table("tell/questions")[name]).format(**facts)


def gap(text: str) -> str:
    """Why a text is not the value that belongs there."""
    if IN_CODE.search(text):
        return f"Only the running program knows {quoted(text)}"
    return f"{quoted(text)} was not filled in"


def no_id(text: str, pointer: str, what: str) -> str:
    """Why a text is not the id that belongs there."""
    if IN_CODE.search(text):
        return f"Only the running program knows {quoted(text)} at {pointer}"
    return f"{quoted(text)} at {pointer} is no id of a {what} (a UUID)"


def quoted(text: str, limit: int = 60) -> str:
    """A text of the request as it is shown in a question, cut where it is long."""
    shown = _PASSWORD.sub(r"\1:***@", text)
    plain = "".join(character if character.isprintable() else " " for character in shown[: limit + 1])
    return f"'{plain[:limit]}…'" if len(plain) > limit else f"'{plain}'"


def listed_names(names: Iterable[str]) -> str:
    """The names in quotes, each once."""
    *others, last = [f"'{name[:80]}'" for name in dict.fromkeys(names)] or [""]
    return f"{', '.join(others)} or {last}" if others else last

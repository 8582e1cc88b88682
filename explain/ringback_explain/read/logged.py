"""Read what programs log in JSON: what an entry tells, in place of the entry."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from ringback_explain.read import described
from ringback_explain.table import table

_MARK = re.compile(rf'"(?:{"|".join(table("read/keys")["of-entry"]["time"].split())})"\s*:', re.IGNORECASE)
_OF_ENTRY = {name: frozenset(listed.split()) for name, listed in table("read/keys")["of-entry"].items()}
DEEPEST = 20
"""Values within values that are looked at."""


def told(text: str) -> str:
    """The text with what its log entries tell in place of them: each fills a line, or all are one list."""
    if not _MARK.search(text):
        return text
    whole = _entries(text)
    return "\n".join(_entries(line) or line for line in text.split("\n")) if whole is None else whole


def _entries(text: str) -> str | None:
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        value = described.parsed(text)
    except ValueError:
        return None
    listed = value.get("events", [value]) if isinstance(value, dict) else value
    if not isinstance(listed, list) or not listed or not all(map(_is_entry, listed)):
        return None
    items = (item for entry in listed for item in entry.items())
    return "\n".join(line for key, item in items for line in _lines(key, item, DEEPEST))


def _is_entry(value: Any) -> bool:
    """Whether it has a time, and a level or a message."""
    keys = {key.lower() for key in value} if isinstance(value, dict) else set()
    return bool(keys & _OF_ENTRY["time"] and keys & (_OF_ENTRY["level"] | _OF_ENTRY["message"]))


def _lines(key: str, value: Any, depth: int) -> Iterator[str]:
    """What a value tells: requests as HTTP messages, bodies and errors as JSON, all else in words."""
    if isinstance(value, str) and value.lstrip().startswith(("{", "[")):
        with suppress(ValueError):
            value = described.parsed(value)
    is_whole = isinstance(value, dict) and (described.is_error(value) or described.weight(value))
    if isinstance(value, dict) and described.is_description(value):
        yield _message(value)
    elif depth and isinstance(value, dict | list) and not is_whole:
        for name, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _lines(str(name), item, depth - 1)
    elif isinstance(value, dict | list):
        yield json.dumps(value, ensure_ascii=False)
    else:
        yield f"{key}: {value}" if re.fullmatch(r"\d{1,3}", str(value)) else str(value)


def _message(value: dict[str, Any]) -> str:
    request = described.request_of_description(value, "", "").request
    query = f"?{request.query}" if request.query else ""
    headers = "".join(f"{name}: {content}\n" for name, content in request.headers.items())
    return f"{request.method} {request.path}{query}\n{headers}\n{request.body.decode('utf-8', 'replace')}\n"

"""Find a JSON body that is broken, most often because it ends too early: a log or a careless copy cut it."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from ringback_harness.readers import objects
from ringback_harness.readers.reading import Reading

_BEGINNING = re.compile(
    r'^[ \t]*((?:\[\s*)?\{\s*"([^"\n]{0,60})("?).*?)(?=\n[ \t]*\n|\Z)', re.MULTILINE | re.DOTALL
)
"""A line that begins an object and its first key, and what follows it up to an empty line."""


def cut_body(text: str, keys: AbstractSet[str] = frozenset()) -> Reading | None:
    """The body that begins in a line of the text and cannot be read; ``keys`` are those it must begin with.

    Prose never begins a line with a brace and a quoted key, so what does was meant as JSON.
    """
    for found in _BEGINNING.finditer(text):
        if found[2] in keys or (not keys and not text[: found.start()].strip()):
            raw = found[1].rstrip().encode("utf-8", "replace")
            return objects.request_of_body(None, raw, text, "a JSON body that cannot be read")
    return None

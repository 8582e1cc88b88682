"""Notes on the keys of a body: what each is not, and where it belongs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ringback_contracts.core.nearest import nearest
from ringback_contracts.resources.calls.forms import ADDRESS_TYPES, PUBLISHED_KEYS
from ringback_explain.explanation import Note
from ringback_explain.meant.call import wraps_call
from ringback_explain.meant.keys import INSIDE, ROOT, KeyRole, norm, published_key
from ringback_explain.meant.placeholders import join
from ringback_explain.table import table
from ringback_explain.tell.questions import FOR_USER


def key_notes(body: Mapping[str, Any], above: str = "") -> Iterator[Note]:
    """Say of each key that the published body does not have where it belongs."""
    for key, value in body.items():
        pointer = join(above, key)
        if wraps_call(key, value):
            yield _note("wrapper", key, pointer)
            yield from key_notes(value, pointer)
            continue
        if key not in PUBLISHED_KEYS:
            near = published_key(key)
            name = "misspelt" if near else ROOT.get(norm(key))
            near = near or ("" if name else nearest(key, sorted(PUBLISHED_KEYS), at_least=0.75))
            yield _note(name or ("near" if near else "unknown"), key, pointer, near or "")
        if key == "participants" or ROOT.get(norm(key)) in _LOOKED_INTO:
            yield from _nested(value, pointer, listed=key == "participants")


def _note(name: str, key: str, pointer: str, near: str = "") -> Note:
    says = table("tell/key_notes")[name]
    return Note(says["id"], pointer, says["text"].format(key=key[:60], near=near, path=FOR_USER))


_LOOKED_INTO = frozenset(map(KeyRole, table("tell/key_notes")["roles"]["looked-into"]))
_NOTED_INSIDE = frozenset(map(KeyRole, table("tell/key_notes")["roles"]["noted-inside"]))


def _nested(value: Any, pointer: str, *, listed: bool) -> Iterator[Note]:
    """Notes on keys inside an address or routing data; ``listed`` is for the published participants."""
    if isinstance(value, list):
        for position, item in enumerate(value[:50]):
            yield from _nested(item, f"{pointer}/{position}", listed=listed)
    elif isinstance(value, dict):
        for key, item in value.items():
            where = join(pointer, key)
            yield from _inside(key, item, where, listed=listed)
            if INSIDE.get(norm(key)) in _LOOKED_INTO:
                yield from _nested(item, where, listed=listed)


def _inside(key: str, value: Any, pointer: str, *, listed: bool) -> Iterator[Note]:
    role = INSIDE.get(norm(key))
    if listed and key in ("address", "name", "userId", "queueId"):
        return
    if role is KeyRole.TYPE and not (key == "type" and value in tuple(ADDRESS_TYPES)):
        yield _note(KeyRole.TYPE, key, pointer)
    elif role in _NOTED_INSIDE:
        yield _note(role, key, pointer)
    elif listed and role in (KeyRole.TO, KeyRole.FROM, KeyRole.ADDRESS, KeyRole.ID):
        yield _note("of-a-party", key, pointer)
    elif listed and role is KeyRole.DIRECTION:
        yield _note("direction", key, pointer)

"""Notes on how a body and its headers are written: not JSON, not filled in, or not read by anybody."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from ringback_contracts.core.model import Request
from ringback_contracts.resources.conversations.operations import DISCONNECT
from ringback_explain.explanation import Note
from ringback_explain.meant.body import ReadBody
from ringback_explain.meant.call import MeantCall
from ringback_explain.meant.ids import names, path_name
from ringback_explain.meant.keys import ROOT, KeyRole, norm
from ringback_explain.meant.placeholders import PROTECTION, Gap, Hole, gap_in
from ringback_explain.table import table
from ringback_explain.tell.questions import gap, note, quoted

MOST = 50
"""More notes of one kind help nobody."""
_UNFILLED = (Gap.UNFILLED, Gap.GENERIC)


def form_notes(reading: ReadBody, *, wants_call: bool) -> Iterator[Note]:
    """What the body is written in, where that is not JSON, and that it is a list where a call is wanted."""
    if kind := table("tell/notes")["form"].get(reading.form):
        yield note(kind)
    if wants_call and isinstance(reading.value, list):
        yield note("body.a-list")


def hole_notes(found: Iterable[Hole]) -> Iterator[Note]:
    """What was sent without being filled in. What was hidden before showing it is only asked for."""
    for hole in islice(found, MOST):
        if hole.gap is Gap.PROTECTED:
            roles = [ROOT.get(norm(key)) for key in hole.pointer.split("/")]
            of_caller = KeyRole.FROM in roles or KeyRole.AGENT in roles
            yield note("value.email-protected", hole.pointer, "value.email-protected-caller" * of_caller)
        elif hole.gap is not Gap.WITHHELD:
            text = "" if hole.gap is Gap.UNFILLED else "value.generic"
            yield note("value.not-filled-in", hole.pointer, text, shown=quoted(hole.text))


def unknown_notes(found: Iterable[Hole]) -> Iterator[Note]:
    """What only the running program knows, where no question asks for it."""
    for hole in islice((hole for hole in found if hole.gap is Gap.WITHHELD), MOST):
        told = gap(hole.text)
        yield note("value.not-in-text", hole.pointer, gap=told[0].lower() + told[1:])


def mail_notes(text: str) -> Iterator[Note]:
    """What the e-mail protection of a web page left in a text that holds no request."""
    if PROTECTION.search(text):
        yield note("value.email-protected")


def path_hole_notes(path: str) -> Iterator[Note]:
    """The parts of the path that were not filled in."""
    for part in path.split("/"):
        if gap_in(part) in _UNFILLED:
            yield note("value.not-filled-in", "path", shown=quoted(part))


def left_out_notes(wish: MeantCall) -> Iterator[Note]:
    """The values of published fields that no request can have, and what they should be."""
    for pointer, value, wanted in wish.unfit:
        shown = quoted(value if isinstance(value, str) else json.dumps(value, default=str))
        yield note("value.left-out", pointer, shown=shown, wanted=wanted)


_INVENTED = re.compile(
    r"x-(?:genesys|purecloud|inin|organization|org|user|agent|api)\b.*|api-?key|api-?version"
)
_TELLS_NOTHING = frozenset({"authorization", "cookie", "x-api-key", "api-key", "apikey"})


def header_notes(request: Request) -> Iterator[Note]:
    """Headers that look like the platform's and are nobody's."""
    for name, value in request.headers.items():
        if _INVENTED.fullmatch(name):
            yield note("header.unknown", name, name=name[:60])
        if name not in _TELLS_NOTHING and gap_in(value) in _UNFILLED:
            yield note("value.not-filled-in", name, shown=quoted(value))


def merge_notes(path: str, body: dict[str, Any]) -> Iterator[Note]:
    """A call that should be merged with itself."""
    listed = body.get("conversationIds")
    parts = {part.lower() for part in path.split("/")}
    if isinstance(listed, list) and any(isinstance(item, str) and item.lower() in parts for item in listed):
        yield note("conversation.merged-with-itself", "/conversationIds")


def unread_body_notes(request: Request, operation_id: str | None) -> Iterator[Note]:
    """What a body believes to do that nobody reads."""
    body = request.body.strip()
    if body and request.method in ("GET", "HEAD"):
        yield note("method.reads")
    if operation_id == DISCONNECT and body not in (b"", b"null", b"{}"):
        yield note("disconnect.for-all")


def id_notes(path: str, body: Any) -> Iterator[Note]:
    """Say of each name that an id belongs there, and where it can be looked up."""
    of_path = path_name(path)
    named = [("path", "user", of_path)] if of_path is not None else []
    for pointer, what, text in (*named, *((name.pointer, name.what, name.text) for name in names(body))):
        look_up = table("tell/notes")["look-up"][what]
        yield note("value.not-an-id", pointer, what=what, shown=quoted(text), look_up=look_up)

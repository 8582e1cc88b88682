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
from ringback_explain.meant.body import Form, ReadBody
from ringback_explain.meant.call import MeantCall
from ringback_explain.meant.ids import names, path_name
from ringback_explain.meant.keys import ROOT, KeyRole, norm
from ringback_explain.meant.placeholders import PROTECTION, Gap, Hole, gap_in
from ringback_explain.tell.questions import FOR_USER, gap, quoted

FORMS: dict[Form, tuple[str, str]] = {
    Form.TWICE: (
        "body.encoded-twice",
        "the body is a JSON string with JSON in it: it was serialised two times",
    ),
    Form.MARKED: (
        "body.byte-order-mark",
        "a byte order mark stands before the JSON: save or send it as UTF-8 without one",
    ),
    Form.CURLY: (
        "body.curly-quotes",
        (
            "the quotes are curly, as a web page or a word processor makes them; JSON has straight ones. What"
            " follows reads the body as if they were straight"
        ),
    ),
    Form.FIELDS: (
        "body.form",
        (
            "the body is a form, name=value; the call API takes JSON. What follows reads its fields as if"
            " they were JSON"
        ),
    ),
    Form.CUT: (
        "body.cut-short",
        (
            "the JSON ends before it is complete: the rest was lost when it was copied, or when it was sent"
            " (a Content-Length or a buffer that is too small). What follows reads what is whole in it"
        ),
    ),
    Form.LOOSE: (
        "body.loose",
        "the body is an object literal or YAML, not JSON; what follows reads it as if it were JSON",
    ),
}
NOT_FILLED = "{shown} was not filled in: it stands where a value belongs"
GENERIC = (
    "{shown} was not filled in: the request is judged as if a value stood there, and refused if it is sent as"
    " it is"
)
LEFT_OUT = "{shown} is not {wanted}, so a request shown here leaves it out"
PROTECTED = (
    "'[email protected]' was put there by the e-mail protection of a web page, and is not what the author"
    " wrote: {instead}"
)
_TO_DIAL = "write the SIP address itself, sip:user@host"
_WHO_CALLS = (
    f"to say who calls, put that user's id into the path {FOR_USER} (in 'from' it is user: and the id, never"
    f" a SIP address)"
)
SEVERAL_BODIES = "the body is a list: one request places one call"


MOST = 50
"""More notes of one kind help nobody."""


def form_notes(reading: ReadBody, *, wants_call: bool) -> Iterator[Note]:
    """What the body is written in, where that is not JSON, and that it is a list where a call is wanted."""
    if reading.form in FORMS:
        kind, text = FORMS[reading.form]
        yield Note(kind, "", text)
    if wants_call and isinstance(reading.value, list):
        yield Note("body.a-list", "", SEVERAL_BODIES)


def hole_notes(found: Iterable[Hole]) -> Iterator[Note]:
    """What was sent without being filled in. What was hidden before showing it is only asked for."""
    for hole in islice(found, MOST):
        if hole.gap is Gap.PROTECTED:
            instead = _WHO_CALLS if _is_of_caller(hole.pointer) else _TO_DIAL
            yield Note("value.email-protected", hole.pointer, PROTECTED.format(instead=instead))
        elif hole.gap is not Gap.WITHHELD:
            message = NOT_FILLED if hole.gap is Gap.UNFILLED else GENERIC
            yield Note("value.not-filled-in", hole.pointer, message.format(shown=quoted(hole.text)))


def unknown_notes(found: Iterable[Hole]) -> Iterator[Note]:
    """What only the running program knows, where no question asks for it."""
    for hole in islice((hole for hole in found if hole.gap is Gap.WITHHELD), MOST):
        yield Note(
            "value.not-in-text",
            hole.pointer,
            f"{gap(hole.text)[0].lower()}{gap(hole.text)[1:]}; it was not judged",
        )


def _is_of_caller(pointer: str) -> bool:
    roles = [ROOT.get(norm(key)) for key in pointer.split("/")]
    return KeyRole.FROM in roles or KeyRole.AGENT in roles


def mail_notes(text: str) -> Iterator[Note]:
    """What the e-mail protection of a web page left in a text that holds no request."""
    if PROTECTION.search(text):
        yield Note("value.email-protected", "", PROTECTED.format(instead=_TO_DIAL))


def path_hole_notes(path: str) -> Iterator[Note]:
    """The parts of the path that were not filled in."""
    for part in path.split("/"):
        if gap_in(part) in (Gap.UNFILLED, Gap.GENERIC):
            yield Note("value.not-filled-in", "path", NOT_FILLED.format(shown=quoted(part)))


def left_out_notes(wish: MeantCall) -> Iterator[Note]:
    """The values of published fields that no request can have, and what they should be."""
    for pointer, value, wanted in wish.unfit:
        shown = quoted(value if isinstance(value, str) else json.dumps(value, default=str))
        yield Note("value.left-out", pointer, LEFT_OUT.format(shown=shown, wanted=wanted))


NO_HEADER = (
    "the platform has no header '{name}': who calls is decided by the token, or by the path"
    " /api/v2/conversations/calls/user/{{userId}}"
)
_INVENTED = re.compile(
    r"x-(?:genesys|purecloud|inin|organization|org|user|agent|api)\b.*|api-?key|api-?version"
)
_TELLS_NOTHING = frozenset({"authorization", "cookie", "x-api-key", "api-key", "apikey"})


def header_notes(request: Request) -> Iterator[Note]:
    """Headers that look like the platform's and are nobody's."""
    for name, value in request.headers.items():
        if _INVENTED.fullmatch(name):
            yield Note("header.unknown", name, NO_HEADER.format(name=name[:60]))
        if name not in _TELLS_NOTHING and gap_in(value) in (Gap.UNFILLED, Gap.GENERIC):
            yield Note("value.not-filled-in", name, NOT_FILLED.format(shown=quoted(value)))


_MERGED = (
    "the call in the path is listed in conversationIds too, and a call cannot be merged with itself: list"
    " only the others"
)


def merge_notes(path: str, body: dict[str, Any]) -> Iterator[Note]:
    """A call that should be merged with itself."""
    listed = body.get("conversationIds")
    parts = {part.lower() for part in path.split("/")}
    if isinstance(listed, list) and any(isinstance(item, str) and item.lower() in parts for item in listed):
        yield Note("conversation.merged-with-itself", "/conversationIds", _MERGED)


READS = "nobody reads the body of a GET: a call is placed with POST, which fetch has to be told in its method"
FOR_ALL = (
    "this ends the conversation for everybody, whatever the body says: one party is dropped with PATCH"
    ' /api/v2/conversations/calls/{conversationId}/participants/{participantId} and {"state": "disconnected"}'
)


def unread_body_notes(request: Request, operation_id: str | None) -> Iterator[Note]:
    """What a body believes to do that nobody reads."""
    if not request.body.strip():
        return
    if request.method in ("GET", "HEAD"):
        yield Note("method.reads", "", READS)
    if operation_id == DISCONNECT and request.body.strip() not in (b"null", b"{}"):
        yield Note("disconnect.for-all", "", FOR_ALL)


_LOOK_UP = {
    "user": "GET /api/v2/users/me tells your own, POST /api/v2/users/search those of others",
    "queue": "GET /api/v2/routing/queues?name=... tells it",
    "skill": "GET /api/v2/routing/skills?name=... tells it",
    "language": "GET /api/v2/routing/languages?name=... tells it",
    "conversation": "it is the id that placing the call returned",
}
NAME = "this wants the {what}'s id (a UUID), and {shown} is none: a name is not an id; {look_up}"


def id_notes(path: str, body: Any) -> Iterator[Note]:
    """Say of each name that an id belongs there, and where it can be looked up."""
    named = path_name(path)
    if named is not None:
        yield _no_id("path", "user", named)
    for name in names(body):
        yield _no_id(name.pointer, name.what, name.text)


def _no_id(pointer: str, what: str, text: str) -> Note:
    message = NAME.format(what=what, shown=quoted(text), look_up=_LOOK_UP[what])
    return Note("value.not-an-id", pointer, message)

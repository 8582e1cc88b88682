"""Notes on a body and its headers: how they are written, what each key is not, and what would be dialled."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from ringback_contracts.core.model import Request
from ringback_contracts.core.nearest import nearest
from ringback_contracts.domain.numbers import Problem, assess, is_emergency, is_extension
from ringback_contracts.org import Org
from ringback_contracts.resources.calls.forms import ADDRESS_TYPES, PUBLISHED_KEYS
from ringback_contracts.resources.conversations.operations import DISCONNECT
from ringback_explain.explanation import Explained, Note
from ringback_explain.meant.body import ReadBody
from ringback_explain.meant.call import MeantCall, wraps_call
from ringback_explain.meant.keys import INSIDE, ROOT, norm, published_key
from ringback_explain.meant.party import Kind, MeantParty
from ringback_explain.meant.placeholders import Gap, Hole, gap_in, join, no_ids, path_name
from ringback_explain.table import pattern, table
from ringback_explain.tell.questions import FOR_USER, gap, note, quoted

MOST = 50
"""More notes of one kind help nobody."""
_UNFILLED = (Gap.UNFILLED, Gap.GENERIC)
_TELLS_NOTHING = frozenset({"authorization", "cookie", "x-api-key", "api-key", "apikey"})
_LOOKED_INTO = frozenset(table("tell/key_notes")["roles"]["looked-into"])
_NOTED_INSIDE = frozenset(table("tell/key_notes")["roles"]["noted-inside"])
_KINDS = {Problem.RESERVED: "number.fictional", Problem.NOT_ASSIGNED: "number.unassigned"} | dict.fromkeys(
    (Problem.TOO_SHORT, Problem.TOO_LONG, Problem.UNKNOWN_COUNTRY), "number.impossible"
)
_SLASHES = re.compile(r"\s*[\"']?sips?://", re.IGNORECASE)
_WRITTEN_OUT = frozenset({Kind.NUMBER, Kind.SIP, Kind.UNREADABLE})


def form_notes(reading: ReadBody, *, wants_call: bool) -> Iterator[Note]:
    """What the body is written in, where that is not JSON, and that it is a list where a call is wanted."""
    if kind := table("tell/notes")["form"].get(reading.form):
        yield note(kind)
    if wants_call and isinstance(reading.value, list):
        yield note("body.a-list")


def hole_notes(found: Iterable[Hole], *, wants_call: bool) -> Iterator[Note]:
    """What was sent without being filled in; what only the running program knows is asked for a call."""
    for hole in islice(found, MOST):
        if hole.gap is Gap.PROTECTED:
            roles = [ROOT.get(norm(key)) for key in hole.pointer.split("/")]
            of_caller = "from" in roles or "agent" in roles
            yield note("value.email-protected", hole.pointer, "value.email-protected-caller" * of_caller)
        elif hole.gap is not Gap.WITHHELD:
            text = "" if hole.gap is Gap.UNFILLED else "value.generic"
            yield note("value.not-filled-in", hole.pointer, text, shown=quoted(hole.text))
        elif not wants_call:
            told = gap(hole.text)
            yield note("value.not-in-text", hole.pointer, gap=told[0].lower() + told[1:])


def left_out_notes(wish: MeantCall) -> Iterator[Note]:
    """The values of published fields that no request can have, and what they should be."""
    for pointer, value, wanted in wish.unfit:
        shown = quoted(value if isinstance(value, str) else json.dumps(value, default=str))
        yield note("value.left-out", pointer, shown=shown, wanted=wanted)


def head_notes(request: Request) -> Iterator[Note]:
    """Parts of the path and headers that were not filled in, and headers that are nobody's."""
    for part in request.path.split("/"):
        if gap_in(part) in _UNFILLED:
            yield note("value.not-filled-in", "path", shown=quoted(part))
    for name, value in request.headers.items():
        if pattern("header").fullmatch(name):
            yield note("header.unknown", name, name=name[:60])
        if name not in _TELLS_NOTHING and gap_in(value) in _UNFILLED:
            yield note("value.not-filled-in", name, shown=quoted(value))


def vain_notes(request: Request, operation_id: str | None, listed: Any) -> Iterator[Note]:
    """What a request believes to do and does not: a body that nobody reads, a call merged with itself."""
    body = request.body.strip()
    if body and request.method in ("GET", "HEAD"):
        yield note("method.reads")
    if operation_id == DISCONNECT and body not in (b"", b"null", b"{}"):
        yield note("disconnect.for-all")
    parts = {part.lower() for part in request.path.split("/")}
    if isinstance(listed, list) and any(isinstance(item, str) and item.lower() in parts for item in listed):
        yield note("conversation.merged-with-itself", "/conversationIds")


def id_notes(path: str, body: Any) -> Iterator[Note]:
    """Say of each name that an id belongs there, and where it can be looked up."""
    of_path = path_name(path)
    named = [("path", "user", of_path)] if of_path is not None else []
    in_body = ((name.pointer, name.what, name.text) for name in no_ids(body) if gap_in(name.text) is None)
    for pointer, what, text in (*named, *in_body):
        look_up = table("tell/notes")["look-up"][what]
        yield note("value.not-an-id", pointer, what=what, shown=quoted(text), look_up=look_up)


def key_notes(body: Mapping[str, Any], above: str = "") -> Iterator[Note]:
    """Say of each key that the published body does not have where it belongs."""
    for key, value in body.items():
        pointer = join(above, key)
        if wraps_call(key, value):
            yield _key_note("wrapper", key, pointer)
            yield from key_notes(value, pointer)
            continue
        if key not in PUBLISHED_KEYS:
            near = published_key(key)
            name = "misspelt" if near else ROOT.get(norm(key))
            near = near or ("" if name else nearest(key, sorted(PUBLISHED_KEYS), at_least=0.75))
            yield _key_note(name or ("near" if near else "unknown"), key, pointer, near or "")
        if key == "participants" or ROOT.get(norm(key)) in _LOOKED_INTO:
            yield from _nested(value, pointer, listed=key == "participants")


def _key_note(name: str, key: str, pointer: str, near: str = "") -> Note:
    says = table("tell/key_notes")[name]
    return Note(says["id"], pointer, says["text"].format(key=key[:60], near=near, path=FOR_USER))


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
    if role == "type" and not (key == "type" and value in tuple(ADDRESS_TYPES)):
        yield _key_note("type", key, pointer)
    elif role and role in _NOTED_INSIDE:
        yield _key_note(role, key, pointer)
    elif listed and role in ("to", "from", "address", "id"):
        yield _key_note("of-a-party", key, pointer)
    elif listed and role == "direction":
        yield _key_note("direction", key, pointer)


def number_notes(
    wish: MeantCall, found: Sequence[Explained], org: Org, *, region_known: bool
) -> Iterator[Note]:
    """Notes on everybody that the body names; without a known region national digits are left alone."""
    named = tuple(finding.pointer for finding in found if finding.rule.startswith("number."))
    dialled = [*wish.to, *wish.undirected]
    # Without a region, whatever is an emergency service in any country.
    region = org.region if region_known else None
    written_out = (party for party in dialled if party.kind in _WRITTEN_OUT)
    alarms = [party for party in written_out if is_emergency(party.written, region)]
    for party in alarms:
        yield note("number.emergency", party.pointer, written=quoted(party.written))
    for party in dialled:
        if party not in alarms:
            yield from _route(party)
    for party in wish.parties:
        if party.kind is Kind.NUMBER and party not in alarms:
            yield from _spelling(party)
            if not party.pointer.startswith(named) and (region_known or party.value.startswith("+")):
                yield from _dead(
                    party, org, "number.not-shown" if party in wish.caller_ids else "number.dead"
                )


def _route(party: MeantParty) -> Iterator[Note]:
    if party.kind is Kind.SIP:
        if _SLASHES.match(party.written):
            yield note("sip.slashes", party.pointer, uri=quoted(party.value))
        yield note("sip.needs-route", party.pointer, written=quoted(party.value))
    elif party.kind is Kind.NUMBER and is_extension(party.digits):
        yield note("extension.needs-route", party.pointer, written=quoted(party.written))


def _spelling(party: MeantParty) -> Iterator[Note]:
    written = quoted(party.written)
    if party.written != party.value and not party.written.isdigit():
        yield note("number.normalised", party.pointer, written=written, number=party.value)
    if party.without_country:
        example = party.digits if party.may_lack_plus else "442079460100 for one in London"
        yield note("number.no-plus", party.pointer, written=written, digits=party.digits, example=example)


def _dead(party: MeantParty, org: Org, text: str) -> Iterator[Note]:
    number = party.value.partition(";")[0]
    if is_extension(number):
        return
    known = assess(number, org.region)
    ours = known.e164 is not None and (known.e164 in org.numbers or org.test_number(known.e164) is not None)
    if known.problem in _KINDS and not ours:
        yield note(_KINDS[known.problem], party.pointer, text, number=number, detail=known.detail)

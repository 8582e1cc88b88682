"""What of a program's requests goes out: a client makes JSON of an object only where it is told to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from ringback_contracts.catalogue import route
from ringback_contracts.resources.tokens.paths import FORM_TYPE, TOKEN_PATH
from ringback_explain.explanation import Note, Position
from ringback_explain.meant.keys import published_name
from ringback_explain.meant.placeholders import IN_CODE, join
from ringback_explain.read import described, mention
from ringback_explain.read.code.languages import Language, Spot
from ringback_explain.read.code.values import (
    CodeObject,
    Doubt,
    Encoded,
    Sending,
    Unknown,
    decoded,
    field_name,
    naming_of,
    plain,
    unknown,
)
from ringback_explain.read.found import JSON_TYPE, Address, FoundRequest, context_of, said
from ringback_explain.table import pattern, table

MULTIPART_TYPE = "multipart/form-data"
TEXT_TYPE = "text/plain;charset=UTF-8"
_API = re.compile(r"/(?:[a-z]*api)/|/oauth/token|/conversations/", re.IGNORECASE)
_LOGIN = re.compile(r"\bBasic\b|basic_?auth|\bauth\b|USERPWD", re.IGNORECASE)
"""How a program hands over the id and the secret of its client."""


def is_of_ours(sending: Sending) -> bool:
    """Whether a request is one of the platform, or means to be."""
    if sending.sdk or (sending.url and _API.search(sending.url)):
        return True
    value = fields_of(sending.body)
    return bool(value) and described.heaviest(value) > 0


def _bare(body: Any) -> Any:
    """What a text was made of."""
    while isinstance(body, Encoded):
        body = body.value
    return body


def fields_of(body: Any) -> dict[str, Any]:
    """The fields of a body, whatever was made of it."""
    body = _bare(body)
    if isinstance(body, str):
        return decoded(body) or {}
    return body if isinstance(body, dict) else {}


def is_open(sending: Sending) -> bool:
    """Whether nothing tells what a request asks for, though that decides what becomes of it."""
    if not isinstance(_bare(sending.body), Unknown):
        return False
    address = _address(sending, "")
    if address.url.endswith(TOKEN_PATH):
        return True
    return route(address.method.upper(), address.request({}, b"").path).operation is not None


def found_request(sending: Sending, language: Language, text: str) -> FoundRequest:
    """The request as it goes out."""
    body = sending.body
    notes = tuple(_settled(body)) if isinstance(body, CodeObject | Encoded) else ()
    notes += tuple(_names(body, language.name, text))
    if not sending.line:  # what nothing was seen to send, whatever it was given to sends
        notes = tuple(note for note in notes if note.id != "code.given-on")
        notes = (Note("code.unsent", "", said("unsent")), *notes)
    raw, media = _written(sending, language.name, text)
    address = _address(sending, text)
    headers = {str(key): str(value) for key, value in sending.headers.items() if isinstance(value, str | int)}
    headers = {key: value for key, value in headers.items() if not IN_CODE.fullmatch(value)}
    if headers.get("content-type") == "json":
        headers["content-type"] = JSON_TYPE  # what RestClient makes of a symbol
    named = {key.lower() for key in headers}
    may_tell = sending.hides_headers or _LOGIN.search(text) is not None
    if address.url.endswith(TOKEN_PATH) and "authorization" not in named and may_tell:
        headers["authorization"] = f"Basic {unknown('id and secret')}"
    if raw and "content-type" not in named:
        given = pattern("media-type").search(text) if media != JSON_TYPE else None
        says_who = pattern("authorises").search(text)
        # Without any header the program is a part of one.
        if decoded(raw) is not None and media != JSON_TYPE and not (given or named or says_who):
            sent = f"as {media}" if media else "without a Content-Type"
            notes = (*notes, Note("code.media-type", "Content-Type", said("media-type", sent=sent)))
            media = JSON_TYPE
        headers["content-type"] = given[1] if given else media
    request = address.request(headers, raw.encode("utf-8", "replace"))
    context = context_of(address, request, text, grant=mention.grant(text), unread=notes)
    context = replace(context, positions=dict(_positions(body, "", text.split("\n"))))
    where = f", line {sending.line}" if sending.line else " that holds a body"
    return FoundRequest(request, f"{language.title} code{where}", context)


def _address(sending: Sending, text: str) -> Address:
    if not sending.url:
        found = mention.address(text, token="grant_type" in fields_of(sending.body))
        return Address(sending.method or found.method, found.url)
    method, path = sending.method or "POST", sending.url.partition("?")[0]
    lacks_root = not route(method.upper(), path).known and route(method.upper(), f"/api/v2{path}").known
    # The host may be known to the running program alone: it is written as other templates of one are.
    if path.startswith("/") and lacks_root:
        return Address(method, f"{{{{base}}}}{sending.url}")
    return Address(method, re.sub(r"^((?:https?://)?)\u2039([^\u203a]*)\u203a", r"\1{{\2}}", sending.url))


def _positions(value: Any, pointer: str, lines: list[str]) -> Iterator[tuple[str, Position]]:
    """Where the parts of a body are set, by their JSON pointers."""
    value = _bare(value)
    if isinstance(value, CodeObject):
        for key, spot in value.spots.items():
            if spot is not None and (position := _position(spot, lines)) is not None:
                yield join(pointer, key), position
        for key, item in value.items():
            yield from _positions(item, join(pointer, key), lines)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _positions(item, f"{pointer}/{number}", lines)


def _position(spot: Spot, lines: list[str]) -> Position | None:
    """The place of a spot in the text as it was given, which may have been read otherwise indented."""
    line = lines[spot.row] if spot.row < len(lines) else ""
    column = len(line.encode()[: spot.indent].decode(errors="replace"))
    if not line.startswith(spot.written, column):
        column = line.find(spot.written)
    return Position(spot.row + 1, column + 1) if column >= 0 else None


def _names(body: Any, language: str, text: str) -> Iterator[Note]:
    """That a serialiser leaves alone the names of the class, or that nothing tells what it makes of them."""
    body = _bare(body)
    if not isinstance(body, CodeObject) or body.naming in (str, field_name):
        return
    naming, sign = naming_of(language, text)
    others = [key for key in body if published_name(key) not in (None, key)]
    if naming == "unknown" or (sign and naming == "declared" and others):
        yield Note("code.names", "", said(f"names-{naming}", sign=sign, names=", ".join(others)))


def _settled(body: Any) -> Iterator[Note]:
    """What of a body is in doubt; a destination that there is only perhaps is taken for there."""
    body = _bare(body)
    if not isinstance(body, CodeObject):
        return
    if not (described.DESTINATIONS | described.TOKEN_KEYS) & body.keys():
        yield from _taken(body)
    yield from _doubts(body, "")


def _taken(body: CodeObject) -> Iterator[Note]:
    for doubt in body.doubts:
        if doubt.key in described.DESTINATIONS:
            body.put(doubt.key, doubt.value)
            body.doubts.remove(doubt)
            message = said("only-if-taken", key=doubt.key, condition=_shown(doubt.condition))
            yield Note("code.conditional", f"/{doubt.key}", message)
            return
    spread = next((doubt for doubt in body.doubts if doubt.is_spread), None)
    if spread is None and body.given_to:
        spread = Doubt("", body.given_to[0], is_spread=True)
        body.doubts.append(spread)
    if spread is not None:
        body["phoneNumber"] = unknown(spread.condition)


def _doubts(value: Any, pointer: str) -> Iterator[Note]:
    if isinstance(value, CodeObject):
        told = {doubt.condition for doubt in value.doubts}
        for call in dict.fromkeys(call for call in value.given_to if call not in told):
            yield Note("code.given-on", pointer, said("may-change", condition=_shown(call)))
        for doubt in value.doubts:
            name = "not-in-text" if doubt.is_spread else "only-if" if doubt.key else "another"
            message = said(name, key=doubt.key, condition=_shown(doubt.condition))
            where = join(pointer, doubt.key) if doubt.key else pointer
            yield Note("code.not-in-text" if doubt.is_spread else "code.conditional", where, message)
        for key, item in value.items():
            yield from _doubts(item, join(pointer, key))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _doubts(item, f"{pointer}/{place}")


def _shown(source: str) -> str:
    plain_text = " ".join(source.split())
    return f"`{plain_text if len(plain_text) <= 60 else plain_text[:57] + '...'}`"


def _written(sending: Sending, language: str, text: str) -> tuple[str, str]:
    """The body as a text, and the media type that its client gives it."""
    body = sending.body
    if body is None or isinstance(body, Unknown):
        return "", JSON_TYPE
    if isinstance(body, Encoded) and body.form:
        return _form(plain(body.value), language), FORM_TYPE
    value = plain(body)
    if isinstance(body, str | Encoded):
        written = str(value)
        is_json = decoded(written) is not None or "=" not in written
        return written, _media_of_text(sending, language, text) if is_json else FORM_TYPE
    media = _media(sending, language) if isinstance(value, dict) else JSON_TYPE
    if media == JSON_TYPE:
        return json.dumps(value, ensure_ascii=False), media
    return _script_text(value) if media == TEXT_TYPE else _form(value, language), media


def _media_of_text(sending: Sending, language: str, text: str) -> str:
    """What a client makes of a text; JSON where the program may say so in a part that is not read."""
    if sending.sdk or sending.hides_headers or pattern("type-said").search(text):
        return JSON_TYPE
    known = table("read/code/calls")["texts"]
    clients = known.get("javascript" if language == "typescript" else language, {})
    return next((media for client, media in clients.items() if re.search(client, text)), JSON_TYPE)


def _media(sending: Sending, language: str) -> str:
    """What a client makes of an object that it is given as it is."""
    way, client = sending.way.lower(), sending.client.lower()
    if way in ("form", "form_params", "form_data") or client in ("$", "jquery"):
        return FORM_TYPE
    if language == "python" and not sending.sdk and (way == "data" or (not way and client == "requests")):
        return FORM_TYPE
    if language == "php" and way.endswith("postfields"):
        return MULTIPART_TYPE
    if language == "ruby" and client in ("httparty", "restclient") and way in ("", "body"):
        return FORM_TYPE
    is_fetch = client.endswith("fetch") or client in ("window", "globalthis")
    return TEXT_TYPE if is_fetch and way == "body" else JSON_TYPE


def _form(value: Any, language: str) -> str:
    if not isinstance(value, dict):
        return str(value)
    if language == "python":
        return urlencode({key: item for key, item in value.items() if item is not None}, doseq=True)
    if language != "php":
        return urlencode({key: _script_text(item) for key, item in value.items()})
    # PHP makes nothing of null and false.
    written = {key: "" if item is None or item is False else item for key, item in value.items()}
    lists = {key: "Array" for key, item in written.items() if isinstance(item, dict | list)}
    return urlencode({key: "1" if item is True else item for key, item in written.items()} | lists)


def _script_text(value: Any) -> str:
    """The text that JavaScript makes of a value."""
    if isinstance(value, dict):
        return "[object Object]"
    if isinstance(value, list):
        return ",".join(map(_script_text, value))
    return value if isinstance(value, str) else json.dumps(value)

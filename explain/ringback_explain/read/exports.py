"""Read the requests of what tools export: a HAR file (HTTP Archive 1.2), or a Postman collection."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from ringback_contracts.resources.tokens.paths import TOKEN_PATH
from ringback_explain.codes import MAY_BE_PLACED
from ringback_explain.explanation import Note, PlatformAnswer
from ringback_explain.meant.placeholders import stand_in
from ringback_explain.read import described
from ringback_explain.read.found import Address, FoundRequest, ReadError, context_of, said

_VARIABLE = re.compile(r"\{\{([^{}]*)\}\}")
_IN_PATH = re.compile(r"(?<=[^/:]/)\{\{([^{}]*)\}\}")
"""A variable in a path; what stands for the host is read as other templates of one are."""
_CALL = re.compile(r"/(?:calls?|callbacks?|connections)(?:/|$|\?)", re.IGNORECASE)


def places_call(url: str) -> bool:
    """Whether a URL is one on which calls are placed, or are meant to be."""
    return _CALL.search(url.partition("?")[0]) is not None


def readings(value: Any) -> tuple[list[FoundRequest], int] | None:
    """The requests of an export, and how many others it has; none of other JSON. Raises ``ReadError``."""
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("log"), dict) and "entries" in value["log"]:
        return _har_readings(value["log"]["entries"])
    if isinstance(value.get("item"), list) and "info" in value:
        return _collection_readings(value), 0
    return None


def _har_readings(entries: Any) -> tuple[list[FoundRequest], int]:
    """The requests of a log that place calls or were refused on one, and how many others there are."""
    requests = [
        (number, entry)
        for number, entry in enumerate(entries if isinstance(entries, list) else [], 1)
        if isinstance(entry, dict) and isinstance(entry.get("request"), dict)
        if isinstance(entry["request"].get("url"), str)
    ]
    found = [reading for number, entry in requests if (reading := _har_reading(number, len(requests), entry))]
    if not found:
        raise ReadError("har", count=len(requests))
    return found, len(requests) - len(found)


def _answer(response: Any) -> PlatformAnswer | None:
    """The refusal that was recorded; none of an answer that is none, or that was blocked."""
    status = response.get("status") if isinstance(response, dict) else None
    if not isinstance(status, int) or status < HTTPStatus.BAD_REQUEST:
        return None
    headers = described.header_fields(response.get("headers"))
    told = described.answer_in(_content_text(response.get("content")))
    return replace(told or PlatformAnswer(), status=status, rule=headers.get("ringback-rule"))


def _content_text(content: Any) -> str:
    """The text of a recorded content, which some browsers write in base64."""
    text = content.get("text") if isinstance(content, dict) else None
    if not isinstance(text, str):
        return ""
    if content.get("encoding") != "base64":
        return text
    try:
        return b64decode(text).decode("utf-8", "replace")
    except ValueError:
        return ""


def _har_reading(number: int, count: int, recorded: Mapping[str, Any]) -> FoundRequest | None:
    entry = recorded["request"]
    method, url = str(entry.get("method", "GET")), entry["url"]
    response = recorded.get("response")
    answer = _answer(response)
    is_call = method.upper() == "POST" and places_call(url)
    if not is_call and (answer is None or "/api/v2/conversations" not in url):
        return None
    is_answered = not isinstance(response, dict) or response.get("status") not in (0, -1)
    data = entry.get("postData")
    data = data if isinstance(data, dict) else {}
    headers = described.header_fields(entry.get("headers"))
    if isinstance(data.get("mimeType"), str):
        headers.setdefault("content-type", data["mimeType"])
    address = Address(method, url)
    written = data.get("text")
    sent = written if isinstance(written, str) else urlencode(described.pairs(data.get("params")))
    request = address.request(headers, sent.encode("utf-8", "replace"))
    text = request.body.decode("utf-8", "replace")
    unanswered = Note("answer.none", "", said("unanswered", advice=MAY_BE_PLACED))
    context = context_of(address, request, text, unread=() if is_answered else (unanswered,))
    return FoundRequest(request, f"entry {number} of {count} in a HAR file", context, answer)


def _collection_readings(collection: Mapping[str, Any]) -> list[FoundRequest]:
    """The requests that place a call or ask for a token."""
    found = [
        described.request_of_description(request, json.dumps(request), f"{name} of a Postman collection")
        for name, request in _collection_requests(collection)
        if places_call(request["url"]) or TOKEN_PATH in request["url"]
    ]
    if not found:
        raise ReadError("collection")
    return found


def _collection_requests(collection: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    known = dict(described.pairs(collection.get("variable")))
    waiting = [(item, collection.get("auth")) for item in collection["item"][::-1]]
    while waiting:
        item, auth = waiting.pop()
        if not isinstance(item, dict):
            continue
        inner = item.get("item")
        auth = item.get("auth") or auth
        waiting += [(each, auth) for each in inner[::-1]] if isinstance(inner, list) else []
        request = item.get("request")
        if not isinstance(request, dict):
            continue
        url = request.get("url")
        url = url.get("raw") if isinstance(url, dict) else url
        if isinstance(url, str):
            headers = _login(request.get("auth") or auth) | dict(described.pairs(request.get("header")))
            # In the words of every other description.
            described_so = {
                "method": request.get("method"),
                "url": _sent(url, known, _IN_PATH),
                "headers": {name: _sent(value, known) for name, value in headers.items()},
                "body": _sent(_body(request.get("body")), known),
            }
            yield repr(str(item.get("name", "a request"))), described_so


def _sent(text: str, known: Mapping[str, str], unknown: re.Pattern[str] = _VARIABLE) -> str:
    """A text with what its variables hold, and stand-ins for those that only Postman knows."""
    filled = _VARIABLE.sub(lambda found: known.get(found[1]) or found[0], text)
    return unknown.sub(lambda found: stand_in(found[1]), filled)


def _login(auth: Any) -> dict[str, str]:
    """The header that Postman makes of the kind of login that a request has, or inherits."""
    kind = auth.get("type") if isinstance(auth, dict) else None
    words = {"basic": f"Basic {stand_in('id and secret')}", "bearer": f"Bearer {stand_in('token')}"}
    word = words.get("bearer" if kind == "oauth2" else str(kind))
    return {"authorization": word} if word else {}


def _body(body: Any) -> str:
    """The body as a text, whatever mode Postman has it in."""
    if not isinstance(body, dict):
        return body if isinstance(body, str) else ""
    form = body.get("urlencoded") if body.get("mode") == "urlencoded" else None
    return urlencode(described.pairs(form), safe="{}") if form else str(body.get("raw") or "")

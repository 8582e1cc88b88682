"""Read the requests that place calls from a HAR file (HTTP Archive 1.2)."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from ringback_explain.codes import MAY_BE_PLACED
from ringback_explain.explanation import Note, PlatformAnswer
from ringback_explain.read import described
from ringback_explain.read.found import Address, FoundRequest, ReadError, context_of

_CALL = re.compile(r"/(?:calls?|callbacks?|connections)(?:/|$|\?)", re.IGNORECASE)


UNANSWERED = Note(
    "answer.none",
    "",
    "no answer was recorded: the browser blocked the request, or the connection broke; " + MAY_BE_PLACED,
)


def places_call(url: str) -> bool:
    """Whether a URL is one on which calls are placed, or are meant to be."""
    return _CALL.search(url.partition("?")[0]) is not None


def is_har(value: Any) -> bool:
    """Whether a JSON value is the log of a HAR file."""
    return isinstance(value, dict) and isinstance(value.get("log"), dict) and "entries" in value["log"]


def readings(value: Mapping[str, Any]) -> tuple[list[FoundRequest], int]:
    """The requests of the log that place calls or were refused on one, and how many others there are.

    Raises ``ReadError`` where none does.
    """
    entries = value["log"]["entries"]
    requests = [
        (number, entry)
        for number, entry in enumerate(entries if isinstance(entries, list) else [], 1)
        if isinstance(entry, dict) and isinstance(entry.get("request"), dict)
        if isinstance(entry["request"].get("url"), str)
    ]
    found = [
        _with_answer(reading, entry.get("response"))
        for number, entry in requests
        if (reading := _reading(number, len(requests), entry))
    ]
    if not found:
        raise ReadError(
            f"none of the {len(requests)} requests of this HAR file places a call: "
            "looked for a POST to a path with /calls in it"
        )
    return found, len(requests) - len(found)


def _with_answer(reading: FoundRequest, response: Any) -> FoundRequest:
    """The request with the refusal that was recorded, or with a word on there being no answer."""
    if isinstance(response, dict) and response.get("status") in (0, -1):
        noted = replace(reading.context, unread=(*reading.context.unread, UNANSWERED))
        return replace(reading, context=noted)
    return replace(reading, answer=_answer(response))


def _answer(response: Any) -> PlatformAnswer | None:
    """The refusal that was recorded; none of an answer that is none, or that was blocked."""
    status = response.get("status") if isinstance(response, dict) else None
    if not isinstance(status, int) or status < HTTPStatus.BAD_REQUEST:
        return None
    headers = described.header_fields(response.get("headers"))
    told = described.answer_in(_text(response.get("content")))
    return replace(told or PlatformAnswer(), status=status, rule=headers.get("ringback-rule"))


def _text(content: Any) -> str:
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


def _reading(number: int, count: int, recorded: Mapping[str, Any]) -> FoundRequest | None:
    entry = recorded["request"]
    method, url = str(entry.get("method", "GET")), entry["url"]
    is_call = method.upper() == "POST" and places_call(url)
    if not is_call and (_answer(recorded.get("response")) is None or "/api/v2/conversations" not in url):
        return None
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
    return FoundRequest(
        request, f"entry {number} of {count} in a HAR file", context_of(address, request, text)
    )

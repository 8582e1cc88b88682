"""Read the requests of what tools export: a HAR file (HTTP Archive 1.2), or a collection of requests."""

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
from ringback_explain.read.found import FoundRequest, ReadError, said
from ringback_explain.table import table

_VARIABLE = re.compile(r"\{\{ *(?:_\.)?([^{}]*?) *\}\}")
_IN_PATH = re.compile(rf"(?<=[^/:]/){_VARIABLE.pattern}")
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
    for tool, marks in table("read/keys")["collections"].items():
        if value.keys() >= set(marks.split()):
            return _collection_readings(value, tool), 0
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
    written = data.get("text")
    sent = written if isinstance(written, str) else urlencode(described.pairs(data.get("params")))
    message = {"method": method, "url": url, "headers": headers, "body": sent}
    found = described.request_of_description(message, sent, f"entry {number} of {count} in a HAR file")
    unanswered = Note("answer.none", "", said("unanswered", advice=MAY_BE_PLACED))
    context = found.context if is_answered else replace(found.context, unread=(unanswered,))
    return replace(found, context=context, answer=answer)


def _collection_readings(collection: Mapping[str, Any], tool: str) -> list[FoundRequest]:
    """The requests that place a call or ask for a token."""
    found = [
        described.request_of_description(request, json.dumps(request), f"{name!r} of {tool}")
        for name, request in _collection_requests(collection)
        if places_call(request["url"]) or TOKEN_PATH in request["url"]
    ]
    if not found:
        raise ReadError("collection", tool=tool)
    return found


def _collection_requests(collection: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Whatever has a method and a URL, wherever it stands, with the login of what stands around it."""
    known = dict(described.pairs(collection.get("variable")))
    waiting: list[tuple[Any, str, Any]] = [(collection, "a request", None)]
    while waiting:
        value, name, auth = waiting.pop()
        if isinstance(value, list):
            waiting += [(each, name, auth) for each in reversed(value)]
        if not isinstance(value, dict):
            continue
        name, auth = value.get("name") or name, value.get("auth") or value.get("authentication") or auth
        url = value.get("url", value.get("endpoint"))
        url = url.get("raw") if isinstance(url, dict) else url
        if isinstance(value.get("data"), dict):
            known |= value["data"]  # of an environment of Insomnia
        elif isinstance(url, str) and "method" in value:
            yield str(name), _described(value, url, auth, known)
        else:
            waiting += [(each, name, auth) for key, each in reversed(value.items()) if key != "response"]


def _described(
    request: Mapping[str, Any], url: str, auth: Any, known: Mapping[str, str]
) -> Mapping[str, Any]:
    """A request in the words of every other description."""
    headers = _login(auth) | dict(described.pairs(request.get("header", request.get("headers"))))
    return {
        "method": request["method"],
        "url": _sent(url, known, _IN_PATH),
        "headers": {name: _sent(value, known) for name, value in headers.items()},
        "body": _sent(_body(request.get("body")), known),
    }


def _sent(text: str, known: Mapping[str, str], unknown: re.Pattern[str] = _VARIABLE) -> str:
    """A text with what its variables hold, and stand-ins for those that only the tool knows."""
    filled = _VARIABLE.sub(lambda found: str(known.get(found[1]) or found[0]), text)
    return unknown.sub(lambda found: stand_in(found[1]), filled)


def _login(auth: Any) -> dict[str, str]:
    """The header that a tool makes of the kind of login that a request has, or inherits."""
    kind = auth.get("type") if isinstance(auth, dict) else None
    words = {"basic": f"Basic {stand_in('id and secret')}", "bearer": f"Bearer {stand_in('token')}"}
    word = words.get("bearer" if kind == "oauth2" else str(kind))
    return {"authorization": word} if word else {}


def _body(body: Any) -> str:
    """The body as a text, whatever mode the tool has it in."""
    if not isinstance(body, dict):
        return body if isinstance(body, str) else ""
    mode = body.get("mode")
    written = next((body[key] for key in ("raw", "text", "body") if isinstance(body.get(key), str)), "")
    form = next((body[key] for key in ("urlencoded", "params", "form") if key in body), None)
    is_form = form and (mode == "urlencoded" or not (mode or written))
    return urlencode(described.pairs(form), safe="{}") if is_form else written

"""Tell what a JSON object is: a body, whole or broken, a request that is described, an error, or nothing."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from itertools import islice
from typing import Any

from ringback_contracts.resources.calls import forms
from ringback_explain.explanation import PlatformAnswer
from ringback_explain.meant.body import closed_at, ends_early, straight
from ringback_explain.read import mention
from ringback_explain.read.found import (
    JSON_TYPE,
    Address,
    Found,
    FoundError,
    FoundRequest,
    ReadError,
    context_of,
    encoded,
    usual_type,
)
from ringback_explain.table import table

PASTED_KEYS = frozenset(table("read/keys")["pasted"].split())
"""Keys that no contract has, and that people call with."""
CALL_KEYS = forms.PUBLISHED_KEYS | forms.PARTICIPANT_KEYS | forms.MISNAMED_KEYS | PASTED_KEYS
TOKEN_KEYS = frozenset({"grant_type"})
DESTINATIONS = frozenset({*forms.DESTINATION_KEYS, *forms.PARTICIPANT_KEYS, *forms.MISNAMED_KEYS})
"""Keys that may say whom to ring."""
_BODY_KEYS = ("body", "payload", "data", "json", "postData")
_URL_KEYS = ("url", "uri", "endpoint", "path")
MOST_IN_SEQUENCE = 50
"""Bodies of one paste that are read."""
_SHOWN = frozenset(table("read/keys")["shown"].split())
"""Keys of what the platform shows, which no request has."""
_ERROR_KEYS = frozenset(table("read/keys")["error"].split())
_STATUS_LINE = re.compile(r"^(?:< )?HTTP/[\d.]+ (\d{3})\b", re.MULTILINE)
_RULE_HEADER = re.compile(r"^(?:< )?ringback-rule: *(\S+)", re.MULTILINE | re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,;]*")
_BEGINNING = re.compile(r'(?:\[\s*)?\{\s*"([^"\n]{0,60})')
"""A brace and a quoted key, as in no sentence."""
_QUOTED_KEY = re.compile(r'[{,]\s*"(\w+)"\s*:')
MOST_BEGINNINGS = 20
"""A text with more of them is no report of one request."""
UNREADABLE = "a JSON body that cannot be read"


def weight(value: Mapping[str, Any]) -> int:
    """How many of an object's keys a call or a token is asked for with."""
    return len((CALL_KEYS | TOKEN_KEYS) & value.keys())


def heaviest(value: Mapping[str, Any]) -> int:
    """The weight of an object, or of the heaviest part of it."""
    return max(map(weight, walk(value)))


def outermost(values: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The objects that are part of no other: a participant has more telling keys than the body around it."""
    inner = {id(part) for value in values for part in walk(value) if part is not value}
    return [value for value in values if id(value) not in inner]


def is_description(value: Mapping[str, Any]) -> bool:
    """Whether the object describes a request: a method or headers and a URL, and perhaps a body."""
    has_url = any(isinstance(value.get(key), str) and "/" in value[key] for key in _URL_KEYS)
    return has_url and any(key in value for key in ("method", "headers", *_BODY_KEYS))


def is_error(value: Mapping[str, Any]) -> bool:
    """Whether the object is an error body of the platform, or of its token endpoint."""
    listed = value.get("errors")
    if isinstance(listed, list) and value.keys() <= _ERROR_KEYS:
        errors = [each for each in listed if isinstance(each, dict)]
        if any(each.keys() & {"code", "message", "errorCode"} for each in errors):
            return True
    if isinstance(value.get("error"), str) and value.keys() & {"description", "error_description"}:
        return True
    named = value.keys() & _ERROR_KEYS
    return not weight(value) and len(named) > 1 and bool(named & {"status", "code", "errorCode"})


def is_shown_call(value: Mapping[str, Any]) -> bool:
    """Whether an object is a call as the platform shows it, or a party or a leg of one."""
    parties = value.get("participants")
    inner = [each for each in parties if isinstance(each, dict)] if isinstance(parties, list) else []
    return any(_SHOWN & each.keys() and not DESTINATIONS & each.keys() for each in (value, *inner))


def request_of_body(value: Any, raw: bytes | str, text: str, what: str) -> FoundRequest:
    """The body as a request that goes where the text says, or to where such bodies go."""
    token = isinstance(value, dict) and bool(TOKEN_KEYS & value.keys())
    address = mention.address(text, token=token)
    body = raw.encode("utf-8", "replace") if isinstance(raw, str) else raw
    request = address.request({"content-type": JSON_TYPE}, body)
    return FoundRequest(request, what, context_of(address, request, text, grant=mention.grant(text)))


def request_of_description(value: Mapping[str, Any], text: str, what: str) -> FoundRequest:
    """The request that an object describes with a method, a URL, headers and a body."""
    urls = [url for key in _URL_KEYS if isinstance(url := value.get(key), str)]
    # The page on which somebody asked about the request is not where it goes.
    paths = [url for url in urls if "/" in url]
    url = next(filter(mention.is_api_url, paths), (paths or urls)[-1])
    content = next((value[key] for key in _BODY_KEYS if value.get(key) is not None), "")
    if isinstance(content, dict) and isinstance(content.get("raw"), str):
        content = content["raw"]
    body = content.encode("utf-8", "replace") if isinstance(content, str) else encoded(content)
    given = value.get("headers")
    listed = given.items() if isinstance(given, dict) else pairs(given)
    headers = {str(name): str(item) for name, item in listed}
    if body and not any(name.lower() == "content-type" for name in headers):
        headers["content-type"] = usual_type(body.decode("utf-8", "replace"))
    address = Address(str(value.get("method") or "POST"), url)
    request = address.request(headers, body)
    grant = value.get("grant")
    scopes = value.get("scopes")
    context = context_of(
        address,
        request,
        text,
        grant=grant if isinstance(grant, str) and grant != "unknown" else mention.grant(text),
        scopes=tuple(map(str, scopes)) if isinstance(scopes, list) else (),
    )
    return FoundRequest(request, what, context)


def pairs(listed: Any) -> list[tuple[str, str]]:
    """The names and values of headers, fields or variables that are listed, without those switched off."""
    items = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    named = ((each.get("name", each.get("key", "")), each.get("value", ""), each) for each in items)
    return [(str(name), str(value)) for name, value, each in named if not each.get("disabled")]


def header_fields(listed: Any) -> dict[str, str]:
    """Recorded headers, their names in small letters; names of HTTP/2 such as :authority are none."""
    return {name.lower(): value for name, value in pairs(listed) if not name.startswith(":")}


def reported(value: Mapping[str, Any], text: str, what: str) -> FoundError:
    """The error that an error body tells of."""
    return FoundError(what, replace(answer_of(value), operation=mention.operation(text)), text)


def answer_of(value: Mapping[str, Any]) -> PlatformAnswer:
    """What an error body says."""
    inner = value.get("errors")
    first = inner[0] if isinstance(inner, list) and inner and isinstance(inner[0], dict) else {}
    told = {**value, "first": first.get("code"), "said": first.get("message")}
    status = value.get("status", first.get("status"))
    return PlatformAnswer(
        status=int(status) if re.fullmatch("[1-5][0-9][0-9]", str(status)) else None,
        code=_first_text(told, "code", "errorCode", "error", "first"),
        message=_first_text(told, "message", "error_description", "description", "said"),
    )


def _first_text(value: Mapping[str, Any], *keys: str) -> str | None:
    return next((text for key in keys if isinstance(text := value.get(key), str) and text), None)


def answer_in(text: str) -> PlatformAnswer | None:
    """The refusal that a text shows, in a status line or an error body; none where it shows none."""
    line, rule = _STATUS_LINE.search(text), _RULE_HEADER.search(text)
    status = int(line[1]) if line else None
    body = next((value for value in objects_in(text) if is_error(value)), None)
    if body is None and (status is None or status < HTTPStatus.BAD_REQUEST):
        return None
    told = answer_of(body) if body is not None else PlatformAnswer()
    return replace(told, status=status or told.status, rule=rule[1] if rule else None)


def of_json(value: Any, raw: str, text: str) -> Found | None:
    """What a whole JSON text is; none for a value that is neither an object nor a list."""
    if isinstance(value, dict):
        request = value.get("request")
        if isinstance(request, dict) and is_description(request):
            return request_of_description(request, text, "a request in JSON")
        if is_description(value):
            return request_of_description(value, text, "a request in JSON")
        if is_error(value):
            return reported(value, text, "an error body")
        if is_shown_call(value):
            raise ReadError("shown-call")
    if isinstance(value, dict | list):
        return request_of_body(value, raw, text, "a JSON body")
    return None


def walk(value: Any) -> list[Mapping[str, Any]]:
    """Every object in a value, the outer before the inner."""
    found: list[Mapping[str, Any]] = []
    waiting = deque([value])
    while waiting:
        item = waiting.popleft()
        if isinstance(item, dict):
            found.append(item)
        waiting += item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
    return found


def objects_in(text: str) -> Iterator[dict[str, Any]]:
    """The JSON objects that stand in a text, none inside another."""
    at = -1
    for _ in range(MOST_IN_SEQUENCE):
        at = text.find("{", at + 1)
        if at < 0:
            return
        value, end = _value_at(text, at)
        if isinstance(value, dict):
            yield value
        at = max(at, end - 1)


def sequence(text: str) -> list[dict[str, Any]]:
    """The JSON objects of a text that holds two of them or more, and nothing else."""
    values: list[dict[str, Any]] = []
    at = _BETWEEN.match(text).end()  # type: ignore[union-attr]  # it matches any text
    while at < len(text) and len(values) < MOST_IN_SEQUENCE:
        value, end = _value_at(text, at)
        if not isinstance(value, dict):
            return []
        values.append(value)
        at = _BETWEEN.match(text, end).end()  # type: ignore[union-attr]  # it matches any text
    return values if len(values) > 1 else []


def _value_at(text: str, at: int) -> tuple[Any, int]:
    """The JSON value that begins there, and where it ends; none and 0 where none does."""
    try:
        return json.JSONDecoder().raw_decode(text, at)
    except (ValueError, RecursionError):
        return None, 0


def parsed(text: str) -> Any:
    """The JSON value of a text. Raises ``ValueError``."""
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def broken_body(text: str) -> FoundRequest | None:
    """The text as a body, if it begins like one: nothing in it can be read."""
    begins = _BEGINNING.match(text.lstrip())
    return request_of_body(None, text.strip(), text, UNREADABLE) if begins else None


def flawed_body(text: str) -> FoundRequest | None:
    """The body in a text that ends too early, or that its writer took for JSON and is not quite that."""
    for found in islice(_BEGINNING.finditer(text), MOST_BEGINNINGS):
        rest = text[found.start() :]
        if found[1] in CALL_KEYS | TOKEN_KEYS and ends_early(rest):
            # No part of it may be taken for the whole.
            paragraph = re.split(r"\n[ \t]*\n", rest, maxsplit=1)[0]
            return request_of_body(None, paragraph.strip(), text, UNREADABLE)
    body = straight(text.strip())
    keys = set(_QUOTED_KEY.findall(body))
    if not _BEGINNING.match(body) or closed_at(body) != len(body) or not keys & (CALL_KEYS | TOKEN_KEYS):
        return None
    tokens = dict.fromkeys(keys & TOKEN_KEYS)
    return request_of_body(tokens, text.strip(), text, "a body that is not quite JSON")

"""Tell what a JSON object is: a body, a request that is described, an error, or nothing that matters here."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from ringback_contracts.resources.calls.forms import (
    DESTINATION_KEYS,
    MISNAMED_KEYS,
    PARTICIPANT_KEYS,
    PUBLISHED_KEYS,
)
from ringback_contracts.resources.tokens.paths import FORM_TYPE
from ringback_explain.explanation import PlatformAnswer
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
    looks_like_form,
)

PASTED_KEYS = frozenset(
    {"address", "addresses", "agentId", "campaignId", "contact", "destination", "phone", "queueId"}
    | {"routingData", "scriptId", "uri", "userId"}
)
"""Keys that no contract has, and that people call with."""
CALL_KEYS = PUBLISHED_KEYS | PARTICIPANT_KEYS | MISNAMED_KEYS | PASTED_KEYS
TOKEN_KEYS = frozenset({"grant_type"})
DESTINATIONS = frozenset({*DESTINATION_KEYS, *PARTICIPANT_KEYS, *MISNAMED_KEYS})
"""Keys that may say whom to ring."""
_BODY_KEYS = ("body", "payload", "data", "json", "postData")
_URL_KEYS = ("url", "uri", "endpoint", "path")
MOST_IN_SEQUENCE = 50
"""Bodies of one paste that are read."""
_SHOWN = frozenset({"errorInfo", "disconnectType", "purpose", "connectedTime", "segments"})
"""Keys of what the platform shows, which no request has."""
_ERROR_KEYS = frozenset(
    {"status", "code", "message", "contextId", "errors", "messageWithParams", "errorCode"}
)


SHOWN_CALL = "this is a call as the platform shows it, and no request: give what was sent to it"


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
    if is_list_of_errors(value):
        return True
    if isinstance(value.get("error"), str) and value.keys() & {"description", "error_description"}:
        return True
    named = value.keys() & _ERROR_KEYS
    return not weight(value) and len(named) > 1 and bool(named & {"status", "code", "errorCode"})


def is_list_of_errors(value: Mapping[str, Any]) -> bool:
    """Whether an object holds nothing but errors, as ``{"errors": [{"code": ...}]}``."""
    listed = value.get("errors")
    return (
        value.keys() <= _ERROR_KEYS
        and isinstance(listed, list)
        and any(isinstance(each, dict) and each.keys() & {"code", "message", "errorCode"} for each in listed)
    )


def is_shown_call(value: Mapping[str, Any]) -> bool:
    """Whether an object is a call as the platform shows it, or a party or a leg of one."""
    parties = value.get("participants")
    inner = [each for each in parties if isinstance(each, dict)] if isinstance(parties, list) else []
    return any(_SHOWN & each.keys() and not DESTINATIONS & each.keys() for each in (value, *inner))


def request_of_body(value: Any, raw: bytes, text: str, what: str) -> FoundRequest:
    """The body as a request that goes where the text says, or to where such bodies go."""
    token = isinstance(value, dict) and bool(TOKEN_KEYS & value.keys())
    address = mention.address(text, token=token)
    request = address.request({"content-type": JSON_TYPE}, raw)
    return FoundRequest(request, what, context_of(address, request, text, grant=mention.grant(text)))


def request_of_description(value: Mapping[str, Any], text: str, what: str) -> FoundRequest:
    """The request that an object describes with a method, a URL, headers and a body."""
    url = _url(value)
    body = _body(next((value[key] for key in _BODY_KEYS if value.get(key) is not None), None))
    headers = _headers(value.get("headers"))
    if body and not any(name.lower() == "content-type" for name in headers):
        headers["content-type"] = FORM_TYPE if looks_like_form(body.decode("utf-8", "replace")) else JSON_TYPE
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


def _url(value: Mapping[str, Any]) -> str:
    """The URL that is described; the page on which somebody asked about the request is none."""
    given = [value.get(key) for key in _URL_KEYS]
    urls = [url for url in given if isinstance(url, str) and "/" in url]
    return next((url for url in urls if mention.is_api_url(url)), urls[-1])


def _body(value: Any) -> bytes:
    if value is None:
        return b""
    if isinstance(value, dict) and isinstance(value.get("raw"), str):
        value = value["raw"]
    return value.encode("utf-8", "replace") if isinstance(value, str) else encoded(value)


def _headers(value: Any) -> dict[str, str]:
    if isinstance(value, dict):
        return {str(name): str(item) for name, item in value.items()}
    pairs = [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
    return {str(item.get("name", item.get("key", ""))): str(item.get("value", "")) for item in pairs}


def reported(value: Mapping[str, Any], text: str, what: str) -> FoundError:
    """The error that an error body tells of."""
    return FoundError(what, replace(answer_of(value), operation=mention.operation(text)), text)


def answer_of(value: Mapping[str, Any]) -> PlatformAnswer:
    """What an error body says."""
    inner = value.get("errors")
    first = inner[0] if isinstance(inner, list) and inner and isinstance(inner[0], dict) else {}
    return PlatformAnswer(
        status=_status(value.get("status", first.get("status"))),
        code=_first_text(value.get("code"), value.get("errorCode"), value.get("error"), first.get("code")),
        message=_first_text(
            value.get("message"),
            value.get("error_description"),
            value.get("description"),
            first.get("message"),
        ),
    )


_STATUS_LINE = re.compile(r"^(?:< )?HTTP/[\d.]+ (\d{3})\b", re.MULTILINE)
_RULE_HEADER = re.compile(r"^(?:< )?ringback-rule: *(\S+)", re.MULTILINE | re.IGNORECASE)


def answer_in(text: str) -> PlatformAnswer | None:
    """The refusal that a text shows, in a status line or an error body; none where it shows none."""
    line, rule = _STATUS_LINE.search(text), _RULE_HEADER.search(text)
    status = int(line[1]) if line else None
    body = next((value for value in objects_in(text) if is_error(value)), None)
    if body is None and (status is None or status < HTTPStatus.BAD_REQUEST):
        return None
    told = answer_of(body) if body is not None else PlatformAnswer()
    return replace(told, status=status or told.status, rule=rule[1] if rule else None)


def _status(value: Any) -> int | None:
    return int(value) if re.fullmatch("[1-5][0-9][0-9]", str(value)) else None


def _first_text(*values: Any) -> str | None:
    return next((value for value in values if isinstance(value, str) and value), None)


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
            raise ReadError(SHOWN_CALL)
    if isinstance(value, dict | list):
        return request_of_body(value, raw.encode("utf-8", "replace"), text, "a JSON body")
    return None


def walk(value: Any) -> list[Mapping[str, Any]]:
    """Every object in a value, the outer before the inner."""
    found: list[Mapping[str, Any]] = []
    waiting = deque([value])
    while waiting:
        item = waiting.popleft()
        if isinstance(item, dict):
            found.append(item)
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item
    return found


def objects_in(text: str) -> Iterator[dict[str, Any]]:
    """The JSON objects that stand in a text, none inside another."""
    at = -1
    for _ in range(MOST_IN_SEQUENCE):
        at = text.find("{", at + 1)
        if at < 0:
            return
        try:
            value, end = json.JSONDecoder().raw_decode(text, at)
        except (ValueError, RecursionError):
            continue
        at = end - 1
        if isinstance(value, dict):
            yield value


def sequence(text: str) -> list[dict[str, Any]]:
    """The JSON objects of a text that holds two of them or more, and nothing else."""
    values: list[dict[str, Any]] = []
    at = _BETWEEN.match(text).end()  # type: ignore[union-attr]  # it matches any text
    while at < len(text) and len(values) < MOST_IN_SEQUENCE:
        try:
            value, at = json.JSONDecoder().raw_decode(text, at)
        except (ValueError, RecursionError):
            return []
        if not isinstance(value, dict):
            return []
        values.append(value)
        at = _BETWEEN.match(text, at).end()  # type: ignore[union-attr]  # it matches any text
    return values if len(values) > 1 else []


_BETWEEN = re.compile(r"[\s,;]*")


def parsed(text: str) -> Any:
    """The JSON value of a text. Raises ``ValueError``."""
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error

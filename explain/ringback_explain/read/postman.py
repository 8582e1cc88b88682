"""Read the requests of a Postman collection, which nests them in folders."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from ringback_contracts.resources.tokens.paths import TOKEN_PATH
from ringback_explain.meant.placeholders import stand_in
from ringback_explain.read import described
from ringback_explain.read.found import FoundRequest, ReadError
from ringback_explain.read.har import places_call


def is_collection(value: Any) -> bool:
    """Whether a JSON value is an exported collection."""
    return isinstance(value, dict) and isinstance(value.get("item"), list) and "info" in value


def readings(collection: Mapping[str, Any]) -> list[FoundRequest]:
    """The requests that place a call or ask for a token. Raises ``ReadError`` where there is none."""
    found = [
        described.request_of_description(request, json.dumps(request), f"{name} of a Postman collection")
        for name, request in _requests(collection)
        if places_call(request["url"]) or TOKEN_PATH in request["url"]
    ]
    if not found:
        raise ReadError("no request of this Postman collection places a call or asks for a token")
    return found


def _requests(collection: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
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


_VARIABLE = re.compile(r"\{\{([^{}]*)\}\}")
_IN_PATH = re.compile(r"(?<=[^/:]/)\{\{([^{}]*)\}\}")
"""A variable in a path; what stands for the host is read as other templates of one are."""


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

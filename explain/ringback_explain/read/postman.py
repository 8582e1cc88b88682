"""Read the requests of a Postman collection, which nests them in folders."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ringback_contracts.resources.tokens.paths import TOKEN_PATH
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
    waiting = collection["item"][::-1]
    while waiting:
        item = waiting.pop()
        if not isinstance(item, dict):
            continue
        inner = item.get("item")
        waiting += inner[::-1] if isinstance(inner, list) else []
        request = item.get("request")
        if not isinstance(request, dict):
            continue
        url = request.get("url")
        url = url.get("raw") if isinstance(url, dict) else url
        if isinstance(url, str):
            # In the words of every other description.
            described_so = {**request, "url": url, "headers": request.get("header")}
            yield repr(str(item.get("name", "a request"))), described_so

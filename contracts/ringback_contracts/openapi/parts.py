"""What all documents are put together from: references, headers, contents, and the schemas they need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ringback_contracts.schemas import schema

Json = dict[str, Any]

VERSION = "2"
"""The version of the platform's API."""

SCHEMAS = "#/components/schemas/"

COUNT: Json = {"type": "integer", "minimum": 1}
HEADERS: Mapping[str, tuple[str, Json]] = {
    "ININ-Correlation-Id": (
        "Id of the exchange; an error's contextId.",
        {"type": "string", "format": "uuid"},
    ),
    "Ringback-Version": ("The version of Ringback.", {"type": "string"}),
    "Ringback-Rule": ("Id of the rule that refused the request.", {"type": "string"}),
    "Link": ("Where the whole explanation of the refusal is found.", {"type": "string"}),
    "Ringback-Note": (
        "Why an accepted call cannot work; what of a request has no effect.",
        {"type": "string"},
    ),
    "Ringback-Contract": (
        "The contract of a body that the vendor does not publish.",
        {"const": "participants"},
    ),
    "Retry-After": ("Seconds to wait before the request is sent again.", COUNT),
    "WWW-Authenticate": ("The scheme to log in with.", {"type": "string"}),
    "Location": ("Where the browser goes on.", {"type": "string"}),
    "inin-ratelimit-allowed": ("Requests a minute that the token may send.", COUNT),
    "inin-ratelimit-count": ("Requests that it has sent this minute.", COUNT),
    "inin-ratelimit-reset": ("Seconds until the count starts anew.", COUNT),
}
RATE = ("inin-ratelimit-allowed", "inin-ratelimit-count", "inin-ratelimit-reset")
AT_TIMES = {"Ringback-Note", "Ringback-Contract", *RATE}
"""Headers that a response may lack; where another one is documented, it is always there."""
ALWAYS = ("ININ-Correlation-Id", "Ringback-Version")


def document(title: str, description: str, paths: Json, **components: Json) -> Json:
    """An OpenAPI 3.1 document with the schemas that its paths refer to."""
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": VERSION, "description": description},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {**components, "headers": _headers(), "schemas": _schemas(paths)},
    }


def ref(name: str) -> Json:
    """A reference to a schema of ``ringback_contracts.schemas``."""
    return {"$ref": SCHEMAS + name}


def having(name: str, *required: str) -> Json:
    """The schema of a model, with fields that our replies always have."""
    return {"allOf": [ref(name), {"type": "object", "required": list(required)}]}


def reply(description: str, content: Json | None = None, *headers: str) -> Json:
    """A response with the headers that every reply carries, and some more."""
    response: Json = {
        "description": description,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in (*ALWAYS, *headers)},
    }
    return response if content is None else {**response, "content": content}


def _headers() -> Json:
    return {
        name: {"description": description, "required": name not in AT_TIMES, "schema": value}
        for name, (description, value) in HEADERS.items()
    }


def as_json(value: Json, **more: Any) -> Json:
    """Content in JSON."""
    return {"application/json": {"schema": value, **more}}


def link(operation_id: str, description: str, body: Any = None, **parameters: str) -> Json:
    """What a reply leads to: an operation, and where its parameters stand in the reply."""
    leads: Json = {"operationId": operation_id, "description": description, "parameters": parameters}
    return leads if body is None else {**leads, "requestBody": body}


def example(summary: str, value: Any) -> Json:
    """A value to send, and what it is for."""
    return {"summary": summary, "value": value}


def _schemas(paths: Json) -> Json:
    """Every schema that the paths refer to, and those that they refer to in turn."""
    found: Json = {}
    wanted = sorted(set(_referred(paths)))
    while wanted:
        name = wanted.pop()
        if name not in found:
            found[name] = _rebased(_plain(schema(name)))
            wanted.extend(_referred(found[name]))
    return dict(sorted(found.items()))


def _referred(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        target = part.get("$ref")
        if isinstance(target, str) and target.startswith(SCHEMAS):
            yield target.removeprefix(SCHEMAS)
        part = list(part.values())
    if isinstance(part, list):
        for inner in part:
            yield from _referred(inner)


def _plain(given: Json) -> Json:
    return {key: value for key, value in given.items() if key not in ("$schema", "$id")}


def _rebased(part: Any) -> Any:
    """The schema with its references to other files turned to components."""
    if isinstance(part, list):
        return [_rebased(inner) for inner in part]
    if not isinstance(part, dict):
        return part
    return {
        key: SCHEMAS + value.removesuffix(".json") if key == "$ref" else _rebased(value)
        for key, value in part.items()
    }

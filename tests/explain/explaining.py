"""Short ways to ask for an explanation, and the values that its tests share."""

from __future__ import annotations

import json
from typing import Any

from ringback_contracts.core.model import Request
from ringback_explain import Context, Explanation, explain

CALLS = "/api/v2/conversations/calls"
NUMBER = "+442079460100"
OTHER_NUMBER = "+442079460101"
OWN = "+442079460001"
AGENT = "6f1c2d3e-4b5a-4c6d-8e7f-0011223344aa"
QUEUE = "0b1c2d3e-4b5a-4c6d-8e7f-0011223344bb"
SKILL = "51c2d3e4-4b5a-4c6d-8e7f-0011223344cc"
FOR_AGENT = f"{CALLS}/user/{AGENT}"
JSON_HEADERS = {"content-type": "application/json"}


def written(body: Any) -> bytes:
    """A body as it is sent: texts and bytes as they stand, anything else as JSON."""
    if isinstance(body, bytes):
        return body
    return (body if isinstance(body, str) else json.dumps(body)).encode("utf-8", "surrogatepass")


def explained(
    body: Any, path: str = CALLS, method: str = "POST", headers: dict[str, str] | None = None, **context: Any
) -> Explanation:
    """The explanation of a request without an org; ``context`` are the fields of a ``Context``."""
    return explain(Request(method, path, headers or {}, written(body)), context=Context(**context))


def places(explanation: Explanation, note: str) -> list[str]:
    """Where an explanation has a note."""
    return [found.pointer for found in explanation.notes if found.id == note]


def asked(explanation: Explanation, *words: str) -> bool:
    """Whether one question has all the words."""
    return any(all(word in question for word in words) for question in explanation.questions)

"""Turn a rule's example into the request, the caller and the org that it speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from ringback_contracts.core.credentials import bearer
from ringback_contracts.core.model import ANONYMOUS, Caller, Example, Quota, Request, TokenState
from ringback_contracts.org import Org, changed, default_org

CALL_PLACEHOLDER = "{call}"
"""Stands in paths and bodies of examples for the id of a call that exists."""
KNOWN_CALL = "ca110000-0000-4000-8000-0000000000ca"
"""The id of the call that exists in an example's org."""


@dataclass(frozen=True, slots=True)
class Situation:
    """All that ``judge`` wants to know."""

    request: Request
    caller: Caller
    org: Org


def situation(example: Example, org: Org | None = None, call_id: str = KNOWN_CALL) -> Situation:
    """The example in the given org (the default one), in which the call ``call_id`` exists."""
    org = changed(org or default_org(), example.org)
    return Situation(request_of(example, call_id), _caller(example, org, call_id), org)


def request_of(example: Example, call_id: str = KNOWN_CALL) -> Request:
    """The example as a request, with JSON as its media type unless it names another."""
    headers = {"content-type": "application/json", "host": "127.0.0.1"}
    if example.token is not None:
        headers["authorization"] = f"Bearer {example.token}"
    body = b"" if example.body is None else orjson.dumps(_filled(example.body, call_id))
    path, _, query = example.path.partition("?")
    return Request(
        method=example.method,
        path=path.replace(CALL_PLACEHOLDER, call_id),
        headers=headers | dict(example.headers),
        body=body if example.raw is None else example.raw,
        query=query,
        host_allowed=example.host_allowed,
        well_formed=example.well_formed,
    )


def _filled(value: Any, call_id: str) -> Any:
    if isinstance(value, dict):
        return {key: _filled(item, call_id) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, call_id) for item in value]
    return value.replace(CALL_PLACEHOLDER, call_id) if isinstance(value, str) else value


def _bearer(example: Example) -> str | None:
    if example.token is not None:
        return example.token
    return bearer(example.headers.get("authorization"))


def _caller(example: Example, org: Org, call_id: str) -> Caller:
    value = _bearer(example)
    if value is None:
        return ANONYMOUS
    token = org.token_by_value.get(value)
    if token is None:
        return Caller(TokenState.UNKNOWN)
    if token.expired:
        return Caller(TokenState.EXPIRED)
    limit = org.limits.rate_per_minute
    return Caller(
        TokenState.VALID,
        user=org.user_by_id[token.user] if token.user else None,
        client=org.client_by_id[token.client] if token.client else None,
        scopes=frozenset(token.scopes) if token.user else None,
        quota=Quota(limit, example.used + 1, 60) if limit else None,
        calls=frozenset({call_id}),
    )

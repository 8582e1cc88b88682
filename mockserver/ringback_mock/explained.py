"""Explain an exchange of the journal, redacted as everything that leaves it."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import orjson

from ringback_contracts.explain import Explanation, explain
from ringback_contracts.explain.reported import Answer, explain_answered
from ringback_contracts.org import Org
from ringback_contracts.redact import redact_body
from ringback_mock.journal import Exchange


def explanation(exchange: Exchange, org: Org) -> dict[str, Any] | None:
    """All there is to say about the request, as JSON values; none where its body was cut."""
    if exchange.cut:
        return None
    explained = _explained(exchange, org)
    shown: dict[str, Any] = json.loads(redact_body(orjson.dumps(explained.as_dict())))
    # By its name it could be an authorization code; it is the one of the answer.
    return {**shown, "code": explained.code}


def _explained(exchange: Exchange, org: Org) -> Explanation:
    error = _login_error(exchange) if exchange.caller is None else None
    if error is not None:
        return explain_answered(exchange.request, Answer(exchange.response.status, error))
    return explain(exchange.request, caller=exchange.caller, org=org, contract=org.contract)


def _login_error(exchange: Exchange) -> str | None:
    """The error of the token endpoint, which no rule judges; none where a fault answered in its place."""
    with suppress(ValueError):
        answer = json.loads(exchange.response.body)
        return answer.get("error") if isinstance(answer, dict) else None
    return None

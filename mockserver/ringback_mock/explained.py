"""Explain an exchange of the journal, redacted as everything that leaves it."""

from __future__ import annotations

import json
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
    if exchange.caller is None and exchange.response.status >= 400:
        # The token endpoint, which no rule judges.
        error = json.loads(exchange.response.body)["error"]
        return explain_answered(exchange.request, Answer(exchange.response.status, error))
    return explain(exchange.request, caller=exchange.caller, org=org, contract=org.contract)

"""Explain an exchange of the journal, redacted as everything that leaves it."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import Any

import orjson

from ringback_contracts.core.model import Rejected, Stage
from ringback_contracts.org import Org
from ringback_contracts.privacy import redact_body
from ringback_contracts.resources.tokens.paths import TOKEN_PATH
from ringback_explain import (
    Explained,
    Explanation,
    Note,
    PlatformAnswer,
    Verdict,
    explain,
    explain_answer,
    explain_answered,
)
from ringback_explain.read import Found, FoundRequest, read
from ringback_explain.read.found import names_called
from ringback_mock.engine.journal import KEPT_BODY_BYTES, Exchange
from ringback_mock.engine.shown import secrets_of

CUT = Note(
    "journal.cut",
    "",
    f"the journal keeps no more than the first {KEPT_BODY_BYTES:,} bytes of a body, so only the verdict of"
    " this one is explained; 'ringback explain' reads the whole request from a file",
)

LONGEST = 16 * 2**10
"""Bytes of a request up to which it is explained: others wait meanwhile, some 40 ms at worst."""
LONG = Note(
    "journal.long",
    "",
    f"a request of more than {LONGEST:,} bytes is not explained here, but for its verdict, since all others"
    " would wait for it; 'ringback explain' reads the whole request from a file",
)


MOMENT = Note(
    "call.moment",
    "",
    "what a call takes depends on how it stands, and it may have gone on since: this held when it was asked",
)

BESIDE = Note(
    "journal.beside",
    "",
    "this is beside the API, where no rule judges: what was answered says itself what was wrong",
)


def explanation(exchange: Exchange, org: Org) -> dict[str, Any]:
    """All there is to say about the request, as JSON values; of a long one, about its verdict."""
    explained = _explained(exchange, org)
    # It may quote a secret without the name that tells it, so that only the request itself can say which.
    told = secrets_of(exchange).hidden_in_all(explained.as_dict())
    shown: dict[str, Any] = json.loads(redact_body(orjson.dumps(told)))
    # By its name it could be an authorization code; it is the one of the answer.
    return {**shown, "code": explained.code}


def explanations(text: bytes, org: Org) -> list[dict[str, Any]]:
    """What there is to say about each request, or the error, in the text. Raises ``ReadError``, a
    ``ValueError``, for a text that holds neither."""
    return [
        {**explained.as_dict(), "request": request}
        for explained, request in map(partial(_found, org=org), read(text).found)
        if explained is not None
    ]


def _found(found: Found, org: Org) -> tuple[Explanation | None, dict[str, str] | None]:
    if not isinstance(found, FoundRequest):
        return explain_answer(found.answer, found.text, names_called("scope", found.text)), None
    request, answer, context = found.request, found.answer, found.context
    if answer is None:
        told = explain(request, context=context, org=org, contract=org.contract)
    else:
        told = explain_answered(request, answer, context, org=org, contract=org.contract)
    return told, {"method": request.method, "path": request.path}


def _explained(exchange: Exchange, org: Org) -> Explanation:
    error = _login_error(exchange) if exchange.caller is None else None
    if error is not None:
        return explain_answered(exchange.request, PlatformAnswer(exchange.response.status, error))
    if _beside(exchange):
        status = exchange.response.status
        verdict: Verdict = "accepted" if status < HTTPStatus.BAD_REQUEST else "rejected"
        return Explanation(verdict, status, None, None, notes=(BESIDE,))
    if _of_a_moment(exchange):
        return _of_verdict(exchange, org, MOMENT)
    if exchange.cut:
        return _of_verdict(exchange, org, CUT)
    if exchange.request.head_bytes + len(exchange.request.body) > LONGEST:
        return _of_verdict(exchange, org, LONG)
    return explain(exchange.request, caller=exchange.caller, org=org, contract=org.contract)


def _beside(exchange: Exchange) -> bool:
    """Whether it is a page's; of the token endpoint, and of a path that is none, there is more to say."""
    path = exchange.request.path
    judged = exchange.verdict is not None or path.startswith("/api/") or path == TOKEN_PATH
    return not judged and exchange.response.status != HTTPStatus.NOT_FOUND


def _of_a_moment(exchange: Exchange) -> bool:
    """Whether the answer hung on a call as it stood then."""
    if isinstance(exchange.verdict, Rejected):
        return exchange.verdict.finding.rule.stage is Stage.STATE
    return exchange.verdict is not None and exchange.verdict.operation.asks is not None


def _of_verdict(exchange: Exchange, org: Org, why: Note) -> Explanation:
    """What the verdict alone says, and why there is no more."""
    if not isinstance(exchange.verdict, Rejected):
        return Explanation("accepted", _success(exchange, org), None, None, notes=(why,))
    found = exchange.verdict.finding
    rule = found.rule
    finding = Explained(rule.id, found.pointer, found.detail, rule.fix, rule.evidence.value, rule.source)
    return Explanation("rejected", rule.status, rule.code, rule.id, findings=(finding,), notes=(why,))


def _success(exchange: Exchange, org: Org) -> int:
    """The status of what was granted."""
    operation = exchange.verdict.operation if exchange.verdict else None
    return operation.success if operation and operation.asks else org.success_status


def _login_error(exchange: Exchange) -> str | None:
    """The error of the token endpoint, which no rule judges; none where a fault answered in its place."""
    with suppress(ValueError):
        answer = json.loads(exchange.response.body)
        return answer.get("error") if isinstance(answer, dict) else None
    return None

"""How exchanges are shown: redacted, in plain JSON values. Only who looks at a journal loads what redacts."""

from __future__ import annotations

from typing import Any

from ringback_contracts.core.credentials import bearer, token_mark
from ringback_contracts.core.model import Accepted, Request, Verdict
from ringback_contracts.life.moments import timestamp
from ringback_contracts.privacy import redact_body, redact_headers, redact_text
from ringback_contracts.privacy.known import KnownSecrets
from ringback_mock.engine.journal import Exchange, Refusal
from ringback_mock.http import Response


def shown_exchange(exchange: Exchange, org_id: str) -> dict[str, Any]:
    """An exchange of the org without secrets and people's numbers, also where it repeats its secrets."""
    known = KnownSecrets()
    shown = {
        "id": exchange.id,
        "time": timestamp(exchange.at),
        "org": org_id,
        "request": _shown_request(exchange.request, known),
        "response": _shown_response(exchange.response, known),
        "truncated": exchange.cut,
        "verdict": _shown_verdict(exchange.verdict),
        "conversationId": exchange.call_id,
        "caller": _shown_caller(exchange),
    }
    return {name: known.hidden_in_all(part) for name, part in shown.items()}


def _shown_caller(exchange: Exchange) -> dict[str, Any] | None:
    """Whose token it was sent with, as far as anybody knows."""
    token = bearer(exchange.request.headers.get("authorization"))
    if token is None:
        return None
    caller = exchange.caller
    return {
        "token": token_mark(token),
        "user": caller.user.name if caller and caller.user else None,
        "client": caller.app if caller else None,
    }


def shown_refusal(refusal: Refusal) -> dict[str, Any]:
    """What is left of a refusal, without secrets and people's numbers."""
    return {
        "id": refusal.id,
        "method": redact_text(refusal.method),
        "path": redact_text(refusal.path),
        "status": refusal.status,
        "rule": refusal.headers.get("Ringback-Rule"),
        "fault": refusal.headers.get("Ringback-Fault"),
    }


def secrets_of(exchange: Exchange) -> KnownSecrets:
    """The secrets that an exchange holds, known by their values."""
    known = KnownSecrets()
    _shown_request(exchange.request, known)
    _shown_response(exchange.response, known)
    return known


def _shown_request(request: Request, known: KnownSecrets) -> dict[str, Any]:
    return {
        "method": redact_text(request.method),
        "path": redact_text(request.path, known.learn),
        "query": redact_text(request.query, known.learn),
        "headers": redact_headers(request.headers, known.learn),
        "body": redact_body(request.body, request.headers.get("content-type", ""), known.learn),
    }


def _shown_response(response: Response, known: KnownSecrets) -> dict[str, Any]:
    headers = dict(response.headers)
    return {
        "status": response.status,
        "headers": redact_headers(headers, known.learn),
        "body": redact_body(response.body, headers.get("Content-Type", ""), known.learn),
    }


def _shown_verdict(verdict: Verdict | None) -> dict[str, Any] | None:
    if verdict is None:
        return None
    operation = verdict.operation.id if verdict.operation else None
    if isinstance(verdict, Accepted):
        return {"operation": operation, "rule": None, "notes": [redact_text(note) for note in verdict.notes]}
    return {
        "operation": operation,
        "rule": verdict.finding.rule.id,
        "pointer": verdict.finding.pointer,
        "detail": redact_text(verdict.finding.detail),
    }

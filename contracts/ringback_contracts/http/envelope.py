"""The platform's error body (model ErrorBody of the SDKs)."""

from __future__ import annotations

from typing import Any

from ringback_contracts.core.model import Finding


def error_body(status: int, code: str, message: str, context_id: str) -> dict[str, Any]:
    """The error body that says no more than this; ``context_id`` equals the reply's correlation id."""
    return {
        "message": message,
        "code": code,
        "status": status,
        "messageWithParams": message,
        "messageParams": {},
        "contextId": context_id,
        "details": [],
        "errors": [],
    }


def envelope(finding: Finding, context_id: str) -> dict[str, Any]:
    """The error body of a rejection."""
    rule = finding.rule
    return error_body(rule.status, rule.code, finding.message, context_id) | {
        "messageWithParams": rule.message,
        "messageParams": dict(finding.violation.params),
        "details": _details(finding),
    }


def _details(finding: Finding) -> list[dict[str, str]]:
    """The field that is at fault, where the fault lies in a field of the body."""
    name = field_name(finding.pointer)
    return [{"errorCode": finding.rule.code, "fieldName": name}] if name else []


def field_name(pointer: str) -> str | None:
    """The platform's name for a field of the body, such as ``participants.0.address``; none for a header."""
    return pointer[1:].replace("/", ".") or None if pointer.startswith("/") else None

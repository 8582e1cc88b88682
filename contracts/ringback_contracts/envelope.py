"""The platform's error body (model ErrorBody of the SDKs)."""

from __future__ import annotations

from typing import Any

from ringback_contracts.model import Finding


def envelope(finding: Finding, context_id: str) -> dict[str, Any]:
    """The error body of a rejection; ``context_id`` equals the reply's correlation id."""
    rule = finding.rule
    return {
        "message": finding.message,
        "code": rule.code,
        "status": rule.status,
        "messageWithParams": rule.message,
        "messageParams": dict(finding.violation.params),
        "contextId": context_id,
        "details": _details(finding),
        "errors": [],
    }


def _details(finding: Finding) -> list[dict[str, str]]:
    """The field that is at fault, where the fault lies in a field of the body."""
    if not finding.pointer.startswith("/"):
        return []
    name = finding.pointer[1:].replace("/", ".")
    return [{"errorCode": finding.rule.code, "fieldName": name}]

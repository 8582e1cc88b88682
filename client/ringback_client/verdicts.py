"""From an answer, or a finding before there is one, to the error that says what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringback_client.errors import (
    InvalidNumber,
    InvalidRequest,
    MalformedAddress,
    NotAuthenticated,
    NotAuthorized,
    NotFound,
    Particulars,
    RateLimited,
    ServerError,
    StatusError,
)
from ringback_client.retry import asks_to_return, retry_after
from ringback_client.transport import Reply
from ringback_contracts.catalogue import TABLE
from ringback_contracts.core.model import PUBLISHED, Finding, Rule, Stage
from ringback_contracts.http.envelope import field_name

NOT_ACTED = frozenset({307, 308, 501})
"""Answers that say by themselves that the request was not acted on (RFC 9110)."""
NO_VERDICT = "internal.server.error"
"""The code of the platform's envelope that leaves open what was done."""

_BY_STATUS: Mapping[int, type[StatusError]] = {
    401: NotAuthenticated,
    403: NotAuthorized,
    404: NotFound,
    422: InvalidNumber,
    429: RateLimited,
}


def is_refusal(reply: Reply) -> bool:
    """Whether an answer to a POST that is no success says for certain that no call was placed.

    A 500 or 503 does when it asks to come back later, or carries the platform's envelope with a code that
    names the reason. A gateway's 502 or 504 never does.
    """
    if 400 <= reply.status < 500 or reply.status in NOT_ACTED or asks_to_return(reply):
        return True
    envelope = reply.document
    code = _text(envelope.get("code"))
    genuine = code is not None and envelope.get("status") == reply.status
    return reply.status in (500, 503) and genuine and code != NO_VERDICT


def error_of_reply(reply: Reply, now: float) -> StatusError:
    """The error that a refusal, or any answer that is no success, stands for."""
    envelope = reply.document
    code, message = _text(envelope.get("code")), _text(envelope.get("message"))
    rule = _rule_of(reply, code)
    about = Particulars(
        status=reply.status,
        code=code,
        correlation_id=reply.correlation_id,
        field=_field(envelope),
        rule=rule.id if rule else reply.headers.get("Ringback-Rule"),
        fix=rule.fix if rule else None,
        retry_after=retry_after(reply, now),
    )
    text = f"{reply.status} {code or reply.reason}: {message or 'the answer carries no explanation'}"
    return _kind(reply.status, rule, message)(_sentence(text, about), about)


def error_of_finding(finding: Finding) -> StatusError:
    """The error that the target would answer with, known before anything was sent."""
    rule = finding.rule
    about = Particulars(
        status=rule.status,
        code=rule.code,
        field=field_name(finding.pointer),
        rule=rule.id,
        fix=rule.fix,
    )
    text = f"not sent, since it would be {rule.status} {rule.code}: {finding.message}: {finding.detail}"
    return _kind(rule.status, rule, finding.message)(_sentence(text, about), about)


def _sentence(text: str, about: Particulars) -> str:
    parts = [text]
    if about.fix:
        parts.append(about.fix)
    named = {"field": about.field, "rule": about.rule, "correlation id": about.correlation_id}
    if known := [f"{name} {value}" for name, value in named.items() if value]:
        parts.append(f"({', '.join(known)})")
    return " ".join(part if part.endswith((".", ")")) else f"{part}." for part in parts)


def _kind(status: int, rule: Rule | None, message: str | None) -> type[StatusError]:
    if status == 400 and _is_about_an_address(rule, message):
        return MalformedAddress
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return ServerError if status >= 500 else InvalidRequest


def _is_about_an_address(rule: Rule | None, message: str | None) -> bool:
    return rule.stage is Stage.ADDRESSES if rule else "participant address" in (message or "").lower()


def _rule_of(reply: Reply, code: str | None) -> Rule | None:
    """The rule that the target names; else the only published one that has this status and code."""
    named = reply.headers.get("Ringback-Rule")
    if named is not None:
        return TABLE.by_id.get(named)
    alike = [
        rule
        for rule in TABLE
        if (rule.status, rule.code) == (reply.status, code) and PUBLISHED in rule.contracts
    ]
    return alike[0] if len(alike) == 1 else None


def _field(envelope: Mapping[str, Any]) -> str | None:
    details = envelope.get("details")
    for detail in details if isinstance(details, list) else []:
        if isinstance(detail, Mapping) and (name := _text(detail.get("fieldName"))):
            return name
    return None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None

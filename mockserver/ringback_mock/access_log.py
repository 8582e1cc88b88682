"""The access log: a line for an exchange, which names nobody. A logger's formatter writes it."""

from __future__ import annotations

import logging
from typing import NamedTuple

from ringback_contracts.core.model import Request, Rule
from ringback_mock.engine.pipeline import CORRELATION
from ringback_mock.http import Response

ESCAPED = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))}
"""Control characters as a log shows them: in clear they could pass for lines of their own."""

access = logging.getLogger("ringback.access")
refusals = logging.getLogger("ringback.access.refusals")


class Noted(NamedTuple):
    """What is told of an exchange beside its request and its response; ``seconds`` is how long it took.

    ``url`` is where the server is, as far as that is known.
    """

    operation: str
    rule: Rule | None
    org_id: str | None
    seconds: float
    url: str


def logs(status: int) -> bool:
    """Whether an exchange that ends so is written down."""
    return (access if status < 400 else refusals).isEnabledFor(logging.INFO)


def log_exchange(request: Request, response: Response, noted: Noted) -> None:
    """Write the line; a logger that wants the parts finds them as the record's ``exchange``."""
    from ringback_contracts.privacy import redact_text

    headers = dict(response.headers)
    method = redact_text(request.method or "-").translate(ESCAPED)
    path = redact_text(request.path or "-").translate(ESCAPED)
    parts = {
        "method": method,
        "path": path,
        "status": response.status,
        "operation": noted.operation or None,
        "rule": noted.rule.id if noted.rule else None,
        "correlationId": headers.get(CORRELATION),
        "org": noted.org_id,
        "milliseconds": round(noted.seconds * 1_000, 3),
    }
    advice = _advice(noted, headers)
    log = access if response.status < 400 else refusals
    log.info("%s %s %d%s", method, path, response.status, advice, extra={"exchange": parts})


def _advice(noted: Noted, headers: dict[str, str]) -> str:
    """Of a refusal: the rule and its fix, where a rule gave it, and where the whole explanation is."""
    if "Link" not in headers:
        return ""
    explanation = headers["Link"].partition(">")[0].removeprefix("<")
    by_rule = f" {noted.rule.id}: {noted.rule.fix}" if noted.rule else ""
    return f"{by_rule} {noted.url}{explanation}"

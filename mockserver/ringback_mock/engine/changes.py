"""What was changed about an org through the admin paths: who wonders at an answer may look here."""

from __future__ import annotations

from typing import Any

from ringback_contracts.core.model import Request
from ringback_contracts.life.moments import timestamp
from ringback_mock.engine.bounded import Bounded, Room

CHANGES_KEPT = 100
LONGEST_BODY = 2_048
"""Bytes of a body that is shown; one that was cut could not be redacted as what it is."""
CHANGE_FRAME = 1_500
"""Memory that a change takes beside its body."""


class ChangeLog:
    """The newest changes, redacted, by the correlation ids of their replies; no reset forgets them."""

    def __init__(self, room: Room | None = None) -> None:
        self._kept: Bounded[str, dict[str, Any]] = Bounded(CHANGES_KEPT, room=room, frame=CHANGE_FRAME)

    def record(self, correlation_id: str, at: float, request: Request, status: int) -> None:
        from ringback_contracts.privacy import redact_body, redact_text

        size = len(request.body)
        body = f"({size:,} bytes)" if size > LONGEST_BODY else redact_body(request.body)
        change = {
            "id": correlation_id,
            "time": timestamp(at),
            "method": request.method,
            "path": redact_text(request.path),
            "query": redact_text(request.query),
            "body": body,
            "status": status,
        }
        self.keep(change)

    def keep(self, change: dict[str, Any]) -> None:
        """Keep a change as it is shown."""
        weight = len(change["path"]) + len(change["query"]) + len(change["body"])
        self._kept.put(change["id"], change, weight)

    def shown(self) -> list[dict[str, Any]]:
        """The changes, the oldest first, in plain JSON values."""
        return list(self._kept.values())

    def close(self) -> None:
        self._kept.close()

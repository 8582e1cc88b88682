"""When a request may be sent again, and how long to wait before."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

from ringback_client.errors import ConfigurationError, ReplyLost, TargetUnreachable
from ringback_client.transport import Reply

Outcome = Reply | TargetUnreachable | ReplyLost

GATEWAY_FAILURES = frozenset({502, 503, 504})
"""Answers that a reading request may be repeated after."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often a request is sent at most, and how many seconds it may wait in all.

    ``first_wait`` doubles each time; a ``Retry-After`` of the target goes before it. When a wait would
    exceed ``budget``, the last outcome stands. ``now`` is in seconds since the epoch.
    """

    attempts: int = 4
    budget: float = 60.0
    first_wait: float = 0.2
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        if self.attempts < 1:
            raise ConfigurationError(f"attempts is {self.attempts}; a request is sent at least once")

    def run(self, attempt: Callable[[], Reply], *, repeatable: bool) -> Reply:
        """Send, and send again where that cannot do anything twice.

        ``repeatable`` says that doing it twice does no harm, so that a lost reply may be asked for again.
        Raises ``TargetUnreachable`` or ``ReplyLost`` when that is how the last attempt ended.
        """
        waited = 0.0
        for number in range(self.attempts - 1):
            outcome = _tried(attempt)
            wait = self._wait(outcome, number, repeatable=repeatable)
            if wait is None or waited + wait > self.budget:
                return _settled(outcome)
            self.sleep(wait)
            waited += wait
        return attempt()

    def _wait(self, outcome: Outcome, number: int, *, repeatable: bool) -> float | None:
        backoff = self.first_wait * 2**number
        if isinstance(outcome, TargetUnreachable):
            return backoff if outcome.passing else None
        if isinstance(outcome, ReplyLost):
            return backoff if repeatable else None
        asked = retry_after(outcome, self.now())
        if outcome.status == 429 or (repeatable and outcome.status in GATEWAY_FAILURES):
            return backoff if asked is None else asked
        return asked if asks_to_return(outcome) else None


def _tried(attempt: Callable[[], Reply]) -> Outcome:
    try:
        return attempt()
    except (TargetUnreachable, ReplyLost) as error:
        return error


def _settled(outcome: Outcome) -> Reply:
    if isinstance(outcome, Reply):
        return outcome
    raise outcome


def asks_to_return(reply: Reply) -> bool:
    """Whether a server says that it did not serve the request, and when it will: 503 with Retry-After."""
    return reply.status == 503 and retry_after(reply, 0.0) is not None


def retry_after(reply: Reply, now: float) -> float | None:
    """The seconds that ``Retry-After`` asks for (RFC 9110, 10.2.3); ``None`` where it cannot be read.

    A date is counted from the reply's own ``Date``, so that clocks need not agree.
    """
    text = reply.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        return float(text)
    until = _timestamp(text)
    if until is None:
        return None
    sent = _timestamp(reply.headers.get("Date", ""))
    return max(0.0, until - (now if sent is None else sent))


def _timestamp(text: str) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError, TypeError):
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()

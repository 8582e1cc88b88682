"""The one road to a target: below its rate limit, and with somebody to note each exchange."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from requests.adapters import BaseAdapter

from ringback_harness.exits import SetupError, disk_error

if TYPE_CHECKING:
    import requests

PER_MINUTE = 200
"""Requests a minute: the platform allows a token 300, and others may use the same one."""
MINUTE = 60.0
RESERVE = 10
"""Requests of the platform's own count that are left to others."""
_COUNT = re.compile(r"[0-9]{1,9}")
_ENDING = re.compile(r"/api/v2/conversations/[^/?]+/disconnect")
"""The end of the URL of a request that ends a call."""


class Notes(Protocol):
    """Whoever keeps exchanges."""

    def keep(
        self, request: requests.PreparedRequest, response: requests.Response, seconds: float
    ) -> None: ...

    def learn(self, tokens: Mapping[str, str], names: Mapping[str, str], numbers: Iterable[str]) -> None: ...


@dataclass
class Pace:
    """Waits before a request would be one too many; times in seconds."""

    per_minute: int = PER_MINUTE
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic
    _sent: deque[float] = field(default_factory=deque, repr=False)
    _not_before: float = field(default=0.0, repr=False)

    def count(self) -> None:
        """Count a request that cannot wait: one that ends a call."""
        self._sent.append(self.now())

    def wait(self) -> None:
        """Return when a request may go, and count it."""
        if (pause := self._not_before - self.now()) > 0:
            self.sleep(pause)
        while len(self._sent) >= self.per_minute:
            pause = self._sent.popleft() + MINUTE - self.now()
            if pause > 0:
                self.sleep(pause)
        self.count()

    def note(self, headers: Mapping[str, str]) -> None:
        """Heed what the platform says of its own count."""
        names = ("inin-ratelimit-count", "inin-ratelimit-allowed", "inin-ratelimit-reset")
        values = [headers.get(name, "") for name in names]
        if all(_COUNT.fullmatch(value) for value in values):
            count, allowed, reset = map(int, values)
            if count >= allowed - RESERVE:
                self._not_before = self.now() + min(reset, MINUTE)


class TargetWire(BaseAdapter):
    """An adapter of ``requests`` in front of another."""

    def __init__(self, inner: BaseAdapter, pace: Pace | None = None, notes: Notes | None = None) -> None:
        super().__init__()
        self._inner = inner
        self._pace = pace
        self._notes = notes
        self.unkept = ""
        """Why the notes could not take an exchange; from then on they are not asked to."""

    def heed_notes(self) -> None:
        """Raise ``SetupError`` where an exchange could not be noted."""
        if self.unkept:
            raise SetupError(self.unkept)

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send when the pace allows, and note what came. The reply counts, whatever becomes of the notes."""
        if self._pace:
            self._pace.count() if _ends_call(request) else self._pace.wait()
        began = time.monotonic()
        response = self._inner.send(request, stream, timeout, verify, cert, proxies)
        if self._pace:
            self._pace.note(response.headers)
        if self._notes and not self.unkept:
            try:
                self._notes.keep(request, response, time.monotonic() - began)
            except Exception as error:  # noqa: BLE001 - a call may have been placed, and its reply ends it
                why = disk_error(error).message if isinstance(error, OSError) else repr(error)
                self.unkept = f"the run stops, since an exchange cannot be recorded: {why}"
        return response

    def close(self) -> None:
        self._inner.close()


def _ends_call(request: requests.PreparedRequest) -> bool:
    return request.method == "POST" and _ENDING.search(request.url or "") is not None

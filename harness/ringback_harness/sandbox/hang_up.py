"""End each call that was placed, and make sure that it is gone."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ringback_client.client import CallsClient
from ringback_client.errors import CallAttempt, NotFound, RingbackError
from ringback_contracts.rules.declare import NOBODY
from ringback_harness.sandbox.errors import CallLeft

LOOKS = 8
"""How often to look whether a call is gone."""
FIRST_PAUSE = 0.25
"""Seconds before the second look; it doubles each time."""


@dataclass
class HangUp:
    """``ended`` lists the calls that are gone, ``left`` what may still be going on."""

    client: CallsClient
    sleep: Callable[[float], None] = time.sleep
    ended: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def objection(self) -> str | None:
        """Why this token cannot be shown to hang up; ``None`` where it can.

        A call that does not exist is looked at and ended: whoever lacks the permission is told so before
        anybody looks for the call. Raises ``TransportError``.
        """
        for ask in (self.client.disconnect, self.client.get_call):
            try:
                ask(NOBODY)
            except NotFound:
                continue
            except RingbackError as error:
                return f"the token cannot be shown to end calls: {error}"
        return None

    def end(self, call_id: str) -> None:
        """End a call. Raises ``CallLeft`` where it goes on, or where nobody can tell."""
        pause, why = FIRST_PAUSE, "it goes on"
        for _ in range(LOOKS):
            try:
                if self._gone(call_id):
                    self.ended.append(call_id)
                    return
            except RingbackError as error:
                why = str(error)
            self.sleep(pause)
            pause *= 2
        self.left.append(call_id)
        raise CallLeft(f"the call {call_id} could not be ended: {why}. End it by hand")

    def _gone(self, call_id: str) -> bool:
        try:
            self.client.disconnect(call_id)
            return self.client.get_call(call_id).over
        except NotFound:
            return True

    def end_lost(self, attempt: CallAttempt) -> None:
        """End whatever an attempt without an answer may have placed. Raises ``CallLeft``."""
        try:
            found = self.client.find_calls(attempt)
        except RingbackError as error:
            self.left.append("(a call without a known id)")
            raise CallLeft(
                f"a reply was lost, and the calls going on cannot be listed: {error}. "
                "Look for a call that was placed just now"
            ) from error
        for call in found:
            self.end(call.id)

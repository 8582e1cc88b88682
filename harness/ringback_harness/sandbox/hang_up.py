"""End each call that was placed, and make sure that it is gone."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from ringback_client.calls import Call
from ringback_client.client import CallsClient
from ringback_client.errors import CallAttempt, NotFound, RingbackError
from ringback_contracts.core.declare import NOBODY
from ringback_harness.sandbox.errors import CallLeft
from ringback_harness.terminal import echo, one_line

LOOKS = 8
"""How often to look whether a call is gone."""
FIRST_PAUSE = 0.25
"""Seconds before the second look; it doubles each time."""
LATE = (1.0, 2.0)
"""Seconds to wait for a call that is not listed yet, though its request has left."""
UNCLEAR = "a request to place a call got no clear answer"


def say(line: str) -> None:
    """Tell whoever watches a run; that nobody can be told keeps no call from being ended."""
    with suppress(OSError):
        echo(one_line(line), err=True)


@dataclass
class HangUp:
    """``ended`` lists the calls that are gone, ``left`` what may still be going on.

    ``before`` are the calls that went on when the run began, ``None`` where they cannot be listed.
    """

    client: CallsClient
    sleep: Callable[[float], None] = time.sleep
    tell: Callable[[str], None] = say
    ended: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    before: frozenset[str] | None = None

    def look_around(self) -> None:
        """Learn which calls of the token's user go on already; those are nobody's business here."""
        with suppress(RingbackError):
            self.before = frozenset(call.id for call in self.client.list_calls())

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
        raise CallLeft(one_line(f"the call {call_id} could not be ended: {why}. End it by hand"))

    def _gone(self, call_id: str) -> bool:
        try:
            self.client.disconnect(call_id)
            return self.client.get_call(call_id).over
        except NotFound:
            return True

    def end_lost(self, attempt: CallAttempt) -> None:
        """End whatever an attempt without a clear answer may have placed, and tell what that was.

        Raises ``CallLeft`` where one of those calls goes on, once all of them were tried.
        """
        found = self._found(attempt)
        if not found:
            self.tell(f"{UNCLEAR}, and no call of it goes on: none was placed, or it is over already")
        stuck = [left for call in found if (left := self._end_found(call.id))]
        if stuck:
            raise stuck[0]

    def _found(self, attempt: CallAttempt) -> list[Call]:
        """The calls going on that may be the attempt's; a slow platform is asked again before it is none."""
        try:
            for pause in LATE:
                if found := self._candidates(attempt):
                    return found
                self.sleep(pause)
            return self._candidates(attempt)
        except RingbackError as error:
            self.left.append("(a call without a known id)")
            raise CallLeft(
                one_line(f"{UNCLEAR}, and the calls going on cannot be listed: {error}. ")
                + "Look for a call that was placed just now"
            ) from error

    def _candidates(self, attempt: CallAttempt) -> list[Call]:
        known = {*(self.before or ()), *self.ended}
        return [
            call
            for call in self.client.list_calls()
            if call.id not in known and (call.may_be(attempt) or self._is_new(call, attempt))
        ]

    def _is_new(self, call: Call, attempt: CallAttempt) -> bool:
        """Whether a call to anybody was begun then: who knows what a server makes of a request."""
        return self.before is not None and call.outbound and call.begun_in_time_of(attempt)

    def _end_found(self, call_id: str) -> CallLeft | None:
        """What is to be said where the call goes on."""
        try:
            self.end(call_id)
        except CallLeft as left:
            self.tell(f"{UNCLEAR}; the call {call_id}, which may be its, goes on")
            return left
        self.tell(f"{UNCLEAR}; the call {call_id}, which may be its, was found and ended")
        return None

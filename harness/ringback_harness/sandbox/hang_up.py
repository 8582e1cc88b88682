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
UNKNOWN_CALL = "(a call without a known id)"
MORE = "a request may have rung more than the call that its answer names"


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
    attempts: list[CallAttempt] = field(default_factory=list)
    """Those that were accepted."""

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

    def end_lost(self, attempt: CallAttempt, calls: int = 1) -> None:
        """End whatever an attempt without a clear answer may have placed, and tell what that was.

        ``calls`` are those that it asked for. Raises ``CallLeft`` where one of those calls goes on, once all
        of them were tried.
        """
        found = self._found(attempt, max(1, calls), UNCLEAR)
        if not found:
            self.tell(f"{UNCLEAR}, and no call of it goes on: none was placed, or it is over already")
        self._end_all(found, UNCLEAR)

    def end_rest(self, attempt: CallAttempt, more: int) -> None:
        """End what an attempt has rung beside the call that its answer names; ``more`` may be expected.

        Raises ``CallLeft`` where one of them goes on. Where nobody can look, as with a token without a user,
        that is told and counts as left: the run goes on, since one call may have taken all of them.
        """
        if self.before is None:
            if more > 0:
                self._note_unknown()
                self.tell(f"{MORE}, and this token cannot list calls. Look for one that was placed just now")
            return
        self.attempts.append(attempt)
        if more > 0:
            self._end_all(self._found(attempt, more, MORE), MORE)
            return
        with suppress(RingbackError):
            self._end_all(self._candidates(attempt), MORE)

    def sweep(self) -> None:
        """End what any attempt of the run has rung that was not there yet when it was looked for.

        Raises ``CallLeft``.
        """
        found: list[Call] = []
        if self.attempts:
            with suppress(RingbackError):
                found = self._candidates(*self.attempts)
        self._end_all(found, MORE)

    def _end_all(self, found: list[Call], why: str) -> None:
        stuck = [left for call in found if (left := self._end_found(call.id, why))]
        if stuck:
            raise stuck[0]

    def _found(self, attempt: CallAttempt, at_least: int, why: str) -> list[Call]:
        """The calls going on that may be the attempt's; a slow platform is asked again if some lack."""
        found: dict[str, Call] = {}
        try:
            for pause in (*LATE, 0.0):
                found |= {call.id: call for call in self._candidates(attempt)}
                if len(found) >= at_least or not pause:
                    break
                self.sleep(pause)
        except RingbackError as error:
            self._note_unknown()
            raise CallLeft(
                one_line(f"{why}, and the calls going on cannot be listed: {error}. ")
                + "Look for a call that was placed just now"
            ) from error
        return list(found.values())

    def _note_unknown(self) -> None:
        if UNKNOWN_CALL not in self.left:
            self.left.append(UNKNOWN_CALL)

    def _candidates(self, *attempts: CallAttempt) -> list[Call]:
        known = {*(self.before or ()), *self.ended, *self.left}
        return [
            call
            for call in self.client.list_calls()
            if call.id not in known
            and any(call.may_be(attempt) or self._is_new(call, attempt) for attempt in attempts)
        ]

    def _is_new(self, call: Call, attempt: CallAttempt) -> bool:
        """Whether a call to anybody was begun then: who knows what a server makes of a request."""
        return self.before is not None and call.outbound and call.begun_in_time_of(attempt)

    def _end_found(self, call_id: str, why: str) -> CallLeft | None:
        """What is to be said where the call goes on."""
        try:
            self.end(call_id)
        except CallLeft as left:
            self.tell(f"{why}; the call {call_id}, which may be its, goes on")
            return left
        self.tell(f"{why}; the call {call_id}, which may be its, was found and ended")
        return None

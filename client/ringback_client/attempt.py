"""One attempt to ring somebody, and what is known of it afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from ringback_client.bodies import parties
from ringback_client.calls import Call
from ringback_client.errors import (
    CallAttempt,
    CallOutcomeUnknown,
    Particulars,
    ReplyLost,
    UnexpectedReply,
)
from ringback_client.transport import Outgoing, Reply
from ringback_client.verdicts import error_of_reply, is_refusal
from ringback_contracts.core.model import Request

PLACED = (
    "the call may have been placed, between {began} and {ended}. Do not place it again before looking: "
    "find_calls(error.attempt) lists the calls it may be"
)
BROUGHT = (
    "somebody may have been rung into the call, between {began} and {ended}. Do not ask for it again before "
    "looking: find_legs(error.attempt) lists the participants it may be"
)


class Attempt:
    """Sends a request that rings somebody and reads the outcome: done, refused, or nobody knows.

    ``call_id`` is that of the call to which somebody is brought, ``before`` that call as it was.
    """

    def __init__(
        self,
        request: Request,
        send: Callable[[Outgoing], Reply],
        now: Callable[[], float],
        call_id: str | None = None,
        before: Call | None = None,
    ) -> None:
        self._request = request
        self._send = send
        self._now = now
        self._call_id = call_id
        self._known = None if before is None else before.ids
        self._began = self._ended = now()

    def send(self, outgoing: Outgoing) -> Reply:
        """Send once; raises ``CallOutcomeUnknown`` when the reply gets lost."""
        self._began = self._now()
        try:
            return self._send(outgoing)
        except ReplyLost as error:
            self._ended = self._now()
            raise self._unknown(str(error), None) from error
        finally:
            self._ended = self._now()

    def granted(self, reply: Reply) -> Reply:
        """The reply that grants it; raises a refusal's ``StatusError``, else ``CallOutcomeUnknown``."""
        if is_refusal(reply):
            raise error_of_reply(reply, self._now())
        if not 200 <= reply.status < 300:
            raise self._unknown(f"the target answered {reply.status} {reply.reason}", reply)
        return reply

    def named(self, reply: Reply, key: str, what: str) -> str:
        """An id that the reply has to give under a key; raises like ``granted``."""
        found = self.granted(reply).document.get(key)
        if not isinstance(found, str):
            raise self._unknown(f"the target answered {reply.status} without the id of {what}", reply)
        return found

    def brought(self, reply: Reply) -> tuple[str, ...]:
        """The ids of those who came to the call, which the reply shows; raises like ``granted``."""
        document = self.granted(reply).document
        try:
            after = Call.read(document)
        except UnexpectedReply as error:
            raise self._unknown(f"the target answered {reply.status} without the call", reply) from error
        known = self._known or frozenset()
        return tuple(leg.id for leg in after.participants if leg.id and leg.id not in known)

    def _unknown(self, what: str, reply: Reply | None) -> CallOutcomeUnknown:
        status = reply.status if reply else None
        code = reply.document.get("code") if reply else None
        correlation_id = reply.correlation_id if reply else None
        named = parties(self._request)
        attempt = CallAttempt(
            self._request.path,
            named.dialled + named.ids,
            named.caller,
            self._began,
            self._ended,
            correlation_id,
            self._call_id,
            self._known,
        )
        told = PLACED if self._call_id is None else BROUGHT
        text = f"{what}: {told.format(began=_clock(self._began), ended=_clock(self._ended))}"
        return CallOutcomeUnknown(text, Particulars(status, code, correlation_id), attempt=attempt)


def _clock(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")

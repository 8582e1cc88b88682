"""One attempt to place a call, and what is known of it afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from ringback_client.bodies import parties
from ringback_client.calls import PlacedCall
from ringback_client.errors import CallAttempt, CallOutcomeUnknown, Particulars, ReplyLost
from ringback_client.transport import Outgoing, Reply
from ringback_client.verdicts import error_of_reply, is_refusal
from ringback_contracts.core.model import Request


class Attempt:
    """Sends the request of a call and reads the outcome: placed, refused, or nobody knows."""

    def __init__(self, request: Request, send: Callable[[Outgoing], Reply], now: Callable[[], float]) -> None:
        self._request = request
        self._send = send
        self._now = now
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

    def outcome(self, reply: Reply) -> PlacedCall:
        """The placed call; raises a refusal's ``StatusError``, and ``CallOutcomeUnknown`` for the rest."""
        if is_refusal(reply):
            raise error_of_reply(reply, self._now())
        if not 200 <= reply.status < 300:
            raise self._unknown(f"the target answered {reply.status} {reply.reason}", reply)
        document = reply.document
        if not isinstance(document.get("id"), str):
            raise self._unknown(f"the target answered {reply.status} without the id of a call", reply)
        return PlacedCall(
            id=document["id"],
            self_uri=document.get("selfUri"),
            uri=document.get("uri"),
            created_time=document.get("createdTime"),
            note=reply.headers.get("Ringback-Note"),
            correlation_id=reply.correlation_id,
            document=document,
        )

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
        )
        text = (
            f"{what}: the call may have been placed, between {_clock(self._began)} and "
            f"{_clock(self._ended)}. Do not place it again before looking: find_calls(error.attempt) lists "
            "the calls it may be"
        )
        return CallOutcomeUnknown(text, Particulars(status, code, correlation_id), attempt=attempt)


def _clock(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")

"""The newest exchanges of an org: kept raw and cheaply; ``shown`` redacts them on the way out."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from itertools import islice
from typing import Any, NamedTuple

from ringback_contracts.core.model import Accepted, Caller, Rejected, Request, Verdict
from ringback_mock.engine.bounded import Bounded, Room
from ringback_mock.engine.changes import ChangeLog
from ringback_mock.http import Response

KEPT_BODY_BYTES = 64 * 2**10
"""A longer body is cut here."""
JOURNAL_BYTES = 8 * 2**20
"""Most bytes of requests and replies that one org's journal holds."""
EXCHANGE_FRAME, REFUSAL_FRAME = 4_500, 700
"""Memory that an exchange, or the line of one that had to go, takes beside the bytes of it that are kept."""
REFUSALS_KEPT, REFUSALS_BYTES = 1_000, 2**20
"""How many refusals that had to go are still known by a line each, and most bytes of all these lines."""

LONGEST_TEXT, CUT = 1_000, "(too long to be kept)"
"""Characters of a method or a path in such a line; a longer one is left out: cut, it might tell a secret."""


class Exchange(NamedTuple):
    """One request and its reply as they were, but for bodies that were cut; the repr shows neither."""

    id: str
    at: float
    request: Request
    response: Response
    verdict: Verdict | None
    call_id: str | None
    caller: Caller | None
    cut: bool

    def __repr__(self) -> str:
        return f"Exchange(id={self.id!r}, at={self.at!r}, status={self.response.status})"


class Refusal(NamedTuple):
    """What is left of a refusal that had to go."""

    id: str
    method: str
    path: str
    status: int
    headers: Mapping[str, str]


class Forgotten:
    """What has left a journal to make room: how many ``exchanges``, how many ``refusals`` among them, and the
    newest of these by a line each.

    Whoever looks for refusals at the end of a long run would otherwise take it for a good one.
    """

    def __init__(self, room: Room | None) -> None:
        self._newest: Bounded[str, Refusal] = Bounded(
            REFUSALS_KEPT, REFUSALS_BYTES, room=room, frame=REFUSAL_FRAME
        )
        self.clear()

    def close(self) -> None:
        self._newest.close()

    def clear(self) -> None:
        self.exchanges = self.refusals = 0
        self._newest.clear()

    def add(self, correlation_id: str, exchange: Exchange) -> None:
        self.exchanges += 1
        response, request = exchange.response, exchange.request
        if response.status < HTTPStatus.BAD_REQUEST:
            return
        self.refusals += 1
        headers = dict(response.headers)
        method, path = (text if len(text) <= LONGEST_TEXT else CUT for text in (request.method, request.path))
        refusal = Refusal(correlation_id, method, path, response.status, headers)
        self._newest.put(correlation_id, refusal, len(method) + len(path))

    def take_back(self, *values: Any) -> None:
        """Know a refusal again that was known before."""
        one = Refusal(*values)
        self._newest.put(one.id, one, len(one.method) + len(one.path))

    def newest_refusals(self) -> list[Refusal]:
        """As many of these as are still known, the oldest first."""
        return list(self._newest.values())


class Page(NamedTuple):
    """Exchanges as they came, the oldest first; ``older`` is the number before which there are more."""

    exchanges: Sequence[Exchange]
    older: int | None


class Journal:
    """A ring of exchanges, found by their correlation ids, and numbered from 0 in the order they came in.

    ``changes`` are those of the org, which are no exchanges with it.
    """

    def __init__(self, org_id: str, size: int, room: Room | None = None) -> None:
        self.org_id = org_id
        self.forgotten = Forgotten(room)
        self.changes = ChangeLog(room)
        self._ring: Bounded[str, Exchange] = Bounded(
            size, JOURNAL_BYTES, self.forgotten.add, room=room, frame=EXCHANGE_FRAME
        )

    def record(  # noqa: PLR0913 - the parts of an exchange
        self,
        correlation_id: str,
        at: float,
        request: Request,
        response: Response,
        verdict: Verdict | None = None,
        call_id: str | None = None,
        *,
        caller: Caller | None = None,
    ) -> None:
        """Keep an exchange; ``call_id`` names the call that it placed, ``caller`` is who was judged."""
        sent, received = len(request.body), len(response.body)
        cut = sent > KEPT_BODY_BYTES or received > KEPT_BODY_BYTES
        if cut:
            request = replace(request, body=request.body[:KEPT_BODY_BYTES])
            response = replace(response, body=response.body[:KEPT_BODY_BYTES])
            verdict = _without_intent(verdict)
        exchange = Exchange(correlation_id, at, request, response, verdict, call_id, caller, cut)
        self._ring.put(correlation_id, exchange, _weight(exchange))

    def kept(self, correlation_id: str) -> Exchange | None:
        """One exchange as it came, secrets and all; bodies may have been cut at ``KEPT_BODY_BYTES``."""
        return self._ring.get(correlation_id)

    def page(self, limit: int, before: int = sys.maxsize) -> Page:
        """The newest ``limit`` of the exchanges before that number, secrets and all."""
        end = min(before, self.total)
        start = max(self.forgotten.exchanges, end - limit)
        skipped, count = self.total - end, max(0, end - start)
        newest = list(islice(self._ring.newest(), skipped, skipped + count))
        more = count > 0 and start > self.forgotten.exchanges
        return Page(newest[::-1], start if more else None)

    def numbered(self, before: int = sys.maxsize) -> Iterator[tuple[int, Exchange]]:
        """Those that there are now before that number, each with its own, the newest first."""
        end = min(before, self.total)
        kept = list(islice(self._ring.newest(), self.total - end, None))
        return zip(range(end - 1, -1, -1), kept, strict=False)

    @property
    def total(self) -> int:
        """How many exchanges there have been since the start or the last ``clear``."""
        return len(self._ring) + self.forgotten.exchanges

    def clear(self) -> None:
        self._ring.clear()
        self.forgotten.clear()

    def close(self) -> None:
        """Forget everything, and keep nothing any more."""
        self._ring.close()
        self.forgotten.close()
        self.changes.close()

    def __iter__(self) -> Iterator[Exchange]:
        """The exchanges as they came, secrets and all, from the oldest to the newest."""
        return self._ring.values()

    def __len__(self) -> int:
        return len(self._ring)


def _without_intent(verdict: Verdict | None) -> Verdict | None:
    """The verdict without what it quotes of a large body."""
    return replace(verdict, intent=None, instructions=()) if isinstance(verdict, Accepted) else verdict


def _weight(exchange: Exchange) -> int:
    request, response, verdict = exchange.request, exchange.response, exchange.verdict
    weight = request.head_bytes + len(request.body) + len(response.body)
    if isinstance(verdict, Rejected):
        weight += len(verdict.finding.detail) + len(verdict.finding.pointer)
    return weight

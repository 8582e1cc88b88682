"""Who waits for an answer of a replica, and what it asks of the log for them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ringback_contracts.core.model import Request
from ringback_mock.engine.pipeline import Answered
from ringback_mock.http import Peer, Response
from ringback_mock.replicas.log import Proposal

if TYPE_CHECKING:
    from ringback_mock.engine.tenant import Tenant
    from ringback_mock.engine.writes import Write

ANYTHING = "*"
"""What a proposal hangs on that stands only where nothing at all has changed."""


class Job:
    """A request that waits to be answered, or with ``request`` of ``None`` somebody who waits to know.

    ``fresh`` says that what the replica knows is no older than the request.
    """

    __slots__ = ("answer", "began", "fresh", "peer", "request")

    def __init__(self, request: Request | None, peer: Peer, answer: asyncio.Future[Response | None]) -> None:
        self.request = request
        self.peer = peer
        self.answer = answer
        self.began = time.perf_counter()
        self.fresh = False

    @property
    def may_guess(self) -> bool:
        """Whether it is decided on what is known, as what its answer hangs on is looked at again."""
        return self.request is not None and self.request.path.startswith("/api/")

    def resolve(self, answer: Response | None) -> None:
        """Give the answer to whoever asked, who may be gone."""
        if not self.answer.done():
            self.answer.set_result(answer)


class Decision(NamedTuple):
    """What a replica wants of the log, and for whom."""

    proposal: Proposal
    job: Job | None = None
    moment: float = 0.0
    tenant: Tenant | None = None
    writes: Sequence[Write] = ()
    answered: Answered | None = None


QUESTION = Proposal(ANYTHING, "", b"")

"""What one run of a program left behind: its exit, and the requests that reached the mock."""

from __future__ import annotations

import signal
from collections import Counter
from dataclasses import dataclass, field
from enum import Enum

from ringback_contracts.catalogue import PLACING, route
from ringback_contracts.core.model import Accepted, Destination
from ringback_contracts.http.faults import FaultKind
from ringback_contracts.life import Conversation
from ringback_contracts.resources.tokens.paths import TOKEN_PATH
from ringback_harness.crash.legs import most_to_one
from ringback_harness.crash.scenarios import Scenario
from ringback_harness.crash.witness import SocketEvent
from ringback_mock.engine.faults import HEADER as FAULT_HEADER
from ringback_mock.engine.journal import Exchange


class RunEnd(Enum):
    """How the program came to its end."""

    OWN = "by itself"
    TIMEOUT = "ended: its time was up"
    TOO_MANY = "ended: it would not stop sending"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramRun:
    """One run of the program in one scenario.

    ``exit_code`` is what the program answered, meaningless unless it ended by itself. ``seconds`` go from
    its first request to its end. ``expired_handshakes`` are connections that were shown
    a certificate that has expired, ``sockets_struck`` sockets that the scenario's fault befell. ``events``
    went over sockets, and ``calls`` are as they stood at the end. ``output`` is the end of what
    the program said, for people only: nothing is judged by it.
    """

    scenario: Scenario
    exit_code: int
    end: RunEnd
    exchanges: tuple[Exchange, ...]
    began: float
    ended: float
    expired_handshakes: int = 0
    sockets_struck: int = 0
    events: tuple[SocketEvent, ...] = ()
    calls: tuple[Conversation, ...] = ()
    output: str = field(default="", repr=False)

    @property
    def seconds(self) -> float:
        return self.ended - (self.exchanges[0].at if self.exchanges else self.began)

    @property
    def succeeded(self) -> bool:
        """Whether the program says that it did what it was for."""
        return self.end is RunEnd.OWN and self.exit_code == 0

    @property
    def way_out(self) -> str:
        """How it ended, after "it" or "the program"."""
        if self.exit_code >= 0:
            return f"ended with {self.exit_code}"
        try:
            return f"was ended by {signal.Signals(-self.exit_code).name}"
        except ValueError:  # real-time signals have no names
            return f"was ended by signal {-self.exit_code}"

    @property
    def placed(self) -> tuple[Exchange, ...]:
        return tuple(exchange for exchange in self.exchanges if exchange.call_id is not None)

    @property
    def attempts(self) -> tuple[Exchange, ...]:
        """The requests that were to place a call."""
        return tuple(exchange for exchange in self.exchanges if is_attempt(exchange))

    @property
    def logins(self) -> tuple[Exchange, ...]:
        return tuple(exchange for exchange in self.exchanges if is_login(exchange))

    @property
    def most_calls(self) -> int:
        """The calls placed to the destination that was called most often."""
        return max(Counter(map(_destinations, self.placed)).values(), default=0)

    @property
    def most_legs(self) -> int:
        """The legs of one call that were dialled to whom it called most often."""
        return most_to_one(self.exchanges)

    @property
    def reached(self) -> bool:
        """Whether the program found the mock."""
        return bool(self.exchanges) or self.expired_handshakes > 0

    @property
    def struck(self) -> bool:
        """Whether what the scenario is about has happened."""
        if self.scenario.over_tls:
            return self.expired_handshakes > 0
        if self.scenario.of_sockets:
            return self.sockets_struck > 0
        if not self.scenario.faults:
            return self.reached
        return any(fault_of(exchange) for exchange in self.exchanges)


def _destinations(exchange: Exchange) -> tuple[Destination, ...]:
    verdict = exchange.verdict
    return verdict.intent.destinations if isinstance(verdict, Accepted) and verdict.intent else ()


def brings_in(exchange: Exchange) -> bool:
    """Whether the request is one that rings somebody into a call when it is granted."""
    operation = route(exchange.request.method, exchange.request.path).operation
    return operation is not None and operation.dials and operation.of_one_call


def is_login(exchange: Exchange) -> bool:
    """Whether the request is one for a token."""
    return exchange.request.path == TOKEN_PATH


def is_attempt(exchange: Exchange) -> bool:
    """Whether the request is one that places a call when it is granted."""
    return operation_of(exchange) in PLACING


def operation_of(exchange: Exchange) -> str | None:
    """The operation that a request is for; ``None`` for a login, and where nothing is served."""
    operation = route(exchange.request.method, exchange.request.path).operation
    return operation.id if operation else None


def header(exchange: Exchange, wanted: str) -> str | None:
    """A header of the answer."""
    return next((value for name, value in exchange.response.headers if name == wanted), None)


def fault_of(exchange: Exchange) -> str | None:
    """The kind of fault that struck the request."""
    return header(exchange, FAULT_HEADER)


def is_whole(exchange: Exchange) -> bool:
    """Whether the answer arrived in time and whole, and could be read."""
    return fault_of(exchange) in (None, FaultKind.UNKNOWN_FIELD, FaultKind.UNKNOWN_VALUE)

"""What goes wrong in each scenario, and which questions it asks of a program."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ringback_contracts.core.nearest import nearest
from ringback_contracts.http.faults import Fault, FaultKind, FaultOperation

JOBS = 2 * (os.cpu_count() or 1)
"""Programs at a time: most of them wait most of the time."""

ASKED_WAIT = 2
"""Seconds that ``Retry-After`` asks for: enough to tell waiting from luck."""
LATE = 3
"""Seconds by which a slow reply is late: within the patience of any client."""
NEVER = 3600
QUICK = 15.0
"""How much faster than the world's the clock of a call goes that is to be followed: half a minute without an
event, after which a heartbeat comes, is two seconds."""


class Question(StrEnum):
    """What a scenario can ask of a program; the words are those of a report."""

    DIALS_ONCE = "dials once"
    TELLS_THE_TRUTH = "tells the truth"
    WAITS = "waits"
    GIVES_UP = "gives up"
    RECOVERS = "recovers"
    LOGS_IN_ONCE = "logs in once"
    SURVIVES = "survives the future"
    CHECKS_CERTIFICATE = "checks the certificate"
    LEAVES_NOBODY_WAITING = "leaves nobody waiting"
    KNOWS_THE_END = "knows the final state"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One way to misbehave; ``story`` completes "in this scenario ...".

    ``speed`` is that of the org's clock, by which calls go on; requests are timed by the world's.
    """

    name: str
    story: str
    faults: tuple[Fault, ...] = ()
    asks: tuple[Question, ...]
    speed: float = 1.0

    @property
    def over_tls(self) -> bool:
        """Whether it takes a mock that serves HTTPS."""
        return any(fault.shows_certificate for fault in self.faults)

    @property
    def of_sockets(self) -> bool:
        """Whether it befalls those who listen to a channel."""
        return any(fault.of_socket for fault in self.faults)


class UnknownScenario(ValueError):
    """No scenario has that name; the text names the nearest."""


Q = Question
PLACING = (Q.DIALS_ONCE, Q.TELLS_THE_TRUTH)
INTO_A_CALL = (*PLACING, Q.LEAVES_NOBODY_WAITING)
LISTENING = (Q.KNOWS_THE_END, Q.DIALS_ONCE)
AFTER_A_WAIT = (Q.RECOVERS, Q.WAITS, *PLACING)
LOGIN: FaultOperation = "login"

SCENARIOS = (
    Scenario(
        name="healthy",
        story="all is well",
        asks=(*PLACING, Q.LOGS_IN_ONCE),
    ),
    Scenario(
        name="lost-reply",
        story="the call is placed, and the connection closes before the answer",
        faults=(Fault(kind=FaultKind.LOST_REPLY),),
        asks=PLACING,
    ),
    Scenario(
        name="reset-before-reading",
        story="the connection is reset once, before the request is looked at",
        faults=(Fault(kind=FaultKind.RESET, times=1),),
        asks=PLACING,
    ),
    Scenario(
        name="truncated-reply",
        story="the call is placed, and the answer breaks off in its body",
        faults=(Fault(kind=FaultKind.TRUNCATED_REPLY),),
        asks=PLACING,
    ),
    Scenario(
        name="slow-reply",
        story=f"the call is placed, and the answer begins {LATE} seconds later",
        faults=(Fault(kind=FaultKind.SLOW_REPLY, seconds=LATE),),
        asks=PLACING,
    ),
    Scenario(
        name="trickled-reply",
        story=f"the call is placed, and the answer's body takes {LATE} seconds, byte by byte",
        faults=(Fault(kind=FaultKind.TRICKLED_REPLY, seconds=LATE),),
        asks=PLACING,
    ),
    Scenario(
        name="no-reply",
        story="the call is placed, and the answer never begins",
        faults=(Fault(kind=FaultKind.SLOW_REPLY, seconds=NEVER),),
        asks=(Q.DIALS_ONCE, Q.GIVES_UP, Q.TELLS_THE_TRUTH),
    ),
    Scenario(
        name="rate-limited",
        story=f"the first call is answered 429 with Retry-After: {ASKED_WAIT}",
        faults=(Fault(kind=FaultKind.RATE_LIMITED, times=1, retry_after=ASKED_WAIT),),
        asks=AFTER_A_WAIT,
    ),
    Scenario(
        name="rate-limited-until-a-date",
        story="the first call is answered 429, and Retry-After is an HTTP date",
        faults=(
            Fault(
                kind=FaultKind.RATE_LIMITED,
                times=1,
                retry_after=ASKED_WAIT,
                retry_after_form="date",
            ),
        ),
        asks=AFTER_A_WAIT,
    ),
    Scenario(
        name="rate-limited-without-a-time",
        story="the first call is answered 429 without Retry-After",
        faults=(Fault(kind=FaultKind.RATE_LIMITED, times=1),),
        asks=AFTER_A_WAIT,
    ),
    Scenario(
        name="server-error",
        story="each call is answered 500",
        faults=(Fault(kind=FaultKind.SERVER_ERROR),),
        asks=(Q.TELLS_THE_TRUTH, Q.GIVES_UP),
    ),
    Scenario(
        name="bad-gateway",
        story="each call is answered 502 with an HTML body",
        faults=(Fault(kind=FaultKind.BAD_GATEWAY),),
        asks=(Q.TELLS_THE_TRUTH, Q.GIVES_UP),
    ),
    Scenario(
        name="unavailable",
        story=f"the first call is answered 503 with Retry-After: {ASKED_WAIT}",
        faults=(Fault(kind=FaultKind.UNAVAILABLE, times=1, retry_after=ASKED_WAIT),),
        asks=AFTER_A_WAIT,
    ),
    Scenario(
        name="unavailable-without-a-time",
        story="the first call is answered 503 without Retry-After",
        faults=(Fault(kind=FaultKind.UNAVAILABLE, times=1),),
        asks=(Q.TELLS_THE_TRUTH, Q.WAITS),
    ),
    Scenario(
        name="stays-down",
        story="each call is answered 503 with Retry-After: 1",
        faults=(Fault(kind=FaultKind.UNAVAILABLE, retry_after=1),),
        asks=(Q.GIVES_UP, Q.WAITS, Q.TELLS_THE_TRUTH),
    ),
    Scenario(
        name="gateway-timeout",
        story="each call is placed and yet answered 504",
        faults=(Fault(kind=FaultKind.GATEWAY_TIMEOUT),),
        asks=PLACING,
    ),
    Scenario(
        name="token-revoked",
        story="the first call is answered 401, since the token was revoked; a new one works",
        faults=(Fault(kind=FaultKind.TOKEN_REVOKED, times=1),),
        asks=(Q.RECOVERS, Q.LOGS_IN_ONCE, *PLACING),
    ),
    Scenario(
        name="tokens-refused",
        story="each call is answered 401, however new the token is",
        faults=(Fault(kind=FaultKind.TOKEN_REVOKED),),
        asks=(Q.GIVES_UP, Q.LOGS_IN_ONCE, Q.TELLS_THE_TRUTH),
    ),
    Scenario(
        name="login-fails-once",
        story="the first login is answered 503",
        faults=(Fault(kind=FaultKind.UNAVAILABLE, operation=LOGIN, times=1),),
        asks=(Q.RECOVERS, Q.WAITS, Q.LOGS_IN_ONCE),
    ),
    Scenario(
        name="login-stays-down",
        story="each login is answered 503",
        faults=(Fault(kind=FaultKind.UNAVAILABLE, operation=LOGIN),),
        asks=(Q.GIVES_UP, Q.WAITS, Q.TELLS_THE_TRUTH),
    ),
    Scenario(
        name="slow-login",
        story=f"the login's answer begins {LATE} seconds late",
        faults=(Fault(kind=FaultKind.SLOW_REPLY, operation=LOGIN, seconds=LATE),),
        asks=(*PLACING, Q.LOGS_IN_ONCE),
    ),
    Scenario(
        name="not-json",
        story="the call is placed, and the success carries a body that is no JSON",
        faults=(Fault(kind=FaultKind.NOT_JSON),),
        asks=PLACING,
    ),
    Scenario(
        name="unknown-field",
        story="every answer has a field that no client knows",
        faults=(Fault(kind=FaultKind.UNKNOWN_FIELD, operation="any"),),
        asks=(Q.SURVIVES, Q.DIALS_ONCE),
    ),
    Scenario(
        name="unknown-value",
        story="the call that is read has a state that no client knows",
        faults=(Fault(kind=FaultKind.UNKNOWN_VALUE, operation="read"),),
        asks=(Q.SURVIVES, Q.DIALS_ONCE),
    ),
    Scenario(
        name="expired-certificate",
        story="the mock serves HTTPS with a certificate that has expired",
        faults=(Fault(kind=FaultKind.EXPIRED_CERTIFICATE),),
        asks=(Q.CHECKS_CERTIFICATE, Q.TELLS_THE_TRUTH),
    ),
    Scenario(
        name="lost-reply-of-a-consult",
        story="the consult begins, and the connection closes before the answer",
        faults=(Fault(kind=FaultKind.LOST_REPLY, operation="consult"),),
        asks=INTO_A_CALL,
        speed=QUICK,
    ),
    Scenario(
        name="lost-reply-of-a-transfer",
        story="the call is transferred, and the connection closes before the answer",
        faults=(Fault(kind=FaultKind.LOST_REPLY, operation="transfer"),),
        asks=INTO_A_CALL,
        speed=QUICK,
    ),
    Scenario(
        name="socket-refused",
        story="the first socket of a channel is answered 503",
        faults=(Fault(kind=FaultKind.SOCKET_REFUSED, times=1),),
        asks=LISTENING,
        speed=QUICK,
    ),
    Scenario(
        name="socket-lost",
        story="each socket of a channel breaks after its first event",
        faults=(Fault(kind=FaultKind.SOCKET_LOST),),
        asks=LISTENING,
        speed=QUICK,
    ),
    Scenario(
        name="silent-socket",
        story="heartbeats come over the socket of a channel, and events do not",
        faults=(Fault(kind=FaultKind.SOCKET_SILENT),),
        asks=LISTENING,
        speed=QUICK,
    ),
    Scenario(
        name="closing-socket",
        story="the first socket of a channel says that it closes, and does",
        faults=(Fault(kind=FaultKind.SOCKET_CLOSED, seconds=0, times=1),),
        asks=LISTENING,
        speed=QUICK,
    ),
    Scenario(
        name="late-events",
        story="each event comes eight seconds late, by the clock of the call",
        faults=(Fault(kind=FaultKind.EVENTS_LATE, seconds=8),),
        asks=LISTENING,
        speed=QUICK,
    ),
    Scenario(
        name="doubled-events",
        story="each event comes twice over the socket of a channel",
        faults=(Fault(kind=FaultKind.EVENTS_TWICE),),
        asks=LISTENING,
        speed=QUICK,
    ),
)


def check_scenarios(kinds: Iterable[str], scenarios: Iterable[Scenario]) -> None:
    """Raise ``ValueError`` for a kind of fault that no program is tried with."""
    tried = {fault.kind for scenario in scenarios for fault in scenario.faults}
    for kind in kinds:
        if kind not in tried:
            raise ValueError(f"the fault {kind} has no scenario: add one to SCENARIOS")


check_scenarios(FaultKind, SCENARIOS)

HEALTHY = SCENARIOS[0]
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}


def named(name: str) -> Scenario:
    """The scenario of that name; raises ``UnknownScenario``, which names the nearest."""
    if name in BY_NAME:
        return BY_NAME[name]
    near = nearest(name, BY_NAME, at_least=0)
    raise UnknownScenario(f"{name!r} is no scenario; the nearest is {near!r}, and --list shows them all")

"""Faults as data: which requests one takes, what it does to them, and how many times."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from ringback_contracts.core.declare import COMMON_ERRORS, RATE_NOTICE
from ringback_contracts.core.decode import DecodeError, decode, shown
from ringback_contracts.core.model import Evidence


class FaultError(ValueError):
    """The text is no fault: what is wrong, where, and the nearest valid name."""


class FaultKind(StrEnum):
    """What goes wrong, and whether the request has been acted on by then."""

    LOST_REPLY = "lost-reply"
    """The request is acted on, and the connection closes before the answer."""
    RESET = "reset"
    """The connection is reset before the request is looked at."""
    TRUNCATED_REPLY = "truncated-reply"
    """The request is acted on, and the connection closes in the middle of the answer's body."""
    SLOW_REPLY = "slow-reply"
    """The request is acted on, and the answer begins ``seconds`` later."""
    TRICKLED_REPLY = "trickled-reply"
    """The request is acted on, and the answer's body takes ``seconds``, byte by byte."""
    RATE_LIMITED = "rate-limited"
    """429; nothing is acted on."""
    SERVER_ERROR = "server-error"
    """500; nothing is acted on, but a client cannot know."""
    BAD_GATEWAY = "bad-gateway"
    """502 with an HTML body; nothing is acted on, but a client cannot know."""
    UNAVAILABLE = "unavailable"
    """503; nothing is acted on."""
    GATEWAY_TIMEOUT = "gateway-timeout"
    """504 after the request was acted on."""
    TOKEN_REVOKED = "token-revoked"
    """401: the token is revoked in mid-life; nothing is acted on."""
    NOT_JSON = "not-json"
    """The request is acted on, and the success carries a body that is no JSON."""
    UNKNOWN_VALUE = "unknown-value"
    """A state in the answer has a value that no SDK knows yet."""
    UNKNOWN_FIELD = "unknown-field"
    """The answer has a field that no SDK knows yet."""
    EXPIRED_CERTIFICATE = "expired-certificate"
    """The TLS handshake shows a certificate that has expired, before there is any request."""
    SOCKET_REFUSED = "socket-refused"
    """The socket of a channel does not open: its handshake is answered with 503."""
    SOCKET_LOST = "socket-lost"
    """The connection of a socket breaks after ``after`` events."""
    SOCKET_SILENT = "socket-silent"
    """Heartbeats come over a socket, and events do not."""
    SOCKET_CLOSED = "socket-closed"
    """Maintenance: a socket says after ``seconds`` that it closes, and does a minute later."""
    EVENTS_LATE = "events-late"
    """The events of a socket come ``seconds`` later than they are due."""
    EVENTS_TWICE = "events-twice"
    """Each event comes twice over a socket."""


FaultOperation = Literal[
    "any", "place", "read", "consult", "transfer", "tell", "disconnect", "login", "connect", "listen"
]
TELL: FaultOperation = "tell"
"""Whatever else changes a call that is there."""
LOGIN: FaultOperation = "login"
CONNECT: FaultOperation = "connect"
"""A connection that begins TLS, which is no request yet."""
LISTEN: FaultOperation = "listen"
"""A socket of a channel that opens."""
RetryAfterForm = Literal["seconds", "date"]

MOST_FAULTS = 1_000
"""Faults that one org can have at a time: each one about a call is asked whether it strikes it."""
LONGEST_NUMBER = 1_000
"""Characters; no address that is dialled is longer."""
LONGEST_SECONDS = 3600
"""No client waits longer, and a test should not either."""

DIGITS = re.compile(r"(?:tel:)?[+\d\s().-]*", re.IGNORECASE)
"""What is meant for a number, whether or not it is one."""
DIALLED = re.compile(r"\+[1-9][0-9]{2,14}|[0-9]{1,6}")
"""A number as calls are known by: E.164, or an extension."""


class FaultTime(StrEnum):
    """When a fault strikes."""

    CONNECTING = "before there is a request"
    BEFORE = "before the request is acted on"
    AFTER = "after the request was acted on"
    LISTENING = "when the socket of a channel opens, or is open"


@dataclass(frozen=True, slots=True)
class KnownFault:
    """When a kind of fault strikes, and how we know that programs meet it."""

    moment: FaultTime
    evidence: Evidence
    source: str


NETWORKS = "networks and proxies do it to any HTTP server (RFC 9112, sections 8 and 9)"
CHANNEL_CLIENTS = "public clients of the platform's notification service tell of it and handle it"
LATER_VERSIONS = "the platform adds to its answers without notice; this addition is Ringback's own"
KNOWN: Mapping[FaultKind, KnownFault] = {
    FaultKind.LOST_REPLY: KnownFault(FaultTime.AFTER, Evidence.ASSUMED, NETWORKS),
    FaultKind.RESET: KnownFault(FaultTime.BEFORE, Evidence.ASSUMED, NETWORKS),
    FaultKind.TRUNCATED_REPLY: KnownFault(FaultTime.AFTER, Evidence.ASSUMED, NETWORKS),
    FaultKind.SLOW_REPLY: KnownFault(FaultTime.AFTER, Evidence.ASSUMED, NETWORKS),
    FaultKind.TRICKLED_REPLY: KnownFault(FaultTime.AFTER, Evidence.ASSUMED, NETWORKS),
    FaultKind.RATE_LIMITED: KnownFault(FaultTime.BEFORE, Evidence.PUBLISHED, RATE_NOTICE),
    FaultKind.SERVER_ERROR: KnownFault(FaultTime.BEFORE, Evidence.PUBLISHED, COMMON_ERRORS),
    FaultKind.BAD_GATEWAY: KnownFault(FaultTime.BEFORE, Evidence.ASSUMED, NETWORKS),
    FaultKind.UNAVAILABLE: KnownFault(FaultTime.BEFORE, Evidence.PUBLISHED, COMMON_ERRORS),
    FaultKind.GATEWAY_TIMEOUT: KnownFault(FaultTime.AFTER, Evidence.PUBLISHED, COMMON_ERRORS),
    FaultKind.TOKEN_REVOKED: KnownFault(FaultTime.BEFORE, Evidence.PUBLISHED, COMMON_ERRORS),
    FaultKind.NOT_JSON: KnownFault(FaultTime.AFTER, Evidence.ASSUMED, NETWORKS),
    FaultKind.UNKNOWN_VALUE: KnownFault(FaultTime.AFTER, Evidence.ASSUMED, LATER_VERSIONS),
    FaultKind.UNKNOWN_FIELD: KnownFault(FaultTime.AFTER, Evidence.ASSUMED, LATER_VERSIONS),
    FaultKind.EXPIRED_CERTIFICATE: KnownFault(FaultTime.CONNECTING, Evidence.ASSUMED, NETWORKS),
    FaultKind.SOCKET_REFUSED: KnownFault(FaultTime.LISTENING, Evidence.ASSUMED, NETWORKS),
    FaultKind.SOCKET_LOST: KnownFault(FaultTime.LISTENING, Evidence.ASSUMED, NETWORKS),
    FaultKind.SOCKET_SILENT: KnownFault(FaultTime.LISTENING, Evidence.REPORTED, CHANNEL_CLIENTS),
    FaultKind.SOCKET_CLOSED: KnownFault(FaultTime.LISTENING, Evidence.REPORTED, CHANNEL_CLIENTS),
    FaultKind.EVENTS_LATE: KnownFault(FaultTime.LISTENING, Evidence.ASSUMED, NETWORKS),
    FaultKind.EVENTS_TWICE: KnownFault(FaultTime.LISTENING, Evidence.REPORTED, CHANNEL_CLIENTS),
}


def check_known(kinds: Iterable[str], known: Container[str]) -> None:
    """Raise ``ValueError`` for a kind of which nobody says how it is known."""
    for kind in kinds:
        if kind not in known:
            raise ValueError(f"the fault {kind} has no evidence: add when it strikes and a source to KNOWN")


check_known(FaultKind, KNOWN)

BEFORE = frozenset(kind for kind, known in KNOWN.items() if known.moment is FaultTime.BEFORE)
"""Kinds that keep a request from being acted on."""
OF_SOCKETS = frozenset(kind for kind, known in KNOWN.items() if known.moment is FaultTime.LISTENING)
"""Kinds that befall sockets, and no request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong.

    It takes requests of ``operation`` (those that place calls, if it is not given), where ``number`` is given
    only those about a call to that number; an expired certificate takes handshakes and nothing else. Of
    these it strikes the ``nth`` alone, or the first of each ``every``, at most ``times`` times; without all
    three it strikes each. ``seconds`` is the delay of slow kinds, ``retry_after`` what 429 and 503 ask for
    (none: no header), written as ``retry_after_form`` says. ``after`` counts the events that come over a
    socket before it is lost.
    """

    kind: FaultKind
    operation: FaultOperation | None = None
    number: str | None = None
    nth: int | None = None
    every: int | None = None
    times: int | None = None
    seconds: float = 5
    retry_after: int | None = None
    retry_after_form: RetryAfterForm = "seconds"
    after: int = 1

    def __post_init__(self) -> None:
        if self.operation is None:
            usual = "connect" if self.shows_certificate else "listen" if self.of_socket else "place"
            object.__setattr__(self, "operation", usual)
        self._check_what_it_takes()
        for name in ("nth", "every", "times"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise FaultError(f"fault {self.kind}: {name} is {value}, and must be at least 1")
        if self.nth is not None and self.every is not None:
            raise FaultError(f"fault {self.kind}: give nth or every, not both")
        for name in ("seconds", "retry_after", "after"):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= LONGEST_SECONDS:
                raise FaultError(f"fault {self.kind}: {name} is {value}, and must be 0 to {LONGEST_SECONDS}")

    def _check_what_it_takes(self) -> None:
        if self.shows_certificate and (self.operation != "connect" or self.number is not None):
            raise FaultError(
                f"fault {self.kind}: leave operation and number out: a certificate is shown when a client "
                "connects, before it has sent any request"
            )
        if self.operation == "connect" and not self.shows_certificate:
            raise FaultError(
                f"fault {self.kind}: operation 'connect' is for {FaultKind.EXPIRED_CERTIFICATE} alone; "
                "'any' takes every request"
            )
        if self.of_socket and (self.operation != "listen" or self.number is not None):
            raise FaultError(
                f"fault {self.kind}: leave operation and number out: it befalls the sockets of channels"
            )
        if self.operation == "listen" and not self.of_socket:
            raise FaultError(
                f"fault {self.kind}: operation 'listen' is for sockets: {', '.join(sorted(OF_SOCKETS))}"
            )
        if self.number is not None and len(self.number) > LONGEST_NUMBER:
            raise FaultError(
                f"fault {self.kind}: number has {len(self.number):,} characters, and may have "
                f"{LONGEST_NUMBER:,}"
            )
        if self.number is not None and self.operation == "login":
            raise FaultError(f"fault {self.kind}: leave number out: a login is about no call")
        if self.number is not None and DIGITS.fullmatch(self.number) and not DIALLED.fullmatch(self.number):
            raise FaultError(
                f"fault {self.kind}: number is {self.number!r}, and must be + and the digits, "
                "as in +442079460100"
            )

    @property
    def shows_certificate(self) -> bool:
        """Whether it strikes TLS handshakes, which only a server with such a certificate can play."""
        return self.kind is FaultKind.EXPIRED_CERTIFICATE

    @property
    def of_socket(self) -> bool:
        """Whether it befalls the sockets of channels."""
        return self.kind in OF_SOCKETS

    def takes(self, what: str, numbers: Container[str]) -> bool:
        """Whether the fault is about a request of this kind and one of these numbers.

        ``what`` is the operation's word for it (``Operation.fault``), ``LOGIN``, ``CONNECT`` or
        ``LISTEN``.
        """
        if self.number is not None and self.number not in numbers:
            return False
        return what == self.operation or (self.operation == "any" and what not in (CONNECT, LISTEN))

    def strikes(self, seen: int, struck: int) -> bool:
        """Whether it strikes the ``seen``-th request that it takes, having struck ``struck`` before."""
        if self.times is not None and struck >= self.times:
            return False
        if self.nth is not None:
            return seen == self.nth
        return self.every is None or (seen - 1) % self.every == 0


def fault_from(data: object) -> Fault:
    """The fault that JSON or TOML values describe, ``None`` for what is not given; raises ``FaultError``."""
    if not isinstance(data, Mapping):
        raise FaultError(
            f'a fault is an object such as {{"kind": "lost-reply", "times": 1}}, not {shown(data)}'
        )
    try:
        return decode(Fault, {name: value for name, value in data.items() if value is not None})
    except DecodeError as error:
        raise FaultError(str(error)) from error


def parse_fault(text: str) -> Fault:
    """Read ``KIND`` or ``KIND:name=value,...``, as on a command line; raises ``FaultError``."""
    kind, _, settings = text.partition(":")
    data: dict[str, object] = {"kind": kind.strip()}
    for setting in filter(None, settings.split(",")):
        name, equals, value = setting.partition("=")
        if not equals:
            raise FaultError(f"{setting!r} in {text!r}: write name=value")
        key = name.strip().replace("-", "_")
        if key in data:
            raise FaultError(f"{key} stands twice in {text!r}")
        data[key] = _read(key, value.strip())
    return fault_from(data)


def _read(name: str, value: str) -> object:
    if name in ("nth", "every", "times", "retry_after", "after"):
        return int(value) if value.isascii() and value.isdecimal() and len(value) < len(str(2**31)) else value
    if name == "seconds":
        try:
            return float(value)
        except ValueError:
            return value
    return value

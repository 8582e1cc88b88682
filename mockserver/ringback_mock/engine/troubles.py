"""What a fault makes of a socket: it refuses, breaks, falls silent, comes late, or says things twice."""

from __future__ import annotations

from collections.abc import Callable

from ringback_contracts.http.faults import Fault, FaultKind
from ringback_mock.engine import messages
from ringback_mock.engine.agenda import LATER, Agenda
from ringback_mock.engine.channels import Listener

WARNING_SECONDS = 60.0
"""Between the word that a socket closes, and its end (reported: about a minute)."""


class Troubled:
    """A listener whom a fault has struck; ``now`` gives the org's time, ``agenda`` is the org's."""

    def __init__(self, fault: Fault, listener: Listener, agenda: Agenda, now: Callable[[], float]) -> None:
        self._fault = fault
        self._listener = listener
        self._agenda = agenda
        self._now = now
        self._told = 0
        if fault.kind is FaultKind.SOCKET_CLOSED:
            agenda.put(now() + fault.seconds, self._warn, LATER)

    def send(self, text: bytes) -> None:
        """Pass the message on as the fault has it: only events are struck."""
        if not messages.is_event(text):
            self._listener.send(text)
            return
        self._told += 1
        match self._fault.kind:
            case FaultKind.SOCKET_SILENT:
                return
            case FaultKind.EVENTS_LATE:
                sent = self._now() if self._agenda.at is None else self._agenda.at
                self._agenda.put(sent + self._fault.seconds, lambda _: self._listener.send(text), LATER)
                return
            case FaultKind.SOCKET_LOST if self._told > self._fault.after:
                self._listener.drop()
                return
            case FaultKind.EVENTS_TWICE:
                self._listener.send(text)
        self._listener.send(text)

    def close(self, code: int, reason: str) -> None:
        self._listener.close(code, reason)

    def drop(self) -> None:
        self._listener.drop()

    def _warn(self, at: float) -> None:
        self._listener.send(messages.SOCKET_CLOSING)
        self._agenda.put(at + WARNING_SECONDS, lambda _: self._listener.close(1001, "maintenance"), LATER)

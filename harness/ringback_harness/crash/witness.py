"""What was told over sockets: the events of a channel, written down as they are sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ringback_contracts.life.values import OVER
from ringback_mock.engine import messages
from ringback_mock.engine.channels import Listener
from ringback_mock.engine.sockets import Sockets, SocketSession
from ringback_mock.engine.store import Store


@dataclass(frozen=True, slots=True)
class SocketEvent:
    """An event that was sent over a socket; ``at`` is the world's time, ``body`` how the call stood."""

    at: float
    body: Mapping[str, Any]

    def ends(self, call_id: str) -> bool:
        """Whether it tells that the call is over."""
        return self.body.get("id") == call_id and is_over(self.body)


def is_over(call: Mapping[str, Any]) -> bool:
    """Whether every leg of a call has ended, in any of the shapes in which calls are told."""
    states = [state for participant in call.get("participants") or () for state in _states(participant)]
    return bool(states) and all(state in OVER for state in states)


def _states(participant: Mapping[str, Any]) -> list[str]:
    if "calls" in participant:
        return [leg.get("state", "") for leg in participant["calls"]]
    return [participant.get("state", "")]


class Witness:
    """A listener that writes down what it passes on."""

    def __init__(self, listener: Listener, store: Store, heard: list[SocketEvent]) -> None:
        self._listener = listener
        self._store = store
        self._heard = heard

    def send(self, text: bytes) -> None:
        if messages.is_event(text):
            self._heard.append(SocketEvent(self._store.clock(), json.loads(text)["eventBody"]))
        self._listener.send(text)

    def close(self, code: int, reason: str) -> None:
        self._listener.close(code, reason)

    def drop(self) -> None:
        self._listener.drop()


class WitnessedSockets(Sockets):
    """Sockets of which every event is written down."""

    def __init__(self, store: Store, heard: list[SocketEvent]) -> None:
        super().__init__(store)
        self._witnessed = store
        self._heard = heard

    def join(self, channel_id: str, listener: Listener) -> SocketSession | None:
        return super().join(channel_id, Witness(listener, self._witnessed, self._heard))

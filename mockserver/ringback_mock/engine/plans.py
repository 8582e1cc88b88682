"""What a call will be, whenever it begins: what a request asked for, or how somebody outside rings."""

from __future__ import annotations

from abc import ABC, abstractmethod

from ringback_contracts.core.model import DestinationKind, Intent
from ringback_contracts.life.commands import Place, Ring
from ringback_contracts.life.engine import weigh
from ringback_contracts.org import Org, Outcome
from ringback_contracts.resources.calls.outcomes import outcomes
from ringback_contracts.resources.calls.placement import placement
from ringback_mock.engine.commands import rings_queue

OUTSIDE = frozenset({DestinationKind.PHONE, DestinationKind.EXTENSION, DestinationKind.SIP})
TARGET_BYTES = 200
"""What a dialled party weighs beside its texts."""


class Plan(ABC):
    """What a call will be, whenever it begins: ``command`` begins its life.

    ``numbers`` are those that it dials, or the one it comes from; ``weight`` is roughly the memory in bytes
    that it takes. ``intent`` is what a request asked for; nobody asks for a call from outside.
    """

    __slots__ = ("intent", "weight")
    intent: Intent | None
    weight: int

    @property
    @abstractmethod
    def command(self) -> Place | Ring: ...

    @property
    @abstractmethod
    def numbers(self) -> tuple[str, ...]: ...

    @property
    @abstractmethod
    def rings_queue(self) -> bool:
        """Whether the call comes to a queue."""

    @property
    def rings_numbers_alone(self) -> bool:
        """Whether nobody else can come to the call by itself than those of ``numbers``."""
        return False

    def is_of(self, org: Org) -> bool:  # noqa: ARG002 - what is worked out already is of any
        """Whether it comes to the same in that org."""
        return True

    @abstractmethod
    def begins_with(self, user_id: str) -> bool | None:
        """Whether the user places the call or is dialled by it; ``None`` where its life has to tell."""


class Requested(Plan):
    """What a request asks for. How it is carried out in the org is worked out when the call is looked at:
    most calls never are, and what is not there need not be kept."""

    __slots__ = ("_command", "_org", "outcomes")
    intent: Intent

    def __init__(self, intent: Intent, org: Org, outcomes: tuple[Outcome, ...] | None) -> None:
        self.intent = intent
        self.weight = _weight(intent)
        self._org = org
        self.outcomes = outcomes
        self._command: Place | None = None

    @property
    def command(self) -> Place:
        if self._command is None:
            taken = outcomes(self.intent, self._org) if self.outcomes is None else self.outcomes
            self._command = placement(self.intent, self._org, taken)
        return self._command

    def is_of(self, org: Org) -> bool:
        return self._org is org

    @property
    def numbers(self) -> tuple[str, ...]:
        return dialled(self.intent)

    @property
    def rings_queue(self) -> bool:
        return DestinationKind.QUEUE in [one.kind for one in self.intent.destinations]

    @property
    def rings_numbers_alone(self) -> bool:
        return all(one.kind in OUTSIDE for one in self.intent.destinations)

    def begins_with(self, user_id: str) -> bool:
        intent = self.intent
        return (intent.campaign_id is None and intent.user_id == user_id) or any(
            one.kind is DestinationKind.USER and one.value == user_id for one in intent.destinations
        )


class RungIn(Plan):
    """How somebody outside rings."""

    __slots__ = ("_command",)

    def __init__(self, command: Ring) -> None:
        self.intent = None
        self.weight = TARGET_BYTES + weigh(command)
        self._command = command

    @property
    def command(self) -> Ring:
        return self._command

    @property
    def numbers(self) -> tuple[str, ...]:
        return ((self._command.ani or "").removeprefix("tel:"),)

    @property
    def rings_queue(self) -> bool:
        return rings_queue(self._command)

    def begins_with(self, user_id: str) -> None:  # noqa: ARG002 - whoever asks, the menu comes first
        return None


def plan(intent: Intent, org: Org, outcome: Outcome | tuple[Outcome, ...] | None = None) -> Plan:
    """How the intent is carried out. One outcome holds for every destination; a tuple gives each its own.

    Without any they are what the org says. Raises ``ValueError`` for a tuple of another length than the
    intent's destinations.
    """
    taken = (outcome,) * len(intent.destinations) if isinstance(outcome, Outcome) else outcome
    if taken is not None and len(taken) != len(intent.destinations):
        raise ValueError(f"{len(intent.destinations)} destinations need as many outcomes, not {len(taken)}")
    return Requested(intent, org, taken)


def dialled(intent: Intent) -> tuple[str, ...]:
    """The addresses and ids that the call goes to."""
    return tuple([destination.value for destination in intent.destinations])


def _weight(intent: Intent) -> int:
    weight = len(intent.uui_data or "") + len(intent.caller_id or "") + len(intent.caller_id_name or "")
    for destination in intent.destinations:
        weight += TARGET_BYTES + len(destination.value) + len(destination.name or "")
    for key, value in intent.attributes.items():
        weight += len(key) + len(value)
    return weight

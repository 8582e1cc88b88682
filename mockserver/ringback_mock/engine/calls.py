"""The calls of an org: what was asked for, and how each goes on; the newest are kept."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ringback_contracts.core.model import DestinationKind, Intent
from ringback_contracts.life import Conversation, Objection, advance, apply, opened
from ringback_contracts.life.commands import (
    BlindTransfer,
    CallBack,
    CancelConsult,
    Command,
    Delayed,
    FarEnd,
    Invite,
    Place,
    Ring,
    SetSpeakTo,
    StartConsult,
)
from ringback_contracts.life.engine import weigh
from ringback_contracts.life.parties import Party
from ringback_contracts.org import Org, Outcome
from ringback_contracts.resources.calls.outcomes import outcomes
from ringback_contracts.resources.calls.placement import placement
from ringback_mock.engine.bounded import Bounded, Room
from ringback_mock.engine.ids import new_id

CALLS_BYTES = 16 * 2**20
"""Most memory, roughly, that one org's calls may hold: an accepted body can carry half a megabyte."""
CALL_FRAME = 10_000
"""Memory that a call takes beside what it weighs, once it was read: its legs, and how it looks as JSON."""
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
    return tuple(destination.value for destination in intent.destinations)


class Look(NamedTuple):
    """A call as JSON, which is true of every moment before ``until``."""

    until: float
    text: bytes


class CallRecord:
    """One placed call; times are seconds since 1970. The repr names nobody.

    Its life begins when somebody first asks after it: what a call is follows from its history.
    """

    __slots__ = ("_life", "id", "look", "missed", "placed_at", "plan", "told")

    def __init__(self, call_id: str, plan: Plan, placed_at: float) -> None:
        self.id = call_id
        self.placed_at = placed_at
        self.look: Look | None = None
        self.missed = 0
        """How many of those whom a queue has alerted did not take the call, as far as anybody looked."""
        self.told: Conversation | None = None
        """The call as its listeners were last told of it."""
        self.plan = plan
        self._life: Conversation | None = None

    def __repr__(self) -> str:
        return f"CallRecord({self.id!r}, placed_at={self.placed_at})"

    @property
    def numbers(self) -> tuple[str, ...]:
        """What the call dials, or where it comes from."""
        return self.plan.numbers

    @property
    def is_begun(self) -> bool:
        """Whether its life has begun."""
        return self._life is not None

    @property
    def all_numbers_known(self) -> bool:
        """Whether ``numbers`` are all that can be on the call, so that its life need not begin to tell."""
        return self._life is None and self.plan.rings_numbers_alone

    @property
    def weight(self) -> int:
        """Roughly the memory in bytes that the call's texts take."""
        return self.plan.weight + (self._life.weight if self._life else 0)

    @property
    def begins_in_queue(self) -> bool:
        """Whether the call comes to a queue."""
        return self.plan.rings_queue

    @property
    def for_queue(self) -> bool:
        """Whether anybody may work for a queue on the call; such as nobody has told anything stay asleep."""
        intent, seen = self.plan.intent, self._life
        if self.begins_in_queue or (intent is not None and intent.from_queue_id is not None):
            return True
        return seen is not None and any(one.queue_id is not None for one in seen.participants)

    @property
    def latest(self) -> Conversation:
        """The call as it was last seen."""
        if self._life is None:
            self._life = _begun(apply(opened(self.id, self.placed_at), self.plan.command, self.placed_at))
        return self._life

    def at(self, now: float) -> Conversation:
        """The call as it is now; a clock that was set back finds it as it was last seen."""
        self._life = advance(self.latest, now)
        return self._life

    def seen(self, now: float) -> Conversation:
        """The same for whoever is told of it."""
        return self.at(now)

    def after(self, command: Command, now: float) -> Conversation | Objection:
        """What the command would make of the call, or what stands against it."""
        return apply(self.at(now), command, now)

    def give(self, command: Command, now: float) -> Objection | None:
        """Let the command take effect, or say what stands against it."""
        after = self.after(command, now)
        if isinstance(after, Objection):
            return after
        self._life, self.look = after, None
        return None

    def active(self, now: float) -> bool:
        """Whether anybody is still on the call, or about to be."""
        return self.at(now).active

    def concerned(self) -> frozenset[str | None]:
        """The ids of the users and queues that the call has come to, or can come to by itself."""
        command, seen = self.plan.command, self._life
        parties: tuple[Party, ...] = (command.to,) if isinstance(command, Ring) else _all_of(command)
        ids = {command.queue_id if isinstance(command, Place) else None}
        for party in parties:
            ids.update((party.id, *(agent.id for agent in party.agents)))
        for one in seen.participants if seen else ():
            ids.update((one.user_id, one.queue_id, *(agent.id for agent in one.agents)))
        return frozenset(ids)

    def involves(self, user_id: str, now: float) -> bool:
        """Whether the user places the call, is dialled by it, or has come to it by now.

        A call that nobody has done anything to is not brought to life for the question.
        """
        begins = self.plan.begins_with(user_id)
        if begins or (begins is False and self._life is None):
            return bool(begins)
        return any(one.user_id == user_id for one in self.at(now).participants)


AT_ONCE = (FarEnd, StartConsult, SetSpeakTo, CancelConsult)
"""What has happened when it is answered: with what a phone does, the consults, which are answered 200."""


def when_in_effect(command: Command, org: Org) -> Command:
    """The command, as late as what is accepted takes effect in the org; phones and consults act at once."""
    late = org.effect_seconds > 0 and not isinstance(command, AT_ONCE)
    return Delayed(org.effect_seconds, command) if late else command


def rings_queue(command: Command) -> bool:
    """Whether the command puts somebody into a queue."""
    if isinstance(command, Delayed):
        return rings_queue(command.command)
    if isinstance(command, Place):
        return any(one.kind == "queue" for one in command.parties)
    to = getattr(command, "to", None)
    return isinstance(to, Party) and to.kind == "queue"


def brought_by(command: Command) -> tuple[str, ...]:
    """The numbers and ids of those whom a command rings into a call that is there."""
    parties: tuple[Party | None, ...] = ()
    match command:
        case StartConsult() | BlindTransfer() | CallBack():
            parties = (command.to,)
        case Invite():
            parties = command.parties
    return tuple(one.id or (one.address or "").removeprefix("tel:") for one in parties if one is not None)


def _all_of(command: Place) -> tuple[Party, ...]:
    return (command.caller, *command.parties)


def _begun(call: Conversation | Objection) -> Conversation:
    if isinstance(call, Conversation):
        return call
    raise AssertionError(f"an accepted request began no call: {call.detail}")


class Calls:
    """The newest calls of one org by id: at most ``size``, and of bounded weight. ``in`` asks for an id.

    ``watcher`` is told of each call that is placed, or that a command took effect on.
    """

    watcher: Callable[[CallRecord], object] | None = None

    def __init__(self, size: int, room: Room | None = None) -> None:
        self._calls: Bounded[str, CallRecord] = Bounded(size, CALLS_BYTES, room=room, frame=CALL_FRAME)
        self.of_queues: dict[str, None] = {}
        """The ids of those that may wait in a queue, the oldest first."""

    def place(self, plan: Plan, now: float) -> CallRecord:
        """Keep a new call."""
        self.keep(call := CallRecord(new_id(), plan, now))
        return call

    def keep(self, call: CallRecord) -> None:
        """Keep a call as the newest, or as it is by now."""
        self._calls.put(call.id, call, call.weight)
        if call.begins_in_queue:
            self.of_queues[call.id] = None
        if self.watcher is not None:
            self.watcher(call)

    def get(self, call_id: str) -> CallRecord | None:
        return self._calls.get(call_id)

    def give(self, call: CallRecord, command: Command, now: float) -> Objection | None:
        """Let a call that is kept obey the command, or say what stands against it."""
        found = call.give(command, now)
        if found is None:
            self.keep(call)  # its history has grown
            if rings_queue(command):
                self.of_queues[call.id] = None
        return found

    def in_queues(self) -> list[CallRecord]:
        """The calls that may wait in a queue; those that are over, or forgotten, are left out for good."""
        kept = [call for call in map(self.get, self.of_queues) if call is not None]
        found = [call for call in kept if call.latest.turns or call.latest.active]
        self.of_queues = dict.fromkeys(call.id for call in found)
        return found

    def for_queues(self, now: float) -> Iterator[Conversation]:
        """The calls on which anybody may work for a queue, as they are now."""
        return (call.at(now) for call in self._calls.values() if call.for_queue)

    def of_user(self, user_id: str, now: float) -> Iterator[CallRecord]:
        """The calls that the user has come to by now, or placed, the oldest first."""
        return (call for call in self._calls.values() if call.involves(user_id, now))

    def clear(self) -> None:
        self._calls.clear()
        self.of_queues.clear()

    def close(self) -> None:
        """Forget every call, and take none any more."""
        self._calls.close()

    def __contains__(self, call_id: object) -> bool:
        return call_id in self._calls

    def __iter__(self) -> Iterator[CallRecord]:
        return self._calls.values()

    def __len__(self) -> int:
        return len(self._calls)


class LivesNow:
    """The calls of one org as whoever asks for something may know them: each as it stands by the clock."""

    __slots__ = ("_calls", "_clock")

    def __init__(self, calls: Calls, clock: Callable[[], float]) -> None:
        self._calls = calls
        self._clock = clock

    def __contains__(self, call_id: object, /) -> bool:
        return call_id in self._calls

    def get(self, call_id: str, /) -> Conversation | None:
        """The call with the id, if there is one."""
        call = self._calls.get(call_id)
        return call.at(self._clock()) if call else None


def _weight(intent: Intent) -> int:
    weight = len(intent.uui_data or "") + len(intent.caller_id or "") + len(intent.caller_id_name or "")
    for destination in intent.destinations:
        weight += TARGET_BYTES + len(destination.value) + len(destination.name or "")
    for key, value in intent.attributes.items():
        weight += len(key) + len(value)
    return weight

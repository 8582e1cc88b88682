"""The calls of an org: what was asked for, and how each goes on; the newest are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from ringback_contracts.life import Conversation, Objection, advance, apply, opened
from ringback_contracts.life.commands import Command, Place, Ring
from ringback_contracts.life.parties import Party
from ringback_mock.engine.bounded import Bounded, Room
from ringback_mock.engine.commands import rings_queue
from ringback_mock.engine.ids import new_id
from ringback_mock.engine.plans import Plan

CALLS_BYTES = 16 * 2**20
"""Most memory, roughly, that one org's calls may hold: an accepted body can carry half a megabyte."""
CALL_FRAME = 10_000
"""Memory that a call takes beside what it weighs, once it was read: its legs, and how it looks as JSON."""


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
        return apply(self.latest, command, now)

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

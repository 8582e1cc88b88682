"""The calls of an org that others change too: what is asked of them is noted, and looking changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ringback_contracts.life import Conversation, Objection, advance
from ringback_contracts.life.commands import Command
from ringback_mock.engine.bounded import Room
from ringback_mock.engine.calls import CallRecord, Calls
from ringback_mock.engine.commands import rings_queue

if TYPE_CHECKING:
    from ringback_mock.engine.writes import Write


class Reading:
    """What the decision at hand has looked at, by keys; and what it takes by having been asked at all.

    ``applying`` says that the log is applied just now: then there is no decision.
    """

    def __init__(self) -> None:
        self.applying = False
        self.keys: set[str] = set()
        self.uses: list[Write] = []

    def begin(self) -> None:
        """Another decision begins."""
        self.keys = set()
        self.uses = []


def call_key(org_id: str, call_id: object) -> str:
    """What stands for one call in a list of what was looked at, or changed."""
    return f"c:{org_id}:{call_id}"


def calls_key(org_id: str) -> str:
    """What stands for all calls of the org."""
    return f"c:{org_id}"


class SharedCall(CallRecord):
    """A call whose life goes on by what the log says alone: whoever looks sees a glimpse of it."""

    __slots__ = ("_glimpse", "_reading")

    def __init__(self, call: CallRecord, reading: Reading) -> None:
        super().__init__(call.id, call.plan, call.placed_at)
        self._reading = reading
        self._glimpse: Conversation | None = None

    def live(self, life: Conversation | None) -> None:
        """Let its life be that one."""
        self._life = life

    def at(self, now: float) -> Conversation:
        """The call as it is now."""
        return super().at(now) if self._reading.applying else self.seen(now)

    def seen(self, now: float) -> Conversation:
        """The same, and the call itself stays as it was."""
        seen, latest = self._glimpse, self.latest
        if seen is None or seen.now > now or seen.history is not latest.history:
            seen = latest
        self._glimpse = seen = advance(seen, now)
        return seen


class SharedCalls(Calls):
    """The calls of one org, which note who looks at what."""

    def __init__(self, size: int, room: Room | None = None) -> None:
        self._waiting: dict[str, None] = {}
        self._reading = Reading()
        self._org_id = ""
        super().__init__(size, room)

    def attach(self, reading: Reading, org_id: str) -> None:
        """Note in ``reading`` what is looked at, under the org's id."""
        self._reading, self._org_id = reading, org_id

    @property
    def of_queues(self) -> dict[str, None]:
        """Those that may wait in a queue; none for a decision, which moves nobody on."""
        return self._waiting if self._reading.applying else {}

    @of_queues.setter
    def of_queues(self, ids: dict[str, None]) -> None:
        if self._reading.applying:
            self._waiting = ids

    def waiting(self) -> list[CallRecord]:
        """Those that may wait in a queue, whoever asks."""
        return [call for call in map(super().get, self._waiting) if call is not None]

    def keep(self, call: CallRecord) -> None:
        super().keep(call if isinstance(call, SharedCall) else SharedCall(call, self._reading))

    def give(self, call: CallRecord, command: Command, now: float) -> Objection | None:
        """The same, if the call has not been forgotten meanwhile."""
        kept = super().get(call.id)
        return None if kept is None else super().give(kept, command, now)

    def take_back(self, call: CallRecord, life: Conversation | None) -> None:
        """Keep a call that was kept before, with its life by then."""
        shared = SharedCall(call, self._reading)
        shared.missed = call.missed
        told = life is not None and len(life.history) > 1
        if told:
            shared.live(life)
        self.keep(shared)
        if life is not None:
            shared.live(life)
            if any(rings_queue(entry.command) for entry in life.history) and (life.turns or life.active):
                self._waiting[call.id] = None

    def get(self, call_id: str) -> CallRecord | None:
        self._reading.keys.add(call_key(self._org_id, call_id))
        return super().get(call_id)

    def of_user(self, user_id: str, now: float) -> Iterator[CallRecord]:
        self._reading.keys.add(calls_key(self._org_id))
        return super().of_user(user_id, now)

    def for_queues(self, now: float) -> Iterator[Conversation]:
        self._reading.keys.add(calls_key(self._org_id))
        return (call.seen(now) for call in super().__iter__() if call.for_queue)

    def __contains__(self, call_id: object) -> bool:
        self._reading.keys.add(call_key(self._org_id, call_id))
        return super().__contains__(call_id)

    def __iter__(self) -> Iterator[CallRecord]:
        self._reading.keys.add(calls_key(self._org_id))
        return super().__iter__()

    def __len__(self) -> int:
        self._reading.keys.add(calls_key(self._org_id))
        return super().__len__()

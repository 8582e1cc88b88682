"""Who of a queue's members takes whose call: whoever waits longest gets the first who is free."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, field

from ringback_contracts.life import Conversation, advance, apply, next_turn
from ringback_contracts.life.commands import Staff
from ringback_contracts.life.values import CallParticipant
from ringback_contracts.org import Org
from ringback_contracts.resources.calls.placement import phone

HAS_TO_BE_DONE = frozenset({"mandatory", "timeout", "forcedTimeout"})
"""The wrap-up that keeps an agent from the next call."""
Lives = MutableMapping[str, Conversation]


@dataclass
class ModelledQueues:
    """The queues of an org; ``ready`` are the ids of those to whom routing offers work."""

    org: Org
    ready: set[str] = field(default_factory=set)
    _missed: set[tuple[str, int]] = field(default_factory=set)

    def settle(self, lives: Lives, now: float) -> None:
        """Let everything happen on the calls that is due by now, and in the queues with it."""
        while turns := [at for life in lives.values() if (at := next_turn(life)) is not None and at <= now]:
            self._settle_at(lives, min(turns))
        self._settle_at(lives, now)

    def _settle_at(self, lives: Lives, moment: float) -> None:
        for call_id, life in lives.items():
            lives[call_id] = advance(life, moment)
            self._hold_to_account(call_id, lives[call_id])
        waiting = [(acd.call.begins, call_id, acd) for call_id, life in lives.items() for acd in _lines(life)]
        for _, call_id, acd in sorted(waiting, key=lambda one: one[0]):
            agent = next(self._free(acd.queue_id or "", lives), None)
            if agent is not None:
                offer = Staff(acd.queue_id or "", (phone(self.org.user_by_id[agent]),))
                offered = apply(lives[call_id], offer, moment)
                if isinstance(offered, Conversation):  # as nothing stands against an offer
                    lives[call_id] = offered

    def _hold_to_account(self, call_id: str, life: Conversation) -> None:
        """Who let a call ring is offered no other."""
        for one in life.participants:
            if one.from_acd and one.call.over and one.call.connected_at is None:
                if one.call.disconnect != "peer" and (call_id, one.number) not in self._missed:
                    self.ready.discard(one.user_id or "")
                self._missed.add((call_id, one.number))

    def _free(self, queue_id: str, lives: Lives) -> Iterator[str]:
        busy = {one.user_id for life in lives.values() for one in life.participants if _is_at_work(one)}
        queue = self.org.queue_by_id.get(queue_id)
        return (member for member in (queue.joined if queue else ()) if member in self.ready - busy)


def _is_at_work(one: CallParticipant) -> bool:
    after = one.after_call
    return not one.call.over or bool(after and after.open and after.rules.prompt in HAS_TO_BE_DONE)


def _lines(life: Conversation) -> list[CallParticipant]:
    """The legs of queues in which somebody waits, and nobody is alerted."""
    alerted = {one.origin for one in life.participants if one.from_acd and not one.call.over}
    return [
        one
        for one in life.participants
        if one.purpose == "acd" and one.call.up and not one.agents and one.number not in alerted
    ]

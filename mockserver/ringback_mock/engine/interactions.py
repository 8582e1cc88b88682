"""What keeps the users of an org busy for its queues: from when to when each works on which call.

Whoever is on queue interacts while they handle a queue's call, and while they work after it (published, in
the vendor's help on the status of agents). That this begins with the answer, and that work after the call
counts where it has to be done, is assumed. Calls of no queue change nothing: an org's utilization has to be
told to count them (published there too).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from ringback_contracts.life import Conversation
from ringback_contracts.life.values import CallParticipant

KEPT_BUSY = frozenset({"mandatory", "timeout", "forcedTimeout"})
"""After-call work that has to be done: routing offers nothing else meanwhile."""


class Span(NamedTuple):
    """From when to when a user works on a call; ``ends`` is ``None`` while that goes on."""

    begins: float
    ends: float | None


class Interactions:
    """The work of all users on the calls that ``lives`` gives, which are looked at once, if anybody asks."""

    def __init__(self, lives: Callable[[], Iterable[Conversation]]) -> None:
        self._lives = lives

    def of(self, user_id: str) -> list[Span]:
        """The user's work, call by call."""
        return self._spans.get(user_id, [])

    @cached_property
    def _spans(self) -> dict[str, list[Span]]:
        found: defaultdict[str, list[Span]] = defaultdict(list)
        for life in self._lives():
            for user_id, span in spans_of(life):
                found[user_id].append(span)
        return found


NO_INTERACTIONS = Interactions(tuple)
"""Nobody works on anything."""


def spans_of(life: Conversation) -> Iterator[tuple[str, Span]]:
    """Who works, or has worked, on the call for a queue."""
    for one in life.participants:
        begins = one.call.connected_at
        if one.user_id is not None and one.queue_id is not None and begins is not None and not one.watches:
            yield one.user_id, Span(begins, _ends(one))


def works_on(one: CallParticipant) -> bool:
    """Whether the participant has work after the call that has to be done."""
    after = one.after_call
    return after is not None and after.open and after.rules.prompt in KEPT_BUSY


def _ends(one: CallParticipant) -> float | None:
    if not one.call.over or works_on(one):
        return None
    after = one.after_call
    worked = after.ended_at if after is not None and after.rules.prompt in KEPT_BUSY else None
    return one.call.ended_at if worked is None else worked

"""Whether a request may go to a real org: asked of every single one, before anything is sent.

What may dial is sent only where it is shown that it can ring nobody but those listed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ringback_client.bodies import CALLER_KEYS, parties
from ringback_contracts.catalogue import route
from ringback_contracts.core.model import Request
from ringback_harness.sandbox import framing, listening
from ringback_harness.sandbox.effects import Effect, effect
from ringback_harness.sandbox.errors import NotAllowed
from ringback_harness.sandbox.permit import Permit
from ringback_harness.sandbox.ringing import OURS, id_in, may_ring, rings_emergency
from ringback_harness.sandbox.values import CALL_ID, USER_ID, Unreadable, Value, values

DEEPEST = 8
"""Names that say where a value stands, at most."""
LISTS = "--allow-number and --allow-user"
CALLERS = frozenset(CALLER_KEYS) - {"callerId"}
"""Where a body names the user who calls."""


@dataclass
class Gate:
    """Keeps a run within its permit. ``own`` are ids of users who may stand in for the caller."""

    permit: Permit
    own: frozenset[str] = frozenset()
    hang_up_objection: str | None = None
    placed: int = 0
    calls: set[str] = field(default_factory=set)
    """Calls of this run, which it may end."""
    channels: set[str] = field(default_factory=set)
    """Channels of this run, which it may subscribe."""

    @property
    def left(self) -> int:
        """Calls that the budget still allows."""
        return self.permit.budget - self.placed

    def admit(self, request: Request, *, granted: bool) -> int:
        """How many calls the request may place; ``granted`` says that it is expected to be accepted.

        Raises ``NotAllowed``.
        """
        if why := framing.objection(request):
            raise NotAllowed(why)
        does = effect(request)
        if does is Effect.READS:
            return 0
        if does is Effect.JOINS:
            raise NotAllowed("it would ring somebody into a call that goes on, which no run does there")
        if does is Effect.LISTENS:
            if why := listening.objection(request, self.channels, self.own.union(self.permit.users)):
                raise NotAllowed(why)
            return 0
        if does is Effect.UNKNOWN:
            raise NotAllowed(f"{request.method} {request.path} may change something there")
        call_id = route(request.method, request.path).params.get(CALL_ID)
        if call_id is not None and call_id not in self.calls | OURS:
            raise NotAllowed("it would end, or change, a call that is not this run's")
        listed = self._shown(request)
        return self._counted(request, len(listed), granted=granted) if does is Effect.DIALS else 0

    def spend(self, calls: int) -> None:
        """Count calls that may be placed now. Raises ``NotAllowed`` where the budget does not allow them."""
        if calls > max(0, self.left):
            raise NotAllowed(f"the budget of {self.permit.budget} calls is used up; see --budget")
        self.placed += calls

    def _counted(self, request: Request, listed: int, *, granted: bool) -> int:
        """The calls of a request that names so many who are listed. Raises ``NotAllowed``."""
        if granted:
            named = parties(request)
            if not all(self.permit.covers(text) for text in (*named.dialled, *named.ids) if text.strip()):
                raise NotAllowed(f"it places a call to somebody who is not on the list; see {LISTS}")
        calls = max(listed, int(granted))
        if not calls:
            return 0
        if not (self.permit.numbers or self.permit.users):
            raise NotAllowed(f"it would place a call, and nobody may be rung; see {LISTS}")
        if self.hang_up_objection:
            raise NotAllowed(f"it would place a call, and {self.hang_up_objection}")
        if calls > self.left:
            raise NotAllowed(f"the budget of {self.permit.budget} calls is used up; see --budget")
        return calls

    def _shown(self, request: Request) -> Sequence[Value]:
        """Whoever is listed and named in the request, once all else in it is shown to ring nobody.

        Raises ``NotAllowed``, which names the place and not what stands there.
        """
        try:
            said = list(values(request))
        except Unreadable as error:
            raise NotAllowed(f"it might ring somebody who is not on the list: {error}") from error
        if any(map(rings_emergency, said)):
            raise NotAllowed("something in it reads like an emergency number, which is never dialled there")
        listed = [value for value in said if not value.named and self.permit.covers(value.text)]
        for value in said:
            if value not in listed and not self._calls(value) and (why := may_ring(value)):
                raise NotAllowed(
                    f"it might ring somebody who is not on the list: {_place(value)} holds {why}; see {LISTS}"
                )
        return listed

    def _calls(self, value: Value) -> bool:
        """Whether the value is the token's user, in a place that says who calls."""
        place = {USER_ID} if value.in_path else CALLERS
        return not place.isdisjoint(value.keys[:1]) and id_in(value.text) in self.own


def _place(value: Value) -> str:
    """Where a value stands, in letters that anybody can read."""
    if value.in_path:
        return f"the path's {value.key}"
    if len(value.keys) > DEEPEST:
        return "a value deep inside"
    where = "/".join(re.sub(r"[^A-Za-z]", "?", key) for key in value.keys) or "the body"
    return f"the name of a member of {where}" if value.named else where

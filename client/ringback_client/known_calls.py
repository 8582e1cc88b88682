"""What a client that listens knows of calls, whoever told it."""

from __future__ import annotations

from collections import OrderedDict

from ringback_client.calls import Call

ENDED_KEPT = 1_000
"""Calls that are remembered to be over."""

Standing = tuple[object, ...]
"""What of a call is compared: who is on it, and how."""


def standing(call: Call) -> Standing:
    """How a call stands, by what events and answers both tell."""
    return tuple(
        (leg.id, leg.state, leg.document.get("held"), leg.document.get("confined"), leg.document.get("muted"))
        for leg in call.participants
    )


def is_final(call: Call) -> bool:
    """Whether nothing will become of the call any more: a leg may wait in "disconnected" for its wrap-up."""
    return bool(call.participants) and all(leg.state == "terminated" for leg in call.participants)


class KnownCalls:
    """The calls that are going on as far as anybody said, and those that are over."""

    def __init__(self) -> None:
        self.live: dict[str, Standing | None] = {}
        self._ended: OrderedDict[str, None] = OrderedDict()

    def follow(self, call_id: str) -> None:
        """Ask after the call from now on, whether or not it was told of."""
        if call_id not in self._ended:
            self.live.setdefault(call_id, None)

    def knows(self, call_id: str) -> bool:
        """Whether the call was told of, or was over when nobody was told of calls yet."""
        return call_id in self.live or call_id in self._ended

    def leave(self, call_id: str) -> None:
        """The call is over, and nobody is to be told."""
        self._ended[call_id] = None
        if len(self._ended) > ENDED_KEPT:
            self._ended.popitem(last=False)

    def is_stale(self, call: Call) -> bool:
        """Whether the call is known to be over, and this tells of a time before."""
        return call.id in self._ended and not is_final(call)

    def note(self, call: Call) -> bool:
        """Take down how a call stands; whether that is news."""
        if self.is_stale(call):
            return False
        known = self.live.get(call.id)
        if is_final(call):
            self.live.pop(call.id, None)
            first = call.id not in self._ended
            self.leave(call.id)
            return first
        self.live[call.id] = standing(call)
        return known != self.live[call.id]

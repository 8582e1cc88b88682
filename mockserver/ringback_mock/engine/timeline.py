"""When each leg of a call begins, is answered and ends: a pure function of how the call was placed.

The caller's own leg comes first; a far leg is created only once the caller's station has answered
(reported by people who watched real orgs). The durations are our choice unless a name says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from ringback_contracts.org import Outcome

STATION_ANSWERS_SECONDS = 1.0
"""From placing the call until the caller's station has answered."""
STATION_TIMEOUT_SECONDS = 60.0
"""From placing the call until a station that does not answer is given up (reported)."""
FAR_ANSWERS_SECONDS = 2.0
"""From dialling until the far end answers; the other ends count from dialling too."""
BUSY_SECONDS = 1.0
DECLINES_SECONDS = 3.0
NO_ANSWER_SECONDS = 30.0
UNREACHABLE_SECONDS = 0.001
"""A call without a route fails within a millisecond of dialling (reported)."""
TEARDOWN_SECONDS = 0.2
"""From ``disconnected`` to ``terminated``; a leg that fails is ``terminated`` at once."""

DisconnectType = Literal["client", "endpoint", "error", "peer", "system"]
State = Literal["alerting", "contacting", "dialing", "connected", "disconnected", "terminated"]


@dataclass(frozen=True, slots=True)
class Fault:
    """What the platform reports for a leg that failed."""

    code: str
    message: str


STATION_TIMEOUT = Fault("error.ininedgecontrol.connection.timeout", "the caller's station did not answer")
NOT_REACHABLE = Fault(
    "error.ininedgecontrol.connection.dialplan.notReachable", "no route leads to the dialled address"
)
IMPOSSIBLE_NUMBER = replace(NOT_REACHABLE, message="no network assigns the dialled number")


@dataclass(frozen=True, slots=True)
class Ending:
    """How a far leg that is not answered ends: seconds after dialling, who ended it, and the fault."""

    after: float
    disconnect: DisconnectType
    fault: Fault | None = None


ENDINGS = {
    Outcome.BUSY: Ending(BUSY_SECONDS, "endpoint"),
    Outcome.NO_ANSWER: Ending(NO_ANSWER_SECONDS, "system"),
    Outcome.DECLINED: Ending(DECLINES_SECONDS, "endpoint"),
    Outcome.NO_ROUTE: Ending(UNREACHABLE_SECONDS, "error", NOT_REACHABLE),
    Outcome.INVALID: Ending(UNREACHABLE_SECONDS, "error", IMPOSSIBLE_NUMBER),
}
"""Every outcome but an answer, and a station that never lets the far leg begin."""


class Leg(NamedTuple):
    """One party's side of a call, in seconds since 1970; ``None`` stands for never.

    ``target`` is the position of the dialled party, ``None`` for the caller's own leg.
    """

    target: int | None
    begins: float
    connects: float | None = None
    ends: float | None = None
    disconnect: DisconnectType | None = None
    fault: Fault | None = None

    def connected(self, now: float) -> bool:
        """Whether the leg has been answered by now, be it over or not."""
        return self.connects is not None and now >= self.connects

    def ended(self, now: float) -> bool:
        return self.ends is not None and now >= self.ends

    def turns(self) -> Iterator[float]:
        """The moments at which anything about the leg changes."""
        yield self.begins
        if self.connects is not None:
            yield self.connects
        if self.ends is not None:
            yield from (self.ends, self.ends + TEARDOWN_SECONDS)

    def state(self, now: float, pending: State) -> State:
        """The state at a moment not before the leg begins; ``pending`` is its state until answered."""
        if self.ends is not None and now >= self.ends:
            torn_down = self.fault is not None or now >= self.ends + TEARDOWN_SECONDS
            return "terminated" if torn_down else "disconnected"
        return "connected" if self.connected(now) else pending


class Party(NamedTuple):
    """One dialled party: how it takes the call, and whether it picks up with no ringing, as a queue does."""

    outcome: Outcome
    at_once: bool = False


def legs(placed_at: float, parties: Sequence[Party], hung_up_at: float | None = None) -> list[Leg]:
    """The legs of a call, the caller's own first, as far as they ever begin."""
    natural = _natural(placed_at, parties)
    if hung_up_at is None:
        return natural
    return [_cut(leg, hung_up_at) for leg in natural if leg.begins <= hung_up_at]


def _natural(placed_at: float, parties: Sequence[Party]) -> list[Leg]:
    if any(party.outcome is Outcome.STATION_TIMEOUT for party in parties):
        given_up = placed_at + STATION_TIMEOUT_SECONDS
        return [Leg(None, placed_at, ends=given_up, disconnect="error", fault=STATION_TIMEOUT)]
    answered = placed_at + STATION_ANSWERS_SECONDS
    far = [_far(position, party, answered) for position, party in enumerate(parties)]
    ends = [leg.ends for leg in far]
    over = None if None in ends else max((end for end in ends if end is not None), default=None)
    return [Leg(None, placed_at, answered, over, None if over is None else "peer"), *far]


def _far(position: int, party: Party, dialled: float) -> Leg:
    ending = ENDINGS.get(party.outcome)
    if ending:
        return Leg(position, dialled, None, dialled + ending.after, ending.disconnect, ending.fault)
    return Leg(position, dialled, dialled if party.at_once else dialled + FAR_ANSWERS_SECONDS)


def _cut(leg: Leg, hung_up_at: float) -> Leg:
    if leg.ended(hung_up_at):
        return leg
    return Leg(
        leg.target,
        leg.begins,
        leg.connects if leg.connected(hung_up_at) else None,
        hung_up_at,
        "client" if leg.target is None else "peer",
    )

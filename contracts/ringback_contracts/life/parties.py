"""Whom a command rings, and how they take it.

All that an org knows of them is said here, so that a call's history stands for itself, whatever becomes of
the org.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

PartyKind = Literal["user", "queue", "address", "campaign", "voicemail"]
How = Literal[
    "answers",
    "busy",
    "no_answer",
    "declines",
    "do_not_disturb",
    "no_route",
    "invalid",
    "voicemail",
    "waits",
    "dead",
]
"""How a party takes a call. One that ``waits`` rings until a command answers it, and one that is ``dead``
until it is given up, for there is no phone; ``voicemail`` takes the call where nobody answers."""
WrapPrompt = Literal["mandatory", "optional", "agentRequested", "timeout", "forcedTimeout"]

STATION_ANSWERS_SECONDS = 1.15
"""From placing the call until the caller's station has answered (reported)."""
STATION_TIMEOUT_SECONDS = 60.0
"""From placing the call until a station that does not answer is given up (reported)."""
OWN_DIALING_SECONDS = 0.042
"""From the far leg's beginning until the caller's own leg says that it dials (reported)."""
OWN_CONNECTS_SECONDS = 0.008
"""From the far end's answer until the caller's own leg is connected (reported)."""
TEARDOWN_SECONDS = 0.2
"""From ``disconnected`` to ``terminated``, at most (reported); a leg that fails is ``terminated`` at once."""
NO_ANSWER_SECONDS = 30.0
ALERTING_SECONDS = 8.0
"""How long a queue lets an agent's phone ring, unless the queue says otherwise."""
FORWARDED_SECONDS = 12.0
"""How long those ring to whom a user's calls go, before the next do: as long as the platform lets a user's
own phone ring (published)."""
OFFERED_SECONDS = 0.1
"""From offering a call to the platform's own parties, or to it by a caller, until they are connected."""
IVR_SECONDS = 1.0
"""How long the menu speaks before it gives the caller to the queue."""

SECONDS: dict[How, float] = {
    "answers": 2.0,
    "busy": 1.0,
    "no_answer": NO_ANSWER_SECONDS,
    "declines": 3.0,
    "do_not_disturb": 0.001,
    "no_route": 0.001,
    "invalid": 0.001,
    "voicemail": NO_ANSWER_SECONDS,
    "waits": NO_ANSWER_SECONDS,
    "dead": NO_ANSWER_SECONDS,
}
"""From ringing a party until it does what it does; a call without a route fails within a millisecond
(reported), the rest is our choice."""


class Takes(NamedTuple):
    """How a party takes a call: what it does ``after`` so many seconds of ringing, and when it hangs up."""

    how: How = "answers"
    after: float | None = None
    hangs_up_after: float | None = None

    @property
    def seconds(self) -> float:
        return SECONDS[self.how] if self.after is None else self.after


class WrapRules(NamedTuple):
    """What a queue asks of its agents after a call.

    ``waits``: the leg stays ``disconnected`` until the work is done, as in some organisations (reported).
    """

    prompt: WrapPrompt = "optional"
    timeout_ms: int | None = None
    required: bool = True
    waits: bool = False


class Routing(NamedTuple):
    """What a queue goes by to find an agent."""

    priority: int = 0
    language_id: str | None = None
    skill_ids: tuple[str, ...] = ()


class Forwarding(NamedTuple):
    """Where a user's calls go in place of the user's phone: one route after the other, each to parties that
    ring together. ``voicemail``: the user's own takes what none of them does.
    """

    routes: tuple[tuple[Party, ...], ...]
    voicemail: bool = False


class Party(NamedTuple):
    """Somebody who can be rung. ``id`` is that of the user, queue or campaign.

    ``agents`` are a queue's, in the order in which they are alerted; ``wrap`` and ``alerting_seconds`` are
    what the queue sets for them, and ``routing`` what it goes by.
    """

    kind: PartyKind
    id: str | None = None
    address: str | None = None
    name: str | None = None
    takes: Takes = Takes()
    purpose: str | None = None
    contact_id: str | None = None
    wrap: WrapRules | None = None
    alerting_seconds: float | None = None
    routing: Routing | None = None
    agents: tuple[Party, ...] = ()
    forwarding: Forwarding | None = None

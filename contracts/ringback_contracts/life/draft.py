"""A call being changed: what the handlers of commands and turns write on, and what they all need.

A draft lives within one ``apply`` or ``advance`` and leaves it as a new conversation, so that outside
nothing ever changes under anybody's hands.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator

from ringback_contracts.life.moments import derived_id
from ringback_contracts.life.parties import OWN_CONNECTS_SECONDS, Party
from ringback_contracts.life.values import (
    NOBODY,
    CallParticipant,
    Communication,
    Conversation,
    Direction,
    DisconnectType,
    Segment,
    State,
    Turn,
    What,
    own_leg,
)

SERVICES = frozenset({"acd", "ivr", "voicemail"})
"""Purposes of the platform's own parties, who stay for somebody's sake."""
FULL = ("full",)
PENDING_SEGMENT: dict[State, str] = {
    "alerting": "Alert",
    "contacting": "Contacting",
    "dialing": "Dialing",
    "offering": "System",
}
TALKING_SEGMENT = {"acd": "Delay", "ivr": "IVR"}


class Draft:
    """A conversation at ``now``, with its parties and turns open to change. ``head`` holds all else."""

    __slots__ = ("head", "history", "now", "participants", "regroup", "ticks", "turns", "weight")

    def __init__(self, conversation: Conversation, now: float) -> None:
        self.head = conversation
        self.history = conversation.history
        self.weight = conversation.weight
        self.now = now
        self.participants = list(conversation.participants)
        self.turns = list(conversation.turns)
        self.ticks = conversation.ticks
        self.regroup = False

    def done(self) -> Conversation:
        """The conversation as it has become."""
        if self.regroup:
            confine(self)
        return self.head._replace(
            now=self.now,
            ticks=self.ticks,
            history=self.history,
            weight=self.weight,
            participants=tuple(self.participants),
            turns=tuple(self.turns),
        )

    def put(self, participant: CallParticipant) -> None:
        """Let the participant be as given."""
        self.participants[participant.number] = participant

    def put_call(self, number: int, call: Communication) -> None:
        """Let the participant's leg be as given."""
        self.participants[number] = self.participants[number]._replace(call=call)

    def get(self, participant_id: str) -> CallParticipant:
        """The participant with the id, which the command's objections have made sure of."""
        return next(one for one in self.participants if one.id == participant_id)

    def at(self, moment: float, turn: Turn) -> None:
        """Let the turn be due at the moment, after all that is due then already."""
        self.ticks += 1
        insort(self.turns, turn._replace(at=max(moment, self.now), order=self.ticks))

    def later(
        self, seconds: float, what: What, number: int, disconnect: DisconnectType | None = None
    ) -> None:
        """Let something happen to a participant's leg after so many seconds; at once if they are below 0."""
        self.ticks += 1
        insort(self.turns, Turn(self.now + max(seconds, 0.0), self.ticks, what, number, disconnect))

    def forget(self, number: int) -> None:
        """Let nothing more happen to the leg that was due."""
        self.turns = [turn for turn in self.turns if turn.number != number]

    def own_leg(self, user_id: str | None) -> CallParticipant | None:
        """The user's participant whose leg is not over; the newest, should there be several."""
        return own_leg(self.participants, user_id)

    def live(self) -> Iterator[CallParticipant]:
        """Those whose legs are not over."""
        return (one for one in self.participants if not one.call.over)


def begin(draft: Draft, party: Party, purpose: str, state: State, direction: Direction) -> CallParticipant:
    """A new leg of the call, and the participant to whom it belongs."""
    number = len(draft.participants)
    head = draft.head
    call = Communication(
        derived_id(head.id, f"call/{number}"),
        state,
        state,
        direction,
        draft.now,
        recording=head.recording,
        secure_pause=head.secure_pause,
        segments=(Segment(PENDING_SEGMENT.get(state, "System"), draft.now),),
    )
    if head.anchor not in (NOBODY, number):
        call = call._replace(peer=draft.participants[head.anchor].call.id)
    participant = CallParticipant(
        number,
        derived_id(head.id, f"participant/{number}"),
        purpose,
        party,
        call,
        media_roles=() if purpose in SERVICES else FULL,
    )
    draft.participants.append(participant)
    return participant


def set_anchor(draft: Draft, number: int) -> None:
    """Make the participant the outside party: the other legs are peers to its leg."""
    before = draft.head.anchor
    old = None if before == NOBODY else draft.participants[before].call.id
    draft.head = draft.head._replace(anchor=number)
    call = draft.participants[number].call
    draft.put_call(number, call._replace(peer=None))
    for one in list(draft.live()):
        if one.number != number and one.call.peer in (None, old):
            draft.put_call(one.number, one.call._replace(peer=call.id))


def connect(draft: Draft, number: int) -> None:
    """The leg is answered: what was due to its ringing no longer is, but a menu still has its command."""
    draft.turns = [turn for turn in draft.turns if turn.number != number or turn.command]
    draft.regroup = True
    participant = draft.participants[number]
    kind = TALKING_SEGMENT.get(participant.purpose, "Interact")
    draft.put_call(
        number,
        participant.call._replace(
            state="connected",
            connected_at=draft.now,
            segments=(*closed(participant.call, draft.now, "Interact"), Segment(kind, draft.now)),
        ),
    )
    until = participant.party.takes.hangs_up_after
    if until is not None:
        draft.later(until, "hangs_up", number)
    caller = participant.origin
    if caller != NOBODY and draft.participants[caller].call.state in {"contacting", "dialing", "offering"}:
        draft.later(OWN_CONNECTS_SECONDS, "own_connects", caller)


def closed(call: Communication, now: float, how: str) -> tuple[Segment, ...]:
    """The segments of a leg that is not over, the last of which has ended."""
    return (*call.segments[:-1], call.segments[-1]._replace(ends=now, how_ended=how))


def talkers(draft: Draft) -> list[CallParticipant]:
    """The people who are connected and talk: no watchers, no services, nobody who is parked."""
    return [one for one in draft.participants if talks(one)]


def talks(one: CallParticipant) -> bool:
    """Whether the participant is one of the people who are connected and talk."""
    if one.call.state != "connected" or one.purpose in SERVICES:
        return False
    return one.watch is None or not one.watches


def confine(draft: Draft) -> None:
    """Work out anew who is kept from hearing the others, by whom: nobody is without a holder."""
    draft.regroup = False
    here = talkers(draft)
    kept = _kept_apart(draft, here)
    for one in draft.participants:
        by = kept.get(one.number, NOBODY)
        if one.call.confined_by != by:
            draft.put_call(one.number, one.call._replace(confined_by=by))


def _kept_apart(draft: Draft, here: list[CallParticipant]) -> dict[int, int]:
    numbers = {one.number for one in here}
    kept = {one.number: one.call.set_apart_by for one in here if one.call.set_apart_by in numbers}
    if len(here) == 2:
        first, second = here
        kept |= {
            one.number: other.number for one, other in ((first, second), (second, first)) if other.call.held
        }
    consult = draft.head.consult
    if consult and consult.initiator in numbers:
        apart = {"DESTINATION": consult.subject, "OBJECT": consult.target}.get(consult.speak_to, NOBODY)
        if apart in numbers:
            kept[apart] = consult.initiator
    return kept

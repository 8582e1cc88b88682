"""What a call is made of: plain tuples, cheap to make, to compare and to keep.

Times are seconds since 1970. A value holds the past alone: what is still to come stands in ``turns``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple

from ringback_contracts.core.plain import often_replaced

if TYPE_CHECKING:
    from ringback_contracts.life.commands import Command
    from ringback_contracts.life.parties import Party, Routing, WrapRules

State = Literal[
    "alerting", "contacting", "dialing", "offering", "connected", "parked", "disconnected", "terminated"
]
Direction = Literal["inbound", "outbound"]
DisconnectType = Literal[
    "client",
    "endpoint",
    "endpoint.donotdisturb",
    "error",
    "peer",
    "system",
    "transfer",
    "transfer.conference",
    "transfer.donotdisturb",
    "transfer.forward",
    "transfer.noanswer",
]
"""In the spelling of REST."""
RecordingState = Literal["none", "active", "paused"]
SpeakTo = Literal["DESTINATION", "OBJECT", "BOTH", "CONFERENCE"]
WatchKind = Literal["monitor", "coach", "barge"]
What = Literal[
    "alerts",
    "answers",
    "dialing",
    "effect",
    "fails",
    "hangs_up",
    "leaves",
    "offered",
    "own_connects",
    "resumes",
    "routes",
    "station",
    "station_timeout",
    "teardown",
    "unanswered",
    "wrapup_timeout",
]
"""What a turn of a call can be; ``engine.TURNS`` says what each does."""

NOBODY = -1
"""The number of no participant."""
NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})
OVER: frozenset[State] = frozenset({"disconnected", "terminated"})
UP: frozenset[State] = frozenset({"connected", "parked"})


class CallError(NamedTuple):
    """What the platform reports for a leg that failed."""

    code: str
    message: str


class DisconnectReason(NamedTuple):
    """The SIP response (RFC 3261, section 21) with which a far end refused a call."""

    code: int
    phrase: str


class Segment(NamedTuple):
    """A stretch of a leg in which it did one thing; ``ends`` is ``None`` for the one that goes on."""

    type: str
    begins: float
    ends: float | None = None
    how_ended: str | None = None


@often_replaced
class Communication(NamedTuple):
    """One leg: a party's connection to the call.

    ``confined_by`` and ``set_apart_by`` are numbers of participants: who keeps the party from hearing the
    others, whatever the reason, and who asked for just that.
    """

    id: str
    state: State
    initial_state: State
    direction: Direction
    begins: float
    connected_at: float | None = None
    ended_at: float | None = None
    disconnect: DisconnectType | None = None
    fault: CallError | None = None
    reason: DisconnectReason | None = None
    held_at: float | None = None
    muted: bool = False
    confined_by: int = NOBODY
    set_apart_by: int = NOBODY
    recording: RecordingState = "none"
    secure_pause: bool = False
    peer: str | None = None
    uui_data: str | None = None
    parked_at: float | None = None
    resumes_at: float | None = None
    segments: tuple[Segment, ...] = ()

    @property
    def over(self) -> bool:
        return self.state in OVER

    @property
    def up(self) -> bool:
        """Whether the party has been answered, and is still there."""
        return self.state in UP

    @property
    def held(self) -> bool:
        return self.held_at is not None

    @property
    def confined(self) -> bool:
        return self.confined_by != NOBODY


class WrapUp(NamedTuple):
    """What an agent wrote down of a call. ``ended_at`` is when, unless the agent gave a time."""

    code: str | None
    ended_at: float
    name: str | None = None
    notes: str | None = None
    tags: tuple[str, ...] = ()
    duration_seconds: int | None = None
    provisional: bool = False


class AfterCall(NamedTuple):
    """After-call work of an agent's leg: the rules it is under, and how far it has come."""

    rules: WrapRules
    begins: float | None = None
    ended_at: float | None = None
    skipped: bool = False

    @property
    def open(self) -> bool:
        """Whether the agent's leg has ended and the work has not."""
        return self.begins is not None and self.ended_at is None


class Watch(NamedTuple):
    """A supervisor's leg that listens to another's, helps it or joins it."""

    kind: WatchKind
    number: int
    since: float


class Forwarded(NamedTuple):
    """Whose calls a leg takes: the number of that user's participant, and of the route that led to it."""

    user: int
    route: int


@often_replaced
class CallParticipant(NamedTuple):
    """A party of the call with its leg. ``number`` is its place in the order in which the parties came.

    ``origin`` is the number of who dialled it; ``agents`` are those whom a queue has still to alert.
    """

    number: int
    id: str
    purpose: str
    party: Party
    call: Communication
    attributes: Mapping[str, str] = NO_ATTRIBUTES
    queue_id: str | None = None
    origin: int = NOBODY
    transferred: bool = False
    wrap_up: WrapUp | None = None
    after_call: AfterCall | None = None
    watch: Watch | None = None
    media_roles: tuple[str, ...] = ()
    routing: Routing | None = None
    from_acd: bool = False
    alerting_seconds: float | None = None
    agents: tuple[Party, ...] = ()
    flagged: bool = False
    forwarded: Forwarded | None = None

    @property
    def watches(self) -> bool:
        """Whether the party listens without being one of those who talk."""
        return self.watch is not None and self.watch.kind != "barge"

    @property
    def user_id(self) -> str | None:
        return self.party.id if self.party.kind == "user" else None


class Consult(NamedTuple):
    """A consult that runs: the numbers of who takes part. ``target`` is ``NOBODY`` while a queue seeks one;
    ``via`` is whose leg the consult created: the target itself, or the queue.
    """

    initiator: int
    subject: int
    via: int
    target: int
    speak_to: SpeakTo


class Transfer(NamedTuple):
    """A transfer that was made, as ``recentTransfers`` tells it."""

    id: str
    at: float
    by: str | None
    to: Party
    attended: bool


class Callback(NamedTuple):
    """A call back that waits with a participant to be dialled."""

    id: str
    number: int
    numbers: tuple[str, ...]
    created_at: float
    user_name: str | None = None
    scheduled_at: float | None = None
    dialled_at: float | None = None


@often_replaced
class Turn(NamedTuple):
    """Something that is due: the earliest first, and in the order of their making those of one moment."""

    at: float
    order: int
    what: What
    number: int
    disconnect: DisconnectType | None = None
    command: Command | None = None


class Entry(NamedTuple):
    """An accepted command, and when it was."""

    at: float
    command: Command


@often_replaced
class Conversation(NamedTuple):
    """A call as it stands at ``now``: a pure function of its ``history`` and that moment.

    ``anchor`` is the number of the outside party, to which the others' legs are peers. ``ticks`` numbers
    the turns. ``weight`` is roughly what the texts of the history weigh in bytes.
    """

    id: str
    now: float
    started_at: float
    participants: tuple[CallParticipant, ...] = ()
    turns: tuple[Turn, ...] = ()
    history: tuple[Entry, ...] = ()
    ticks: int = 0
    weight: int = 0
    anchor: int = NOBODY
    ani: str | None = None
    ani_name: str | None = None
    dnis: str | None = None
    recording: RecordingState = "none"
    secure_pause: bool = False
    consult: Consult | None = None
    consulted: bool = False
    transfers: tuple[Transfer, ...] = ()
    callbacks: tuple[Callback, ...] = ()
    external_tag: str | None = None
    utilization_label: str | None = None
    secure_attributes: Mapping[str, str] = NO_ATTRIBUTES
    secure_version: int = 0
    """How often these were set."""

    @property
    def active(self) -> bool:
        """Whether anybody is still on the call, or about to be."""
        return any(one.call.state not in OVER for one in self.participants)

    def find(self, participant_id: str) -> CallParticipant | None:
        """The participant with the id."""
        for one in self.participants:
            if one.id == participant_id:
                return one
        return None

    def own_leg(self, user_id: str | None) -> CallParticipant | None:
        """The user's participant whose leg is not over; the newest, should there be several."""
        return own_leg(self.participants, user_id)


def own_leg(participants: Sequence[CallParticipant], user_id: str | None) -> CallParticipant | None:
    """The user's participant whose leg is not over; the newest, should there be several."""
    if user_id is not None:
        for one in reversed(participants):
            party = one.party
            if party.id == user_id and party.kind == "user" and one.call.state not in OVER:
                return one
    return None

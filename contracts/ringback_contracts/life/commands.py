"""Everything that can be done to a call.

``participant`` is the id of one. ``by`` is the id of the user who does it from their own leg; ``None`` stands
for somebody outside the call, such as a service or a supervisor with the permission.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, get_args

from ringback_contracts.life.parties import Party
from ringback_contracts.life.values import NO_ATTRIBUTES, Direction, RecordingState, SpeakTo, WatchKind

MOST_KEYS = 100
KEYS = rf"[0-9A-D*#]{{1,{MOST_KEYS}}}"
"""The keys of a phone (RFC 4733, section 3.2), as many as one request presses."""
FarAct = Literal["answers", "declines", "busy", "no_answer", "hangs_up", "holds", "retrieves", "digits"]
TransferType = Literal["Attended", "Unattended"]


class Place(NamedTuple):
    """A user, or a campaign, calls somebody. ``queue_id`` is the queue on whose behalf, if any."""

    caller: Party
    parties: tuple[Party, ...]
    ani: str | None = None
    ani_name: str | None = None
    dnis: str | None = None
    queue_id: str | None = None
    attributes: Mapping[str, str] = NO_ATTRIBUTES
    uui_data: str | None = None
    queue_name: str | None = None


class Ring(NamedTuple):
    """Somebody outside calls a user, or a queue behind a menu (``ivr``)."""

    customer: Party
    to: Party
    ani: str | None = None
    ani_name: str | None = None
    dnis: str | None = None
    ivr: bool = True
    attributes: Mapping[str, str] = NO_ATTRIBUTES


class Answer(NamedTuple):
    """Pick up; a parked party comes back by it."""

    participant: str
    by: str | None = None


class Disconnect(NamedTuple):
    """End a party's leg; that of who began a consult completes the transfer."""

    participant: str
    by: str | None = None


class End(NamedTuple):
    """End every leg; ``system`` also closes wrap-up that is open."""

    by: str | None = None
    system: bool = False


class Hold(NamedTuple):
    """Put the others on hold, or go back to them."""

    participant: str
    held: bool
    by: str | None = None


class Mute(NamedTuple):
    """Let the others hear nothing of a party, or hear it again."""

    participant: str
    muted: bool
    by: str | None = None


class Confine(NamedTuple):
    """Keep a party from hearing the others, or let it hear them."""

    participant: str
    confined: bool
    by: str | None = None


class Record(NamedTuple):
    """Record one leg, or stop."""

    participant: str
    recording: bool
    by: str | None = None


class SetRecording(NamedTuple):
    """The recording of the whole call; ``paused`` is a secure pause."""

    state: RecordingState
    by: str | None = None


class SetAttributes(NamedTuple):
    """Add to what is kept with a participant, or change it."""

    participant: str
    attributes: Mapping[str, str]


class SetUuiData(NamedTuple):
    """The user-to-user information that goes with a leg."""

    participant: str
    uui_data: str


class SendDigits(NamedTuple):
    """Tones (DTMF) for a party."""

    participant: str
    digits: str


class SetTag(NamedTuple):
    """The external tag of the whole conversation."""

    tag: str


class SetUtilizationLabel(NamedTuple):
    """The label under which the conversation counts for an agent's utilization; ``None`` takes it away."""

    label_id: str | None


class SetSecureAttributes(NamedTuple):
    """Texts that are kept beside the conversation: those there are, where ``merges``, and these.

    ``version`` is that of the texts which they are to replace, where who sends them says so.
    """

    attributes: Mapping[str, str]
    merges: bool = False
    version: int | None = None


class Flag(NamedTuple):
    """Mark a participant for attention, or no longer."""

    participant: str
    flagged: bool


class Park(NamedTuple):
    """Set a party aside, until ``until`` (seconds since 1970) if that is given."""

    participant: str
    until: float | None = None
    by: str | None = None


class SetMediaRoles(NamedTuple):
    """Make a supervisor who watches a full party."""

    participant: str
    roles: tuple[str, ...] = ("full",)


class GiveWrapUp(NamedTuple):
    """Write down the outcome of a call; ``ended_at`` is a time that the agent gave."""

    participant: str
    code: str | None = None
    name: str | None = None
    notes: str | None = None
    tags: tuple[str, ...] = ()
    duration_seconds: int | None = None
    ended_at: float | None = None
    provisional: bool = False


class SkipWrapUp(NamedTuple):
    """Go without the wrap-up that the queue asks for."""

    participant: str


class BlindTransfer(NamedTuple):
    """Put ``to`` in the place of a participant: of an agent, or of who talks to it.

    ``voicemail`` leads to the voicemail of ``to``.
    """

    participant: str
    to: Party | None
    by: str | None = None
    transfer_type: TransferType | None = None
    voicemail: bool = False


class StartConsult(NamedTuple):
    """Ask somebody about a participant, who is the one to be transferred."""

    participant: str
    to: Party | None
    by: str | None
    speak_to: SpeakTo = "DESTINATION"


class SetSpeakTo(NamedTuple):
    """Say who hears whom while a consult runs; ``participant`` is the one to be transferred."""

    participant: str
    speak_to: SpeakTo
    by: str | None = None


class CancelConsult(NamedTuple):
    """Call a consult off; ``participant`` is the one to be transferred."""

    participant: str
    by: str | None = None


class Invite(NamedTuple):
    """Ring more parties into the call."""

    parties: tuple[Party, ...]
    by: str | None = None


class Joining(NamedTuple):
    """A party as it comes over from another call."""

    party: Party
    purpose: str
    direction: Direction
    queue_id: str | None = None
    attributes: Mapping[str, str] = NO_ATTRIBUTES
    alerting: bool = False


class Merge(NamedTuple):
    """Take the parties of other calls into this one. ``conversation_ids`` are those that were asked for."""

    conversation_ids: tuple[str, ...]
    parties: tuple[Joining, ...] = ()
    by: str | None = None


class MoveAway(NamedTuple):
    """The other side of a merge: the parties go over to the call ``into``."""

    into: str


class Supervise(NamedTuple):
    """Listen to a participant, help it unheard by the others, or join in."""

    kind: WatchKind
    participant: str
    supervisor: Party


class AskCallBack(NamedTuple):
    """Keep with a participant that somebody is to be called back."""

    participant: str
    numbers: tuple[str, ...]
    queue_id: str | None = None
    user_name: str | None = None
    scheduled_at: float | None = None


class CallBack(NamedTuple):
    """Dial a call back that was asked for."""

    caller: Party
    to: Party


class FarEnd(NamedTuple):
    """What somebody does with their phone, rather than through the API."""

    participant: str
    act: FarAct
    digits: str = ""


class Staff(NamedTuple):
    """Who of a queue's agents can be alerted now, instead of those that were told before."""

    queue_id: str
    agents: tuple[Party, ...]


class Delayed(NamedTuple):
    """A command that is accepted now and takes effect later, if it still can."""

    seconds: float
    command: Command


Command = (
    Place
    | Ring
    | Answer
    | Disconnect
    | End
    | Hold
    | Mute
    | Confine
    | Record
    | SetRecording
    | SetAttributes
    | SetUuiData
    | SendDigits
    | SetTag
    | SetUtilizationLabel
    | SetSecureAttributes
    | Flag
    | Park
    | SetMediaRoles
    | GiveWrapUp
    | SkipWrapUp
    | BlindTransfer
    | StartConsult
    | SetSpeakTo
    | CancelConsult
    | Invite
    | Merge
    | MoveAway
    | Supervise
    | AskCallBack
    | CallBack
    | FarEnd
    | Staff
    | Delayed
)


class Instruction(NamedTuple):
    """A command for one of several calls."""

    call_id: str
    command: Command


COMMANDS: Mapping[str, type[NamedTuple]] = {kind.__name__: kind for kind in get_args(Command)}
"""Every command by its name."""

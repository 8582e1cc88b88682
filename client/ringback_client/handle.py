"""A call that can be told what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol, Self

from ringback_client import telling
from ringback_client.bodies import Address
from ringback_client.calls import OVER, Call, Participant
from ringback_client.errors import ConfigurationError, InvalidRequest, NotFound
from ringback_contracts.core.model import Request

SpokenTo = Literal["DESTINATION", "OBJECT", "BOTH", "CONFERENCE"]
"""Who hears whoever asks while a consult runs: the one who is asked, the customer, both."""
SERVICES = frozenset({"acd", "ivr", "workflow", "voicemail", "campaign", "dialer"})
"""The purposes of legs that are nobody."""


class CallLine(Protocol):
    """What a call is told through."""

    def get_call(self, call_id: str, /) -> Call: ...

    def tell(self, request: Request, /, *, repeatable: bool = False, before: Call | None = None) -> None: ...

    def bring(self, request: Request, before: Call, /) -> str:
        """Ring somebody into a call, and give the id of the participant whom that makes."""
        ...

    def invite(self, request: Request, before: Call, /) -> tuple[str, ...]:
        """The same for several at once."""
        ...

    def own_user_id(self) -> str: ...

    def wait_for(
        self, call: str, state: str, *, timeout: float, whose: Callable[[Call], str] | None
    ) -> Call: ...


class CallCommands:
    """What can be done to a call, each by one request.

    Most requests go to a participant: the call is read first, to find the leg of the user who acts, and
    nothing is remembered of it. Each method raises the ``StatusError`` of a refusal, and ``NotFound``
    where the user has no leg. Those that ring somebody are sent once, and raise ``CallOutcomeUnknown`` where
    the reply is lost; of the others those that do no harm twice are asked for again, the rest raise
    ``ReplyLost``.
    """

    __slots__ = ("_line", "_user_id")

    id: str
    _line: CallLine
    _user_id: str | None

    def through(self, line: CallLine, user_id: str | None = None) -> Self:
        """The same, told through ``line``; ``user_id`` is who acts, where it is not the token's user."""
        object.__setattr__(self, "_line", line)
        object.__setattr__(self, "_user_id", user_id)
        return self

    @property
    def line(self) -> CallLine:
        """What it is told through; raises ``ConfigurationError`` for a copy, which has nothing."""
        try:
            return self._line
        except AttributeError:
            raise ConfigurationError(
                "this value of a call came without its client, as a copy does; take client.call(id)"
            ) from None

    def look(self) -> Call:
        """The call as it stands now."""
        return self.line.get_call(self.id)

    # --- the own leg ------------------------------------------------------------------------------------

    def answer(self) -> None:
        """Pick up."""
        self._become({"state": "connected"})

    def hold(self, held: bool = True) -> None:
        """Put the others on hold, or go back to them."""
        self._become({"held": held})

    def unhold(self) -> None:
        """Go back to those who are on hold."""
        self.hold(held=False)

    def mute(self, muted: bool = True) -> None:
        """Let the others hear nothing of the user, or hear them again."""
        self._become({"muted": muted})

    def unmute(self) -> None:
        """Let the others hear the user again."""
        self.mute(muted=False)

    def hang_up(self) -> None:
        """End the call for everybody; once more does no harm."""
        made = telling.hung_up if self._user_id is None else telling.ended
        self.line.tell(made(self.id), repeatable=True)

    def leave(self) -> None:
        """Hang up the own leg; the others go on where there are several, and a consult is completed."""
        self.line.tell(telling.told(self.id, self._own(self.look()), {"state": "disconnected"}))

    # --- what is written down ---------------------------------------------------------------------------

    def attributes(self, texts: Mapping[str, str], *, participant: str | None = None) -> None:
        """Keep texts with the own leg, or with another participant; what is not named stays."""
        at = participant or self._own(self.look())
        self.line.tell(telling.kept(self.id, at, texts), repeatable=True)

    def wrap_up(
        self, code: str | None = None, *, notes: str | None = None, participant: str | None = None
    ) -> None:
        """Write down the outcome: ``code`` is the id of a wrap-up code. It may be done after the call."""
        at = participant or self._own(self.look())
        said = {name: value for name, value in (("code", code), ("notes", notes)) if value is not None}
        self.line.tell(telling.told(self.id, at, {"wrapup": said}), repeatable=True)

    def digits(self, keys: str, *, participant: str | None = None) -> None:
        """Press keys (0 to 9, ``*``, ``#``, A to D) for whoever is at the other end."""
        self.line.tell(telling.pressed(self.id, participant or self._other(self.look()), keys))

    # --- bringing somebody else -------------------------------------------------------------------------

    def transfer(self, to: Address, *, participant: str | None = None) -> None:
        """Give the call to somebody else, who takes the place of the own leg, or of that participant.

        ``to`` is ``tel:+442079460100``, ``user:{id}``, ``queue:{id}`` or ``sip:user@host``.
        """
        before = self.look()
        at = participant or self._own(before)
        self.line.tell(telling.replaced(self.id, at, to, {}), before=before)

    def consult(
        self, to: Address, *, speak_to: SpokenTo = "DESTINATION", participant: str | None = None
    ) -> str:
        """Ask somebody about the customer, who is put aside, and give the id of the new participant.

        ``complete`` then gives the call away, and ``cancel_consult`` goes back to the customer.
        ``participant`` is whom it is about, where there are several.
        """
        before = self.look()
        about = participant or self._other(before)
        return self.line.bring(telling.consulted(self.id, about, to, self._speaking(speak_to)), before)

    def invite(self, *to: Address) -> tuple[str, ...]:
        """Ring more parties into the call, all by one request, and give the ids of the new participants.

        Each of ``to`` is written as for ``transfer``.
        """
        before = self.look()
        return self.line.invite(telling.invited(self.id, to, self._user_id), before)

    def ask_call_back(
        self,
        *numbers: Address,
        queue_id: str | None = None,
        name: str | None = None,
        at: datetime | None = None,
        participant: str | None = None,
    ) -> None:
        """Ask that the customer be called back at one of the numbers, for the queue of the call or another.

        ``name`` is who is to be asked for, ``at`` when, which is a moment with its zone.
        """
        if at is not None and at.tzinfo is None:
            raise InvalidRequest("not sent: at has no zone, so that nobody knows when it is")
        before = self.look()
        about = participant or self._other(before)
        said = {
            "queueId": queue_id,
            "callbackUserName": name,
            "callbackScheduledTime": None if at is None else at.isoformat(),
        }
        fields = {key: value for key, value in said.items() if value is not None}
        self.line.tell(telling.call_back_asked(self.id, about, numbers, fields), before=before)

    def call_back(self, to: Address) -> None:
        """Dial the call back that was asked for: the user's phone rings first, then ``to``."""
        self.line.tell(telling.called_back(self.id, to), before=self.look())

    def speak_to(self, whom: SpokenTo) -> None:
        """Say who hears the user while a consult runs."""
        request = telling.consult_changed(self.id, self._consulted(self.look()), self._speaking(whom))
        self.line.tell(request, repeatable=True)

    def cancel_consult(self) -> None:
        """Call a consult off: whoever was asked is gone, and the two talk again."""
        self.line.tell(telling.consult_called_off(self.id, self._consulted(self.look())))

    def complete(self) -> None:
        """Complete a transfer: the user leaves, and the customer talks to whoever was consulted.

        Nothing is sent where no consult runs, since that would hang up on the customer.
        """
        call = self.look()
        self._consulted(call)
        self.line.tell(telling.told(self.id, self._own(call), {"state": "disconnected"}))

    # --- waiting ----------------------------------------------------------------------------------------

    def wait_for(self, state: str, *, timeout: float = 60.0, participant: str | None = None) -> Call:
        """The call, once the own leg is in the state, or all legs where it is the end, or that participant.

        It listens where a channel is to be had, and asks again and again where not. Raises
        ``CallNeverReached`` for a call that ended before, and ``WaitedTooLong`` after ``timeout`` seconds.
        """
        whose = self._own if participant is None else lambda _: participant
        anybody = participant is None and state in OVER
        return self.line.wait_for(self.id, state, timeout=timeout, whose=None if anybody else whose)

    # --- who is who -------------------------------------------------------------------------------------

    def _become(self, fields: Mapping[str, object]) -> None:
        # To be told twice to be so is to be so.
        self.line.tell(telling.told(self.id, self._own(self.look()), fields), repeatable=True)

    def _user_of(self, call: Call) -> str:
        """The id of the user who acts."""
        if self._user_id is not None:
            return self._user_id
        users = {leg.user_id for leg in call.participants if leg.user_id}
        return users.pop() if len(users) == 1 else self.line.own_user_id()

    def _own(self, call: Call) -> str:
        """The id of the user's participant: the newest that is not over, else the newest."""
        mine = call.legs_of(self._user_of(call))
        for leg in (*reversed([leg for leg in mine if not leg.over]), *reversed(mine)):
            if leg.id:
                return leg.id
        raise NotFound(f"not sent: the user who acts has no leg on call {self.id}")

    def _other(self, call: Call) -> str:
        """The id of the one participant who talks to the user."""
        own = self._own(call)
        others = [leg for leg in call.participants if leg.id != own and leg.purpose not in SERVICES]
        there = [leg for leg in others if leg.state == "connected"] or [leg for leg in others if not leg.over]
        if len(there) == 1 and there[0].id:
            return there[0].id
        if not there:
            raise NotFound(f"not sent: nobody but the user who acts is on call {self.id}")
        raise InvalidRequest(
            f"not sent: several are on call {self.id}; say whom you mean with participant=: {_listed(there)}"
        )

    def _consulted(self, call: Call) -> str:
        """The id of the participant whom the consult of the user is about."""
        own = self._own(call)
        about = next((leg.consult_participant_id for leg in call.participants if leg.id == own), None)
        if about is None:
            raise InvalidRequest(f"not sent: the user who acts has no consult that runs on call {self.id}")
        return about

    def _speaking(self, whom: SpokenTo) -> Mapping[str, object]:
        asks = {} if self._user_id is None else {"consultingUserId": self._user_id}
        return {"speakTo": whom, **asks}


def _listed(legs: list[Participant]) -> str:
    return ", ".join(f"{leg.id} ({leg.purpose}, {leg.state})" for leg in legs)


@dataclass(frozen=True, slots=True)
class CallHandle(CallCommands):
    """A call that is there, by its id."""

    id: str


@dataclass(frozen=True, slots=True)
class PlacedCall(CallCommands):
    """A call that the target took.

    ``note`` says why it cannot work, where a mock knows (``Ringback-Note``); ``uri`` and ``created_time``
    come with a ``participants`` body only. ``document`` is the reply as it came.
    """

    id: str
    self_uri: str | None
    uri: str | None
    created_time: str | None
    note: str | None
    correlation_id: str | None
    document: Mapping[str, Any] = field(repr=False)

    def _user_of(self, call: Call) -> str:
        """Who placed it: its first participant."""
        first = next(iter(call.participants), None)
        return self._user_id or (first and first.user_id) or super()._user_of(call)

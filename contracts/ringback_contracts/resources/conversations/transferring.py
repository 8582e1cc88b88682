"""Whom a request puts in the place of a participant, or asks first, and the commands that come of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from ringback_contracts.core.lazy import lazy
from ringback_contracts.core.model import Destination, DestinationKind
from ringback_contracts.life.commands import (
    BlindTransfer,
    CallBack,
    CancelConsult,
    Command,
    Invite,
    SetSpeakTo,
    StartConsult,
    Supervise,
    TransferType,
)
from ringback_contracts.life.draft import talks
from ringback_contracts.life.parties import Party
from ringback_contracts.life.transferring import alike
from ringback_contracts.life.values import SpeakTo, WatchKind
from ringback_contracts.resources.calls.intents import hopeless
from ringback_contracts.resources.calls.placement import calling, rung
from ringback_contracts.resources.conversations.addressed import named, of_contact
from ringback_contracts.resources.conversations.facts import CallTold

NAMED = (
    "userId", "queueId", "address", "userName", "userDisplayName", "queueName", "contactId", "callNumber"
)  # fmt: skip
"""The fields by which a body names somebody, the first that says something counts."""
NAMED_INSIDE = ("userId", "queueId", "address")
"""Those of a destination, and of a party to be rung in."""
ADDRESSES = ("address", "callNumber")


class BringingFacts(CallTold):
    """A request that brings somebody to a call, or several."""

    @property
    def brought(self) -> list[tuple[str, Destination | None]]:
        """Where each of them is named (a JSON pointer), and who that is."""
        return []

    def idle(self) -> Iterator[str]:
        yield from super().idle()
        for _, whom in self.brought:
            if whom is not None:
                yield from filter(None, (hopeless(whom, self.org), self._there(whom)))

    def _there(self, whom: Destination) -> str | None:
        party = rung(whom, self.org)
        if self.call is None or not any(
            alike(one.party, party) for one in self.call.participants if not one.call.over
        ):
            return None
        return "the one who is rung is on the call already: that the phone rings once more is assumed"


class TransferFacts(BringingFacts):
    """A request that brings somebody else to a call."""

    @lazy
    def naming(self) -> Mapping[str, Any]:
        """The object that names whom: the body itself, or its destination."""
        destination = self.fields.get("destination")
        return destination if isinstance(destination, Mapping) else self.fields

    @property
    def place(self) -> str:
        """Where that object stands (a JSON pointer)."""
        return "/destination" if self.naming is not self.fields else ""

    @lazy
    def keys(self) -> tuple[str, ...]:
        """The fields that name somebody, the one that counts first."""
        read = NAMED_INSIDE if self.place else self.heeded
        return tuple(name for name in NAMED if name in read and self.naming.get(name))

    @property
    def key(self) -> str | None:
        """The field that names whom."""
        return self.keys[0] if self.keys else None

    def idle(self) -> Iterator[str]:
        yield from super().idle()
        for name in self.keys[1:]:
            if name != "userDisplayName":  # which says how to show whom another names
                yield f"{self.place[1:]}{'.' if self.place else ''}{name} has no effect beside {self.key}"

    @lazy
    def whom(self) -> Destination | None:
        """Whom the request names, where there is such a one."""
        if self.key is None:
            return None
        text = str(self.naming[self.key])
        if self.key == "contactId":
            return of_contact(text, str(self.naming.get("phoneType")), self.org)
        return named(self.key, text, self.org)

    @property
    def brought(self) -> list[tuple[str, Destination | None]]:
        return [(f"{self.place}/{self.key}", self.whom)] if self.key else []

    @lazy
    def party(self) -> Party | None:
        """Whom the request names as a party that can be rung."""
        if self.whom is None:
            return None
        name = self.naming.get("name") or self.naming.get("userDisplayName")
        party = rung(self.whom, self.org)
        return party._replace(name=name) if isinstance(name, str) else party

    @property
    def consulting(self) -> str | None:
        """The id of the user who asks: the one that is named, else the token's."""
        named = self.fields.get("consultingUserId")
        return named.lower() if isinstance(named, str) and named else self.by

    @property
    def speak_to(self) -> SpeakTo:
        """Who hears whom."""
        return cast("SpeakTo", self.fields["speakTo"].upper())


def consult(case: TransferFacts) -> Iterator[Command]:
    """Somebody is asked about the participant."""
    yield StartConsult(case.participant_id, case.party, case.consulting, case.speak_to)


def set_speak_to(case: TransferFacts) -> Iterator[Command]:
    """Who hears whom becomes otherwise."""
    yield SetSpeakTo(case.participant_id, case.speak_to, case.consulting)


def cancel(case: TransferFacts) -> Iterator[Command]:
    """The consult is called off."""
    yield CancelConsult(case.participant_id, case.by)


def replace(case: TransferFacts) -> Iterator[Command]:
    """Somebody takes the participant's place."""
    said = case.fields.get("transferType")
    kind = cast("TransferType", said.capitalize()) if isinstance(said, str) else None
    voicemail = bool(case.fields.get("voicemail"))
    yield BlindTransfer(case.participant_id, case.party, case.by, kind, voicemail)


def call(case: TransferFacts) -> Iterator[Command]:
    """A call back is dialled."""
    if case.party and case.caller.user:
        yield CallBack(calling(case.caller.user, case.org), case.party)


def supervise(kind: WatchKind) -> Callable[[TransferFacts], Iterator[Command]]:
    """The token's user listens to the participant, helps it, or joins in."""

    def ask(case: TransferFacts) -> Iterator[Command]:
        if case.caller.user:
            whom = Destination(DestinationKind.USER, case.caller.user.id)
            yield Supervise(kind, case.participant_id, rung(whom, case.org))

    return ask


def barge(case: TransferFacts) -> Iterator[Command]:
    """The token's user joins the call: the leg of its first agent, else whoever there is."""
    if case.caller.user and case.call:
        legs = case.call.participants
        agents = [one for one in legs if talks(one) and one.user_id]
        whom = Destination(DestinationKind.USER, case.caller.user.id)
        yield Supervise("barge", (agents or legs)[0].id, rung(whom, case.org))


class InviteFacts(BringingFacts):
    """A request that rings more parties into a call."""

    @lazy
    def brought(self) -> list[tuple[str, Destination | None]]:
        listed = self.fields.get("participants")
        found = []
        for position, one in enumerate(listed if isinstance(listed, list) else ()):
            key = next((name for name in NAMED_INSIDE if isinstance(one, Mapping) and one.get(name)), None)
            whom = named(key, str(one[key]), self.org) if key else None
            found.append((f"/participants/{position}", whom))
        return found


def invite(case: InviteFacts) -> Iterator[Command]:
    """More parties are rung into the call."""
    yield Invite(tuple(rung(whom, case.org) for _, whom in case.brought if whom), case.by)

"""Calls as a program sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ringback_client.errors import CallAttempt, UnexpectedReply

OVER = frozenset({"disconnected", "terminated"})
"""The states of a leg that has ended."""
CLOCK_SLACK = 120.0
"""Seconds that this machine's clock and the target's may differ."""


@dataclass(frozen=True, slots=True)
class Participant:
    """One leg of a call; a state that this version does not know comes through as it is."""

    id: str | None
    purpose: str | None
    state: str | None
    address: str | None
    user_id: str | None
    disconnect_type: str | None
    error: str | None
    document: Mapping[str, Any] = field(repr=False)

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Participant:
        return cls(
            id=_text(document, "id"),
            purpose=_text(document, "purpose"),
            state=_text(document, "state"),
            address=_text(document, "address"),
            user_id=_text(_inner(document, "user"), "id"),
            disconnect_type=_text(document, "disconnectType"),
            error=_text(_inner(document, "errorInfo"), "code"),
            document=document,
        )

    @property
    def over(self) -> bool:
        return self.state in OVER

    @property
    def held(self) -> bool:
        """Whether it keeps the others on hold."""
        return self.document.get("held") is True

    @property
    def muted(self) -> bool:
        return self.document.get("muted") is True

    @property
    def confined(self) -> bool:
        """Whether it cannot hear the others."""
        return self.document.get("confined") is True

    @property
    def attributes(self) -> Mapping[str, Any]:
        """The texts that are kept with it."""
        return _inner(self.document, "attributes")

    @property
    def consult_participant_id(self) -> str | None:
        """While a consult runs: the id of the participant whom it is about."""
        return _text(self.document, "consultParticipantId")

    def begun_since(self, moment: float) -> bool:
        """Whether the leg was begun then or later, as far as two clocks can tell."""
        begun = _time(self.document.get("startTime"))
        return begun is None or begun >= moment - CLOCK_SLACK


@dataclass(frozen=True, slots=True)
class Call:
    """A call conversation: the caller's leg first, the far ones once they exist."""

    id: str
    participants: tuple[Participant, ...]
    document: Mapping[str, Any] = field(repr=False)

    @classmethod
    def read(cls, document: object) -> Call:
        """Read a conversation, whatever else it holds; raises ``UnexpectedReply`` for one without an id."""
        if not isinstance(document, Mapping) or not isinstance(document.get("id"), str):
            raise UnexpectedReply("the target answered a conversation without an id")
        listed = document.get("participants")
        legs = [leg for leg in listed if isinstance(leg, Mapping)] if isinstance(listed, list) else []
        return cls(document["id"], tuple(Participant.read(leg) for leg in legs), document)

    @property
    def over(self) -> bool:
        return bool(self.participants) and all(leg.over for leg in self.participants)

    @property
    def ids(self) -> frozenset[str]:
        """The ids of its participants."""
        return frozenset(leg.id for leg in self.participants if leg.id)

    def legs_of(self, user_id: str) -> tuple[Participant, ...]:
        """The participants that are this user, in the order in which they came."""
        return tuple(leg for leg in self.participants if _plain(leg.user_id or "") == _plain(user_id))

    def brought_by(self, attempt: CallAttempt) -> tuple[Participant, ...]:
        """The participants whom an attempt of unknown outcome may have brought to this call."""
        if attempt.known is not None:
            return tuple(leg for leg in self.participants if leg.id not in attempt.known)
        return tuple(leg for leg in self.participants if leg.begun_since(attempt.began))

    def may_be(self, attempt: CallAttempt) -> bool:
        """Whether this can be the call that an attempt placed: begun in its time, and to one of its parties.

        A call that does not yet say whom it dials can be.
        """
        if not self.begun_in_time_of(attempt):
            return False
        dialled = [known for leg in self._dialled() if (known := _plain(leg))]
        wanted = [_plain(text) for text in attempt.destinations]
        return not dialled or any(_same(known, text) for known in dialled for text in wanted)

    @property
    def outbound(self) -> bool:
        """Whether its user placed it; one that does not say so may have been."""
        return all(_text(leg.document, "direction") in (None, "outbound") for leg in self.participants[:1])

    def begun_in_time_of(self, attempt: CallAttempt) -> bool:
        """Whether it was begun while an attempt was made, as far as two clocks can tell."""
        earliest, latest = attempt.began - CLOCK_SLACK, attempt.ended + CLOCK_SLACK
        begun = [when for leg in self.participants if (when := _time(leg.document.get("startTime")))]
        return not begun or earliest <= min(begun) <= latest

    def _dialled(self) -> list[str]:
        own, far = self.participants[:1], self.participants[1:]
        texts = [_text(leg.document, "dnis") for leg in own]
        for leg in far:
            texts += [leg.address, leg.user_id, _text(_inner(leg.document, "queue"), "id")]
        return [text for text in texts if text]


def _plain(address: str) -> str:
    """An address without what two spellings of it may differ in."""
    text = address.strip().lower()
    scheme, _, rest = text.partition(":")
    return rest.partition(";")[0] if scheme in ("tel", "user", "sip", "sips") else text


def _same(known: str, wanted: str) -> bool:
    # A user or a queue has an address whose user part is its id; national digits come back with their
    # country code in front.
    if known == wanted or known.partition("@")[0] == wanted:
        return True
    digits = "".join(filter(str.isdigit, wanted))
    return len(digits) >= 7 and "@" not in wanted and known.endswith(digits)


def _time(value: object) -> float | None:
    try:
        return datetime.fromisoformat(value).timestamp() if isinstance(value, str) else None
    except ValueError:
        return None


def _inner(document: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = document.get(key)
    return value if isinstance(value, Mapping) else {}


def _text(document: Mapping[str, Any], key: str) -> str | None:
    value = document.get(key)
    return value if isinstance(value, str) else None

"""Calls as a program sees them: placed, and going on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from ringback_client.errors import CallAttempt, ConfigurationError, UnexpectedReply

OVER = frozenset({"disconnected", "terminated"})
"""The states of a leg that has ended."""
CLOCK_SLACK = 120.0
"""Seconds that this machine's clock and the target's may differ."""


@dataclass(frozen=True, slots=True)
class PlacedCall:
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
    client: Waiter | None = field(default=None, repr=False, compare=False)

    def wait_for(self, state: str, *, timeout: float = 60.0) -> Call:
        """The call, once it has come to the state; see ``CallsClient.wait_for``."""
        if self.client is None:
            raise ConfigurationError("no client placed this call; ask CallsClient.wait_for")
        return self.client.wait_for(self, state, timeout=timeout)


class Waiter(Protocol):
    """Who can wait for what becomes of a call."""

    def wait_for(self, call: PlacedCall, state: str, *, timeout: float) -> Call: ...


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
        return bool(self.participants) and all(leg.state in OVER for leg in self.participants)

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

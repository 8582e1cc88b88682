"""Why an attempt failed: words for people which hold, as values, what they say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Self

from ringback_client.errors import ReplyLost, TransportError
from ringback_client.transport import Reply

LEGS = "participants/-/"
"""How the place of a value of a leg begins, in a call or in one of a list."""
ERRORS = 400
"""From this status on an answer is an error."""


class AnswerSummary(NamedTuple):
    """What an answer says: its status, and the code and the rule of a refusal, where they are told."""

    status: int
    code: str = ""
    rule: str = ""

    @classmethod
    def of(cls, reply: Reply) -> AnswerSummary:
        """What a reply says."""
        code = reply.document.get("code")
        return cls(reply.status, str(code) if code else "", reply.headers.get("Ringback-Rule") or "")

    @property
    def refuses(self) -> bool:
        return self.status >= ERRORS

    @property
    def unnamed(self) -> AnswerSummary:
        """The same, whichever rule gave it."""
        return self._replace(rule="")

    def __str__(self) -> str:
        code, rule = (f" {self.code}" if self.code else ""), (f" ({self.rule})" if self.rule else "")
        return f"{self.status}{code}{rule}"


class TypedReason(str):
    """Words that say more than they show; those of a kind that needs no telling apart are plain texts."""

    __slots__ = ("__dict__",)

    def __new__(cls, words: str, **says: object) -> Self:
        made = super().__new__(cls, words)
        vars(made).update(says)
        return made


class WrongAnswer(TypedReason):
    """An answer that should not be."""

    answered: AnswerSummary

    def __new__(cls, words: str, answered: AnswerSummary) -> Self:
        return super().__new__(cls, f"{words} {answered}", answered=answered)


class NoRule(WrongAnswer):
    """A refusal that no rule of its operation gives."""


class Mismatch(WrongAnswer):
    """An answer that is another than the wanted one."""

    wanted: AnswerSummary

    @classmethod
    def of(cls, wanted: AnswerSummary, answered: AnswerSummary, lead: str = "expected") -> Self:
        made = cls(f"{lead} {wanted}, answered", answered)
        made.wanted = wanted
        return made

    @property
    def of_a_grant(self) -> bool:
        """Whether the request was right, and is refused."""
        return self.answered.refuses and not self.wanted.refuses


class Unpublished(TypedReason):
    """A value that is not as its model says; ``place`` leads to it, with a hyphen for any item of a list."""

    place: str

    @property
    def field_of_leg(self) -> str | None:
        """The field, where it is one of a participant of a call, or of what is in a participant."""
        _, of_a_leg, within = self.place.partition(LEGS)
        field = within.rpartition("/")[2]
        return field if of_a_leg and field != "-" else None

    def __new__(cls, model: str, place: str) -> Self:
        return super().__new__(cls, f"{model}: {place} is not as published", place=place)


class Unread(TypedReason):
    """What the official SDK's model does not make of a body."""

    model: str

    def __new__(cls, model: str, what: str) -> Self:
        return super().__new__(cls, f"{model} of the SDK {what}", model=model)


class NoReply(TypedReason):
    """No whole reply came."""


class WrongEnvelope(TypedReason):
    """The body of an error is not the platform's."""


class OffSchema(TypedReason):
    """What schemathesis says of a body that is not as the document has it."""


class WrongMediaType(TypedReason):
    """A body is called something else than what it is to be."""


def of_transport(error: TransportError) -> str:
    """Why a request has no answer that is of use."""
    return NoReply(f"no whole reply came: {error}") if isinstance(error, ReplyLost) else str(error)


KINDS: Mapping[str, type[TypedReason]] = {
    kind.__name__: kind
    for kind in (
        WrongAnswer,
        NoRule,
        Mismatch,
        Unpublished,
        Unread,
        NoReply,
        WrongEnvelope,
        OffSchema,
        WrongMediaType,
    )
}


def as_json(reason: str) -> dict[str, Any]:
    """The reason for another process."""
    return {"kind": type(reason).__name__, "words": str(reason), "says": getattr(reason, "__dict__", {})}


def from_json(told: Mapping[str, Any]) -> str:
    """The reason that another process tells."""
    kind = KINDS.get(told["kind"])
    if kind is None:
        return str(told["words"])
    says = {
        name: AnswerSummary(*value) if isinstance(value, list) else value
        for name, value in told["says"].items()
    }
    return TypedReason.__new__(kind, told["words"], **says)

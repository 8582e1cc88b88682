"""What an explanation says: verdict, findings, notes, the equivalent request, and what is left to ask."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Verdict = Literal["accepted", "rejected"]


@dataclass(frozen=True, slots=True)
class Position:
    """Where something stands in the text of a program, counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Context:
    """What came along with a request.

    ``url`` is as written, before it was reduced to a path; ``grant`` is the OAuth grant of the token, if
    known; ``scopes`` and ``permissions`` are all that were mentioned, held or wanted; ``text`` is the whole
    pasted text; ``unread`` says what of the request could not be read, and was not judged; ``positions``
    where the program sets what stands at a JSON pointer of its body.
    """

    url: str | None = None
    grant: str | None = None
    scopes: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    text: str = ""
    unread: tuple[Note, ...] = ()
    positions: Mapping[str, Position] = field(default_factory=dict, hash=False)

    def position_of(self, pointer: str) -> Position | None:
        """Where the program sets what is at fault, or else what that should be a part of."""
        while pointer.startswith("/"):
            if pointer in self.positions:
                return self.positions[pointer]
            pointer = pointer.rpartition("/")[0]
        return None


@dataclass(frozen=True, slots=True)
class PlatformAnswer:
    """A refusal, as far as it is known; ``rule`` is the one that a Ringback names.

    ``field`` is what it says is at fault: a JSON pointer, or a name such as ``participants.0.address``;
    ``operation`` is the id of the SDK's operation that was asked for, where that is told.
    """

    status: int | None = None
    code: str | None = None
    message: str | None = None
    rule: str | None = None
    field: str | None = None
    operation: str | None = None


class Placed:
    """What is said of a place in a request: its JSON pointer, and where a program sets it."""

    __slots__ = ()
    pointer: str
    position: Position | None

    @property
    def where(self) -> str:
        """The pointer, and the place in the program; nothing for the whole body."""
        place = self.position
        return self.pointer if place is None else f"{self.pointer} (line {place.line}, column {place.column})"


@dataclass(frozen=True, slots=True)
class Note(Placed):
    """Something to know that is no error. ``pointer`` is as in a violation, ``position`` as in a finding."""

    id: str
    pointer: str
    message: str
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class Explained(Placed):
    """One finding in words: the rule, what is wrong and where, what to do, and how we know.

    ``position`` is where a program sets it, if one was read.
    """

    rule: str
    pointer: str
    message: str
    fix: str
    evidence: str
    source: str
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class Equivalent:
    """The request to send instead. ``body`` is JSON; of a token request it holds the fields of the form."""

    method: str
    path: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An equivalent request as far as one can be made, and what has to be known to make or complete it.

    ``caveats`` say why the call that it places cannot work, although it is accepted.
    """

    equivalent: Equivalent | None
    questions: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything there is to say about one request.

    ``status`` and ``code`` are the platform's answer, ``rule`` what decided it. ``caveats`` say why the call
    of the equivalent cannot work, although that is accepted. ``unknown`` lists what was not held against the
    request, each with the option that would tell.
    """

    verdict: Verdict
    status: int
    code: str | None
    rule: str | None
    findings: tuple[Explained, ...] = ()
    notes: tuple[Note, ...] = ()
    equivalent: Equivalent | None = None
    questions: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The explanation in lines to read, without the evidence."""
        lines = [" ".join(filter(None, (self.verdict, str(self.status), self.code)))]
        for finding in self.findings:
            place = f" at {finding.where}" if finding.where else ""
            lines += [f"{finding.rule}{place}: {finding.message}", f"  fix: {finding.fix}"]
        lines += [f"note: {note.message}" for note in self.notes]
        lines += [f"cannot be known from here: {what}" for what in self.unknown]
        lines += [f"open: {question}" for question in self.questions]
        if self.equivalent:
            body = json.dumps(dict(self.equivalent.body), ensure_ascii=False)
            lines.append(f"send instead: {self.equivalent.method} {self.equivalent.path} {body}")
            lines += [f"  {caveat}" for caveat in self.caveats]
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """The explanation as JSON; the schema ``Explanation`` describes it."""
        made: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return made

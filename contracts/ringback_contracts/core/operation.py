"""An operation of the API as one record: rules, faults and tests select it by its traits, not by its id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, NamedTuple

from ringback_contracts.core.case import Case
from ringback_contracts.core.model import Intent
from ringback_contracts.core.plain import plain

UNTOLD = "untold"
"""Stands for the model of an answer of which nobody has said what it is."""


class Change(StrEnum):
    """What an accepted request changes: with whether it dials, what a run against a real org may send."""

    NOTHING = "nothing"
    NEW_CALL = "a new call"
    CALL = "the call in its path"
    TOKEN = "the token that it is sent with"
    CHANNEL = "the notification channels of whoever sends it"
    ORG = "something else of the org"


class Parameter(NamedTuple):
    """A query parameter that the vendor documents.

    ``heeded`` are the values that have an effect here: all of them for ``None``, none for the empty tuple.
    """

    kind: Literal["integer", "boolean", "string", "array"] = "string"
    heeded: tuple[str, ...] | None = None


FLAGS = ("true", "false")
"""What a parameter may say that is a yes or no; in other letters it means the same."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Operation:
    """One served operation.

    ``template`` writes path parameters in braces. ``any_of`` lists the role permissions of which the caller
    needs one, ``all_of`` those that are all needed, ``scopes`` the OAuth scopes of which a user's token needs
    one; empty means none. ``reads`` and ``answers`` are the schemas of the two bodies, ``None`` for no body;
    with ``reads_list`` the body is a list of what ``reads`` names.
    ``unknown`` names for each path parameter the rule that refuses ids which the org does not have. ``fault``
    is the word by which faults take it, ``codes`` are the error codes that the vendor documents for it alone.
    """

    id: str
    method: str
    template: str
    success: int
    summary: str = ""
    any_of: tuple[str, ...] = ()
    all_of: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    reads: str | None = None
    reads_list: bool = False
    body_optional: bool = False
    """Whether it may come without the body that it reads."""
    answers: str | None = UNTOLD
    dials: bool = False
    """Whether it can ring somebody: then it is never sent twice, and only to whom a run may ring."""
    of_one_call: bool = False
    needs_user: bool = False
    spares_participants: bool = False
    """Whether a user who is in the conversation needs no permission."""
    changes: Change | None = None
    unknown: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""
    facts: type[Case] = Case
    intent: Callable[[Any], tuple[Intent, tuple[str, ...]]] | None = None
    """What an accepted request asks for, and why that cannot work, made of its facts."""
    gives: tuple[type, ...] = ()
    """The commands that it can give to a call that is there."""
    asks: Callable[[Any], Iterable[Any]] | None = None
    """The commands that a request gives to the call in its path, made of its facts."""
    words: tuple[str, ...] = ()
    """The path parameters that are words and no ids, and may well be like a literal."""
    query: Mapping[str, Parameter] = field(default_factory=dict)
    """The query parameters that the vendor documents."""
    since: int = 0
    """The first release of the Python SDK that has it, where that is known."""
    heeded: tuple[str, ...] | None = None
    """The fields of its body that have an effect here; a note tells of any other."""

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the path parameters."""
        segments = self.template.split("/")
        return tuple(segment.strip("{}") for segment in segments if segment.startswith("{"))


Selection = Callable[[Operation], bool]
"""Which operations something holds for."""


def with_body(operation: Operation) -> bool:
    """Those that read a body."""
    return operation.reads is not None


def with_object(operation: Operation) -> bool:
    """Those whose body is an object."""
    return operation.reads is not None and not operation.reads_list


def needing_user(operation: Operation) -> bool:
    """Those that only a user's token may ask for."""
    return operation.needs_user


def reading(model: str) -> Selection:
    """The operations whose body is of this model."""
    return lambda operation: operation.reads == model


def giving(*commands: type) -> Selection:
    """The operations that can give one of the commands."""
    return lambda operation: not set(commands).isdisjoint(operation.gives)


def with_unknown_id(rule_id: str) -> Selection:
    """The operations that name this rule for the ids of their path."""
    return lambda operation: rule_id in operation.unknown.values()


@plain()
class Route:
    """What is found at a path: the operation and its path parameters.

    Where it is not served, ``unserved`` is the SDK's id of it, and ``near`` tells what is served near it.
    Where the SDK has the path with other methods alone, ``allow`` lists them: those served, if any is.
    """

    operation: Operation | None
    params: Mapping[str, str] = field(default_factory=dict)
    unserved: str | None = None
    near: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """Whether the SDK has the path."""
        return self.operation is not None or self.unserved is not None or bool(self.allow)

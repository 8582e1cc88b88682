"""Every operation that the official SDK has, served here or not: what the platform knows at a path."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import NamedTuple

PREFIX = "/api/v2/"


class SdkOperation(NamedTuple):
    """An operation of the platform. ``success`` is empty where its statuses are not known.

    A caller needs one permission of ``any_of``, and each of ``all_of``.
    """

    id: str
    method: str
    template: str
    success: tuple[int, ...] = ()
    any_of: tuple[str, ...] = ()
    all_of: tuple[str, ...] = ()


@dataclass(slots=True)
class Node:
    """A segment of paths. ``methods`` holds the ids of the operations whose path ends here."""

    template: str = ""
    children: dict[str, Node] = field(default_factory=dict)
    parameter: Node | None = None
    methods: dict[str, str] = field(default_factory=dict)

    def grown(self, segment: str) -> Node:
        """The node one segment further, made if it is not there."""
        if segment.startswith("{"):
            self.parameter = self.parameter or Node()
            return self.parameter
        return self.children.setdefault(segment, Node())

    def plant(self, path: str, *entries: str) -> None:
        """Let the operations of a line of the table end at their path."""
        node = self
        for segment in path.split("/"):
            node = node.grown(segment)
        node.template = PREFIX + path
        node.methods.update((method_of(name), name) for name in (each.partition("=")[0] for each in entries))

    def ends(self, segments: Sequence[str], taken: Taken = ()) -> Iterator[tuple[Node, Taken]]:
        """Where paths of these segments end, those of literal segments first, and what parameters take there.

        A literal such as ``me`` need not lead where a parameter does, so both ways are gone.
        """
        if not segments:
            if self.methods:
                yield self, taken
            return
        segment, rest = segments[0], segments[1:]
        if segment in self.children:
            yield from self.children[segment].ends(rest, taken)
        if self.parameter is not None and segment:
            yield from self.parameter.ends(rest, (*taken, (segment, self)))


Taken = tuple[tuple[str, Node], ...]
"""The segments that stand in the places of parameters, each with the node that has it."""


def sdk_operation(operation_id: str) -> SdkOperation:
    """The operation of this id; raises ``KeyError``."""
    text = _text()
    places = (text.find(f" {operation_id}{end}") for end in ("=", " ", "\n"))
    start = next((place for place in places if place >= 0), None)
    if start is None:
        raise KeyError(operation_id)
    line = text.rindex("\n", 0, start) + 1
    entry = text[start + 1 : text.index("\n", start)].partition(" ")[0]
    _, statuses, permissions = (*entry.split("="), "", "")[:3]
    names = _names(permissions)
    together = permissions.startswith("&")
    return SdkOperation(
        operation_id,
        method_of(operation_id),
        PREFIX + text[line : text.index(" ", line)],
        tuple(map(int, filter(None, statuses.split(",")))),
        () if together else names,
        names if together else (),
    )


def method_of(operation_id: str) -> str:
    """The method of an operation: its id begins with it."""
    return operation_id[: next(at for at, letter in enumerate(operation_id) if letter.isupper())].upper()


def sdk_operations() -> Iterator[SdkOperation]:
    """All of them, by path."""
    return (sdk_operation(name) for line in _lines() for name in re.findall(r" (\w+)", line))


def operation_named(name: str) -> SdkOperation | None:
    """The operation of that id, in whatever case."""
    return _by_small_id().get(name.lower())


@cache
def _by_small_id() -> Mapping[str, SdkOperation]:
    return {operation.id.lower(): operation for operation in sdk_operations()}


@cache
def permissions() -> frozenset[str]:
    """Every permission that an operation is known to ask for."""
    return frozenset(name for names in re.findall(r"=[\d,]*=(\S+)", _text()) for name in _names(names))


def _names(permissions: str) -> tuple[str, ...]:
    return tuple(filter(None, re.split("[|&]", permissions)))


def first_segments() -> frozenset[str]:
    """What paths begin with."""
    return frozenset(re.split("[/ ]", line, maxsplit=1)[0] for line in _lines())


@cache
def branch(first: str) -> Node | None:
    """The paths that begin with this segment: read when first asked for."""
    root = Node()
    for line in _lines():
        if line.startswith((f"{first}/", f"{first} ")):
            root.plant(*line.split(" "))
    return root.children.get(first)


def _lines() -> Iterator[str]:
    return (line for line in _text().splitlines() if not line.startswith("#"))


@cache
def _text() -> str:
    return files("ringback_contracts").joinpath("data/sdk_operations.txt").read_text("ascii")

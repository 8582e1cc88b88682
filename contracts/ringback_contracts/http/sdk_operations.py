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
    """The operation of this id; raises ``KeyError``, as an attribute of a record that is read at start."""
    template, entry = _by_id()[operation_id]
    _, statuses, permissions = [*entry.split("="), "", ""][:3]
    names = tuple(filter(None, re.split("[|&]", permissions)))
    together = permissions.startswith("&")
    return SdkOperation(
        operation_id,
        method_of(operation_id),
        template,
        tuple(map(int, filter(None, statuses.split(",")))),
        () if together else names,
        names if together else (),
    )


def method_of(operation_id: str) -> str:
    """The method of an operation: its id begins with it."""
    return operation_id[: next(at for at, letter in enumerate(operation_id) if letter.isupper())].upper()


def sdk_operations() -> Iterator[SdkOperation]:
    """All of them, by path."""
    return map(sdk_operation, _by_id())


@cache
def permissions() -> frozenset[str]:
    """Every permission that an operation is known to ask for."""
    return frozenset(
        name for operation in sdk_operations() for name in (*operation.any_of, *operation.all_of)
    )


@cache
def branches() -> Mapping[str, Sequence[str]]:
    """The lines of the table by the first segment of their path."""
    found: dict[str, list[str]] = {}
    for line in (
        files("ringback_contracts").joinpath("data/sdk_operations.txt").read_text("ascii").splitlines()
    ):
        if not line.startswith("#"):
            found.setdefault(line.partition(" ")[0].partition("/")[0], []).append(line)
    return found


@cache
def branch(first: str) -> Node | None:
    """The paths that begin with this segment: read when first asked for."""
    lines = branches().get(first)
    if lines is None:
        return None
    root = Node()
    for line in lines:
        path, *entries = line.split(" ")
        node = root
        for segment in path.split("/"):
            node = node.grown(segment)
        node.template = PREFIX + path
        node.methods.update((method_of(name), name) for name in (each.partition("=")[0] for each in entries))
    return root.children[first]


@cache
def _by_id() -> Mapping[str, tuple[str, str]]:
    """The template and the entry of each operation."""
    split = (line.split(" ") for lines in branches().values() for line in lines)
    return {entry.partition("=")[0]: (PREFIX + path, entry) for path, *entries in split for entry in entries}

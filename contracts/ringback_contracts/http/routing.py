"""Which operation a method and a path name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

from ringback_contracts.core.plain import plain
from ringback_contracts.operations import OPERATIONS, Operation


@plain()
class Route:
    """What was found at a path: the operation, its path parameters, and the methods that are served.

    An empty ``allow`` means that nothing is served there.
    """

    operation: Operation | None
    params: Mapping[str, str] = field(default_factory=dict)
    allow: tuple[str, ...] = ()


@dataclass(slots=True)
class _Node:
    children: dict[str, _Node] = field(default_factory=dict)
    parameter: tuple[str, _Node] | None = None
    methods: dict[str, Operation] = field(default_factory=dict)

    def child(self, segment: str) -> _Node:
        if segment.startswith("{"):
            self.parameter = self.parameter or (segment.strip("{}"), _Node())
            return self.parameter[1]
        return self.children.setdefault(segment, _Node())


def _tree(operations: tuple[Operation, ...]) -> _Node:
    root = _Node()
    for operation in operations:
        node = root
        for segment in operation.template.split("/"):
            node = node.child(segment)
        node.methods[operation.method] = operation
        if operation.method == "GET":
            node.methods["HEAD"] = operation
    return root


_ROOT = _tree(OPERATIONS)
NOWHERE = Route(None)
LONGEST_KEPT = 200
"""Longer paths are looked up each time: they would only fill the memory."""


def route(method: str, path: str) -> Route:
    """Find the operation of a request; literal segments win over parameters."""
    return _found(method, path) if len(path) <= LONGEST_KEPT else _find(method, path)


def _find(method: str, path: str) -> Route:
    node = _ROOT
    params: dict[str, str] = {}
    for segment in path.split("/"):
        child = node.children.get(segment)
        if child is None:
            if node.parameter is None or not segment:
                return NOWHERE
            name, child = node.parameter
            params[name] = segment
        node = child
    if not node.methods:
        return NOWHERE
    return Route(node.methods.get(method), MappingProxyType(params), tuple(node.methods))


_found = lru_cache(maxsize=1024)(_find)

"""Which operation a method and a path name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import takewhile
from types import MappingProxyType

from ringback_contracts.core.operation import Operation, Route
from ringback_contracts.http.nearest_path import misspelt
from ringback_contracts.http.sdk_operations import PREFIX, Node, Taken, branch

NOWHERE = Route(None)
LONGEST_KEPT = 200
"""Longer paths are looked up each time: they would only fill the memory."""
MOST_NEAR = 3


class Router:
    """Finds the operation of a request by method and path; literal segments win over parameters."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._operations = {operation.id: operation for operation in operations}
        self._places = {name: _places(operation) for name, operation in self._operations.items()}
        self._found = lru_cache(maxsize=1024)(self._find)

    def route(self, method: str, path: str) -> Route:
        """What is at the path for the method."""
        return self._found(method, path) if len(path) <= LONGEST_KEPT else self._find(method, path)

    def _find(self, method: str, path: str) -> Route:
        first, *segments = path.removeprefix(PREFIX).split("/")
        root = branch(first) if path.startswith(PREFIX) else None
        if root is None:
            return NOWHERE
        operation = self._served(_straight(root, segments), method)
        if operation is not None:
            found = self._leading_to(operation, path)
            if not any(map(str.isalpha, found.params.values())):  # ids have digits; a word may be misspelt
                return found
        return next((self._of_end(method, path, *end) for end in root.ends(segments)), NOWHERE)

    def _of_end(self, method: str, path: str, node: Node, taken: Taken) -> Route:
        operation = self._served(node, method)
        if misspelt(taken) and not (operation and operation.words):
            return NOWHERE
        if operation is not None:
            return self._leading_to(operation, path)
        unserved = _at(node, method)
        if unserved is not None:
            return Route(None, unserved=unserved, near=self._near(node.template))
        return Route(None, allow=self._methods(node))

    def _served(self, node: Node, method: str) -> Operation | None:
        """The operation that is served at a node; whoever serves GET serves HEAD."""
        operation = self._operations.get(node.methods.get(method, ""))
        if operation is None and method == "HEAD":
            return self._operations.get(node.methods.get("GET", ""))
        return operation

    def _leading_to(self, operation: Operation, path: str) -> Route:
        segments = path.split("/")
        params = {name: segments[at] for at, name in self._places[operation.id]}
        return Route(operation, MappingProxyType(params))

    def _methods(self, node: Node) -> tuple[str, ...]:
        """The methods that are served at a node, or where none is, those of the SDK."""
        served = {method for method, name in node.methods.items() if name in self._operations}
        methods = served or node.methods.keys()
        return tuple(sorted({*methods, *({"HEAD"} if "GET" in methods else ())}))

    def _near(self, template: str) -> tuple[str, ...]:
        """What is served of the same resource, that of the longest common way first."""
        segments = template.split("/")
        beside = [each for each in self._operations.values() if each.template.split("/")[3] == segments[3]]
        beside.sort(key=lambda operation: _common(segments, operation.template.split("/")), reverse=True)
        return tuple(f"{operation.method} {operation.template}" for operation in beside[:MOST_NEAR])


def _places(operation: Operation) -> tuple[tuple[int, str], ...]:
    """Where in the path its parameters stand."""
    segments = enumerate(operation.template.split("/"))
    return tuple((at, segment.strip("{}")) for at, segment in segments if segment.startswith("{"))


def _straight(node: Node, segments: Sequence[str]) -> Node:
    """Where the segments lead, if there is only one way at each: as a rule there is."""
    for segment in segments:
        child = node.children.get(segment) or (node.parameter if segment else None)
        if child is None:
            return NO_NODE
        node = child
    return node


def _at(node: Node, method: str) -> str | None:
    """The SDK's operation of a method; HEAD goes where GET does."""
    return node.methods.get(method) or (node.methods.get("GET") if method == "HEAD" else None)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many segments two paths begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


NO_NODE = Node()

"""Which operation a method and a path name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from functools import lru_cache
from itertools import takewhile
from types import MappingProxyType

from ringback_contracts.core.plain import plain
from ringback_contracts.http.nearest import misspelt
from ringback_contracts.http.sdk_operations import PREFIX, Node, Taken, branch
from ringback_contracts.operations import BY_ID, OPERATIONS, Operation


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


NOWHERE = Route(None)
LONGEST_KEPT = 200
"""Longer paths are looked up each time: they would only fill the memory."""
MOST_NEAR = 3


def _places(operation: Operation) -> tuple[tuple[int, str], ...]:
    """Where in the path its parameters stand."""
    segments = enumerate(operation.template.split("/"))
    return tuple((at, segment.strip("{}")) for at, segment in segments if segment.startswith("{"))


_PLACES = {operation.id: _places(operation) for operation in OPERATIONS}


def route(method: str, path: str) -> Route:
    """Find the operation of a request by method and path; literal segments win over parameters."""
    return _found(method, path) if len(path) <= LONGEST_KEPT else _find(method, path)


def _find(method: str, path: str) -> Route:
    first, *segments = path.removeprefix(PREFIX).split("/")
    root = branch(first) if path.startswith(PREFIX) else None
    if root is None:
        return NOWHERE
    operation = _served(_straight(root, segments), method)
    if operation is not None:
        return _leading_to(operation, path)
    return next((_of_end(method, path, *end) for end in root.ends(segments)), NOWHERE)


def _straight(node: Node, segments: Sequence[str]) -> Node:
    """Where the segments lead, if there is only one way at each: as a rule there is."""
    for segment in segments:
        child = node.children.get(segment) or (node.parameter if segment else None)
        if child is None:
            return NO_NODE
        node = child
    return node


def _of_end(method: str, path: str, node: Node, taken: Taken) -> Route:
    if (operation := _served(node, method)) is not None:
        return _leading_to(operation, path)
    if misspelt(taken):
        return NOWHERE
    unserved = _at(node, method)
    if unserved is not None:
        return Route(None, unserved=unserved, near=_near(node.template))
    return Route(None, allow=_methods(node))


def _at(node: Node, method: str) -> str | None:
    """The SDK's operation of a method; HEAD goes where GET does."""
    return node.methods.get(method) or (node.methods.get("GET") if method == "HEAD" else None)


def _served(node: Node, method: str) -> Operation | None:
    """The operation that is served at a node; whoever serves GET serves HEAD."""
    operation = BY_ID.get(node.methods.get(method, ""))
    if operation is None and method == "HEAD":
        return BY_ID.get(node.methods.get("GET", ""))
    return operation


def _leading_to(operation: Operation, path: str) -> Route:
    segments = path.split("/")
    return Route(operation, MappingProxyType({name: segments[at] for at, name in _PLACES[operation.id]}))


def _methods(node: Node) -> tuple[str, ...]:
    """The methods that are served at a node, or where none is, those of the SDK."""
    methods = {method for method, name in node.methods.items() if name in BY_ID} or node.methods.keys()
    return tuple(sorted({*methods, *({"HEAD"} if "GET" in methods else ())}))


def _near(template: str) -> tuple[str, ...]:
    """What is served of the same resource, that of the longest common way first."""

    def common(operation: Operation) -> int:
        pairs = zip(template.split("/"), operation.template.split("/"), strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))

    resource = template.split("/")[3]
    beside = [operation for operation in OPERATIONS if operation.template.split("/")[3] == resource]
    beside.sort(key=common, reverse=True)
    return tuple(f"{operation.method} {operation.template}" for operation in beside[:MOST_NEAR])


NO_NODE = Node()
_found = lru_cache(maxsize=1024)(_find)

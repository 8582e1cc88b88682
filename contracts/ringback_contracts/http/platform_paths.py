"""The paths of the platform's API, served here or not, so that a 501 can be told from a 404."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

PREFIX = "/api/v2/"
PARAMETER = "{}"
LEADS_ON = "/"


@dataclass(slots=True)
class _Node:
    children: dict[str, _Node] = field(default_factory=dict)
    ends: bool = False


def known_path(path: str) -> bool:
    """Whether the official SDK has an operation of any method at the path.

    The path is percent-decoded and carries no query. The table is made from the SDK by
    ``tools/platform_paths.py``.
    """
    if not path.startswith(PREFIX):
        return False
    nodes = [_tree()]
    for segment in path.removeprefix(PREFIX).split("/"):
        nodes = [child for node in nodes for child in _matches(node, segment)]
        if not nodes:
            return False
    return any(node.ends for node in nodes)


def _matches(node: _Node, segment: str) -> list[_Node]:
    """Both ways on: a literal such as ``me`` need not lead where a parameter does."""
    keys = {segment, PARAMETER} if segment else ()
    return [node.children[key] for key in keys if key in node.children]


@cache
def _tree() -> _Node:
    root = _Node()
    above = [root]
    for line in (
        files("ringback_contracts").joinpath("data/platform_paths.txt").read_text("ascii").splitlines()
    ):
        segment = line.lstrip(" ")
        if segment.startswith("#"):
            continue
        del above[len(line) - len(segment) + 1 :]
        node = _Node(ends=not segment.endswith(LEADS_ON))
        above[-1].children[segment.removesuffix(LEADS_ON)] = node
        above.append(node)
    return root

"""What somebody may have meant who asks for what is not there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from ringback_contracts.core.nearest import nearest as nearest_name
from ringback_contracts.http.sdk_operations import Node, Taken, branch, first_segments

MISSPELT = 0.8
"""From this likeness to a literal on, a word in the place of an id is that literal, misspelt."""
ALIKE = 0.6
"""From this likeness on, one segment may stand for another."""
FARTHEST = 1.5
"""How unlike a path may be: a segment more or less counts 1, a misspelt one what it lacks in likeness."""
WORD_FOR_ID, OTHER_METHOD = 0.5, 0.3
MOST_SEGMENTS, LONGEST_SEGMENT = 14, 64
"""Beyond these nobody has misspelt a path."""


def misspelt(taken: Taken) -> bool:
    """Whether a word that stands in the place of an id is nearly one of the literals beside it."""
    return any(
        segment.isalpha() and segment not in node.children and nearest_name(segment, node.children, MISSPELT)
        for segment, node in taken
    )


@lru_cache(maxsize=256)
def nearest_path(method: str, path: str) -> str | None:
    """The path of the SDK that is most like one that it does not have, if any is."""
    segments = path.removeprefix("/api/").partition("/")[2].split("/")
    if len(segments) > MOST_SEGMENTS or max(map(len, segments)) > LONGEST_SEGMENT:
        return None
    root = Node(children={first: node for first in first_segments() if (node := branch(first)) is not None})
    start = [float(skipped) for skipped in range(len(segments) + 1)]
    found = sorted(_near(root, segments, start, method))
    return found[0][2] if found else None


def _near(
    node: Node, segments: Sequence[str], row: Sequence[float], method: str
) -> Iterator[tuple[float, int, str]]:
    """The templates from here on by their distance: Levenshtein's, with segments for letters.

    ``row`` says how far each beginning of the segments is from the path to the node.
    """
    if node.methods:
        distance = row[-1] + (0 if method in node.methods else OTHER_METHOD)
        if distance <= FARTHEST:
            yield distance, len(node.template), node.template
    ways = [*node.children.items(), *([(None, node.parameter)] if node.parameter else [])]
    for literal, child in ways:
        below = [row[0] + 1]
        for at, segment in enumerate(segments):
            instead = row[at] + _unlike(segment, literal) if row[at] <= FARTHEST else FARTHEST + 1
            below.append(min(instead, row[at + 1] + 1, below[at] + 1))
        if min(below) <= FARTHEST:
            yield from _near(child, segments, below, method)


@lru_cache(maxsize=4096)
def _unlike(segment: str, literal: str | None) -> float:
    """What it costs that the segment stands where the literal does, or any id."""
    if literal is None:
        return 0 if any(map(str.isdigit, segment)) else WORD_FOR_ID if segment else FARTHEST + 1
    if segment == literal:
        return 0
    alike = SequenceMatcher(None, segment.lower(), literal)
    if alike.real_quick_ratio() < ALIKE or alike.quick_ratio() < ALIKE or alike.ratio() < ALIKE:
        return FARTHEST + 1
    return 1 - alike.ratio()

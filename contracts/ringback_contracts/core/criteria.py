"""The criteria of the platform's searches: what must be, what may and what must not, in groups if need be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Wanted = Mapping[str, Any]
"""One criterion, or a group of them, as a body has it."""


def are_met(criteria: Sequence[Wanted], meets: Callable[[Wanted], bool]) -> bool:
    """Whether all that must be is so, nothing that must not be, and one of what may be if nothing must."""
    met: dict[str, list[bool]] = {"AND": [], "OR": [], "NOT": []}
    for one in criteria:
        is_met = are_met(one["group"], meets) if "group" in one else meets(one)
        met[one.get("operator", "AND").upper()].append(is_met)
    may = bool(met["AND"]) or not met["OR"] or any(met["OR"])
    return all(met["AND"]) and not any(met["NOT"]) and may


def each_of(criteria: Sequence[Wanted]) -> Iterator[Wanted]:
    """Every criterion, those of groups too."""
    for one in criteria:
        if "group" in one:
            yield from each_of(one["group"])
        else:
            yield one


def kind_of(one: Wanted) -> str:
    """How a criterion compares, in capitals; empty where it does not say."""
    return str(one.get("type", "")).upper()


def sought(one: Wanted) -> list[str]:
    """The texts that a criterion names: its values, and its value."""
    return [*one.get("values", ()), *([one["value"]] if "value" in one else ())]

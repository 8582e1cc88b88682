"""Differences that somebody has looked at: each with its reason, and none that is no longer there."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from ringback_contracts.catalogue import TABLE
from ringback_harness.diff.compare import Aspect
from ringback_harness.diff.run import ACCEPTED, NO_RULE, Comparison, Difference
from ringback_harness.exits import SetupError

KEYS = ("rule", "aspect", "reason")


@dataclass(frozen=True, slots=True)
class KnownDifference:
    """``rule`` may hold ``*``; ``aspect`` is one of ``Aspect``'s values, ``target`` what the target says."""

    rule: str
    aspect: Aspect
    reason: str
    target: str | None = None

    def __str__(self) -> str:
        said = f" ({self.target})" if self.target else ""
        return f"{self.rule}, {self.aspect}{said}"

    def covers(self, difference: Difference) -> bool:
        """Whether it is the difference that was looked at."""
        return (
            self.aspect is difference.aspect
            and fnmatchcase(difference.rule, self.rule)
            and self.target in (None, difference.target)
        )

    def seen(self, comparison: Comparison) -> bool:
        """Whether anything of its rule was compared."""
        compared = (*comparison.agreed, *(rule for rule, _ in comparison.found))
        return any(fnmatchcase(rule, self.rule) for rule in compared)

    def stale(self, comparison: Comparison) -> bool:
        """Whether its rule was compared, and nothing of it is there any more."""
        return self.seen(comparison) and not any(map(self.covers, comparison.differences))


def read_known(path: Path) -> list[KnownDifference]:
    """The entries ``[[known]]`` of a TOML file; raises ``SetupError`` that names what is wrong and where."""
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise SetupError(f"{path}: {error}") from error
    entries = document.get("known", [])
    if document.keys() - {"known"} or not isinstance(entries, list):
        raise SetupError(f"{path}: it holds [[known]] entries and nothing else")
    return [_entry(entry, f"{path}, entry {number}") for number, entry in enumerate(entries, 1)]


def _entry(entry: Any, where: str) -> KnownDifference:
    if not isinstance(entry, dict) or entry.keys() - {"target"} != set(KEYS):
        raise SetupError(f"{where}: it needs {', '.join(KEYS)}, may have target, and nothing else")
    if not all(isinstance(value, str) and value.strip() for value in entry.values()):
        raise SetupError(f"{where}: rule, aspect, reason and target are texts that say something")
    if entry["aspect"] not in list(Aspect):
        raise SetupError(f"{where}: the aspect is one of {', '.join(Aspect)}")
    names = (*TABLE.by_id, ACCEPTED, NO_RULE)
    if not any(fnmatchcase(name, entry["rule"]) for name in names):
        others = f"'ringback rules' lists them; there are {ACCEPTED!r} and {NO_RULE!r}, too"
        raise SetupError(f"{where}: there is no rule {entry['rule']!r}; {others}")
    return KnownDifference(entry["rule"], Aspect(entry["aspect"]), entry["reason"], entry.get("target"))


def unknown(comparison: Comparison, known: Iterable[KnownDifference]) -> list[Difference]:
    """The differences that nobody has looked at."""
    entries = list(known)
    return [
        difference
        for difference in comparison.differences
        if not any(entry.covers(difference) for entry in entries)
    ]


def uncompared(comparison: Comparison, known: Iterable[KnownDifference]) -> list[KnownDifference]:
    """The entries of which the comparison cannot tell whether they are stale."""
    return [entry for entry in known if not entry.seen(comparison)]

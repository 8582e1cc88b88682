"""Turn the figures into tables: medians, ranges, ratios, and the targets they are held to."""

from __future__ import annotations

import os
import platform
import re
import statistics
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.servers import Contender

Figures = Mapping[str, Sequence[float]]
"""The samples of one measure, by server; sample n of each server was taken in the same cycle."""


@dataclass(frozen=True)
class Measure:
    """One row of the table: what was measured, and its samples."""

    title: str
    unit: str
    samples: Figures
    digits: int = 0


class Samples:
    """The samples of several measures, as they are taken."""

    def __init__(self, servers: Iterable[Contender]) -> None:
        self._names = [server.name for server in servers]
        self._taken: dict[str, dict[str, list[float]]] = {}

    def __getitem__(self, title: str) -> dict[str, list[float]]:
        return self._taken.setdefault(title, {name: [] for name in self._names})

    def add(self, server: str, values: Mapping[str, float]) -> None:
        """Add one sample of each measure."""
        for title, value in values.items():
            self[title][server].append(value)

    def measures(self, units: Mapping[str, str]) -> list[Measure]:
        """The rows of the table, in the order of ``units``."""
        return [Measure(title, unit, self[title]) for title, unit in units.items()]


@dataclass(frozen=True)
class Target:
    """A promise: a figure, and the bound it keeps."""

    title: str
    value: float
    bound: float
    unit: str
    at_least: bool = False

    @property
    def kept(self) -> bool:
        return self.value >= self.bound if self.at_least else self.value <= self.bound

    @property
    def promised(self) -> str:
        return f"{'at least' if self.at_least else 'at most'} {_number(self.bound, 2)} {self.unit}"

    @property
    def measured(self) -> str:
        return f"{_number(self.value, 2)} {self.unit}"

    @property
    def verdict(self) -> str:
        return "kept" if self.kept else "**missed**"


@dataclass
class Report:
    """Everything that one run measured."""

    method: str
    versions: Mapping[str, str]
    measures: list[Measure] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What stands below the tables."""
    began: float = field(default_factory=time.monotonic)

    def markdown(self) -> str:
        """The report as one Markdown page."""
        blocks = [
            "# How fast Ringback is\n\n`make bench` wrote this page.",
            self.method,
            "Measured with "
            + ", ".join(f"{name} {version}" for name, version in self.versions.items())
            + f". {busy()} The run took {(time.monotonic() - self.began) / 60:.0f} minutes.",
            self.outcome(),
            self.tables(),
            *self.notes,
        ]
        return "\n\n".join(blocks) + "\n"

    def outcome(self) -> str:
        """Which promises are not kept."""
        missed = [f"- {target.title}: {target.measured}" for target in self.targets if not target.kept]
        if not missed:
            return f"All {len(self.targets)} promises are kept."
        return "\n".join([f"Missed of {len(self.targets)} promises:\n", *missed])

    def tables(self) -> str:
        """The promises, and all that was measured."""
        measured = (_table(measures) for measures in _by_servers(self.measures))
        return "\n\n".join((self._targets(), *measured))

    @property
    def status(self) -> int:
        """Exit status 0 when every promise is kept, else 1."""
        return 0 if all(target.kept for target in self.targets) else 1

    def _targets(self) -> str:
        rows = [[target.title, target.promised, target.measured, target.verdict] for target in self.targets]
        return _rows(["promise", "bound", "measured", ""], rows)


def machine() -> str:
    """The processor's name and how many of its cores there are."""
    found = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text("utf-8"), re.MULTILINE)
    return f"{found.group(1) if found else platform.machine()}, {os.cpu_count()} cores"


def busy() -> str:
    """How many wanted the processor: beyond its cores they wait for each other, which the tails show most."""
    return f"In the last quarter of an hour {os.getloadavg()[2]:.1f} programs wanted to run at a time."


def ratio(numerator: Sequence[float], denominator: Sequence[float]) -> float:
    """The median of the ratios within each cycle, which a change of the machine's speed does not touch."""
    return statistics.median(a / b for a, b in zip(numerator, denominator, strict=True))


def _by_servers(measures: Sequence[Measure]) -> list[list[Measure]]:
    tables: dict[tuple[str, ...], list[Measure]] = {}
    for measure in measures:
        tables.setdefault(tuple(measure.samples), []).append(measure)
    return list(tables.values())


def _table(measures: Sequence[Measure]) -> str:
    servers = list(measures[0].samples)
    rows = [
        [
            f"{measure.title}, {measure.unit}",
            *(_spread(measure.samples[name], measure.digits) for name in servers),
        ]
        for measure in measures
    ]
    return _rows(["median (range)", *servers], rows)


def _spread(samples: Sequence[float], digits: int) -> str:
    low, middle, high = (_number(f(samples), digits) for f in (min, statistics.median, max))
    return middle if low == high else f"{middle} ({low} to {high})"


def _number(value: float, digits: int) -> str:
    return f"{value:,.{digits}f}"


def _rows(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    table = [head, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(head))]
    lines = [
        "| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) + " |" for row in table
    ]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])

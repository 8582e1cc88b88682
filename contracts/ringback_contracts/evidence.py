"""Sightings: which rules a real org has been seen to keep, as a file of evidence says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ringback_contracts.catalogue import TABLE

KEY = "observed"
VARIABLE = "RINGBACK_EVIDENCE"
"""The environment variable that names the file."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """The last day (UTC) on which a real org answered as a rule says, where, and in how many exchanges."""

    date: str
    region: str
    exchanges: int

    def __str__(self) -> str:
        return f"answered by a real org in {self.region} on {self.date}"


def parse_evidence(text: str) -> dict[str, Sighting]:
    """The sightings that a file of evidence holds, by rule. Raises ``ValueError`` for any other text."""
    try:
        return {rule: _entry(rule, entry) for rule, entry in json.loads(text)[KEY].items()}
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"it holds no sightings under {KEY!r} ({error})") from error


def _entry(rule: str, entry: Mapping[str, Any]) -> Sighting:
    if rule not in TABLE.by_id:
        raise ValueError(f"there is no rule {rule!r}")
    sighting = Sighting(**entry)
    date.fromisoformat(sighting.date)
    return sighting


def take_in(text: str) -> None:
    """Let each rule that a file of evidence confirms be an observed one, wherever it is shown from now on.

    Raises ``ValueError``.
    """
    TABLE.observe({rule: str(seen) for rule, seen in parse_evidence(text).items()})

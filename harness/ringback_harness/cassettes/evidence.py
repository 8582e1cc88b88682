"""Which rules a real org has confirmed, and when."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ringback_contracts import evidence
from ringback_contracts.evidence import KEY, Sighting, parse_evidence
from ringback_contracts.examples import situation
from ringback_contracts.judge import judge
from ringback_contracts.model import Example, Rejected, Rule
from ringback_harness.cassettes.recorder import write_whole
from ringback_harness.cassettes.replay import Cassette
from ringback_harness.exits import SetupError

OF_A_MOCK = "Ringback-Version"
"""The header by which a reply is known to come from no real org."""


@dataclass
class Findings:
    """``seen`` are the rules confirmed; ``contradicted`` those that an org answered otherwise, and how."""

    seen: dict[str, Sighting] = field(default_factory=dict)
    contradicted: dict[str, str] = field(default_factory=dict)


def confirmed(cassettes: Iterable[Cassette]) -> Findings:
    """Hold recorded answers of real orgs against the rules as shipped.

    A rule is confirmed where every request that it refuses was answered with its status and code.
    """
    answers: dict[str, list[tuple[Cassette, bool]]] = defaultdict(list)
    placed: set[object] = set()
    for cassette in cassettes:
        if not cassette.region or OF_A_MOCK in cassette.reply.headers:
            continue
        if any(part in placed for part in cassette.request.path.split("/")):
            continue  # about a call of the recording, which the default org has never seen
        placed.add(cassette.reply.document.get("id"))
        rule = _refusing(cassette)
        if rule is not None:
            answers[rule.id].append((cassette, _answers_as(rule, cassette)))
    found = Findings()
    for rule_id, answered in answers.items():
        against = [cassette for cassette, agrees in answered if not agrees]
        if against:
            found.contradicted[rule_id] = f"{against[0].name}: {against[0].reply.status}"
        else:
            found.seen[rule_id] = _sighting([cassette for cassette, _ in answered])
    return found


def _refusing(cassette: Cassette) -> Rule | None:
    """The rule that refuses a recorded request in the default org."""
    request = cassette.request
    there = situation(
        Example(
            raw=request.body, token=None, method=request.method, path=request.path, headers=request.headers
        )
    )
    verdict = judge(request, there.caller, there.org)
    return verdict.finding.rule if isinstance(verdict, Rejected) else None


def _answers_as(rule: Rule, cassette: Cassette) -> bool:
    return (cassette.reply.status, cassette.reply.document.get("code")) == (rule.status, rule.code)


def _sighting(cassettes: list[Cassette]) -> Sighting:
    last = max(cassettes, key=lambda cassette: cassette.when)
    return Sighting(f"{last.when:%Y-%m-%d}", last.region or "", len(cassettes))


def write_evidence(found: Findings, path: Path) -> dict[str, Sighting]:
    """Add what was found to a file, take out what is contradicted, and give what it then holds."""
    kept = read_evidence(path) if path.exists() else {}
    held = {rule: seen for rule, seen in (kept | found.seen).items() if rule not in found.contradicted}
    document = {KEY: {rule: asdict(held[rule]) for rule in sorted(held)}}
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(document, indent=2) + "\n")
    return held


def read_evidence(path: Path) -> dict[str, Sighting]:
    """The sightings of a file. Raises ``SetupError`` for one that holds anything else."""
    with _reported(path):
        return parse_evidence(path.read_text("utf-8"))


def take_in(path: Path) -> None:
    """Let every rule that was seen on a real org be shown so. Raises ``SetupError``."""
    with _reported(path):
        evidence.take_in(path.read_text("utf-8"))


@contextmanager
def _reported(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        raise SetupError(
            f"{path} is no file of evidence, as 'ringback rules --confirm' writes it: {error}"
        ) from error

"""Which rules a real org has confirmed, and when."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

from ringback_client.atomic_write import atomic_write
from ringback_client.transport import Reply
from ringback_contracts import evidence
from ringback_contracts.catalogue import BY_ID, PLACING, TABLE, findings, route
from ringback_contracts.core.model import Contract, Example, Request, Rule, Stage
from ringback_contracts.evidence import KEY, Sighting, parse_evidence
from ringback_contracts.examples import KNOWN_CHANNEL, situation
from ringback_contracts.privacy import HIDDEN
from ringback_harness.cassettes.recorder import contract_of
from ringback_harness.cassettes.replay import PASSING, Cassette
from ringback_harness.check.results import operation_of
from ringback_harness.check.rules import OWN
from ringback_harness.exits import SetupError, disk_error

Asker = tuple[str | None, str, str]
"""A region, a token there, and what is asked of it."""
Reading = tuple[str | None, Contract | None]
"""A region, and the contract in which a body is written."""
SUCCESS = 2
"""The first digit of the status where something was granted."""
OF_A_MOCK = "Ringback-Version"
"""The header by which a reply is known to come from no real org."""


@dataclass
class Findings:
    """``seen`` are the rules confirmed; ``contradicted`` those that an org answered otherwise, and how.

    ``unproved`` are rules whose refusals count for nothing, by the reason. ``exchanges`` counts what real
    orgs answered.
    """

    seen: dict[str, Sighting] = field(default_factory=dict)
    contradicted: dict[str, str] = field(default_factory=dict)
    unproved: dict[str, list[str]] = field(default_factory=dict)
    exchanges: int = 0


@dataclass(frozen=True, slots=True)
class _Readings:
    """Bodies that the mock grants: in which contracts an org granted one, and which it refused."""

    granted: frozenset[Reading]
    refused: Mapping[Reading, Cassette]

    @classmethod
    def of(cls, recorded: Iterable[Cassette]) -> Self:
        """What the recorded answers show."""
        sound = [cassette for cassette in recorded if _places(cassette) and not _broken(cassette)]
        granted = {_reading(cassette) for cassette in sound if cassette.reply.status // 100 == SUCCESS}
        # Where a body is in no contract, any granted one shows that bodies are read.
        granted |= {(region, None) for region, _ in granted}
        refused = {_reading(cassette): cassette for cassette in sound if not _turned_away(cassette)}
        return cls(frozenset(granted), refused)

    def lack(self, cassette: Cassette, rule: Rule) -> str | None:
        """Why a refusal says nothing of a rule: the org may refuse all bodies of that contract."""
        if rule.stage < Stage.JSON or not _places(cassette) or _reading(cassette) in self.granted:
            return None
        region, contract = _reading(cassette)
        said = f"no {contract} body" if contract else "no body"
        refused = self.refused.get((region, contract))
        shown = f" ({refused.name}: {_answer(refused)}, where the mock grants the call)" if refused else ""
        return f"{said} was granted in {region}, which may refuse them all{shown}"


def confirmed(cassettes: Iterable[Cassette]) -> Findings:
    """Hold recorded answers of real orgs against the rules as shipped.

    A rule is confirmed where an org refused as the rule does, and no other rule explains that; if the rule is
    about the body of a call, the org has to have granted another in the same contract. It is contradicted
    where an org answered otherwise, unless that is about the token or the moment.
    """
    recorded = list(_of_real_orgs(cassettes))
    admitted = {_asker(cassette) for cassette in recorded if not _turned_away(cassette)}
    readings = _Readings.of(recorded)
    confirming: dict[str, list[Cassette]] = defaultdict(list)
    contradicted: dict[str, str] = {}
    lacking: dict[str, str] = {}
    for cassette in recorded:
        rule, agrees = _shown(cassette, admitted)
        if rule and not agrees:
            contradicted.setdefault(rule.id, _contradiction(rule, cassette))
        elif rule and (reason := readings.lack(cassette, rule)):
            lacking.setdefault(rule.id, reason)
        elif rule:
            confirming[rule.id].append(cassette)
    seen = {rule: _sighting(found) for rule, found in confirming.items() if rule not in contradicted}
    unproved = {rule: why for rule, why in lacking.items() if rule not in confirming | contradicted}
    return Findings(seen, contradicted, _by_reason(unproved), len(recorded))


def _by_reason(reasons: Mapping[str, str]) -> dict[str, list[str]]:
    """The rules for each reason."""
    return {reason: [rule for rule in reasons if reasons[rule] == reason] for reason in reasons.values()}


def _shown(cassette: Cassette, admitted: Container[Asker]) -> tuple[Rule | None, bool]:
    """The rule that an answer says something of, if any, and whether it agrees."""
    rules = _broken(cassette)
    if not rules:
        return None, False
    rule, others = rules[0], rules[1:]
    away = _turned_away(cassette, rule.stage)
    if not _answered_by(rule, cassette):
        return None if away else rule, False
    doubtful = any(_answered_by(other, cassette) for other in others)
    doubtful |= away and _asker(cassette) not in admitted
    return None if doubtful else rule, True


def _of_real_orgs(cassettes: Iterable[Cassette]) -> Iterator[Cassette]:
    """What real orgs answered to requests that say all themselves, not about a call placed before."""
    placed: set[object] = set()
    for cassette in cassettes:
        if not cassette.region or OF_A_MOCK in cassette.reply.headers:
            continue
        if placed.isdisjoint(cassette.request.path.split("/")):
            yield cassette
        if _places(cassette):
            placed.add(cassette.reply.document.get("id"))


def _broken(cassette: Cassette) -> Sequence[Rule]:
    """The platform's rules that refuse a recorded request in the default org, in its order.

    A channel whose id the recording hides is one that its sender had opened.
    """
    request = cassette.request
    channel_id = route(request.method, request.path).params.get("channelId", "")
    there = situation(
        Example(
            raw=request.body, token=None, method=request.method, path=request.path, headers=request.headers
        ),
        channel_id=channel_id if HIDDEN in channel_id else KNOWN_CHANNEL,
    )
    found = findings(request, there.caller, there.org)
    return list(dict.fromkeys(finding.rule for finding in found if finding.rule.id not in OWN))


def _asker(cassette: Cassette) -> Asker:
    return cassette.region, cassette.request.headers.get("authorization", ""), operation_of(cassette.request)


def _places(cassette: Cassette) -> bool:
    return operation_of(cassette.request) in PLACING


def _reading(cassette: Cassette) -> Reading:
    return cassette.region, contract_of(cassette.request.body)


def _turned_away(cassette: Cassette, before: Stage = Stage.MEDIA_TYPE) -> bool:
    """Whether it was no moment to ask, or the target turned the token away in a stage ``before`` another."""
    last = min(before, Stage.MEDIA_TYPE)
    gates = [rule for rule in TABLE if Stage.ROUTE < rule.stage < last]
    return cassette.reply.status in PASSING or any(_answered_by(rule, cassette) for rule in gates)


def _answered_by(rule: Rule, cassette: Cassette) -> bool:
    return explains(rule, cassette.request, cassette.reply)


def explains(rule: Rule, request: Request, reply: Reply) -> bool:
    """Whether a reply has the status and code of a rule that can refuse the request's operation."""
    holds = rule.concerns(BY_ID.get(operation_of(request)))
    return holds and (reply.status, reply.document.get("code")) == (rule.status, rule.code)


def _contradiction(rule: Rule, cassette: Cassette) -> str:
    return f"{cassette.name}: answered {_answer(cassette)}, where the rule says {rule.status} {rule.code}"


def _answer(cassette: Cassette) -> str:
    return f"{cassette.reply.status} {cassette.reply.document.get('code', '')}".rstrip()


def _sighting(cassettes: list[Cassette]) -> Sighting:
    last = max(cassettes, key=lambda cassette: cassette.when)
    return Sighting(f"{last.when:%Y-%m-%d}", last.region or "", len(cassettes))


def write_evidence(found: Findings, path: Path) -> dict[str, Sighting]:
    """Add what was found to a file, take out what is contradicted, and give what it then holds."""
    kept = read_evidence(path) if path.exists() else {}
    latest = {rule: max(seen, kept.get(rule, seen), key=_day) for rule, seen in found.seen.items()}
    held = {rule: seen for rule, seen in (kept | latest).items() if rule not in found.contradicted}
    document = {KEY: {rule: asdict(held[rule]) for rule in sorted(held)}}
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as file:
        file.write(json.dumps(document, indent=2) + "\n")
    return held


def _day(seen: Sighting) -> str:
    return seen.date


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
    except OSError as error:
        raise disk_error(error) from error
    except ValueError as error:
        raise SetupError(
            f"{path} is no file of evidence, as 'ringback rules --confirm' writes it: {error}"
        ) from error

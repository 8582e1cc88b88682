"""Mocks that are broken in one way each: a suite that is worth anything fails on every one of them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from ringback_contracts.catalogue import TABLE
from ringback_contracts.core.model import Request, Rule
from ringback_contracts.core.table import Table
from ringback_harness.check.flow import check_flow
from ringback_harness.check.flow_mutants import FLOW_MUTANTS
from ringback_harness.check.flows import ALL_FLOWS
from ringback_harness.check.generated import Effort
from ringback_harness.check.heard_mutants import HEARD_MUTANTS
from ringback_harness.check.life import check_life
from ringback_harness.check.results import Result
from ringback_harness.check.rules import Worlds, check_rules
from ringback_harness.event_log import Hear, as_sent
from ringback_harness.targets import InProcess, Serve
from ringback_mock.engine.store import Store
from ringback_mock.http import Response
from ringback_mock.site import Site

LIFE_EFFORT = Effort(examples=40, shrink=False)
OTHER_CODE = "mutant.code"
Suite = Callable[[Worlds], Iterator[Result]]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One broken mock. ``first`` are the rules whose examples are the likeliest to notice."""

    id: str
    serve: Serve = field(repr=False)
    first: tuple[Rule, ...] = ()
    hear: Hear = field(default=as_sent, repr=False)
    """What arrives of what it tells over a channel."""


@dataclass(frozen=True, slots=True)
class MutationResult:
    """What became of a mutant: what killed it, or nothing."""

    mutant: Mutant
    killer: str | None

    @property
    def survived(self) -> bool:
        return self.killer is None


def rule_mutants(table: Table = TABLE) -> Iterator[Mutant]:
    """Three for each rule: switched off, with another status, with another code."""
    for rule in table:
        yield _with_table(f"{rule.id}: switched off", table.without(rule.id), rule)
        for what, changed in (
            ("another status", replace(rule, status=_other_status(rule.status))),
            ("another code", replace(rule, code=OTHER_CODE)),
        ):
            yield _with_table(f"{rule.id}: {what}", table.with_rule(changed), rule)


def flow_mutants() -> Iterator[Mutant]:
    """Those of the flow of a call and of the form of every answer."""
    for name, serve in FLOW_MUTANTS.items():
        yield Mutant(f"flow: {name}", serve)
    for name, hear in HEARD_MUTANTS.items():
        yield Mutant(f"flow: {name}", unbroken, hear=hear)


def all_mutants() -> Iterator[Mutant]:
    """Every mutant, always in the same order."""
    return itertools.chain(rule_mutants(), flow_mutants())


def _with_table(mutant_id: str, table: Table, rule: Rule) -> Mutant:
    return Mutant(mutant_id, lambda store: Site(store, table).answer, (TABLE[rule.id],))


def _other_status(status: int) -> int:
    """Another error status, of the same class where that has one to spare."""
    return 409 if status != 409 else 400


def unbroken(store: Store) -> Callable[[Request], Response]:
    """A mock as it is shipped."""
    return Site(store).answer


def hunt(mutants: Iterable[Mutant], generated: Suite) -> Iterator[MutationResult]:
    """Run the suite on each mutant until something fails; ``generated`` is what is tried last.

    What is expected comes from the table as shipped. A mutant that crashes is dead as well.
    """
    for mutant in mutants:
        yield MutationResult(mutant, _killer(mutant, generated))


def _killer(mutant: Mutant, generated: Suite) -> str | None:
    worlds = Worlds(InProcess(mutant.serve, hear=mutant.hear))
    try:
        for result in _attempts(worlds, mutant, generated):
            if result.failed:
                return f"{result.subject}: {result.reasons[0]}"
    except Exception as error:  # noqa: BLE001 - whatever a broken mock raises, it has been noticed
        return f"it crashed: {type(error).__name__}"
    return None


def _attempts(worlds: Worlds, mutant: Mutant, generated: Suite) -> Iterator[Result]:
    """The mutant's own rule first; without one, the flow and the life before all rules."""
    yield from check_rules(worlds, mutant.first)
    yield from check_flow(worlds, ALL_FLOWS)
    yield from check_life(worlds, LIFE_EFFORT)
    yield from check_rules(worlds, [rule for rule in TABLE if rule not in mutant.first])
    yield from generated(worlds)


def sound(generated: Suite) -> str | None:
    """What the suite has against an unbroken mock, which would make every kill worthless."""
    return _killer(Mutant("unbroken", unbroken), generated)

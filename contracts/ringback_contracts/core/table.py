"""The table of all rules, in the platform's order of checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from types import ModuleType

from ringback_contracts.core.model import ASTRAY, CONTRACTS, Check, Contract, Evidence, Rule, Stage
from ringback_contracts.core.operation import Operation

Lane = tuple[tuple[Check, Rule], ...]
"""The rules to ask for one kind of request, each behind its function: the hottest loop of all."""


class Table:
    """Rules sorted by stage, and sliced for each operation and contract when they are first asked for.

    Raises ``ValueError`` for a repeated id, a status that is no error, or a rule without examples.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._fill(rules)

    def _fill(self, rules: Iterable[Rule]) -> None:
        self.rules: tuple[Rule, ...] = tuple(sorted(rules, key=lambda rule: rule.stage))
        self.by_id: dict[str, Rule] = {}
        for rule in self.rules:
            _admit(rule, self.by_id)
            self.by_id[rule.id] = rule
        self._early: dict[Operation | None, Lane] = {}
        self._late: dict[tuple[Operation | None, Contract | None], Lane] = {}
        self._marked: dict[tuple[Operation | None, Contract | None, frozenset[str]], Lane] = {}
        self.marks: frozenset[str] = frozenset().union(*(rule.only for rule in self.rules))
        """What of a request lets rules be left out."""

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules)

    def __len__(self) -> int:
        return len(self.rules)

    def __getitem__(self, rule_id: str) -> Rule:
        return self.by_id[rule_id]

    def early(self, operation: Operation | None) -> Lane:
        """The rules up to the reading of the body, which no contract changes."""
        try:
            return self._early[operation]
        except KeyError:
            lane = self._lane(
                operation,
                lambda rule: rule.stage <= Stage.JSON and (operation is None or ASTRAY not in rule.only),
            )
            return self._early.setdefault(operation, lane)

    def late(self, operation: Operation | None, contract: Contract | None) -> Lane:
        """The rules about what the body says, in its contract."""
        try:
            return self._late[operation, contract]
        except KeyError:
            late = self._lane(
                operation, lambda rule: rule.stage > Stage.JSON and _holds(rule, operation, contract)
            )
            return self._late.setdefault((operation, contract), late)

    def about(
        self, operation: Operation | None, contract: Contract | None, marks: frozenset[str] | None
    ) -> Lane:
        """Those of the late rules that could object to what has these marks."""
        if marks is None:
            return self.late(operation, contract)
        known = self.marks & marks
        try:
            return self._marked[operation, contract, known]
        except KeyError:
            late = self.late(operation, contract)
            lane = tuple(one for one in late if not (only := one[1].only) or not only.isdisjoint(known))
            return self._marked.setdefault((operation, contract, known), lane)

    def without(self, rule_id: str) -> Table:
        """The table with one rule switched off."""
        return Table(rule for rule in self.rules if rule.id != rule_id)

    def with_rule(self, changed: Rule) -> Table:
        """The table with the rule of the same id in another version."""
        return Table(changed if rule.id == changed.id else rule for rule in self.rules)

    def observe(self, seen: Mapping[str, str]) -> None:
        """Let assumed and mission rules be observed ones, here and for whoever holds this table.

        ``seen`` says of each rule where and when a real org answered so.
        """
        self._fill([_observed(rule, seen[rule.id]) if rule.id in seen else rule for rule in self.rules])

    def _lane(self, operation: Operation | None, wanted: Callable[[Rule], bool]) -> Lane:
        return tuple((rule.check, rule) for rule in self.rules if wanted(rule) and rule.concerns(operation))


def _observed(rule: Rule, where: str) -> Rule:
    if rule.evidence not in (Evidence.ASSUMED, Evidence.MISSION):
        return rule
    source = f"{where}; before that {rule.evidence}: {rule.source}"
    return replace(rule, evidence=Evidence.OBSERVED, source=source)


def _holds(rule: Rule, operation: Operation | None, contract: Contract | None) -> bool:
    """Whether the rule holds in the contract: one tells bodies apart that can be written in several."""
    if operation is None or not operation.facts.contracts:
        return True
    return contract in rule.contracts if contract else rule.contracts == CONTRACTS


def _admit(rule: Rule, known: Mapping[str, Rule]) -> None:
    if rule.id in known:
        raise ValueError(f"two rules have the id {rule.id!r}")
    if not 400 <= rule.status < 600:
        raise ValueError(f"rule {rule.id!r}: {rule.status} is no error status")
    if not rule.rejects or not rule.accepts:
        raise ValueError(f"rule {rule.id!r}: it needs an example to reject and one to accept")


def declared(module: ModuleType) -> Iterator[Rule]:
    """The rules of a module."""
    return (value for value in vars(module).values() if isinstance(value, Rule))

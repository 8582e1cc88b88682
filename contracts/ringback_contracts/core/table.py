"""The table of all rules, in the platform's order of checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import ModuleType

from ringback_contracts.core.model import CONTRACTS, Check, Contract, Evidence, Rule, Stage
from ringback_contracts.http import access
from ringback_contracts.operations import OPERATIONS, PLACING
from ringback_contracts.resources.calls.rules import addressing, body, calling, destination, number, sip

Lane = tuple[tuple[Check, Rule], ...]
"""The rules to ask for one kind of request, each behind its function: the hottest loop of all."""

MODULES = (access, body, addressing, sip, calling, destination, number)


class Table:
    """Rules sorted by stage, and sliced beforehand for each operation and contract.

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
        operations = (None, *(operation.id for operation in OPERATIONS))
        self._early = {operation: self._lane(operation, None, early=True) for operation in operations}
        self._late = {
            (operation, contract): self._lane(operation, contract, early=False)
            for operation in operations
            for contract in (*CONTRACTS, None)
        }

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules)

    def __len__(self) -> int:
        return len(self.rules)

    def __getitem__(self, rule_id: str) -> Rule:
        return self.by_id[rule_id]

    def early(self, operation_id: str | None) -> Lane:
        """The rules up to the reading of the body, which no contract changes."""
        return self._early[operation_id]

    def late(self, operation_id: str | None, contract: Contract | None) -> Lane:
        """The rules about what the body says, in its contract."""
        return self._late[operation_id, contract]

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

    def _lane(self, operation_id: str | None, contract: Contract | None, *, early: bool) -> Lane:
        return tuple(
            (rule.check, rule)
            for rule in self.rules
            if (rule.stage <= Stage.JSON) is early
            and (rule.operations is None or operation_id in rule.operations)
            and (early or operation_id not in PLACING or _holds(rule, contract))
        )


def _observed(rule: Rule, where: str) -> Rule:
    if rule.evidence not in (Evidence.ASSUMED, Evidence.MISSION):
        return rule
    source = f"{where}; before that {rule.evidence}: {rule.source}"
    return replace(rule, evidence=Evidence.OBSERVED, source=source)


def _holds(rule: Rule, contract: Contract | None) -> bool:
    return contract in rule.contracts if contract else rule.contracts == CONTRACTS


def _admit(rule: Rule, known: Mapping[str, Rule]) -> None:
    if rule.id in known:
        raise ValueError(f"two rules have the id {rule.id!r}")
    if not 400 <= rule.status < 600:
        raise ValueError(f"rule {rule.id!r}: {rule.status} is no error status")
    if not rule.rejects or not rule.accepts:
        raise ValueError(f"rule {rule.id!r}: it needs an example to reject and one to accept")


def _declared(module: ModuleType) -> Iterator[Rule]:
    return (value for value in vars(module).values() if isinstance(value, Rule))


TABLE = Table(rule for module in MODULES for rule in _declared(module))
"""Every rule that Ringback ships."""

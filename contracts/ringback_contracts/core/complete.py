"""What an operation must tell before it is served: what it lacks stops the start, with a sentence."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from itertools import islice

from ringback_contracts.core.model import Rule
from ringback_contracts.core.operation import UNTOLD, Change, Operation, Selection
from ringback_contracts.core.table import Table

Readers = Mapping[str, Mapping[Selection | None, Rule]]
"""By the class of facts that they read, one rule for each selection of operations."""
SAFE = frozenset({"GET", "HEAD"})
"""Methods by which nothing may be changed (RFC 9110, section 9.2.1)."""

ALL_OF = "permissions.missing"
"""The rule for operations that need several permissions together: it comes with the first of them."""


def check_complete(
    operations: Iterable[Operation], table: Table, models: Container[str], faults: Container[str]
) -> None:
    """Raise ``ValueError`` for the first operation that is not told whole, or twice.

    ``models`` are the schemas that there are, ``faults`` the words by which faults take requests.
    """
    seen: set[str] = set()
    readers = _readers(table)
    for operation in operations:
        if operation.id in seen:
            raise ValueError(f"two operations have the id {operation.id!r}")
        seen.add(operation.id)
        lacking = (
            *_untold(operation, models, faults),
            *_unsafe(operation),
            *_without_rule(operation, table),
            *_without_facts(operation, readers),
        )
        if lacking:
            raise ValueError(f"{operation.id} ({operation.method} {operation.template}) {lacking[0]}")


def _untold(operation: Operation, models: Container[str], faults: Container[str]) -> Iterator[str]:
    if not operation.summary:
        yield "has no description: give its summary"
    if operation.answers == UNTOLD:
        yield "does not say what it answers: give answers, a schema's name, or None for no body"
    for model in (operation.reads, operation.answers):
        if model is not None and model != UNTOLD and model not in models:
            yield f"names the model {model}, and there is no schemas/{model}.json"
    if operation.reads is not None and operation.heeded is None:
        yield f"reads a {operation.reads}, and does not say which of its fields have an effect: give heeded"
    if operation.fault and operation.fault not in faults:
        yield f"is called {operation.fault!r} by faults, which is no word of theirs"


def _unsafe(operation: Operation) -> Iterator[str]:
    if operation.changes is None:
        yield "has no sandbox policy: say what it changes, and whether it dials"
    elif operation.changes is Change.NEW_CALL and not operation.dials:
        yield "places a call, and does not say that it dials"
    elif operation.method in SAFE and (operation.dials or operation.changes is not Change.NOTHING):
        yield f"is a {operation.method}, which may neither dial nor change anything"


def _without_rule(operation: Operation, table: Table) -> Iterator[str]:
    together = table.by_id.get(ALL_OF)
    if operation.all_of and not (together and together.concerns(operation)):
        yield f"needs {' and '.join(operation.all_of)}, and no rule {ALL_OF} refuses who has it not"
    for name in operation.parameters:
        if name in operation.words and name not in operation.unknown:
            continue  # a word that nobody has to know
        rule = table.by_id.get(operation.unknown.get(name, ""))
        if rule is None:
            yield f"names no rule for an unknown {name}: give unknown={{{name!r}: the id of a rule}}"
        elif not rule.concerns(operation):
            yield f"names the rule {rule.id} for an unknown {name}, and that rule does not hold for it"
    for name in operation.unknown:
        if name not in operation.parameters:
            yield f"names a rule for an unknown {name}, which is not in its path"


def _without_facts(operation: Operation, readers: Readers) -> Iterator[str]:
    facts = {kind.__name__ for kind in operation.facts.__mro__}
    for read, rules in readers.items():
        for rule in rules.values() if read not in facts else ():
            if rule.concerns(operation):
                yield f"has not the facts {read}, which the rule {rule.id} reads"


def _readers(table: Table) -> Readers:
    """The rules by what their functions read, as the annotations have it; of those alike the first."""
    readers: dict[str, dict[Selection | None, Rule]] = {}
    for rule in table:
        for read in islice(getattr(rule.check, "__annotations__", {}).values(), 1):
            readers.setdefault(read, {}).setdefault(rule.operations, rule)
    return readers

"""The query of a request: what the vendor documents of it, what it says, and what of it has no effect."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import parse_qs

from ringback_contracts.core.case import Case
from ringback_contracts.core.declare import FINE, OUR_CHOICE, found, rule
from ringback_contracts.core.lazy import lazy
from ringback_contracts.core.model import Evidence, Example, Knowledge, Stage, Violation
from ringback_contracts.core.operation import Operation, Parameter

_WORD = re.compile(r"[A-Za-z][A-Za-z.]{0,40}")
"""What a note repeats: anything else could be a number or a secret."""
_COUNT = re.compile(r"[0-9]{1,9}")
MOST_FIELDS = 200
"""So many parts of a query are read."""


class Query(NamedTuple):
    """The values of a query, each in the order in which they came."""

    values: Mapping[str, Sequence[str]]

    @classmethod
    def read(cls, text: str) -> Query:
        """What a query string says; parts too many are left out."""
        parts = "&".join(text.split("&", MOST_FIELDS)[:MOST_FIELDS])
        return cls(parse_qs(parts, keep_blank_values=True))

    def text(self, name: str) -> str | None:
        """The last value of a parameter; ``None`` where it is not given, or empty."""
        return (self.values.get(name) or [""])[-1] or None

    def number(self, name: str, usual: int) -> int:
        """A parameter that a rule has found to be a positive number, or the usual value of it."""
        return int(self.text(name) or usual)

    def all(self, name: str) -> tuple[str, ...]:
        """The values of a list, which clients repeat or join with commas."""
        return tuple(
            part for value in self.values.get(name, ()) for part in map(str.strip, value.split(",")) if part
        )


class QueryCase(Case):
    """A request to an operation of which the query parameters are known."""

    @lazy
    def query(self) -> Query:
        return Query.read(self.request.query)

    @lazy
    def notes(self) -> tuple[str, ...]:
        """What of the query has no effect."""
        known = self.operation.query if self.operation else {}
        return tuple(note for name in self.query.values for note in self._notes(name, known.get(name)))

    def _notes(self, name: str, parameter: Parameter | None) -> Iterator[str]:
        if parameter is None:
            shown = f"'{name}'" if _WORD.fullmatch(name) else "one of another name"
            yield f"the operation has no query parameter {shown}"
        elif parameter.heeded is not None:
            values = self.query.all(name) if parameter.kind == "array" else [self.query.text(name) or ""]
            for value in values:
                if value not in parameter.heeded:
                    yield f"{name}{'=' + value if _WORD.fullmatch(value) else ''} has no effect in Ringback"


def with_query(operation: Operation) -> bool:
    """The operations that have query parameters."""
    return bool(operation.query)


@rule(
    id="query.not-a-count",
    stage=Stage.SCHEMA,
    status=400,
    code="bad.request",
    message="A query parameter must be a positive whole number",
    title="A page's number or size is no positive whole number",
    fix="Count pages from 1, and ask for at least one entity a page: ?pageSize=25&pageNumber=1.",
    evidence=Evidence.ASSUMED,
    source=OUR_CHOICE,
    knowledge=Knowledge.REQUEST,
    operations=with_query,
    rejects=[
        Example(method="GET", path="/api/v2/stations?pageSize=many"),
        Example(method="GET", path="/api/v2/stations?pageNumber=0"),
        Example(method="GET", path="/api/v2/stations?pageSize=-1"),
    ],
    accepts=[
        Example(method="GET", path="/api/v2/stations?pageSize=1&pageNumber=7"),
        Example(method="GET", path="/api/v2/stations?pageSize="),
    ],
)
def query_not_a_count(case: QueryCase) -> Sequence[Violation]:
    """Page numbers and sizes must be countable."""
    known = case.operation.query if case.operation else {}
    for name, parameter in known.items():
        value = case.query.text(name)
        if parameter.kind == "integer" and value and not (_COUNT.fullmatch(value) and int(value)):
            return found(f"{name} is no whole number from 1 to 999999999", "query")
    return FINE


PAGED: Mapping[str, Parameter] = {"pageSize": Parameter("integer"), "pageNumber": Parameter("integer")}
"""What every list that comes in pages takes."""

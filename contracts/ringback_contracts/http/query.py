"""The query of a request: what it may say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ringback_contracts.core.case import Case
from ringback_contracts.core.declare import FINE, OUR_CHOICE, found, rule
from ringback_contracts.core.model import Evidence, Example, Knowledge, Stage, Violation
from ringback_contracts.core.operation import Operation, Parameter

_COUNT = re.compile(r"[0-9]{1,9}")


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
def query_not_a_count(case: Case) -> Sequence[Violation]:
    """Page numbers and sizes must be countable."""
    known = case.operation.query if case.operation else {}
    for name, parameter in known.items():
        value = case.query.text(name)
        if parameter.kind == "integer" and value and not (_COUNT.fullmatch(value) and int(value)):
            return found(f"{name} is no whole number from 1 to 999999999", "query")
    return FINE


PAGED: Mapping[str, Parameter] = {"pageSize": Parameter("integer"), "pageNumber": Parameter("integer")}
"""What every list that comes in pages takes."""

"""The operations that tell of calls in general: those that are over, and how large a conference may be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ringback_contracts.core.case import Case
from ringback_contracts.core.declare import COMMON_ERRORS, FINE, found, rule
from ringback_contracts.core.lazy import lazy
from ringback_contracts.core.model import Evidence, Example, Knowledge, Stage, Violation
from ringback_contracts.core.operation import Change, Operation, Parameter
from ringback_contracts.http.query import PAGED
from ringback_contracts.http.served import served
from ringback_contracts.resources.calls.paths import CALLS_PATH

PAST_CALLS = "getConversationsCallsHistory"
MOST_PARTIES = "getConversationsCallsMaximumconferenceparties"
HISTORY = f"{CALLS_PATH}/history"
SCOPES = ("conversations", "conversations:readonly")


def interval(text: str) -> tuple[datetime, datetime] | None:
    """The two moments of an ISO 8601 interval, each with its zone; ``None`` where it is none."""
    first, _, last = text.partition("/")
    try:
        begins, ends = datetime.fromisoformat(first), datetime.fromisoformat(last)
    except ValueError:
        return None
    return (begins, ends) if begins.tzinfo and ends.tzinfo and begins <= ends else None


class HistoryFacts(Case):
    """A request for past calls."""

    @lazy
    def interval(self) -> str | None:
        return self.query.text("interval")


OPERATIONS = (
    served(
        PAST_CALLS,
        summary="List the calls of the token's user that are over",
        scopes=SCOPES,
        answers="CallHistoryConversationEntityListing",
        needs_user=True,
        changes=Change.NOTHING,
        facts=HistoryFacts,
        query={
            **PAGED,
            "interval": Parameter(),
            "expand": Parameter("array", heeded=("user", "queue")),
        },
    ),
    served(
        MOST_PARTIES,
        summary="Read how many parties a conference may have",
        scopes=SCOPES,
        answers="MaxParticipants",
        changes=Change.NOTHING,
    ),
)


def _of_past_calls(operation: Operation) -> bool:
    return operation.id == PAST_CALLS


@rule(
    id="interval.malformed",
    stage=Stage.SCHEMA,
    status=400,
    code="invalid.date",
    message="The interval is not valid",
    title="The interval is not two moments with a slash between them",
    fix="Write ?interval=2026-01-01T00:00:00Z/2026-01-31T00:00:00Z: the earlier moment first, zones and all.",
    evidence=Evidence.ASSUMED,
    source=f"{COMMON_ERRORS} list invalid.date; what is refused is Ringback's choice",
    knowledge=Knowledge.REQUEST,
    operations=_of_past_calls,
    rejects=[
        Example(method="GET", path=f"{HISTORY}?interval=today"),
        Example(method="GET", path=f"{HISTORY}?interval=2026-01-01T00:00:00Z"),
        Example(method="GET", path=f"{HISTORY}?interval=2026-01-01T00:00:00/2026-01-02T00:00:00"),
        Example(method="GET", path=f"{HISTORY}?interval=2026-01-02T00:00:00Z/2026-01-01T00:00:00Z"),
    ],
    accepts=[
        Example(method="GET", path=f"{HISTORY}?interval=2026-01-01T00:00:00Z/2026-01-31T00:00:00Z"),
        Example(method="GET", path=f"{HISTORY}?interval="),
    ],
)
def interval_malformed(case: HistoryFacts) -> Sequence[Violation]:
    """An interval must be one."""
    if case.interval is None or interval(case.interval):
        return FINE
    return found("interval is not two moments, each with its zone and the earlier one first", "query")

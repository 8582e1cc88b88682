"""The conversation in a path must be one that is there."""

from __future__ import annotations

from collections.abc import Sequence

from ringback_contracts.core.case import Case
from ringback_contracts.core.declare import FINE, NOBODY, NOT_FOUND, OUR_CHOICE, SWAGGER_2017, found, rule
from ringback_contracts.core.model import Evidence, Example, Stage, Violation
from ringback_contracts.core.operation import with_unknown_id


@rule(
    id="call.unknown",
    stage=Stage.DESTINATION,
    status=404,
    code="conversation.error.conversation.not.found",
    message="The conversation was not found",
    title="No call has this id",
    fix="Use the id that placing the call returned; a mock forgets the oldest calls, and all at a reset.",
    evidence=Evidence.PUBLISHED,
    source=f"{SWAGGER_2017}: conversation.error.conversation.not.found",
    operations=with_unknown_id("call.unknown"),
    rejects=[
        Example(method="GET", path=f"/api/v2/conversations/calls/{NOBODY}"),
        Example({"state": "disconnected"}, method="PATCH", path=f"/api/v2/conversations/calls/{NOBODY}"),
    ],
    accepts=[Example(method="GET", path="/api/v2/conversations/calls/{call}")],
)
def call_unknown(case: Case) -> Sequence[Violation]:
    return _no_such_call(case)


@rule(
    id="call.unknown-to-disconnect",
    stage=Stage.DESTINATION,
    status=404,
    code="not.found",
    message=NOT_FOUND,
    title="No conversation that could be ended has this id",
    fix="Use the id that placing the call returned.",
    evidence=Evidence.ASSUMED,
    source=OUR_CHOICE,
    operations=with_unknown_id("call.unknown-to-disconnect"),
    rejects=[Example(path=f"/api/v2/conversations/{NOBODY}/disconnect")],
    accepts=[Example(path="/api/v2/conversations/{call}/disconnect")],
)
def call_unknown_to_disconnect(case: Case) -> Sequence[Violation]:
    return _no_such_call(case)


def _no_such_call(case: Case) -> Sequence[Violation]:
    call_id = case.route.params.get("conversationId", "")
    if call_id in case.caller.calls:
        return FINE
    return found(f"no call has the id {call_id!r}", "path")

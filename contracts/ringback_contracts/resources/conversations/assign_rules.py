"""Why nobody who waits can be given to a user."""

from __future__ import annotations

from collections.abc import Sequence

from ringback_contracts.core.declare import (
    ALICE,
    FINE,
    FRANK,
    NOBODY,
    NOT_FOUND,
    OUR_CHOICE,
    SUPPORT,
    found,
    rule,
)
from ringback_contracts.core.model import Evidence, Example, Stage, Violation
from ringback_contracts.core.operation import giving
from ringback_contracts.life.commands import Staff
from ringback_contracts.resources.conversations.facts import CallTold
from ringback_contracts.resources.conversations.histories import CONVERSATION, TALKING, Given

IN_QUEUE: Given = (Example({"callQueueId": SUPPORT}), 5.0)
"""Alice called a queue, in which nobody is there."""


def assign(user_id: str, given: Given = IN_QUEUE) -> Example:
    """Alice gives whoever waits to a user."""
    return Example({"id": user_id}, path=f"{CONVERSATION}/assign", given=given)


@rule(
    id="assign.user-unknown",
    stage=Stage.DESTINATION,
    status=404,
    code="not.found",
    message=NOT_FOUND,
    title="The user to assign the conversation to is not in this org",
    fix="Use the id of a user of the token's org; GET /api/v2/users lists them.",
    evidence=Evidence.ASSUMED,
    source=OUR_CHOICE,
    operations=giving(Staff),
    rejects=[assign(NOBODY)],
    accepts=[assign(FRANK)],
)
def assign_user_unknown(case: CallTold) -> Sequence[Violation]:
    user_id = case.fields.get("id")
    if not isinstance(user_id, str) or user_id.lower() in case.org.user_by_id:
        return FINE
    return found("no user of the org has this id", "/id")


@rule(
    id="assign.nobody-waits",
    stage=Stage.STATE,
    status=400,
    message="The conversation waits in no queue",
    title="Nobody on the conversation waits in a queue for an agent",
    fix="Assign a conversation whose acd participant is connected; transfer one that somebody has taken.",
    evidence=Evidence.ASSUMED,
    source=OUR_CHOICE,
    operations=giving(Staff),
    rejects=[assign(FRANK, TALKING)],
    accepts=[assign(FRANK), assign(ALICE)],
)
def assign_nobody_waits(case: CallTold) -> Sequence[Violation]:
    known = str(case.fields.get("id", "")).lower() in case.org.user_by_id
    return found("no queue's leg of the conversation is connected", "path") if _idle(case) and known else FINE


def _idle(case: CallTold) -> bool:
    return case.call is not None and not case.instructions

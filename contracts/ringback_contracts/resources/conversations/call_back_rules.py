"""Whom a call back would dial, and for which queue."""

from __future__ import annotations

from collections.abc import Sequence

from ringback_contracts.core.declare import FINE, NOBODY, OUR_CHOICE, SDK, SUPPORT, TEST_NUMBER, found, rule
from ringback_contracts.core.model import Evidence, Example, Stage, Violation
from ringback_contracts.core.operation import giving
from ringback_contracts.life.commands import AskCallBack
from ringback_contracts.resources.conversations.facts import CallBackFacts
from ringback_contracts.resources.conversations.histories import ANY_FAR, TALKING


def ask(*numbers: str, **more: object) -> Example:
    """A call back that alice asks for."""
    body = {"callbackNumbers": list(numbers), "queueId": SUPPORT, **more}
    return Example(body, path=f"{ANY_FAR}/callbacks", given=TALKING)


@rule(
    id="call-back.numbers",
    stage=Stage.ADDRESSES,
    status=400,
    message="The numbers to call back cannot be dialled",
    title="There is no number to call back, or the one that is to be checked is none",
    fix="Give at least one number, as + and digits; without validateCallbackNumbers no more is asked.",
    evidence=Evidence.ASSUMED,
    source=f"what validateCallbackNumbers does is told by the {SDK}; status and code: {OUR_CHOICE}",
    operations=giving(AskCallBack),
    rejects=[ask(), ask("call me", validateCallbackNumbers=True)],
    accepts=[ask("call me"), ask(TEST_NUMBER, validateCallbackNumbers=True)],
)
def call_back_numbers(case: CallBackFacts) -> Sequence[Violation]:
    if case.fields.get("callbackNumbers") == []:
        return found("the list is empty", "/callbackNumbers")
    if case.fields.get("validateCallbackNumbers") is True and case.undialled:
        return found("it has no digits to dial", f"/callbackNumbers/{case.undialled[0]}")
    return FINE


@rule(
    id="call-back.queue-unknown",
    stage=Stage.DESTINATION,
    status=400,
    code="conversations.error.queue.not.found",
    message="The queue was not found",
    title="The queue for which to call back is not in this org",
    fix="Use the id of a queue of the token's org; GET /api/v2/routing/queues lists them.",
    evidence=Evidence.ASSUMED,
    source="that the queue must be there is taken for granted; status and code are of POST replace",
    operations=giving(AskCallBack),
    rejects=[ask(TEST_NUMBER, queueId=NOBODY), ask(TEST_NUMBER, queueId="support")],
    accepts=[ask(TEST_NUMBER), ask(TEST_NUMBER, queueId=SUPPORT.upper())],
)
def call_back_queue_unknown(case: CallBackFacts) -> Sequence[Violation]:
    queue_id = case.fields.get("queueId")
    if not isinstance(queue_id, str) or not queue_id or queue_id.lower() in case.org.queue_by_id:
        return FINE
    return found("no queue of the org has this id", "/queueId")

"""Why a wrap-up is not taken, or not shown: the code that it names, and who asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ringback_contracts.core.declare import BOB, FINE, OUR_CHOICE, SOLVED, SWAGGER_2018, found, rule
from ringback_contracts.core.model import Evidence, Example, Stage, Violation
from ringback_contracts.core.operation import giving
from ringback_contracts.life import objections as why
from ringback_contracts.life.commands import GiveWrapUp, SkipWrapUp
from ringback_contracts.life.wrapping import SYSTEM_CODE
from ringback_contracts.resources.conversations.facts import CallNow, CallTold
from ringback_contracts.resources.conversations.histories import (
    ANY_OWN,
    FOR_ORDERS,
    FOR_QUEUE,
    OVER,
    OWN,
    TALKING,
    patch,
)

wrapping = giving(GiveWrapUp)
GIVEN = (GiveWrapUp.__name__,)
"""The mark of a request that gives a wrap-up."""


@rule(
    id="wrapup.code-unknown",
    stage=Stage.DESTINATION,
    status=400,
    message="The wrap-up code was not found",
    title="The org has no such wrap-up code",
    fix="Give the id, not the name, of a wrap-up code: GET /api/v2/routing/wrapupcodes lists them.",
    evidence=Evidence.ASSUMED,
    source=f"that the code must be one of the org is taken for granted; status and code: {OUR_CHOICE}",
    operations=wrapping,
    only=GIVEN,
    rejects=[
        patch(OWN, {"wrapup": {"code": BOB, "notes": "rang back"}}, OVER),
        patch(ANY_OWN, {"wrapup": {"code": "solved"}}, OVER),
        Example(
            {"code": BOB, "notes": "rang back"}, path=f"{OWN}/communications/{{leg1}}/wrapup", given=TALKING
        ),
    ],
    accepts=[
        patch(OWN, {"wrapup": {"code": SOLVED.upper()}}, OVER),
        patch(OWN, {"wrapup": {"code": SYSTEM_CODE}}, OVER),
        Example({"code": SOLVED}, path=f"{OWN}/communications/{{leg1}}/wrapup", given=TALKING),
    ],
)
def wrapup_code_unknown(case: CallTold) -> Sequence[Violation]:
    code, pointer = _code(case)
    if not code or code in {*case.org.wrap_up_code_by_id, SYSTEM_CODE}:
        return FINE
    return found("no wrap-up code of the org has this id", pointer)


def _code(case: CallTold) -> tuple[str, str]:
    """The code that is given, in small letters, and where it stands."""
    inside = case.reads != "WrapupInput"
    said = case.fields.get("wrapup") if inside else case.fields
    code = said.get("code") if isinstance(said, Mapping) else None
    return code.lower() if isinstance(code, str) else "", "/wrapup/code" if inside else "/code"


@rule(
    id="wrapup.code-of-another-queue",
    stage=Stage.STATE,
    status=400,
    message="The wrap-up code is none of the queue's",
    title="The participant's queue has other wrap-up codes",
    fix="Give one of GET .../participants/{participantId}/wrapupcodes, or give the queue the code too.",
    evidence=Evidence.ASSUMED,
    source=(
        f"{SWAGGER_2018}: GET wrapupcodes of a participant lists those of its queue; that others are refused "
        f"nobody is known to have shown; status and code: {OUR_CHOICE}"
    ),
    operations=wrapping,
    only=GIVEN,
    rejects=[
        patch(OWN, {"wrapup": {"code": SOLVED}}, FOR_ORDERS),
        Example({"code": SOLVED}, path=f"{OWN}/communications/{{leg1}}/wrapup", given=FOR_ORDERS),
    ],
    accepts=[
        patch(OWN, {"wrapup": {"code": SOLVED}}, FOR_QUEUE),
        patch(OWN, {"wrapup": {"code": SYSTEM_CODE}}, FOR_ORDERS),
        patch(OWN, {"wrapup": {"code": SOLVED}}, OVER),
    ],
)
def wrapup_code_of_another_queue(case: CallTold) -> Sequence[Violation]:
    code, pointer = _code(case)
    if not code or case.participant is None or code == SYSTEM_CODE:
        return FINE
    queue = case.org.queue_by_id.get(case.participant.queue_id or "")
    if queue is None or not queue.wrap_up_codes or code in queue.wrap_up_codes:
        return FINE
    return found(f"the queue {queue.name} has the codes {', '.join(queue.wrap_up_codes)}", pointer)


@rule(
    id="wrapup.not-active",
    stage=Stage.STATE,
    status=why.NOT_ACTIVE.status,
    code=why.NOT_ACTIVE.code,
    message="The caller is not an active participant of the conversation",
    title="The token's user has never been on the call",
    fix="Act as a user of the call, or with client credentials; the call itself tells its wrap-ups too.",
    evidence=Evidence.PUBLISHED,
    source=(
        f"{SWAGGER_2018}: GET wrapup and PATCH of a participant of a call; their twins are taken to answer "
        "alike, and that who has left the call still counts, since wrap-ups are given after it, is assumed"
    ),
    operations=lambda operation: operation.answers == "AssignedWrapupCode" or wrapping(operation),
    only=(*GIVEN, SkipWrapUp.__name__),
    rejects=[
        Example(method="GET", path=f"{OWN}/wrapup", given=TALKING, token="frank"),
        Example(method="GET", path=f"{ANY_OWN}/wrapup", given=OVER, token="grace"),
        patch(OWN, {"wrapup": {"code": SOLVED}}, OVER, token="frank"),
    ],
    accepts=[
        Example(method="GET", path=f"{OWN}/wrapup", given=OVER),
        Example(method="GET", path=f"{OWN}/wrapup", given=OVER, token="service"),
    ],
)
def wrapup_not_active(case: CallNow) -> Sequence[Violation]:
    told = case.instructions if isinstance(case, CallTold) else None
    if told is not None and not any(isinstance(one.command, GiveWrapUp | SkipWrapUp) for one in told):
        return FINE
    if case.call is None or case.by is None or any(one.user_id == case.by for one in case.call.participants):
        return FINE
    return found(f"user {case.by} is on no leg of the call", "path")

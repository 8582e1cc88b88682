"""Who calls: the user whose phone rings first, the campaign, the number that is shown."""

from __future__ import annotations

from collections.abc import Sequence

from ringback_contracts.core.declare import (
    ALICE,
    BOB,
    CAMPAIGN,
    CAROL,
    DAVE,
    ERIN,
    FINE,
    NOBODY,
    NOT_AUTHORIZED,
    OK,
    OK_PARTICIPANTS,
    OUR_CHOICE,
    SDK,
    TEST_NUMBER,
    THREAD,
    TUTORIAL,
    found,
    participants,
    rule,
)
from ringback_contracts.core.model import PARTICIPANTS, Evidence, Example, Stage, Violation
from ringback_contracts.domain.addresses import CampaignAddress, TelAddress, UserAddress
from ringback_contracts.http.caller import NO_USER
from ringback_contracts.http.sdk_operations import sdk_operation
from ringback_contracts.org import User
from ringback_contracts.resources.calls.facts import CallFacts
from ringback_contracts.resources.calls.selections import for_another, for_oneself, placing

MAY_CALL = frozenset(sdk_operation("postConversationsCalls").any_of)
FOR_OTHERS = "conversation:call:add"
CALL = {"phoneNumber": TEST_NUMBER}
SERVICE = "service"


def _for(user_id: str) -> str:
    return f"/api/v2/conversations/calls/user/{user_id}"


@rule(
    id="caller.nobody",
    stage=Stage.CALLER,
    status=400,
    code="not.a.user",
    message=NO_USER,
    title="A client-credentials token calls from a number, and nobody's phone is named",
    fix="Put a user or a campaign in 'from', or use a user's token.",
    evidence=Evidence.ASSUMED,
    source="the same as for a published body: somebody has to hold the phone",
    contracts=(PARTICIPANTS,),
    operations=for_oneself,
    rejects=[
        Example(
            {"to": "tel:" + TEST_NUMBER, "from": "tel:+442079460002"}, token=SERVICE, contract=PARTICIPANTS
        )
    ],
    accepts=[
        Example({"to": "tel:" + TEST_NUMBER, "from": "user:" + ALICE}, token=SERVICE, contract=PARTICIPANTS),
        Example(
            {"to": "tel:" + TEST_NUMBER, "from": "campaign:" + CAMPAIGN}, token=SERVICE, contract=PARTICIPANTS
        ),
    ],
)
def caller_nobody(case: CallFacts) -> Sequence[Violation]:
    if case.caller.client is None or case.caller.user is not None or not isinstance(case.from_, TelAddress):
        return FINE
    return found("'from' is a number, and the token was issued by the client-credentials grant", "/from")


def _named_in_from(case: CallFacts) -> User | None:
    """The existing user that ``from`` names."""
    if not isinstance(case.from_, UserAddress):
        return None
    return case.org.user_by_id.get(case.from_.id)


@rule(
    id="from.user-unknown",
    stage=Stage.CALLER,
    status=403,
    code="not.authorized",
    message=NOT_AUTHORIZED,
    title="The user in 'from' is not in this org",
    fix="Use the id of a user of the token's org.",
    evidence=Evidence.ASSUMED,
    source="the tutorial asks for a valid user in 'from'; the status is that of its other failures",
    contracts=(PARTICIPANTS,),
    operations=placing,
    rejects=[participants(from_="user:" + NOBODY)],
    accepts=[OK_PARTICIPANTS],
)
def from_user_unknown(case: CallFacts) -> Sequence[Violation]:
    if not isinstance(case.from_, UserAddress) or case.from_.id in case.org.user_by_id:
        return FINE
    return found(f"no user of this org has the id {case.from_.id}", "/from")


@rule(
    id="from.path-differs",
    stage=Stage.CALLER,
    status=400,
    message="The path and the body name different users as caller",
    title="'from' is another user than the one in the path",
    fix="Leave the user to the path, or post to /api/v2/conversations/calls.",
    evidence=Evidence.ASSUMED,
    source=OUR_CHOICE,
    contracts=(PARTICIPANTS,),
    operations=for_another,
    rejects=[
        Example({"to": "tel:" + TEST_NUMBER, "from": "user:" + BOB}, path=_for(ALICE), contract=PARTICIPANTS)
    ],
    accepts=[
        Example(
            {"to": "tel:" + TEST_NUMBER, "from": "user:" + ALICE}, path=_for(ALICE), contract=PARTICIPANTS
        )
    ],
)
def from_path_differs(case: CallFacts) -> Sequence[Violation]:
    named = case.from_.id if isinstance(case.from_, UserAddress) else None
    if named is None or named == (case.path_user_id or "").lower():
        return FINE
    return found(f"'from' is {named} and the path has {case.path_user_id}", "/from")


@rule(
    id="from.user-disabled",
    stage=Stage.CALLER,
    status=403,
    code="not.authorized",
    message=NOT_AUTHORIZED,
    title="The user in 'from' is disabled",
    fix="Enable the user, or call as another one.",
    evidence=Evidence.MISSION,
    source=TUTORIAL,
    contracts=(PARTICIPANTS,),
    operations=placing,
    rejects=[participants(from_="user:" + DAVE)],
    accepts=[OK_PARTICIPANTS],
)
def from_user_disabled(case: CallFacts) -> Sequence[Violation]:
    user = _named_in_from(case)
    return found(f"{user.name} is disabled", "/from") if user and not user.enabled else FINE


@rule(
    id="from.user-not-outbound",
    stage=Stage.CALLER,
    status=403,
    code="not.authorized",
    message=NOT_AUTHORIZED,
    title="The user in 'from' is not set up for outbound calling",
    fix="Set the user up for outbound calling in the org's administration.",
    evidence=Evidence.MISSION,
    source=TUTORIAL,
    contracts=(PARTICIPANTS,),
    operations=placing,
    rejects=[
        participants(from_="user:" + ERIN),
        Example({"to": "tel:" + TEST_NUMBER, "from": "user:" + ERIN}, path=_for(ERIN), contract=PARTICIPANTS),
    ],
    accepts=[OK_PARTICIPANTS, Example(CALL, path=_for(ERIN))],
)
def from_user_not_outbound(case: CallFacts) -> Sequence[Violation]:
    user = _named_in_from(case)
    return (
        found(f"{user.name} is not enabled for outbound calls", "/from")
        if user and not user.outbound
        else FINE
    )


@rule(
    id="caller.may-not-call",
    stage=Stage.CALLER,
    status=403,
    code="missing.any.permissions",
    message=NOT_AUTHORIZED,
    title="The user who would call may not place calls, or is disabled",
    fix="Give the user a role with conversation:conference:add; a disabled user holds no permission.",
    evidence=Evidence.MISSION,
    source=f"{TUTORIAL}; the permission is the one that the {SDK} documents for POST /calls",
    operations=placing,
    rejects=[
        participants(from_="user:" + CAROL),
        Example(CALL, path=_for(CAROL)),
        Example(CALL, path=_for(DAVE)),
    ],
    accepts=[OK, OK_PARTICIPANTS, Example(CALL, path=_for(ALICE))],
)
def caller_may_not_call(case: CallFacts) -> Sequence[Violation]:
    user = case.acting_user
    if user is None or (user.enabled and not MAY_CALL.isdisjoint(user.permissions)):
        return FINE
    reason = "has no permission to place calls" if user.enabled else "is disabled"
    return found(f"{user.name} {reason}", _where_named(case))


def _where_named(case: CallFacts) -> str:
    """Where the request says who calls: in the path, in ``from``, or by its token."""
    if case.path_user_id is not None:
        return "path"
    return "/from" if isinstance(case.from_, UserAddress) else "Authorization"


@rule(
    id="caller.not-for-others",
    stage=Stage.CALLER,
    status=403,
    code="missing.any.permissions",
    message=NOT_AUTHORIZED,
    title="The token may call for its own user only, and 'from' names another",
    fix=f"Give the token's holder {FOR_OTHERS}, or call as the token's own user.",
    evidence=Evidence.ASSUMED,
    source=f"the {SDK} documents {FOR_OTHERS} for a call on behalf of a user; for 'from' nothing is known",
    contracts=(PARTICIPANTS,),
    operations=for_oneself,
    rejects=[
        Example({"to": "tel:" + TEST_NUMBER, "from": "user:" + ALICE}, token="bob", contract=PARTICIPANTS)
    ],
    accepts=[OK_PARTICIPANTS],
)
def caller_not_for_others(case: CallFacts) -> Sequence[Violation]:
    own = case.caller.user.id if case.caller.user else None
    if not isinstance(case.from_, UserAddress | CampaignAddress) or case.from_.id == own:
        return FINE
    if FOR_OTHERS in case.caller.permissions:
        return FINE
    return found(f"'from' is somebody else, and the token's holder lacks {FOR_OTHERS}", "/from")


@rule(
    id="from.number-not-owned",
    stage=Stage.CALLER,
    status=403,
    code="not.authorized",
    message=NOT_AUTHORIZED,
    title="The number in 'from' belongs neither to the org nor to the user",
    fix="Show a number of the org, or one assigned to the user who calls.",
    evidence=Evidence.MISSION,
    source=THREAD,
    contracts=(PARTICIPANTS,),
    operations=placing,
    rejects=[participants(from_="tel:+442079460009")],
    accepts=[participants(from_="tel:+442079460002")],
)
def from_number_not_owned(case: CallFacts) -> Sequence[Violation]:
    if not isinstance(case.from_, TelAddress):
        return FINE
    user = case.acting_user
    if case.org.owns(case.from_.number, user.id if user else None):
        return FINE
    return found("the number is in no list of the org and not assigned to the user", "/from")


@rule(
    id="from.campaign-unknown",
    stage=Stage.CALLER,
    status=403,
    code="not.authorized",
    message=NOT_AUTHORIZED,
    title="The campaign in 'from' is not in this org",
    fix="Use the id of a configured outbound campaign of the org.",
    evidence=Evidence.MISSION,
    source=TUTORIAL,
    contracts=(PARTICIPANTS,),
    operations=placing,
    rejects=[participants(from_="campaign:" + NOBODY)],
    accepts=[participants(from_="campaign:" + CAMPAIGN)],
)
def from_campaign_unknown(case: CallFacts) -> Sequence[Violation]:
    if not isinstance(case.from_, CampaignAddress) or case.from_.id in case.org.campaign_by_id:
        return FINE
    return found(f"no campaign of this org has the id {case.from_.id}", "/from")

"""Why calls cannot become one, nobody be added, no leg be found, and nobody listen or call back."""

from __future__ import annotations

from collections.abc import Sequence

from ringback_contracts.core.declare import (
    ALICE,
    BOB,
    FINE,
    NOBODY,
    NOT_FOUND,
    OUR_CHOICE,
    SUPPORT,
    SWAGGER_2018,
    TEST_NUMBER,
    found,
    rule,
)
from ringback_contracts.core.model import Evidence, Example, Knowledge, Stage, Violation
from ringback_contracts.core.operation import giving, with_unknown_id
from ringback_contracts.life import objections as why
from ringback_contracts.life.commands import (
    AskCallBack,
    CallBack,
    Invite,
    Merge,
    MoveAway,
    Supervise,
)
from ringback_contracts.resources.conversations.facts import CallNow, CallTold
from ringback_contracts.resources.conversations.histories import (
    ANY_FAR,
    ANY_OWN,
    CALL,
    FAR,
    FOR_QUEUE,
    OWN,
    RINGING,
    TALKING,
    WITH_FRANK,
    Given,
    patch,
)
from ringback_contracts.resources.conversations.leg_operations import PATCH_LEG
from ringback_contracts.resources.conversations.told import told
from ringback_contracts.resources.conversations.transferring import InviteFacts

TWO_CALLS = (*TALKING, *TALKING)
"""Alice called somebody, and then somebody else."""
IN_QUEUE = (Example({"callQueueId": SUPPORT}), 5.0)
"""Alice called a queue, in which nobody is there."""
A_GUEST = {"participants": [{"userId": BOB}]}
A_BACK = Example({"callbackNumbers": [TEST_NUMBER], "queueId": SUPPORT}, path=f"{ANY_FAR}/callbacks")


def merge(*call_ids: str, given: Given = TWO_CALLS) -> Example:
    """Calls that alice takes into the first."""
    body = {"conversationIds": list(call_ids)}
    return Example(body, method="PATCH", path=f"{CALL}/conference", given=given)


def watch(kind: str, at: str = OWN, given: Given = TALKING, token: str = "grace") -> Example:
    """A supervisor who watches a participant."""
    return Example(path=f"{at}/{kind}", given=given, token=token)


def invite(*parties: dict[str, str], given: Given = TALKING, token: str = "alice") -> Example:
    """Parties whom alice adds."""
    return Example({"participants": list(parties)}, path=f"{CALL}/participants", given=given, token=token)


@rule(
    id="communication.unknown",
    stage=Stage.DESTINATION,
    status=404,
    code="not.found",
    message=NOT_FOUND,
    title="The participant has no such leg",
    fix="GET /api/v2/conversations/{id} shows the legs of a participant, as its calls: take an id of these.",
    evidence=Evidence.ASSUMED,
    source=OUR_CHOICE,
    operations=with_unknown_id("communication.unknown"),
    rejects=[patch(f"{OWN}/communications/{{leg2}}", {"state": "disconnected"}, TALKING)],
    accepts=[patch(f"{OWN}/communications/{{leg1}}", {"state": "disconnected"}, TALKING)],
)
def communication_unknown(case: CallNow) -> Sequence[Violation]:
    leg_id = case.route.params.get("communicationId", "").lower()
    if case.participant is None or case.participant.call.id == leg_id:
        return FINE
    return found(f"the participant's leg is {case.participant.call.id}", "path")


@rule(
    id="communication.state-required",
    stage=Stage.SCHEMA,
    status=400,
    code="communication.state.required",
    message="The state must be disconnected",
    title="A leg is told something other than to end",
    fix='Send {"state": "disconnected"}; all else is told to the participant.',
    evidence=Evidence.PUBLISHED,
    source=f"{SWAGGER_2018}: PATCH communication",
    knowledge=Knowledge.REQUEST,
    operations=lambda operation: operation.id == PATCH_LEG,
    rejects=[patch(f"{OWN}/communications/{{leg1}}", {"held": True})],
    accepts=[patch(f"{OWN}/communications/{{leg1}}", {"state": "disconnected"}, TALKING)],
)
def communication_state_required(case: CallTold) -> Sequence[Violation]:
    if case.body is None or str(case.fields.get("state", "")).lower() == "disconnected":
        return FINE
    return found("the state is not disconnected", "/state")


@rule(
    id="participant.no-queue",
    stage=Stage.STATE,
    status=400,
    code="general.bad.request",
    message="The participant has no queue",
    title="The participant is in no queue, which alone has wrap-up codes",
    fix="Take a participant of a queue's call, or GET /api/v2/routing/wrapupcodes for those of the org.",
    evidence=Evidence.PUBLISHED,
    source=f"{SWAGGER_2018}: GET wrapupcodes of a participant; what it stands for is assumed",
    operations=lambda operation: operation.answers == "WrapupCodes" and operation.of_one_call,
    rejects=[Example(method="GET", path=f"{OWN}/wrapupcodes", given=TALKING)],
    accepts=[Example(method="GET", path=f"{OWN}/wrapupcodes", given=FOR_QUEUE)],
)
def participant_no_queue(case: CallNow) -> Sequence[Violation]:
    if case.participant is None or case.participant.queue_id:
        return FINE
    return found("the participant has no queue", "path")


@rule(
    id="path.user-not-in-it",
    stage=Stage.DESTINATION,
    status=404,
    code="not.found",
    message=NOT_FOUND,
    title="The user in the path is not in the conversation",
    fix="Name a user who is on the call: these routes act on behalf of one who is in it already.",
    evidence=Evidence.REPORTED,
    source="a pasted error in the vendor's community, on adding a participant on behalf of a user",
    operations=with_unknown_id("path.user-not-in-it"),
    rejects=[
        patch(f"{OWN}/user/{BOB}", {"muted": True}, TALKING),
        Example(
            {"participants": [{"userId": BOB}]}, path=f"{CALL}/participants/user/{NOBODY}", given=TALKING
        ),
    ],
    accepts=[
        patch(f"{OWN}/user/{ALICE}", {"muted": True}, TALKING, token="service"),
        Example(A_GUEST, path=f"{CALL}/participants/user/{ALICE}", given=TALKING),
    ],
)
def path_user_not_in_it(case: CallTold) -> Sequence[Violation]:
    if case.call is None or any(one.user_id == case.by for one in case.call.participants):
        return FINE
    return found(f"user {case.by!r} is not in the conversation", "path")


@rule(
    id="merge.conversation-unknown",
    stage=Stage.DESTINATION,
    status=404,
    code="conversation.error.conversation.not.found",
    message="The conversation was not found",
    title="One of the calls to be taken in is not there",
    fix="Use the ids that placing the calls returned.",
    evidence=Evidence.PUBLISHED,
    source=f"{SWAGGER_2018}: PATCH call",
    operations=giving(Merge),
    rejects=[merge(NOBODY), patch(CALL, {"conversationIds": [NOBODY]}, TALKING)],
    accepts=[merge("{call2}"), patch(CALL, {"conversationIds": ["{call2}"]}, TWO_CALLS)],
)
def merge_conversation_unknown(case: CallTold) -> Sequence[Violation]:
    call_ids = case.fields.get("conversationIds")
    for position, call_id in enumerate(call_ids if isinstance(call_ids, list) else ()):
        if call_id not in case.caller.calls:
            return found("no call has this id", f"/conversationIds/{position}")
    return FINE


@rule(
    id="invite.party-unknown",
    stage=Stage.DESTINATION,
    status=404,
    code="not.found",
    message=NOT_FOUND,
    title="A participant to be added is nobody who can be rung",
    fix="Give each an address (a number or a SIP URI), or the userId or queueId of one of the org.",
    evidence=Evidence.ASSUMED,
    source=OUR_CHOICE,
    operations=giving(Invite),
    rejects=[invite({"userId": NOBODY}), invite({"address": TEST_NUMBER}, {"name": "Bob"})],
    accepts=[invite({"address": TEST_NUMBER}, {"userId": BOB}, {"queueId": SUPPORT})],
)
def invite_party_unknown(case: InviteFacts) -> Sequence[Violation]:
    unknown = [pointer for pointer, whom in case.brought if whom is None]
    return found("it names nobody who can be rung", unknown[0]) if unknown else FINE


@rule(
    id="watch.no-phone",
    stage=Stage.STATION,
    status=400,
    code="conversation.error.no.user.station",
    message="The user has no station",
    title="Whoever wants to listen has no phone to do it with",
    fix="Give the user a station: PUT /api/v2/users/{id}/station/associatedstation/{stationId}.",
    evidence=Evidence.PUBLISHED,
    source=f"{SWAGGER_2018}: POST monitor",
    operations=giving(Supervise, CallBack),
    rejects=[Example({"callNumber": TEST_NUMBER}, path=CALL, given=(*TALKING, A_BACK), token="bob")],
    accepts=[watch("monitor")],
)
def supervisor_no_station(case: CallTold) -> Sequence[Violation]:
    user = case.caller.user
    return FINE if user is None or user.station else found(f"user {user.id} has no station", "Authorization")


MERGE_NOTHING = told(
    why.MERGE_NOTHING,
    Merge,
    message="The list of conversations is empty",
    title="No call is named to be taken in",
    fix='Give the ids of the other calls, {"conversationIds": [...]}.',
    rejects=[merge(given=TALKING), patch(CALL, {"conversationIds": []}, TALKING)],
    accepts=[merge("{call2}")],
)
MERGE_SELF = told(
    why.MERGE_SELF,
    Merge,
    message="A call cannot be joined with itself",
    title="The call in the path is among those to be taken in",
    fix="Name the other calls alone: the one in the path is the one that stays.",
    rejects=[merge("{call}", given=TALKING)],
    accepts=[merge("{call2}")],
)
MERGE_ALERTING = told(
    why.MERGE_ALERTING,
    Merge,
    MoveAway,
    message="A call that is alerting cannot be merged",
    title="Somebody on one of the calls was not answered yet",
    fix="Wait until everybody on both calls is connected.",
    rejects=[merge("{call2}", given=(*TALKING, *RINGING)), merge("{call2}", given=(*RINGING, *TALKING))],
    accepts=[merge("{call2}")],
)
WATCH_OWN = told(
    why.WATCH_OWN,
    Supervise,
    message="The caller is a participant of the conversation",
    title="Whoever wants to listen is on the call already",
    fix="Leave the call first, or let somebody else listen.",
    rejects=[watch("monitor", FAR, token="alice"), watch("barge", FAR, token="alice")],
    accepts=[watch("monitor"), watch("coach"), watch("barge")],
)
WATCH_NOBODY = told(
    why.WATCH_NOBODY,
    Supervise,
    message="The call of the participant is not connected",
    title="The leg to listen to is not connected",
    fix="Wait until the leg is connected; read the call for those that are.",
    rejects=[watch("coach", FAR, RINGING)],
    accepts=[watch("coach", FAR, WITH_FRANK)],
)
CALL_BACK_ACD = told(
    why.CALL_BACK_ACD,
    AskCallBack,
    message="A queue's own participant cannot be called back",
    title="The participant is the queue itself, and nobody's phone",
    fix="Take the customer's participant.",
    rejects=[Example(A_BACK.body, path=A_BACK.path, given=IN_QUEUE)],
    accepts=[Example(A_BACK.body, path=A_BACK.path, given=TALKING)],
)
CALL_BACK_QUEUE = told(
    why.CALL_BACK_QUEUE,
    AskCallBack,
    message="A queue is required",
    title="Neither the participant nor the body names a queue for the call back",
    fix="Give the queueId for which to call back.",
    rejects=[Example({"callbackNumbers": [TEST_NUMBER]}, path=A_BACK.path, given=TALKING)],
    accepts=[Example({"callbackNumbers": [TEST_NUMBER]}, path=f"{ANY_OWN}/callbacks", given=FOR_QUEUE)],
)
CALL_BACK_NONE = told(
    why.CALL_BACK_NONE,
    CallBack,
    message="No call back can be placed",
    title="No call back of the conversation waits to be dialled",
    fix="Ask for one first: POST /api/v2/conversations/{id}/participants/{participantId}/callbacks.",
    rejects=[Example({"callNumber": TEST_NUMBER}, path=CALL, given=TALKING)],
    accepts=[Example({"callNumber": TEST_NUMBER}, path=CALL, given=(*TALKING, A_BACK))],
)

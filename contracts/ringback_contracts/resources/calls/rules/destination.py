"""What a request names must exist: users, queues, conversations."""

from __future__ import annotations

from collections.abc import Container, Sequence

from ringback_contracts.core.declare import (
    ALICE,
    BOB,
    FINE,
    NOBODY,
    OK,
    OUR_CHOICE,
    SUPPORT,
    SWAGGER_2017,
    TEST_NUMBER,
    found,
    published,
    rule,
)
from ringback_contracts.core.model import PUBLISHED, Evidence, Example, Stage, Violation
from ringback_contracts.operations import (
    DISCONNECT,
    GET_CALL,
    GET_USER,
    PATCH_CALL,
    PLACE_CALL_FOR_USER,
    PLACING,
)
from ringback_contracts.resources.calls.case import Case

NOT_FOUND = "The requested resource was not found"
CALL = {"phoneNumber": TEST_NUMBER}


@rule(
    id="path.user-unknown",
    stage=Stage.DESTINATION,
    status=404,
    code="not.found",
    message=NOT_FOUND,
    title="The user in the path is not in this org",
    fix="Use the id of a user of the token's org; GET /api/v2/users/me gives your own.",
    evidence=Evidence.PUBLISHED,
    source=f"{SWAGGER_2017}: not.found",
    operations=frozenset({PLACE_CALL_FOR_USER, GET_USER}),
    rejects=[
        Example(CALL, path=f"/api/v2/conversations/calls/user/{NOBODY}"),
        Example(method="GET", path=f"/api/v2/users/{NOBODY}"),
    ],
    accepts=[
        Example(CALL, path=f"/api/v2/conversations/calls/user/{ALICE}"),
        Example(method="GET", path=f"/api/v2/users/{BOB}"),
    ],
)
def path_user_unknown(case: Case) -> Sequence[Violation]:
    user_id = case.path_user_id or ""
    if user_id.lower() in case.org.user_by_id:
        return FINE
    return found(f"no user of this org has the id {user_id!r}", "path")


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
    operations=frozenset({GET_CALL, PATCH_CALL}),
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
    operations=frozenset({DISCONNECT}),
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


@rule(
    id="destination.user-unknown",
    stage=Stage.DESTINATION,
    status=404,
    code="not.found",
    message=NOT_FOUND,
    title="The user to dial is not in this org",
    fix="callUserId is the user to dial, and must be the id of a user of the token's org.",
    evidence=Evidence.PUBLISHED,
    source=f"{SWAGGER_2017}: not.found",
    contracts=(PUBLISHED,),
    operations=PLACING,
    rejects=[published(callUserId=NOBODY), published(callUserId="bob")],
    accepts=[published(callUserId=BOB)],
)
def destination_user_unknown(case: Case) -> Sequence[Violation]:
    return _unknown(case, "user", case.org.user_by_id, "callUserId", "userId")


@rule(
    id="destination.queue-unknown",
    stage=Stage.DESTINATION,
    status=404,
    code="not.found",
    message=NOT_FOUND,
    title="The queue to dial is not in this org",
    fix="Use the id of a queue of the token's org, not its name.",
    evidence=Evidence.PUBLISHED,
    source=f"{SWAGGER_2017}: not.found",
    contracts=(PUBLISHED,),
    operations=PLACING,
    rejects=[published(callQueueId=NOBODY), published(callQueueId="support")],
    accepts=[published(callQueueId=SUPPORT)],
)
def destination_queue_unknown(case: Case) -> Sequence[Violation]:
    return _unknown(case, "queue", case.org.queue_by_id, "callQueueId", "queueId")


@rule(
    id="from-queue.unknown",
    stage=Stage.DESTINATION,
    status=404,
    code="not.found",
    message=NOT_FOUND,
    title="The queue to call on behalf of is not in this org",
    fix="callFromQueueId is the queue the call is made for: the id of a queue of the token's org.",
    evidence=Evidence.PUBLISHED,
    source=f"{SWAGGER_2017}: not.found",
    contracts=(PUBLISHED,),
    operations=PLACING,
    rejects=[Example(CALL | {"callFromQueueId": NOBODY})],
    accepts=[OK, Example(CALL | {"callFromQueueId": SUPPORT})],
)
def from_queue_unknown(case: Case) -> Sequence[Violation]:
    queue_id = case.text("callFromQueueId")
    if queue_id is None or queue_id.lower() in case.org.queue_by_id:
        return FINE
    return (_absent("queue", queue_id, "/callFromQueueId"),)


@rule(
    id="destination.conversation-unknown",
    stage=Stage.DESTINATION,
    status=404,
    code="not.found",
    message=NOT_FOUND,
    title="A conversation to join is not there",
    fix="conversationIds lists calls that exist already; to dial somebody use phoneNumber.",
    evidence=Evidence.PUBLISHED,
    source=f"{SWAGGER_2017}: not.found",
    contracts=(PUBLISHED,),
    operations=PLACING,
    rejects=[published(conversationIds=[NOBODY])],
    accepts=[published(conversationIds=["{call}"])],
)
def destination_conversation_unknown(case: Case) -> Sequence[Violation]:
    listed = case.published.get("conversationIds") if case.published is not None else None
    if not isinstance(listed, list):
        return FINE
    return [
        _absent("conversation", item, f"/conversationIds/{position}")
        for position, item in enumerate(listed)
        if isinstance(item, str) and item not in case.caller.calls
    ]


def _unknown(case: Case, what: str, known: Container[str], key: str, party_key: str) -> Sequence[Violation]:
    """Ids under a root key, or under a key of a participant, that the org does not have."""
    root = case.text(key)
    if root is None and not case.parties:
        return FINE
    named = [(f"/{key}", root)]
    named += [
        (f"/participants/{at}/{party_key}", party.get(party_key)) for at, party in enumerate(case.parties)
    ]
    return [
        _absent(what, value, pointer)
        for pointer, value in named
        if isinstance(value, str) and value and value.lower() not in known
    ]


def _absent(what: str, value: str, pointer: str) -> Violation:
    return Violation(f"no {what} here has the id {value!r}", pointer)

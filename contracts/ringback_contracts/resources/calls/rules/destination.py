"""What a body names must exist: users, queues, conversations."""

from __future__ import annotations

from collections.abc import Container, Sequence
from functools import partial

from ringback_contracts.core.declare import (
    BOB,
    CORA,
    FINE,
    NOBODY,
    NOT_FOUND,
    OK,
    SUPPORT,
    SWAGGER_2017,
    TEST_NUMBER,
    published,
    rule,
)
from ringback_contracts.core.model import PUBLISHED, Evidence, Example, Stage, Violation
from ringback_contracts.resources.calls.facts import CallFacts
from ringback_contracts.resources.calls.selections import placing

unknown_rule = partial(
    rule,
    stage=Stage.DESTINATION,
    status=404,
    code="not.found",
    message=NOT_FOUND,
    evidence=Evidence.PUBLISHED,
    source=f"{SWAGGER_2017}: not.found",
    contracts=(PUBLISHED,),
    operations=placing,
)
"""What the rules about ids that nothing has say alike."""

CALL = {"phoneNumber": TEST_NUMBER}


@unknown_rule(
    id="destination.user-unknown",
    only=("callUserId", "participants"),
    title="The user to dial is not in this org",
    fix="callUserId is the user to dial, and must be the id of a user of the token's org.",
    rejects=[published(callUserId=NOBODY), published(callUserId="bob")],
    accepts=[published(callUserId=BOB)],
)
def destination_user_unknown(case: CallFacts) -> Sequence[Violation]:
    return _unknown(case, "user", case.org.user_by_id, "callUserId", "userId")


@unknown_rule(
    id="destination.queue-unknown",
    only=("callQueueId", "participants"),
    title="The queue to dial is not in this org",
    fix="Use the id of a queue of the token's org, not its name.",
    rejects=[published(callQueueId=NOBODY), published(callQueueId="support")],
    accepts=[published(callQueueId=SUPPORT)],
)
def destination_queue_unknown(case: CallFacts) -> Sequence[Violation]:
    return _unknown(case, "queue", case.org.queue_by_id, "callQueueId", "queueId")


@unknown_rule(
    id="from-queue.unknown",
    only=("callFromQueueId",),
    title="The queue to call on behalf of is not in this org",
    fix="callFromQueueId is the queue the call is made for: the id of a queue of the token's org.",
    rejects=[Example(CALL | {"callFromQueueId": NOBODY})],
    accepts=[OK, Example(CALL | {"callFromQueueId": SUPPORT})],
)
def from_queue_unknown(case: CallFacts) -> Sequence[Violation]:
    queue_id = case.text("callFromQueueId")
    if queue_id is None or queue_id.lower() in case.org.queue_by_id:
        return FINE
    return (_absent("queue", queue_id, "/callFromQueueId"),)


@unknown_rule(
    id="external-contact.unknown",
    code="resource.not.found",
    only=("externalContactId",),
    title="The external contact to associate the call with is not in this org",
    fix="Use the id of one of [[external_contacts]] of the org's file, or leave externalContactId out.",
    source=f"{SWAGGER_2017}: resource.not.found",
    rejects=[Example(CALL | {"externalContactId": NOBODY})],
    accepts=[OK, Example(CALL | {"externalContactId": CORA})],
)
def external_contact_unknown(case: CallFacts) -> Sequence[Violation]:
    contact_id = case.text("externalContactId")
    if contact_id is None or contact_id.lower() in case.org.contact_by_id:
        return FINE
    return (_absent("external contact", contact_id, "/externalContactId"),)


@unknown_rule(
    id="destination.conversation-unknown",
    only=("conversationIds",),
    title="A conversation to join is not there",
    fix="conversationIds lists calls that exist already; to dial somebody use phoneNumber.",
    rejects=[published(conversationIds=[NOBODY])],
    accepts=[published(conversationIds=["{call}"])],
)
def destination_conversation_unknown(case: CallFacts) -> Sequence[Violation]:
    listed = case.published.get("conversationIds") if case.published is not None else None
    if not isinstance(listed, list):
        return FINE
    return [
        _absent("conversation", item, f"/conversationIds/{position}")
        for position, item in enumerate(listed)
        if isinstance(item, str) and item not in case.caller.calls
    ]


def _unknown(
    case: CallFacts, what: str, known: Container[str], key: str, party_key: str
) -> Sequence[Violation]:
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

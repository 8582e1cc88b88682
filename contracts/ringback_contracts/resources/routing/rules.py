"""The queue in a path must be one of the org, and so must its members."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ringback_contracts.core.case import Case
from ringback_contracts.core.declare import (
    ALICE,
    BOB,
    FINE,
    NOBODY,
    NOT_FOUND,
    OUR_CHOICE,
    SDK,
    SOLVED,
    SUPPORT,
    SWAGGER_2018,
    found,
    rule,
)
from ringback_contracts.core.model import Evidence, Example, Stage, Violation
from ringback_contracts.core.operation import Operation, reading, with_unknown_id
from ringback_contracts.resources.routing.operations import JOIN_QUEUE

QUEUES = "/api/v2/routing/queues"
MEMBERS = f"{QUEUES}/{SUPPORT}/members"
CODES = f"{QUEUES}/{SUPPORT}/wrapupcodes"
OF_ALICE = f"/api/v2/users/{ALICE}/queues"
MOST_MEMBERS = 100
"""So many can be added, or taken out, at a time (published)."""


def _of_member(operation: Operation) -> bool:
    return operation.id == JOIN_QUEUE or with_unknown_id("path.member-unknown")(operation)


def _joining(operation: Operation) -> bool:
    return operation.reads in ("UserQueue", "QueueMember") and not operation.reads_list


def _joining_several(operation: Operation) -> bool:
    return operation.reads in ("UserQueue", "QueueMember") and operation.reads_list


@rule(
    id="path.queue-unknown",
    stage=Stage.DESTINATION,
    status=404,
    code="resource.not.found",
    message=NOT_FOUND,
    title="The queue in the path is not in this org",
    fix="Use the id of a queue of the org; GET /api/v2/routing/queues lists them.",
    evidence=Evidence.PUBLISHED,
    source=f"{SWAGGER_2018}: resource.not.found",
    operations=with_unknown_id("path.queue-unknown"),
    rejects=[
        Example(method="GET", path=f"{QUEUES}/{NOBODY}"),
        Example(method="GET", path=f"{QUEUES}/{NOBODY}/members"),
    ],
    accepts=[
        Example(method="GET", path=f"{QUEUES}/{SUPPORT}"),
        Example(method="GET", path=f"{QUEUES}/{SUPPORT}/members"),
    ],
)
def path_queue_unknown(case: Case) -> Sequence[Violation]:
    queue_id = case.route.params.get("queueId", "")
    if queue_id.lower() in case.org.queue_by_id:
        return FINE
    return found(f"no queue of this org has the id {queue_id!r}", "path")


@rule(
    id="path.member-unknown",
    stage=Stage.DESTINATION,
    status=404,
    code="resource.not.found",
    message=NOT_FOUND,
    title="The user in the path is no member of the queue",
    fix="Use the id of a member; GET /api/v2/routing/queues/{queueId}/members lists them, and POST adds one.",
    evidence=Evidence.ASSUMED,
    source=f"{OUR_CHOICE}, by analogy with an unknown queue",
    operations=_of_member,
    rejects=[
        Example(method="DELETE", path=f"{MEMBERS}/{BOB}"),
        Example({"joined": True}, method="PATCH", path=f"{MEMBERS}/{NOBODY}"),
        Example({"joined": False}, method="PATCH", path=f"/api/v2/users/{BOB}/queues/{SUPPORT}"),
    ],
    accepts=[
        Example({"joined": True}, method="PATCH", path=f"{MEMBERS}/{ALICE}"),
        Example({"joined": False}, method="PATCH", path=f"/api/v2/users/{ALICE}/queues/{SUPPORT}"),
    ],
)
def path_member_unknown(case: Case) -> Sequence[Violation]:
    params = case.route.params
    queue = case.org.queue_by_id.get(params.get("queueId", "").lower())
    member = params.get("memberId") or params.get("userId", "")
    if queue is None or member.lower() in queue.members:
        return FINE
    return found(f"the queue {queue.name} has no member with the id {member!r}", "path")


@rule(
    id="membership.not-said",
    stage=Stage.SCHEMA,
    status=400,
    code="bad.request",
    message="joined must be true or false",
    title="The body does not say whether the member has joined",
    fix='Send {"joined": true}, or false for a member who shall take no calls of the queue.',
    evidence=Evidence.ASSUMED,
    source=f"models UserQueue and QueueMember of the {SDK}; what is refused of them is Ringback's choice",
    operations=_joining,
    rejects=[
        Example({}, method="PATCH", path=f"{MEMBERS}/{ALICE}"),
        Example({"joined": "yes"}, method="PATCH", path=f"/api/v2/users/{ALICE}/queues/{SUPPORT}"),
    ],
    accepts=[Example({"joined": True, "ringNumber": 1}, method="PATCH", path=f"{MEMBERS}/{ALICE}")],
)
def membership_not_said(case: Case) -> Sequence[Violation]:
    if case.body is None or isinstance(case.body.get("joined"), bool):
        return FINE
    return found("joined is neither true nor false", "/joined")


@rule(
    id="memberships.unknown",
    stage=Stage.SCHEMA,
    status=400,
    code="bad.request",
    message="The body must be a list of memberships",
    title="The body is no list of memberships that there are, each with whether it is joined",
    fix='Send [{"id": "...", "joined": true}] with the ids of 1 to 100 queues of the user, or members.',
    evidence=Evidence.ASSUMED,
    source=f"models UserQueue and QueueMember of the {SDK}; what is refused of them is Ringback's choice",
    operations=_joining_several,
    rejects=[
        Example({"id": SUPPORT, "joined": True}, method="PATCH", path=OF_ALICE),
        Example(raw=b"[]", method="PATCH", path=MEMBERS),
        Example(raw=b'[{"id": "%b", "joined": 1}]' % ALICE.encode(), method="PATCH", path=MEMBERS),
        Example(raw=b'[{"id": "%b", "joined": true}]' % BOB.encode(), method="PATCH", path=MEMBERS),
        Example(raw=b'[{"id": "%b", "joined": true}]' % NOBODY.encode(), method="PATCH", path=OF_ALICE),
    ],
    accepts=[
        Example(raw=b'[{"id": "%b", "joined": true}]' % ALICE.encode(), method="PATCH", path=MEMBERS),
        Example(raw=b'[{"id": "%b", "joined": true}]' % SUPPORT.encode(), method="PATCH", path=OF_ALICE),
    ],
)
def memberships_unknown(case: Case) -> Sequence[Violation]:
    if not case.payload.readable:
        return FINE
    return _wrong_list(case.payload.value) or next(_no_memberships(case, case.payload.value), FINE)


def _no_memberships(case: Case, listed: Sequence[object]) -> Iterator[Sequence[Violation]]:
    queue = case.org.queue_by_id.get(case.route.params.get("queueId", "").lower())
    user_id = case.route.params.get("userId", "").lower()
    known = queue.members if queue else [one.id for one in case.org.queues if user_id in one.members]
    for position, entry in enumerate(listed):
        said = entry if isinstance(entry, Mapping) else {}
        if not isinstance(said.get("id"), str) or said["id"].lower() not in known:
            yield found(f"entry {position} has not the id of such a membership", f"/{position}/id")
        elif not isinstance(said.get("joined"), bool):
            yield found("joined is neither true nor false", f"/{position}/joined")


@rule(
    id="members.unknown",
    stage=Stage.SCHEMA,
    status=400,
    code="bad.request",
    message="The body must be a list of the ids of users",
    title="The body is no list of users of the org",
    fix='Send [{"id": "..."}] with the ids of 1 to 100 users; GET /api/v2/users lists them.',
    evidence=Evidence.ASSUMED,
    source=f"model WritableEntity of the {SDK}, of which 100 are taken; what is refused is Ringback's choice",
    operations=reading("WritableEntity"),
    rejects=[
        Example({"id": BOB}, method="POST", path=MEMBERS),
        Example(raw=b"[]", method="POST", path=MEMBERS),
        Example(raw=b'["bob"]', method="POST", path=MEMBERS),
        Example(raw=b'[{"id": "%b"}]' % NOBODY.encode(), method="POST", path=MEMBERS),
        Example(raw=b"[%b]" % b",".join([b'{"id": "%b"}' % BOB.encode()] * 101), method="POST", path=MEMBERS),
    ],
    accepts=[
        Example(raw=b'[{"id": "%b"}]' % ALICE.encode(), method="POST", path=MEMBERS),
        Example(raw=b'[{"id": "%b"}]' % BOB.encode(), method="POST", path=f"{MEMBERS}?delete=true"),
    ],
)
def members_unknown(case: Case) -> Sequence[Violation]:
    if not case.payload.readable:
        return FINE
    return _wrong_list(case.payload.value) or next(_strangers(case, case.payload.value), FINE)


def _wrong_list(value: object) -> Sequence[Violation]:
    if isinstance(value, list) and 1 <= len(value) <= MOST_MEMBERS:
        return FINE
    return found(f"the body is no list of 1 to {MOST_MEMBERS} entries")


@rule(
    id="codes.unknown",
    stage=Stage.SCHEMA,
    status=400,
    code="bad.request",
    message="The body must be a list of the ids of wrap-up codes",
    title="The body is no list of wrap-up codes of the org",
    fix='Send [{"id": "..."}] with the ids of 1 to 100 codes; GET /api/v2/routing/wrapupcodes lists them.',
    evidence=Evidence.ASSUMED,
    source=f"model WrapUpCodeReference of the {SDK}; what is refused is Ringback's choice",
    operations=reading("WrapUpCodeReference"),
    rejects=[
        Example(raw=b'{"id": "%b"}' % SOLVED.encode(), path=CODES),
        Example(raw=b'[{"id": "%b"}]' % BOB.encode(), path=CODES),
        Example(raw=b'["solved"]', path=CODES),
    ],
    accepts=[Example(raw=b'[{"id": "%b"}]' % SOLVED.encode(), path=CODES)],
)
def codes_unknown(case: Case) -> Sequence[Violation]:
    if not case.payload.readable:
        return FINE
    return _wrong_list(case.payload.value) or next(_no_codes(case, case.payload.value), FINE)


def _no_codes(case: Case, listed: Sequence[object]) -> Iterator[Sequence[Violation]]:
    for position, entry in enumerate(listed):
        code_id = entry.get("id") if isinstance(entry, Mapping) else None
        if not isinstance(code_id, str) or code_id.lower() not in case.org.wrap_up_code_by_id:
            yield found(f"entry {position} has not the id of a wrap-up code", f"/{position}/id")


def _strangers(case: Case, listed: Sequence[object]) -> Iterator[Sequence[Violation]]:
    for position, entry in enumerate(listed):
        user_id = entry.get("id") if isinstance(entry, Mapping) else None
        if not isinstance(user_id, str) or user_id.lower() not in case.org.user_by_id:
            yield found(f"entry {position} has not the id of a user of the org", f"/{position}/id")

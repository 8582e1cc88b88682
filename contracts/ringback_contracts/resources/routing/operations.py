"""The operations of routing: queues and their members."""

from __future__ import annotations

from ringback_contracts.core.operation import FLAGS, Change, Parameter
from ringback_contracts.http.query import PAGED
from ringback_contracts.http.served import served

LIST_QUEUES = "getRoutingQueues"
LIST_OWN_QUEUES = "getRoutingQueuesMe"
LIST_QUEUES_OF_USER = "getUserQueues"
GET_QUEUE = "getRoutingQueue"
LIST_MEMBERS = "getRoutingQueueMembers"
CHANGE_MEMBERS = "postRoutingQueueMembers"
JOIN_MEMBER = "patchRoutingQueueMember"
REMOVE_MEMBER = "deleteRoutingQueueMember"
JOIN_QUEUE = "patchUserQueue"
LIST_QUEUES_BY_DIVISION = "getRoutingQueuesDivisionviews"
LIST_USERS_OF_QUEUE = "getRoutingQueueUsers"
JOIN_QUEUES = "patchUserQueues"
JOIN_MEMBERS = "patchRoutingQueueMembers"

READING = ("routing", "routing:readonly")
WRITING = ("routing",)
THE_QUEUE = {"queueId": "path.queue-unknown"}
THE_MEMBER = {**THE_QUEUE, "memberId": "path.member-unknown"}
NO_EFFECT = Parameter(heeded=())
NO_EFFECTS = Parameter("array", heeded=())
ORDER = Parameter(heeded=("asc", "desc", "ascending", "descending"))
JOINED = Parameter(heeded=FLAGS)

OF_MEMBERS = {
    **PAGED,
    "sortOrder": ORDER,
    "expand": Parameter("array", heeded=("routingStatus", "presence", "station", "authorization")),
    "name": Parameter(),
    "profileSkills": NO_EFFECTS,
    "skills": NO_EFFECTS,
    "languages": NO_EFFECTS,
    "routingStatus": Parameter("array"),
    "presence": Parameter("array"),
    "joined": JOINED,
}
"""What the lists of a queue's members take."""

OPERATIONS = (
    served(
        LIST_QUEUES,
        summary="List the queues of the org",
        scopes=READING,
        answers="QueueEntityListing",
        changes=Change.NOTHING,
        query={
            **PAGED,
            "sortOrder": ORDER,
            "name": Parameter(),
            "id": Parameter("array"),
            "divisionId": Parameter("array"),
            "peerId": NO_EFFECTS,
            "cannedResponseLibraryId": NO_EFFECT,
            "hasPeer": NO_EFFECT,
            "expand": NO_EFFECTS,
        },
    ),
    served(
        LIST_OWN_QUEUES,
        summary="List the queues that the token's user is a member of",
        scopes=READING,
        answers="UserQueueEntityListing",
        needs_user=True,
        changes=Change.NOTHING,
        query={**PAGED, "joined": JOINED, "sortOrder": ORDER},
    ),
    served(
        LIST_QUEUES_OF_USER,
        summary="List the queues that a user is a member of",
        scopes=("users", "users:readonly"),
        answers="UserQueueEntityListing",
        changes=Change.NOTHING,
        unknown={"userId": "path.user-unknown"},
        query={**PAGED, "joined": JOINED, "divisionId": Parameter("array")},
    ),
    served(
        GET_QUEUE,
        summary="Read a queue",
        scopes=READING,
        answers="Queue",
        changes=Change.NOTHING,
        unknown=THE_QUEUE,
        query={"expand": NO_EFFECTS},
    ),
    served(
        LIST_MEMBERS,
        summary="List the members of a queue",
        scopes=READING,
        answers="QueueMemberEntityListing",
        changes=Change.NOTHING,
        unknown=THE_QUEUE,
        query={**OF_MEMBERS, "memberBy": Parameter(heeded=("user", "group"))},
    ),
    served(
        LIST_USERS_OF_QUEUE,
        summary="List the members of a queue, the old way",
        scopes=READING,
        answers="QueueMemberEntityListingV1",
        changes=Change.NOTHING,
        unknown=THE_QUEUE,
        query=OF_MEMBERS,
    ),
    served(
        LIST_QUEUES_BY_DIVISION,
        summary="List the queues of the org's divisions",
        scopes=READING,
        answers="QueueEntityListing",
        changes=Change.NOTHING,
        query={
            **PAGED,
            "sortBy": Parameter(heeded=("name", "id", "divisionId")),
            "sortOrder": ORDER,
            "name": Parameter(),
            "id": Parameter("array"),
            "divisionId": Parameter("array"),
        },
    ),
    served(
        JOIN_QUEUES,
        summary="Say of which queues a user takes calls",
        scopes=("users",),
        reads="UserQueue",
        reads_list=True,
        heeded=("id", "joined"),
        answers="UserQueueEntityListing",
        changes=Change.ORG,
        unknown={"userId": "path.user-unknown"},
        query={"divisionId": NO_EFFECTS},
    ),
    served(
        JOIN_MEMBERS,
        summary="Say which members take calls of a queue",
        scopes=WRITING,
        reads="QueueMember",
        reads_list=True,
        heeded=("id", "joined"),
        answers="QueueMemberEntityListing",
        changes=Change.ORG,
        unknown=THE_QUEUE,
    ),
    served(
        CHANGE_MEMBERS,
        summary="Add members to a queue, or take them out",
        success=200,
        scopes=WRITING,
        reads="WritableEntity",
        heeded=("id",),
        reads_list=True,
        answers=None,
        changes=Change.ORG,
        unknown=THE_QUEUE,
        query={"delete": Parameter(heeded=FLAGS)},
    ),
    served(
        JOIN_MEMBER,
        summary="Say whether a member takes calls of a queue",
        scopes=WRITING,
        reads="QueueMember",
        heeded=("joined",),
        answers=None,
        changes=Change.ORG,
        unknown=THE_MEMBER,
    ),
    served(
        REMOVE_MEMBER,
        summary="Take a member out of a queue",
        scopes=WRITING,
        answers=None,
        changes=Change.ORG,
        unknown=THE_MEMBER,
    ),
    served(
        JOIN_QUEUE,
        summary="Say whether a user takes calls of a queue",
        scopes=("users",),
        reads="UserQueue",
        heeded=("joined",),
        answers="UserQueue",
        changes=Change.ORG,
        unknown={"userId": "path.user-unknown", **THE_QUEUE},
    ),
)

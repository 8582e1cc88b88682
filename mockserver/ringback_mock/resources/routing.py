"""Routing: queues and their members."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from ringback_contracts.org import Org, Queue, User
from ringback_contracts.resources.routing.operations import (
    CHANGE_MEMBERS,
    GET_QUEUE,
    JOIN_MEMBER,
    JOIN_MEMBERS,
    JOIN_QUEUE,
    JOIN_QUEUES,
    LIST_MEMBERS,
    LIST_OWN_QUEUES,
    LIST_QUEUES,
    LIST_QUEUES_BY_DIVISION,
    LIST_QUEUES_OF_USER,
    LIST_USERS_OF_QUEUE,
    REMOVE_MEMBER,
)
from ringback_mock.engine.handling import Applied, Ask, handles, required
from ringback_mock.engine.people import OrgNow, QueueChange
from ringback_mock.engine.writes import ChangeQueue
from ringback_mock.resources.listings import listing, named, of_ids, ordered
from ringback_mock.resources.organizations import division
from ringback_mock.resources.users import routing_status, user_in_path, user_profile

Json = dict[str, Any]
OF_LISTINGS_WITHOUT_TOTAL = ("total", "pageCount", "lastUri")
"""What the listing of members lacks among the models of the SDKs."""


@handles(LIST_QUEUES, LIST_QUEUES_BY_DIVISION)
def listed(ask: Ask) -> Applied:
    """The queues that the query asks for."""
    org = ask.tenant.org
    queues = _in_division(ask, named(ask, of_ids(ask, org.queue_by_id), _name))
    keys = {"name": _name, "id": lambda one: one.id}
    return listing(ask, ordered(ask, queues, keys), lambda one: queue_body(one, org))


@handles(GET_QUEUE)
def shown(ask: Ask) -> Applied:
    """The queue in the path."""
    return 200, queue_body(_queue_in_path(ask), ask.tenant.org)


@handles(LIST_OWN_QUEUES)
def listed_own(ask: Ask) -> Applied:
    """The queues of the token's user."""
    return _of_user(ask, required(ask.caller.user))


@handles(LIST_QUEUES_OF_USER)
def listed_of_user(ask: Ask) -> Applied:
    """The queues of the user in the path."""
    return _of_user(ask, user_in_path(ask))


@handles(LIST_MEMBERS)
def members(ask: Ask) -> Applied:
    """The members of the queue whom the query asks for."""
    return 200, _without_total(users_of_queue(ask)[1])


def _without_total(body: Json) -> Json:
    return {key: value for key, value in body.items() if key not in OF_LISTINGS_WITHOUT_TOTAL}


@handles(LIST_USERS_OF_QUEUE)
def users_of_queue(ask: Ask) -> Applied:
    """The same, the old way."""
    now, queue = ask.tenant.standing, _queue_in_path(ask)
    wanted, expand = named(ask, _members(queue, now.org), lambda one: one.name), ask.query.all("expand")
    statuses, presences = ask.query.all("routingStatus"), ask.query.all("presence")
    found = [
        one
        for one in wanted
        if (not statuses or now.routed(one).status in statuses)
        and (not presences or now.org.presence_of(one).system_presence in presences)
    ]
    found = [one for one in found if _as_joined(ask, one, queue)]
    if ask.query.text("memberBy") == "group":
        found = []
    return listing(
        ask,
        ordered(ask, found, {"name": lambda one: one.name}),
        lambda one: member_body(one, queue, now, expand),
    )


def _of_user(ask: Ask, user: User) -> Applied:
    org = ask.tenant.org
    own = [queue for queue in org.queues if user.id in queue.members and _as_joined(ask, user, queue)]
    return listing(
        ask, ordered(ask, _in_division(ask, own), {"name": _name}), lambda one: _queue_of(user, one, org)
    )


def _as_joined(ask: Ask, user: User, queue: Queue) -> bool:
    """Whether the user takes calls of the queue, or does not, as the query asks for."""
    asked = ask.query.flag("joined")
    return asked is None or (user.id in queue.joined) == asked


def _queue_of(user: User, queue: Queue, org: Org) -> Json:
    """A queue as one of a user's (model UserQueue of the SDKs)."""
    return queue_body(queue, org) | {"joined": user.id in queue.joined}


@handles(CHANGE_MEMBERS)
def members_changed(ask: Ask) -> Applied:
    """Add members, who take calls of the queue at once, or take them out; of the others nothing changes."""
    queue, listed = _queue_in_path(ask), [entry["id"].lower() for entry in orjson.loads(ask.request.body)]
    if ask.query.flag("delete"):
        return 200, None, _changed(ask, queue, _without(queue.members, *listed), queue.not_joined)
    return 200, None, _changed(ask, queue, (*queue.members, *listed), queue.not_joined)


@handles(REMOVE_MEMBER)
def member_removed(ask: Ask) -> Applied:
    """Take the member out."""
    queue = _queue_in_path(ask)
    members = _without(queue.members, ask.verdict.params["memberId"].lower())
    return 204, None, _changed(ask, queue, members, queue.not_joined)


@handles(JOIN_MEMBER)
def member_joined(ask: Ask) -> Applied:
    """Let the member take calls of the queue, or none."""
    return 202, None, _joins(ask, ask.verdict.params["memberId"].lower())


@handles(JOIN_QUEUE)
def queue_joined(ask: Ask) -> Applied:
    """The same, and show the queue as the user's."""
    user, write = user_in_path(ask), _joins(ask, user_in_path(ask).id)
    org = write.change.made(ask.tenant.standing).org
    return 200, _queue_of(user, org.queue_by_id[write.change.queue_id], org), write


@handles(JOIN_QUEUES)
def queues_joined(ask: Ask) -> Applied:
    """Let the user take calls of these queues, or none, and show them all."""
    user, standing = user_in_path(ask), ask.tenant.standing
    changes = []
    for queue_id, joined in _memberships(ask):
        queue = standing.org.queue_by_id[queue_id]
        change = _joining(queue, {user.id: joined}, ask.now)
        changes.append(change)
        standing = change.made(standing)
    org = standing.org
    own = [queue for queue in org.queues if user.id in queue.members]
    status, body = listing(ask, own, lambda one: _queue_of(user, one, org))[:2]
    return status, body, *map(ChangeQueue, changes)


@handles(JOIN_MEMBERS)
def members_joined(ask: Ask) -> Applied:
    """Let these members take calls of the queue, or none, and show them."""
    said, queue = dict(_memberships(ask)), _queue_in_path(ask)
    change = _joining(queue, said, ask.now)
    after = change.made(ask.tenant.standing)
    new = after.org.queue_by_id[queue.id]
    users = [after.org.user_by_id[user_id] for user_id in said]
    status, body = listing(ask, users, lambda one: member_body(one, new, after))[:2]
    return status, _without_total(body), ChangeQueue(change)


def _memberships(ask: Ask) -> list[tuple[str, bool]]:
    """The ids of the body's list, each with whether it is joined."""
    return [(entry["id"].lower(), entry["joined"]) for entry in ask.entries]


def _joining(queue: Queue, said: Mapping[str, bool], at: float) -> QueueChange:
    absent = [member for member in queue.members if not said.get(member, member in queue.joined)]
    return QueueChange(queue.id, queue.members, tuple(absent), at)


def _joins(ask: Ask, member: str) -> ChangeQueue:
    return ChangeQueue(_joining(_queue_in_path(ask), {member: ask.body["joined"]}, ask.now))


def _changed(ask: Ask, queue: Queue, members: Iterable[str], not_joined: Iterable[str]) -> ChangeQueue:
    kept = tuple(dict.fromkeys(members))
    absent = tuple(member for member in not_joined if member in kept)
    return ChangeQueue(QueueChange(queue.id, kept, absent, ask.now))


def _without(members: Iterable[str], *gone: str) -> tuple[str, ...]:
    return tuple(member for member in members if member not in gone)


def _queue_in_path(ask: Ask) -> Queue:
    return ask.tenant.org.queue_by_id[ask.verdict.params["queueId"].lower()]


def _in_division(ask: Ask, queues: list[Queue]) -> list[Queue]:
    divisions = [each.lower() for each in ask.query.all("divisionId")]
    return queues if not divisions or ask.tenant.org.division_id in divisions else []


def _name(queue: Queue) -> str:
    return queue.name


def _members(queue: Queue, org: Org) -> list[User]:
    return [org.user_by_id[member] for member in queue.members]


def queue_body(queue: Queue, org: Org) -> Json:
    """A queue as the API shows it (model Queue of the SDKs)."""
    count = len(queue.members)
    return {
        "id": queue.id,
        "name": queue.name,
        "division": division(org),
        "memberCount": count,
        "userMemberCount": count,
        "joinedMemberCount": len(queue.joined),
        "selfUri": f"/api/v2/routing/queues/{queue.id}",
    }


def member_body(user: User, queue: Queue, now: OrgNow, expand: Iterable[str] = ()) -> Json:
    """A member of a queue (model QueueMember of the SDKs)."""
    body: Json = {
        "id": user.id,
        "name": user.name,
        "user": user_profile(user, now, expand),
        "joined": user.id in queue.joined,
        "memberBy": "user",
        "selfUri": f"/api/v2/routing/queues/{queue.id}/members/{user.id}",
    }
    return body | ({"routingStatus": routing_status(user, now)} if "routingStatus" in expand else {})

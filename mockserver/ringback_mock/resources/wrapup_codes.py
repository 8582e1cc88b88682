"""Wrap-up codes, of the org and of its queues."""

from __future__ import annotations

from collections.abc import Iterable

from ringback_contracts.org import Org, Queue, WrapUpCode
from ringback_contracts.resources.routing.wrapup_operations import (
    ADD_CODES,
    GET_CODE,
    LIST_ALL_CODES,
    LIST_CODES_BY_DIVISION,
    LIST_CODES_OF_QUEUE,
    REMOVE_CODE,
)
from ringback_mock.engine.handling import Applied, Ask, handles
from ringback_mock.engine.people import QueueChange
from ringback_mock.engine.writes import ChangeQueue
from ringback_mock.resources.listings import Json, listing, named, of_ids, ordered
from ringback_mock.resources.organizations import division

KEYS = {"id": lambda one: one.id, "name": lambda one: one.name}
"""The fields by which wrap-up codes can be sorted."""


@handles(LIST_ALL_CODES)
def of_org(ask: Ask) -> Applied:
    """A page of the org's codes."""
    found = named(ask, of_ids(ask, ask.tenant.org.wrap_up_code_by_id), lambda one: one.name)
    return listing(ask, ordered(ask, found, KEYS), lambda one: code_body(one, ask.tenant.org))


@handles(LIST_CODES_OF_QUEUE)
def of_queue(ask: Ask) -> Applied:
    """A page of a queue's codes."""
    org = ask.tenant.org
    found = [org.wrap_up_code_by_id[code] for code in _queue(ask).wrap_up_codes]
    return listing(ask, named(ask, found, lambda one: one.name), lambda one: code_body(one, org))


@handles(LIST_CODES_BY_DIVISION)
def of_divisions(ask: Ask) -> Applied:
    """A page of the codes of divisions; none is ever deleted."""
    org = ask.tenant.org
    divisions = [each.lower() for each in ask.query.all("divisionId")]
    found = named(ask, of_ids(ask, org.wrap_up_code_by_id), lambda one: one.name)
    if ask.query.text("includeState") == "Deleted" or (divisions and org.division_id not in divisions):
        found = []
    return listing(ask, ordered(ask, found, KEYS), lambda one: code_body(one, org))


@handles(ADD_CODES)
def added(ask: Ask) -> Applied:
    """Let the queue have these codes too, and show them."""
    org, queue = ask.tenant.org, _queue(ask)
    codes = [entry["id"].lower() for entry in ask.entries]
    shown = [code_body(org.wrap_up_code_by_id[code], org) for code in dict.fromkeys(codes)]
    return 200, shown, _changed(ask, queue, (*queue.wrap_up_codes, *codes))


@handles(REMOVE_CODE)
def removed(ask: Ask) -> Applied:
    """Let the queue have the code no longer."""
    queue, gone = _queue(ask), ask.verdict.params["codeId"].lower()
    return 200, None, _changed(ask, queue, [code for code in queue.wrap_up_codes if code != gone])


def _queue(ask: Ask) -> Queue:
    return ask.tenant.org.queue_by_id[ask.verdict.params["queueId"].lower()]


def _changed(ask: Ask, queue: Queue, codes: Iterable[str]) -> ChangeQueue:
    kept = tuple(dict.fromkeys(codes))
    return ChangeQueue(QueueChange(queue.id, queue.members, queue.not_joined, ask.now, kept))


@handles(GET_CODE)
def shown(ask: Ask) -> Applied:
    """One code."""
    org = ask.tenant.org
    return 200, code_body(org.wrap_up_code_by_id[ask.verdict.params["codeId"].lower()], org)


def codes_of(queue: Queue | None, org: Org) -> list[Json]:
    """All codes of a queue, without the envelope of a list."""
    return [code_body(org.wrap_up_code_by_id[code], org) for code in (queue.wrap_up_codes if queue else ())]


def code_body(code: WrapUpCode, org: Org) -> Json:
    """A wrap-up code as the API shows it (model WrapupCode of the SDKs)."""
    return {
        "id": code.id,
        "name": code.name,
        "division": division(org),
        "selfUri": f"/api/v2/routing/wrapupcodes/{code.id}",
    }

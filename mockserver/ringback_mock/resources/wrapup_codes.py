"""Wrap-up codes, of the org and of its queues."""

from __future__ import annotations

from ringback_contracts.org import Org, Queue, WrapUpCode
from ringback_contracts.resources.routing.wrapup_operations import (
    GET_CODE,
    LIST_ALL_CODES,
    LIST_CODES_OF_QUEUE,
)
from ringback_mock.engine.handling import Applied, Ask, handles
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
    queue = org.queue_by_id[ask.verdict.params["queueId"].lower()]
    found = [org.wrap_up_code_by_id[code] for code in queue.wrap_up_codes]
    return listing(ask, named(ask, found, lambda one: one.name), lambda one: code_body(one, org))


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

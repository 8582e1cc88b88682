"""Where nothing is known of an org, nothing that a request names is held to be missing there."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from ringback_contracts.catalogue import OPERATIONS, TABLE
from ringback_contracts.core.declare import ALICE
from ringback_contracts.core.model import Example, Knowledge, Request, Rule, Stage
from ringback_contracts.core.operation import Operation
from ringback_contracts.domain.uuids import UUID
from ringback_contracts.examples import before, request_of
from ringback_explain import explain
from ringback_explain.read import FoundRequest, read

UNKNOWN = [
    rule
    for rule in TABLE
    if "unknown" in rule.id
    and rule.knowledge is not Knowledge.REQUEST
    and rule.stage is not Stage.SCHEMA
    # Which programs' presences are kept, and what calls can be forwarded to, no org decides.
    and rule.id not in ("path.source-unknown", "forwarding.target-type-unknown")
]
ID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
PHONE = {"type": "STATION", "value": ID}
QUEUE = "/api/v2/routing/queues/0b1c2d3e-4b5a-4c6d-8e7f-0011223344bb"


def names_an_id(example: Example) -> bool:
    request = request_of(example)
    ids = UUID.findall(request.path + request.body.decode())
    return any(each != ALICE for each in ids) and not before(example)


@pytest.mark.parametrize("rule", UNKNOWN, ids=lambda rule: rule.id)
def test_what_only_an_org_can_lack_is_held_against_nobody(rule: Rule) -> None:
    for example in filter(names_an_id, rule.rejects):
        request = request_of(example)
        assert explain(request).rule != rule.id, request


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_a_token_of_which_nothing_is_known_has_every_scope(operation: Operation) -> None:
    path = re.sub(r"\{\w+\}", ID, operation.template)
    assert explain(Request(operation.method, path, {}, b"")).rule != "scope.missing"


def test_a_channel_and_the_user_of_a_topic_that_only_a_program_knows_are_taken_for_good() -> None:
    (found,) = read(
        b"await api.putNotificationsChannelSubscriptions(channel.id, [{ id: `v2.users.${me.id}.presence` }]);"
    ).found
    assert isinstance(found, FoundRequest)
    assert explain(found.request, context=found.context).verdict == "accepted"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", f"{QUEUE}/members", [{"id": ID}]),
        ("PATCH", f"{QUEUE}/members", [{"id": ID, "joined": True}]),
        ("PATCH", f"/api/v2/users/{ID}/queues", [{"id": QUEUE[-36:], "joined": False}]),
        ("DELETE", f"{QUEUE}/members/{ID}", None),
        ("POST", f"{QUEUE}/wrapupcodes", [{"id": ID}]),
        ("PUT", f"/api/v2/users/{ID}/routingstatus", {"status": "IDLE"}),
        ("PUT", f"/api/v2/users/{ID}/callforwarding", {"enabled": True, "calls": [{"targets": [PHONE]}]}),
    ],
)
def test_whoever_is_named_is_a_member_of_the_queue_that_is_named(method: str, path: str, body: Any) -> None:
    written = b"" if body is None else json.dumps(body).encode()
    assert explain(Request(method, path, {}, written)).rule is None

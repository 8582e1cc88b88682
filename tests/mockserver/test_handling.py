"""The handlers of operations: one for each that is served, and an answer whatever they do."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from ringback_contracts.catalogue import BY_ID, OPERATIONS, TABLE
from ringback_contracts.core.declare import ALICE
from ringback_contracts.core.model import Request
from ringback_contracts.http.faults import fault_from
from ringback_contracts.org import default_org
from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_contracts.resources.users.operations import GET_ME
from ringback_mock.engine.guard import ADMIN
from ringback_mock.engine.handling import Applied, Ask, handlers_of, handles
from ringback_mock.engine.store import Store
from ringback_mock.resources import admin, far_end
from ringback_mock.resources.handlers import HANDLERS
from ringback_mock.site import Site

ME = Request("GET", "/api/v2/users/me", {"authorization": "Bearer alice"})
SECRET = "+442079460123"


def breaks(_: Ask) -> Applied:
    raise KeyError(SECRET)


def answers_what_no_json_holds(_: Ask) -> Applied:
    return 200, {"secret": object()}


def test_each_operation_that_is_served_has_a_handler() -> None:
    assert HANDLERS.keys() == BY_ID.keys()


def test_an_operation_without_a_handler_stops_the_start() -> None:
    new = replace(BY_ID[GET_ME], id="getUserPresences", template="/api/v2/users/{userId}/presences")
    with pytest.raises(ValueError, match="nothing carries it out") as refused:
        handlers_of([*OPERATIONS, new])
    assert str(refused.value) == (
        "getUserPresences (GET /api/v2/users/{userId}/presences) is served, and nothing carries it out: "
        "declare a handler with @handles in ringback_mock/resources"
    )


def test_a_handler_without_an_operation_stops_the_start() -> None:
    with pytest.raises(ValueError, match=r"a handler carries out 'getUsersMe', and no operation of this id"):
        handlers_of(operation for operation in OPERATIONS if operation.id != GET_ME)


def test_two_handlers_of_one_operation_are_refused() -> None:
    with pytest.raises(ValueError, match="two handlers carry out getUsersMe"):
        handles(GET_ME)(breaks)
    assert HANDLERS[GET_ME] is not breaks


@pytest.fixture
def log() -> Iterator[list[logging.LogRecord]]:
    """What the mock logs meanwhile."""
    records: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = records.append  # type: ignore[assignment,method-assign]  # its purpose
    logging.getLogger("ringback").addHandler(handler)
    yield records
    logging.getLogger("ringback").removeHandler(handler)


@pytest.mark.parametrize("broken", [breaks, answers_what_no_json_holds])
def test_whatever_a_handler_does_the_pipeline_answers(broken: Any, log: list[logging.LogRecord]) -> None:
    store = Store(default_org())
    response = Site(store, handlers={**HANDLERS, GET_ME: broken}).answer(ME)
    envelope = json.loads(response.body)
    assert (response.status, envelope["code"]) == (500, "internal.server.error")
    assert envelope["contextId"] == dict(response.headers)["ININ-Correlation-Id"]
    (exchange,) = store.default.journal
    assert (exchange.response, exchange.verdict) == (response, None)
    (told,) = log
    assert SECRET not in told.getMessage()
    assert "line" in told.getMessage()


def test_whatever_a_rule_does_the_pipeline_answers(log: list[logging.LogRecord]) -> None:
    def check(_: object) -> Any:
        raise ZeroDivisionError

    table = TABLE.with_rule(replace(TABLE["path.unknown"], check=check))
    assert Site(Store(default_org()), table).answer(replace(ME, path="/api/v2/nowhere")).status == 500
    assert [record.getMessage().partition(" ")[0] for record in log] == ["ZeroDivisionError"]


FORM = {"content-type": "application/x-www-form-urlencoded"}


def asked(store: Store, kind: str) -> Request:
    """A request of the kind, about a call that there is."""
    headers = {"authorization": "Bearer alice", "content-type": "application/json"}
    site = Site(store)
    placed = site.answer(Request("POST", CALLS_PATH, headers, b'{"phoneNumber": "+442079460100"}'))
    call_id = json.loads(placed.body)["id"]
    login = Request("POST", "/oauth/token", FORM, b"grant_type=client_credentials&client_id=demo-service")
    ring = Request("POST", f"{ADMIN}/calls", {}, b'{"user": "alice"}')
    rung = json.loads(site.answer(ring).body)
    caller = next(one["id"] for one in rung["parties"] if "hangs_up" in one["can"])
    copy = store.add_org().id
    return {
        "reset": Request("POST", f"{ADMIN}/reset"),
        "serve a copy": Request("POST", f"{ADMIN}/orgs"),
        "drop a copy": Request("DELETE", f"{ADMIN}/orgs", query=f"org={copy}"),
        "set a fault": Request("POST", f"{ADMIN}/faults", {}, b'{"kind": "server-error"}'),
        "clear the faults": Request("DELETE", f"{ADMIN}/faults"),
        "clear one fault": Request("DELETE", f"{ADMIN}/faults/fault-1"),
        "set the clock": Request("POST", f"{ADMIN}/clock", {}, b'{"advance": 30}'),
        "ring from outside": ring,
        "use a phone": Request(
            "POST", f"{ADMIN}/calls/{rung['id']}/parties/{caller}", {}, b'{"act": "hangs_up"}'
        ),
        "pick a user": Request("POST", "/oauth/authorize", FORM, urlencode(PICKED).encode()),
        "place": Request("POST", CALLS_PATH, headers, b'{"phoneNumber": "+442079460100"}'),
        "end": Request("POST", f"/api/v2/conversations/{call_id}/disconnect", headers),
        "patch": Request("PATCH", f"{CALLS_PATH}/{call_id}", headers, b'{"state": "disconnected"}'),
        "station": Request("DELETE", "/api/v2/users/stations/me/associatedstation", headers),
        "status": Request(
            "PUT", f"/api/v2/users/{ALICE}/routingstatus", headers, b'{"status": "INTERACTING"}'
        ),
        "revoke": Request("DELETE", "/api/v2/tokens/me", headers),
        "login": replace(login, body=login.body + b"&client_secret=demo-secret"),
    }[kind]


PICKED = {
    "client_id": "demo-app",
    "redirect_uri": "http://localhost:8000/callback",
    "response_type": "code",
    "user": ALICE,
}


def told_of(store: Store) -> tuple[object, ...]:
    """What anybody could see of the default org."""
    tenant, now = store.default, store.clock()
    return (
        [call.at(now) for call in tenant.calls],
        len(tenant.journal),
        [armed.describe() for armed in tenant.faults],
        store.resolve("Bearer alice")[1].token,
        tenant.standing[:2],
        tenant.clock.course,
        tenant.journal.changes.shown(),
        len(store._copies),
        len(tenant._codes),
    )


COMMANDED = [
    "reset",
    "serve a copy",
    "drop a copy",
    "set a fault",
    "clear the faults",
    "clear one fault",
    "set the clock",
    "ring from outside",
    "use a phone",
    "pick a user",
]


def test_every_path_by_which_something_is_commanded_is_tried() -> None:
    commanding = [route for route in (*admin.ROUTES, *far_end.ROUTES) if route.method != "GET"]
    assert len(commanding) == len(COMMANDED) - 1, "and the login page"


@pytest.mark.parametrize("fault", [None, "unavailable", "token-revoked", "lost-reply"])
@pytest.mark.parametrize("kind", ["place", "end", "patch", "station", "status", "revoke", "login"])
def test_to_decide_changes_nothing_and_what_it_wants_written_does(kind: str, fault: str | None) -> None:
    store = Store(clock=lambda: 1_700_000_000.0)
    request = asked(store, kind)
    if fault:
        store.default.faults.set(fault_from({"kind": fault, "operation": "any"}))
    before, site = told_of(store), Site(store)
    decided = [site.decide(request) for _ in range(3)]
    assert told_of(store) == before
    assert len({one.response.status for one in decided}) == 1
    for write in decided[0].writes:
        write.to(decided[0].tenant)
    # A token that was issued shows only to whoever has it.
    assert told_of(store) != before or (kind, fault) == ("login", None)


@pytest.mark.parametrize("kind", COMMANDED)
def test_what_tests_command_is_decided_without_writing_too(kind: str) -> None:
    store = Store(clock=lambda: 1_700_000_000.0)
    request = asked(store, kind)
    store.default.faults.set(fault_from({"kind": "server-error", "nth": 50}))
    before, site = told_of(store), Site(store)
    decided = [site.decide(request) for _ in range(3)]
    assert told_of(store) == before
    assert len({one.response.status for one in decided}) == 1
    assert decided[0].response.status < 400
    assert site.answer(request).status == decided[0].response.status
    assert told_of(store) != before

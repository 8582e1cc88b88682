"""The verdict of an explanation: what the platform answers, every reason, and what stays unknown."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from ringback_contracts.catalogue import TABLE
from ringback_contracts.core.declare import ALICE, SUPPORT
from ringback_contracts.core.model import Caller, Request, TokenState
from ringback_contracts.examples import situation
from ringback_contracts.org import default_org
from ringback_contracts.schemas import validator
from ringback_explain import explain
from tests.explain.explaining import (
    AGENT,
    CALLS,
    FOR_AGENT,
    JSON_HEADERS,
    NUMBER,
    OWN,
    QUEUE,
    asked,
    explained,
    places,
    written,
)

FINE = [
    pytest.param({"phoneNumber": "+12125551234"}, id="a number"),
    pytest.param({"phoneNumber": "+12125551234", "callFromQueueId": QUEUE}, id="on behalf of a queue"),
    pytest.param({"callUserId": AGENT}, id="a user to dial"),
    pytest.param({"callQueueId": QUEUE, "priority": 2, "routingSkillsIds": [AGENT]}, id="a queue to dial"),
    pytest.param({"phoneNumber": "3172222222"}, id="bare national digits"),
    pytest.param(
        {"phoneNumber": "+12125551234", "externalContactId": AGENT, "label": "widget", "uuiData": "x"},
        id="the rarer fields",
    ),
    pytest.param({"phoneNumber": "+12125551234", "attributes": {"order": "17"}}, id="attributes"),
    pytest.param({"phoneNumber": "+12125551234", "callerId": "", "callerIdName": ""}, id="empty texts"),
    pytest.param({"participants": [{"address": "+12125551234"}, {"userId": AGENT}]}, id="a conference"),
    pytest.param({"conversationIds": [AGENT, QUEUE]}, id="calls to join"),
]


@pytest.mark.parametrize("body", FINE)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": "application/json; charset=utf-8", "authorization": "bearer something"},
        {"content-type": "application/json", "authorization": "Bearer <TOKEN>", "user-agent": "curl/8"},
    ],
    ids=["bare", "lower-case bearer", "withheld token"],
)
def test_what_is_fine_is_accepted_in_silence(body: dict[str, Any], headers: dict[str, str]) -> None:
    found = explained(body, headers=headers, text=json.dumps(body))
    assert (found.verdict, found.status, found.code, found.rule) == ("accepted", 202, None, None)
    assert (found.findings, found.notes, found.questions) == ((), (), ())


def test_a_rejection_has_the_status_and_code_of_the_rule_that_decides() -> None:
    found = explained({"phoneNumber": NUMBER, "callUserId": AGENT})
    rule = TABLE["destination.several"]
    assert (found.verdict, found.status, found.code, found.rule) == ("rejected", 400, rule.code, rule.id)


def test_a_finding_says_where_why_what_to_do_and_how_it_is_known() -> None:
    (found,) = explained({"phoneNumber": "hello"}).findings
    rule = TABLE["phone-number.unreadable"]
    assert (found.rule, found.pointer) == (rule.id, "/phoneNumber")
    assert (found.fix, found.evidence, found.source) == (rule.fix, "published", rule.source)
    assert "letters" in found.message


def test_an_explanation_reads_well_when_it_is_printed() -> None:
    lines = str(explained({"phoneNumber": "hello", "priority": "x"})).splitlines()
    assert lines[0] == "rejected 400 invalid.value"
    assert any(line.startswith("field.wrong-type at /priority: ") for line in lines)
    assert any(line.startswith("phone-number.unreadable at /phoneNumber: ") for line in lines)
    assert sum(line.startswith("  fix: ") for line in lines) == 2
    sent = str(explained({"to": NUMBER, "from": f"user:{AGENT}"}))
    assert f"\nsend instead: POST {CALLS}" in sent


def test_every_finding_is_told_and_not_the_first_alone() -> None:
    found = explained({"to": {"phoneNumber": NUMBER}, "from": {"id": AGENT}, "callerId": OWN})
    assert [finding.rule for finding in found.findings] == ["body.mixed", "address.shape", "address.untyped"]


def test_what_is_unreadable_is_judged_again_as_proper_json() -> None:
    found = explained("{“to”: {“phoneNumber”: “" + NUMBER + "”}}")
    assert found.rule == "json.malformed"
    assert [finding.rule for finding in found.findings] == [
        "json.malformed",
        "address.missing",
        "address.shape",
    ]


def test_a_form_is_judged_by_its_media_type_and_then_as_the_json_it_should_have_been() -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    found = explained("phoneNumber=hello", headers=form)
    assert (found.status, found.rule) == (415, "media-type.unsupported")
    assert found.findings[-1].rule == "phone-number.unreadable"


@pytest.mark.parametrize(
    "body",
    [
        {"callUserId": AGENT},
        {"phoneNumber": NUMBER, "callFromQueueId": QUEUE.upper()},
        {"conversationIds": [QUEUE.upper()]},
        {"to": f"tel:{NUMBER}", "from": f"user:{AGENT}"},
        {"to": f"user:{AGENT}", "from": "tel:+442079469999"},
        {"to": f"tel:{NUMBER}", "from": f"campaign:{QUEUE}"},
    ],
)
def test_ids_and_numbers_of_the_request_exist_where_no_org_is_given(body: dict[str, Any]) -> None:
    assert explained(body).verdict == "accepted"


@pytest.mark.parametrize(
    ("body", "path", "pointer", "what"),
    [
        ({"callUserId": "bob"}, CALLS, "/callUserId", "user"),
        ({"callUserId": f"user:{AGENT}"}, CALLS, "/callUserId", "user"),
        ({"callQueueId": "support"}, CALLS, "/callQueueId", "queue"),
        ({"phoneNumber": NUMBER, "callFromQueueId": "support"}, CALLS, "/callFromQueueId", "queue"),
        ({"participants": [{"userId": "bob"}]}, CALLS, "/participants/0/userId", "user"),
        ({"participants": [{"queueId": "support"}]}, CALLS, "/participants/0/queueId", "queue"),
        ({"conversationIds": [QUEUE, "the-first"]}, CALLS, "/conversationIds/1", "conversation"),
        ({"phoneNumber": NUMBER}, f"{CALLS}/user/alice", "path", "user"),
    ],
)
def test_a_name_where_an_id_belongs_is_a_finding_in_a_given_org_alone(
    body: dict[str, Any], path: str, pointer: str, what: str
) -> None:
    found = explained(body, path=path)
    assert (found.verdict, found.findings) == ("accepted", ())
    (note,) = [note for note in found.notes if note.id == "value.not-an-id"]
    assert note.pointer == pointer
    assert f"the {what}'s id" in note.message
    assert any("--org" in unknown and "ids" in unknown for unknown in found.unknown)
    known = explain(Request("POST", path, JSON_HEADERS, written(body)), org=default_org())
    assert known.status == 404
    assert not places(known, "value.not-an-id")


@pytest.mark.parametrize("body", [{"callUserId": "bob"}, {"callQueueId": "support"}])
def test_a_name_to_dial_is_asked_about_and_never_shown_as_an_id(body: dict[str, str]) -> None:
    found = explained(body)
    assert found.equivalent is None
    assert asked(found, *body, *body.values(), "is no id")


def test_an_id_or_an_empty_text_is_no_name() -> None:
    for value in (AGENT.upper(), "", None):
        found = explained({"phoneNumber": NUMBER, "callFromQueueId": value})
        assert not places(found, "value.not-an-id")


@pytest.mark.parametrize("mark", ["\u2039number\u203a", "+1XXXXXXXXXX", "***", "tel:\u2039phone\u203a"])
def test_what_was_withheld_is_asked_for_and_not_held_against_the_request(mark: str) -> None:
    found = explained({"phoneNumber": mark, "callFromQueueId": "\u2039queue_id\u203a"})
    assert (found.verdict, found.findings, found.notes, found.equivalent) == ("accepted", (), (), None)
    assert asked(found, "/phoneNumber", "the running program" if "\u2039" in mark else "not filled in")
    assert asked(found, "/callFromQueueId", "Only the running program knows")


@pytest.mark.parametrize(
    "key", ["priority", "attributes", "routingSkillsIds", "participants", "conversationIds", "label"]
)
def test_what_the_running_program_alone_knows_is_of_the_right_type(key: str) -> None:
    beside = {} if key in ("participants", "conversationIds") else {"phoneNumber": NUMBER}
    found = explained(beside | {key: "\u2039value\u203a"})
    assert (found.verdict, found.findings) == ("accepted", ())


@pytest.mark.parametrize("mark", ["<number>", "tel:<phone>", "<Phone Number>"])
def test_what_was_named_and_not_given_is_judged_as_if_it_was(mark: str) -> None:
    found = explained({"phoneNumber": mark})
    assert (found.verdict, found.findings) == ("accepted", ())
    assert [(note.id, note.pointer) for note in found.notes] == [("value.not-filled-in", "/phoneNumber")]
    assert "refused if it is sent" in found.notes[0].message
    assert "/phoneNumber" in found.questions[0]


@pytest.mark.parametrize(
    "mark",
    ["dial <number>", "{number}", "${number}", "{{ number }}", "YOUR_NUMBER", "number_here", "%s"],
)
def test_what_was_sent_unfilled_is_refused_noted_and_asked_for(mark: str) -> None:
    found = explained({"phoneNumber": mark})
    assert (found.rule, found.equivalent) == ("phone-number.unreadable", None)
    assert found.findings[0].message == f"'{mark}' was not filled in: it stands where a value belongs"
    assert places(found, "value.not-filled-in") == ["/phoneNumber"]
    assert asked(found, "/phoneNumber", "not filled in")


def test_client_credentials_place_no_call_of_their_own() -> None:
    found = explained({"phoneNumber": NUMBER}, grant="client_credentials")
    assert (found.status, found.code, found.rule) == (400, "not.a.user", "caller.not-a-user")
    assert places(found, "grant.client-credentials") == ["Authorization"]
    assert (found.equivalent, asked(found, "Which user places the call?")) == (None, True)
    assert not asked(found, "still refused")


@pytest.mark.parametrize("grant", ["client_credentials", "Client Credentials", "CLIENT-CREDENTIALS"])
def test_client_credentials_place_a_call_for_a_user_in_silence(grant: str) -> None:
    found = explained({"phoneNumber": NUMBER}, path=FOR_AGENT, grant=grant)
    assert (found.verdict, found.notes, found.questions) == ("accepted", (), ())


def test_the_grant_is_seen_in_pasted_code_too() -> None:
    text = "client = ApiClient().get_client_credentials_token(id, secret)"
    assert explained({"phoneNumber": NUMBER}, text=text).rule == "caller.not-a-user"
    assert explained({"phoneNumber": NUMBER}, text=text, grant="authorization_code").verdict == "accepted"


def test_an_authorization_that_is_no_bearer_token_is_none() -> None:
    found = explained(
        {"phoneNumber": NUMBER}, headers={**JSON_HEADERS, "authorization": "Basic ZGVtbzpkZW1v"}
    )
    assert (found.status, found.rule) == (401, "token.missing")


@pytest.mark.parametrize(
    ("contract", "rule"), [("any", None), ("participants", None), ("published", "destination.missing")]
)
def test_the_contract_can_be_chosen(contract: Any, rule: str | None) -> None:
    body = written({"to": f"tel:{NUMBER}", "from": f"user:{AGENT}"})
    assert explain(Request("POST", CALLS, {}, body), contract=contract).rule == rule


def test_another_operation_is_judged_and_has_no_equivalent() -> None:
    found = explained("", path="/api/v2/users/me", method="GET", grant="client_credentials")
    assert (found.rule, found.equivalent, found.questions) == ("caller.not-a-user", None, ())
    assert explained("", path="/api/v2/users/me", method="GET").status == 200


# --- in an org that is given ------------------------------------------------------------------------


def given(body: Any, token: str | None = None, caller: Caller | None = None, **org: Any) -> Any:
    headers = JSON_HEADERS | ({"authorization": f"Bearer {token}"} if token else {})
    request = Request("POST", CALLS, headers, written(body))
    return explain(request, org=replace(default_org(), **org), caller=caller)


@pytest.mark.parametrize(
    ("token", "rule"),
    [
        ("alice", None),
        ("bob", "station.missing"),
        ("carol", "permission.missing"),
        ("expired", "token.expired"),
    ],
)
def test_a_given_org_knows_whose_the_token_is(token: str, rule: str | None) -> None:
    assert given({"phoneNumber": NUMBER}, token).rule == rule


def test_a_given_org_knows_which_ids_exist() -> None:
    assert given({"phoneNumber": NUMBER, "callFromQueueId": SUPPORT}, "alice").verdict == "accepted"
    assert given({"phoneNumber": NUMBER, "callFromQueueId": QUEUE}, "alice").rule == "from-queue.unknown"


def test_a_given_caller_is_the_one_who_sends_the_request() -> None:
    assert given({"phoneNumber": NUMBER}, caller=Caller(TokenState.EXPIRED)).rule == "token.expired"


def test_a_token_that_the_org_does_not_know_is_taken_for_a_good_one() -> None:
    assert given({"phoneNumber": NUMBER}, "somebody").verdict == "accepted"


def test_an_equivalent_that_the_given_org_refuses_is_not_shown_and_its_fix_is() -> None:
    found = given({"to": {"phoneNumber": NUMBER}, "agentId": AGENT}, "alice")
    assert found.equivalent is None
    assert asked(found, "refused here too", AGENT)


@pytest.mark.parametrize(
    ("token", "rule"),
    [("bob", "station.missing"), ("carol", "permission.missing"), ("expired", "token.expired")],
)
def test_a_refused_caller_is_told_what_to_change_and_not_to_send_the_same_again(
    token: str, rule: str
) -> None:
    found = given({"phoneNumber": NUMBER}, token)
    assert found.equivalent is None
    assert asked(found, TABLE[rule].fix)


def test_a_client_of_the_given_org_is_asked_for_the_user_who_calls() -> None:
    found = given({"phoneNumber": NUMBER}, "service")
    assert (found.rule, found.equivalent) == ("caller.not-a-user", None)
    assert asked(found, "Which user places the call?")


def test_a_client_of_the_given_org_calls_for_the_user_that_the_body_names() -> None:
    found = given({"to": {"phoneNumber": NUMBER}, "agentId": ALICE}, "service")
    assert found.equivalent.path == f"{CALLS}/user/{ALICE}"


def test_whoever_calls_for_themselves_needs_no_right_to_call_for_others() -> None:
    conference = ("conversation:conference:add",)
    alone = replace(default_org().users[0], permissions=frozenset(conference))
    caller = Caller(TokenState.VALID, user=alone, scopes=frozenset({"conversations"}))
    found = given({"to": {"phoneNumber": NUMBER}, "agentId": ALICE}, caller=caller)
    assert found.equivalent.path == CALLS


def test_a_refused_request_is_never_shown_as_what_to_send_instead() -> None:
    basic = {**JSON_HEADERS, "authorization": "Basic ZGVtbzpkZW1v"}
    found = explained({"phoneNumber": NUMBER}, headers=basic)
    assert found.equivalent is None
    assert asked(found, TABLE["token.missing"].fix)


def test_a_given_org_tells_where_national_digits_are_dialled() -> None:
    assert places(given({"phoneNumber": "5551234567"}, "alice"), "number.unassigned") == ["/phoneNumber"]
    assert places(explained({"phoneNumber": "5551234567"}), "number.unassigned") == []


@pytest.mark.parametrize("status", [200, 202])
def test_an_accepted_call_has_the_success_status_of_the_org(status: int) -> None:
    assert given({"phoneNumber": NUMBER}, "alice", success_status=status).status == status


# --- what stays unknown -----------------------------------------------------------------------------


def test_what_cannot_be_known_is_listed_once_with_the_option_that_tells() -> None:
    body = {"to": "sip:a@example.com", "from": {"phoneNumber": OWN, "agentId": AGENT}}
    found = explained(body).unknown
    assert [entry.rpartition("(")[2].rstrip(")") for entry in found] == [
        "--org FILE",
        "--org FILE",
        "--org FILE",
        "--org FILE --as USER",
    ]
    assert len(set(found)) == len(found)


def test_only_what_the_request_has_is_unknown_about_it() -> None:
    (token,) = explained({"phoneNumber": NUMBER}).unknown
    assert "--as USER" in token


def test_nothing_is_unknown_where_org_and_caller_are_given() -> None:
    caller = Caller(TokenState.VALID, user=default_org().users[0], scopes=frozenset({"conversations"}))
    assert given({"phoneNumber": NUMBER, "callFromQueueId": QUEUE}, caller=caller).unknown == ()


# --- the form ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", TABLE.rules, ids=lambda rule: rule.id)
def test_every_rule_explains_its_own_example_by_itself(rule: Any) -> None:
    case = situation(rule.rejects[0])
    found = explain(case.request, caller=case.caller, org=case.org)
    assert (found.rule, found.status, found.code) == (rule.id, rule.status, rule.code)
    assert found.findings[0].fix.startswith(rule.fix)
    assert validator("Explanation").is_valid(found.as_dict())


def test_the_json_form_has_the_fields_of_the_schema_and_survives_json() -> None:
    document = explained(
        {"to": {"phoneNumber": NUMBER}, "from": {"id": AGENT}}, scopes=("call:write",)
    ).as_dict()
    assert list(document) == [
        "verdict", "status", "code", "rule", "findings", "notes", "equivalent", "questions", "unknown",
        "caveats",
    ]  # fmt: skip
    assert json.loads(json.dumps(document)) == document
    assert document["equivalent"] == {"method": "POST", "path": FOR_AGENT, "body": {"phoneNumber": NUMBER}}
    assert set(document["findings"][0]) == {
        "rule",
        "pointer",
        "message",
        "fix",
        "evidence",
        "source",
        "position",
    }
    assert set(document["notes"][0]) == {"id", "pointer", "message", "position"}


def test_the_equivalent_for_a_service_is_the_path_of_the_user_who_is_named() -> None:
    made = explained({"to": f"tel:{NUMBER}", "from": f"user:{ALICE}"}, grant="client_credentials").equivalent
    assert made is not None
    assert (made.path, made.body) == (f"{CALLS}/user/{ALICE}", {"phoneNumber": NUMBER})


def test_a_request_that_places_no_call_has_no_equivalent() -> None:
    assert explain(Request("GET", "/api/v2/tokens/me")).equivalent is None


def test_an_agent_beside_a_from_inside_a_list_of_parties_calls_and_is_not_dialled() -> None:
    agent = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
    parties = [{"to": NUMBER}, {"from": "+442079460002", "userId": agent}]
    found = explained({"participants": parties})
    assert found.equivalent is not None
    assert found.equivalent.path.endswith(f"/calls/user/{agent}")
    assert found.equivalent.body == {"phoneNumber": NUMBER, "callerId": "+442079460002"}


def test_an_id_that_was_not_filled_in_is_not_held_against_a_request_without_an_org() -> None:
    found = explained({"phoneNumber": NUMBER, "callFromQueueId": "{{queueId}}"})
    assert (found.verdict, places(found, "value.not-filled-in")) == ("accepted", ["/callFromQueueId"])

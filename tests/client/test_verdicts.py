"""What an answer means: which error it is, and what its text says to do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_client import (
    CallsClient,
    InvalidNumber,
    InvalidRequest,
    MalformedAddress,
    NotAuthenticated,
    NotAuthorized,
    NotFound,
    RateLimited,
    ServerError,
    StatusError,
)
from ringback_client.transport import Reply
from ringback_client.verdicts import error_of_finding, error_of_reply, is_refusal
from ringback_contracts.catalogue import TABLE, preflight
from ringback_contracts.core.model import Finding
from ringback_contracts.examples import situation
from ringback_contracts.http.envelope import envelope as envelope_of
from tests.client.scripted import JSON, MOCK, Answer, Clock, ScriptedAdapter, envelope

NUMBER = "tel:+442079460100"


def met(answer: Answer) -> StatusError:
    calls = CallsClient(MOCK, "alice", adapter=ScriptedAdapter([answer] * 9), retry=Clock().policy())
    with pytest.raises(StatusError) as caught:
        calls.place_call(NUMBER)
    return caught.value


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (envelope(400, "bad.request"), InvalidRequest),
        (envelope(400, "bad.request", "malformed participant address"), MalformedAddress),
        (envelope(400, "bad.request", "Invalid participant address"), MalformedAddress),
        (envelope(400, "too.many.create.conversation.parameters"), InvalidRequest),
        (envelope(401, "bad.credentials"), NotAuthenticated),
        (envelope(403, "missing.any.permissions"), NotAuthorized),
        (envelope(404, "not.found"), NotFound),
        (envelope(405, "method.not.allowed"), InvalidRequest),
        (envelope(409, "general.conflict"), InvalidRequest),
        (envelope(413, "request.entity.too.large"), InvalidRequest),
        (envelope(415, "unsupported.media.type"), InvalidRequest),
        (envelope(422, "invalid.phone.number"), InvalidNumber),
        (envelope(429, "too.many.requests"), RateLimited),
        (envelope(503, "service.unavailable"), ServerError),
        (Answer(403, b"<html>"), NotAuthorized),
        (Answer(400, [1]), InvalidRequest),
    ],
)
def test_each_status_is_an_error_of_its_own(answer: Answer, kind: type[StatusError]) -> None:
    error = met(answer)
    assert type(error) is kind
    assert error.status == answer.status
    assert str(answer.status) in str(error)


@pytest.mark.parametrize(
    ("status", "code", "said", "refusal"),
    [
        (503, "service.unavailable", 503, True),
        (500, "conversation.error", 500, True),
        (500, "internal.server.error", 500, False),
        (500, "conversation.error", 400, False),
        (502, "bad.gateway", 502, False),
        (504, "gateway.timeout", 504, False),
    ],
)
def test_a_gateway_cannot_say_that_no_call_was_placed(
    status: int, code: str, said: int, refusal: bool
) -> None:
    body = json.dumps({"status": said, "code": code}).encode()
    assert is_refusal(Reply(status, {}, body)) is refusal


def test_an_error_carries_what_a_program_and_a_person_need() -> None:
    body = {
        "status": 400,
        "code": "bad.request",
        "message": "malformed participant address",
        "contextId": "correlated",
        "details": [{"errorCode": "bad.request", "fieldName": "to"}],
    }
    error = met(Answer(400, body, {"Ringback-Rule": "address.scheme-missing"}))
    rule = TABLE["address.scheme-missing"]
    assert (error.status, error.code, error.correlation_id) == (400, "bad.request", "correlated")
    assert (error.field, error.rule, error.fix) == ("to", rule.id, rule.fix)
    for part in ("400", "bad.request", "malformed participant address", rule.fix, rule.id, "correlated"):
        assert part in str(error)


FORESEEN = [
    pytest.param(finding, id=f"{finding.rule.id}-{number}")
    for rule in TABLE
    for number, example in enumerate(rule.rejects)
    for finding in preflight(situation(example).request)[:1]
]


@pytest.mark.parametrize("finding", FORESEEN)
def test_a_fault_names_its_field_alike_whether_it_was_foreseen_or_answered(finding: Finding) -> None:
    body = json.dumps(envelope_of(finding, "correlated")).encode()
    answered = error_of_reply(Reply(finding.rule.status, {"Ringback-Rule": finding.rule.id}, body), 0.0)
    foreseen = error_of_finding(finding)
    assert (foreseen.field, foreseen.rule) == (answered.field, answered.rule)


def test_the_field_that_was_foreseen_has_the_platform_s_name() -> None:
    calls = CallsClient(MOCK, "alice", adapter=ScriptedAdapter())
    for body, field in (
        ({"phoneNumber": 5}, "phoneNumber"),
        ({"to": "+442079460100", "from": "tel:+442079460001"}, "to"),
        ({"phoneNumber": "+442079460100", "routingSkillsIds": [5]}, "routingSkillsIds.0"),
        ([], None),
    ):
        with pytest.raises(InvalidRequest) as caught:
            calls.post_body(body)
        assert caught.value.field == field


def test_a_real_platform_names_no_rule_but_a_code_that_one_rule_has_gives_its_advice() -> None:
    error = met(envelope(400, "not.a.user"))
    assert error.rule == "caller.not-a-user"
    assert error.fix
    assert error.fix in str(error)


def test_a_code_that_many_rules_share_gives_no_advice() -> None:
    error = met(envelope(400, "bad.request"))
    assert (error.rule, error.fix) == (None, None)


def test_a_rule_that_this_version_does_not_know_is_still_named() -> None:
    error = met(envelope(400, "bad.request", Ringback_Rule="address.of-tomorrow"))
    assert (error.rule, error.fix) == ("address.of-tomorrow", None)


def test_a_rate_limit_says_when_to_come_back() -> None:
    error = met(envelope(429, "too.many.requests.retry.after", Retry_After="300"))
    assert isinstance(error, RateLimited)
    assert error.retry_after == 300


def test_the_header_s_correlation_id_goes_before_the_body_s() -> None:
    assert met(envelope(403, "not.authorized", ININ_Correlation_Id="header")).correlation_id == "header"


KEYS = st.sampled_from(["code", "message", "contextId", "details", "status", "id", "fieldName"])


envelopes = st.dictionaries(KEYS, JSON, max_size=5)


@given(
    st.integers(400, 499),
    JSON
    | envelopes
    | st.builds(lambda body, more: {**body, "details": more}, envelopes, st.lists(envelopes)),
)
def test_any_refusal_is_a_status_error_whatever_its_body(status: int, body: Any) -> None:
    if status not in (401, 429):
        assert met(Answer(status, body)).status == status


def test_an_answer_in_another_language_is_read_as_json_says() -> None:
    reply = Answer(400, '{"message": "größer", "code": "x"}'.encode("utf-16"))
    assert "größer" in str(met(reply))


def test_error_of_reply_needs_no_network() -> None:
    from requests.structures import CaseInsensitiveDict

    from ringback_client.transport import Reply

    assert type(error_of_reply(Reply(499, CaseInsensitiveDict(), b""), 0.0)) is InvalidRequest

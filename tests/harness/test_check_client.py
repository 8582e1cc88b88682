"""Where the client's word and the target's answer part."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from ringback_client import (
    CallOutcomeUnknown,
    InvalidNumber,
    InvalidRequest,
    MalformedAddress,
    NotAuthorized,
    Particulars,
    PlacedCall,
    ServerError,
    TargetUnreachable,
)
from ringback_client.transport import Reply
from ringback_contracts.catalogue import TABLE
from ringback_contracts.core.declare import ALICE
from ringback_contracts.core.model import Example, Stage
from ringback_contracts.examples import situation
from ringback_harness.check.client import Said, disagreement, expected_errors, misprediction, said
from ringback_harness.check.expectation import refused_by
from ringback_harness.targets import InProcess, call_request

PLACED = PlacedCall("id", None, None, None, None, "correlation", {})


def reply(status: int, code: str | None = None, rule: str | None = None) -> Reply:
    headers = CaseInsensitiveDict({"Ringback-Rule": rule} if rule else {})
    return Reply(status, headers, orjson.dumps({"code": code} if code else {"id": "id"}))


def refusal(kind: type[Any], status: int, code: str, rule: str | None = None) -> Any:
    return kind("text", Particulars(status=status, code=code, rule=rule))


AGREED: list[tuple[Reply, Said]] = [
    (reply(202), PLACED),
    (reply(400, "bad.request", "sip.malformed"), refusal(MalformedAddress, 400, "bad.request")),
    (reply(400, "bad.request", "destination.missing"), refusal(InvalidRequest, 400, "bad.request")),
    (reply(400, "bad.request"), refusal(InvalidRequest, 400, "bad.request")),
    (reply(403, "not.authorized"), refusal(NotAuthorized, 403, "not.authorized")),
    (reply(422, "invalid.phone.number"), refusal(InvalidNumber, 422, "invalid.phone.number")),
    (reply(501, "not.implemented"), refusal(ServerError, 501, "not.implemented")),
]
PARTED: list[tuple[Reply, Said]] = [
    (reply(202), refusal(InvalidRequest, 400, "bad.request")),
    (reply(400, "bad.request"), PLACED),
    (reply(400, "bad.request", "sip.malformed"), refusal(InvalidRequest, 400, "bad.request")),
    (reply(400, "bad.request", "destination.missing"), refusal(MalformedAddress, 400, "bad.request")),
    (reply(403, "not.authorized"), refusal(InvalidRequest, 403, "not.authorized")),
    (reply(422, "invalid.phone.number"), refusal(InvalidNumber, 422, "other.code")),
    (reply(422, "invalid.phone.number"), refusal(InvalidNumber, 400, "invalid.phone.number")),
    (reply(404, "not.found"), TargetUnreachable("text")),
]


@pytest.mark.parametrize(("answer", "outcome"), AGREED)
def test_a_result_that_says_what_was_answered(answer: Reply, outcome: Said) -> None:
    assert disagreement(answer, outcome) is None


@pytest.mark.parametrize(("answer", "outcome"), PARTED)
def test_a_result_that_says_something_else(answer: Reply, outcome: Said) -> None:
    assert disagreement(answer, outcome)


def test_a_server_error_may_leave_the_outcome_open() -> None:
    assert expected_errors(reply(502)) == {ServerError, CallOutcomeUnknown}


def test_a_prediction_that_comes_true() -> None:
    foreseen = refusal(InvalidRequest, 400, "bad.request", "destination.missing")
    assert misprediction(reply(400, "bad.request", "destination.missing"), foreseen) is None
    assert misprediction(reply(400, "bad.request"), foreseen) is None


def test_a_rule_about_the_org_may_strike_before_the_one_foreseen() -> None:
    foreseen = refusal(InvalidNumber, 422, "invalid.phone.number", "number.impossible")
    assert misprediction(reply(403, "not.authorized", "from.user-unknown"), foreseen) is None


@pytest.mark.parametrize(
    "answer",
    [
        reply(202),
        reply(400, "bad.request", "address.missing"),
        reply(400, "other"),
        reply(422, "bad.request", "number.impossible"),
    ],
)
def test_a_prediction_that_does_not_come_true(answer: Reply) -> None:
    foreseen = refusal(InvalidRequest, 400, "bad.request", "destination.missing")
    assert "the client foresees" in (misprediction(answer, foreseen) or "")


def test_what_the_request_alone_decides_must_be_foreseen() -> None:
    answer = reply(400, "bad.request", "destination.missing")
    assert misprediction(answer, PLACED) == (
        "the client foresees nothing, answered 400 bad.request (destination.missing)"
    )
    assert misprediction(reply(403, "not.authorized", "from.user-unknown"), PLACED) is None


@given(st.sampled_from([rule for rule in TABLE if rule.stage is Stage.ADDRESSES]))
def test_what_is_said_of_an_address_is_an_error_of_addresses(rule: Any) -> None:
    example: Example = rule.rejects[0]
    world = InProcess().world(example.org)
    outcome = said(world, situation(example).request, preflight=False)
    assert isinstance(outcome, MalformedAddress)


def test_the_client_sends_the_body_as_it_stands() -> None:
    world = InProcess().world()
    assert isinstance(said(world, call_request({"phoneNumber": "+442079460100"}), preflight=True), PlacedCall)
    foreseen = said(world, call_request({}), preflight=True)
    answered = said(world, call_request({}), preflight=False)
    assert (foreseen.correlation_id, bool(answered.correlation_id)) == (None, True)


def test_what_the_org_refuses_first_is_no_wrong_prediction_where_no_rule_is_named() -> None:
    """The client foresees the number; whoever calls is unknown in any org, and is looked at before."""
    body = {"to": "tel:+0", "from": {"type": "campaign", "id": ALICE}}
    request = call_request(body)
    world = InProcess().world()
    reply = world.send(request)
    assert reply.headers["Ringback-Rule"] == "from.campaign-unknown"
    predicted = said(world, request, preflight=True)
    nameless = Reply(reply.status, {}, reply.body)
    assert misprediction(nameless, predicted) is not None
    assert misprediction(nameless, predicted, refused_by(TABLE["from.campaign-unknown"])) is None
    assert misprediction(nameless, predicted, refused_by(TABLE["number.impossible"])) is not None

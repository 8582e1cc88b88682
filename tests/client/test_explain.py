"""An error explains itself: what is wrong, what to do, and what to send instead."""

from __future__ import annotations

import pickle

import pytest

from ringback_client import (
    CallsClient,
    ClientCredentials,
    InvalidNumber,
    LoginFailed,
    MalformedAddress,
    NotAuthorized,
    NotFound,
    StatusError,
)
from ringback_contracts.catalogue import TABLE
from tests.client.conftest import MakeClient

ALICE = "a11ce000-0000-4000-8000-000000000001"
T = "+442079460100"
THREAD = {"toAddress": "sip:agent@example.com", "fromAddress": T}


def refused(client: CallsClient, body: object) -> StatusError:
    with pytest.raises(StatusError) as caught:
        client.post_body(body)
    return caught.value


@pytest.mark.parametrize("preflight", [True, False])
def test_a_refused_body_is_explained_with_a_request_that_the_mock_accepts(
    make_client: MakeClient, preflight: bool
) -> None:
    error = refused(make_client(preflight=preflight), THREAD)
    assert isinstance(error, MalformedAddress)
    explanation = error.explain()
    assert explanation is not None
    assert (explanation.verdict, explanation.status, explanation.rule) == (
        "rejected",
        400,
        "sip.misnamed-fields",
    )
    assert TABLE["sip.misnamed-fields"].fix in str(error)
    assert explanation.equivalent is not None
    assert make_client().post_body(dict(explanation.equivalent.body)).id


def test_what_only_the_answer_tells_is_in_the_explanation(make_client: MakeClient) -> None:
    error = refused(make_client("carol"), {"phoneNumber": T})
    assert isinstance(error, NotAuthorized)
    explanation = error.explain()
    assert explanation is not None
    assert (explanation.verdict, explanation.status, explanation.rule) == (
        "rejected",
        403,
        "permission.missing",
    )
    assert [finding.rule for finding in explanation.findings] == ["permission.missing"]
    assert explanation.findings[0].fix == TABLE["permission.missing"].fix
    assert explanation.findings[0].pointer == "Authorization"


def test_the_field_that_the_answer_names_is_where_the_fault_is(make_client: MakeClient) -> None:
    nobody = {"callFromQueueId": "00000000-0000-4000-8000-00000000dead"}
    error = refused(make_client(preflight=False), {"phoneNumber": T, **nobody})
    assert error.field == "callFromQueueId"
    explanation = error.explain()
    assert explanation is not None
    assert [(found.rule, found.pointer) for found in explanation.findings] == [
        ("from-queue.unknown", "/callFromQueueId")
    ]


def test_an_impossible_number_is_explained(make_client: MakeClient) -> None:
    error = refused(make_client(preflight=False), {"to": "tel:+15551234567", "from": f"user:{ALICE}"})
    assert isinstance(error, InvalidNumber)
    explanation = error.explain()
    assert explanation is not None
    assert explanation.rule == error.rule
    assert error.rule in {finding.rule for finding in explanation.findings}


def test_a_refusal_to_read_is_explained_by_its_answer_alone(make_client: MakeClient) -> None:
    with pytest.raises(NotFound) as caught:
        make_client().get_call("00000000-0000-4000-8000-00000000dead")
    explanation = caught.value.explain()
    assert explanation is not None
    assert (explanation.status, explanation.rule) == (404, "call.unknown")
    assert explanation.equivalent is None


def test_a_refused_login_is_not_taken_for_a_refused_call(make_client: MakeClient) -> None:
    client = make_client(ClientCredentials("demo-service", "wrong"))
    with pytest.raises(LoginFailed) as caught:
        client.post_body({"phoneNumber": T})
    assert caught.value.request is None
    explanation = caught.value.explain()
    assert explanation is not None
    assert explanation.code == "invalid_client"


def test_an_error_keeps_its_request_through_a_pickle_and_shows_it_nowhere(make_client: MakeClient) -> None:
    error = refused(make_client(), {"to": "+13172222222"})
    copied = pickle.loads(pickle.dumps(error))
    assert copied.request == error.request is not None
    assert "3172222222" not in repr(copied) + str(copied)

"""What the mock answers in the default org, request by request, over Flask's test client."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ringback_contracts.org import changed, default_org
from ringback_mock.app import create_app

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

CALLS = "/api/v2/conversations/calls"
T = "+442079460100"
A = "a11ce000-0000-4000-8000-000000000001"
B = "b0b00000-0000-4000-8000-000000000002"
C = "ca201000-0000-4000-8000-000000000003"
D = "da5e0000-0000-4000-8000-000000000004"
E = "e5100000-0000-4000-8000-000000000005"
SUPPORT = "90e0e000-0000-4000-8000-000000000010"
CAMPAIGN = "ca3b0000-0000-4000-8000-000000000020"
UNKNOWN = "00000000-0000-4000-8000-0000000000ff"
SIP = "sip:agent@example.com"
MALFORMED = "malformed participant address"
INVALID = "Invalid participant address"
UNAUTHORIZED = "User not authorized"

ENVELOPE = {
    "message",
    "code",
    "status",
    "contextId",
    "messageWithParams",
    "messageParams",
    "details",
    "errors",
}


def client(**switches: Any) -> FlaskClient:
    return create_app(changed(default_org(), switches)).test_client()


def post(body: Any, token: str | None = "alice", path: str = CALLS, **switches: Any) -> TestResponse:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client(**switches).post(path, data=raw, headers=headers, content_type="application/json")


def to(value: Any, from_: Any = f"user:{A}") -> dict[str, Any]:
    return {"to": value, "from": from_}


def assert_refused(response: TestResponse, status: int, code: str, message: str | None = None) -> str:
    """The envelope, whole; gives the rule that decided."""
    error = response.get_json()
    assert (response.status_code, error["code"]) == (status, code), error
    assert set(error) == ENVELOPE
    assert error["status"] == status
    assert error["contextId"] == response.headers["ININ-Correlation-Id"]
    if message is not None:
        assert error["message"] == message
    return response.headers["Ringback-Rule"]


ACCEPTED = [
    ("alice", {"phoneNumber": T}),
    ("alice", to(f"tel:{T}")),
    ("service", to(f"tel:{T}")),
    ("alice", to({"to": f"tel:{T}"}, {"from": f"user:{A}"})),
    ("alice", to({"type": "sip", "address": SIP, "name": "x"}, {"type": "user", "id": A}) | {"type": "call"}),
    ("alice", to(f"user:{B}")),
    ("alice", to(f"tel:{T}", "tel:+442079460002")),
    ("service", to(f"tel:{T}", f"campaign:{CAMPAIGN}")),
    ("alice", {"phoneNumber": SIP}),
    ("alice", {"callUserId": B}),
    ("alice", {"callQueueId": SUPPORT}),
    ("alice", {"phoneNumber": "3172222222"}),
    ("alice", {"phoneNumber": "30005"}),
    ("alice", {"phoneNumber": "+15551234567"}),
    ("alice", {"phoneNumber": T, "sessionType": "softphone"}),
    ("alice", {"phoneNumber": T, "callerId": ""}),
    ("alice", {"phoneNumber": T, "callerId": "+13172222222"}),
]


@pytest.mark.parametrize(("token", "body"), ACCEPTED, ids=str)
def test_accepted(token: str, body: dict[str, Any]) -> None:
    response = post(body, token)
    assert response.status_code == 202
    reply = response.get_json()
    assert reply["selfUri"] == f"{CALLS}/{reply['id']}"
    assert "Ringback-Rule" not in response.headers
    if "to" in body:
        assert response.headers["Ringback-Contract"] == "participants"
        assert {"uri", "createdTime"} <= set(reply)
    else:
        assert set(reply) == {"id", "selfUri"}


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_word_bearer_may_be_in_any_case(scheme: str) -> None:
    response = client().post(CALLS, json={"phoneNumber": T}, headers={"Authorization": f"{scheme} alice"})
    assert response.status_code == 202


def test_an_impossible_number_is_called_in_vain_and_the_reply_says_so() -> None:
    browser = client()
    alice = {"Authorization": "Bearer alice"}
    response = browser.post(CALLS, json={"phoneNumber": "+15551234567"}, headers=alice)
    assert "error" in response.headers["Ringback-Note"]
    assert "Ringback-Note" not in post({"phoneNumber": T}).headers
    assert_refused(post({"phoneNumber": "+15551234567"}, strict_numbers=True), 422, "invalid.phone.number")


def test_an_org_can_answer_200() -> None:
    assert post({"phoneNumber": T}, success_status=200).status_code == 200


@pytest.mark.parametrize("number", ["", "   ", "hello", "tel:nonsense"])
def test_a_published_number_without_digits(number: str) -> None:
    assert_refused(post({"phoneNumber": number}), 400, "bad.request")


def test_client_credentials_place_no_call_of_their_own() -> None:
    assert_refused(post({"phoneNumber": T}, "service"), 400, "not.a.user")


@pytest.mark.parametrize(
    ("user", "status", "code"),
    [
        (B, 400, "conversation.error.no.user.station"),
        (C, 403, "missing.any.permissions"),
        (D, 403, "missing.any.permissions"),
        (UNKNOWN, 404, "not.found"),
    ],
)
def test_client_credentials_on_behalf_of_a_user(user: str, status: int, code: str) -> None:
    assert post({"phoneNumber": T}, "service", f"{CALLS}/user/{A}").status_code == 202
    assert_refused(post({"phoneNumber": T}, "service", f"{CALLS}/user/{user}"), status, code)


@pytest.mark.parametrize(
    "address",
    [
        "15551234567",
        T,
        "555-123-4567",
        "tel:555-123-4567",
        "tel:15551234567",
        "tel:+1 555 123 4567",
        "tel:+44-20-7946-0100",
        f"tel:{T}\n",
        f"user:{UNKNOWN}",
        {"phoneNumber": T},
        {"address": T},
        [{"address": T}],
        5,
        None,
        {},
        "",
    ],
    ids=str,
)
def test_a_malformed_to(address: Any) -> None:
    assert_refused(post(to(address)), 400, "bad.request", MALFORMED)


@pytest.mark.parametrize("address", [A, T, "user:not-a-uuid", {"id": A}, None, 5, {}], ids=str)
def test_a_malformed_from(address: Any) -> None:
    assert_refused(post(to(f"tel:{T}", address)), 400, "bad.request", MALFORMED)


@pytest.mark.parametrize(
    "number",
    ["tel:+15551234567", "tel:+12025550123", "tel:+1202", "tel:+1555ABCDEFG", "tel:+1202555012399999"],
)
def test_an_invalid_number(number: str) -> None:
    assert_refused(post(to(number)), 422, "invalid.phone.number", "Invalid phone number")


def test_each_way_to_miss_a_sip_address_has_its_own_rule() -> None:
    addresses: list[Any] = [
        {"address": SIP},
        "sip:agent",
        "agent@example.com",
        " sip:agent@example.com",
        "sip:agent%40example.com",
        "sip:agent@exa mple.com",
    ]
    rules = [assert_refused(post(to(address)), 400, "bad.request", INVALID) for address in addresses]
    assert len(set(rules)) == len(addresses)


@pytest.mark.parametrize(
    "body", [to(SIP), to({"type": "sip", "address": SIP}), {"phoneNumber": SIP}], ids=str
)
def test_sip_without_trunking(body: Any) -> None:
    assert post(body).status_code == 202
    assert_refused(post(body, sip_trunking=False), 400, "bad.request", INVALID)


def test_the_body_of_the_thread() -> None:
    assert_refused(post({"toAddress": SIP, "fromAddress": T}), 400, "bad.request", INVALID)


def test_a_scope_is_needed() -> None:
    assert_refused(post({"phoneNumber": T}, "noscope"), 403, "not.authorized", UNAUTHORIZED)


@pytest.mark.parametrize("scope", ["conversations", "conversation:call:write", "call:write"])
def test_each_of_the_scopes_will_do(scope: str) -> None:
    token = {"value": "mine", "user": A, "scopes": [scope]}
    assert post({"phoneNumber": T}, "mine", tokens=[token], clients=[]).status_code == 202


def test_a_permission_is_needed() -> None:
    assert_refused(post({"phoneNumber": T}, "carol"), 403, "missing.any.permissions", UNAUTHORIZED)


def test_each_reason_against_from_has_its_own_rule() -> None:
    callers = [f"user:{D}", f"user:{E}", "tel:+442079460009"]
    rules = {
        assert_refused(post(to(f"tel:{T}", caller)), 403, "not.authorized", UNAUTHORIZED)
        for caller in callers
    }
    assert len(rules) == len(callers)


def test_an_unknown_campaign() -> None:
    body = to(f"tel:{T}", f"campaign:{UNKNOWN}")
    assert_refused(post(body, "service"), 403, "not.authorized", UNAUTHORIZED)


def test_no_station() -> None:
    code = "conversation.error.no.user.station"
    assert_refused(post({"phoneNumber": T}, "bob"), 400, code)
    assert_refused(post(to(f"tel:{T}", f"user:{B}")), 400, code)
    assert_refused(post(to(f"tel:{T}"), "bob"), 403, "missing.any.permissions")


@pytest.mark.parametrize(
    ("token", "code"),
    [(None, "authentication.required"), ("nobody", "bad.credentials"), ("expired", "credentials.expired")],
)
def test_unauthenticated(token: str | None, code: str) -> None:
    assert_refused(post({"phoneNumber": T}, token), 401, code)


@pytest.mark.parametrize(
    "media", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""]
)
def test_unsupported_media_type(media: str) -> None:
    alice = {"Authorization": "Bearer alice"}
    body = json.dumps({"phoneNumber": T})
    response = client().post(CALLS, data=body, headers=alice, content_type=media)
    assert_refused(response, 415, "unsupported.media.type")
    charset = "application/json; charset=utf-8"
    assert client().post(CALLS, data=body, headers=alice, content_type=charset).status_code == 202


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"to: you",
        b"[]",
        b"null",
        b"{}",
        b'{"priority": NaN}',
        b"[" * 65,
        b'{"a":' * 70 + b"1" + b"}" * 70,
        b"\xff",
    ],
)
def test_bodies_that_say_nothing(body: bytes) -> None:
    assert_refused(post(body), 400, "bad.request")


def test_a_body_that_is_too_large() -> None:
    padded = json.dumps({"phoneNumber": T}).encode().ljust(512_000)
    assert post(padded).status_code == 202
    assert_refused(post(padded + b" "), 413, "request.entity.too.large")


def test_one_destination_in_one_contract() -> None:
    code = "too.many.create.conversation.parameters"
    assert_refused(post({"phoneNumber": T, "callUserId": B}), 400, code)
    assert_refused(post({"callerId": T}), 400, "bad.request")
    assert_refused(post({"phoneNumber": T, "to": f"tel:{T}"}), 400, "bad.request")


@pytest.mark.parametrize(
    ("body", "field"), [({"phoneNumber": 5}, "phoneNumber"), ({"priority": "x"}, "priority")]
)
def test_a_wrong_type_is_named(body: Any, field: str) -> None:
    response = post(body)
    assert_refused(response, 400, "invalid.value")
    assert response.get_json()["details"] == [{"errorCode": "invalid.value", "fieldName": field}]


@pytest.mark.parametrize("body", [{"callUserId": UNKNOWN}, {"callQueueId": UNKNOWN}], ids=str)
def test_an_unknown_destination(body: Any) -> None:
    assert_refused(post(body), 404, "not.found")


def test_above_the_limit() -> None:
    browser = client(limits={"rate_per_minute": 2})
    alice = {"Authorization": "Bearer alice"}
    replies = [browser.post(CALLS, json={"phoneNumber": T}, headers=alice) for _ in range(3)]
    assert [reply.status_code for reply in replies] == [202, 202, 429]
    assert_refused(replies[2], 429, "too.many.requests.retry.after")
    headers = replies[2].headers
    assert 1 <= int(headers["Retry-After"]) <= 60
    assert headers["inin-ratelimit-reset"] == headers["Retry-After"]
    assert (headers["inin-ratelimit-allowed"], headers["inin-ratelimit-count"]) == ("2", "3")


@pytest.mark.parametrize("contract", ["published", "participants"])
def test_a_mock_that_takes_one_contract_only(contract: str) -> None:
    answers = {
        "published": post({"phoneNumber": T}, contract=contract).status_code,
        "participants": post(to(f"tel:{T}"), contract=contract).status_code,
    }
    assert answers.pop(contract) == 202
    assert set(answers.values()) == {400}


@pytest.mark.parametrize(
    "address",
    [
        {"type": "tel", "address": "tel:15551234567", "name": "Joe @ home"},
        {"type": "user", "id": "nope", "name": "bob@example.com"},
        {"to": "tel:15551234567", "email": "bob@example.com"},
        {"phoneNumber": T, "email": "bob@example.com"},
        {"id": B, "email": "bob@example.com"},
    ],
    ids=str,
)
def test_a_name_or_an_email_address_makes_no_sip_address(address: Any) -> None:
    assert_refused(post(to(address)), 400, "bad.request", MALFORMED)


def test_the_parties_of_a_conference_are_judged_like_a_single_one() -> None:
    sip = {"participants": [{"address": SIP}]}
    assert post(sip).status_code == 202
    assert_refused(post(sip, sip_trunking=False), 400, "bad.request", INVALID)
    assert_refused(post({"participants": [{"address": "sip:agent"}]}), 400, "bad.request", INVALID)
    dead = {"participants": [{"address": T}, {"address": "+15551234567"}]}
    assert post(dead).status_code == 202
    assert_refused(post(dead, strict_numbers=True), 422, "invalid.phone.number")


@pytest.mark.parametrize("body", [{"callUserId": ""}, {"callQueueId": ""}], ids=str)
def test_an_empty_id_names_nobody(body: Any) -> None:
    assert assert_refused(post(body), 400, "bad.request") == "destination.missing"
    assert post({"phoneNumber": T} | body).status_code == 202


def test_from_is_held_to_the_same_on_behalf_of_a_user() -> None:
    body = to(f"tel:{T}", f"user:{E}")
    rules = {
        assert_refused(post(body, "service", path), 403, "not.authorized")
        for path in (CALLS, f"{CALLS}/user/{E}")
    }
    assert rules == {"from.user-not-outbound"}

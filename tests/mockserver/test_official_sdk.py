"""The official Python SDK, unchanged, against a running mock: only its host is set."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.sdk import load_sdk
from tests.serving import mock_server

pytestmark = pytest.mark.sdk

TEST_NUMBER = "+442079460100"
ALICE = "a11ce000-0000-4000-8000-000000000001"
BOB = "b0b00000-0000-4000-8000-000000000002"
SUPPORT = "90e0e000-0000-4000-8000-000000000010"


@pytest.fixture(scope="module")
def sdk() -> Any:
    return load_sdk()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with mock_server() as url:
        yield int(url.rpartition(":")[2])


@pytest.fixture
def api_client(sdk: Any, port: int) -> Any:
    client = sdk.api_client.ApiClient()
    client.set_gateway("127.0.0.1", "http", port, "", "")
    return client


@pytest.fixture
def alice(api_client: Any) -> Any:
    api_client.access_token = "alice"
    return api_client


def error_of(caught: pytest.ExceptionInfo[Any]) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(caught.value.body)
    assert body["contextId"] == caught.value.headers["ININ-Correlation-Id"]
    return body


def test_a_call_from_placing_to_hanging_up(sdk: Any, alice: Any) -> None:
    conversations = sdk.ConversationsApi(alice)
    body = sdk.CreateCallRequest()
    body.phone_number = TEST_NUMBER
    body.attributes = {"order": "42"}
    placed = conversations.post_conversations_calls(body)
    assert placed.self_uri == f"/api/v2/conversations/calls/{placed.id}"

    call = conversations.get_conversations_call(placed.id)
    assert call.id == placed.id
    assert call.participants[0].user.id == ALICE
    assert call.participants[0].purpose == "user"
    assert placed.id in [entity.id for entity in conversations.get_conversations_calls().entities]

    update = sdk.Conversation()
    update.state = "disconnected"
    ended = conversations.patch_conversations_call(placed.id, update)
    assert ended.id == placed.id
    assert {leg.state for leg in conversations.get_conversations_call(placed.id).participants} <= {
        "disconnected",
        "terminated",
    }


def test_a_call_on_behalf_of_a_user_ended_by_disconnect(sdk: Any, api_client: Any) -> None:
    client = api_client.get_client_credentials_token("demo-service", "demo-secret")
    conversations = sdk.ConversationsApi(client)
    placed = conversations.post_conversations_calls_user_user_id(ALICE, {"phoneNumber": TEST_NUMBER})
    assert conversations.get_conversations_call(placed.id).participants[0].user.id == ALICE
    conversations.post_conversation_disconnect(placed.id)
    state = conversations.get_conversations_call(placed.id).participants[0].state
    assert state in {"disconnected", "terminated"}


@pytest.mark.parametrize("body", [{"callUserId": BOB}, {"callQueueId": SUPPORT}], ids=str)
def test_users_and_queues_can_be_dialled(sdk: Any, alice: Any, body: dict[str, str]) -> None:
    assert sdk.ConversationsApi(alice).post_conversations_calls(body).id


@pytest.mark.parametrize(
    ("token", "body", "status", "code"),
    [
        ("alice", {"phoneNumber": "hello"}, 400, "bad.request"),
        ("alice", {"phoneNumber": 5}, 400, "invalid.value"),
        ("alice", {"to": TEST_NUMBER, "from": f"user:{ALICE}"}, 400, "bad.request"),
        ("alice", {"to": "tel:+15551234567", "from": f"user:{ALICE}"}, 422, "invalid.phone.number"),
        ("alice", {"callUserId": "nobody"}, 404, "not.found"),
        ("bob", {"phoneNumber": TEST_NUMBER}, 400, "conversation.error.no.user.station"),
        ("carol", {"phoneNumber": TEST_NUMBER}, 403, "missing.any.permissions"),
        ("service", {"phoneNumber": TEST_NUMBER}, 400, "not.a.user"),
        ("expired", {"phoneNumber": TEST_NUMBER}, 401, "credentials.expired"),
    ],
)
def test_its_error_bodies_tell_what_the_rule_says(
    sdk: Any, api_client: Any, token: str, body: Any, status: int, code: str
) -> None:
    api_client.access_token = token
    with pytest.raises(sdk.rest.ApiException) as caught:
        sdk.ConversationsApi(api_client).post_conversations_calls(body)
    assert caught.value.status == status
    assert error_of(caught)["code"] == code


def test_users_and_tokens(sdk: Any, alice: Any) -> None:
    assert sdk.UsersApi(alice).get_users_me().id == ALICE
    assert sdk.UsersApi(alice).get_user(BOB).name == "Bob"
    assert sdk.TokensApi(alice).get_tokens_me().authorized_scope == [
        "conversations",
        "notifications",
        "oauth",
        "organization",
        "presence",
        "routing",
        "stations",
        "users",
        "voicemail",
    ]


def test_a_revoked_token_is_refused(sdk: Any, api_client: Any) -> None:
    client = api_client.get_client_credentials_token("demo-service", "demo-secret")
    sdk.TokensApi(client).delete_tokens_me()
    with pytest.raises(sdk.rest.ApiException) as caught:
        sdk.TokensApi(client).get_tokens_me()
    assert error_of(caught)["code"] == "bad.credentials"


def test_a_wrong_secret_is_told_as_the_platform_tells_it(sdk: Any, api_client: Any) -> None:
    with pytest.raises(sdk.rest.ApiException) as caught:
        api_client.get_client_credentials_token("demo-service", "wrong")
    assert caught.value.status == 400
    assert json.loads(caught.value.body)["error"] == "invalid_client"


def test_an_operation_that_is_not_served_says_so(sdk: Any, alice: Any) -> None:
    with pytest.raises(sdk.rest.ApiException) as caught:
        sdk.RoutingApi(alice).get_routing_skills()
    assert caught.value.status == 501
    assert "does not serve" in error_of(caught)["message"]


def test_the_sdk_leaves_no_thread_behind() -> None:
    """A watcher of the home folder would outlive the tests."""
    assert not [thread for thread in threading.enumerate() if "watch" in thread.name.lower()]

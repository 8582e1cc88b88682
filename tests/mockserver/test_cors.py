"""Which web pages may use the API, and what their browsers are told (Fetch standard, section 3.2)."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import pytest

from ringback_mock.app import create_app
from ringback_mock.engine.cors import Cors
from ringback_mock.engine.store import Store
from tests.serving import mock_server

if TYPE_CHECKING:
    from flask.testing import FlaskClient

CALLS = "/api/v2/conversations/calls"
PAGE = "http://localhost:5173"
ALICE = {"Authorization": "Bearer alice", "Origin": PAGE}
BODY = {"phoneNumber": "+442079460100"}
SHARED = [
    CALLS,
    "/api/v2/users/me",
    "/api/v2/no/such/path",
    "/api/v2/flows",
    "/oauth/token",
    "/livez",
    "/healthz",
    "/openapi.json",
]
ORIGINS = [
    PAGE,
    "https://app.example.com",
    "http://127.0.0.1:8000",
    "http://[::1]:3000",
    "null",
    "file://",
    "chrome-extension://abcdefghijklmnop",
    "capacitor://localhost",
]
NO_ORIGINS = [
    "",
    "localhost:5173",
    "http://localhost:5173/",
    "http://a.example, http://b.example",
    "http://a b",
]


@pytest.fixture
def client() -> FlaskClient:
    return create_app().test_client()


def wish(method: str = "POST", **headers: str) -> dict[str, str]:
    named = {f"Access-Control-Request-{name}": value for name, value in headers.items()}
    return {"Origin": PAGE, "Access-Control-Request-Method": method, **named}


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"])
@pytest.mark.parametrize("path", SHARED)
def test_a_page_may_send_what_it_wishes(client: FlaskClient, path: str, method: str) -> None:
    answer = client.options(
        path, headers=wish(method, Headers="authorization,content-type,purecloud-sdk,x-own")
    )
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE
    assert method in answer.headers["Access-Control-Allow-Methods"].split(", ")
    assert answer.headers["Access-Control-Allow-Headers"] == "authorization,content-type,purecloud-sdk,x-own"
    assert answer.headers["Vary"].startswith("Origin, ")
    assert "Access-Control-Allow-Private-Network" not in answer.headers
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_a_page_of_the_internet_may_reach_this_machine_if_its_browser_asks(client: FlaskClient) -> None:
    answer = client.options(CALLS, headers={**wish(), "Access-Control-Request-Private-Network": "true"})
    assert answer.headers["Access-Control-Allow-Private-Network"] == "true"


@pytest.mark.parametrize("origin", ORIGINS)
def test_the_answer_is_shared_with_the_page_that_asked(client: FlaskClient, origin: str) -> None:
    answer = client.post(CALLS, json=BODY, headers={**ALICE, "Origin": origin})
    assert answer.status_code == 202
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize("origin", NO_ORIGINS)
def test_nothing_is_shared_with_what_is_no_origin(client: FlaskClient, origin: str) -> None:
    answer = client.post(CALLS, json=BODY, headers={**ALICE, "Origin": origin})
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_whoever_is_no_page_is_told_nothing_of_it(client: FlaskClient) -> None:
    answer = client.post(CALLS, json=BODY, headers={"Authorization": "Bearer alice"})
    assert not [name for name, _ in answer.headers if name.startswith("Access-Control") or name == "Vary"]


def test_a_refusal_is_shared_with_every_header_that_says_why(client: FlaskClient) -> None:
    answer = client.post(CALLS, json={"phoneNumber": "nonsense"}, headers=ALICE)
    assert answer.status_code == 400
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE
    exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"ININ-Correlation-Id", "Ringback-Rule", "Ringback-Version", "Link"} <= set(exposed)


@pytest.mark.parametrize("path", [CALLS, "/api/v2/no/such/path", "/api/v2/flows"])
def test_what_is_not_served_is_shared_too(client: FlaskClient, path: str) -> None:
    answer = client.delete(path, headers=ALICE)
    assert answer.status_code >= 400
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE


def test_a_fault_is_shared_and_no_preflight_uses_it_up() -> None:
    client = create_app().test_client()
    client.post("/__ringback/faults", json={"kind": "rate-limited", "retry_after": 1})
    assert client.options(CALLS, headers=wish()).status_code == 204
    answer = client.post(CALLS, json=BODY, headers=ALICE)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (429, PAGE)
    assert "Retry-After" in answer.headers["Access-Control-Expose-Headers"].split(", ")


def test_a_preflight_is_no_exchange(client: FlaskClient) -> None:
    client.options(CALLS, headers=wish())
    assert json.loads(client.get("/__ringback/exchanges").data)["total"] == 0


@pytest.mark.parametrize("path", ["/__ringback/reset", "/__ringback/exchanges", "/__ringback"])
def test_the_admin_paths_are_shared_with_nobody(client: FlaskClient, path: str) -> None:
    for answer in (client.options(path, headers=wish()), client.get(path, headers={"Origin": PAGE})):
        assert answer.status_code == 403
        assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("headers", [{}, {"Origin": PAGE}, {"Access-Control-Request-Method": "POST"}])
def test_options_alone_is_no_preflight(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.options(CALLS, headers=headers).status_code == 405


def test_another_host_is_no_way_in(client: FlaskClient) -> None:
    assert client.options(CALLS, headers={**wish(), "Host": "evil.example"}).status_code == 421


def test_the_origins_can_be_narrowed(caplog: pytest.LogCaptureFixture) -> None:
    client = create_app(cors_origins=("HTTP://LocalHost:5173",)).test_client()
    assert client.options(CALLS, headers=wish()).status_code == 204
    stranger = {**wish(), "Origin": "https://evil.example"}
    with caplog.at_level(logging.WARNING, "ringback"):
        refused = client.options(CALLS, headers=stranger)
        answer = client.post(CALLS, json=BODY, headers={**ALICE, "Origin": "https://evil.example"})
    assert (refused.status_code, json.loads(refused.data)["error"]) == (403, "origin_not_allowed")
    assert "http://localhost:5173" in json.loads(refused.data)["message"]
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.headers["Vary"] == "Origin"
    [told] = [record.getMessage() for record in caplog.records]
    assert "https://evil.example" in told
    assert "--cors-origin" in told


@pytest.mark.parametrize(
    "origin", ["localhost", "http://localhost:5173/", "http://*.example.com", "*.example.com"]
)
def test_what_is_no_origin_cannot_be_allowed(origin: str) -> None:
    with pytest.raises(ValueError, match="is no origin; write scheme, host and port"):
        Cors([origin])


def test_any_beside_others_is_any() -> None:
    assert not Cors(["*", PAGE]).origins


def test_the_log_names_a_bounded_number_of_origins(caplog: pytest.LogCaptureFixture) -> None:
    client = create_app(store=Store(), cors_origins=(PAGE,)).test_client()
    with caplog.at_level(logging.WARNING, "ringback"):
        for number in range(150):
            client.options(CALLS, headers={**wish(), "Origin": f"http://a{number}.example"})
    assert len(caplog.records) == 100


def test_serve_takes_the_origins() -> None:
    import requests

    with mock_server("--cors-origin", PAGE, "--cors-origin", "https://app.example.com") as url:
        for origin, status in ((PAGE, 204), ("https://app.example.com", 204), ("http://localhost:1", 403)):
            assert (
                requests.options(url + CALLS, headers={**wish(), "Origin": origin}, timeout=10).status_code
                == status
            )

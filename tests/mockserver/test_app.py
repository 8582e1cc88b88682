"""The Flask site: what is served beside the pipeline, and what every reply has in common."""

from __future__ import annotations

import io
import json
import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from openapi_spec_validator import validate

from ringback_contracts.catalogue import TABLE
from ringback_contracts.core.model import Finding, Request, Violation
from ringback_contracts.core.payload import MAX_BYTES
from ringback_contracts.http.envelope import envelope
from ringback_contracts.org import OrgError, changed, default_org, default_org_text
from ringback_mock.app import create_app
from ringback_mock.engine.pipeline import Answered, Pipeline
from ringback_mock.engine.store import Store
from ringback_mock.version import VERSION
from tests.mockserver.wire import CALL, CALLS

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

BEARER = {"Authorization": "Bearer alice", "Content-Type": "application/json"}
FORM = {"grant_type": "client_credentials"}
SERVICE = ("demo-service", "demo-secret")
SERVED = {
    "/livez": {"GET", "HEAD"},
    "/healthz": {"GET", "HEAD"},
    "/openapi.json": {"GET", "HEAD"},
    "/oauth/token": {"POST"},
    "/oauth/authorize": {"GET", "HEAD", "POST"},
    "/__ringback/reset": {"POST"},
    "/__ringback/orgs": {"POST", "DELETE"},
    "/__ringback/exchanges": {"GET", "HEAD"},
    "/__ringback/exchanges/x": {"GET", "HEAD"},
    "/__ringback/faults": {"GET", "HEAD", "POST", "DELETE"},
    "/__ringback/faults/fault-1": {"DELETE"},
    "/__ringback/rules": {"GET", "HEAD"},
    "/__ringback/openapi.json": {"GET", "HEAD"},
    "/metrics": {"GET", "HEAD"},
    CALLS: {"GET", "HEAD", "POST"},
    "/api/v2/users/me": {"GET", "HEAD"},
}
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"}


@pytest.fixture
def app() -> Flask:
    app = create_app()
    app.testing = True
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


# Every reply


@pytest.mark.parametrize(
    "path",
    [*SERVED, "/", "/nothing", "/api", "/api/v2/nothing", "/api/v2/routing/queues", "//healthz", "/healthz/"],
)
def test_every_reply_tells_its_correlation_id_and_our_version(client: FlaskClient, path: str) -> None:
    for method in METHODS:
        response = client.open(path, method=method)
        assert len(response.headers.getlist("ININ-Correlation-Id")) == 1
        assert response.headers.getlist("Ringback-Version") == [VERSION]
        assert response.status_code < 500 or response.status_code == 501


@pytest.mark.parametrize("path", SERVED)
def test_a_served_path_answers_405_with_allow_to_other_methods(client: FlaskClient, path: str) -> None:
    for method in METHODS - SERVED[path]:
        response = client.open(path, method=method)
        assert response.status_code == 405
        assert set(response.headers["Allow"].split(", ")) == SERVED[path]


@pytest.mark.parametrize(
    "path", ["/", "/nothing", "/healthz/", "/oauth", "/__ringback//rules", "/__ringback/nothing", "/apiary"]
)
def test_an_unknown_path_outside_the_api_is_404_in_json(client: FlaskClient, path: str) -> None:
    response = client.get("/", environ_overrides={"PATH_INFO": path})
    assert response.status_code == 404
    assert response.get_json()["error"] == "not_found"
    assert "/openapi.json" in response.get_json()["message"]


@pytest.mark.parametrize("path", ["/healthz", "/openapi.json", "/__ringback/rules", "/api/v2/users/me"])
def test_head_has_the_headers_of_get_and_no_body(client: FlaskClient, path: str) -> None:
    get, head = client.get(path, headers=BEARER), client.head(path, headers=BEARER)
    assert (get.status_code, head.status_code, head.data) == (200, 200, b"")
    assert get.headers["Content-Length"] == head.headers["Content-Length"]


# The Host


def test_another_host_is_421_in_the_envelope_and_outside_it(client: FlaskClient) -> None:
    api = client.post(CALLS, data=CALL, headers=BEARER | {"Host": "evil.example"})
    assert (api.status_code, api.headers["Ringback-Rule"]) == (421, "host.misdirected")
    other = client.get("/healthz", headers={"Host": "evil.example"})
    assert (other.status_code, other.get_json()["error"]) == (421, "misdirected_request")
    assert client.post("/__ringback/reset", headers={"Host": "evil.example"}).status_code == 421


@pytest.mark.parametrize("path", ["/healthz", CALLS])
def test_a_request_with_two_hosts_is_malformed_wherever_it_goes(client: FlaskClient, path: str) -> None:
    response = client.get(path, environ_overrides={"HTTP_HOST": "localhost, localhost"})
    assert (response.status_code, response.headers["Ringback-Rule"]) == (400, "http.malformed")


def test_a_host_can_be_allowed() -> None:
    client = create_app(allow_hosts=("mock.example",)).test_client()
    assert client.get("/healthz", headers={"Host": "mock.example:80"}).status_code == 200


# What it is made of


def test_an_org_can_be_given_as_such_as_a_file_or_with_a_store(tmp_path: Path) -> None:
    org = changed(default_org(), {"success_status": 200})
    file = tmp_path / "org.toml"
    file.write_text(default_org_text().replace("success_status = 202", "success_status = 200"), "utf-8")
    for app in (create_app(org), create_app(file), create_app(str(file)), create_app(store=Store(org))):
        assert app.test_client().post(CALLS, data=CALL, headers=BEARER).status_code == 200
    assert create_app().test_client().post(CALLS, data=CALL, headers=BEARER).status_code == 202


def test_an_org_and_a_store_contradict_each_other() -> None:
    with pytest.raises(ValueError, match="either an org or a store"):
        create_app(default_org(), store=Store())


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "cannot be read"), (b"\xff", "cannot be read"), (b"x = 1", "x: there is no")],
)
def test_a_file_that_is_no_org_is_named(tmp_path: Path, content: bytes | None, reason: str) -> None:
    file = tmp_path / "org.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(OrgError, match=rf"org\.toml: .*{reason}"):
        create_app(file)


def test_an_application_takes_no_fault_of_the_handshakes_around_it() -> None:
    org = changed(default_org(), {"faults": [{"kind": "expired-certificate"}]})
    with pytest.raises(ValueError, match=r"expired-certificate, but .*--tls-authority"):
        create_app(org)


# Documents


def test_the_document_is_valid_and_of_the_contract_that_is_served(client: FlaskClient) -> None:
    document = client.get("/openapi.json").get_json()
    validate(document)
    assert set(document["paths"]) >= {CALLS, "/oauth/token", "/livez", "/healthz"}
    published = create_app(changed(default_org(), {"contract": "published"})).test_client()
    assert published.get("/openapi.json").get_json() != document


def test_health_says_that_it_serves(client: FlaskClient) -> None:
    assert client.get("/livez").get_json() == client.get("/healthz").get_json() == {"status": "ok"}


# The token endpoint


def test_a_token_is_issued_that_works(client: FlaskClient) -> None:
    issued = client.post("/oauth/token", data=FORM, auth=SERVICE)
    assert issued.status_code == 200
    assert issued.headers["Cache-Control"] == "no-store"
    bearer = {"Authorization": f"Bearer {issued.get_json()['access_token']}"}
    assert client.get("/api/v2/tokens/me", headers=bearer).status_code == 200


def test_the_token_endpoint_s_exchanges_are_kept_without_their_secrets(client: FlaskClient) -> None:
    issued = client.post("/oauth/token", data=FORM, auth=SERVICE)
    correlation_id = issued.headers["ININ-Correlation-Id"]
    kept = client.get(f"/__ringback/exchanges/{correlation_id}").get_json()
    assert kept["request"]["path"] == "/oauth/token"
    assert kept["response"]["status"] == 200
    assert issued.get_json()["access_token"] not in json.dumps(kept)
    assert "demo-secret" not in json.dumps(kept)


def test_a_fresh_org_s_token_exchanges_are_its_own(client: FlaskClient) -> None:
    org = client.post("/__ringback/orgs").get_json()
    credentials = org["clients"]["demo-service"]
    client.post("/oauth/token", data=FORM, auth=(credentials["id"], credentials["secret"]))
    assert len(client.get(f"/__ringback/exchanges?org={org['id']}").get_json()["exchanges"]) == 1
    assert client.get("/__ringback/exchanges").get_json()["exchanges"] == []


# Bodies


class Counting(io.BytesIO):
    """A stream that knows how much of it was asked for at once."""

    most = 0

    def read(self, size: int | None = -1) -> bytes:
        self.most = max(self.most, len(self.getvalue()) if size is None or size < 0 else size)
        return super().read(size)


def test_a_body_beyond_the_limit_is_read_to_its_end_but_never_held(client: FlaskClient) -> None:
    stream = Counting(b" " * (MAX_BYTES * 3))
    overrides = {"CONTENT_LENGTH": str(MAX_BYTES * 3), "wsgi.input_terminated": True}
    response = client.post(CALLS, input_stream=stream, headers=BEARER, environ_overrides=overrides)
    assert (response.status_code, response.headers["Ringback-Rule"]) == (413, "body.too-large")
    assert stream.tell() == MAX_BYTES * 3, "the client would miss its answer"
    assert stream.most <= MAX_BYTES + 1


# Bugs


def failing(self: Pipeline, request: Request, scheme: str) -> Answered:
    raise RuntimeError(f"cannot handle {request.body!r}")


def test_a_bug_is_answered_with_500_and_logged_without_what_was_sent(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(Pipeline, "answer", failing)
    with caplog.at_level(logging.ERROR):
        response = create_app().test_client().post(CALLS, data=CALL, headers=BEARER)
    error = response.get_json()
    assert (response.status_code, error["code"], error["status"]) == (500, "internal.server.error", 500)
    assert set(error) == set(envelope(Finding(TABLE.rules[0], Violation("")), ""))
    assert error["contextId"] == response.headers["ININ-Correlation-Id"]
    assert error["contextId"] in caplog.text
    assert "in failing" in caplog.text
    assert "+442079460100" not in caplog.text


def test_a_bug_is_loud_in_tests(monkeypatch: pytest.MonkeyPatch, client: FlaskClient) -> None:
    monkeypatch.setattr(Pipeline, "answer", failing)
    with pytest.raises(RuntimeError, match="cannot handle"):
        client.post(CALLS, data=CALL, headers=BEARER)


# The access log


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name.startswith("ringback.access")]


def test_each_request_is_logged_where_that_is_asked_for(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "ringback.access"):
        client.post(CALLS, data=CALL, headers=BEARER)
        client.get("/oauth/authorize?client_id=x&state=hush")
        client.get("/api/v2/users/+13172222222")
    placed, page = lines(caplog)[:2]
    assert placed == f"POST {CALLS} 202"
    assert re.fullmatch(r"GET /oauth/authorize 400 \S*/__ringback/exchanges/[0-9a-f-]{36}", page)
    assert "3172222222" not in lines(caplog)[2]


def test_the_line_of_a_refusal_names_the_rule_its_fix_and_the_explanation(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "ringback.access"):
        refused = client.post(CALLS, data=b'{"phoneNumber": "+13172222222 x"}', headers=BEARER)
    exchange = f"/__ringback/exchanges/{refused.headers['ININ-Correlation-Id']}"
    rule = TABLE["phone-number.unreadable"]
    assert lines(caplog) == [f"POST {CALLS} 400 {rule.id}: {rule.fix} {exchange}"]


def test_a_path_cannot_forge_a_line(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "ringback.access"):
        client.get("/x%0aINFO%20ringback:%20forged%1b[31m%c2%9b")
    (line,) = lines(caplog)
    assert line.startswith(r"GET /x\x0aINFO ringback: forged\x1b[31m\x9b 404 /__ringback/exchanges/")


def test_nothing_is_logged_otherwise(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "ringback.access"):
        client.get("/healthz")
    assert lines(caplog) == []


def test_a_wsgi_server_may_know_no_content_type(client: FlaskClient) -> None:
    response = client.post(CALLS, data=CALL, headers={"Authorization": "Bearer alice"}, content_type="")
    assert response.headers["Ringback-Rule"] == "media-type.unsupported"


def test_an_underscore_does_not_forge_a_content_type(client: FlaskClient) -> None:
    forged = {"HTTP_CONTENT_TYPE": "application/json", "HTTP_AUTHORIZATION": "Bearer alice"}
    response = client.post(CALLS, data=CALL, environ_overrides=forged)
    assert response.headers["Ringback-Rule"] == "media-type.unsupported"


def kind(response: TestResponse) -> Any:
    return response.headers.get("Content-Type")


def test_an_empty_reply_has_no_media_type(client: FlaskClient) -> None:
    placed = client.post(CALLS, data=CALL, headers=BEARER).get_json()["id"]
    ended = client.post(f"/api/v2/conversations/{placed}/disconnect", headers=BEARER)
    assert (ended.status_code, ended.data, kind(ended)) == (202, b"", None)

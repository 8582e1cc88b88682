"""Who may use the admin paths, and who may log a user in."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_mock.app import create_app
from ringback_mock.engine.guard import Guard, is_foreign
from ringback_mock.engine.hosts import HostCheck
from ringback_mock.engine.store import Store
from ringback_mock.site import Site

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

PAGE = ("GET", "/__ringback/")  # it asks for the token itself
ADMIN = [
    ("POST", "/__ringback/reset"),
    ("POST", "/__ringback/orgs"),
    ("DELETE", "/__ringback/orgs"),
    ("GET", "/__ringback/exchanges"),
    ("HEAD", "/__ringback/exchanges"),
    ("GET", "/__ringback/exchanges/x"),
    ("GET", "/__ringback/faults"),
    ("POST", "/__ringback/faults"),
    ("DELETE", "/__ringback/faults"),
    ("DELETE", "/__ringback/faults/fault-1"),
    ("GET", "/__ringback/rules"),
    ("GET", "/__ringback/openapi.json"),
    ("OPTIONS", "/__ringback/reset"),
    ("GET", "/__ringback/nothing"),
    PAGE,
    ("GET", "/__ringback"),
    ("POST", "//__ringback/reset"),
    ("POST", "///__ringback/reset"),
    ("POST", "/%5F_ringback/reset"),
]
FOREIGN = [
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://evil.example"},
    {"Origin": "http://localhost:3000"},
    {"Origin": "http://localhost"},
    {"Origin": "https://localhost:8010"},
    {"Origin": "http://127.0.0.1:8010"},
    {"Origin": "http://localhost:80100"},
    {"Origin": "http://localhost:8010/"},
    {"Origin": "http://localhost:8010, http://evil.example"},
    {"Origin": "http://user@localhost:8010"},
    {"Origin": "file://"},
    {"Origin": "chrome-extension://abcdefghijklmnop"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "Cross-Site"},
    {"Sec-Fetch-Site": "something-new"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://evil.example"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost:8010"},
    {"X-Forwarded-Proto": "https", "Origin": "http://localhost:8010"},
    {"X-Forwarded-Proto": "https", "Origin": "https://evil.example"},
]
OWN = [
    {},
    {"Origin": "http://localhost:8010"},
    {"Origin": "HTTP://LocalHost:8010"},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost:8010"},
    {"X-Forwarded-Proto": "https", "Origin": "https://localhost:8010"},  # a proxy in front speaks TLS
]
HOST = {"Host": "localhost:8010"}
TOKEN = "a-long-admin-token"
HEADER = "Ringback-Admin-Token"


def test_the_header_s_name_is_the_documented_one(client: FlaskClient) -> None:
    document = client.get("/__ringback/openapi.json").get_json()
    assert document["components"]["securitySchemes"]["adminToken"]["name"] == HEADER


@pytest.fixture
def client() -> FlaskClient:
    return create_app().test_client()


def ask(client: FlaskClient, method: str, path: str, headers: dict[str, str] | None = None) -> TestResponse:
    """A request whose path arrives as it stands, slashes and all."""
    return client.open(method=method, headers=headers, environ_overrides={"PATH_INFO": unquote(path)})


def error(response: TestResponse) -> tuple[int, str]:
    return response.status_code, response.get_json()["error"]


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize(("method", "path"), ADMIN)
def test_a_page_of_another_origin_gets_nowhere(
    client: FlaskClient, method: str, path: str, headers: dict[str, str]
) -> None:
    response = ask(client, method, path, HOST | headers)
    assert response.status_code == 403
    assert method == "HEAD" or response.get_json()["error"] == "foreign_origin"


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "application/json"]
)
def test_nothing_changes_for_a_foreign_page(client: FlaskClient, content_type: str) -> None:
    foreign = HOST | {"Origin": "http://localhost:3000"}
    fault, before = '{"kind": "server-error"}', client.get("/__ringback/faults").get_json()
    refused = client.post("/__ringback/faults", data=fault, headers=foreign, content_type=content_type)
    assert "another origin" in refused.get_json()["message"]
    assert client.get("/__ringback/faults").get_json() == before


@pytest.mark.parametrize("headers", OWN)
def test_our_own_pages_and_programs_are_let_in(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.get("/__ringback/exchanges", headers=HOST | headers).status_code == 200
    assert client.post("/__ringback/reset", headers=HOST | headers).status_code == 204


def test_the_port_that_a_scheme_has_anyway_need_not_be_named() -> None:
    for scheme, port in (("http", 80), ("https", 443)):
        assert not is_foreign({"origin": f"{scheme}://localhost", "host": f"localhost:{port}"}, scheme)
        assert not is_foreign({"origin": f"{scheme}://localhost:{port}", "host": "localhost"}, scheme)
        assert is_foreign({"origin": f"{scheme}://localhost:8010", "host": "localhost"}, scheme)
    assert is_foreign({"origin": "http://localhost:443", "host": "localhost"}, "https")
    told = {"host": "mock.example:8443", "x-forwarded-host": "mock.example", "x-forwarded-proto": "https"}
    assert not is_foreign({"origin": "https://mock.example:8443", **told}, "http")
    assert is_foreign({"origin": "https://other.example:8443", **told}, "http")


ORIGINS = st.builds(
    "{}://{}{}".format,
    st.sampled_from(["http", "https", "file", "ws"]),
    st.sampled_from(["localhost", "127.0.0.1", "[::1]", "evil.example", "localhost.evil.example"]),
    st.sampled_from(["", ":80", ":443", ":3000", ":8010"]),
)


@given(origin=ORIGINS, own=ORIGINS)
def test_an_origin_is_its_scheme_host_and_port(origin: str, own: str) -> None:
    def parts(url: str) -> tuple[str, str]:
        scheme, _, rest = url.partition("://")
        port = {"http": ":80", "https": ":443"}.get(scheme, "")
        return scheme, rest if rest.rpartition(":")[2].isdigit() else rest + port

    scheme, _, host = own.partition("://")
    assert is_foreign({"origin": origin, "host": host}, scheme) is (parts(origin) != parts(own))


@given(origin=st.text(max_size=40))
def test_whatever_is_no_origin_of_ours_is_foreign(origin: str) -> None:
    same = origin.strip().lower() == "http://localhost:8010"
    assert is_foreign({"origin": origin, "host": "localhost:8010"}, "http") is not same


# Logging in


LOGIN = {"client_id": "demo-app", "response_type": "code", "redirect_uri": "http://localhost:3000/callback"}


@pytest.mark.parametrize("headers", FOREIGN)
def test_no_foreign_page_can_log_a_user_in(client: FlaskClient, headers: dict[str, str]) -> None:
    for path in ("/oauth/authorize", "//oauth/authorize"):
        posted = ask(client, "POST", path, HOST | headers)
        assert error(posted) == (403, "foreign_origin")


def test_any_page_may_lead_to_the_login(client: FlaskClient) -> None:
    for headers in FOREIGN:
        assert client.get("/oauth/authorize", query_string=LOGIN, headers=HOST | headers).status_code != 403


def test_the_login_page_lets_a_browser_name_its_origin(client: FlaskClient) -> None:
    page = client.get("/oauth/authorize", query_string=LOGIN)
    assert page.headers["Referrer-Policy"] == "same-origin"


# The token


def guarded(token: str | None, bound: str = "127.0.0.1") -> FlaskClient:
    hosts = HostCheck(bound, ["mock.example"])
    return Site(Store(), hosts=hosts, guard=Guard(token, bound)).application.test_client()


@pytest.mark.parametrize(("method", "path"), [each for each in ADMIN if each != PAGE])
@pytest.mark.parametrize("bound", ["127.0.0.1", "0.0.0.0"])
def test_a_server_with_a_token_asks_for_it(bound: str, method: str, path: str) -> None:
    client = guarded(TOKEN, bound)
    without = ask(client, method, path)
    wrong = ask(client, method, path, {HEADER: TOKEN + "x"})
    assert without.status_code == wrong.status_code == 401
    assert without.headers["WWW-Authenticate"] == f'{HEADER} realm="ringback"'
    assert ask(client, method, path, {HEADER: TOKEN}).status_code not in (401, 403)
    foreign = {HEADER: TOKEN, "Origin": "http://localhost:3000"}
    assert ask(client, method, path, foreign).status_code == 403


@pytest.mark.parametrize(
    "given", ["", " ", TOKEN[:-1], TOKEN.upper(), f"Bearer {TOKEN}", f"{TOKEN}, {TOKEN}", "\xe9"]
)
def test_nothing_but_the_token_is_the_token(given: str) -> None:
    refused = guarded(TOKEN).get("/__ringback/rules", headers={HEADER: given})
    assert error(refused) == (401, "admin_token_wrong")
    assert TOKEN not in refused.get_data(as_text=True)


def test_a_refusal_says_how_to_send_the_token() -> None:
    refused = guarded(TOKEN).get("/__ringback/rules")
    assert error(refused) == (401, "admin_token_needed")
    for word in (HEADER, "RINGBACK_ADMIN_TOKEN"):
        assert word in refused.get_json()["message"]


@pytest.mark.parametrize("bound", ["0.0.0.0", "::", "", "192.0.2.1", "2001:db8::1", "mock.example"])
@pytest.mark.parametrize(("method", "path"), ADMIN)
def test_without_a_token_the_admin_paths_are_closed_to_the_network(
    bound: str, method: str, path: str
) -> None:
    client = guarded(None, bound)
    for headers in ({}, HOST, {"Host": "127.0.0.1"}, {HEADER: TOKEN}):
        assert ask(client, method, path, headers).status_code == 403
    assert client.get("/healthz").status_code == 200


def test_a_closed_path_says_how_to_open_it() -> None:
    refused = guarded(None, "0.0.0.0").get("/__ringback/rules")
    assert error(refused) == (403, "admin_closed")
    for word in ("RINGBACK_ADMIN_TOKEN", "--admin-token", HEADER, "127.0.0.1"):
        assert word in refused.get_json()["message"]


@pytest.mark.parametrize("bound", ["127.0.0.1", "127.8.9.10", "::1", "localhost"])
def test_on_loopback_no_token_is_needed(bound: str) -> None:
    assert guarded(None, bound).get("/__ringback/rules").status_code == 200


def test_an_application_in_another_server_is_closed_to_other_machines() -> None:
    there = {"REMOTE_ADDR": "192.0.2.7"}
    closed, opened = create_app().test_client(), create_app(admin_token=TOKEN).test_client()
    assert error(closed.get("/__ringback/rules", environ_base=there)) == (403, "admin_closed")
    token = {HEADER: TOKEN}
    assert opened.get("/__ringback/rules", environ_base=there, headers=token).status_code == 200


@pytest.mark.parametrize("token", ["", " ", "two words", "tab\t", "line\n", "caf\xe9"])
def test_a_token_that_no_header_can_carry_is_refused_at_the_start(token: str) -> None:
    with pytest.raises(ValueError, match="visible ASCII"):
        create_app(admin_token=token)


def test_no_repr_shows_the_token() -> None:
    site = Site(Store(), guard=Guard(TOKEN))
    assert TOKEN not in repr(site)

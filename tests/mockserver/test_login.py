"""The login page: what a browser gets, and where it goes."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ringback_contracts.org import Org, User, default_org
from ringback_mock.app import create_app

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

PAGE = "/oauth/authorize"
ALICE = "a11ce000-0000-4000-8000-000000000001"
DAVE = "da5e0000-0000-4000-8000-000000000004"
CALLBACK = "http://localhost:8000/callback"
QUERY = {"client_id": "demo-app", "redirect_uri": CALLBACK, "response_type": "code", "state": 's"<&>é'}
APP = ("demo-app", "demo-secret")


@pytest.fixture
def client() -> FlaskClient:
    app = create_app()
    app.testing = True
    return app.test_client()


def fields(page: TestResponse) -> dict[str, str]:
    """The hidden fields of the page's form."""
    return {
        unescape(name): unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page.text)
    }


def answer(response: TestResponse) -> dict[str, list[str]]:
    assert response.status_code == 303
    assert response.headers["Location"].startswith(CALLBACK + "?")
    return parse_qs(urlsplit(response.headers["Location"]).query)


def test_whoever_picks_a_user_goes_back_with_a_code_that_is_good(client: FlaskClient) -> None:
    page = client.get(PAGE, query_string=QUERY)
    assert page.status_code == 200
    sent = answer(client.post(PAGE, data={**fields(page), "user": ALICE}))
    assert sent["state"] == [QUERY["state"]]
    form = {"grant_type": "authorization_code", "code": sent["code"][0], "redirect_uri": CALLBACK}
    token = client.post("/oauth/token", data=form, auth=APP).get_json()["access_token"]
    me = client.get("/api/v2/users/me", headers={"Authorization": f"Bearer {token}"})
    assert me.get_json()["id"] == ALICE


def test_the_page_offers_the_enabled_users(client: FlaskClient) -> None:
    offered = re.findall(r'<button name="user" value="([^"]*)"', client.get(PAGE, query_string=QUERY).text)
    assert offered == [user.id for user in default_org().users if user.enabled]
    assert DAVE not in offered


def test_a_fresh_org_s_client_leads_to_its_own_users(client: FlaskClient) -> None:
    fresh = client.post("/__ringback/orgs").get_json()
    query = {**QUERY, "client_id": fresh["clients"]["demo-app"]["id"]}
    sent = answer(client.post(PAGE, data={**query, "user": ALICE}))
    form = {"grant_type": "authorization_code", "code": sent["code"][0], "redirect_uri": CALLBACK}
    assert client.post("/oauth/token", data=form, auth=APP).status_code == 400
    credentials = (fresh["clients"]["demo-app"]["id"], fresh["clients"]["demo-app"]["secret"])
    assert client.post("/oauth/token", data=form, auth=credentials).status_code == 200


@pytest.mark.parametrize("change", [{"client_id": "nobody"}, {"redirect_uri": "http://evil.example/"}])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_is_sent_to_an_address_that_is_not_registered(
    client: FlaskClient, method: str, change: dict[str, str]
) -> None:
    asked = {**QUERY, **change}
    response = client.get(PAGE, query_string=asked) if method == "GET" else client.post(PAGE, data=asked)
    assert response.status_code == 400
    assert "Location" not in response.headers
    assert "This login cannot go on" in response.text


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"response_type": "nonsense"}, "unsupported_response_type"),
        ({"code_challenge": "x" * 43, "code_challenge_method": "plain"}, "invalid_request"),
    ],
)
def test_what_the_client_did_wrong_it_is_told_through_the_browser(
    client: FlaskClient, change: dict[str, str], error: str
) -> None:
    sent = answer(client.get(PAGE, query_string={**QUERY, **change}))
    assert (sent["error"], sent["state"]) == ([error], [QUERY["state"]])


@pytest.mark.parametrize("user", [DAVE, "nobody", ""])
def test_a_user_who_cannot_log_in_is_denied(client: FlaskClient, user: str) -> None:
    assert answer(client.post(PAGE, data={**QUERY, "user": user}))["error"] == ["access_denied"]


def test_the_page_runs_nothing_and_loads_nothing(client: FlaskClient) -> None:
    page = client.get(PAGE, query_string=QUERY)
    policy = dict(part.strip().split(" ", 1) for part in page.headers["Content-Security-Policy"].split(";"))
    (nonce,) = re.findall(r'<style nonce="([^"]+)">', page.text)
    assert policy["default-src"] == "'none'"
    assert policy["style-src"] == f"'nonce-{nonce}'"
    assert policy["form-action"] == "'self' http://localhost:8000", "Chromium holds the redirect to it too"
    assert policy["frame-ancestors"] == "'none'"
    assert page.headers["Cache-Control"] == "no-store"
    assert not re.search(r"<script|src=|href=|style=|\son\w+=", page.text)
    assert nonce not in client.get(PAGE, query_string=QUERY).text


def test_nothing_that_was_sent_or_configured_is_taken_for_markup() -> None:
    mischief = '"><script>alert(1)</script>'
    org = default_org()
    mallory = User(id="m", name=mischief, email=mischief)
    client = create_app(replace(org, name=mischief, users=(*org.users, mallory))).test_client()
    page = client.get(PAGE, query_string={**QUERY, "state": mischief, mischief: "x"})
    assert "<script" not in page.text
    assert fields(page)["state"] == mischief


def returning_to(uri: str) -> Org:
    org = default_org()
    return replace(org, clients=tuple(replace(client, redirect_uris=(uri,)) for client in org.clients))


@pytest.mark.parametrize(
    ("uri", "source"),
    [
        ("com.example.app:/done", "com.example.app:"),
        ("https://app.example.com:8443/done?a=b", "https://app.example.com:8443"),
        ("http://[::1]:8000/callback", "http:"),
    ],
)
def test_the_page_s_form_may_lead_on_to_the_client(uri: str, source: str) -> None:
    client = create_app(returning_to(uri)).test_client()
    page = client.get(PAGE, query_string={**QUERY, "redirect_uri": uri})
    assert f"form-action 'self' {source};" in page.headers["Content-Security-Policy"]
    sent = client.post(PAGE, data={**QUERY, "redirect_uri": uri, "user": ALICE})
    assert sent.status_code == 303
    assert sent.headers["Location"].startswith(uri)


@settings(max_examples=30, deadline=None)
@given(st.text(min_size=1) | st.from_regex(r"\A(https?|app):(//)?[\[\]0-9a-z:@.;%\n-]{0,12}", fullmatch=True))
@example("http://[::1/callback")
@example("app://.")
@pytest.mark.parametrize("response_type", ["code", "token", "nonsense"])
def test_no_org_however_made_breaks_the_login(response_type: str, uri: str) -> None:
    client = create_app(returning_to(uri)).test_client()
    asked = {**QUERY, "redirect_uri": uri, "response_type": response_type}
    for reply in (client.get(PAGE, query_string=asked), client.post(PAGE, data={**asked, "user": ALICE})):
        assert reply.status_code in (200, 303, 400)
        assert reply.status_code != 400 or "This login cannot go on" in reply.text


def test_the_page_is_told_apart_by_people_who_do_not_see_it(client: FlaskClient) -> None:
    text = client.get(PAGE, query_string=QUERY).text
    assert '<html lang="en">' in text
    assert len(re.findall("<h1>", text)) == len(re.findall("<main>", text)) == 1
    assert 'aria-hidden="true">A<' in text, "the initial is decoration"


def test_who_logs_out_goes_back_where_the_client_has_registered_it(client: FlaskClient) -> None:
    known = {"client_id": "demo-app", "redirect_uri": "http://localhost:5173/"}
    answer = client.get("/logout", query_string=known)
    assert (answer.status_code, answer.headers["Location"]) == (303, "http://localhost:5173/")
    for params in ({**known, "redirect_uri": "http://evil.example"}, {**known, "client_id": "nobody"}):
        answer = client.get("/logout", query_string=params)
        assert answer.status_code == 400
        assert "Location" not in answer.headers
    assert "You are logged out" in client.get("/logout", query_string={"client_id": "demo-app"}).text


def test_the_page_says_what_came_and_what_is_registered(client: FlaskClient) -> None:
    asked = {"client_id": "demo-app", "response_type": "code", "redirect_uri": "https://<b>.example"}
    page = client.get("/oauth/authorize", query_string=asked).text
    assert "https://&lt;b&gt;.example" in page
    assert "<samp>http://localhost:8000/callback</samp>" in page

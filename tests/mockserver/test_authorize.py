"""What stands behind the login page."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.core.model import TokenState
from ringback_contracts.org import Grant, Org, default_org
from ringback_mock.engine.store import Store
from ringback_mock.pages.authorize import Authorization, LoginRefusal, check_authorize
from ringback_mock.pages.authorize import log_in as decide_login
from ringback_mock.resources.oauth import challenge_of

ALICE = "a11ce000-0000-4000-8000-000000000001"
DAVE = "da5e0000-0000-4000-8000-000000000004"
CALLBACK = "http://localhost:8000/callback"
CHALLENGE = challenge_of("v" * 43)
QUERY = {"client_id": "demo-app", "redirect_uri": CALLBACK, "response_type": "code"}
PKCE = {**QUERY, "code_challenge": CHALLENGE, "code_challenge_method": "S256"}


def checked(store: Store, params: dict[str, str]) -> Authorization:
    asked = check_authorize(store, params)
    assert isinstance(asked, Authorization), asked
    return asked


def refused(store: Store, params: dict[str, str]) -> LoginRefusal:
    refusal = check_authorize(store, params)
    assert isinstance(refusal, LoginRefusal)
    return refusal


def answer(location: str | None) -> dict[str, list[str]]:
    assert location is not None
    assert location.startswith(CALLBACK + "?")
    return parse_qs(urlsplit(location).query)


def log_in(asked: Authorization, user_id: str) -> str:
    """Where the browser is sent, once that is written which makes the login good."""
    decided = decide_login(asked, user_id)
    assert not isinstance(decided, LoginRefusal)
    location, write = decided
    write.to(asked.tenant)
    return location


def org_of(*redirect_uris: str, grants: tuple[Grant, ...] = ("authorization_code",)) -> Org:
    """The default org, whose app has registered these."""
    app = replace(default_org().client_by_id["demo-app"], redirect_uris=redirect_uris, grants=grants)
    return replace(default_org(), clients=(app,), tokens=())


def test_a_login_with_pkce_gives_a_code_bound_to_everything_asked() -> None:
    store = Store()
    asked = checked(store, {**PKCE, "state": "s & t"})
    assert asked.tenant is store.default
    location = log_in(asked, ALICE)
    sent = answer(location)
    assert sent["state"] == ["s & t"]
    bound = store.default.code(sent["code"][0], asked.client)
    assert bound is not None
    assert (bound.client_id, bound.user_id, bound.redirect_uri) == ("demo-app", ALICE, CALLBACK)
    assert bound.challenge == CHALLENGE


def test_a_login_without_pkce_gives_a_code_without_a_challenge() -> None:
    store = Store()
    asked = checked(store, QUERY)
    location = log_in(asked, ALICE)
    assert answer(location).keys() == {"code"}
    bound = store.default.code(answer(location)["code"][0], asked.client)
    assert bound is not None
    assert bound.challenge is None


def test_the_implicit_grant_gives_a_token_in_the_fragment() -> None:
    store = Store()
    location = log_in(checked(store, {**QUERY, "response_type": "token", "state": "1"}), ALICE)
    where, _, fragment = location.partition("#")
    sent = parse_qs(fragment)
    assert where == CALLBACK
    assert (sent["expires_in"], sent["state"]) == (["86400"], ["1"])
    _, caller, _ = store.resolve(f"Bearer {sent['access_token'][0]}")
    assert caller.token is TokenState.VALID


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "nobody"},
        {"client_id": ""},
        {"redirect_uri": CALLBACK + "/"},
        {"redirect_uri": CALLBACK.upper()},
        {"redirect_uri": "http://evil.example/"},
        {"redirect_uri": ""},
    ],
)
def test_an_unknown_client_or_address_sends_the_browser_nowhere(change: dict[str, str]) -> None:
    assert refused(Store(org_of(CALLBACK)), {**PKCE, **change}).location is None
    assert refused(Store(), {}).location is None


@pytest.mark.parametrize("registered", ["http://localhost", "http://127.0.0.1", "http://[::1]"])
@pytest.mark.parametrize("rest", ["", "/", ":5173", ":8080/index.html", "/callback?a=b", ":1/a/b%20c"])
def test_a_loopback_address_alone_stands_for_every_port_and_path(registered: str, rest: str) -> None:
    for store in (Store(), Store(org_of(registered))):
        back = registered + rest
        assert checked(store, {**PKCE, "redirect_uri": back}).redirect_uri == back


@pytest.mark.parametrize(
    ("registered", "back"),
    [
        ("http://localhost/callback", "http://localhost:5173/callback"),
        ("http://127.0.0.1/", "http://127.0.0.1:5173/"),
    ],
)
def test_a_loopback_address_without_a_port_stands_for_every_port(registered: str, back: str) -> None:
    checked(Store(org_of(registered)), {**PKCE, "redirect_uri": back})


@pytest.mark.parametrize(
    ("registered", "back"),
    [
        ("http://localhost:8000", "http://localhost:8001"),
        ("http://localhost/callback", "http://localhost:5173/other"),
        ("http://localhost/callback", "http://localhost/callback/"),
        ("http://localhost", "http://127.0.0.1"),
        ("http://localhost", "https://localhost"),
        ("http://localhost", "http://localhost.evil.example"),
        ("http://localhost", "http://localhost:80@evil.example/"),
        ("http://localhost", "http://localhost@evil.example/"),
        ("http://localhost", "http://localhost:123456/"),
        ("http://localhost", "http://localhost:99999/"),
        ("http://localhost", "http://localhost:5173\n"),
        ("http://localhost", "http://localhost/#top"),
        ("http://localhost", "http://localhost\\@evil.example"),
        ("http://127.0.0.1", "http://127.0.0.10"),
        ("https://app.example.com", "https://app.example.com:8443/callback"),
    ],
)
def test_nothing_else_is_taken_for_a_registered_address(registered: str, back: str) -> None:
    refusal = refused(Store(org_of(registered)), {**PKCE, "redirect_uri": back})
    assert refusal.location is None


def test_the_page_can_show_what_came_and_what_is_registered() -> None:
    refusal = refused(Store(org_of(CALLBACK)), {**PKCE, "redirect_uri": "http://localhost:1/"})
    assert (refusal.sent, refusal.registered) == ("http://localhost:1/", (CALLBACK,))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"response_type": ""}, "unsupported_response_type"),
        ({"response_type": "id_token"}, "unsupported_response_type"),
        ({"response_type": "token"}, "unauthorized_client"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge": CHALLENGE[:-1]}, "invalid_request"),
        ({"code_challenge": CHALLENGE + "="}, "invalid_request"),
        ({"code_challenge": CHALLENGE + "\n"}, "invalid_request"),
    ],
)
def test_what_else_is_wrong_is_sent_back_to_the_client(change: dict[str, str], error: str) -> None:
    refusal = refused(Store(org_of(CALLBACK)), {**PKCE, "state": "xyz", **change})
    assert refusal.error == error
    assert refusal.location is not None
    sent = parse_qs(refusal.location.partition("#" if change.get("response_type") == "token" else "?")[2])
    assert (sent["error"], sent["state"]) == ([error], ["xyz"])
    assert sent["error_description"] == [refusal.description]


@pytest.mark.parametrize("user_id", [DAVE, "nobody", ""])
def test_a_deactivated_or_unknown_user_cannot_log_in(user_id: str) -> None:
    store = Store()
    refusal = decide_login(checked(store, PKCE), user_id)
    assert isinstance(refusal, LoginRefusal)
    assert answer(refusal.location)["error"] == ["access_denied"]


def test_a_redirect_uri_keeps_the_query_it_has() -> None:
    uri = CALLBACK + "?from=ringback"
    org = default_org()
    clients = tuple(replace(client, redirect_uris=(uri,)) for client in org.clients)
    store = Store(replace(org, clients=clients))
    location = log_in(checked(store, {**QUERY, "redirect_uri": uri}), ALICE)
    assert answer(location).keys() == {"from", "code"}


def test_a_copys_client_logs_in_users_of_the_copy() -> None:
    store = Store()
    fresh = store.add_org()
    asked = checked(store, {**PKCE, "client_id": fresh.clients["demo-app"].id})
    assert asked.tenant is store.tenant(fresh.id)


@given(st.dictionaries(st.sampled_from([*PKCE, "state"]), st.text()))
def test_no_query_sends_the_browser_to_an_address_that_is_not_registered(params: dict[str, str]) -> None:
    outcome = check_authorize(Store(), {**PKCE, **params})
    location = outcome.location if isinstance(outcome, LoginRefusal) else outcome.redirect_uri
    assert location is None or location.startswith(CALLBACK)
    assert location is None or "\n" not in location

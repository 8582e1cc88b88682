"""Logging in: the forms that go out, when a token is renewed, and that no secret comes out."""

from __future__ import annotations

import base64
import hashlib
import re
import threading
import traceback
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_client import (
    AccessToken,
    AuthorizationCode,
    CallsClient,
    ClientCredentials,
    ConfigurationError,
    Credentials,
    LoginFailed,
    MemoryTokenCache,
    Pkce,
    RateLimited,
    RefreshToken,
    RingbackError,
    ServerError,
    TargetUnreachable,
    Timeouts,
    Token,
    UnexpectedReply,
    authorize_url,
)
from ringback_client.courier import Bearer
from ringback_client.tokens import RenewedToken, expires_in, source
from tests.client.scripted import (
    MOCK,
    Answer,
    Clock,
    ScriptedAdapter,
    Step,
    envelope,
    refused,
    reset,
    token_answer,
)

if TYPE_CHECKING:
    import requests

SECRET = "hunter2secret"
SERVICE = ClientCredentials("demo-service", SECRET)
REDIRECT = "http://localhost:8000/callback"
CODE = AuthorizationCode("demo-app", "code-hunter2", REDIRECT, verifier="verifier-hunter2")


def listing() -> Answer:
    return Answer(200, {"entities": []})


def client(adapter: ScriptedAdapter, who: Credentials = SERVICE, **settings: Any) -> CallsClient:
    settings.setdefault("retry", Clock().policy())
    return CallsClient(MOCK, who, adapter=adapter, **settings)


def login_of(who: Credentials) -> tuple[dict[str, list[str]], str | None]:
    """The form and the ``Authorization`` header of a login."""
    adapter = ScriptedAdapter([listing()])
    client(adapter, who).list_calls()
    (request,) = adapter.sent("POST", "/oauth/token")
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    return form_of(request), request.headers.get("Authorization")


def form_of(request: requests.PreparedRequest) -> dict[str, list[str]]:
    assert isinstance(request.body, bytes)
    return parse_qs(request.body.decode())


def basic(name: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()


def test_client_credentials_go_in_a_basic_header() -> None:
    assert login_of(SERVICE) == ({"grant_type": ["client_credentials"]}, basic("demo-service", SECRET))


def test_a_code_with_pkce_goes_without_a_secret() -> None:
    form, header = login_of(CODE)
    assert header is None
    assert form == {
        "grant_type": ["authorization_code"],
        "code": ["code-hunter2"],
        "redirect_uri": [REDIRECT],
        "code_verifier": ["verifier-hunter2"],
        "client_id": ["demo-app"],
    }


def test_a_code_of_a_client_with_a_secret_goes_with_it() -> None:
    form, header = login_of(AuthorizationCode("demo-app", "code", REDIRECT, client_secret=SECRET))
    assert header == basic("demo-app", SECRET)
    assert form == {"grant_type": ["authorization_code"], "code": ["code"], "redirect_uri": [REDIRECT]}


def test_a_refresh_token_is_a_login_too() -> None:
    form, header = login_of(RefreshToken("demo-app", "refresh", SECRET))
    assert header == basic("demo-app", SECRET)
    assert form == {"grant_type": ["refresh_token"], "refresh_token": ["refresh"]}


@given(st.text(min_size=1), st.text(min_size=1))
def test_any_id_and_secret_reach_the_login(name: str, secret: str) -> None:
    try:
        _, header = login_of(ClientCredentials(name, secret))
    except UnicodeEncodeError:
        assert any("\ud800" <= character <= "\udfff" for character in name + secret)
    else:
        assert header == basic(name, secret)


def used(adapter: ScriptedAdapter) -> list[str]:
    return [request.headers["Authorization"].removeprefix("Bearer ") for request in adapter.sent("GET")]


def test_a_token_serves_until_shortly_before_its_end() -> None:
    clock = Clock()
    logins = [token_answer("first", expires_in=300), token_answer("second", expires_in=300)]
    adapter = ScriptedAdapter([listing()] * 3, logins)
    calls = client(adapter, retry=clock.policy())
    for later in (0, 239, 2):
        clock.sleep(later)
        calls.list_calls()
    assert used(adapter) == ["first", "first", "second"]


@pytest.mark.parametrize(("lifetime", "early"), [(86_400, 60), (300, 60), (100, 20), (0, 0)])
def test_a_token_is_renewed_a_minute_or_a_fifth_of_its_life_before_its_end(lifetime: int, early: int) -> None:
    token = Token.issued("x", 1000, lifetime, None)
    assert (token.refresh_at, token.expires_at) == (1000 + lifetime - early, 1000 + lifetime)
    assert token.fresh(999 + lifetime - early)
    assert not token.fresh(1000 + lifetime - early)
    assert not token.valid(1000 + lifetime)


@pytest.mark.parametrize("lifetime", [{"expires_in": None}, {"expires_in": "soon"}, {"expires_in": -1}])
def test_a_token_without_an_end_serves_until_it_is_refused(lifetime: dict[str, Any]) -> None:
    clock = Clock()
    adapter = ScriptedAdapter([listing()] * 2, [token_answer("first", **lifetime)])
    calls = client(adapter, retry=clock.policy())
    calls.list_calls()
    clock.sleep(10**7)
    calls.list_calls()
    assert used(adapter) == ["first", "first"]


def test_a_refresh_token_that_came_with_a_token_renews_it_and_stays_where_no_new_one_comes() -> None:
    logins = [token_answer("first", refresh_token="r1"), token_answer("second"), token_answer("third")]
    adapter = ScriptedAdapter([envelope(401, "credentials.expired"), listing()] * 2, logins)
    calls = client(adapter, CODE)
    calls.list_calls()
    calls.list_calls()
    forms = [form_of(request) for request in adapter.sent("POST", "/oauth/")]
    grants = [form["grant_type"] for form in forms]
    assert grants == [["authorization_code"], ["refresh_token"], ["refresh_token"]]
    assert [form["refresh_token"] for form in forms[1:]] == [["r1"], ["r1"]]
    assert used(adapter) == ["first", "second", "second", "third"]


@pytest.mark.parametrize("failure", [refused, reset, lambda: Answer(500, b""), lambda: Answer(429, b"")])
def test_while_the_old_token_is_valid_a_login_that_fails_in_passing_does_no_harm(failure: Any) -> None:
    clock = Clock()
    logins = [token_answer("first", expires_in=3600), *[failure() for _ in range(4)]]
    adapter = ScriptedAdapter([listing()] * 2, logins)
    calls = client(adapter, retry=clock.policy(first_wait=0.1))
    calls.list_calls()
    clock.sleep(3590)
    calls.list_calls()
    assert used(adapter) == ["first", "first"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(400, {"error": "invalid_client", "description": "client not found"}), LoginFailed),
        (Answer(400, {"error": "invalid_client", "description": "authentication failed"}), LoginFailed),
        (Answer(401, b"<html>"), LoginFailed),
        (Answer(429, b"", {"Retry-After": "7200"}), RateLimited),
        (Answer(500, b""), ServerError),
        (Answer(302, b"", {"Location": "/login"}), UnexpectedReply),
        (Answer(200, b"<html>"), UnexpectedReply),
        (Answer(200, {"token_type": "bearer"}), UnexpectedReply),
        (Answer(200, {"access_token": f"two\nlines {SECRET}"}), UnexpectedReply),
    ],
)
def test_a_login_that_fails_is_told_apart(answer: Answer, error: type[RingbackError]) -> None:
    adapter = ScriptedAdapter([], [answer] * 9)
    with pytest.raises(error) as caught:
        client(adapter).place_call("tel:+442079460100", "user:a11ce000-0000-4000-8000-000000000001")
    assert SECRET not in str(caught.value)
    assert adapter.sent("POST") == []


def test_the_error_of_a_login_says_what_the_server_said() -> None:
    answer = Answer(400, {"error": "invalid_client", "description": "client not found"})
    with pytest.raises(LoginFailed, match="invalid_client: client not found") as caught:
        client(ScriptedAdapter([], [answer])).list_calls()
    assert (caught.value.status, caught.value.code) == (400, "invalid_client")


def test_a_login_of_a_service_is_repeated_after_a_lost_reply_but_a_code_is_used_once() -> None:
    again = ScriptedAdapter([listing()], [reset(), token_answer()])
    client(again).list_calls()
    assert len(again.sent("POST", "/oauth/")) == 2
    once = ScriptedAdapter([listing()], [reset(), token_answer()])
    with pytest.raises(RingbackError):
        client(once, CODE).list_calls()
    assert len(once.sent("POST", "/oauth/")) == 1


def test_many_threads_that_need_a_token_at_once_log_in_once() -> None:
    threads = 8
    barrier, logins = threading.Barrier(threads), []

    def log_in(grant: Credentials) -> Token:
        logins.append(grant)
        return Token("fetched")

    source = RenewedToken(SERVICE, MOCK, MemoryTokenCache(), log_in)
    got: list[str] = []

    def ask() -> None:
        barrier.wait()
        got.append(source.current())

    crowd = [threading.Thread(target=ask) for _ in range(threads)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    assert got == ["fetched"] * threads
    assert len(logins) == 1


class Watched:
    """A cache that tells who waited for the right to renew."""

    def __init__(self) -> None:
        self.waited: list[bool] = []
        inner = MemoryTokenCache()
        self.get, self.put, self._lock = inner.get, inner.put, inner.lock

    def lock(self, key: str, *, wait: bool) -> AbstractContextManager[bool]:
        self.waited.append(wait)
        return self._lock(key, wait=wait)


def test_whoever_has_no_token_that_is_good_waits_for_another_to_renew_it() -> None:
    cache = Watched()
    tokens = RenewedToken(SERVICE, MOCK, cache, lambda _: Token("new", 0.0, 10.0), now=lambda: 5.0)
    assert tokens.current() == "new"
    assert tokens.renew("new") == "new"
    assert tokens.current() == "new"
    assert cache.waited == [True, True, False], "the last has one that is valid for a while"


def test_a_ready_token_is_what_it_is() -> None:
    made = source(AccessToken("ready"), MOCK, MemoryTokenCache(), lambda _: Token("new"), lambda: 0.0)
    assert (made.current(), made.renew("ready")) == ("ready", None)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [(86400, 86400.0), (0.5, 0.5), (0, 0.0), (-1, None), ("60", None), (None, None)],
)
def test_a_lifetime_is_a_number_of_seconds(said: Any, seconds: float | None) -> None:
    assert expires_in({"expires_in": said}) == seconds
    assert expires_in({}) is None


def test_a_token_that_somebody_else_renewed_meanwhile_is_taken_over() -> None:
    cache, logins = MemoryTokenCache(), [Token("third")]
    source = RenewedToken(SERVICE, MOCK, cache, lambda _: logins.pop())
    cache.put(source.key, Token("second"), 0)
    assert source.renew("first") == "second"
    assert source.renew("second") == "third"


@pytest.mark.parametrize(
    "who",
    [
        SERVICE,
        CODE,
        RefreshToken("demo-app", "refresh-hunter2", SECRET),
        AuthorizationCode("demo-app", "code-hunter2", REDIRECT, client_secret=SECRET),
        AccessToken(SECRET),
        Pkce("verifier-hunter2"),
        Token(SECRET, refresh_token="refresh-hunter2"),
        Bearer(SECRET),
        CallsClient(MOCK, SERVICE),
    ],
)
def test_no_repr_tells_a_secret(who: object) -> None:
    assert "hunter2" not in f"{who!r} {who}"


def test_the_key_of_a_cached_token_holds_no_secret_and_tells_users_apart() -> None:
    def key(who: Any, login: str = MOCK) -> str:
        return RenewedToken(who, login, MemoryTokenCache(), lambda _: Token("x")).key

    other_user = AuthorizationCode("demo-app", "code-other", REDIRECT)
    keys = {key(SERVICE), key(SERVICE, "https://login.mypurecloud.ie"), key(CODE), key(other_user)}
    assert len(keys) == 4
    assert all(re.fullmatch(r"[0-9a-f]{64}", one) for one in keys)
    assert key(ClientCredentials("demo-service", "another secret")) == key(SERVICE)


@pytest.mark.parametrize(
    "step", [refused, reset, lambda: envelope(401, "bad.credentials"), lambda: Answer(500, b"")]
)
def test_no_traceback_tells_a_secret(step: Any) -> None:
    adapter = ScriptedAdapter([step() for _ in range(9)], [token_answer(SECRET)] * 9)
    with pytest.raises(RingbackError) as caught:
        client(adapter, CODE).place_call("tel:+12025550123", "user:a11ce000-0000-4000-8000-000000000001")
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("token", ["", "a b", "a\nb", "ä", f"{SECRET}\r\nX: y"])
def test_a_token_that_no_header_can_carry_is_refused_without_telling_it(token: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        CallsClient(MOCK, token)
    assert SECRET not in str(caught.value)


def test_a_pkce_verifier_is_long_random_and_hashed_as_the_rfc_says() -> None:
    # RFC 7636, appendix B.
    assert Pkce("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").challenge == (
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )
    verifiers = {Pkce().verifier for _ in range(10)}
    assert len(verifiers) == 10
    assert all(re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", verifier) for verifier in verifiers)


def test_the_login_page_of_a_region() -> None:
    pkce = Pkce()
    url = urlsplit(authorize_url("mypurecloud.ie", "demo-app", REDIRECT, pkce=pkce, state="s"))
    digest = base64.urlsafe_b64encode(hashlib.sha256(pkce.verifier.encode()).digest()).decode().rstrip("=")
    assert f"{url.scheme}://{url.netloc}{url.path}" == "https://login.mypurecloud.ie/oauth/authorize"
    assert parse_qs(url.query) == {
        "response_type": ["code"],
        "client_id": ["demo-app"],
        "redirect_uri": [REDIRECT],
        "code_challenge": [digest],
        "code_challenge_method": ["S256"],
        "state": ["s"],
    }


def test_an_unreachable_login_is_an_unreachable_target() -> None:
    with pytest.raises(TargetUnreachable):
        client(ScriptedAdapter([], [refused() for _ in range(4)])).list_calls()


def test_a_login_is_as_patient_as_its_client_and_waits_as_it_is_asked_to() -> None:
    clock = Clock()
    logins: list[Step] = [
        envelope(429, "too.many.requests", Retry_After="7"),
        Answer(503),
        refused(),
        token_answer(),
    ]
    adapter = ScriptedAdapter([listing()], logins)
    policy = clock.policy(attempts=4, first_wait=0.5)
    client(adapter, retry=policy, timeouts=Timeouts(connect=1.5, read=2.5)).list_calls()
    assert clock.slept == [7, 1.0, 2.0]
    assert {settings["timeout"] for settings in adapter.settings} == {(1.5, 2.5)}


@pytest.mark.parametrize(("settings", "sent", "slept"), [({"attempts": 2}, 2, [5]), ({"budget": 4}, 1, [])])
def test_the_patience_of_a_login_has_the_client_s_end(
    settings: dict[str, Any], sent: int, slept: list[float]
) -> None:
    clock = Clock()
    adapter = ScriptedAdapter(logins=[envelope(429, "too.many.requests", Retry_After="5")] * 9)
    with pytest.raises(RateLimited) as caught:
        client(adapter, retry=clock.policy(**settings)).list_calls()
    assert caught.value.retry_after == 5
    assert (len(adapter.sent("POST", "/oauth/")), clock.slept) == (sent, slept)

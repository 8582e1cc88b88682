"""The token endpoint: who gets a token, and what everybody else is told."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.core.model import Request, TokenState
from ringback_contracts.org import Grant, Org, default_org
from ringback_contracts.schemas import validator
from ringback_mock.engine.sessions import Code, new_code
from ringback_mock.engine.store import Store
from ringback_mock.http import Response
from ringback_mock.resources.oauth import MAX_FORM_BYTES, challenge_of, claimant
from ringback_mock.site import Site

ALICE = "a11ce000-0000-4000-8000-000000000001"
CALLBACK = "http://localhost:8000/callback"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
FORM = "application/x-www-form-urlencoded"
SERVICE = {"client_id": "demo-service", "client_secret": "demo-secret"}
APP = {"client_id": "demo-app", "client_secret": "demo-secret"}


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


def basic(client_id: str, secret: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}


def post(body: bytes, headers: dict[str, str] | None = None) -> Request:
    return Request("POST", "/oauth/token", {"content-type": FORM, **(headers or {})}, body)


def form(fields: dict[str, str], headers: dict[str, str] | None = None) -> Request:
    return post(urlencode(fields).encode(), headers)


def ask(store: Store, fields: dict[str, str], headers: dict[str, str] | None = None) -> Response:
    return Site(store).answer(form(fields, headers))


def told(response: Response) -> Any:
    return orjson.loads(response.body)


def refused(response: Response) -> tuple[str, str]:
    assert response.status == 400
    body = told(response)
    validator("OAuthError").validate(body)
    assert body["description"] == body["error_description"]
    assert body.keys() == {"error", "description", "error_description"}
    assert ("Cache-Control", "no-store") in response.headers
    return body["error"], body["description"]


def granted(response: Response) -> dict[str, Any]:
    assert response.status == 200, response.body
    assert ("Cache-Control", "no-store") in response.headers
    assert ("Content-Type", "application/json") in response.headers
    body: dict[str, Any] = told(response)
    validator("OAuthTokenResponse").validate(body)
    assert body["token_type"] == "bearer"
    return body


def code(store: Store, *, challenge: str | None = challenge_of(VERIFIER)) -> str:
    org = store.default.org
    client, user, code = org.client_by_id["demo-app"], org.user_by_id[ALICE], new_code()
    store.default.hold_code(code, Code.fresh(client, user, CALLBACK, challenge, store.clock()))
    return code


def exchange(store: Store, **fields: str) -> Response:
    return ask(store, {"grant_type": "authorization_code", "redirect_uri": CALLBACK, **fields})


# --- client credentials ---------------------------------------------------------------------------


@pytest.mark.parametrize("by_header", [True, False])
def test_a_client_gets_a_token_of_its_own(by_header: bool) -> None:
    store = Store()
    grant = {"grant_type": "client_credentials"}
    if by_header:
        body = granted(ask(store, grant, basic("demo-service", "demo-secret")))
    else:
        body = granted(ask(store, {**grant, **SERVICE}))
    assert body["expires_in"] == 86_400
    assert "refresh_token" not in body
    _, caller, _ = store.resolve(f"Bearer {body['access_token']}")
    assert caller.token is TokenState.VALID
    assert caller.client is not None
    assert (caller.client.id, caller.user, caller.scopes) == ("demo-service", None, None)


def test_every_token_is_another() -> None:
    store = Store()
    tokens = {
        granted(ask(store, {"grant_type": "client_credentials", **SERVICE}))["access_token"] for _ in "123"
    }
    assert len(tokens) == 3


def test_a_client_with_a_short_token_life_says_so() -> None:
    org = default_org()
    clients = tuple(replace(client, token_seconds=300) for client in org.clients)
    body = granted(ask(Store(replace(org, clients=clients)), {"grant_type": "client_credentials", **SERVICE}))
    assert body["expires_in"] == 300


def test_an_unknown_client_is_not_found() -> None:
    response = ask(Store(), {"grant_type": "client_credentials"}, basic("nobody", "demo-secret"))
    assert refused(response) == ("invalid_client", "client not found")


@pytest.mark.parametrize("secret", ["", "wrong", "demo-secret ", "demö"])
def test_a_wrong_secret_fails_and_is_not_repeated(secret: str) -> None:
    response = ask(Store(), {"grant_type": "client_credentials"}, basic("demo-service", secret))
    assert refused(response) == ("invalid_client", "authentication failed")


def test_a_client_needs_its_secret_to_act_for_itself() -> None:
    response = ask(Store(), {"grant_type": "client_credentials", "client_id": "demo-service"})
    assert refused(response) == ("invalid_client", "authentication failed")


def test_a_client_without_the_grant_is_unauthorized() -> None:
    assert refused(ask(Store(), {"grant_type": "client_credentials", **APP}))[0] == "unauthorized_client"
    response = ask(Store(), {"grant_type": "authorization_code", "code": "x", **SERVICE})
    assert refused(response)[0] == "unauthorized_client"


@pytest.mark.parametrize(
    "header",
    ["Basic", "Basic !!!", "Basic Og", "Basic " + base64.b64encode(b"no colon").decode(), "Basic /w=="],
)
def test_basic_credentials_that_cannot_be_read_are_invalid(header: str) -> None:
    response = ask(Store(), {"grant_type": "client_credentials"}, {"authorization": header})
    assert refused(response)[0] == "invalid_client"


def test_no_client_at_all_is_invalid() -> None:
    assert refused(ask(Store(), {"grant_type": "client_credentials"}))[0] == "invalid_client"


# --- the form -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"grant_type": "client_credentials"}', "application/json"),
        (b'{"grant_type": "client_credentials"}', FORM),
        (b"grant_type=client_credentials", "text/plain"),
        (b"grant_type=client_credentials", ""),
        (b"", FORM),
        (b"grant_type", FORM),
        (b"grant_type=", FORM),
        (b"grant_type=client_credentials&grant_type=client_credentials", FORM),
        (b"grant_type=%ff", FORM),
        (b"grant_type=\xff", FORM),
        (b"&".join(b"a%d=1" % number for number in range(60)), FORM),
        (b"grant_type=client_credentials&x=" + b"x" * MAX_FORM_BYTES, FORM),
        (b"client_id=demo-service", FORM),
    ],
)
def test_a_body_that_is_no_form_is_an_invalid_request(body: bytes, content_type: str) -> None:
    headers = {"content-type": content_type, **basic("demo-service", "demo-secret")}
    assert refused(Site(Store()).answer(post(body, headers)))[0] == "invalid_request"


def test_a_trailing_ampersand_and_unknown_fields_are_fine() -> None:
    body = b"grant_type=client_credentials&scope&x=1&"
    assert Site(Store()).answer(post(body, basic("demo-service", "demo-secret"))).status == 200


def test_a_charset_beside_the_content_type_is_fine() -> None:
    headers = {"content-type": f"{FORM}; charset=UTF-8"}
    granted(ask(Store(), {"grant_type": "client_credentials", **SERVICE}, headers))


def test_a_grant_that_is_not_served_is_named_with_those_that_are() -> None:
    error, description = refused(ask(Store(), {"grant_type": "password", **SERVICE}))
    assert error == "unsupported_grant_type"
    assert "client_credentials, authorization_code, refresh_token" in description


# --- authorization code ---------------------------------------------------------------------------


def test_a_code_and_the_secret_give_a_users_token() -> None:
    store = Store()
    body = granted(exchange(store, code=code(store, challenge=None), **APP))
    _, caller, _ = store.resolve(f"Bearer {body['access_token']}")
    assert caller.user is not None
    assert caller.user.id == ALICE
    assert caller.scopes == frozenset(default_org().client_by_id["demo-app"].scopes)
    assert body["refresh_token"] != body["access_token"]


def test_a_code_and_its_verifier_need_no_secret() -> None:
    store = Store()
    body = granted(exchange(store, code=code(store), client_id="demo-app", code_verifier=VERIFIER))
    assert body["refresh_token"]


def test_a_wrong_secret_is_not_made_good_by_a_verifier() -> None:
    store = Store()
    fields = {**APP, "client_secret": "wrong", "code_verifier": VERIFIER}
    assert refused(exchange(store, code=code(store), **fields)) == ("invalid_client", "authentication failed")


def test_without_secret_and_verifier_there_is_no_token() -> None:
    store = Store()
    response = exchange(store, code=code(store), client_id="demo-app")
    assert refused(response) == ("invalid_client", "authentication failed")


@pytest.mark.parametrize("verifier", ["x" * 42, "x" * 129, "x" * 43, VERIFIER + "\n", VERIFIER[:-1] + "/"])
def test_a_verifier_must_fit_the_challenge_and_the_rules(verifier: str) -> None:
    store = Store()
    response = exchange(store, code=code(store), client_id="demo-app", code_verifier=verifier)
    assert refused(response)[0] == "invalid_grant"


def test_a_verifier_of_the_wrong_form_is_refused_though_its_hash_fits() -> None:
    store = Store()
    for verifier in ("x" * 42, "x" * 129, "x" * 42 + "!"):
        bound = code(store, challenge=challenge_of(verifier))
        response = exchange(store, code=bound, client_id="demo-app", code_verifier=verifier)
        assert refused(response)[0] == "invalid_grant"
    for verifier in ("x" * 43, "x" * 128, "-._~" * 11):
        bound = code(store, challenge=challenge_of(verifier))
        granted(exchange(store, code=bound, client_id="demo-app", code_verifier=verifier))


def test_a_challenged_code_needs_its_verifier_even_with_the_secret() -> None:
    store = Store()
    assert refused(exchange(store, code=code(store), **APP))[0] == "invalid_grant"


def test_a_code_without_a_challenge_is_not_for_clients_without_their_secret() -> None:
    store = Store()
    response = exchange(store, code=code(store, challenge=None), client_id="demo-app", code_verifier=VERIFIER)
    assert refused(response)[0] == "invalid_grant"


def test_the_challenge_is_that_of_rfc_7636() -> None:
    assert challenge_of(VERIFIER) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_code_is_good_once() -> None:
    store = Store()
    once = code(store, challenge=None)
    granted(exchange(store, code=once, **APP))
    assert refused(exchange(store, code=once, **APP))[0] == "invalid_grant"


def test_a_failed_attempt_uses_the_code_up() -> None:
    store = Store()
    once = code(store)
    assert (
        refused(exchange(store, code=once, client_id="demo-app", code_verifier="y" * 43))[0]
        == "invalid_grant"
    )
    response = exchange(store, code=once, client_id="demo-app", code_verifier=VERIFIER)
    assert refused(response)[0] == "invalid_grant"


def known(store: Store, token: str) -> bool:
    return store.resolve(f"Bearer {token}")[1].user is not None


def test_a_code_that_comes_again_ends_every_token_that_it_gave() -> None:
    store = Store()
    once = code(store, challenge=None)
    first = granted(exchange(store, code=once, **APP))
    second = granted(refresh(store, first["refresh_token"], APP))
    bystander = granted(exchange(store, code=code(store, challenge=None), **APP))
    tokens = [first["access_token"], second["access_token"]]
    assert all(known(store, token) for token in tokens)
    for _ in range(2):
        error, description = refused(exchange(store, code=once, **APP))
        assert error == "invalid_grant"
        assert "used before, so the tokens that it gave are revoked" in description
        assert once not in description
    assert not any(known(store, token) for token in tokens)
    assert refused(refresh(store, first["refresh_token"], APP))[0] == "invalid_grant"
    assert known(store, bystander["access_token"])
    granted(refresh(store, bystander["refresh_token"], APP))


def test_a_code_that_comes_again_ends_the_tokens_also_after_a_logout_and_without_its_verifier() -> None:
    store = Store()
    once = code(store)
    first = granted(exchange(store, code=once, client_id="demo-app", code_verifier=VERIFIER))
    second = granted(refresh(store, first["refresh_token"], {"client_id": "demo-app"}))
    assert store.default.revoke(first["access_token"])
    stolen = exchange(store, code=once, client_id="demo-app", code_verifier="y" * 43)
    assert refused(stolen)[0] == "invalid_grant"
    assert not known(store, second["access_token"])


def test_another_client_s_use_of_a_code_ends_nothing() -> None:
    app = default_org().client_by_id["demo-app"]
    other = replace(app, id="other-app")
    store = Store(replace(default_org(), clients=(*default_org().clients, other)))
    once = code(store, challenge=None)
    token = granted(exchange(store, code=once, **APP))["access_token"]
    assert refused(exchange(store, code=once, **{**APP, "client_id": "other-app"})) == (
        "invalid_grant",
        "the code is unknown, used or too old",
    )
    assert known(store, token)


def test_a_code_is_bound_to_its_redirect_uri() -> None:
    store = Store()
    bound = code(store, challenge=None)
    response = exchange(store, code=bound, **{**APP, "redirect_uri": CALLBACK + "/"})
    assert refused(response)[0] == "invalid_grant"


def test_a_code_is_too_old_after_a_minute() -> None:
    clock = Clock()
    store = Store(clock=clock)
    old = code(store, challenge=None)
    clock.now += 60
    assert refused(exchange(store, code=old, **APP))[0] == "invalid_grant"


@pytest.mark.parametrize("missing", ["code", "redirect_uri"])
def test_a_field_that_is_missing_is_named(missing: str) -> None:
    store = Store()
    fields = {"code": code(store, challenge=None), "redirect_uri": CALLBACK, **APP}
    del fields[missing]
    error, description = refused(ask(store, {"grant_type": "authorization_code", **fields}))
    assert (error, missing in description) == ("invalid_request", True)


# --- refresh --------------------------------------------------------------------------------------


def logged_in(store: Store) -> dict[str, Any]:
    return granted(exchange(store, code=code(store, challenge=None), **APP))


def refresh(store: Store, token: str, fields: dict[str, str]) -> Response:
    return ask(store, {"grant_type": "refresh_token", "refresh_token": token, **fields})


def test_a_refresh_token_gives_new_tokens_as_often_as_asked() -> None:
    store = Store()
    first = logged_in(store)
    for _ in range(2):
        body = granted(refresh(store, first["refresh_token"], APP))
        assert body["access_token"] != first["access_token"]
        assert body["refresh_token"] == first["refresh_token"]
        _, caller, _ = store.resolve(f"Bearer {body['access_token']}")
        assert caller.user is not None
        assert caller.user.id == ALICE


def test_a_confidential_login_is_refreshed_with_the_secret_only() -> None:
    store = Store()
    token = logged_in(store)["refresh_token"]
    assert refused(refresh(store, token, {"client_id": "demo-app"})) == (
        "invalid_client",
        "authentication failed",
    )


def test_a_public_login_is_refreshed_without_a_secret() -> None:
    store = Store()
    body = granted(exchange(store, code=code(store), client_id="demo-app", code_verifier=VERIFIER))
    granted(refresh(store, body["refresh_token"], {"client_id": "demo-app"}))


def test_a_refresh_token_belongs_to_its_client() -> None:
    store = Store()
    token = logged_in(store)["refresh_token"]
    assert refused(refresh(store, token, SERVICE))[0] == "invalid_grant"
    assert refused(refresh(store, "made-up", APP))[0] == "invalid_grant"


def test_a_token_that_is_revoked_takes_its_refresh_token_along() -> None:
    store = Store()
    body = logged_in(store)
    store.default.revoke(body["access_token"])
    assert refused(refresh(store, body["refresh_token"], APP))[0] == "invalid_grant"


# --- orgs -----------------------------------------------------------------------------------------


def test_a_copys_client_gets_a_token_of_its_own_org() -> None:
    store = Store()
    fresh = store.add_org()
    client = fresh.clients["demo-service"]
    body = granted(ask(store, {"grant_type": "client_credentials"}, basic(client.id, client.secret)))
    tenant, _, _ = store.resolve(f"Bearer {body['access_token']}")
    assert tenant is store.tenant(fresh.id)


def test_a_code_of_one_org_is_unknown_in_another() -> None:
    store = Store()
    client = store.add_org().clients["demo-app"]
    response = exchange(
        store, code=code(store, challenge=None), client_id=client.id, client_secret=client.secret
    )
    assert refused(response)[0] == "invalid_grant"


def test_a_token_request_is_claimed_by_the_org_of_its_client() -> None:
    store = Store()
    fresh = store.add_org()
    client = fresh.clients["demo-service"]
    grant = {"grant_type": "client_credentials"}
    assert claimant(store, form(grant, basic(client.id, "wrong"))) is store.tenant(fresh.id)
    assert claimant(store, form(grant, basic("nobody", "x"))) is store.default
    assert claimant(store, form(grant)) is store.default
    assert claimant(store, post(b"\xff")) is store.default


# --- whatever is sent -----------------------------------------------------------------------------


FIELDS = st.dictionaries(
    st.sampled_from(
        ["grant_type", "client_id", "client_secret", "code", "redirect_uri", "code_verifier", "refresh_token"]
    ),
    st.sampled_from(
        [
            "client_credentials",
            "authorization_code",
            "refresh_token",
            "demo-app",
            "demo-service",
            "demo-secret",
        ]
    )
    | st.text(),
)


@given(FIELDS, st.none() | st.text() | st.builds("Basic {}".format, st.text()))
def test_any_form_gets_a_token_or_a_reason(fields: dict[str, str], authorization: str | None) -> None:
    body = urlencode(fields, errors="surrogatepass").encode()
    headers = {} if authorization is None else {"authorization": authorization}
    response = Site(Store()).answer(post(body, headers))
    assert response.status in {200, 400}
    assert told(response).keys() >= ({"access_token"} if response.status == 200 else {"error", "description"})


@given(st.binary(), st.sampled_from([FORM, "application/json", ""]))
def test_any_body_gets_a_reason(body: bytes, content_type: str) -> None:
    response = Site(Store()).answer(post(body, {"content-type": content_type}))
    assert refused(response)[0] in {"invalid_request", "invalid_client", "unsupported_grant_type"}


SENT_SECRET = "s3cr3t-that-must-not-come-back"


@given(
    st.sampled_from(["client_credentials", "authorization_code", "refresh_token", "password"]),
    st.sampled_from(["demo-app", "demo-service", "nobody"]),
    st.sampled_from(["client_secret", "code", "code_verifier", "refresh_token"]),
)
def test_no_refusal_repeats_a_secret(grant: str, client_id: str, field: str) -> None:
    fields = {"grant_type": grant, "client_id": client_id, field: SENT_SECRET}
    response = ask(Store(), fields)
    refused(response)
    assert SENT_SECRET.encode() not in response.body


def org_with(grants: tuple[Grant, ...]) -> Org:
    org = default_org()
    return replace(org, clients=tuple(replace(client, grants=grants) for client in org.clients))


def test_a_client_may_have_several_grants() -> None:
    store = Store(org_with(("client_credentials", "authorization_code")))
    granted(ask(store, {"grant_type": "client_credentials", **APP}))
    granted(exchange(store, code=code(store, challenge=None), **APP))

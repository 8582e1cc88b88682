"""The client and the mock in one process, with no socket between: what each call ends in."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from ringback_client import (
    AuthorizationCode,
    CallsClient,
    ClientCredentials,
    Credentials,
    InvalidNumber,
    InvalidRequest,
    LoginFailed,
    MalformedAddress,
    NotAuthenticated,
    NotAuthorized,
    NotFound,
    Pkce,
    RateLimited,
    RefreshToken,
    StatusError,
    authorize_url,
)
from ringback_contracts.catalogue import preflight
from ringback_contracts.core.model import CONTRACTS, PARTICIPANTS, Contract
from ringback_contracts.org import Org
from ringback_mock.app import create_app
from tests.client.conftest import MakeClient
from tests.client.scripted import MOCK, Clock
from tests.wsgi_adapter import WSGIAdapter

ALICE = "user:a11ce000-0000-4000-8000-000000000001"
BOB = "user:b0b00000-0000-4000-8000-000000000002"
CAROL = "user:ca201000-0000-4000-8000-000000000003"
DAVE = "user:da5e0000-0000-4000-8000-000000000004"
ERIN = "user:e5100000-0000-4000-8000-000000000005"
NOBODY = "user:00000000-0000-4000-8000-00000000dead"
CAMPAIGN = "campaign:ca3b0000-0000-4000-8000-000000000020"
NUMBER = "tel:+442079460100"
OWN = "tel:+442079460001"
SIP = "sip:agent@example.com"
SERVICE = ClientCredentials("demo-service", "demo-secret")
REDIRECT = "http://localhost:8000/callback"


@pytest.mark.parametrize("contract", CONTRACTS)
@pytest.mark.parametrize("from_", [ALICE, OWN])
@pytest.mark.parametrize("to", [NUMBER, SIP, BOB])
def test_a_call_is_placed_in_either_contract(
    to: str, from_: str, contract: Contract, make_client: MakeClient
) -> None:
    calls = make_client()
    placed = calls.place_call(to, from_, contract=contract)
    assert placed.self_uri == f"/api/v2/conversations/calls/{placed.id}"
    assert calls.get_call(placed.id).id == placed.id
    assert (placed.uri is not None, placed.created_time is not None) == ((contract == PARTICIPANTS,) * 2)


def test_a_service_calls_for_a_user_and_never_for_itself(make_client: MakeClient) -> None:
    calls = make_client(SERVICE)
    placed = calls.place_call(NUMBER, ALICE)
    assert calls.get_call(placed.id).participants[0].user_id == ALICE.removeprefix("user:")
    with pytest.raises(InvalidRequest) as caught:
        calls.place_call(NUMBER)
    assert caught.value.code == "not.a.user"
    assert "/calls/user/" in str(caught.value)


def test_a_campaign_calls_in_the_body_of_the_tutorial(make_client: MakeClient) -> None:
    assert make_client(SERVICE).place_call(NUMBER, CAMPAIGN, contract=PARTICIPANTS).id


def test_a_call_is_followed_to_its_end(make_client: MakeClient, clock: Clock) -> None:
    calls = make_client()
    placed = calls.place_call(NUMBER)
    (own,) = calls.get_call(placed.id).participants
    assert (own.purpose, own.state, own.error) == ("user", "contacting", None)
    clock.time += 30
    ongoing = calls.get_call(placed.id)
    assert [leg.state for leg in ongoing.participants] == ["connected", "connected"]
    assert ongoing.participants[1].address == NUMBER
    assert not ongoing.over
    assert [call.id for call in calls.list_calls()] == [placed.id]
    calls.disconnect(placed.id)
    assert calls.get_call(placed.id).over
    assert calls.list_calls() == []
    calls.disconnect(placed.id)


def test_a_call_that_cannot_work_says_so_when_it_is_placed(make_client: MakeClient, clock: Clock) -> None:
    calls = make_client()
    placed = calls.place_call("tel:+15551234567")
    assert placed.note
    clock.time += 120
    call = calls.get_call(placed.id)
    assert call.over
    assert any(leg.error for leg in call.participants)
    assert make_client().place_call(NUMBER).note is None


Refusal = Callable[[MakeClient], object]

REFUSALS: dict[str, tuple[Refusal, type[StatusError], str]] = {
    "no scheme": (
        lambda make: make().place_call("15551234567", ALICE, contract=PARTICIPANTS),
        MalformedAddress,
        "bad.request",
    ),
    "no number": (lambda make: make().place_call("hello"), MalformedAddress, "bad.request"),
    "SIP without a host": (
        lambda make: make().place_call("sip:agent", ALICE, contract=PARTICIPANTS),
        MalformedAddress,
        "bad.request",
    ),
    "another org's user": (
        lambda make: make().place_call(NOBODY, ALICE, contract=PARTICIPANTS),
        MalformedAddress,
        "bad.request",
    ),
    "the thread's body": (
        lambda make: make().post_body({"toAddress": SIP, "fromAddress": "+442079460100"}),
        MalformedAddress,
        "bad.request",
    ),
    "an impossible number": (
        lambda make: make().place_call("tel:+15551234567", ALICE, contract=PARTICIPANTS),
        InvalidNumber,
        "invalid.phone.number",
    ),
    "two destinations": (
        lambda make: make().post_body({"phoneNumber": "+442079460100", "callUserId": "x"}),
        InvalidRequest,
        "too.many.create.conversation.parameters",
    ),
    "no JSON": (lambda make: make().post_body(b"{"), InvalidRequest, "bad.request"),
    "an unknown user": (lambda make: make().place_call(NOBODY), NotFound, "not.found"),
    "an unknown caller": (lambda make: make(SERVICE).place_call(NUMBER, NOBODY), NotFound, "not.found"),
    "an unknown call": (
        lambda make: make().get_call("00000000-0000-4000-8000-00000000dead"),
        NotFound,
        "conversation.error.conversation.not.found",
    ),
    "no scope": (lambda make: make("noscope").place_call(NUMBER), NotAuthorized, "not.authorized"),
    "no permission": (
        lambda make: make("carol").place_call(NUMBER),
        NotAuthorized,
        "missing.any.permissions",
    ),
    "a disabled user": (
        lambda make: make().place_call(NUMBER, DAVE, contract=PARTICIPANTS),
        NotAuthorized,
        "not.authorized",
    ),
    "a user not set up for calls": (
        lambda make: make().place_call(NUMBER, ERIN, contract=PARTICIPANTS),
        NotAuthorized,
        "not.authorized",
    ),
    "a caller without permission": (
        lambda make: make(SERVICE).place_call(NUMBER, CAROL),
        NotAuthorized,
        "missing.any.permissions",
    ),
    "no station": (
        lambda make: make("bob").place_call(NUMBER),
        InvalidRequest,
        "conversation.error.no.user.station",
    ),
    "an unknown token": (lambda make: make("nobody").place_call(NUMBER), NotAuthenticated, "bad.credentials"),
    "an expired token": (
        lambda make: make("expired").place_call(NUMBER),
        NotAuthenticated,
        "credentials.expired",
    ),
}


@pytest.mark.parametrize("preflight", [True, False])
@pytest.mark.parametrize("case", REFUSALS)
def test_a_refusal_is_the_same_error_whether_it_is_foreseen_or_answered(
    case: str, make_client: MakeClient, *, preflight: bool
) -> None:
    act, kind, code = REFUSALS[case]
    with pytest.raises(StatusError) as caught:
        act(lambda *who, **settings: make_client(*who, preflight=preflight, **settings))
    assert (type(caught.value), caught.value.code) == (kind, code)
    assert caught.value.rule
    assert caught.value.fix
    assert caught.value.fix in str(caught.value)


def test_the_rate_limit_is_waited_for_once_it_is_known(
    make_client: MakeClient, clock: Clock, limited_org: Org
) -> None:
    calls = make_client(org=limited_org)
    calls.place_call(NUMBER)
    calls.place_call(NUMBER)
    assert sum(clock.slept) > 0


def test_a_rate_limit_that_asks_for_more_patience_than_there_is_ends_the_call(
    make_client: MakeClient, clock: Clock, limited_org: Org
) -> None:
    calls = make_client(org=limited_org, retry=clock.policy(budget=1))
    calls.place_call(NUMBER)
    with pytest.raises(RateLimited) as caught:
        calls.place_call(NUMBER)
    assert caught.value.code == "too.many.requests.retry.after"
    assert caught.value.retry_after
    assert caught.value.retry_after > 1


def code_after_login(app: WSGIAdapter, pkce: Pkce | None) -> str:
    """What the redirect carries once alice has logged in through the page."""
    session = requests.Session()
    session.mount("http://", app)
    url = authorize_url(MOCK, "demo-app", REDIRECT, pkce=pkce, state="s")
    asked = {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}
    assert session.get(url).status_code == 200
    answer = session.post(
        f"{MOCK}/oauth/authorize", data={**asked, "user": ALICE.removeprefix("user:")}, allow_redirects=False
    )
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert query["state"] == ["s"]
    return query["code"][0]


@pytest.mark.parametrize("with_pkce", [True, False])
def test_a_user_who_logs_in_through_the_browser_places_calls(*, with_pkce: bool) -> None:
    app = WSGIAdapter(create_app())
    pkce = Pkce() if with_pkce else None
    code = code_after_login(app, pkce)
    who = AuthorizationCode(
        "demo-app",
        code,
        REDIRECT,
        verifier=pkce.verifier if pkce else None,
        client_secret=None if pkce else "demo-secret",
    )
    calls = CallsClient(MOCK, who, adapter=app, retry=Clock().policy())
    assert calls.place_call(NUMBER).id
    again = CallsClient(MOCK, who, adapter=app, retry=Clock().policy())
    with pytest.raises(LoginFailed):
        again.place_call(NUMBER)


def test_another_verifier_than_the_login_s_is_refused() -> None:
    app = WSGIAdapter(create_app())
    code = code_after_login(app, Pkce())
    calls = CallsClient(
        MOCK, AuthorizationCode("demo-app", code, REDIRECT, verifier=Pkce().verifier), adapter=app
    )
    with pytest.raises(LoginFailed):
        calls.place_call(NUMBER)


@pytest.mark.parametrize(
    "who",
    [
        ClientCredentials("demo-service", "wrong"),
        ClientCredentials("nobody", "x"),
        RefreshToken("demo-app", "x"),
    ],
)
def test_wrong_credentials_are_a_login_that_failed(who: Credentials, make_client: MakeClient) -> None:
    with pytest.raises(LoginFailed):
        make_client(who).place_call(NUMBER, ALICE)


def test_a_token_that_the_server_forgot_is_renewed_within_the_call(clock: Clock) -> None:
    app = create_app()
    adapter = WSGIAdapter(app)
    calls = CallsClient(MOCK, SERVICE, adapter=adapter, retry=clock.policy())
    calls.place_call(NUMBER, ALICE)
    app.test_client().post("/__ringback/reset")
    assert calls.place_call(NUMBER, ALICE).id
    assert len([request for request in adapter.requests if "/oauth/" in (request.url or "")]) == 2


ADAPTER = WSGIAdapter(create_app())
texts = st.text(max_size=20) | st.from_regex(
    r"(tel:|user:|sip:|campaign:)?[+0-9a-f@. -]{0,20}", fullmatch=True
)
addresses = texts | st.sampled_from([NUMBER, OWN, SIP, ALICE, BOB, CAMPAIGN])


@given(addresses, addresses, st.sampled_from(CONTRACTS))
def test_what_is_foreseen_is_what_the_mock_answers(to: str, from_: str, contract: Contract) -> None:
    careless = CallsClient(MOCK, "alice", adapter=ADAPTER, preflight=False, retry=Clock().policy())
    try:
        request = careless.build_request(to, from_, contract=contract)
    except MalformedAddress:
        return
    foreseen = preflight(request)
    try:
        careless.send(request)
    except StatusError as error:
        answered = error.rule
    else:
        answered = None
    if foreseen:
        assert answered is not None, f"foreseen {foreseen[0].rule.id}, but the mock placed the call"

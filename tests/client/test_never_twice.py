"""Whatever happens on the wire, one intent places at most one call, and the client says what is true."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings

from ringback_client import (
    CallOutcomeUnknown,
    CallsClient,
    Credentials,
    NotAuthenticated,
    PlacedCall,
    RateLimited,
    RingbackError,
    ServerError,
    StatusError,
    TargetUnreachable,
)
from tests.client.happenings import (
    AMBIGUOUS,
    FAULTS,
    REFUSALS,
    SAFE,
    SERVICE,
    Fault,
    credentials,
    happenings,
    login_happenings,
)
from tests.client.scripted import (
    MOCK,
    PLACED,
    Answer,
    Clock,
    Make,
    ScriptedAdapter,
    envelope,
    refused,
    reset,
    token_answer,
)

NUMBER = "tel:+442079460100"
ALICE = "user:a11ce000-0000-4000-8000-000000000001"


def client(
    adapter: ScriptedAdapter, who: Credentials | str = "alice", clock: Clock | None = None
) -> CallsClient:
    return CallsClient(MOCK, who, adapter=adapter, retry=(clock or Clock()).policy())


@settings(max_examples=300)
@given(happenings, login_happenings, credentials)
def test_one_intent_is_one_call_and_the_outcome_is_unknown_exactly_when_nobody_can_know(
    faults: list[Fault], logins: list[Make], who: Credentials | str
) -> None:
    adapter = ScriptedAdapter([fault.make() for fault in faults], [make() for make in logins])
    outcome: PlacedCall | RingbackError
    try:
        outcome = client(adapter, who).place_call(NUMBER, ALICE)
    except RingbackError as error:
        outcome = error
    met = [*faults, *[FAULTS[0]] * 9][: len(adapter.sent("POST"))]
    assert all(fault.acted is False for fault in met[:-1]), "it sent again what may have been acted on"
    last = met[-1].acted if met else False
    assert isinstance(outcome, PlacedCall) == (last is True)
    assert isinstance(outcome, CallOutcomeUnknown) == (last is None)


@settings(max_examples=300)
@given(happenings, login_happenings, credentials)
def test_requests_logins_and_waits_are_bounded(
    faults: list[Fault], logins: list[Make], who: Credentials | str
) -> None:
    adapter, clock = ScriptedAdapter([f.make() for f in faults], [make() for make in logins]), Clock()
    policy = clock.policy()
    with suppress(RingbackError):
        client(adapter, who, clock).place_call(NUMBER, ALICE)
    assert len(adapter.sent("POST")) <= 2 * policy.attempts
    assert len(adapter.sent("POST", "/oauth/")) <= 2 * policy.attempts
    assert sum(clock.slept) <= 4 * policy.budget


@pytest.mark.parametrize("fault", AMBIGUOUS, ids=lambda fault: fault.name)
def test_what_may_have_been_acted_on_is_sent_once_and_reported_as_unknown(fault: Fault) -> None:
    adapter = ScriptedAdapter([fault.make()])
    with pytest.raises(CallOutcomeUnknown):
        client(adapter).place_call(NUMBER)
    assert len(adapter.requests) == 1


@pytest.mark.parametrize("fault", SAFE, ids=lambda fault: fault.name)
def test_what_cannot_have_been_acted_on_is_sent_again(fault: Fault) -> None:
    adapter = ScriptedAdapter([fault.make(), fault.make()])
    assert client(adapter).place_call(NUMBER).id == PLACED.body["id"]
    assert len(adapter.requests) == 3


@pytest.mark.parametrize("fault", REFUSALS, ids=lambda fault: fault.name)
def test_a_refusal_is_final(fault: Fault) -> None:
    adapter = ScriptedAdapter([fault.make()])
    with pytest.raises(StatusError):
        client(adapter).place_call(NUMBER)
    assert len(adapter.requests) == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("connection refused", TargetUnreachable),
        ("429", RateLimited),
        ("503 with Retry-After", ServerError),
    ],
)
def test_it_gives_up_after_a_bounded_number_of_attempts(fault: str, error: type[RingbackError]) -> None:
    make = next(each.make for each in FAULTS if each.name == fault)
    adapter, clock = ScriptedAdapter([make() for _ in range(100)]), Clock()
    with pytest.raises(error):
        client(adapter, clock=clock).place_call(NUMBER)
    assert len(adapter.requests) == clock.policy().attempts


def test_a_401_leads_to_one_login_and_one_replay() -> None:
    adapter = ScriptedAdapter(
        [envelope(401, "credentials.expired")], [token_answer("first"), token_answer("second")]
    )
    assert client(adapter, SERVICE).place_call(NUMBER, ALICE).id
    assert [request.headers["Authorization"] for request in adapter.sent("POST")] == [
        "Bearer first",
        "Bearer second",
    ]


def test_a_second_401_is_final() -> None:
    adapter = ScriptedAdapter([envelope(401, "bad.credentials")] * 9)
    with pytest.raises(NotAuthenticated):
        client(adapter, SERVICE).place_call(NUMBER, ALICE)
    assert len(adapter.sent("POST")) == 2
    assert len(adapter.sent("POST", "/oauth/")) == 2


def test_a_ready_token_that_is_refused_is_not_tried_again() -> None:
    adapter = ScriptedAdapter([envelope(401, "bad.credentials")] * 9)
    with pytest.raises(NotAuthenticated):
        client(adapter).place_call(NUMBER)
    assert len(adapter.requests) == 1


def test_an_earlier_failure_that_is_being_handled_does_not_make_a_lost_reply_look_unsent() -> None:
    adapter = ScriptedAdapter([*[refused() for _ in range(4)], reset()])
    calls = client(adapter)
    try:
        calls.place_call(NUMBER)
    except TargetUnreachable:
        with pytest.raises(CallOutcomeUnknown):
            calls.place_call(NUMBER)
    assert len(adapter.requests) == 5


def test_an_unknown_outcome_carries_what_is_needed_to_look_it_up() -> None:
    clock = Clock()
    lost = Answer(504, b"", {"ININ-Correlation-Id": "correlated"})
    with pytest.raises(CallOutcomeUnknown) as caught:
        client(ScriptedAdapter([lost]), clock=clock).place_call(NUMBER, ALICE)
    attempt = caught.value.attempt
    assert attempt.destinations == ("+442079460100",)
    assert attempt.caller == ALICE.removeprefix("user:")
    assert attempt.correlation_id == caught.value.correlation_id == "correlated"
    assert attempt.began == attempt.ended == clock.now()
    assert (caught.value.status, "504" in str(caught.value)) == (504, True)


def test_an_unknown_outcome_does_not_tell_logs_whom_it_rang() -> None:
    with pytest.raises(CallOutcomeUnknown) as caught:
        client(ScriptedAdapter([reset()])).place_call(NUMBER, "tel:+442079460001")
    told = f"{caught.value} {caught.value!r} {caught.value.attempt!r}"
    assert "7946" not in told


def test_reading_is_asked_for_again_when_a_reply_is_lost() -> None:
    adapter = ScriptedAdapter([reset(), Answer(502, b""), Answer(200, {"entities": []})])
    assert client(adapter).list_calls() == []
    assert len(adapter.requests) == 3

"""Our own client on a mock that misbehaves in whatever order: it never dials twice, and never guesses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ringback_client import (
    CallOutcomeUnknown,
    CallsClient,
    ClientCredentials,
    PlacedCall,
    RetryPolicy,
    RingbackError,
    StatusError,
)
from ringback_contracts.http.faults import OF_SOCKETS, Fault, FaultKind
from ringback_contracts.org import default_org
from ringback_contracts.resources.tokens.paths import TOKEN_PATH
from ringback_harness.crash.evidence import fault_of
from ringback_harness.crash.mock import Mock, running
from ringback_harness.crash.scenarios import named

CREDENTIALS = ClientCredentials("demo-service", "demo-secret")
ALICE = "user:a11ce000-0000-4000-8000-000000000001"
NOBODY_KNOWS = frozenset(
    {
        FaultKind.LOST_REPLY,
        FaultKind.RESET,
        FaultKind.TRUNCATED_REPLY,
        FaultKind.SERVER_ERROR,
        FaultKind.BAD_GATEWAY,
        FaultKind.GATEWAY_TIMEOUT,
        FaultKind.NOT_JSON,
    }
)
"""Faults after which a client cannot tell whether the call was placed."""


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mock]:
    folder: Path = tmp_path_factory.mktemp("mock")
    with running(default_org(), named("healthy"), folder) as served:
        yield served


def faults() -> st.SearchStrategy[list[Fault | None]]:
    """What happens to the first, the second and each further attempt; slow ones are slow by no time."""
    one = st.builds(
        lambda kind, asked, form: Fault(kind=kind, seconds=0, retry_after=asked, retry_after_form=form),
        st.sampled_from(sorted(set(FaultKind) - OF_SOCKETS)),
        st.sampled_from([None, 0, 2]),
        st.sampled_from(["seconds", "date"]),
    )
    return st.lists(st.none() | one, max_size=5)


def outcome(mock: Mock, sequence: list[Fault | None]) -> PlacedCall | RingbackError:
    """What the client says after one attempt at a call on a fresh org with these faults."""
    mock.store.reset()
    for position, fault in enumerate(sequence, start=1):
        if fault is not None:
            settings_of = {name: getattr(fault, name) for name in ("kind", "retry_after", "retry_after_form")}
            mock.store.default.faults.set(Fault(**settings_of, seconds=0, nth=position))
    retry = RetryPolicy(sleep=lambda _: None)
    with CallsClient(mock.url, CREDENTIALS, retry=retry) as client:
        try:
            return client.place_call("tel:+442079460100", ALICE)
        except RingbackError as error:
            return error


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(faults())
def test_whatever_goes_wrong_it_never_dials_twice_and_says_what_is_known(
    mock: Mock, sequence: list[Fault | None]
) -> None:
    said = outcome(mock, sequence)
    attempts = [exchange for exchange in mock.exchanges() if exchange.request.path != TOKEN_PATH]
    placed = [exchange for exchange in attempts if exchange.call_id is not None]
    assert len(placed) <= 1
    assert isinstance(said, CallOutcomeUnknown) is (fault_of(attempts[-1]) in NOBODY_KNOWS)
    assert isinstance(said, PlacedCall | CallOutcomeUnknown | StatusError)
    if isinstance(said, PlacedCall):
        assert [exchange.call_id for exchange in placed] == [said.id]
    if isinstance(said, StatusError):
        assert not placed

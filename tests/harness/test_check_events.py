"""The promises about channels: they hold of the mock, and of nothing that tells events otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from ringback_contracts.catalogue import TABLE
from ringback_contracts.http.faults import Fault, FaultKind
from ringback_harness.at_url import AtUrl
from ringback_harness.check.event_flow import EVENT_FLOWS
from ringback_harness.check.flow import check_flow
from ringback_harness.check.flows import ALL_FLOWS
from ringback_harness.check.heard_mutants import HEARD_MUTANTS
from ringback_harness.check.legs import changes_between, left_behind
from ringback_harness.check.results import CheckOutcome, Result
from ringback_harness.check.rules import Worlds
from ringback_harness.in_thread import serving
from ringback_harness.plain_target import PlainTarget
from ringback_harness.targets import CheckTarget, InProcess
from ringback_mock.edges.serve import Settings
from ringback_mock.engine.store import Store
from tests.harness.plain_target import OtherMock, flawless, plain_target
from tests.serving import mock_server
from tests.standin import NUMBER, TOKEN, standin_org


def walked(target: CheckTarget) -> dict[str, Result]:
    return {result.subject: result for result in check_flow(Worlds(target), EVENT_FLOWS)}


def told(target: CheckTarget) -> set[str]:
    """All that is found wrong."""
    return {reason for result in walked(target).values() if result.failed for reason in result.reasons}


def test_events_are_walked_with_all_else() -> None:
    assert {flow.id for flow in EVENT_FLOWS} < {flow.id for flow in ALL_FLOWS}
    assert len({flow.id for flow in ALL_FLOWS}) == len(ALL_FLOWS)


def test_the_mock_keeps_every_promise_about_events() -> None:
    results = walked(InProcess())
    assert {result.outcome for result in results.values()} == {CheckOutcome.HELD}, results


def test_a_mock_on_a_socket_keeps_them_too() -> None:
    with mock_server() as url:
        results = walked(AtUrl(url))
    assert {result.outcome for result in results.values()} == {CheckOutcome.HELD}, results


@pytest.mark.parametrize("name", HEARD_MUTANTS)
def test_what_is_told_otherwise_breaks_a_promise(name: str) -> None:
    assert told(InProcess(hear=HEARD_MUTANTS[name]))


@contextmanager
def somebodys(*faults: Fault) -> Iterator[PlainTarget]:
    """A mock of somebody else's that opens sockets, over which things may go wrong."""
    org = replace(standin_org(), faults=faults)
    with serving(OtherMock(Store(org), flawless, TABLE), Settings()) as port:
        yield PlainTarget(AtUrl(f"http://127.0.0.1:{port}", TOKEN), [NUMBER])


def test_somebody_elses_mock_is_asked_too() -> None:
    with somebodys() as target:
        results = walked(target)
    outcomes = {subject: result.outcome for subject, result in results.items()}
    assert outcomes.pop("the calls of others are told to nobody") is CheckOutcome.NOT_REACHED
    assert set(outcomes.values()) == {CheckOutcome.HELD}, results


def test_a_mock_that_says_things_twice_is_found_out() -> None:
    with somebodys(Fault(kind=FaultKind.EVENTS_TWICE)) as target:
        assert told(target) == {"an event comes twice"}


def test_a_mock_whose_sockets_do_not_open_is_found_out() -> None:
    with somebodys(Fault(kind=FaultKind.SOCKET_REFUSED)) as target:
        assert told(target) == {"the socket of a channel does not open"}


def test_a_mock_without_sockets_cannot_be_listened_to() -> None:
    with plain_target() as url:
        results = walked(PlainTarget(AtUrl(url, TOKEN), [NUMBER]))
    assert {result.outcome for result in results.values()} == {CheckOutcome.NOT_REACHED}
    assert any("opens no sockets" in reason for result in results.values() for reason in result.reasons)


LEG = {"id": "one", "state": "connected", "connectedTime": "2026-01-01T00:00:10.000Z"}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"state": "disconnected"}, []),
        ({"state": "parked"}, []),
        ({"state": "dialing"}, ["a leg goes back from connected to dialing"]),
        ({"state": "flying"}, ["a leg is in a state that nobody knows: flying"]),
        ({"connectedTime": None}, ["the connectedTime of a leg changes"]),
        ({"endTime": "2026-01-01T00:00:11Z"}, []),
        ({"id": "two"}, ["a participant vanishes from a call"]),
    ],
)
def test_what_cannot_become_of_a_leg(change: dict[str, str], found: list[str]) -> None:
    assert list(changes_between([LEG], [LEG | change])) == found


@pytest.mark.parametrize(
    ("legs", "found"),
    [
        ([LEG], []),
        ([{**LEG, "state": "terminated"}], ["a leg of the call comes without endTime"]),
        ([{**LEG, "endTime": "2026-01-01T00:00:11Z"}], ["a leg that is connected has an endTime"]),
        (
            [{**LEG, "state": "terminated", "endTime": "2026-01-01T00:00:09.5Z"}],
            ["the times of a leg run back"],
        ),
        ([{**LEG, "state": "dialing", "held": True}], ["a leg that is dialing is on hold"]),
        ([LEG, {**LEG, "confined": True}], []),
        ([{**LEG, "confined": True}], ["somebody is confined, and nobody is there who confines them"]),
        (
            [{"id": "two", "state": "dialing"}, {**LEG, "confined": True}],
            ["somebody is confined, and nobody is there who confines them"],
        ),
    ],
)
def test_what_cannot_be_of_legs(legs: list[dict[str, object]], found: list[str]) -> None:
    assert list(left_behind(legs)) == found

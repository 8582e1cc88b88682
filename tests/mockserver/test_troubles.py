"""What faults do to the sockets of channels."""

from __future__ import annotations

from typing import Any

import pytest

from ringback_contracts.http.faults import FaultError, parse_fault
from tests.mockserver.listening import OWN_CALLS, Ear, World


def struck(kind: str, **settings: Any) -> tuple[World, Ear]:
    """Somebody who listens to an org in which this goes wrong once."""
    world = World()
    world.admin("POST", "/faults", {"kind": kind, "times": 1, **settings}, status=201)
    return world, world.listen(OWN_CALLS)


def kinds(ear: Ear) -> list[str]:
    return [one["topicName"] for one in ear.take()]


def test_a_silent_socket_beats_and_tells_nothing() -> None:
    world, ear = struck("socket-silent")
    world.place()
    world.advance(30)
    assert kinds(ear) == ["channel.metadata"]


def test_a_socket_is_lost_after_so_many_events_and_the_next_is_whole() -> None:
    world, ear = struck("socket-lost", after=2)
    world.place()
    world.advance(10)
    assert kinds(ear) == [OWN_CALLS] * 2
    assert not ear.is_open()
    again = world.listen(OWN_CALLS)
    world.place()
    world.advance(10)
    assert len(kinds(again)) == 5


def test_each_event_comes_twice_and_a_heartbeat_once() -> None:
    world, ear = struck("events-twice")
    world.place()
    world.advance(0)
    first, second = ear.take()
    assert first == second
    world.advance(30)
    assert kinds(ear).count("channel.metadata") == 1


def test_events_come_late() -> None:
    world, ear = struck("events-late", seconds=7)
    world.place()
    world.advance(6)
    assert kinds(ear) == []
    world.advance(1)
    assert kinds(ear) == [OWN_CALLS]
    world.advance(20)
    assert kinds(ear) == [OWN_CALLS] * 4, "however far the clock is moved"


def test_a_socket_says_a_minute_before_that_it_closes() -> None:
    world, ear = struck("socket-closed", seconds=5)
    world.advance(5)
    assert kinds(ear) == ["v2.system.socket_closing"]
    world.advance(59)
    assert ear.is_open()
    world.advance(1)
    assert ear.closed == (1001, "maintenance")


def test_faults_of_sockets_strike_no_request_and_count_those_that_open() -> None:
    world, _ = struck("socket-silent")
    world.place()
    *_, shown = world.admin("GET", "/faults")["faults"]
    assert (shown["operation"], shown["taken"], shown["fired"]) == ("listen", 1, 1)


@pytest.mark.parametrize("text", ["socket-silent:operation=place", "reset:operation=listen"])
def test_a_fault_of_sockets_is_of_nothing_else(text: str) -> None:
    with pytest.raises(FaultError, match="sockets"):
        parse_fault(text)

"""A client that listens: whatever becomes of the socket, it knows how each call ended."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_client import (
    CallNeverReached,
    CallsClient,
    ChannelUnavailable,
    Event,
    Events,
    NotAuthorized,
    RetryPolicy,
    StatusError,
    TargetUnreachable,
    WaitedTooLong,
)
from ringback_client.events import FIRST_TRIES, LOOKED_AT
from ringback_client.known_calls import is_final
from ringback_harness.in_process import SiteAdapter
from ringback_mock.engine.store import Store
from ringback_mock.site import Site
from tests.mockserver.listening import ALICE, BOB, OWN_CALLS, SUPPORT, World

TEST = "+442079460100"
OWN_CALLS_OF_ME = "v2.users.{me}.conversations.calls"


INSTEAD = {
    "swallowed": b'{"topicName": "v2.elsewhere", "eventBody": []}',
    "late": b"{}",
    "closing": b'{"topicName": "v2.system.socket_closing", "eventBody": {}}',
    "taken": b'{"topicName": "v2.system.no_longer_subscribed", "eventBody": {}}',
    "nonsense": b"\xff{",
}
"""What comes in place of a message in each trouble."""


@dataclass
class Line:
    """A connection to a channel of a world, in which time passes while somebody waits for a message."""

    world: World
    channel_id: str
    troubles: deque[str]
    heard: deque[bytes] = field(default_factory=deque)
    over: bool = False

    def __post_init__(self) -> None:
        session = self.world.site.sockets.join(self.channel_id, self)
        if session is None:
            raise ChannelUnavailable("404", refused=True)
        self.session = session

    def send(self, text: bytes) -> None:
        self.heard.append(text)

    def close(self, code: int = 1000, reason: str = "") -> None:
        self.over = True
        self.session.ended()

    def drop(self) -> None:
        self.close()

    def recv(self, timeout: float | None = None) -> bytes:
        waited = 0.0
        while not self.heard:
            if self.over:
                raise EOFError
            if waited >= (timeout or 0):
                raise TimeoutError
            self.world.advance(0.5)
            waited += 0.5
        trouble = self.troubles.popleft() if self.troubles else ""
        return self.troubled(self.heard.popleft(), trouble)

    def troubled(self, text: bytes, trouble: str) -> bytes:
        """What comes of the message in this trouble."""
        if trouble == "lost":
            self.close()
            raise ConnectionResetError
        if trouble == "twice":
            self.heard.appendleft(text)
        if trouble == "late":
            self.heard.append(text)
        if trouble == "gone":
            self.world.site.store.default.channels.clear()
        if trouble == "unread":
            self.world.admin("DELETE", "/faults", status=204)
            fault = {"kind": "server-error", "operation": "read", "times": 2}
            self.world.admin("POST", "/faults", fault, status=201)
        if trouble == "swallowed" and b"Heartbeat" in text:
            return text
        return INSTEAD.get(trouble, text)


class Network:
    """A world's network: ``troubles`` befall one message after the other, ``refusals`` connections."""

    def __init__(
        self,
        troubles: list[str] = [],  # noqa: B006 - read only
        refusals: list[bool] = [],  # noqa: B006 - read only
        token: str = "alice",
    ) -> None:
        self.world = World()
        self.troubles = deque(troubles)
        self.refusals = deque(refusals)
        self.connected = 0
        self.lines: list[Line] = []
        self.slept: list[float] = []
        adapter = SiteAdapter(self.world.site)
        retry = RetryPolicy(sleep=self.sleep)
        self.client = CallsClient("http://mock.test", token, adapter=adapter, retry=retry)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.world.advance(seconds)

    def connect(self, uri: str) -> Line:
        if self.refusals and self.refusals.popleft():
            raise ConnectionRefusedError
        self.connected += 1
        self.lines.append(Line(self.world, uri.rpartition("/")[2], self.troubles))
        return self.lines[-1]

    def events(self, *topics: str) -> Events:
        return self.client.events(*topics, connect=self.connect, now=self.world.site.store.default.clock)


def final(events: Events, call_id: str) -> Event:
    """The event that tells of the call's end, after at most so many others."""
    for _ in range(400):
        event = events.next_event(60)
        if event is not None and event.call is not None and event.call.id == call_id and is_final(event.call):
            return event
    raise AssertionError("nobody told how the call ended")


def test_a_call_is_told_turn_by_turn() -> None:
    network = Network()
    with network.events() as events:
        placed = network.client.place_call(TEST)
        told = [next(events) for _ in range(5)]
        assert {event.topic for event in told} == {OWN_CALLS}
        assert [len(event.call.participants) for event in told if event.call] == [1, 2, 2, 2, 2]
        assert all(event.correlation_id for event in told)
        assert not any(event.read for event in told)
        network.client.disconnect(placed.id)
        assert final(events, placed.id).topic == OWN_CALLS


def test_the_user_of_the_token_can_be_named_me() -> None:
    network = Network()
    with network.events("v2.users.{me}.presence", "v2.users.{me}.conversations"):
        (channel,) = network.world.ask("GET", "/notifications/channels")["entities"]
        listed = network.world.ask("GET", f"/notifications/channels/{channel['id']}/subscriptions")
        assert [one["id"] for one in listed["entities"]] == [
            f"v2.users.{ALICE}.presence",
            f"v2.users.{ALICE}.conversations",
        ]


def test_none_comes_in_time_and_that_is_told() -> None:
    with Network().events() as events:
        assert events.next_event(0.2) is None


TROUBLES = ["", "lost", "swallowed", "twice", "late", "closing", "taken", "gone", "nonsense", "unread"]


# Who is refused at every one of the first tries is told so, by a test of its own.
refused = st.lists(st.booleans(), max_size=6).filter(lambda each: each[:FIRST_TRIES] != [True] * FIRST_TRIES)


@given(st.lists(st.sampled_from(TROUBLES), max_size=12), refused, st.booleans())
def test_the_end_of_a_call_is_told_whatever_befalls_the_socket(
    troubles: list[str], refusals: list[bool], early: bool
) -> None:
    network = Network(troubles, refusals)
    with network.events() as events:
        placed = network.client.place_call("+442079460111" if early else TEST)
        for _ in range(3):
            events.next_event(3)
        if not early:
            network.client.disconnect(placed.id)
        ended = final(events, placed.id)
        assert ended.call is not None
        # Nothing of the time before its end comes behind it.
        while (later := events.next_event(40)) is not None:
            assert later.call is not None
            assert is_final(later.call)


def test_a_call_that_somebody_else_placed_in_the_gap_is_read_after_it() -> None:
    network = Network(["lost"])
    with network.events() as events:
        first = network.world.place()
        network.world.place()
        ids = {event.call.id for _ in range(4) if (event := events.next_event(2)) and event.call}
        assert len(ids) == 2
        assert first in ids


def test_a_call_that_began_and_ended_in_the_gap_is_told_of_after_it() -> None:
    network = Network()
    before = network.world.place("+442079460101")
    network.world.advance(60)
    with network.events() as events:
        events.close()  # as the line does that breaks
        within = network.world.place("+442079460101")
        network.world.advance(60)
        assert final(events, within).read
        events.close()
        again = [event.call.id for _ in range(3) if (event := events.next_event(2)) and event.call]
        assert before not in again
        assert within not in again


OTHERS_CALLS = f"v2.users.{BOB}.conversations.calls"
QUEUES_CALLS = f"v2.routing.queues.{SUPPORT}.conversations"
UNREAD = [
    ((OWN_CALLS,), []),
    (("v2.users.{me}.conversations",), []),
    ((OWN_CALLS.replace(ALICE, ALICE.upper()),), []),
    ((OTHERS_CALLS, OWN_CALLS), [OTHERS_CALLS]),
    ((QUEUES_CALLS,), [QUEUES_CALLS]),
    (("v2.users.{me}?presence&conversations.calls",), [f"v2.users.{ALICE}.presence"]),
]


@pytest.mark.parametrize(("topics", "unread"), UNREAD)
def test_what_cannot_be_read_after_a_gap_is_told_to_be_missed(
    topics: tuple[str, ...], unread: list[str]
) -> None:
    network = Network()
    with network.events(*topics) as events:
        assert events.next_event(7) is None
        lines = network.lines
        lines[-1].close()
        network.world.advance(12)
        told = [event for _ in range(4) if (event := events.next_event(1))]
        assert [event.topic for event in told if event.missed] == unread
        assert all(event.call is None and event.body["seconds"] >= 12 for event in told)


def test_a_client_that_waits_again_and_again_takes_one_channel_for_it() -> None:
    network = Network()
    others = network.world.channel(OWN_CALLS)
    vars(network.client)["_socket"] = network.connect
    for _ in range(25):
        network.client.place_call("+442079460101").wait_for("terminated", timeout=40)
    assert network.client.count_channels() == 2
    assert network.world.site.store.default.channels.get(others) is not None


def test_a_channel_that_has_ended_meanwhile_is_not_taken_again() -> None:
    network = Network()
    network.events().open().close()
    network.world.site.store.default.channels.clear()
    with network.events() as events:
        placed = network.client.place_call(TEST)
        told = events.next_event(10)
        assert told is not None
        assert told.call is not None
        assert told.call.id == placed.id


def test_two_who_listen_at_once_have_a_channel_each() -> None:
    network = Network()
    with network.events(), network.events():
        assert network.client.count_channels() == 2


def test_a_silent_channel_is_given_up_for_another() -> None:
    network = Network(["swallowed"] * 40)
    with network.events() as events:
        placed = network.client.place_call("+442079460112")
        first = events.next_event(40)
        network.client.disconnect(placed.id)
        second = events.next_event(40)
        assert first is not None
        assert second is not None
        assert first.read
        assert second.read
        assert second.call is not None
        assert second.call.over
        events.next_event(1)
        assert network.connected == 2
        network.world.place()
        assert events.next_event(31)
        assert events.next_event(1) is None
        assert network.connected == 2, "once is no reason"


def test_a_channel_that_tells_something_between_is_not_silent() -> None:
    network = Network()
    with network.events() as events:
        placed = network.client.place_call(TEST)
        while events.next_event(10):
            pass
        own = network.client.get_call(placed.id).participants[0].id
        path = f"/conversations/calls/{placed.id}/participants/{own}"
        for held in (True, False, True):
            network.troubles.extend(["swallowed"] * 2 if held else ["", ""])
            network.world.ask("PATCH", path, {"held": held}, status=202)
            told = events.next_event(31)
            assert told is not None
            assert told.read == held
            while events.next_event(1):
                pass
        assert network.connected == 1


def test_a_call_that_rings_in_on_a_silent_channel_is_told_at_the_next_heartbeat() -> None:
    network = Network(["swallowed"] * 40)
    with network.events() as events:
        rings_in = network.world.admin("POST", "/calls", {"user": ALICE}, status=201)["id"]
        told = events.next_event(31)
        assert told is not None
        assert told.read
        assert told.call is not None
        assert told.call.id == rings_in


def test_what_cannot_be_read_at_once_after_a_gap_is_read_in_the_end() -> None:
    network = Network()
    with network.events() as events:
        placed = network.client.place_call(TEST)
        network.lines[-1].close()
        network.client.disconnect(placed.id)
        network.world.advance(20)
        fault = {"kind": "server-error", "operation": "read", "times": 3}
        network.world.admin("POST", "/faults", fault, status=201)
        assert final(events, placed.id).read
        assert network.connected == 5
        assert network.slept == [0.2, 0.4, 0.8]


def test_of_many_calls_of_others_a_heartbeat_reads_a_few_and_the_next_one_others() -> None:
    network = Network(token="service")
    with network.events(OWN_CALLS) as events:
        placed = [network.world.place() for _ in range(2 * LOOKED_AT)]
        while events.next_event(15):
            pass
        read: list[str] = []
        for _ in range(2):
            total = network.world.admin("GET", "/exchanges?limit=0")["total"]
            assert events.next_event(30) is None
            exchanges = network.world.admin("GET", "/exchanges?limit=100")["exchanges"][total:]
            read += [path[-36:] for one in exchanges if (path := one["request"]["path"])[-36:] in placed]
        assert sorted(read) == sorted(placed)


@pytest.mark.parametrize(("token", "topic", "left"), [("service", OWN_CALLS_OF_ME, 0), ("bob", OWN_CALLS, 1)])
def test_who_may_not_listen_leaves_no_channels_behind(token: str, topic: str, left: int) -> None:
    network = Network(token=token)
    for _ in range(3):
        with pytest.raises(StatusError):
            network.events(topic).open()
    assert network.client.count_channels() == left


def test_who_waits_so_long_for_an_event_waits_no_longer_for_a_connection() -> None:
    network = Network()
    with network.events() as events:
        network.lines[-1].close()
        network.refusals.extend([True] * 4)
        assert events.next_event(0.5) is None
        assert sum(network.slept) == pytest.approx(0.5)
        placed = network.world.place()
        told = events.next_event(60)
        assert told is not None
        assert told.call is not None
        assert told.call.id == placed
        assert sum(network.slept) == pytest.approx(0.2 + 0.4 + 0.8 + 1.6)


def test_between_two_attempts_to_connect_it_waits_longer_each_time() -> None:
    network = Network(refusals=[True] * 4)
    with network.events():
        assert network.slept == [0.2, 0.4, 0.8, 1.6]


def test_who_can_never_connect_is_told_so() -> None:
    network = Network(refusals=[True] * 50)
    with pytest.raises((ChannelUnavailable, TargetUnreachable)):
        network.events().open()
    assert len(network.slept) == 4


def test_where_there_are_no_sockets_that_is_told_at_once() -> None:
    client = CallsClient("http://localhost", "alice", adapter=SiteAdapter(Site(Store())))
    with pytest.raises(ChannelUnavailable, match="ringback serve"):
        client.events().open()
    with pytest.raises(NotAuthorized):
        CallsClient("http://localhost", "noscope", adapter=SiteAdapter(Site(Store()))).events().open()


@pytest.mark.parametrize(("number", "state"), [(TEST, "connected"), ("+442079460111", "terminated")])
def test_waiting_for_a_call_is_told_when_it_has_come_so_far(number: str, state: str) -> None:
    network = Network()
    vars(network.client)["_socket"] = network.connect
    call = network.client.place_call(number).wait_for(state, timeout=20)
    assert call.participants[1].state == state


def test_a_call_that_ends_before_is_an_error_that_says_how() -> None:
    network = Network()
    vars(network.client)["_socket"] = network.connect
    with pytest.raises(CallNeverReached, match="before it was connected"):
        network.client.place_call("+442079460101").wait_for("connected", timeout=20)


def test_where_nobody_can_listen_it_asks_again_and_again() -> None:
    world = World()
    site = Site(world.site.store)
    client = CallsClient(
        "http://localhost", "alice", adapter=SiteAdapter(site), retry=RetryPolicy(sleep=world.advance)
    )
    assert client.place_call(TEST).wait_for("connected", timeout=20).participants[1].state == "connected"


def test_what_does_not_come_in_time_is_told() -> None:
    world = World()
    client = CallsClient(
        "http://localhost", "alice", adapter=SiteAdapter(Site(world.site.store)), retry=RetryPolicy()
    )
    with pytest.raises(WaitedTooLong, match="not connected within 0"):
        client.place_call(TEST).wait_for("connected", timeout=0.01)

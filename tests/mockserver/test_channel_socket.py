"""The socket of a channel, as clients connect to it."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from ringback_harness.in_thread import serving
from ringback_mock.edges.serve import Settings
from ringback_mock.edges.socket import MOST_WAITING, TOO_SLOW
from ringback_mock.engine.store import Store
from ringback_mock.site import Site
from tests.mockserver import process, wire
from tests.mockserver.listening import ADMIN, API, CALLS, CHANNELS, OWN_CALLS, states

PATIENCE = 20
HEADERS = {"Authorization": "Bearer alice"}
UPGRADE = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)


class Server:
    """A running server, asked over HTTP."""

    def __init__(self, url: str) -> None:
        self.url = url

    def post(self, path: str, body: Any = None, method: str = "POST") -> Any:
        reply = requests.request(method, self.url + path, json=body, headers=HEADERS, timeout=PATIENCE)
        assert reply.ok, reply.text
        return reply.json() if reply.content else None

    def channel(self, *topics: str) -> str:
        """The address of a new channel's socket."""
        made = self.post(API + CHANNELS)
        self.post(f"{API}{CHANNELS}/{made['id']}/subscriptions", [{"id": topic} for topic in topics])
        uri: str = made["connectUri"]
        return uri

    def place(self) -> str:
        call_id: str = self.post(API + CALLS, {"phoneNumber": "+442079460100"})["id"]
        return call_id

    def advance(self, seconds: float) -> None:
        self.post(f"{ADMIN}/clock", {"freeze": True, "advance": seconds})


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Site(Store()), Settings()) as port:
        yield Server(f"http://127.0.0.1:{port}")


def hear(socket: ClientConnection) -> Any:
    return json.loads(socket.recv(timeout=PATIENCE))


def test_events_are_there_when_the_clock_has_been_moved(server: Server) -> None:
    with connect(server.channel(OWN_CALLS)) as socket:
        server.advance(0)
        server.place()
        server.advance(20)
        heard = [hear(socket) for _ in range(5)]
        assert [states(one["eventBody"])[0] for one in heard] == [
            "contacting",
            "contacting",
            "dialing",
            "dialing",
            "connected",
        ]


def test_events_come_by_themselves_when_their_time_has_come(server: Server) -> None:
    server.post(f"{ADMIN}/clock", {"speed": 1_000})
    with connect(server.channel(OWN_CALLS)) as socket:
        server.place()
        told: list[Any] = []
        while len(told) < 5:  # a heartbeat may be told between them
            told += [message for message in [hear(socket)] if message["topicName"] == OWN_CALLS]
        assert states(told[-1]["eventBody"]) == ["connected", "connected"]


def test_pings_of_both_kinds_are_answered(server: Server) -> None:
    with connect(server.channel()) as socket:
        assert socket.ping().wait(PATIENCE)
        socket.send('{"message": "ping"}')
        assert hear(socket)["eventBody"] == {"message": "pong"}
        socket.send(['{"message":', ' "ping"}'])
        assert hear(socket)["eventBody"] == {"message": "pong"}


def test_the_newest_connection_takes_over(server: Server) -> None:
    uri = server.channel(OWN_CALLS)
    with connect(uri) as first, connect(uri) as second:
        assert hear(first)["eventBody"]["systemTopicType"] == "no_longer_subscribed"
        with pytest.raises(ConnectionClosed) as closed:
            first.recv(timeout=PATIENCE)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1000
        server.place()
        assert states(hear(second)["eventBody"]) == ["contacting"]


def test_whoever_reconnects_is_told_what_happens_from_then_on(server: Server) -> None:
    uri = server.channel(OWN_CALLS)
    server.advance(0)
    with connect(uri):
        server.place()
    server.advance(2)
    with connect(uri) as again:
        server.advance(10)
        assert states(hear(again)["eventBody"]) == ["dialing", "connected"]


@pytest.mark.parametrize(
    ("path", "status"), [("/channels/streaming-0-nobody", 404), ("/elsewhere", 404), ("/channels/", 404)]
)
def test_where_there_is_no_channel_there_is_no_socket(server: Server, path: str, status: int) -> None:
    with pytest.raises(InvalidStatus) as refused, connect(server.url.replace("http", "ws") + path):
        pass
    assert refused.value.response.status_code == status


def test_a_plain_request_is_told_what_opens_here(server: Server) -> None:
    uri = server.channel().replace("ws:", "http:")
    reply = requests.get(uri, timeout=PATIENCE)
    assert (reply.status_code, reply.headers["Upgrade"]) == (426, "websocket")


def test_another_host_s_socket_is_not_opened(server: Server) -> None:
    uri = server.channel()
    with pytest.raises(InvalidStatus) as refused, connect(uri, additional_headers={"Host": "evil.example"}):
        pass
    assert refused.value.response.status_code in (400, 421)


@pytest.mark.parametrize(
    "upgrade", ["Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\n"]
)
def test_a_handshake_that_is_none_is_refused(server: Server, upgrade: str) -> None:
    parts = urlsplit(server.channel())
    with socket.create_connection((parts.hostname, parts.port or 0), timeout=PATIENCE) as client:
        client.sendall(f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n{upgrade}\r\n".encode())
        assert client.recv(4_096).startswith(b"HTTP/1.1 4")
        assert client.recv(4_096) is not None


def test_what_a_client_says_in_no_protocol_ends_its_connection_alone(server: Server) -> None:
    uri = server.channel(OWN_CALLS)
    with connect(uri) as rude:
        rude.socket.sendall(b"\xff" * 10)
        with pytest.raises(ConnectionClosed):
            rude.recv(timeout=PATIENCE)
    with connect(uri) as again:
        server.place()
        assert states(hear(again)["eventBody"]) == ["contacting"]


@contextmanager
def reluctant(uri: str) -> Iterator[socket.socket]:
    """A client that shakes hands, and reads when the test does."""
    parts = urlsplit(uri)
    head = f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n{UPGRADE}\r\n"
    with socket.create_connection((parts.hostname, parts.port or 0), timeout=PATIENCE) as client:
        client.sendall(head.encode())
        assert client.recv(4_096).startswith(b"HTTP/1.1 101")
        yield client


def test_a_reader_who_is_too_slow_is_cut_off_and_its_channel_lives_on(server: Server) -> None:
    uri = server.channel(OWN_CALLS)
    body = {"phoneNumber": "+442079460100", "attributes": {"note": "x" * 400_000}}
    server.advance(0)
    with reluctant(uri) as slow:
        for _ in range(5 * MOST_WAITING // 400_000):
            server.post(API + CALLS, body)
            server.advance(20)
        goodbye = struct.pack(">BBH", 0x88, 2 + len(TOO_SLOW), 1013) + TOO_SLOW.encode()
        heard = bytearray()
        while not heard.endswith(goodbye):
            heard += slow.recv(2**20)
        assert len(heard) < 10 * MOST_WAITING
    server.post(f"{ADMIN}/clock", {"freeze": False})
    with connect(uri) as again:
        server.place()
        assert states(hear(again)["eventBody"]) == ["contacting"]


PING, PONG = b"\x89\x80\0\0\0\0", b"\x8a\x00"
"""A ping without a word, masked as a client's are, and its answer."""


@contextmanager
def shaking_hands(extra: str = "", early: bytes = b"") -> Iterator[wire.Connection]:
    """A client that asks for the socket of a channel, and says something before that is answered."""
    server = wire.Server()
    server.site.open_to_sockets(lambda: None)
    with server.connect() as connection:
        connection.receive(wire.request(target=API + CHANNELS))
        channel_id = json.loads(connection.replies()[0].body)["id"]
        connection.transport.writes.clear()
        head = wire.request("GET", f"/channels/{channel_id}", extra=(UPGRADE + extra).encode())
        connection.receive(head + early)
        yield connection


@pytest.fixture
def fast_talker() -> Iterator[wire.Connection]:
    """A client that says more at once than is heard in a turn, as far as it has shaken hands."""
    with shaking_hands() as connection:
        assert connection.sent.startswith(b"HTTP/1.1 101 ")
        connection.transport.writes.clear()
        yield connection


def test_what_a_client_says_before_its_socket_is_open_is_heard() -> None:
    with shaking_hands(early=PING) as connection:
        assert connection.sent.startswith(b"HTTP/1.1 101 ")
        assert connection.sent.endswith(b"\r\n\r\n" + PONG)


@pytest.mark.parametrize(
    ("extra", "body"), [("Content-Length: 5\r\n", b"hello"), ("Transfer-Encoding: chunked\r\n", b"0\r\n\r\n")]
)
def test_a_request_with_a_body_opens_no_socket(extra: str, body: bytes) -> None:
    with shaking_hands(extra, body) as connection:
        assert [reply.status for reply in connection.replies("GET")] == [426]


def test_a_client_that_says_much_is_heard_in_turns(fast_talker: wire.Connection) -> None:
    transport, turns = fast_talker.transport, fast_talker.door.turns
    others: list[int] = []
    transport.protocol.data_received(PING * 5_000)
    turns.wait(fast_talker.loop, lambda: others.append(fast_talker.sent.count(PONG)))
    assert not transport.reading
    fast_talker.settle()
    assert 0 < others[0] < 2_000
    assert fast_talker.sent == PONG * 5_000
    assert transport.reading


def test_a_client_that_takes_no_answers_is_not_heard(fast_talker: wire.Connection) -> None:
    transport = fast_talker.transport
    transport.protocol.pause_writing()
    assert not transport.reading
    transport.protocol.data_received(PING * 5_000)
    fast_talker.settle()
    assert fast_talker.sent.count(PONG) < 2_000
    transport.protocol.resume_writing()
    fast_talker.settle()
    assert fast_talker.sent == PONG * 5_000
    assert transport.reading


def test_a_socket_that_is_refused_opens_the_next_time(server: Server) -> None:
    uri = server.channel(OWN_CALLS)
    server.post(f"{ADMIN}/faults", {"kind": "socket-refused", "times": 1})
    with pytest.raises(InvalidStatus) as refused, connect(uri):
        pass
    assert refused.value.response.status_code == 503
    assert refused.value.response.headers["Ringback-Fault"] == "socket-refused"
    with connect(uri):
        server.post(f"{ADMIN}/faults", {"kind": "socket-lost", "times": 1})
    with connect(uri) as lost:
        server.place()
        assert states(hear(lost)["eventBody"]) == ["contacting"]
        with pytest.raises(ConnectionClosed):
            lost.recv(timeout=PATIENCE)


def test_a_server_that_stops_says_goodbye() -> None:
    with process.serving() as running:
        server = Server(running.url)
        with connect(server.channel(OWN_CALLS)) as socket:
            code, _, _ = running.stop()
            assert code == 0
            with pytest.raises(ConnectionClosed) as closed:
                socket.recv(timeout=PATIENCE)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1001

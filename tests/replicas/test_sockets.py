"""A socket hears of what is done through another replica, and yields to one that is opened there."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from uvicorn.server import ServerState
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from ringback_mock.edges.socket import ChannelSocket
from ringback_mock.edges.turns import Turns
from tests.mockserver.listening import OWN_CALLS
from tests.mockserver.process import ALICE, PATIENCE, Process
from tests.mockserver.wire import CALLS
from tests.replicas.conftest import Start
from tests.replicas.within import replicas

CHANNELS = "/api/v2/notifications/channels"
HANDSHAKE = (
    b"GET /channels/%b HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


def channel(replica: Process) -> str:
    """A new channel that is subscribed to alice's calls."""
    made = requests.post(replica.url + CHANNELS, headers=ALICE, timeout=PATIENCE).json()
    path = f"{replica.url}{CHANNELS}/{made['id']}/subscriptions"
    requests.put(path, json=[{"id": OWN_CALLS}], headers=ALICE, timeout=PATIENCE).raise_for_status()
    name: str = made["id"]
    return name


def test_a_topic_of_a_family_of_which_not_all_are_known_is_known_to_all(start: Start) -> None:
    one, other = start(), start()
    name = channel(one)
    topics = [OWN_CALLS, "v2.analytics.queues.90e0e000-0000-4000-8000-000000000010.observations"]
    path = f"{CHANNELS}/{name}/subscriptions"
    put = requests.put(
        one.url + path, json=[{"id": each} for each in topics], headers=ALICE, timeout=PATIENCE
    )
    assert put.status_code == 200, put.text
    for replica in (one, other):
        assert [each["id"] for each in replica.get(path).json()["entities"]] == topics


def listening(replica: Process, name: str) -> ClientConnection:
    return connect(f"ws://{urlsplit(replica.url).netloc}/channels/{name}", open_timeout=PATIENCE)


def heard(socket: ClientConnection, topic: str) -> dict[str, Any]:
    """The next message of the topic."""
    while True:
        message: dict[str, Any] = json.loads(socket.recv(PATIENCE))
        if message["topicName"] == topic:
            return message


def test_a_socket_hears_of_what_is_done_through_another_replica(start: Start) -> None:
    one, other = start(), start()
    with listening(other, channel(one)) as socket:
        call = one.place().json()["id"]
        assert heard(socket, OWN_CALLS)["eventBody"]["id"] == call


def test_a_socket_at_one_replica_ends_that_at_another(start: Start) -> None:
    one, other = start(), start()
    name = channel(one)
    with listening(one, name) as first, listening(other, name) as second:
        assert heard(first, "v2.system.no_longer_subscribed")["eventBody"]["channelId"] == name
        with pytest.raises(ConnectionClosed):
            first.recv(PATIENCE)
        call = one.place().json()["id"]
        assert heard(second, OWN_CALLS)["eventBody"]["id"] == call


class Heard:
    """A listener that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[bytes] = []
        self.closed = False

    def send(self, text: bytes) -> None:
        self.told.append(text)

    def close(self, _: int, __: str) -> None:
        self.closed = True

    def drop(self) -> None:
        self.closed = True


class Written(asyncio.Transport):
    """A connection of which only what is written to it is of interest."""

    def __init__(self) -> None:
        super().__init__()
        self.text = b""
        self.answered = asyncio.Event()

    def set_protocol(self, _: asyncio.BaseProtocol) -> None: ...

    def is_closing(self) -> bool:
        return False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.text += bytes(data)
        self.answered.set()


def test_a_client_takes_its_socket_for_open_once_every_replica_can_know(redis_url: str, prefix: str) -> None:
    """Else the note of this one could come later than that of a socket which the client opens after it."""

    async def opened() -> tuple[bytes, bytes, list[str]]:
        async with replicas(redis_url, prefix) as two:
            name = (await two[0].json("POST", CHANNELS))["id"]
            noted = asyncio.Event()

            async def note() -> None:
                await noted.wait()
                await two[0].site.replica.catch_up()

            transport = Written()
            socket = ChannelSocket(asyncio.get_running_loop(), ServerState(), Turns())
            socket.open(transport, HANDSHAKE % name.encode(), name, two[0].site.sockets, note)
            await asyncio.sleep(0)
            before = transport.text
            noted.set()
            await transport.answered.wait()
            await two[1].site.replica.catch_up()
            kept = two[1].site.store.default.channels.get(name)
            assert kept is not None
            return before, transport.text, [kept.connected_by, two[0].site.store.name]

    before, after, names = asyncio.run(opened())
    assert before == b""
    assert after.startswith(b"HTTP/1.1 101 ")
    assert names[0] == names[1]


@pytest.mark.parametrize("where", [(0, 1), (1, 0), (0, 1, 0), (0, 1, 1), (1, 0, 0, 1, 1)])
def test_of_sockets_that_are_opened_at_once_exactly_one_stays(
    redis_url: str, prefix: str, where: tuple[int, ...]
) -> None:
    async def opened() -> tuple[list[Heard], list[Heard]]:
        async with replicas(redis_url, prefix) as two:
            made = await two[0].json("POST", CHANNELS)
            await two[0].json("PUT", f"{CHANNELS}/{made['id']}/subscriptions", [{"id": OWN_CALLS}])
            await two[1].site.replica.catch_up()
            # Nobody writes or reads the log between these, as nothing is awaited.
            listeners = [Heard() for _ in where]
            for place, listener in zip(where, listeners, strict=True):
                assert two[place].site.sockets.join(made["id"], listener) is not None
            for _ in range(3):
                for one in two:
                    await one.site.replica.catch_up()
            open_ones = [listener for listener in listeners if not listener.closed]
            call = (await two[0].json("POST", CALLS, {"phoneNumber": "+442079460100"}))["id"]
            await two[1].site.replica.catch_up()
            return open_ones, [one for one in listeners if any(call.encode() in text for text in one.told)]

    left, told = asyncio.run(opened())
    assert len(left) == 1
    assert told == left

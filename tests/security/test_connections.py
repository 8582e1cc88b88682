"""Clients that send too much, too slowly or from too many sockets, against a server of its own."""

from __future__ import annotations

import resource
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import requests
import trustme

from tests.mockserver.process import PATIENCE, Process, serving
from tests.mockserver.wire import CALL, read_replies, request

PLACE = request(body=CALL)
HEALTH = request("GET", "/healthz")
LOGIN = request("GET", "/oauth/authorize")
LISTING = request("GET", "/__ringback/exchanges?limit=50")


def answers(client: socket.socket) -> bytes:
    """What comes until the server closes."""
    received = bytearray()
    while piece := client.recv(65_536):
        received += piece
    return bytes(received)


class Flood(threading.Thread):
    """Sends the requests over and over on one connection, and reads what it gets."""

    def __init__(self, server: Process, sent: bytes, times: int) -> None:
        super().__init__(daemon=True)
        self._client = server.connect()
        self._sent = sent * times
        self.answered = 0
        self._reader = threading.Thread(target=self._read, daemon=True)

    def run(self) -> None:
        self._reader.start()
        try:
            self._client.sendall(self._sent)
        except OSError:
            return  # the server was stopped, as the test wants it

    def _read(self) -> None:
        try:
            while piece := self._client.recv(1 << 20):
                self.answered += piece.count(b"HTTP/1.1 2")
        except OSError:
            return

    def end(self) -> None:
        self._client.close()
        self.join()


@contextmanager
def flooded(server: Process, sent: bytes, *, connections: int, times: int) -> Iterator[list[Flood]]:
    floods = [Flood(server, sent, times) for _ in range(connections)]
    for flood in floods:
        flood.start()
    try:
        yield floods
    finally:
        server.popen.kill()
        for flood in floods:
            flood.end()


FLOODS = {
    "calls": (PLACE, 3_000),
    "health": (HEALTH, 1_000),
    "both": (PLACE + HEALTH, 1_000),
    "listings": (LISTING, 100),
}


@pytest.mark.parametrize("kind", FLOODS)
def test_whoever_asks_for_one_thing_is_answered_while_others_send_thousands(kind: str) -> None:
    sent, times = FLOODS[kind]
    with serving() as server, flooded(server, sent, connections=16, times=times) as floods:
        for _ in range(10):
            assert server.place().status_code == 202
            assert server.get("/healthz").json() == {"status": "ok"}
        everything = 16 * times * sent.count(b"HTTP/1.1")
        assert sum(flood.answered for flood in floods) < everything, "the others were served first"
        code, _, err = server.stop()
    assert code == 0
    assert "Traceback" not in err


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    trustme.CA().issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(file)
    return file


SLOW = [b"", b"\r\n" * 3, PLACE[:9], PLACE[:-1], request("POST", "/oauth/token", body=CALL)[:-1]]


def test_clients_that_send_no_whole_request_are_hung_up_on_in_the_time_that_is_set() -> None:
    with serving(RINGBACK_REQUEST_TIMEOUT="1") as server, ExitStack() as stack:
        clients = [stack.enter_context(server.connect()) for _ in SLOW]
        for client, sent in zip(clients, SLOW, strict=True):
            client.sendall(sent)
        statuses = [[reply.status for reply in read_replies(answers(client))] for client in clients]
    assert statuses == [[], [], [408], [408], [408]]


def test_a_tls_handshake_that_is_not_finished_ends_in_the_time_that_is_set(certificate: Path) -> None:
    with serving("--tls-cert", str(certificate), "--request-timeout", "1") as server, ExitStack() as stack:
        begun = [b"", b"\x16\x03\x01", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"]
        clients = [stack.enter_context(server.connect()) for _ in begun]
        for client, sent in zip(clients, begun, strict=True):
            client.sendall(sent)
        assert [answers(client) for client in clients] == [b"", b"", b""]
        code, _, err = server.stop()
    assert (code, "Traceback" in err) == (0, False)


def test_an_idle_connection_is_kept_for_the_time_that_is_set() -> None:
    with serving("--keep-alive", "1") as server, server.connect() as client:
        client.sendall(PLACE)
        assert [reply.status for reply in read_replies(answers(client))] == [202]


@pytest.mark.parametrize("option", ["--request-timeout", "--keep-alive"])
@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "1e9", "soon"])
def test_a_time_that_is_none_is_refused(option: str, value: str) -> None:
    with pytest.raises(AssertionError), serving(option, value):
        pass


# Half-closing


def ask_for(server: Process, fault: str, **options: Any) -> None:
    """Have the next reply come late, or piece by piece."""
    wish = {"kind": fault, "nth": 1, "seconds": 0.2}
    url = f"{server.url}/__ringback/faults"
    requests.post(url, json=wish, timeout=PATIENCE, **options).raise_for_status()


@pytest.mark.parametrize(
    ("sent", "expected"),
    [(PLACE, [202]), (HEALTH, [200]), (PLACE * 30, [202] * 30), (HEALTH + PLACE, [200, 202])],
    ids=["hot", "ordinary", "many", "both"],
)
@pytest.mark.parametrize("fault", [None, "slow-reply", "trickled-reply"])
def test_a_client_that_half_closes_gets_its_replies(
    sent: bytes, expected: list[int], fault: str | None
) -> None:
    with serving() as server, server.connect() as client:
        if fault:
            ask_for(server, fault)
        client.sendall(sent)
        client.shutdown(socket.SHUT_WR)
        assert [reply.status for reply in read_replies(answers(client))] == expected


def said_over_tls(client: socket.socket, sent: bytes) -> bytes:
    """What a server answers to a client that says at once that it sends no more (close_notify)."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    coming, going = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(coming, going)
    received = bytearray()

    def until_done(do: Callable[[], object]) -> None:
        while True:
            with suppress(ssl.SSLWantReadError):
                do()
                return
            client.sendall(going.read())
            coming.write(client.recv(65_536))

    until_done(tls.do_handshake)
    tls.write(sent)
    with suppress(ssl.SSLWantReadError):
        tls.unwrap()
    client.sendall(going.read())
    with suppress(ssl.SSLZeroReturnError):
        while True:
            until_done(lambda: received.extend(tls.read(65_536)))
    return bytes(received)


@pytest.mark.parametrize(
    "sent", [PLACE, HEALTH, LISTING, HEALTH + PLACE * 100], ids=["hot", "ordinary", "by turns", "many"]
)
@pytest.mark.parametrize("fault", [None, "slow-reply", "trickled-reply"])
def test_a_client_that_closes_its_side_of_tls_gets_its_replies(
    sent: bytes, fault: str | None, tmp_path: Path
) -> None:
    authority = tmp_path / "authority.pem"
    with serving("--tls-authority", str(authority)) as server, server.connect() as client:
        if fault:
            ask_for(server, fault, verify=str(authority))
        replies = list(read_replies(said_over_tls(client, sent)))
    assert len(replies) == sent.count(b" HTTP/1.1\r\n")


# Descriptors


def allow_descriptors(server: Process, number: int) -> None:
    _, most = resource.prlimit(server.popen.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(server.popen.pid, resource.RLIMIT_NOFILE, (number, most))


def answer(client: socket.socket, sent: bytes = HEALTH) -> bytes:
    """The beginning of the one answer that comes."""
    client.sendall(sent)
    received = bytearray()
    while not (replies := list(read_replies(bytes(received)))) or len(replies[-1].body) < int(
        replies[-1].headers.get("content-length", "1")
    ):
        received += client.recv(65_536)
    return bytes(received[:12])


@pytest.mark.parametrize("limit", [64, 40])
def test_running_out_of_descriptors_is_said_once_and_gets_over(limit: int) -> None:
    with serving() as server:
        allow_descriptors(server, limit)
        for _ in range(3):
            with ExitStack() as stack:
                clients = [stack.enter_context(server.connect()) for _ in range(2 * limit)]
                assert answer(clients[0]) == b"HTTP/1.1 200"
                assert answer(clients[0], LOGIN) == b"HTTP/1.1 400", "a page is served, imports included"
                for client in clients[:-1]:
                    client.close()
                assert answer(clients[-1]) == b"HTTP/1.1 200", "whoever waited comes in"
        code, _, err = server.stop()
    assert err.count("no connection is accepted until others end") == 1
    assert len([line for line in err.splitlines() if not line.startswith("INFO ")]) == 1
    assert code == 0


def test_a_limit_below_what_is_open_is_got_over_too() -> None:
    with serving() as server, server.connect() as early:
        assert [answer(early), answer(early, PLACE)] == [b"HTTP/1.1 200", b"HTTP/1.1 202"]
        allow_descriptors(server, 4)
        with server.connect() as waiting:
            # By the last of these the server has tried to accept the other one.
            assert [answer(early, PLACE) for _ in range(5)] == [b"HTTP/1.1 202"] * 5
            allow_descriptors(server, 256)
            assert answer(waiting) == b"HTTP/1.1 200"
        code, _, err = server.stop()
    assert err.count("no connection is accepted until others end") == 1
    assert code == 0

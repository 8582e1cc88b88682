"""On real sockets: what left and what did not, how often, and that it ends."""

from __future__ import annotations

import gzip
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import trustme
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from ringback_client import (
    CallOutcomeUnknown,
    CallsClient,
    ConfigurationError,
    ReplyLost,
    StatusError,
    TargetUnreachable,
    Timeouts,
)
from ringback_client.transport import Outgoing, Reply, Transport
from ringback_client.wire import LONGEST_REPLY, Deadline
from tests.client.rude_server import (
    BODY,
    JSON,
    POLITE,
    Manner,
    RudeServer,
    closes,
    drips,
    keeps,
    resets,
    says,
    waits,
)
from tests.client.scripted import Clock
from tests.serving import free_port

NUMBER = "tel:+442079460100"
PATIENT = Timeouts(connect=30, read=30, total=30)
HASTY = Timeouts(connect=30, read=30, total=0.2)
NEVER_READ = Timeouts(connect=30, read=0.05, total=30)

BOMB = gzip.compress(bytes(2 * LONGEST_REPLY), 1)

LOST: dict[str, tuple[Manner, Timeouts]] = {
    "closed without a word": (closes, PATIENT),
    "reset": (resets, PATIENT),
    "silent": (waits, NEVER_READ),
    "silent, with a patient read timeout": (waits, HASTY),
    "headers cut off": (says(JSON), PATIENT),
    "body cut off": (says(JSON + b"Content-Length: 500\r\n\r\n" + BODY), PATIENT),
    "chunk cut off": (says(JSON + b"Transfer-Encoding: chunked\r\n\r\nff\r\n{"), PATIENT),
    "headers without end": (drips(b"HTTP/1.1 202 Accepted\r\nX: "), HASTY),
    "body without end": (drips(JSON + b"\r\n"), HASTY),
    "no HTTP": (says(b"hello\r\n\r\n"), PATIENT),
    "no gzip": (says(JSON + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello"), PATIENT),
    "too long": (says(JSON + b"\r\n" + bytes(LONGEST_REPLY + 1)), PATIENT),
    "too long where it is decoded": (says(JSON + b"Content-Encoding: gzip\r\n\r\n" + BOMB), PATIENT),
    "two lengths": (says(JSON + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}"), PATIENT),
    "no JSON": (says(JSON + b"Content-Length: 1\r\n\r\n<"), PATIENT),
}


def client(url: str, timeouts: Timeouts = PATIENT, *, verify: bool | str = True) -> CallsClient:
    return CallsClient(url, "alice", timeouts=timeouts, retry=Clock().policy(), verify=verify)


@pytest.mark.parametrize("case", LOST)
def test_a_lost_reply_is_never_answered_with_a_second_post(case: str) -> None:
    manner, timeouts = LOST[case]
    server = RudeServer(manner)
    with server, client(server.url, timeouts) as calls:
        with pytest.raises(CallOutcomeUnknown):
            calls.place_call(NUMBER)
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (rb'{"\uDC00": ["\ud800x", "\ud83d\ude00"]}', {"\ufffd": ["\ufffdx", "\U0001f600"]}),
        (b'"\xed\xa0\x80"', "\ufffd"),
        ('"\ud800"'.encode("utf-16-le", "surrogatepass"), "\ufffd"),
    ],
)
def test_half_a_character_is_read_as_none(body: bytes, read: object) -> None:
    assert Reply(200, {}, body).json() == read


def test_a_reply_that_is_too_long_is_told() -> None:
    server = RudeServer(says(JSON + b"Content-Encoding: gzip\r\n\r\n" + BOMB))
    with server, client(server.url) as calls, pytest.raises(ReplyLost, match="longer than 32 MiB"):
        calls.get_call("5eed0000-0000-4000-8000-00000000ca11")


def test_a_lost_reply_of_a_reading_request_is_asked_for_again_and_then_told() -> None:
    server = RudeServer(closes)
    with server, client(server.url) as calls:
        with pytest.raises(ReplyLost):
            calls.list_calls()
        assert len(server.requests) == 4


def test_a_connection_that_its_server_closed_meanwhile_is_not_used_again() -> None:
    server = RudeServer(says(POLITE))
    with server, client(server.url) as calls:
        calls.place_call(NUMBER)
        server_is_done_with_it = calls.place_call(NUMBER)
        assert server_is_done_with_it.id
        assert (len(server.requests), server.connections) == (2, 2)


@pytest.mark.parametrize(
    ("method", "idle", "connections"),
    [
        ("POST", 0.9, 1),
        ("POST", 1.1, 2),
        ("POST", 86_400, 2),
        ("PATCH", 1.1, 2),
        ("DELETE", 1.1, 2),
        ("GET", 86_400, 1),
    ],
)
@pytest.mark.parametrize("first", ["GET", "POST"])
@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
def test_what_must_not_be_repeated_goes_over_no_connection_that_was_idle_for_long(
    first: str,
    method: str,
    idle: float,
    connections: int,
    secure: bool,
    tls: ssl.SSLContext,
    bundle: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 100.0
    monkeypatch.setattr("ringback_client.wire.monotonic", lambda: now)
    transport = Transport(timeouts=PATIENT, verify=bundle, trust_env=False)
    with RudeServer(keeps, tls=tls if secure else None) as server:
        assert transport.send(Outgoing(first, server.url)).status == 202
        now += idle
        for _ in range(2):
            assert transport.send(Outgoing(method, server.url)).status == 202
        assert server.connections == connections
        transport.close()


def test_a_refused_connection_is_tried_again_and_then_told() -> None:
    clock = Clock()
    calls = CallsClient(f"http://127.0.0.1:{free_port()}", "alice", retry=clock.policy())
    with pytest.raises(TargetUnreachable, match=r"refused.*ringback serve"):
        calls.place_call(NUMBER)
    assert len(clock.slept) == clock.policy().attempts - 1


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


@pytest.fixture(scope="module")
def bundle(authority: trustme.CA) -> Iterator[str]:
    with authority.cert_pem.tempfile() as path:
        yield path


def test_a_call_over_tls_with_a_private_ca(tls: ssl.SSLContext, bundle: str) -> None:
    server = RudeServer(says(POLITE), tls=tls)
    with server, client(server.url, verify=bundle) as calls:
        assert calls.place_call(NUMBER).id


def test_a_certificate_that_is_not_trusted_stops_the_call_at_once_and_says_what_to_do(
    tls: ssl.SSLContext,
) -> None:
    server = RudeServer(says(POLITE), tls=tls)
    with server, client(server.url) as calls:
        with pytest.raises(TargetUnreachable, match=r"not trusted.*RINGBACK_CA"):
            calls.place_call(NUMBER)
        assert (server.connections, server.requests) == (1, [])


def test_a_ca_bundle_that_is_not_there_is_a_wrong_set_up(tls: ssl.SSLContext) -> None:
    with RudeServer(says(POLITE), tls=tls) as server, client(server.url, verify="/nowhere/ca.pem") as calls:
        with pytest.raises(ConfigurationError, match=r"/nowhere/ca\.pem"):
            calls.place_call(NUMBER)
        assert server.connections == 0


@pytest.mark.parametrize("manner", [closes, resets, says(b"hello, no TLS here"), waits])
def test_a_handshake_that_fails_sent_nothing_so_the_call_is_tried_again(
    manner: Manner, tls: ssl.SSLContext, bundle: str
) -> None:
    server = RudeServer(says(POLITE), tls=tls, greetings=[manner])
    timeouts = Timeouts(connect=0.2, read=30, total=30)
    with server, client(server.url, timeouts, verify=bundle) as calls:
        assert calls.place_call(NUMBER).id
        assert len(server.requests) == 1


def test_a_tls_connection_that_breaks_after_the_post_is_a_lost_reply(
    tls: ssl.SSLContext, bundle: str
) -> None:
    server = RudeServer(resets, tls=tls)
    with server, client(server.url, verify=bundle) as calls:
        with pytest.raises(CallOutcomeUnknown):
            calls.place_call(NUMBER)
        assert len(server.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    target = RudeServer(says(POLITE))
    with target:
        answer = b"HTTP/1.1 %d Elsewhere\r\nLocation: %s/\r\nContent-Length: 0\r\n\r\n"
        server = RudeServer(says(answer % (status, target.url.encode())))
        with server, pytest.raises((CallOutcomeUnknown, StatusError)):
            client(server.url).place_call(NUMBER)
        assert (len(server.requests), target.connections) == (1, 0)


def test_a_mock_is_reached_past_the_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    server = RudeServer(says(POLITE))
    with server, client(server.url) as calls:
        assert calls.place_call(NUMBER).id


def test_a_netrc_file_does_not_replace_the_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine localhost login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server = RudeServer(says(POLITE))
    with server, client(server.url) as calls:
        calls.place_call(NUMBER)
    assert b"Authorization: Bearer alice\r\n" in server.requests[0]


GATEWAY = "http://gateway.example.org/genesys"
"""A real target, as far as the client can tell, which is reached through a proxy."""


def test_a_real_target_is_reached_through_the_proxy_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with RudeServer(says(POLITE)) as proxy, client(GATEWAY) as calls:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        assert calls.place_call(NUMBER).id
    assert proxy.requests[0].startswith(f"POST {GATEWAY}/api/v2/conversations/calls HTTP/1.1".encode())


def test_a_proxy_that_refuses_connections_sent_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    with client(GATEWAY) as calls, pytest.raises(TargetUnreachable):
        calls.place_call(NUMBER)


def test_a_proxy_that_refuses_the_tunnel_sent_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = says(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
    with RudeServer(refusal) as proxy, client(GATEWAY.replace("http:", "https:")) as calls:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(TargetUnreachable):
            calls.place_call(NUMBER)
    assert {request.split()[0] for request in proxy.requests} == {b"CONNECT"}


@pytest.mark.parametrize("answer", [b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", b""])
def test_a_proxy_that_loses_the_reply_leaves_the_outcome_unknown(
    answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RudeServer(says(answer)) as proxy, client(GATEWAY) as calls:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        with pytest.raises(CallOutcomeUnknown):
            calls.place_call(NUMBER)
    assert len(proxy.requests) == 1


def test_a_proxy_that_cannot_be_used_is_a_wrong_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "socks9://127.0.0.1")
    with client(GATEWAY) as calls, pytest.raises((ConfigurationError, TargetUnreachable)):
        calls.place_call(NUMBER)


def test_a_deadline_that_passed_before_there_was_a_connection_cuts_it_at_once() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, Deadline(1000) as deadline:
        deadline._cut()
        deadline.watch(ours)
        assert theirs.recv(1) == b""


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
@pytest.mark.parametrize("name", ["connect", "read", "total", "idle"])
def test_a_timeout_is_a_number_of_seconds(name: str, seconds: float) -> None:
    with pytest.raises(ConfigurationError):
        Timeouts(**{name: seconds})


@pytest.mark.parametrize("retries", [3, Retry(connect=1, read=0)])
def test_an_adapter_that_repeats_requests_by_itself_is_refused(retries: int | Retry) -> None:
    adapter = HTTPAdapter(max_retries=retries)
    with pytest.raises(ConfigurationError, match="max_retries"):
        CallsClient("http://127.0.0.1:1", "alice", adapter=adapter)


def test_a_plain_adapter_is_welcome() -> None:
    server = RudeServer(says(POLITE))
    with server:
        calls = CallsClient(server.url, "alice", adapter=requests.adapters.HTTPAdapter())
        assert calls.place_call(NUMBER).id
        calls.close()

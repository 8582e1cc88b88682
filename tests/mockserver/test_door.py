"""The door, byte by byte: what HTTP allows it takes, what HTTP forbids it refuses in the platform's words."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringback_contracts.core.model import Request
from ringback_contracts.core.payload import MAX_BYTES
from ringback_contracts.http.faults import parse_fault
from ringback_mock.edges.door import MAX_HEAD, encode_headers
from ringback_mock.edges.familiar import MOST
from ringback_mock.http import Peer, Response
from tests.mockserver.wire import CALL, CALLS, Connection, Reply, Server, read_replies, request

PLACE = request(body=CALL)
HEALTH = request("GET", "/healthz")
HEADED = request("HEAD", "/healthz")
ME = request("GET", "/api/v2/users/me")
NUMBERED = request("GET", "/api/v2/users/me", extra=b"X-Number: +442079460100\r\n")


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def connection(server: Server) -> Iterator[Connection]:
    with server.connect() as connected:
        yield connected


def statuses(connection: Connection, *methods: str) -> list[int]:
    return [reply.status for reply in connection.replies(*methods)]


def assert_malformed(reply: Reply) -> None:
    assert (reply.status, reply.headers["ringback-rule"]) == (400, "http.malformed")
    assert reply.headers["connection"] == "close"
    assert json.loads(reply.body)["contextId"] == reply.headers["inin-correlation-id"]


# What is answered


def test_a_call_is_placed_with_one_write(connection: Connection) -> None:
    connection.receive(PLACE)
    assert len(connection.transport.writes) == 1
    (reply,) = connection.replies()
    assert reply.status == 202
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["ringback-version"]
    assert json.loads(reply.body)["selfUri"].startswith(CALLS)
    assert not connection.transport.closing


def test_each_reply_has_the_date_that_the_server_tells_now(server: Server, connection: Connection) -> None:
    for date in ("Thu, 01 Jan 2026 00:00:00 GMT", "Thu, 01 Jan 2026 00:00:01 GMT"):
        server.state.default_headers = [(b"date", date.encode())]
        connection.receive(PLACE, PLACE)
        assert [reply.headers["date"] for reply in connection.replies()[-2:]] == [date, date]


def test_the_door_needs_no_flask_for_the_hot_operations(connection: Connection) -> None:
    connection.receive(
        PLACE, request("POST", f"{CALLS}/user/a11ce000-0000-4000-8000-000000000001", body=CALL)
    )
    call_id = json.loads(connection.replies()[0].body)["id"]
    connection.receive(request("GET", f"{CALLS}/{call_id}"))
    assert statuses(connection) == [202, 202, 200]
    assert "application" not in vars(connection.door.site), "the Flask application was built"


def test_nothing_but_a_page_needs_flask(connection: Connection) -> None:
    connection.receive(HEALTH, ME, request("GET", "/__ringback/rules"), request("POST", "/oauth/token"))
    assert statuses(connection, "GET", "GET", "GET", "POST") == [200, 200, 200, 400]
    assert "application" not in vars(connection.door.site)
    connection.receive(request("GET", "/oauth/authorize"))
    *_, page = connection.replies()
    assert (page.status, page.headers["content-type"]) == (400, "text/html; charset=utf-8")
    assert "application" in vars(connection.door.site)


@pytest.mark.parametrize("target", [CALLS, "/healthz", "/api/v2/users/me"])
def test_head_has_the_headers_of_get_and_no_body(server: Server, target: str) -> None:
    with server.connect() as got, server.connect() as headed:
        got.receive(request("GET", target))
        headed.receive(request("HEAD", target))
        (get,), (head,) = got.replies("GET"), headed.replies("HEAD")
        assert headed.sent.endswith(b"\r\n\r\n")
        assert (head.status, head.headers["content-length"]) == (get.status, get.headers["content-length"])


def test_a_connection_is_kept_for_the_next_request(connection: Connection) -> None:
    connection.receive(PLACE, HEALTH, PLACE)
    assert statuses(connection) == [202, 200, 202]
    assert not connection.transport.closing


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("sent", [PLACE, HEALTH], ids=["hot", "ordinary"])
def test_a_client_that_wants_the_connection_closed_gets_it_closed(
    connection: Connection, sent: bytes, version: str
) -> None:
    if version == "1.0":
        connection.receive(sent.replace(b"HTTP/1.1", b"HTTP/1.0"))
    else:
        connection.receive(sent.replace(b"Host:", b"Connection: close\r\nHost:"))
    (reply,) = connection.replies()
    assert reply.headers["connection"] == "close"
    assert connection.transport.closing


def test_http_1_0_needs_no_host(connection: Connection) -> None:
    connection.receive(PLACE.replace(b"HTTP/1.1", b"HTTP/1.0").replace(b"Host: 127.0.0.1\r\n", b""))
    assert statuses(connection) == [202]


def test_nothing_is_answered_after_the_connection_was_closed(connection: Connection) -> None:
    closing = PLACE.replace(b"HTTP/1.1", b"HTTP/1.0").replace(b"Host:", b"Connection: keep-alive\r\nHost:")
    connection.receive(closing + PLACE)
    assert statuses(connection) == [202]


@given(
    order=st.lists(st.sampled_from([PLACE, HEALTH, ME, HEADED]), min_size=1, max_size=7),
    cuts=st.lists(st.integers(0, 1_500), max_size=5),
)
@settings(max_examples=60)
def test_pipelined_requests_are_answered_in_order_however_they_are_cut(
    order: list[bytes], cuts: list[int]
) -> None:
    stream = b"".join(order)
    edges = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    methods = [sent.split(b" ", 1)[0].decode() for sent in order]
    with Server().connect() as connection:
        connection.receive(*(stream[start:end] for start, end in pairwise(edges)))
        assert statuses(connection, *methods) == [202 if sent == PLACE else 200 for sent in order]


# The same head again

OTHER = PLACE.replace(b"0100", b"0101")
REFUSED = PLACE.replace(b"+44", b"++4")
LATE = PLACE.replace(b"0100", b"0123")
"""To a number whose reply is held back: whatever comes after it has to wait."""
WAITED_FOR = request(body=CALL, extra=b"Expect: 100-continue\r\n")
OFFERED = request(body=CALL, extra=b"Connection: Upgrade\r\nUpgrade: h2c\r\n")
CHUNKED = request(extra=b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n") + (
    b"%x\r\n%b\r\n0\r\n\r\n" % (len(CALL), CALL)
)
UNKNOWN = request("GET", f"{CALLS}/a11ce000-0000-4000-8000-000000000001")
STATUSES = {
    PLACE: 202,
    OTHER: 202,
    REFUSED: 400,
    WAITED_FOR: 202,
    OFFERED: 202,
    CHUNKED: 202,
    b"\r\n" + PLACE: 202,
    request(body=CALL, token="nobody"): 401,
    UNKNOWN: 404,
    HEALTH: 200,
}


@given(st.lists(st.sampled_from(sorted(STATUSES)), min_size=1, max_size=12), st.data())
@settings(max_examples=150)
def test_a_request_is_read_alike_whatever_came_before_it(order: list[bytes], data: st.DataObject) -> None:
    segments = [b""]
    for sent in order:
        if data.draw(st.booleans()):
            segments.append(b"")
        segments[-1] += sent
    with Server().connect() as connection:
        connection.receive(*filter(None, segments))
        sent_back = connection.sent.replace(b"HTTP/1.1 100 Continue\r\n\r\n", b"")
        assert sent_back.count(b"HTTP/1.1 ") == len(order)
        journal = list(connection.door.site.store.default.journal)
    with Server().connect() as plain:
        replies = [reply.status for reply in read_replies(sent_back)]
        plain.receive(b"".join(order))
        expected = list(plain.door.site.store.default.journal)
    assert replies == [STATUSES[sent] for sent in order]
    assert [entry.request for entry in journal] == [entry.request for entry in expected]


FIELDS = b"\r\nHost: 127.0.0.1\r\nAuthorization: Bearer alice\r\n\r\n"
LINES = (
    b"GET /api/v2/users/me HTTP/1.1",
    b"GET /api/v2/users/me?expand=station&x=%2B HTTP/1.1",
    b"GET /api/v2/users/m%65 HTTP/1.1",
    b"GET /api/v2/users/me#top HTTP/1.1",
    b"GET //api/v2/users/me HTTP/1.1",
    b"GET http://127.0.0.1/api/v2/users/me HTTP/1.1",
    b"GET http://other.example/api/v2/users/me HTTP/1.1",
    b"HEAD /api/v2/users/me HTTP/1.1",
    b"DELETE /api/v2/users/me HTTP/1.1",
    b"POST /api/v2/conversations/calls HTTP/1.1",
    b"GET /api/v2/conversations/calls/a11ce000-0000-4000-8000-000000000001 HTTP/1.1",
)


@given(st.lists(st.sampled_from(LINES), min_size=2, max_size=8))
@settings(max_examples=60)
def test_a_line_is_read_alike_whatever_is_known_of_the_fields_below_it(lines: list[bytes]) -> None:
    methods = [line.partition(b" ")[0].decode() for line in lines]
    with Server().connect() as connection:
        connection.receive(*(line + FIELDS for line in lines))
        journal = [(one.request, one.response.status) for one in connection.door.site.store.default.journal]
        answered = statuses(connection, *methods)
    expected, alone = [], []
    for line, method in zip(lines, methods, strict=True):
        with Server().connect() as fresh:
            fresh.receive(line + FIELDS)
            alone += statuses(fresh, method)
            expected += [(one.request, one.response.status) for one in fresh.door.site.store.default.journal]
    assert answered == alone
    assert journal == expected


@pytest.mark.parametrize(
    "sent",
    [PLACE.replace(b"Host:", b"Connection: close\r\nHost:"), PLACE.replace(b"HTTP/1.1", b"HTTP/1.0")],
    ids=["close", "1.0"],
)
def test_a_connection_is_closed_however_often_its_like_was(server: Server, sent: bytes) -> None:
    for _ in range(3):
        with server.connect() as connection:
            connection.receive(sent)
            assert statuses(connection) == [202]
            assert connection.transport.closing


def test_more_clients_than_are_known_are_answered_all_the_same(server: Server) -> None:
    with server.connect() as connection:
        for number in range(MOST + 50):
            connection.receive(PLACE.replace(b"Host:", b"X-Number: %d\r\nHost:" % number))
        assert statuses(connection) == [202] * (MOST + 50)


def test_the_tail_of_a_head_is_no_head(connection: Connection) -> None:
    cut = PLACE.index(b"ization")
    connection.receive(PLACE[:cut], PLACE[cut:])
    assert statuses(connection) == [202]
    connection.receive(PLACE[cut:])
    assert_malformed(connection.replies()[1])


def test_a_head_that_is_cut_within_its_end_is_none_yet(connection: Connection) -> None:
    for length in range(len(CALL), 300):  # one of them is that of what may pass for a body
        whole = request(body=CALL.ljust(length))
        cut = whole.index(b"\r\n\r\n") + 1
        connection.receive(whole)
        connection.receive(whole[:cut], whole[cut:])
    assert set(statuses(connection)) == {202}


def test_what_follows_a_held_up_reply_waits_for_it(connection: Connection) -> None:
    connection.receive(PLACE, PLACE)
    connection.receive(LATE, PLACE)
    assert statuses(connection) == [202, 202], "the third reply is still held back"


def test_a_fault_strikes_the_second_of_two_alike(server: Server) -> None:
    server.site.store.default.faults.set(parse_fault("truncated-reply:nth=2"))
    with server.connect() as connection:
        connection.receive(PLACE)
        whole = connection.sent
        connection.receive(PLACE)
        assert connection.transport.closing
        assert b"HTTP/1.1 202" in connection.sent[len(whole) :]
        assert len(connection.sent) < 2 * len(whole)


# Bodies


def test_a_chunked_body_is_read(connection: Connection) -> None:
    head = request(extra=b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n")
    connection.receive(
        head + b"8;ext=1\r\n" + CALL[:8] + b"\r\n", b"%x\r\n%b\r\n" % (len(CALL[8:]), CALL[8:]), b"0\r\n\r\n"
    )
    assert statuses(connection) == [202]


def test_a_trailer_is_no_header(connection: Connection) -> None:
    head = request(extra=b"Transfer-Encoding: chunked\r\n")
    connection.receive(head + b"%x\r\n%b\r\n0\r\nContent-Type: application/json\r\n\r\n" % (len(CALL), CALL))
    assert statuses(connection) == [415]


@pytest.mark.parametrize("target", [CALLS, "/oauth/token"], ids=["hot", "ordinary"])
def test_a_client_that_waits_for_100_continue_gets_it(connection: Connection, target: str) -> None:
    whole = request("POST", target, body=CALL, extra=b"Expect: 100-Continue\r\n")
    head, body = whole[: -len(CALL)], whole[-len(CALL) :]
    connection.receive(head)
    assert connection.sent == b"HTTP/1.1 100 Continue\r\n\r\n"
    connection.receive(body)
    assert len(connection.replies("", "POST")) == 2


@pytest.mark.parametrize("target", [CALLS, "/oauth/token"], ids=["hot", "ordinary"])
@pytest.mark.parametrize("kept", [b"", b"Connection: keep-alive\r\n"], ids=["closing", "kept"])
def test_http_1_0_gets_no_100_continue(connection: Connection, target: str, kept: bytes) -> None:
    extra = b"Expect: 100-continue\r\n" + kept
    whole = request("POST", target, body=CALL, version="1.0", extra=extra)
    connection.receive(whole[: -len(CALL)])
    assert connection.sent == b""
    connection.receive(whole[-len(CALL) :])
    (reply,) = connection.replies()
    assert reply.status == (202 if target == CALLS else 400)
    assert connection.transport.closing


@pytest.mark.parametrize("method", ["POST", "PATCH"], ids=["hot", "ordinary"])
def test_a_body_beyond_the_limit_is_refused_and_not_kept(server: Server, method: str) -> None:
    target = CALLS if method == "POST" else f"{CALLS}/ca110000-0000-4000-8000-0000000000ca"
    size = MAX_BYTES * 4
    head = request(method, target, extra=b"Content-Type: application/json\r\nContent-Length: %d\r\n" % size)
    with server.connect() as connection:
        connection.receive(head)
        for _ in range(64):
            connection.receive(b" " * (size // 64))
            assert held(connection) <= MAX_BYTES + 1
        (reply,) = connection.replies()
        assert (reply.status, reply.headers["ringback-rule"]) == (413, "body.too-large")
        connection.receive(PLACE)
        assert statuses(connection) == [413, 202]


def held(connection: Connection) -> int:
    return len(connection.door._body)


def test_a_body_of_exactly_the_limit_is_read(connection: Connection) -> None:
    connection.receive(request(body=CALL + b" " * (MAX_BYTES - len(CALL))))
    assert statuses(connection) == [202]


def test_a_body_shorter_than_announced_is_waited_for(connection: Connection) -> None:
    connection.receive(PLACE[:-1])
    assert connection.sent == b""
    connection.receive(PLACE[-1:])
    assert statuses(connection) == [202]


def test_a_body_longer_than_announced_is_another_request_and_none(connection: Connection) -> None:
    connection.receive(PLACE + b"}")
    connection.receive(b"\r\n\r\n")
    placed, refused = connection.replies()
    assert placed.status == 202
    assert_malformed(refused)


# Targets and headers


@pytest.mark.parametrize(
    "target",
    [
        "/api/v2/conversations/c%61lls",
        f"{CALLS}?x=1",
        f"http://127.0.0.1{CALLS}",
        f"HTTP://localhost:1{CALLS}?x=/y?z",
    ],
)
def test_a_target_in_another_spelling_means_the_same(connection: Connection, target: str) -> None:
    connection.receive(request(target=target, body=CALL))
    assert statuses(connection) == [202]


@pytest.mark.parametrize(
    ("target", "status"), [("http://127.0.0.1", 404), ("*", 404), ("http://a.example/x", 421)]
)
def test_a_target_s_host_overrules_the_header(connection: Connection, target: str, status: int) -> None:
    connection.receive(request("OPTIONS", target))
    assert statuses(connection) == [status]


@pytest.mark.parametrize(
    ("host", "rule"),
    [
        (b"Host: example.com\r\n", "host.misdirected"),
        (b"Host: 127.0.0.1\r\nHost: 127.0.0.1\r\n", "http.malformed"),
        (b"", "http.malformed"),
    ],
)
def test_a_request_needs_one_host_of_ours(connection: Connection, host: bytes, rule: str) -> None:
    connection.receive(PLACE.replace(b"Host: 127.0.0.1\r\n", host))
    assert connection.replies()[0].headers["ringback-rule"] == rule


@pytest.mark.parametrize(
    "line",
    [
        b"X-Name: caf\xe9\r\n",
        b"X-Bytes: \x80\xff\r\n",
        b"X-Empty:\r\n",
        b"X_Under: score\r\n",
        b"Accept: a\r\nAccept: b\r\n",
    ],
)
def test_odd_header_values_are_read(connection: Connection, line: bytes) -> None:
    connection.receive(request(body=CALL, extra=line))
    assert statuses(connection) == [202]


@pytest.mark.parametrize("target", [CALLS, f"{CALLS}?x"], ids=["hot", "ordinary"])
def test_an_underscore_does_not_forge_a_header(connection: Connection, target: str) -> None:
    connection.receive(
        request(target=target, extra=b"Content_Type: application/json\r\nContent-Length: %d\r\n" % len(CALL))
        + CALL
    )
    assert statuses(connection) == [415]


def test_two_tokens_are_none(connection: Connection) -> None:
    connection.receive(request(body=CALL, extra=b"Authorization: Bearer alice\r\n"))
    assert connection.replies()[0].headers["ringback-rule"] == "token.unknown"


@pytest.mark.parametrize("offer", [b"h2c", b"websocket"])
def test_an_offer_to_upgrade_is_ignored_and_the_body_read(connection: Connection, offer: bytes) -> None:
    extra = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: %b\r\nHTTP2-Settings: AA\r\n" % offer
    upgrade = request(body=CALL, extra=extra)
    connection.receive(upgrade + upgrade + HEALTH.replace(b"Host", extra + b"Host"))
    assert statuses(connection) == [202, 202, 200]


def test_a_thousand_offers_in_one_segment_are_ignored(connection: Connection) -> None:
    connection.receive(request(body=CALL, extra=b"Connection: Upgrade\r\nUpgrade: h2c\r\n") * 1_000)
    assert statuses(connection) == [202] * 1_000


# A body in pieces


class Counted:
    """A site whose answers come in five pieces, and how many of these were made."""

    def __init__(self, server: Server) -> None:
        self.made = 0
        object.__setattr__(server.site, "answer", self.answer)

    def answer(self, asked: Request, _: Peer) -> Response:
        return Response(200, pieces=self._pieces()) if asked.path == "/long" else Response(204)

    def _pieces(self) -> Iterator[bytes]:
        for _ in range(5):
            self.made += 1
            yield b"x"


LONG, SHORT = request("GET", "/long"), request("GET", "/short")


def test_others_are_answered_while_a_long_body_is_made(server: Server) -> None:
    counted = Counted(server)
    with server.connect() as long, server.connect(long.loop) as other:
        long.door.data_received(LONG)
        for answered in range(1, 5):
            long.step()
            assert 0 < counted.made < 5
            other.door.data_received(SHORT)
            assert statuses(other) == [204] * answered
        long.settle()
        assert [(reply.status, reply.body) for reply in long.replies("GET")] == [(200, b"xxxxx")]


def test_what_was_sent_behind_a_long_body_waits_for_it(server: Server) -> None:
    counted = Counted(server)
    with server.connect() as connection:
        connection.receive(LONG.replace(b"GET", b"HEAD") + SHORT + LONG)
        assert statuses(connection, "HEAD", "GET", "GET") == [200, 204, 200]
        assert counted.made == 10


def test_a_long_body_is_not_made_for_a_client_that_has_left(server: Server) -> None:
    counted = Counted(server)
    with server.connect() as connection:
        connection.door.data_received(LONG)
        connection.step()
        connection.door.connection_lost(None)
        connection.settle()
        assert counted.made < 5


# What is no HTTP


@pytest.mark.parametrize(
    "garbage",
    [
        b"garbage\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /a b HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\x00b\r\n\r\n",
        b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET http://a:b:c/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
    ids=lambda garbage: garbage[:24].decode("latin-1"),
)
def test_malformed_http_gets_the_envelope(connection: Connection, garbage: bytes) -> None:
    connection.receive(garbage)
    (reply,) = connection.replies()
    assert_malformed(reply)
    assert connection.transport.closing


@given(garbage=st.binary(min_size=1, max_size=200), tail=st.binary(max_size=50))
@settings(max_examples=100)
def test_whatever_arrives_is_answered_in_http_or_waited_for(garbage: bytes, tail: bytes) -> None:
    with Server().connect() as connection:
        connection.receive(garbage, tail + b"\r\n\r\n")
        for reply in connection.replies():
            assert 400 <= reply.status < 500 or reply.status in (200, 202, 501)


@pytest.mark.parametrize(
    "broken",
    [b"garbage\r\n\r\n", request(extra=b"Transfer-Encoding: chunked\r\n") + b"zz\r\n"],
    ids=["a head", "a body"],
)
@pytest.mark.parametrize("before", [[PLACE], [HEALTH], [HEALTH, HEALTH], [HEALTH, PLACE, ME]])
def test_what_came_whole_is_answered_before_what_is_broken(
    connection: Connection, before: list[bytes], broken: bytes
) -> None:
    connection.receive(b"".join(before) + broken)
    *answered, last = connection.replies()
    assert [reply.status for reply in answered] == [202 if sent == PLACE else 200 for sent in before]
    assert_malformed(last)
    assert connection.transport.closing


def test_a_broken_ordinary_body_is_refused(connection: Connection) -> None:
    connection.receive(request("POST", "/oauth/token", extra=b"Transfer-Encoding: chunked\r\n"))
    connection.receive(b"zz\r\n")
    (reply,) = connection.replies()
    assert_malformed(reply)


@pytest.mark.parametrize(
    "start",
    [b"GET / HTTP/1.1\r\nX: ", b"GET /", request(extra=b"Transfer-Encoding: chunked\r\n") + b"0\r\nX: "],
    ids=["a header", "a target", "a trailer"],
)
def test_a_head_without_end_is_refused(connection: Connection, start: bytes) -> None:
    connection.receive(start)
    for _ in range(2 * MAX_HEAD // 4_096):
        connection.receive(b"x" * 4_096)
    (reply,) = connection.replies()
    assert_malformed(reply)


# Failing


class Failing:
    """A pipeline with a bug."""

    def answer(self, request: Request, scheme: str) -> Response:
        raise RuntimeError(f"no way to handle {request.body!r}")


@pytest.mark.parametrize("before", [[], [PLACE]], ids=["at first", "later"])
@pytest.mark.parametrize("sent", [PLACE, NUMBERED], ids=["hot", "ordinary"])
def test_a_bug_is_answered_with_500_and_logged_without_what_was_sent(
    server: Server, before: list[bytes], sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with server.connect() as connection, caplog.at_level(logging.ERROR):
        connection.receive(*before)
        object.__setattr__(server.site, "pipeline", Failing())
        connection.receive(sent)
        *_, reply = connection.replies()
    error = json.loads(reply.body)
    assert (reply.status, error["code"]) == (500, "internal.server.error")
    assert error["contextId"] == reply.headers["inin-correlation-id"]
    assert error["contextId"] in caplog.text
    assert "RuntimeError" in caplog.text
    assert "in answer" in caplog.text, "the traceback leads to the bug"
    assert "+442079460100" not in caplog.text


def test_a_header_cannot_break_out_of_its_line() -> None:
    assert encode_headers((("A", "b"), ("C", "d"))) == b"A: b\r\nC: d\r\n"
    for value in ("b\r\nC: d", "b\nC: d", "b\rC"):
        with pytest.raises(ValueError, match="line break"):
            encode_headers((("A", value),))

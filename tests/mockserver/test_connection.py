"""How a connection is kept: who is read from, who is waited for and how long, and how it ends."""

from __future__ import annotations

import gc
import json
import logging
import weakref
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.http.faults import parse_fault
from ringback_mock.edges.serve import Settings
from tests.mockserver.wire import CALL, Connection, Server, read_replies, request

PLACE = request(body=CALL)
HEALTH = request("GET", "/healthz")
FORM = request("POST", "/oauth/token", body=CALL)
REQUEST, IDLE = 7.0, 20.0
"""Seconds of patience; nobody waits for them."""


@pytest.fixture
def server() -> Server:
    return Server(settings=Settings(request_timeout=REQUEST, keep_alive=IDLE))


@pytest.fixture
def connection(server: Server) -> Iterator[Connection]:
    with server.connect() as connected:
        yield connected


def statuses(connection: Connection) -> list[int]:
    return [reply.status for reply in read_replies(connection.sent)]


# Reading


def test_a_client_that_does_not_read_is_not_read_from(connection: Connection) -> None:
    connection.door.pause_writing()
    assert not connection.transport.reading
    connection.receive(PLACE)
    assert not connection.transport.reading
    assert connection.sent == b""
    connection.door.resume_writing()
    connection.settle()
    assert statuses(connection) == [202]
    assert connection.transport.reading


def test_a_client_that_sends_faster_than_it_is_answered_is_not_read_ahead(connection: Connection) -> None:
    for turn in range(200):
        if turn % 7 == 3:
            connection.door.pause_writing()
        if turn % 7 == 5:
            connection.door.resume_writing()
        if connection.transport.reading:
            connection.door.data_received(HEALTH * 50)
        connection.step()
        assert len(connection.door._owed) <= 1_024 // len(HEALTH) + 2
    connection.door.resume_writing()
    connection.settle()
    assert connection.transport.reading


# Turns


@pytest.mark.parametrize("sent", [PLACE, HEALTH, PLACE + HEALTH], ids=["hot", "ordinary", "both"])
def test_a_client_that_sends_many_at_once_lets_others_be_answered_in_between(
    server: Server, sent: bytes
) -> None:
    with server.connect() as many, server.connect(many.loop) as other:
        many.door.data_received(sent * 500)
        assert len(many.replies()) <= 8, "a handful at once"
        assert not many.transport.reading
        for number in range(1, 10):
            other.door.data_received(PLACE)
            assert len(other.replies()) == number, "answered before the loop turns"
            before = len(many.replies())
            many.step()
            assert len(many.replies()) <= before + 8
        many.settle()
        assert len(many.replies()) == 500 * sent.count(b"HTTP/1.1")
        assert many.transport.reading


def test_two_that_send_many_at_once_are_answered_by_turns(server: Server) -> None:
    with server.connect() as one, server.connect(one.loop) as two:
        one.door.data_received(PLACE * 200)
        two.door.data_received(PLACE * 200)
        for _ in range(40):
            one.step()
            assert abs(len(one.replies()) - len(two.replies())) <= 8


@pytest.mark.parametrize("size", [1, 5, 15])
def test_a_body_of_tiny_chunks_is_read_in_turns(server: Server, size: int) -> None:
    head = request(extra=b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n")
    body = CALL.ljust(60_000)
    chunks = b"".join(b"%x\r\n%b\r\n" % (size, body[at : at + size]) for at in range(0, len(body), size))
    with server.connect() as connection:
        connection.door.data_received(head + chunks + b"0\r\n\r\n")
        assert len(connection.door._body) < 20_000
        connection.settle()
        assert statuses(connection) == [202]


def test_what_was_sent_ahead_is_not_answered_once_the_server_stops(connection: Connection) -> None:
    connection.door.data_received(PLACE * 8_000)
    connection.door.shutdown()
    connection.settle()
    assert len(statuses(connection)) <= 8
    assert connection.transport.closing


@given(st.lists(st.sampled_from([PLACE, HEALTH]), min_size=1, max_size=60), st.integers(1, 3))
def test_however_many_come_at_once_each_is_answered_in_order(order: list[bytes], copies: int) -> None:
    with Server().connect() as connection:
        connection.receive(*[b"".join(order)] * copies)
        assert statuses(connection) == [202 if sent == PLACE else 200 for sent in order * copies]


# Stopping


@pytest.mark.parametrize(
    "sent",
    [b"", PLACE, HEALTH, PLACE[:-1], HEALTH[:-4], FORM[:-1], HEALTH + FORM[:-1]],
    ids=["nothing", "a call", "health", "half a call", "half a head", "half a form", "half a form behind"],
)
def test_a_server_that_stops_hangs_up_whatever_the_client_sent_so_far(
    connection: Connection, sent: bytes
) -> None:
    connection.receive(sent)
    connection.door.shutdown()
    assert connection.transport.closing


# Waiting for the client


def test_an_idle_connection_is_hung_up_after_the_keep_alive_time(connection: Connection) -> None:
    connection.receive(PLACE)
    connection.wait(IDLE - 1)
    connection.receive(PLACE)
    connection.wait(IDLE - 1)
    assert not connection.transport.closing, "it was answered a moment ago"
    connection.wait(1)
    assert statuses(connection) == [202, 202]
    assert connection.transport.closing


def test_the_usual_keep_alive_time_is_longer_than_clients_poll() -> None:
    with Server().connect() as connection:
        connection.receive(PLACE)
        connection.wait(74.5)
        assert not connection.transport.closing
        connection.wait(0.5)
        assert connection.transport.closing


@pytest.mark.parametrize(("request_timeout", "keep_alive"), [(7, 20), (20, 7), (7, 7)])
def test_each_time_is_kept_whichever_is_longer(request_timeout: float, keep_alive: float) -> None:
    server = Server(settings=Settings(request_timeout=request_timeout, keep_alive=keep_alive))
    for sent, seconds in ((b"", request_timeout), (PLACE[:9], request_timeout), (PLACE, keep_alive)):
        with server.connect() as connection:
            connection.wait(0)
            connection.receive(sent)
            connection.wait(seconds - 0.5)
            assert not connection.transport.closing
            connection.wait(0.5)
            assert connection.transport.closing


def test_a_new_connection_that_says_nothing_is_hung_up_without_a_word(connection: Connection) -> None:
    connection.wait(REQUEST - 1)
    connection.receive(b"\r\n")
    assert not connection.transport.closing
    connection.wait(1)
    assert connection.sent == b""
    assert connection.transport.closing


CHUNKED = request(extra=b"Transfer-Encoding: chunked\r\n")
UNFINISHED = {
    "a letter": b"P",
    "a target": PLACE[:9],
    "a header": PLACE[:60],
    "a head but for its last byte": HEALTH[:-1],
    "a body": PLACE[:-1],
    "no body": PLACE[: -len(CALL)],
    "a form": FORM[:-1],
    "a chunk": CHUNKED + b"ff\r\n{",
    "chunks": CHUNKED + b"1\r\n{\r\n",
    "a trailer": CHUNKED + b"0\r\nX: ",
    "an ordinary chunk": CHUNKED.replace(b"calls", b"cal%6cs") + b"1\r\n{\r\n",
}
BEFORE = {
    "at first": [],
    "after a call": [PLACE],
    "after health": [HEALTH],
    "behind health": [HEALTH + PLACE],
}


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("case", UNFINISHED)
def test_a_request_that_does_not_end_is_told_so_in_time(
    connection: Connection, case: str, before: str
) -> None:
    connection.receive(*BEFORE[before])
    answered = len(statuses(connection))
    connection.receive(UNFINISHED[case])
    connection.wait(REQUEST - 0.5)
    assert len(statuses(connection)) == answered
    assert not connection.transport.closing
    connection.wait(0.5)
    *_, last = connection.replies()
    error = json.loads(last.body)
    assert (last.status, error["status"], error["code"]) == (408, 408, "request.timeout")
    assert "within 7 s" in error["message"]
    assert last.headers["connection"] == "close"
    assert error["contextId"] == last.headers["inin-correlation-id"]
    assert len(connection.replies()) == answered + 1
    (*_, kept) = connection.door.site.store.default.journal
    assert (kept.id, kept.response.status) == (error["contextId"], 408)
    in_head = case in {"a letter", "a target", "a header", "a head but for its last byte"}
    assert (kept.request.method == "") is in_head
    assert connection.transport.closing


def test_a_request_that_does_not_end_is_in_the_journal_of_whose_it_is(server: Server) -> None:
    org = server.site.store.add_org()
    with server.connect() as connection:
        connection.receive(request(body=CALL, token=org.tokens["alice"])[:-9])
        connection.wait(REQUEST)
    tenant = server.site.store.tenant(org.id)
    assert tenant is not None
    (kept,) = tenant.journal
    assert (kept.response.status, kept.request.body) == (408, CALL[:-9])


@pytest.mark.parametrize("start", [PLACE[:60], PLACE[: -len(CALL)], CHUNKED], ids=["head", "body", "chunks"])
def test_a_request_that_trickles_has_no_longer(connection: Connection, start: bytes) -> None:
    rest = b"1\r\nx\r\n" if start is CHUNKED else b"x"
    connection.receive(start)
    for _ in range(6):
        connection.wait(1)
        connection.receive(rest)
    assert not connection.transport.closing
    connection.wait(1)
    assert statuses(connection) == [408]
    assert connection.transport.closing


@pytest.mark.parametrize("method", ["POST", "PATCH"], ids=["hot", "ordinary"])
def test_a_body_that_is_allowed_and_never_sent_is_no_longer_waited_for(
    connection: Connection, method: str
) -> None:
    connection.receive(request(method, body=CALL, extra=b"Expect: 100-continue\r\n")[: -len(CALL)])
    connection.wait(REQUEST)
    assert [reply.status for reply in connection.replies()] == [100, 408]
    assert connection.transport.closing


def test_empty_lines_hold_no_connection(connection: Connection) -> None:
    connection.receive(PLACE)
    for _ in range(int(IDLE) - 1):
        connection.wait(1)
        connection.receive(b"\r\n")
    assert not connection.transport.closing
    connection.wait(1)
    assert statuses(connection) == [202]
    assert connection.transport.closing


@pytest.mark.parametrize("slow", [1, 2, 3])
@pytest.mark.parametrize("together", [True, False], ids=["at once", "one by one"])
def test_whoever_waits_for_a_slow_answer_is_not_hung_up_on(
    server: Server, slow: int, *, together: bool
) -> None:
    server.site.store.default.faults.set(parse_fault(f"slow-reply:nth={slow},seconds=60"))
    with server.connect() as connection:
        connection.receive(*([PLACE * slow] if together else [PLACE] * slow))
        connection.wait(59)
        assert len(connection.replies()) == slow - 1
        connection.wait(1)
        assert statuses(connection) == [202] * slow
        connection.wait(IDLE - 1)
        assert not connection.transport.closing
        connection.wait(1)
        assert connection.transport.closing


def test_what_is_not_read_for_a_slow_answer_is_not_the_client_s_fault(server: Server) -> None:
    server.site.store.default.faults.set(parse_fault("slow-reply:nth=1,seconds=60"))
    with server.connect() as connection:
        connection.receive(PLACE + HEALTH + PLACE * 40)
        connection.wait(60)
        assert statuses(connection) == [202, 200] + [202] * 40


@pytest.mark.parametrize("half", [PLACE[:-1], PLACE[:9]], ids=["a body", "a head"])
def test_half_a_request_behind_a_slow_answer_is_told_after_it(server: Server, half: bytes) -> None:
    server.site.store.default.faults.set(parse_fault("slow-reply:nth=1,seconds=60"))
    with server.connect() as connection:
        connection.receive(PLACE + half)
        connection.wait(59)
        assert connection.sent == b""
        connection.wait(1 + REQUEST)
        assert statuses(connection) == [202, 408]
        assert connection.transport.closing


def test_a_client_that_takes_nothing_of_its_answers_is_hung_up_on(connection: Connection) -> None:
    connection.receive(PLACE)
    connection.door.pause_writing()
    for untaken in (90_000, 80_000, 70_000):
        connection.transport.untaken = untaken
        connection.wait(REQUEST)
        assert not connection.transport.closing, "it takes a little"
    connection.wait(REQUEST)
    assert connection.transport.closing


def test_a_client_that_takes_its_answers_again_is_idle_from_then_on(connection: Connection) -> None:
    connection.receive(PLACE)
    connection.door.pause_writing()
    connection.transport.untaken = 90_000
    connection.wait(REQUEST)
    connection.door.resume_writing()
    connection.wait(IDLE - 1)
    assert not connection.transport.closing
    connection.wait(1)
    assert connection.transport.closing


def test_only_one_timer_runs_however_many_requests_came(connection: Connection) -> None:
    connection.receive(PLACE * 10, PLACE, PLACE, HEALTH, PLACE)
    assert len(connection.loop.timers()) == 1


# Half-closing


LATE = PLACE.replace(b"0100", b"0123")
"""To a number whose reply is held back."""
WHOLE = {
    "a call": [202, PLACE],
    "health": [200, HEALTH],
    "a form": [400, FORM],
    "many": [*[202, 200] * 3, (PLACE + HEALTH) * 3],
    "more than a handful": [*[200] * 50, HEALTH * 50],
    "a late reply": [202, LATE],
    "a late reply and more": [202, 202, 200, LATE + PLACE + HEALTH],
    "closing": [200, HEALTH.replace(b"Host", b"Connection: close\r\nHost")],
    "old": [200, HEALTH.replace(b"HTTP/1.1", b"HTTP/1.0")],
    "half a request behind": [200, 200, HEALTH * 2 + FORM[:-1]],
    "half a head behind": [200, 200, HEALTH * 2 + PLACE[:9]],
    "no request behind": [200, 400, HEALTH + b"garbage\r\n\r\n"],
}


@pytest.mark.parametrize("case", WHOLE)
def test_a_client_that_half_closes_gets_all_its_replies(connection: Connection, case: str) -> None:
    *expected, sent = WHOLE[case]
    assert isinstance(sent, bytes)
    connection.door.data_received(sent)
    while not connection.transport.reading:
        connection.wait(1)
    connection.half_close()
    connection.wait(600)
    assert statuses(connection) == expected
    assert connection.transport.closing


@pytest.mark.parametrize("sent", [b"", PLACE[:9], PLACE[:-1], FORM[:-1], b"\r\n"])
def test_a_client_that_half_closes_before_its_request_is_whole_gets_none(
    connection: Connection, sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        connection.receive(sent)
        connection.half_close()
        connection.settle()
    assert connection.sent == b""
    assert connection.transport.closing
    assert not caplog.records


def test_a_client_that_leaves_without_reading_its_answers_is_no_error(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    with server.connect() as connection:
        connection.door.pause_writing()
        connection.receive(HEALTH * 3)
        connection.transport.close()
    assert connection.sent == b""
    assert not caplog.records


# Garbage


@pytest.mark.parametrize("sent", [PLACE, PLACE[:50], b"no HTTP\r\n\r\n"], ids=["whole", "begun", "none"])
def test_a_connection_that_ends_is_gone_without_a_look_for_garbage(server: Server, sent: bytes) -> None:
    gc.collect()
    gc.disable()
    try:
        with server.connect() as connection:
            connection.receive(sent)
            door = weakref.ref(connection.door)
        del connection
        assert door() is None
    finally:
        gc.enable()


def test_a_feed_tells_of_many_changes_at_once(server: Server) -> None:
    with server.connect() as page, server.connect(page.loop) as client:
        page.receive(request("GET", "/__ringback/feed"))
        client.receive(*[PLACE] * 50)
        page.wait(0.4)
        assert page.sent.count(b"data: changed") == 1
        page.wait(0.2)
        assert page.sent.count(b"data: changed") == 2
        page.wait(2)
        assert page.sent.count(b"data: changed") == 2


def test_a_feed_is_woken_once_however_much_changes(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with server.connect() as page:
        page.receive(request("GET", "/__ringback/feed"))
        woken: list[object] = []
        for _ in range(3):
            server.site.feed.tell()
            page.step()
        monkeypatch.setattr(page.loop, "call_soon_threadsafe", woken.append)
        for _ in range(50):
            server.site.feed.tell()
        assert not woken

"""The door and the Flask application are two roads to one answer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ringback_contracts.core.payload import MAX_BYTES
from ringback_contracts.org import changed, default_org
from ringback_mock.engine.store import Store
from ringback_mock.site import Site
from tests.mockserver.wire import CALL, CALLS, NOW, Reply, Server

ALICE = "a11ce000-0000-4000-8000-000000000001"
BOB = "b0b00000-0000-4000-8000-000000000002"
KNOWN = {ALICE, BOB}
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
NOT_COMPARED = {"date", "connection"}


@dataclass(frozen=True)
class Sent:
    """A request as both roads take it: header names are unlike but for their case."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    chunked: bool = False

    def wire(self) -> bytes:
        lines = [
            f"{self.method} {self.target} HTTP/1.1",
            *(f"{name}: {value}" for name, value in self.headers),
        ]
        return "\r\n".join(lines).encode("latin-1") + self._framing()

    def _framing(self) -> bytes:
        if not self.chunked:
            return b"\r\nContent-Length: %d\r\n\r\n%b" % (len(self.body), self.body)
        chunks = (self.body[:7], self.body[7:])
        framed = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks if chunk)
        return b"\r\nTransfer-Encoding: chunked\r\n\r\n" + framed + b"0\r\n\r\n"

    def environ(self) -> dict[str, str]:
        """What a WSGI server makes of it (PEP 3333 and RFC 3875)."""
        path, _, query = self.target.partition("?")
        environ = {"PATH_INFO": unquote_to_bytes(path).decode("latin-1"), "QUERY_STRING": query}
        for name, value in self.headers:
            key = name.upper().replace("-", "_")
            key = key if key == "CONTENT_TYPE" else f"HTTP_{key}"
            environ[key] = f"{environ[key]}, {value}" if key in environ else value
        return environ


@dataclass(frozen=True)
class Road:
    """One way to a mock of its own."""

    site: Site
    send: Callable[[Sent], Reply]

    def answer(self, sent: Sent) -> tuple[int, dict[str, str], str]:
        """The reply where alice has one call; every id that the mock makes up is written alike."""
        self.site.store.reset()
        call_id = json.loads(self.send(Sent("POST", CALLS, HEADERS, CALL)).body)["id"]
        reply = self.send(replace(sent, target=sent.target.replace("CALL", call_id)))

        def plain(text: str) -> str:
            text = text.replace(call_id, "(the call)")
            return UUID.sub(lambda found: found[0] if found[0] in KNOWN else "(an id)", text)

        headers = {name: plain(value) for name, value in reply.headers.items() if name not in NOT_COMPARED}
        return reply.status, headers, plain(reply.body.decode("latin-1"))


def new_edge() -> Site:
    org = changed(default_org(), {"limits": {"rate_per_minute": 60}})
    return Site(Store(org, clock=lambda: NOW))


@pytest.fixture(scope="module")
def door() -> Road:
    server = Server(site=new_edge())

    def send(sent: Sent) -> Reply:
        with server.connect() as connection:
            connection.receive(sent.wire())
            (reply,) = connection.replies(sent.method)
            return reply

    return Road(server.site, send)


@pytest.fixture(scope="module")
def flask() -> Road:
    site = new_edge()
    app = site.application
    app.testing = True
    client = app.test_client()

    def send(sent: Sent) -> Reply:
        response = client.open(method=sent.method, data=sent.body, environ_overrides=sent.environ())
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status_code, headers, response.data)

    return Road(site, send)


HEADERS = (("Host", "127.0.0.1"), ("Authorization", "Bearer alice"), ("Content-Type", "application/json"))

TOKENS = st.sampled_from(["alice", "bob", "carol", "noscope", "service", "expired", "nobody", ""])
AUTHORIZATION = st.one_of(
    TOKENS.map("Bearer {}".format),
    TOKENS.map("bearer {}".format),
    st.sampled_from(["Basic ZGVtbw==", "Bearer", "Bearer alice alice", "B\xe9arer alice"]),
)
MEDIA_TYPES = st.sampled_from(
    [
        "application/json",
        "Application/JSON; charset=utf-8",
        "text/plain",
        "application/jso\xf1",
        "application/json, x",
    ]
)
HOSTS = st.sampled_from(
    ["127.0.0.1", "localhost:8010", "[::1]:1", "example.com", "exa mple", "a, b", "LOCALHOST."]
)
VALUES = st.text(st.characters(codec="latin-1", min_codepoint=33, exclude_characters="\x7f"), max_size=12)
OTHERS = st.tuples(st.sampled_from(["Accept", "X-Trace", "Cookie", "purecloud-sdk"]), VALUES)


@st.composite
def headers(draw: st.DrawFn) -> tuple[tuple[str, str], ...]:
    drawn = [("Host", draw(st.one_of(st.just("127.0.0.1"), HOSTS)))]
    drawn += draw(st.lists(st.tuples(st.just("Authorization"), AUTHORIZATION), max_size=2))
    drawn += draw(st.lists(st.tuples(st.just("Content-Type"), MEDIA_TYPES), max_size=2))
    drawn += draw(st.lists(OTHERS, max_size=3))
    return tuple(draw(st.permutations(drawn)))


SEGMENTS = st.text(
    st.characters(codec="ascii", min_codepoint=33, exclude_characters='/?#%\x7f"<>\\^`{|}'),
    min_size=1,
    max_size=12,
)
ESCAPES = st.sampled_from(["%2F", "%20", "%ff", "%C3%A9", "%00", "%zz", "%", "%0d%0a"])
TARGETS = st.one_of(
    st.just(CALLS),
    st.sampled_from(
        [f"{CALLS}/user/{ALICE}", f"{CALLS}/user/{BOB}", "/api/v2/users/me", "/api/v2/tokens/me"]
    ),
    st.sampled_from(
        [f"{CALLS}/", f"{CALLS}//", f"{CALLS}/user/", "/api", "/api/", "/api//v2", "/api/v2/routing/queues"]
    ),
    st.just(f"{CALLS}/CALL"),
    st.builds("/api/v2/conversations/{}/disconnect".format, st.one_of(st.just("CALL"), SEGMENTS)),
    st.builds("{}/{}{}".format, st.just(CALLS), SEGMENTS, ESCAPES),
    st.builds("/api/{}/{}".format, SEGMENTS, SEGMENTS),
    st.just("/api/v2/conversations/c%61lls"),
)
QUERIES = st.one_of(st.just(""), st.just(""), st.sampled_from(["?", "?a=b&a=c", "?a=%ff", "?x=1?y=2"]))

PLACED = st.sampled_from(
    [
        {"phoneNumber": "+442079460100"},
        {"phoneNumber": "+15551234567"},
        {"phoneNumber": "hello"},
        {"to": "tel:+442079460100", "from": f"user:{ALICE}"},
        {"to": "sip:agent", "from": f"user:{ALICE}"},
        {"callUserId": BOB, "phoneNumber": "30005"},
        {"state": "disconnected"},
        {},
    ]
)
JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8), st.lists, max_leaves=4)
BODIES = st.one_of(
    PLACED.map(json.dumps).map(str.encode), JSON.map(json.dumps).map(str.encode), st.binary(max_size=40)
)
METHODS = st.sampled_from(
    ["POST", "POST", "GET", "GET", "PATCH", "DELETE", "HEAD", "PUT", "OPTIONS", "TRACE"]
)

SENT = st.builds(
    lambda method, target, query, drawn, body, chunked: Sent(method, target + query, drawn, body, chunked),
    METHODS,
    TARGETS,
    QUERIES,
    st.one_of(st.just(HEADERS), headers()),
    BODIES,
    st.booleans(),
)


@given(sent=SENT)
@example(sent=Sent("POST", CALLS, HEADERS, CALL))
@example(sent=Sent("GET", f"{CALLS}/CALL", HEADERS, b""))
@example(sent=Sent("HEAD", f"{CALLS}/CALL", HEADERS, b""))
@example(sent=Sent("POST", CALLS, HEADERS, b" " * MAX_BYTES + CALL))
@example(sent=Sent("PATCH", f"{CALLS}/CALL", HEADERS, b" " * MAX_BYTES + CALL, chunked=True))
@settings(max_examples=200)
def test_both_roads_give_the_same_answer(sent: Sent, door: Road, flask: Road) -> None:
    answer = door.answer(sent)
    assert answer == flask.answer(sent)
    assert answer[0] < 500 or answer[0] == 501

"""The bridge from ASGI to WSGI."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, cast

import pytest

from ringback_contracts.core.payload import MAX_BYTES
from ringback_mock.edges.asgi import WsgiBridge
from ringback_mock.edges.delivery import TRANSPORT
from ringback_mock.edges.turns import Turns
from tests.mockserver.wire import FakeTransport

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SCOPE: dict[str, Any] = {
    "type": "http",
    "method": "PATCH",
    "path": "/caf\u00e9/\u20ac",
    "query_string": b"a=%ff&b=\xe9",
    "http_version": "1.1",
    "scheme": "https",
    "server": ("127.0.0.1", 8010),
    "headers": [
        (b"host", b"localhost"),
        (b"content-type", b"text/plain"),
        (b"content-length", b"3"),
        (b"x-a", b"1"),
        (b"x-a", b"\xe9"),
        (b"x_a", b"forged"),
    ],
}


class Echo:
    """A WSGI application that keeps what it was asked."""

    def __init__(self) -> None:
        self.environ: WSGIEnvironment = {}
        self.body = b""
        self.closed = False

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self.environ, self.body = environ, environ["wsgi.input"].read()
        start_response("207 Multi-Status", [("X-Reply", "caf\u00e9")])
        return self

    def __iter__(self) -> Iterator[bytes]:
        yield b"one "
        yield b"two"

    def close(self) -> None:
        self.closed = True


def run(app: WSGIApplication, *messages: dict[str, Any], **scope: Any) -> list[dict[str, Any]]:
    """What the bridge sends for a request whose body comes in these messages."""
    coming, sent = list(messages), list[dict[str, Any]]()

    async def receive() -> dict[str, Any]:
        return coming.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    bridge = cast("Callable[..., Any]", WsgiBridge(lambda: app, Turns()))
    asyncio.run(bridge({**SCOPE, **scope}, receive, send))
    return sent


def part(body: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def test_the_request_is_translated() -> None:
    echo = Echo()
    run(echo, part(b"a", more=True), part(b"bc"))
    environ = echo.environ
    assert echo.body == b"abc"
    assert environ["REQUEST_METHOD"] == "PATCH"
    assert environ["PATH_INFO"].encode("latin-1").decode("utf-8") == "/caf\u00e9/\u20ac"
    assert environ["QUERY_STRING"] == "a=%ff&b=\xe9"
    assert (environ["SERVER_NAME"], environ["SERVER_PORT"]) == ("127.0.0.1", "8010")
    assert (environ["SERVER_PROTOCOL"], environ["wsgi.url_scheme"]) == ("HTTP/1.1", "https")
    assert (environ["CONTENT_TYPE"], environ["CONTENT_LENGTH"]) == ("text/plain", "3")
    assert (environ["HTTP_HOST"], environ["HTTP_X_A"]) == ("localhost", "1, \xe9")


def test_the_reply_is_translated() -> None:
    echo = Echo()
    start, body = run(echo, part(b""))
    assert start["status"] == 207
    assert start["headers"] == [(b"x-reply", b"caf\xe9"), (b"content-length", b"7")]
    assert (body["body"], body["more_body"]) == (b"one two", False)
    assert echo.closed


def test_a_server_without_an_address_has_a_name() -> None:
    echo = Echo()
    run(echo, part(b""), server=None)
    assert echo.environ["SERVER_NAME"] == "localhost"


def test_a_body_is_cut_off_one_byte_after_the_limit() -> None:
    echo = Echo()
    run(echo, *(part(b"x" * 100_000, more=True) for _ in range(20)), part(b"x"))
    assert len(echo.body) == MAX_BYTES + 1


def test_a_client_that_leaves_is_not_answered() -> None:
    echo = Echo()
    assert run(echo, part(b"a", more=True), {"type": "http.disconnect"}) == []
    assert echo.environ == {}


def test_the_application_may_change_its_mind_until_it_ends() -> None:
    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [("A", "b")])(b"written ")
        start_response("500 Oh", [])
        return [b"returned"]

    start, body = run(app, part(b""))
    assert (start["status"], start["headers"]) == (500, [(b"content-length", b"16")])
    assert body["body"] == b"written returned"


def test_what_was_opened_is_closed_when_the_application_fails() -> None:
    class Failing(Echo):
        def __iter__(self) -> Iterator[bytes]:
            raise RuntimeError("no more")

    failing = Failing()
    with pytest.raises(RuntimeError, match="no more"):
        run(failing, part(b""))
    assert failing.closed


def test_only_http_is_served() -> None:
    with pytest.raises(ValueError, match="not websocket"):
        run(Echo(), type="websocket")


def test_the_application_is_built_once_and_only_when_it_is_needed() -> None:
    built = list[Echo]()

    def build() -> WSGIApplication:
        built.append(Echo())
        return built[-1]

    bridge = WsgiBridge(build, Turns())
    assert built == []
    assert bridge._app is bridge._app
    assert len(built) == 1


def test_others_have_their_turn_while_a_long_body_is_made() -> None:
    made, seen = list[int](), list[int]()

    def slow(_: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        start_response("200 OK", [])
        for piece in range(5):
            made.append(piece)
            yield b"x"

    async def watch() -> None:
        for _ in range(5):
            seen.append(len(made))
            await asyncio.sleep(0)

    async def both() -> None:
        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            assert message.get("body", b"") in (b"", b"x" * 5)

        bridge: Any = WsgiBridge(lambda: slow, Turns())
        await asyncio.gather(bridge(SCOPE, receive, send), watch())

    asyncio.run(both())
    assert len(set(seen)) > 2, "the watcher saw the body grow"


def test_a_long_body_is_not_made_for_a_client_that_has_left() -> None:
    made = list[int]()
    line = FakeTransport()

    def slow(_: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        start_response("200 OK", [])
        for piece in range(5):
            made.append(piece)
            line.closing = piece == 2
            yield b"x"

    assert run(slow, part(b""), {"type": "http.disconnect"}, extensions={TRANSPORT: line}) == []
    assert made == [0, 1, 2]

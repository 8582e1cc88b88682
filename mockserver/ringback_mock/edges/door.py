"""The door: a uvicorn protocol that answers the hot operations itself and lets the rest go on to ASGI.

What makes it fast is what it leaves out: no task, no ASGI messages, no Flask; one write for a reply.
"""

from __future__ import annotations

import asyncio
import re
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from ringback_contracts.catalogue import BY_ID
from ringback_contracts.core.model import Request
from ringback_contracts.core.payload import MAX_BYTES
from ringback_contracts.resources.calls.operations import GET_CALL, PLACE_CALL, PLACE_CALL_FOR_USER
from ringback_mock.edges.connection import KeptConnection, Patience
from ringback_mock.edges.delivery import TRANSPORT, deliver
from ringback_mock.edges.edge import Edge, read_headers
from ringback_mock.edges.familiar import Familiar, recognise
from ringback_mock.edges.turns import Turns
from ringback_mock.http import Headers, Response

if TYPE_CHECKING:
    from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, Scope

CLOSE = b"connection: close\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
MAX_HEAD = 65_536
"""Bytes that may come in a row without a request or a piece of a body coming of them."""


def _hot_targets(*operations: str) -> re.Pattern[bytes]:
    """Plain targets of the operations: no escapes and no query, which the ordinary road reads."""
    templates = [BY_ID[operation].template for operation in operations]
    return re.compile("|".join(re.sub(r"\{\w+\}", r"[\\w.~-]+", template) for template in templates).encode())


HOT = {b"POST": _hot_targets(PLACE_CALL, PLACE_CALL_FOR_USER), b"GET": _hot_targets(GET_CALL)}


class Road(Enum):
    """Which way the message that is being read goes."""

    HOT = "straight to the pipeline"
    ORDINARY = "to ASGI"
    NOWHERE = "not answered, or answered already"


class Door(KeptConnection):
    """What is said over one connection. ``edge`` is what it opens to."""

    edge: ClassVar[Edge]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._road = Road.NOWHERE
        self._in_head = False
        self._ended = False
        self._body = bytearray()
        self._keep_alive = True
        self._answered: Request | None = None
        self._familiar: Familiar | None = None
        self._server_headers: list[tuple[bytes, bytes]] | None = None
        self._encoded = b""
        self._unframed = 0
        self._last_words: Response | None = None
        self.url = b""

    # What arrives

    def data_received(self, data: bytes) -> None:
        again = self._familiar.again(data) if self._familiar and self._is_free() else None
        if again is None:
            at_start, self._answered = not self._in_message, None
            self._read(data)
            self._familiar = self._recognise(data) if at_start else None
            return
        try:
            self._answer(again)
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets an answer
            self._fail(error)

    def _is_free(self) -> bool:
        """Whether nobody waits for an answer and one can be given."""
        return not (self._waiting or self._unread or self._last_words or self.transport.is_closing())

    def _recognise(self, data: bytes) -> Familiar | None:
        """What to know the next one by, if the data was the answered request and nothing else."""
        request = self._answered
        if request is None or self._in_message or self._unread or self.expect_100_continue:
            return None
        return recognise(data, request)

    def _reads_on(self) -> bool:
        return self._last_words is None and not self.transport.is_closing()

    def _parse(self, piece: bytes) -> bool:
        self._ended = False
        self._unframed += len(piece)
        while piece and self._last_words is None:
            piece = self._feed(piece)
        if self._unframed > MAX_HEAD and self._last_words is None:
            self._refuse(self.edge.malformed())
        return self._ended

    def _feed(self, data: bytes) -> bytes:
        """Parse; the result is what must be parsed anew."""
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            return self._without_upgrade(data[upgrade.args[0] :])
        except httptools.HttpParserCallbackError as error:
            self._fail(error.__context__)
        except httptools.HttpParserError:
            self._refuse(self.edge.malformed())
        return b""

    def _without_upgrade(self, rest: bytes) -> bytes:
        """The request without its wish to upgrade, which a server may ignore (RFC 9110 section 7.8).

        The parser takes the body of such a request for the other protocol; Java's HttpClient offers h2c
        with every first request.
        """
        method = self.parser.get_method()
        if method == b"CONNECT":
            self._refuse(self.edge.malformed())
            return b""
        kept = b"".join(b"%b: %b\r\n" % header for header in self.headers if header[0] != b"upgrade")
        version = self.parser.get_http_version().encode()
        return b"%b %b HTTP/%b\r\n%b\r\n%b" % (method, self.url, version, kept, rest)

    # What the parser finds

    def on_message_begin(self) -> None:
        super().on_message_begin()
        lent: Any = self.transport
        self.scope["extensions"] = {TRANSPORT: lent}
        self._in_head = self._in_message = True
        self._since = self.loop.time()

    def on_header(self, name: bytes, value: bytes) -> None:
        # A field after the body is a trailer: it must not pass for a header (RFC 9110 section 6.5.1).
        if not self._in_head:
            return
        name = name.lower()
        if name == b"expect" and value.lower() == b"100-continue":
            self.expect_100_continue = True
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._unframed = 0
        # A client of HTTP/1.0 takes no interim answer (RFC 9110 section 15.2).
        self.expect_100_continue &= self.parser.get_http_version() == "1.1"
        self._road = self._choose_road()
        if self._road is Road.ORDINARY:
            self._make_origin_form()
            super().on_headers_complete()
            self._waiting.append(self.cycle)
        elif self._road is Road.HOT:
            self._keep_alive = self.parser.get_http_version() != "1.0" and self.parser.should_keep_alive()
            self._body.clear()
            if self.expect_100_continue:
                self.transport.write(CONTINUE)

    def _choose_road(self) -> Road:
        """A hot request behind one that is being answered goes the ordinary way, which keeps the order."""
        if self.parser.should_upgrade() or self.transport.is_closing():
            return Road.NOWHERE
        targets = HOT.get(self.parser.get_method())
        if targets is None or targets.fullmatch(self.url) is None or self._waiting:
            return Road.ORDINARY
        return Road.HOT

    def _make_origin_form(self) -> None:
        """Turn an absolute target into a path and a Host, which it overrules (RFC 9112 section 3.2.2)."""
        if self.url.startswith(b"/"):
            return
        parsed = httptools.parse_url(self.url)
        if not parsed.host:
            return
        authority = self.url.split(b"/", 3)[2].split(b"?", 1)[0]
        self.headers[:] = [header for header in self.headers if header[0] != b"host"]
        self.headers.append((b"host", authority))
        query = b"?" + parsed.query if parsed.query else b""
        self.url = (parsed.path or b"/") + query

    def on_body(self, body: bytes) -> None:
        self._unframed = 0
        if self._road is Road.ORDINARY:
            super().on_body(body)
        elif self._road is Road.HOT:
            self._body += body[: MAX_BYTES + 1 - len(self._body)]

    def on_message_complete(self) -> None:
        self._unframed = 0
        self._in_message = False
        self._ended = True
        if self._road is Road.ORDINARY:
            super().on_message_complete()
        elif self._road is Road.HOT:
            self._answered = self._request()
            self._answer(self._answered)

    def _request(self) -> Request:
        return self.edge.request(
            self.parser.get_method().decode(),
            self.url.decode(),
            read_headers(self.headers),
            bytes(self._body),
            http_version=self.parser.get_http_version(),
        )

    # What is sent back

    def _answer(self, request: Request) -> None:
        response = self.edge.pipeline.answer(request)
        if response.delivery is None:
            self._send(response, keep_alive=self._keep_alive)
        else:
            self._deliver(request, response)
        self.edge.note(request.method, request.path, response.status, response.headers)

    def _deliver(self, request: Request, response: Response) -> None:
        """Send a reply that a fault delays or breaks as an ASGI application would, which keeps the order."""

        async def answered(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
            await deliver(response, scope, receive, send)

        self.scope["method"] = request.method
        self.cycle = RequestResponseCycle(
            scope=self.scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=False,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=False,
            keep_alive=self._keep_alive,
            on_response=self.on_response_complete,
        )
        self.cycle.more_body = False
        self._waiting.append(self.cycle)
        self._start_asgi_task(self.cycle, answered)

    def _send(self, response: Response, *, keep_alive: bool) -> None:
        """Write the whole reply at once, and wait for the next request or hang up."""
        self.server_state.total_requests += 1
        body = response.body
        self.transport.write(
            b"%b%b%bcontent-length: %d\r\n%b\r\n%b"
            % (
                STATUS_LINE[response.status],
                self._server_lines(),
                encode_headers(response.headers),
                len(body),
                b"" if keep_alive else CLOSE,
                body,
            )
        )
        if keep_alive:
            self._rest()
        else:
            self.transport.close()

    def _server_lines(self) -> bytes:
        """The header lines of every reply, which uvicorn makes anew each second."""
        headers = self.server_state.default_headers
        if headers is not self._server_headers:
            self._server_headers = headers
            self._encoded = b"".join(b"%b: %b\r\n" % header for header in headers)
        return self._encoded

    # What cannot be read

    def _fail(self, cause: BaseException | None) -> None:
        malformed = cause is None or isinstance(cause, httptools.HttpParserInvalidURLError)
        self._refuse(self.edge.malformed() if malformed else self.edge.crashed(cause))

    def _give_up(self) -> None:
        """Hang up; whoever began a request is told why."""
        if self._in_message:
            self._refuse(self.edge.too_slow(self.patience.request))
        else:
            super()._give_up()

    def _refuse(self, last_words: Response) -> None:
        """Read no further: answer once no other answer is owed, and hang up."""
        self._road = Road.NOWHERE
        self._last_words = last_words
        # A request whose body broke off gets no other answer.
        if self._waiting and self._waiting[-1].more_body:
            self._waiting.pop()
        if not self._waiting and not self.transport.is_closing():
            self._owe_nothing()

    def _owe_nothing(self) -> None:
        if self._last_words is None:
            super()._owe_nothing()
        else:
            self._send(self._last_words, keep_alive=False)


def encode_headers(headers: Headers) -> bytes:
    """Header lines. Raises ``ValueError`` for a value that would break out of its own."""
    text = "\r\n".join((*map(": ".join, headers), ""))
    if not text.count("\r") == text.count("\n") == len(headers):
        raise ValueError("a header of the reply holds a line break")
    return text.encode("latin-1")


def door_to(edge: Edge, turns: Turns, patience: Patience) -> type[Door]:
    """The protocol class whose connections open to the edge."""
    return type("Door", (Door,), {"edge": edge, "patience": patience, "turns": turns})

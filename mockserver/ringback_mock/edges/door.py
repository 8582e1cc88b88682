"""The door: a uvicorn protocol that answers the hot operations itself and lets the rest go on to ASGI.

What makes it fast is what it leaves out: no task, no ASGI messages, no Flask; one write for a reply.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections import deque
from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import httptools
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from ringback_contracts.catalogue import BY_ID
from ringback_contracts.core.model import Request
from ringback_contracts.core.payload import MAX_BYTES
from ringback_contracts.resources.calls.operations import GET_CALL, PLACE_CALL, PLACE_CALL_FOR_USER
from ringback_mock.edges.delivery import TRANSPORT, deliver
from ringback_mock.edges.edge import Edge, read_headers
from ringback_mock.http import Headers, Response

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, Scope

CLOSE = b"connection: close\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
PARTING_SECONDS = 0.5
"""Time that a client has to read its answers when the server stops."""
MAX_HEAD = 65_536
"""Bytes that may come in a row without a request or a piece of a body coming of them."""
LONGEST_FAMILIAR = 8_192
"""Bytes of a request up to which the next one is compared with it."""


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


class Familiar(NamedTuple):
    """The last hot request of a connection: clients send the same head again and again.

    The same bytes where a message begins are the same head, and frame a body of the same length.
    """

    data: bytes
    head: bytes
    request: Request

    def again(self, data: bytes) -> Request | None:
        """The request that the data is, if it is one more of the kind and nothing else."""
        old = self.request
        if data == self.data:
            return old
        if len(data) != len(self.data) or not data.startswith(self.head):
            return None
        body = data[len(self.head) :]
        return Request(old.method, old.path, old.headers, body, old.query, old.host_allowed, old.well_formed)


class PatientFlow(FlowControl):
    """Reads on only where that is no reading ahead: a client can send faster than it is answered."""

    def __init__(self, transport: asyncio.Transport, has_enough: Callable[[], bool]) -> None:
        super().__init__(transport)
        self._has_enough = has_enough

    def resume_reading(self) -> None:
        if not self._has_enough():
            super().resume_reading()


class Door(HttpToolsProtocol):
    """One connection. ``edge`` is what it opens to."""

    edge: ClassVar[Edge]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._road = Road.NOWHERE
        self._in_head = False
        self._in_message = False
        self._body = bytearray()
        self._keep_alive = True
        self._answered: Request | None = None
        self._familiar: Familiar | None = None
        self._idle_since = -math.inf
        self._server_headers: list[tuple[bytes, bytes]] | None = None
        self._encoded = b""
        self._unframed = 0
        self._waiting: deque[RequestResponseCycle] = deque()
        self._last_words: Response | None = None
        self.url = b""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as the base does
        super().connection_made(transport)
        self.flow = PatientFlow(transport, self._has_enough)

    def _has_enough(self) -> bool:
        """Whether a request waits behind another, or the client does not take its answers."""
        return len(self._waiting) > 1 or self.flow.write_paused

    # What arrives

    def data_received(self, data: bytes) -> None:
        again = self._familiar.again(data) if self._familiar and self._is_free() else None
        if again is None:
            self._read(data)
            return
        try:
            self._answer(again)
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets an answer
            self._refuse(error)

    def _is_free(self) -> bool:
        """Whether nobody waits for an answer and one can be given."""
        return not self._waiting and self._last_words is None and not self.transport.is_closing()

    def _read(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        at_start, self._answered, rest = not self._in_message, None, data
        self._unframed += len(data)
        while rest and self._last_words is None:
            rest = self._feed(rest)
        if self._unframed > MAX_HEAD and self._last_words is None:
            self._refuse()
        self._familiar = self._recognise(data) if at_start else None
        self._mind_the_time()

    def _recognise(self, data: bytes) -> Familiar | None:
        """What to know the next one by, if the data was the answered request and nothing else."""
        request = self._answered
        if request is None or self._in_message or self.expect_100_continue or len(data) > LONGEST_FAMILIAR:
            return None
        head, end, body = data.partition(b"\r\n\r\n")
        return Familiar(data, head + end, request) if body == request.body else None

    def _feed(self, data: bytes) -> bytes:
        """Parse; the result is what must be parsed anew."""
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            return self._without_upgrade(data[upgrade.args[0] :])
        except httptools.HttpParserCallbackError as error:
            self._refuse(error.__context__)
        except httptools.HttpParserError:
            self._refuse()
        return b""

    def _without_upgrade(self, rest: bytes) -> bytes:
        """The request without its wish to upgrade, which a server may ignore (RFC 9110 section 7.8).

        The parser takes the body of such a request for the other protocol; Java's HttpClient offers h2c
        with every first request.
        """
        method = self.parser.get_method()
        if method == b"CONNECT":
            self._refuse()
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
            self._await_next()
        else:
            self.transport.close()

    def _server_lines(self) -> bytes:
        """The header lines of every reply, which uvicorn makes anew each second."""
        headers = self.server_state.default_headers
        if headers is not self._server_headers:
            self._server_headers = headers
            self._encoded = b"".join(b"%b: %b\r\n" % header for header in headers)
        return self._encoded

    def _await_next(self) -> None:
        """Let the client be idle for a time: a timer that runs already is not set anew for each request."""
        self._idle_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._hang_up_in(self.timeout_keep_alive)

    def _mind_the_time(self) -> None:
        """Let the timer run exactly while nothing is read or answered."""
        if self._in_message or self._waiting:
            self._unset_keepalive_if_required()
        elif self.timeout_keep_alive_task is None and not self.transport.is_closing():
            self._hang_up_in(self.timeout_keep_alive)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        """Answer in a task. Whoever waits for it is not idle, however long it takes."""
        self._unset_keepalive_if_required()
        super()._start_asgi_task(cycle, app)

    def _hang_up_in(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def timeout_keep_alive_handler(self) -> None:
        """Hang up, unless the client was answered since the timer was set."""
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._hang_up_in(left)
        else:
            super().timeout_keep_alive_handler()

    # What cannot be read

    def _refuse(self, cause: BaseException | None = None) -> None:
        """Read no further: answer once no other answer is owed, and hang up."""
        self._road = Road.NOWHERE
        malformed = cause is None or isinstance(cause, httptools.HttpParserInvalidURLError)
        self._last_words = self.edge.malformed() if malformed else self.edge.crashed(cause)
        if not self._owes_answers():
            self._send(self._last_words, keep_alive=False)

    def _owes_answers(self) -> bool:
        """Whether requests that came whole still wait; one whose body broke off gets no answer."""
        if self._waiting and self._waiting[-1].more_body:
            self._waiting.pop()
        return bool(self._waiting)

    def on_response_complete(self) -> None:
        self._waiting.popleft()
        super().on_response_complete()
        self._mind_the_time()
        if self._last_words and not self._waiting and not self.transport.is_closing():
            self._send(self._last_words, keep_alive=False)

    # How the connection is kept

    def pause_writing(self) -> None:
        """Read no more from a client that does not take its answers."""
        super().pause_writing()
        self.flow.pause_reading()

    def resume_writing(self) -> None:
        super().resume_writing()
        self.flow.resume_reading()

    def shutdown(self) -> None:
        """Hang up: at once where the request is not even complete, and soon on whoever does not read."""
        self.loop.call_later(PARTING_SECONDS, self.transport.abort)
        if self._waiting and self._waiting[-1].more_body:
            self.transport.close()
        else:
            super().shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        # The base class tells the newest request only that its client has left.
        for cycle in self._waiting:
            cycle.disconnected = True
            cycle.message_event.set()
        super().connection_lost(exc)


def encode_headers(headers: Headers) -> bytes:
    """Header lines. Raises ``ValueError`` for a value that would break out of its own."""
    text = "\r\n".join((*map(": ".join, headers), ""))
    if not text.count("\r") == text.count("\n") == len(headers):
        raise ValueError("a header of the reply holds a line break")
    return text.encode("latin-1")


def door_to(edge: Edge) -> type[Door]:
    """The protocol class whose connections open to the edge."""
    return type("Door", (Door,), {"edge": edge})

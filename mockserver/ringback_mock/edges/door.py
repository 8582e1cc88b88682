"""The door: the site over a connection that speaks HTTP/1, as a protocol that uvicorn's server runs.

What makes it fast is what it leaves out: no task, no messages between layers, one write for a reply.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from ringback_contracts.core.model import Request
from ringback_contracts.core.payload import MAX_BYTES
from ringback_contracts.http.faults import FaultKind
from ringback_mock.edges.connection import KeptConnection, Owed
from ringback_mock.edges.delivery import deliver
from ringback_mock.edges.familiar import Familiar
from ringback_mock.edges.turns import Turns
from ringback_mock.engine.faults import HEADER as FAULT
from ringback_mock.http import Delivery, Feed, Headers, Response
from ringback_mock.patience import Patience
from ringback_mock.resources.channel_socket import PATH
from ringback_mock.site import Site

if TYPE_CHECKING:
    from ringback_mock.edges.socket import Noted

CLOSE = b"connection: close\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
MAX_HEAD = 65_536
"""Bytes that may come in a row without a request or a piece of a body coming of them."""
CHANNELS = PATH.encode()
REFUSED_SOCKET = Response(503, ((FAULT, FaultKind.SOCKET_REFUSED.value),))
AT_ONCE = Delivery()
CHANGED, STILL_THERE = b"data: changed\n\n", b":\n\n"
SILENCE_SECONDS, BETWEEN_EVENTS_SECONDS = 15, 0.5
"""How long a feed is silent at most, so that a client that is gone shows; and what is between two events, at
each of which a page reads anew all that it shows."""


class Door(KeptConnection):
    """What is said over one connection. ``site`` is what it opens to; ``familiar`` knows heads that came."""

    site: ClassVar[Site]
    familiar: ClassVar[Familiar]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._parser = httptools.HttpRequestParser(self)
        # What follows a request that closes the connection is no reason to refuse the request.
        self._parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self._url = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._body = bytearray()
        self._in_head = False
        self._is_offer = False
        self._expects_100 = False
        self._read_last: Request | None = None
        self._server_headers: list[tuple[bytes, bytes]] | None = None
        self._encoded = b""
        self._unframed = 0
        self._last_words: Response | None = None
        self._handed_on = False

    # What arrives

    def data_received(self, data: bytes) -> None:
        if not self._is_free():
            self._read(data)
            return
        request = self.familiar.read(data)
        if request is not None:
            self._answer(request, keep_alive=True)
            return
        self._read_last = None
        self._read(data)
        self._learn(data)

    def _learn(self, data: bytes) -> None:
        """Know its head again, if the data was one request and nothing else."""
        request = self._read_last
        if request is not None and not (self._in_message or self._unread):
            self.familiar.learn(data, request)

    def _is_free(self) -> bool:
        """Whether a request can begin and be answered: nothing is on its way, and nobody waits."""
        return not (
            self._in_message
            or self._owed
            or self._sending
            or self._unread
            or self._write_paused
            or self._last_words
            or self.transport.is_closing()
        )

    def _reads_on(self) -> bool:
        return self._last_words is None and not self._handed_on and not self.transport.is_closing()

    def _parse(self, piece: bytes) -> None:
        self._unframed += len(piece)
        while piece and self._last_words is None:
            piece = self._feed(piece)
        if self._unframed > MAX_HEAD and self._last_words is None:
            self._refuse(self.site.malformed())

    def _feed(self, data: bytes) -> bytes:
        """Parse; the result is what must be parsed anew."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            return self._without_upgrade(data[upgrade.args[0] :])
        except httptools.HttpParserCallbackError as error:
            if isinstance(error.__context__, httptools.HttpParserInvalidURLError):
                self._refuse(self.site.malformed())
            else:
                self._fail(error.__context__ or error)
        except httptools.HttpParserError:
            self._refuse(self.site.malformed())
        return b""

    def _without_upgrade(self, rest: bytes) -> bytes:
        """The request without its wish to upgrade, which a server may ignore (RFC 9110 section 7.8).

        One for the socket of a channel has its wish. The parser takes the body of such a request for the
        other protocol; Java's HttpClient offers h2c with every first request.
        """
        method = self._parser.get_method()
        if method == b"CONNECT":
            self._refuse(self.site.malformed())
            return b""
        channel_id = self._channel_asked()
        if channel_id is not None and self.site.sockets.refuses(channel_id):
            self._refuse(REFUSED_SOCKET)
            return b""
        if channel_id is not None:
            self._hand_on(channel_id, rest)
            return b""
        return self._head_without(b"upgrade") + rest

    def _head_without(self, left_out: bytes = b"") -> bytes:
        """The request's head, put together again."""
        kept = b"".join(b"%b: %b\r\n" % header for header in self._headers if header[0] != left_out)
        version = self._parser.get_http_version().encode()
        return b"%b %b HTTP/%b\r\n%b\r\n" % (self._parser.get_method(), self._url, version, kept)

    def _channel_asked(self) -> str | None:
        """The channel whose socket the request wants, if there is one and the connection is free for it."""
        if not self._url.startswith(CHANNELS) or self._owed or self._sending:
            return None
        request = self._request()
        channel_id = request.path.removeprefix(PATH)
        wanted = request.headers.get("upgrade", "").lower() == "websocket" and request.method == "GET"
        sent = request.headers
        bodiless = "transfer-encoding" not in sent and sent.get("content-length", "0") == "0"
        known = (
            wanted
            and bodiless
            and request.host_allowed
            and request.well_formed
            and self.site.sockets.knows(channel_id)
        )
        return channel_id if known else None

    def _hand_on(self, channel_id: str, rest: bytes) -> None:
        """Let the connection be the channel's socket from now on."""
        from ringback_mock.edges.socket import ChannelSocket

        self._in_message = False
        self._handed_on = True
        head, early = self._head_without(), rest + self._unread.tobytes()
        self.connection_lost(None)
        socket = ChannelSocket(self.loop, self.server_state, self.turns)
        socket.open(self.transport, head, channel_id, self.site.sockets, self._noting())
        if early:
            socket.data_received(early)

    def _noting(self) -> Noted:
        """What a client waits for whose socket is opened."""
        return None

    # What the parser finds

    def on_message_begin(self) -> None:
        self._url = b""
        self._headers = []
        self._body.clear()
        self._in_head = self._in_message = True
        self._since = self.loop.time()

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        # A field after the body is a trailer: it must not pass for a header (RFC 9110 section 6.5.1).
        if self._in_head:
            self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._unframed = 0
        self._is_offer = self._parser.should_upgrade()
        # A client of HTTP/1.0 takes no interim answer (RFC 9110 section 15.2).
        self._expects_100 = self._parser.get_http_version() == "1.1" and any(
            name == b"expect" and value.lower() == b"100-continue" for name, value in self._headers
        )

    def on_body(self, body: bytes) -> None:
        self._unframed = 0
        self._body += body[: MAX_BYTES + 1 - len(self._body)]

    def on_message_complete(self) -> None:
        self._unframed = 0
        self._in_message = self._expects_100 = False
        if self._is_offer:
            return
        keep_alive = self._parser.get_http_version() != "1.0" and self._parser.should_keep_alive()
        request = self._request()
        self._read_last = request if keep_alive else None
        self._owed.append(Owed(request, keep_alive))

    def _request(self) -> Request:
        """What was read, as far as it came."""
        path, query, authority = read_target(self._url)
        headers = read_headers(self._headers)
        if authority is not None:
            headers["host"] = authority
        return self.site.request(
            self._parser.get_method().decode(),
            path,
            headers,
            bytes(self._body),
            query=query,
            http_version=self._parser.get_http_version(),
        )

    # What is sent back

    def _answer(self, request: Request, *, keep_alive: bool) -> None:
        try:
            response = self.site.answer(request, self.peer)
            if response.feed is not None:
                self._answer_with(self._follow(response, response.feed), keep_alive=False)
                return
            if response.delivery is None and response.pieces is None:
                self._send(response, request.method, keep_alive=keep_alive)
                return
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets an answer
            self._send(self.site.crashed(error, request), request.method, keep_alive=False)
            return
        self._answer_with(self._deliver(response, request.method, keep_alive), keep_alive=keep_alive)

    async def _deliver(self, response: Response, method: str, keep_alive: bool) -> None:
        """Make the body, one piece a turn, and send the reply as a fault may want it."""
        body = bytearray(response.body)
        for piece in response.pieces or ():
            body += piece
            await self.turns.turn()
        head = self._head(response, len(body), keep_alive=keep_alive and self._keep_alive)
        shown = b"" if method == "HEAD" else bytes(body)
        await deliver(head, shown, response.delivery or AT_ONCE, self.transport)

    async def _follow(self, response: Response, feed: Feed) -> None:
        """Send an event when the feed tells of something, and a comment when it has been silent."""
        changed = asyncio.Event()

        def heard() -> None:
            if not changed.is_set():  # every request tells of something, and to wake the loop costs
                self.loop.call_soon_threadsafe(changed.set)

        self.transport.write(self._head(response, None, keep_alive=False))
        feed.listeners.add(heard)
        try:
            while True:
                with suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), SILENCE_SECONDS)
                if not self._write_paused:
                    self.transport.write(CHANGED if changed.is_set() else STILL_THERE)
                changed.clear()
                await asyncio.sleep(BETWEEN_EVENTS_SECONDS)
        finally:
            feed.listeners.discard(heard)

    def _send(self, response: Response, method: str, *, keep_alive: bool) -> None:
        """Write the whole reply at once, and wait for the next request or hang up."""
        head = self._head(response, len(response.body), keep_alive=keep_alive)
        self.transport.write(head if method == "HEAD" else head + response.body)
        self._end_reply(keep_alive=keep_alive)

    def _head(self, response: Response, length: int | None, *, keep_alive: bool) -> bytes:
        # A reply that never has a body must not speak of its length (RFC 9110 section 8.6).
        return b"%b%b%b%b%b\r\n" % (
            STATUS_LINE[response.status],
            self._server_lines(),
            encode_headers(response.headers),
            b"" if response.status == 204 or length is None else b"content-length: %d\r\n" % length,
            b"" if keep_alive else CLOSE,
        )

    def _server_lines(self) -> bytes:
        """The header lines of every reply, which uvicorn makes anew each second."""
        headers = self.server_state.default_headers
        if headers is not self._server_headers:
            self._server_headers = headers
            self._encoded = b"".join(b"%b: %b\r\n" % header for header in headers)
        return self._encoded

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        vars(self).pop("_parser", None)  # it holds this one, and both would wait for the garbage collector

    # What cannot be read or answered

    def _fail(self, error: BaseException) -> None:
        self._refuse(self.site.crashed(error))

    def _give_up(self) -> None:
        """Hang up; whoever began a request is told why."""
        if self._in_message:
            begun = Request("", "") if self._in_head else self._request()
            self._refuse(self.site.too_slow(begun, self.patience.request))
            self._go_on_later()
        else:
            super()._give_up()

    def _refuse(self, last_words: Response) -> None:
        """Read no further: answer once no other answer is owed, and hang up."""
        self._last_words = last_words
        self._in_message = False
        self._unread = memoryview(b"")

    def _owe_nothing(self) -> None:
        if self.transport.is_closing():
            return
        if self._last_words is not None:
            self._send(self._last_words, "", keep_alive=False)
        elif self._expects_100 and not self._in_head:
            self._expects_100 = False
            self.transport.write(CONTINUE)
        else:
            super()._owe_nothing()


def encode_headers(headers: Headers) -> bytes:
    """Header lines. Raises ``ValueError`` for a value that would break out of its own."""
    text = "\r\n".join((*map(": ".join, headers), ""))
    if not text.count("\r") == text.count("\n") == len(headers):
        raise ValueError("a header of the reply holds a line break")
    return text.encode("latin-1")


def read_headers(pairs: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Header fields as text; those of one name are one list (RFC 9110 section 5.3).

    A name with an underscore is dropped: CGI, and so WSGI, cannot tell it from one with a hyphen.
    """
    headers: dict[str, str] = {}
    for raw_name, raw_value in pairs:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if "_" not in name:
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def read_target(target: bytes) -> tuple[str, str, str | None]:
    """The path of a request's target, its query, and the authority of one in absolute form.

    That overrules the Host (RFC 9112 section 3.2.2). Raises httptools' error for a target that is none.
    """
    authority = None
    if target.startswith(b"/") and b"#" not in target:
        raw_path, _, query = target.partition(b"?")
    else:
        parsed = httptools.parse_url(target)
        raw_path, query = parsed.path or b"/", parsed.query or b""
        if parsed.host:
            authority = target.split(b"/", 3)[2].split(b"?", 1)[0].decode("latin-1")
    path = raw_path.decode("ascii")
    return (unquote(path) if "%" in path else path), query.decode("latin-1"), authority


def door_to(site: Site, turns: Turns, patience: Patience) -> type[Door]:
    """The protocol class whose connections open to the site."""
    own = {"site": site, "patience": patience, "turns": turns, "familiar": Familiar()}
    return type("Door", (Door,), own)

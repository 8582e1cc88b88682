"""Connections to the door without a socket: bytes in, bytes out."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, cast

from uvicorn.server import ServerState

from ringback_contracts.org import Org, default_org
from ringback_mock.edges.door import Door
from ringback_mock.edges.serve import Settings, configuration
from ringback_mock.engine.store import Store
from ringback_mock.site import Site

NOW = 1_700_000_000.0
CALLS = "/api/v2/conversations/calls"
CALL = b'{"phoneNumber": "+442079460100"}'


class FakeTransport(asyncio.Transport):
    """Keeps what is written to it, write by write."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes] = []
        self.reading = True
        self.closing = False
        self.untaken = 0
        self.protocol: Any = None

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.protocol = protocol

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        assert not self.closing, "written to after it was closed"
        self.writes.append(bytes(data))

    def close(self) -> None:
        self.closing = True

    def abort(self) -> None:
        self.closing = True

    def is_closing(self) -> bool:
        return self.closing

    def get_write_buffer_size(self) -> int:
        return self.untaken

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True


@dataclass(frozen=True)
class Reply:
    """One HTTP reply as it came over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes


class Loop(asyncio.SelectorEventLoop):
    """An event loop on which time passes only when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0
        super().__init__()

    def time(self) -> float:
        return self.now

    def timers(self) -> list[asyncio.TimerHandle]:
        """Those that are going to ring."""
        scheduled: list[asyncio.TimerHandle] = vars(self)["_scheduled"]
        return [timer for timer in scheduled if not timer.cancelled()]

    def next_timer(self) -> float:
        return min((timer.when() for timer in self.timers()), default=math.inf)


class Connection:
    """One client's connection, whose event loop runs only when bytes arrive or time passes."""

    def __init__(self, server: Server, loop: Loop) -> None:
        self.loop = loop
        self.transport = FakeTransport()
        protocol = cast("type[Door]", server.config.http_protocol_class)
        self.door = protocol(config=server.config, server_state=server.state, app_state={}, _loop=loop)
        self.door.connection_made(self.transport)

    def receive(self, *segments: bytes) -> None:
        """Let the segments arrive, and the loop run after each until nothing more happens."""
        for segment in segments:
            if not self.transport.closing:
                self.door.data_received(segment)
            self.settle()

    def settle(self) -> None:
        still = 0
        while still < 12:
            before = len(self.transport.writes)
            self.step()
            busy = len(self.door.turns) or len(self.transport.writes) > before
            still = 0 if busy else still + 1

    def wait(self, seconds: float) -> None:
        """Let so much time pass, and each timer ring when its time comes."""
        until = self.loop.now + seconds
        self.settle()
        while (due := self.loop.next_timer()) <= until:
            self.loop.now = max(self.loop.now, due)
            self.settle()
        self.loop.now = until

    def half_close(self) -> None:
        """Let the client say that it sends no more, as a transport does it."""
        if not self.transport.closing and not self.door.eof_received():
            self.transport.close()

    def step(self) -> None:
        """Let the loop turn once."""
        self.loop.call_soon(self.loop.stop)
        self.loop.run_forever()

    @property
    def sent(self) -> bytes:
        return b"".join(self.transport.writes)

    def replies(self, *methods: str) -> list[Reply]:
        """What was sent back, read as HTTP; ``methods`` are those of the requests, ``POST`` if not given."""
        return list(read_replies(self.sent, methods))


class Server:
    """A site behind the door, configured as ``ringback serve`` does it."""

    def __init__(
        self, org: Org | None = None, *, site: Site | None = None, settings: Settings | None = None
    ) -> None:
        self.site = site or Site(Store(org or default_org(), clock=lambda: NOW))
        self.config = configuration(self.site, settings or Settings())
        self.state = ServerState()

    @contextmanager
    def connect(self, loop: Loop | None = None) -> Iterator[Connection]:
        """A connection, on an event loop of its own unless one is given."""
        with closing(Loop()) as own:
            connection = Connection(self, loop or own)
            yield connection
            connection.door.connection_lost(None)
            connection.settle()


def read_replies(sent: bytes, methods: Sequence[str] = ()) -> Iterator[Reply]:
    """Split what a server sent into replies; every one of ours has a length."""
    for position in range(len(sent)):
        if not sent:
            return
        head, _, sent = sent.partition(b"\r\n\r\n")
        status_line, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        method = methods[position] if position < len(methods) else "POST"
        length = 0 if method == "HEAD" else int(headers.get("content-length", 0))
        yield Reply(int(status_line.split(" ")[1]), headers, sent[:length])
        sent = sent[length:]


def request(
    method: str = "POST",
    target: str = CALLS,
    *,
    body: bytes = b"",
    token: str = "alice",
    version: str = "1.1",
    extra: bytes = b"",
) -> bytes:
    """The bytes of a request; ``extra`` are header lines of one's own."""
    head = f"{method} {target} HTTP/{version}\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
    length = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
    return (head + length).encode("latin-1") + extra + b"\r\n" + body

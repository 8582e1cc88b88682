"""How a connection is kept: how fast it is read, how long its client is waited for, how it ends.

What is said over it is the business of the door.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections import deque
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from ringback_contracts.core.model import Request
from ringback_mock.edges.half_open import HalfOpen
from ringback_mock.edges.turns import Turns
from ringback_mock.http import Peer
from ringback_mock.patience import Patience

if TYPE_CHECKING:
    from uvicorn.server import ServerState

PARTING_SECONDS = 0.5
"""Time that a client has to read its answers when the server stops."""
PIECE = 1_024
"""Bytes that are parsed at a time: a handful of requests."""
LONGEST_TURN = 16_384
"""Bytes that are parsed in one turn if no request ends in them."""
NOTHING = memoryview(b"")


class Owed(NamedTuple):
    """A request that came whole and is not answered yet."""

    request: Request
    keep_alive: bool


class KeptConnection(asyncio.Protocol):
    """One connection. ``turns`` are those of the whole server, whose state uvicorn keeps.

    A client that has one request is answered at once. What else it sent waits for a turn.
    """

    patience: ClassVar[Patience]
    turns: ClassVar[Turns]
    transport: asyncio.Transport

    def __init__(
        self,
        config: object,  # noqa: ARG002 - uvicorn gives it to every protocol
        server_state: ServerState,
        app_state: object = None,  # noqa: ARG002 - the same
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self.server_state = server_state
        self.loop = _loop or asyncio.get_running_loop()
        self.peer = Peer()
        self._owed: deque[Owed] = deque()
        self._sending: asyncio.Task[None] | None = None
        self._unread = NOTHING
        self._waits_for_turn = False
        self._write_paused = False
        self._in_message = False
        self._is_new = True
        self._half_closed = False
        self._keep_alive = True
        self._since = self.loop.time()
        self._untaken = 0
        self._timer: asyncio.TimerHandle | None = None
        self._tls: object = None

    @abstractmethod
    def _parse(self, piece: bytes) -> None:
        """Make requests of the bytes, which are owed an answer then."""

    @abstractmethod
    def _reads_on(self) -> bool:
        """Whether what comes is still looked at."""

    @abstractmethod
    def _answer(self, request: Request, *, keep_alive: bool) -> None:
        """Send the answer, or begin to."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # TCP has no other
        # The server hangs up on those that it finds there.
        self.server_state.connections.add(self)  # type: ignore[arg-type] # it names its own protocols
        self.transport = transport
        self._tls = transport.get_extra_info("ssl_object")
        address = transport.get_extra_info("peername")
        scheme = "https" if transport.get_extra_info("sslcontext") else "http"
        self.peer = Peer(str(address[0]) if isinstance(address, tuple) else None, scheme)
        if isinstance(self._tls, HalfOpen):
            self._tls.on_end = self._tls_ended
        self._look_again_in(self.patience.request)

    # Reading and answering

    def _read(self, data: bytes) -> None:
        if self._unread:
            self._unread = memoryview(self._unread.tobytes() + data)
            return
        self._unread = memoryview(data)
        if self._owed or self._write_paused:
            self._go_on_later()
        else:
            self._go_on()

    def _go_on(self) -> None:
        """Answer one request: the one that came first, or the next that comes whole."""
        left = LONGEST_TURN
        while self._unread and left > 0 and not self._owed and self._reads_on():
            piece, self._unread = self._unread[:PIECE].tobytes(), self._unread[PIECE:]
            left -= PIECE
            self._parse(piece)
        if not self._reads_on():
            self._unread = NOTHING
        if self._owed and self._sending is None:
            owed = self._owed.popleft()
            self._answer(owed.request, keep_alive=owed.keep_alive)
        self._go_on_later()

    def _answer_with(self, reply: Coroutine[Any, Any, None], *, keep_alive: bool) -> None:
        """Let the reply take its time; whatever comes after it waits."""
        self._keep_alive = keep_alive
        self._sending = self.loop.create_task(reply)
        self._sending.add_done_callback(self._sent)

    def _sent(self, reply: asyncio.Task[None]) -> None:
        self._sending = None
        if reply.cancelled():
            return
        if error := reply.exception():
            self._fail(error)
        elif not self.transport.is_closing():
            self._end_reply(keep_alive=self._keep_alive)
        self._go_on_later()

    @abstractmethod
    def _fail(self, error: BaseException) -> None:
        """Tell the client that there is a bug."""

    def _end_reply(self, *, keep_alive: bool) -> None:
        """Wait for the next request or hang up."""
        if keep_alive and self._keep_alive:
            self._is_new = False
            if not self._in_message:
                self._since = self.loop.time()
        else:
            self._leave()

    def _leave(self) -> None:
        self._owed.clear()
        self._unread = NOTHING
        self.transport.close()

    def _go_on_later(self) -> None:
        """Have what is left done in a turn; meanwhile no more is taken from the socket."""
        if self._unread:
            self.transport.pause_reading()
        elif not (self._write_paused or self.transport.is_closing()):
            self.transport.resume_reading()
        if self._sending is not None or self._write_paused:
            return
        if not (self._owed or self._unread):
            self._owe_nothing()
        elif not self._waits_for_turn:
            self._waits_for_turn = True
            self.turns.wait(self.loop, self._take_turn)

    def _take_turn(self) -> None:
        self._waits_for_turn = False
        if not (self._sending or self._write_paused or self.transport.is_closing()):
            self._go_on()

    def _owe_nothing(self) -> None:
        """All that came was answered."""
        if self._half_closed:
            self.transport.close()

    # Waiting for the client

    def _look_again_in(self, seconds: float) -> None:
        """Set the timer, which runs all the time and never longer than any wait: so no request sets one."""
        soon = min(seconds, self.patience.request, self.patience.idle)
        self._timer = self.loop.call_later(soon, self._look)

    def _look(self) -> None:
        """Hang up on a client that has used up its time."""
        if self.transport.is_closing() or self._write_paused:
            self._look_whether_it_takes()
            return
        owing = self._owed or self._sending
        if self._unread or (owing and not self._sends()):
            self._since = self.loop.time()  # it is not the client who is waited for
        allowed = self.patience.request if self._in_message or self._is_new else self.patience.idle
        left = self._since + allowed - self.loop.time()
        if left > 0:
            self._look_again_in(left)
        else:
            self._give_up()
            self._look_again_in(self.patience.request)

    def _give_up(self) -> None:
        """Hang up; whoever began a request is told why."""
        self.transport.close()

    def _sends(self) -> bool:
        """Whether a request is on its way that is read."""
        return self._in_message and not self._owed and self._reads_on()

    def _look_whether_it_takes(self) -> None:
        """Hang up on a client that took nothing of what waits for it since the last look."""
        untaken = self.transport.get_write_buffer_size()
        if untaken == self._untaken:
            self.transport.abort()
        else:
            self._untaken = untaken
            self._look_again_in(self.patience.request)

    # Ending

    def pause_writing(self) -> None:
        """Read no more from a client that does not take its answers."""
        self._write_paused = True
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        self._write_paused = False
        self._untaken = 0
        self._since = self.loop.time()
        self._go_on_later()

    def eof_received(self) -> bool:
        """Keep the connection for the answers that are owed; of TLS, its own end came before."""
        return self._owes_after_end() and self._tls is None

    def _owes_after_end(self) -> bool:
        """Whether the client, which sends no more, waits for answers."""
        self._half_closed = True
        return bool(self._owed or self._sending or self._unread)

    def _tls_ended(self) -> None:
        """Look what is owed once what came before the end is delivered."""
        self.loop.call_soon(self._close_unless_owing)

    def _close_unless_owing(self) -> None:
        if not self._owes_after_end():
            self.transport.close()

    def shutdown(self) -> None:
        """Hang up once what is being sent is sent, and soon on whoever does not read."""
        self.loop.call_later(PARTING_SECONDS, self.transport.abort)
        self._keep_alive = False
        if self._sending is None:
            self._leave()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - whoever ended it
        if self._timer is not None:
            self._timer.cancel()
        if self._sending is not None:
            self._sending.cancel()
        if isinstance(self._tls, HalfOpen):
            self._tls.on_end = None
        self._owed.clear()
        self._unread = NOTHING
        self.server_state.connections.discard(self)

"""How a connection is kept: how fast it is read, how long its client is waited for, how it ends.

What is said over it is the business of the door.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from ringback_mock.edges.turns import Turns

PARTING_SECONDS = 0.5
"""Time that a client has to read its answers when the server stops."""
PIECE = 1_024
"""Bytes that are parsed at a time: a handful of requests."""
LONGEST_TURN = 16_384
"""Bytes that are parsed in one turn if no request ends in them."""
NOTHING = memoryview(b"")


@dataclass(frozen=True)
class Patience:
    """Seconds that a client may take.

    ``request`` for a whole request from its first byte, for the first byte after connecting, for the TLS
    handshake, and until it takes a bit of a reply that waits for it; ``idle`` between two requests.
    """

    request: float = 30.0
    idle: float = 75.0


class PatientFlow(FlowControl):
    """Reads on only where that is no reading ahead: a client can send faster than it is answered."""

    def __init__(self, transport: asyncio.Transport, has_enough: Callable[[], bool]) -> None:
        super().__init__(transport)
        self._has_enough = has_enough

    def resume_reading(self) -> None:
        if not self._has_enough():
            super().resume_reading()


class KeptConnection(HttpToolsProtocol):
    """One connection. ``turns`` are those of the whole server."""

    patience: ClassVar[Patience]
    turns: ClassVar[Turns]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._waiting: deque[RequestResponseCycle] = deque()
        self._unread = NOTHING
        self._wants_to_read = False
        self._in_message = False
        self._is_new = True
        self._half_closed = False
        self._since = self.loop.time()
        self._untaken = 0
        self._timer: asyncio.TimerHandle | None = None

    @abstractmethod
    def _parse(self, piece: bytes) -> bool:
        """Do what the bytes ask for; whether a request ended in them. None is left once no more is read."""

    @abstractmethod
    def _reads_on(self) -> bool:
        """Whether what comes is still looked at."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as the base does
        super().connection_made(transport)
        self.flow = PatientFlow(transport, self._has_enough)
        self._look_again_in(self.patience.request)

    # Reading

    def _has_enough(self) -> bool:
        """Whether something is not read yet, a request waits behind another, or no answers are taken."""
        return bool(self._unread) or self._is_behind()

    def _is_behind(self) -> bool:
        return len(self._waiting) > 1 or self.flow.write_paused

    def _read(self, data: bytes) -> None:
        """Parse until a request ends, and the rest when it is this connection's turn."""
        if self._unread or self._is_behind():
            self._unread = memoryview(self._unread.tobytes() + data)
            return
        self._unread = memoryview(data)
        self._read_on()

    def _read_on(self) -> None:
        left, ended = LONGEST_TURN, False
        while self._unread and left > 0 and not ended and not self._is_behind():
            piece, self._unread = self._unread[:PIECE].tobytes(), self._unread[PIECE:]
            left -= PIECE
            ended = self._parse(piece)
            if not self._reads_on():
                self._unread = NOTHING
        self._await_turn()

    def _await_turn(self) -> None:
        """Have what is left read in a turn; meanwhile no more is taken from the socket."""
        if not self._unread:
            self.flow.resume_reading()
            return
        self.flow.pause_reading()
        if not self._wants_to_read and not self._is_behind():
            self._wants_to_read = True
            self.turns.wait(self.loop, self._take_turn)

    def _take_turn(self) -> None:
        self._wants_to_read = False
        if not self.transport.is_closing():
            self._read_on()

    # Answering

    def on_response_complete(self) -> None:
        """Go on with the request that waits behind, in a turn: its client sent it without waiting."""
        self._waiting.popleft()
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self._rest()
        if self._waiting:
            self.turns.wait(self.loop, self._start_next)
        else:
            self._owe_nothing()
        self._await_turn()

    def _owe_nothing(self) -> None:
        """All that came was answered."""
        if self._half_closed:
            self.transport.close()

    def _start_next(self) -> None:
        if self.pipeline and not self.transport.is_closing():
            self._start_asgi_task(*self.pipeline.pop())

    def _rest(self) -> None:
        """Wait for the next request from now on."""
        self._is_new = False
        if not self._in_message:
            self._since = self.loop.time()

    # Waiting for the client

    def _look_again_in(self, seconds: float) -> None:
        """Set the timer, which runs all the time and never longer than any wait: so no request sets one."""
        soon = min(seconds, self.patience.request, self.patience.idle)
        self._timer = self.loop.call_later(soon, self._look)

    def _look(self) -> None:
        """Hang up on a client that has used up its time."""
        if self.transport.is_closing() or self.flow.write_paused:
            self._look_whether_it_takes()
            return
        if self._unread or (self._waiting and not self._sends()):
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
        return self._in_message and len(self._waiting) < 2 and self._reads_on()

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
        super().pause_writing()
        self.flow.pause_reading()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._untaken = 0
        self._since = self.loop.time()
        self._await_turn()

    def eof_received(self) -> bool:  # type: ignore[override] # the base class keeps no connection open
        """Keep the connection for the answers that are owed; TLS has no connection that is half closed."""
        self._half_closed = True
        if self._waiting and self._waiting[-1].more_body:
            self._leave(self._waiting.pop())
        return bool(self._waiting) and self.scheme != "https"

    def shutdown(self) -> None:
        """Hang up: at once where the request is not even complete, and soon on whoever does not read."""
        self.loop.call_later(PARTING_SECONDS, self.transport.abort)
        self._unread = NOTHING
        if self._waiting and self._waiting[-1].more_body:
            self.transport.close()
        else:
            super().shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._unread = NOTHING
        # The base class tells the newest request only that its client has left.
        for cycle in self._waiting:
            self._leave(cycle)
        super().connection_lost(exc)

    @staticmethod
    def _leave(cycle: RequestResponseCycle) -> None:
        """Tell whoever answers that nobody waits for it."""
        cycle.disconnected = True
        cycle.message_event.set()

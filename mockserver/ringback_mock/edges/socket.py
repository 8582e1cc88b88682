"""The socket of a channel: WebSocket (RFC 6455) over a connection that the door has handed on.

``websockets`` speaks the protocol, without any I/O of its own; what it has to say is written at once.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from websockets.frames import Frame, Opcode
from websockets.http11 import Request as Handshake
from websockets.protocol import State
from websockets.server import ServerProtocol

from ringback_contracts.core.payload import MAX_BYTES

if TYPE_CHECKING:
    from uvicorn.server import ServerState

    from ringback_mock.edges.turns import Turns
    from ringback_mock.engine.sockets import Sockets, SocketSession

MOST_WAITING = 4 * 2**20
"""Bytes that may wait for a reader who does not take them; then the connection is closed, not the channel."""
PIECE = 4_096
"""Bytes of what a client says that are heard in one turn."""
GOING_AWAY, INTERNAL_ERROR, TRY_AGAIN_LATER = 1001, 1011, 1013
PARTING_SECONDS, TAKING_SECONDS = 1.0, 30.0
"""Time that a client has to answer a close, and one that was too slow to take what waits before it."""
TOO_SLOW = "messages are not taken as fast as they come; connect again"

Noted = Callable[[], Coroutine[Any, Any, None]] | None
"""What lasts until it is known wherever it has to be that somebody listens; nothing where it is at once."""


class ChannelSocket(asyncio.Protocol):
    """One client's socket, which listens to a channel.

    What a client says at once waits for turns, and whoever does not take what is said is not heard.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, server_state: ServerState, turns: Turns) -> None:
        self._loop = loop
        self._turns = turns
        self._unheard = bytearray()
        self._waits_for_turn = False
        self._write_paused = False
        self._thread = threading.get_ident()
        self._server_state = server_state
        self._protocol = ServerProtocol(max_size=MAX_BYTES)
        self._session: SocketSession | None = None
        self._fragments: list[bytes] = []
        self._transport: asyncio.Transport | None = None
        self._noted: asyncio.Task[None] | None = None

    # Opening

    def open(
        self,
        transport: asyncio.Transport,
        head: bytes,
        channel_id: str,
        sockets: Sockets,
        noted: Noted = None,
    ) -> None:
        """Shake hands, and listen to the channel from then on. ``head`` is the request as it came.

        With ``noted`` the client hears nothing before that is over: another socket that it then opens,
        wherever it is, is the newer one.
        """
        self._transport = transport
        transport.set_protocol(self)
        self._server_state.connections.add(self)  # type: ignore[arg-type]  # it names its own protocols
        self._protocol.receive_data(head)
        for event in self._protocol.events_received():
            if isinstance(event, Handshake):
                self._protocol.send_response(self._protocol.accept(event))
        if self._protocol.state is State.OPEN:
            self._session = sockets.join(channel_id, self)
            if noted is not None:
                self._noted = self._loop.create_task(noted())
                self._noted.add_done_callback(lambda _: self._flush())
                return
        self._flush()

    # What is told

    def send(self, text: bytes) -> None:
        """Pass a message on, also from another thread than the loop's."""
        if threading.get_ident() == self._thread:
            self._send(text)
        else:
            self._loop.call_soon_threadsafe(self._send, text)

    def _send(self, text: bytes) -> None:
        if self._protocol.state is not State.OPEN or self._transport is None:
            return
        if self._transport.get_write_buffer_size() > MOST_WAITING:
            self._close(TRY_AGAIN_LATER, TOO_SLOW, TAKING_SECONDS)
            return
        self._protocol.send_text(text)
        self._flush()

    def close(self, code: int, reason: str) -> None:
        """Close the connection, also from another thread."""
        if threading.get_ident() == self._thread:
            self._close(code, reason)
        else:
            self._loop.call_soon_threadsafe(self._close, code, reason)

    def drop(self) -> None:
        """Break the connection, also from another thread."""
        if self._transport is not None:
            self._loop.call_soon_threadsafe(self._transport.abort)

    def _close(self, code: int, reason: str, seconds: float = PARTING_SECONDS) -> None:
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(code, reason)
            self._flush()
            self._abort_in(seconds)
        self._leave()

    def _abort_in(self, seconds: float) -> None:
        if self._transport is not None:
            self._loop.call_later(seconds, self._transport.abort)

    def _leave(self) -> None:
        if self._session is not None:
            self._session.ended()
            self._session = None

    def shutdown(self) -> None:
        """The server stops."""
        self._close(GOING_AWAY, "the server stops")

    # What arrives

    def data_received(self, data: bytes) -> None:
        self._unheard += data
        if not self._waits_for_turn:
            self._hear_piece()

    def _hear_piece(self) -> None:
        piece = bytes(self._unheard[:PIECE])
        del self._unheard[:PIECE]
        self._protocol.receive_data(piece)
        self._take()
        self._go_on_later()

    def _go_on_later(self) -> None:
        """Hear what is left in a turn; meanwhile no more is taken from the client."""
        if self._transport is None or self._transport.is_closing():
            return
        if not (self._unheard or self._write_paused):
            self._transport.resume_reading()
            return
        self._transport.pause_reading()
        if not (self._waits_for_turn or self._write_paused):
            self._waits_for_turn = True
            self._turns.wait(self._loop, self._take_turn)

    def _take_turn(self) -> None:
        self._waits_for_turn = False
        if not self._write_paused:
            self._hear_piece()

    def pause_writing(self) -> None:
        self._write_paused = True
        self._go_on_later()

    def resume_writing(self) -> None:
        self._write_paused = False
        self._go_on_later()

    def eof_received(self) -> bool:
        self._protocol.receive_eof()
        self._take()
        return False

    def _take(self) -> None:
        for event in self._protocol.events_received():
            if isinstance(event, Frame):
                self._heard(event)
        self._flush()
        if self._protocol.close_expected():
            self._leave()
            self._abort_in(PARTING_SECONDS)

    def _heard(self, frame: Frame) -> None:
        """Put messages together, and have them answered."""
        if frame.opcode not in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            return  # pings are answered by the protocol
        self._fragments.append(bytes(frame.data))
        if frame.fin:
            text, self._fragments = b"".join(self._fragments), []
            if self._session is not None:
                self._session.heard(text)

    def _flush(self) -> None:
        if self._noted is not None and not self._noted.done():
            return
        if self._transport is None or self._transport.is_closing():
            self._protocol.data_to_send()
            return
        for data in self._protocol.data_to_send():
            if data:
                self._transport.write(data)
            else:
                self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - whoever ended it
        self._unheard.clear()
        self._leave()
        self._server_state.connections.discard(self)

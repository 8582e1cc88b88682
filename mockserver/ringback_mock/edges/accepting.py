"""Take connections from a listening socket, also when descriptors have run out.

The servers of the event loops do not get over that: asyncio's logs thousands of lines a second, and uvloop's
stops listening for good.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

RESERVE = 16
"""Descriptors that connections leave to whatever else opens a file, such as an import."""
RETRY_SECONDS = 0.1
QUIET_SECONDS = 60.0
"""Time without a shortage after which the next one is news."""

logger = logging.getLogger("ringback")


@dataclass
class Acceptor:
    """Gives each connection of a listening socket a protocol; with ``tls`` after a handshake in its time."""

    listener: socket.socket
    protocol: Callable[[], asyncio.Protocol]
    tls: ssl.SSLContext | None
    handshake_seconds: float
    _opening: set[asyncio.Task[None]] = field(default_factory=set)
    _last_short: float | None = None

    async def run(self) -> None:
        """Accept until cancelled, which ends the handshakes that go on, too."""
        self.listener.settimeout(0)
        try:
            while True:
                await self._accept()
        finally:
            for task in self._opening:
                task.cancel()

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            connection, _ = await loop.sock_accept(self.listener)
        except ConnectionError:  # it was gone before it was accepted
            return
        except OSError as error:
            await self._until_there_are_descriptors(str(error.strerror))
            return
        task = loop.create_task(self._open(connection))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)
        if not _is_spare(connection):
            await self._until_there_are_descriptors("few file descriptors are left")

    async def _open(self, connection: socket.socket) -> None:
        """Make the connection a protocol's. A handshake that fails is the client's affair."""
        seconds = self.handshake_seconds if self.tls else None
        with suppress(OSError):
            await asyncio.get_running_loop().connect_accepted_socket(
                self.protocol, connection, ssl=self.tls, ssl_handshake_timeout=seconds
            )

    async def _until_there_are_descriptors(self, why: str) -> None:
        """Leave new clients in the socket's queue until connections have ended."""
        now = asyncio.get_running_loop().time
        if self._last_short is None or now() > self._last_short + QUIET_SECONDS:
            logger.warning("no connection is accepted until others end: %s; see 'ulimit -n'", why)
        while not self._has_spare():
            self._last_short = now()
            await asyncio.sleep(RETRY_SECONDS)
        self._last_short = now()

    def _has_spare(self) -> bool:
        try:
            with self.listener.dup() as probe:
                return _is_spare(probe)
        except OSError:
            return False


def _is_spare(descriptor: socket.socket) -> bool:
    """Whether enough are left besides this one: the system gives the lowest number that is free."""
    limit = _limit()
    return descriptor.fileno() < limit - min(RESERVE, limit // 4)


def _limit() -> int:
    """How many descriptors the process may have now."""
    if sys.platform == "win32":
        return sys.maxsize
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if soft == resource.RLIM_INFINITY else soft

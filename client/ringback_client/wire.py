"""Connections that fail honestly: never a hidden second POST, a known point of departure, a bounded end.

``requests`` over ``urllib3`` reports a broken TLS handshake and a broken reply with the same exception, and
its timeouts bound each read, not the exchange. Both matter when a request rings a telephone.
"""

from __future__ import annotations

import math
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from time import monotonic
from typing import TYPE_CHECKING, Any, Self

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.util import Retry

from ringback_client.errors import ConfigurationError

if TYPE_CHECKING:
    import requests


LONGEST_IDLE = 1.0
"""Seconds; the servers that hang up soonest wait two."""
LONGEST_REPLY = 32 * 2**20
"""Octets of a reply's body, decoded: a few times the longest list that the platform gives."""
PIECE = 65_536
"""Octets that are read at a time."""
REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods whose requests may be sent again when a connection turns out to be closed."""


class ReplyTooLong(HTTPError):
    """More came than anybody has asked for, as from a server that compresses nothing but zeros."""


class Deadline:
    """Cuts a connection when its exchange has taken too long, however busy it looks."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.passed = False
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            self._socket = None

    def watch(self, connection: socket.socket | None) -> None:
        with self._lock:
            self._socket = connection
        if self.passed:
            self._cut()

    def _cut(self) -> None:
        with self._lock:
            self.passed = True
            if self._socket is not None:
                with suppress(OSError):  # it is closed already, which is what was wanted
                    self._socket.shutdown(socket.SHUT_RDWR)


_deadline: ContextVar[Deadline | None] = ContextVar("deadline", default=None)
_longest_idle: ContextVar[float] = ContextVar("longest_idle", default=math.inf)
"""Seconds that a connection may have been idle to be used for the request that is being sent."""


@contextmanager
def _departing(connection: HTTPConnection) -> Iterator[None]:
    """Name whatever fails before the first byte of a request as what it is: no connection."""
    try:
        yield
    except NewConnectionError:
        raise
    except (OSError, HTTPError, ValueError) as error:
        raise NewConnectionError(connection, type(error).__name__) from error


class _Connection(HTTPConnection):
    """A connection whose every failure to come about is a ``NewConnectionError``."""

    def connect(self) -> None:
        with _departing(self):
            super().connect()

    idle_since = math.inf

    def request(self, *args: Any, **kwargs: Any) -> None:
        super().request(*args, **kwargs)
        _watched(self.sock)


class _SecureConnection(_Connection, HTTPSConnection):
    """The same over TLS: the handshake is part of connecting."""


def _read_whole(response: requests.Response) -> None:
    """Read the body. Raises ``ReplyTooLong``."""
    body = bytearray()
    for piece in response.iter_content(PIECE):
        body += piece
        if len(body) > LONGEST_REPLY:
            response.close()
            raise ReplyTooLong(f"it is longer than {LONGEST_REPLY >> 20} MiB")
    response._content = bytes(body)  # noqa: SLF001 - where requests keeps it, which sets no limit


def _watched(connection: socket.socket | None) -> None:
    if deadline := _deadline.get():
        deadline.watch(connection)


class _Pool(HTTPConnectionPool):
    """A pool that knows how long each connection has been idle."""

    ConnectionCls = _Connection

    def _get_conn(self, timeout: float | None = None) -> Any:
        connection: Any = super()._get_conn(timeout)
        if monotonic() - connection.idle_since > _longest_idle.get():
            connection.close()
        return connection

    def _put_conn(self, conn: Any) -> None:
        if conn is not None:
            conn.idle_since = monotonic()
        super()._put_conn(conn)


class _SecurePool(_Pool, HTTPSConnectionPool):
    """The same over TLS."""

    ConnectionCls = _SecureConnection


POOLS = {"http": _Pool, "https": _SecurePool}


class WireAdapter(HTTPAdapter):
    """An adapter of ``requests`` that never repeats a request and ends each within ``total`` seconds.

    A request that must not be repeated goes over no connection that was idle for more than ``idle`` seconds.
    """

    def __init__(self, total: float, idle: float = LONGEST_IDLE) -> None:
        self.total = total
        self.idle = idle
        super().__init__(max_retries=Retry(0, read=False, redirect=False, respect_retry_after_header=False))

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        if not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = POOLS
        return manager

    def cert_verify(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().cert_verify(*args, **kwargs)  # type: ignore[no-untyped-call]  # not typed by its stubs
        except OSError as error:
            raise ConfigurationError(f"the CA bundle cannot be used: {error}") from error

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send, and read the whole reply while the deadline is watched."""
        with Deadline(self.total) as deadline:
            token = _deadline.set(deadline)
            longest = _longest_idle.set(math.inf if request.method in REPEATABLE else self.idle)
            try:
                response = super().send(request, stream, timeout, verify, cert, proxies)
                _read_whole(response)
            finally:
                _longest_idle.reset(longest)
                _deadline.reset(token)
        return response

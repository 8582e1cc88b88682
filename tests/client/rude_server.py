"""A server on a socket that can be as rude as a test needs, and keeps what it was sent."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Self

Manner = Callable[[socket.socket], None]

JSON = b"HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\n"
BODY = b'{"id": "5eed0000-0000-4000-8000-00000000ca11"}'
POLITE = JSON + b"Content-Length: %d\r\n\r\n%s" % (len(BODY), BODY)


class RudeServer:
    """Reads each request and answers it with the next of its manners, the last one for ever.

    ``greetings`` meet the first connections before that, with no TLS and nothing read, once the client has
    begun to speak: of a connection that breaks sooner, its ssl would leak the socket.
    """

    def __init__(
        self, *manners: Manner, tls: ssl.SSLContext | None = None, greetings: Iterable[Manner] = ()
    ) -> None:
        self._manners = list(manners)
        self._tls = tls
        self._greetings = list(greetings)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.requests: list[bytes] = []
        self.connections = 0

    @property
    def url(self) -> str:
        scheme = "https" if self._tls else "http"
        return f"{scheme}://localhost:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            with connection, suppress(OSError):
                if self._greetings:
                    connection.recv(1, socket.MSG_PEEK)
                    self._greetings.pop(0)(connection)
                else:
                    self._meet(connection)

    def _meet(self, connection: socket.socket) -> None:
        if self._tls:
            connection = self._tls.wrap_socket(connection, server_side=True)
        with connection:
            self.requests.append(read_request(connection))
            manner = self._manners.pop(0) if len(self._manners) > 1 else self._manners[0]
            manner(connection)


def read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += _piece(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
    )
    while len(body) < length:
        body += _piece(connection)
    return head + b"\r\n\r\n" + body


def _piece(connection: socket.socket) -> bytes:
    piece = connection.recv(65_536)
    if not piece:
        raise ConnectionError("the client went away")
    return piece


def says(answer: bytes) -> Manner:
    """Say this and close."""
    return lambda connection: connection.sendall(answer)


def keeps(connection: socket.socket) -> None:
    """Answer whatever else comes over the connection, too."""
    while True:
        connection.sendall(POLITE)
        read_request(connection)


def resets(connection: socket.socket) -> None:
    """Break the connection off, so that the other end gets a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def closes(connection: socket.socket) -> None:
    """Close without a word."""
    connection.shutdown(socket.SHUT_RDWR)


def waits(connection: socket.socket) -> None:
    """Say nothing until the client gives up."""
    while connection.recv(65_536):
        pass


def drips(head: bytes) -> Manner:
    """Say the head, and then more and more, as fast as it is read, for much longer than is decent."""

    def manner(connection: socket.socket) -> None:
        connection.sendall(head)
        for _ in range(10**7):
            connection.sendall(b" ")
        connection.sendall(BODY)

    return manner

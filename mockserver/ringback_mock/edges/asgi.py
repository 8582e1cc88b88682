"""A bridge from ASGI to WSGI inside the event loop: the application never sleeps, so no thread is needed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import cached_property
from io import BytesIO
from typing import TYPE_CHECKING, Any

from ringback_contracts.core.payload import MAX_BYTES
from ringback_mock.edges.delivery import DELIVERY, Wish, deliver, is_gone, until_gone
from ringback_mock.edges.edge import read_headers
from ringback_mock.edges.turns import Turns
from ringback_mock.http import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment
    from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope

UNNAMED: tuple[str, int | None] = ("localhost", None)
NOT_PREFIXED = frozenset({"content-type", "content-length"})

Pairs = list[tuple[str, str]]


class WsgiBridge:
    """An ASGI application that answers with a WSGI one, which is built for the first request."""

    def __init__(self, build: Callable[[], WSGIApplication], turns: Turns) -> None:
        self._build = build
        self._turns = turns

    @cached_property
    def _app(self) -> WSGIApplication:
        return self._build()

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http":
            raise ValueError(f"only HTTP is served here, not {scope['type']}")
        body = await _collect(receive)
        if body is None:
            return
        environ = _environ(scope, body)
        answer = await self._run(environ, scope)
        if answer is None:
            await until_gone(receive)
        else:
            await deliver(answer, scope, receive, send)

    async def _run(self, environ: WSGIEnvironment, scope: Scope) -> Response | None:
        """Run the application to its end (PEP 3333); it may call ``start_response`` again until then.

        A body that comes in many pieces waits for a turn for each, and ends if the client has left.
        """
        started: list[tuple[str, Pairs]] = []
        written = bytearray()

        def start_response(status: str, headers: Pairs, _error: Any = None, /) -> Callable[[bytes], object]:
            started.append((status, headers))
            return written.extend

        chunks = self._app(environ, start_response)
        try:
            for number, chunk in enumerate(chunks):
                written += chunk
                if number:
                    await self._turns.turn()
                    if is_gone(scope):
                        return None
        finally:
            _close(chunks)
        status, headers = started[-1]
        code = int(status.split(" ", 1)[0])
        return Response(code, tuple(headers), bytes(written), environ[DELIVERY].get())


async def _collect(receive: ASGIReceiveCallable) -> bytes | None:
    """The body, cut off one byte after the limit, which judges it; ``None`` if the client has left."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message["body"][: MAX_BYTES + 1 - len(body)]
        if not message["more_body"]:
            return bytes(body)


def _environ(scope: HTTPScope, body: bytes) -> WSGIEnvironment:
    name, port = scope["server"] or UNNAMED
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": name,
        "SERVER_PORT": str(port or 0),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        DELIVERY: Wish(),
    }
    for header, value in read_headers(scope["headers"]).items():
        key = header.upper().replace("-", "_")
        environ[key if header in NOT_PREFIXED else f"HTTP_{key}"] = value
    return environ


def _close(chunks: Iterable[bytes]) -> None:
    close = getattr(chunks, "close", None)
    if close is not None:
        close()

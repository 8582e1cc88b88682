"""Send a reply late, slowly, in part or not at all, which takes a server that owns its socket."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from ringback_mock.engine.clock import Clock
from ringback_mock.http import Delivery, Ending, Response

if TYPE_CHECKING:
    from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, Scope

TRANSPORT = "ringback.transport"
"""The ASGI extension by which the door lends the connection."""
DELIVERY = "ringback.delivery"
"""The WSGI key under which the bridge takes wishes; a server without it can only send replies whole."""
PLAIN = Delivery()
AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER without lingering: closing the socket resets the connection."""


class Wish:
    """How the application wants its reply delivered."""

    def __init__(self) -> None:
        self._delivery: Delivery | None = None

    def set(self, delivery: Delivery) -> None:
        self._delivery = delivery

    def get(self) -> Delivery | None:
        return self._delivery


async def deliver(
    response: Response, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable
) -> None:
    """Send the reply in the way it asks for. Whatever waits here holds up nobody else."""
    delivery = response.delivery or PLAIN
    if delivery.wait:
        await _pause(delivery.wait, receive)
    if delivery.ending in (Ending.CLOSED, Ending.RESET):
        await _hang_up(_transport(scope), receive, reset=delivery.ending is Ending.RESET)
        return
    await _start(response, send)
    if delivery.ending is Ending.BROKEN_OFF:
        await _body(send, response.body[: len(response.body) // 2], more=True)
        _transport(scope).close()
        await until_gone(receive)
    elif delivery.trickle and response.body:
        clock = asyncio.get_running_loop().time
        await _trickle(response.body, delivery.trickle, clock, receive, send)
    else:
        await _body(send, response.body)


def _transport(scope: Scope) -> Any:
    extensions: Any = scope.get("extensions")
    return extensions[TRANSPORT]


def is_gone(scope: Scope) -> bool:
    """Whether nobody is left to take the reply, as far as the server tells."""
    extensions: Any = scope.get("extensions") or {}
    return TRANSPORT in extensions and extensions[TRANSPORT].is_closing()


async def _hang_up(transport: Any, receive: ASGIReceiveCallable, *, reset: bool) -> None:
    if reset:
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    transport.abort()
    await until_gone(receive)


async def until_gone(receive: ASGIReceiveCallable) -> None:
    """Wait for the connection to end: a reply that is not whole must not be taken for a crash."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _pause(seconds: float, receive: ASGIReceiveCallable) -> None:
    """Wait so long, but no longer than the client does: a server that stops would wait for this."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await until_gone(receive)


async def _start(response: Response, send: ASGISendCallable) -> None:
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
    # A reply that never has a body must not speak of its length (RFC 9110 section 8.6).
    if response.status != HTTPStatus.NO_CONTENT and not any(name == b"content-length" for name, _ in headers):
        headers.append((b"content-length", str(len(response.body)).encode()))
    await send(
        {"type": "http.response.start", "status": response.status, "headers": headers, "trailers": False}
    )


async def _body(send: ASGISendCallable, body: bytes, *, more: bool = False) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": more})


async def _trickle(
    body: bytes, seconds: float, clock: Clock, receive: ASGIReceiveCallable, send: ASGISendCallable
) -> None:
    """Send byte by byte, each when its time has come: pauses that are a little off would add up."""
    began = clock()
    for sent in range(1, len(body) + 1):
        early = began + seconds * sent / len(body) - clock()
        if early > 0:
            await _pause(early, receive)
        await _body(send, body[sent - 1 : sent], more=sent < len(body))

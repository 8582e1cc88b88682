"""Send a reply late, slowly, in part or not at all, as a fault wants it."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import Any

from ringback_mock.engine.clock import Clock
from ringback_mock.http import Delivery, Ending

AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER without lingering: closing the socket resets the connection."""

Pause = Callable[[float], Awaitable[object]]


async def deliver(head: bytes, body: bytes, delivery: Delivery, transport: asyncio.Transport) -> None:
    """Write the reply in the way it asks for. Whatever waits here holds up nobody else."""
    if delivery.wait:
        await asyncio.sleep(delivery.wait)
    if delivery.ending is Ending.RESET:
        connection: Any = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    if delivery.ending in (Ending.CLOSED, Ending.RESET):
        transport.abort()
    elif delivery.ending is Ending.BROKEN_OFF:
        transport.write(head + body[: len(body) // 2])
        transport.close()
    elif delivery.trickle and body:
        transport.write(head)
        clock = asyncio.get_running_loop().time
        await trickle(body, delivery.trickle, transport.write, clock, asyncio.sleep)
    else:
        transport.write(head + body)


async def trickle(
    body: bytes, seconds: float, write: Callable[[bytes], object], clock: Clock, pause: Pause
) -> None:
    """Write byte by byte, each when its time has come: pauses that are a little off would add up."""
    began = clock()
    for sent in range(1, len(body) + 1):
        early = began + seconds * sent / len(body) - clock()
        if early > 0:
            await pause(early)
        write(body[sent - 1 : sent])

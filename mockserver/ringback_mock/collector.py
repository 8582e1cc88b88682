"""The garbage collector: it looks through what is new alone, and what stays is out of its sight for good.

Counting references frees all that the mock forgets, and no request, connection or org that ends refers to
itself. The collector is for what does all the same, as some pages do while they are made. To look through ten
thousand calls takes it tens of milliseconds, in which nobody is answered; through what a fiftieth of a second
has brought, less than one.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

BUSY_SECONDS, QUIET_SECONDS = 0.02, 1.0
"""How often it is thought of while anybody asks for anything, and while nobody does."""
SOME, MANY = 700, 20_000
"""So many things more than before are worth a look though nobody asked, or too many for one."""
REQUESTS = 500
"""Requests that bring no more than is looked through in a millisecond; each leaves some fifteen things."""


@contextmanager
def nothing_collected() -> Iterator[None]:
    """Nothing is looked through meanwhile, nor later where anything was imported."""
    enabled, loaded = gc.isenabled(), len(sys.modules)
    gc.disable()
    try:
        yield
    finally:
        if len(sys.modules) > loaded:
            gc.freeze()
        if enabled:
            gc.enable()


async def collect_what_is_new(asked: Callable[[], int]) -> None:
    """Look for garbage among what is new, a little at a time; never return.

    ``asked`` tells how often anybody has asked for anything. What came at once in too great a number is not
    looked through at all: nobody waits for that, and hardly any of it is garbage.
    """
    import asyncio  # a server has it already; the command line, which only begins here, never needs it

    gc.freeze()
    gc.disable()
    before, seconds = asked(), QUIET_SECONDS
    while True:
        await asyncio.sleep(seconds)
        requests, made = asked() - before, gc.get_count()[0]
        before += requests
        seconds = BUSY_SECONDS if requests else QUIET_SECONDS
        if requests <= REQUESTS and made <= MANY:
            if requests or made > SOME:
                look()
        else:
            gc.freeze()


def look() -> None:
    """Look for garbage among what has come since the last time; all else of it stays out of sight."""
    gc.collect(0)
    gc.freeze()

"""The garbage collector: what is made at the start stays, and while requests come nothing is looked through.

Counting references frees all that the mock forgets; the collector is for what refers to itself, of which a
request makes nothing. To look for that through ten thousand calls takes tens of milliseconds, in which nobody
is answered: so it is done when it is quiet.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

QUIET_SECONDS, LONGEST_SECONDS = 1.0, 60.0
"""How long nothing may have been made for it to be quiet; and after how long that is waited for no more."""
FEW, SOME, MANY = 100, 700, 300_000
"""Fewer things than these no request makes, and so many more than before are worth a look, or do not wait."""


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


async def collect_when_quiet() -> None:
    """Look for garbage when nobody asks for anything, or where that would take too long; never return."""
    import asyncio  # a server has it already; the command line, which only begins here, never needs it

    gc.freeze()
    gc.disable()
    before = waited = 0.0
    while True:
        await asyncio.sleep(QUIET_SECONDS)
        made = gc.get_count()[0]
        waited += QUIET_SECONDS
        quiet, before = abs(made - before) < FEW, made
        if made > MANY or (made > SOME and (quiet or waited >= LONGEST_SECONDS)):
            gc.collect()
            before = waited = 0.0

"""The garbage collector: what is made at the start stays, and while requests come nothing is looked through.

Counting references frees all that the mock forgets; the collector is for what refers to itself, of which a
request makes nothing, and a connection that ends a little. To look for that through ten thousand calls takes
tens of milliseconds, in which nobody is answered: so it is done when it has long been quiet.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

TURN_SECONDS, QUIET_SECONDS = 1.0, 60.0
"""How often it is thought of, and how long nobody may have asked for anything for it to be quiet."""
SOME, MANY = 700, 300_000
"""So many more things than before are worth a look, or do not wait."""


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


async def collect_when_quiet(asked: Callable[[], int]) -> None:
    """Look for garbage when nobody asks for anything, or where that would take too long; never return.

    ``asked`` tells how often anybody has.
    """
    import asyncio  # a server has it already; the command line, which only begins here, never needs it

    gc.freeze()
    gc.disable()
    before, quiet = asked(), 0.0
    while True:
        await asyncio.sleep(TURN_SECONDS)
        made, now = gc.get_count()[0], asked()
        quiet, before = quiet + TURN_SECONDS if now == before else 0.0, now
        if made > MANY or (made > SOME and quiet >= QUIET_SECONDS):
            gc.collect()

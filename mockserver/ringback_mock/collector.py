"""The garbage collector at the start: what is made then stays, and to look through it is lost time."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


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


def collect_from_now_on() -> None:
    """Look for garbage again, and for none in what is there already."""
    gc.freeze()
    gc.enable()

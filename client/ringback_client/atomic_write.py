"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO, TypeVar

T = TypeVar("T")

UNFINISHED = ".unfinished"
"""How the name of a file ends that is being written; a process that is killed leaves it behind."""

TRIES, PAUSE_SECONDS = 50, 0.01


def once_free(act: Callable[[], T]) -> T:
    """What comes of opening or replacing a file: Windows refuses either while another process does the other.

    Raises ``PermissionError`` where that lasts, and elsewhere at once.
    """
    for _ in range(TRIES if os.name == "nt" else 0):
        try:
            return act()
        except PermissionError:
            time.sleep(PAUSE_SECONDS)
    return act()


@contextmanager
def atomic_write(path: Path) -> Iterator[TextIO]:
    """A new text file that takes the place of ``path`` once the block is done.

    Where the block fails, ``path`` stays as it was and nothing is left beside it. At no moment can others
    read the file (mode 0600). Raises ``OSError`` where the folder cannot be written.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=UNFINISHED)  # noqa: TID251 - its home
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        once_free(lambda: Path(name).replace(path))
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise

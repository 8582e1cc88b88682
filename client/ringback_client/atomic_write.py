"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

UNFINISHED = ".unfinished"
"""How the name of a file ends that is being written; a process that is killed leaves it behind."""


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
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise

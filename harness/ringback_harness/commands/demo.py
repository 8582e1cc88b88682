"""``ringback demo``: see a call refused, explained, mended and placed, on a mock that lives as long."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.console import Console

from ringback_harness.exits import SetupError
from ringback_harness.story import Teller

READY = "ringback ready on "
SERVE = (sys.executable, "-c", "from ringback_harness.cli import main; main()", "serve", "--port", "0")


@click.command("demo")
def command() -> None:
    """Play a short story on a mock of its own: what is refused, why, and what is accepted instead."""
    with _mock() as url:
        Teller(url, Console(highlight=False)).tell()


@contextmanager
def _mock() -> Iterator[str]:
    """The URL of a ``ringback serve`` on a free port. Raises ``SetupError`` where it cannot start."""
    with subprocess.Popen(  # noqa: S603 - our own interpreter with fixed arguments
        SERVE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
    ) as server:
        try:
            line = server.stdout.readline() if server.stdout else ""
            if not line.startswith(READY):
                raise SetupError("the mock did not start; 'ringback serve --port 0' says why")
            yield line.removeprefix(READY).strip()
        finally:
            server.terminate()

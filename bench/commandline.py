"""What the command line takes of the processor, beside the least that a program with click takes."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

from bench.servers import INVALID

LEAST = "python -c 'import click'"
RINGBACK = str(Path(sys.executable).with_name("ringback"))


def _completing(*words: str) -> dict[str, str]:
    return {
        "_RINGBACK_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(("ringback", *words)),
        "COMP_CWORD": str(len(words)),
    }


COMMANDS: dict[str, tuple[list[str], dict[str, str]]] = {
    LEAST: ([sys.executable, "-c", "import click"], {}),
    "ringback --version": ([RINGBACK, "--version"], {}),
    "ringback --help": ([RINGBACK, "--help"], {}),
    "completion of a command": ([RINGBACK], _completing("cra")),
    "completion of a fault": ([RINGBACK], _completing("serve", "--fault", "lo")),
    "completion of a scenario": ([RINGBACK], _completing("crash-test", "--scenario", "pl")),
    "ringback explain of a JSON body": ([RINGBACK, "explain", "-"], {}),
}
"""The arguments of each, and its variables."""


def measure(rounds: int) -> dict[str, list[float]]:
    """The processor's milliseconds of each, in alternating rounds; the first, which warms up, is left out."""
    figures: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for turn in range(rounds + 1):
        for name, (arguments, variables) in COMMANDS.items():
            taken = _taken(arguments, variables)
            if turn:
                figures[name].append(taken)
    return figures


def _taken(arguments: list[str], variables: dict[str, str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        arguments, env={**os.environ, **variables}, input=INVALID, capture_output=True, text=True, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1) or not (done.stdout or "import" in arguments[-1]):
        raise RuntimeError(f"{arguments}: {done.returncode} {done.stderr}")
    return (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) * 1000

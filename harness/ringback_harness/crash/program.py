"""Run the program once: bounded in time and in requests, and never left behind."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ringback_contracts.org import Org
from ringback_harness.crash.evidence import ProgramRun, RunEnd
from ringback_harness.crash.mock import Mock, running
from ringback_harness.crash.scenarios import Scenario
from ringback_harness.crash.surroundings import environment, furnish
from ringback_harness.exits import SetupError

STUBBORN = 200
"""Requests after which nothing more is to be learnt."""
START_SECONDS = 60.0
"""Time for a program to send its first request: the official Python SDK alone takes seconds to load."""
LOOK_SECONDS = 0.05
MERCY_SECONDS = 1.0
OUTPUT_BYTES = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramUnderTest:
    """What to run, on which org, and with how much patience.

    ``timeout`` is in seconds from the first request of each run. ``own_home`` leaves the program its home
    folder, where the SDKs find no configuration of ours. ``store`` is the URL of a Redis, where the mock of
    each run is to be one of several replicas. Whoever sets ``abandoned`` ends what is running.
    """

    command: Sequence[str]
    org: Org
    timeout: float
    own_home: bool = False
    store: str | None = field(default=None, repr=False)
    abandoned: threading.Event = field(default_factory=threading.Event)


def run_once(
    program: ProgramUnderTest, scenario: Scenario, inherited: Mapping[str, str] = os.environ
) -> ProgramRun:
    """Run the program in the scenario. Raises ``SetupError`` for a command that cannot be started."""
    with tempfile.TemporaryDirectory(prefix="ringback-crash-") as name:
        folder = Path(name)
        home = None if program.own_home else folder / "home"
        with running(program.org, scenario, folder, program.store) as mock:
            if home is not None:
                furnish(home, mock)
            return _observed(program, scenario, mock, environment(mock, inherited, home))


def _observed(
    program: ProgramUnderTest, scenario: Scenario, mock: Mock, variables: Mapping[str, str]
) -> ProgramRun:
    with tempfile.TemporaryFile() as output:
        began = time.time()
        process = _started(program.command, variables, output.fileno())
        try:
            end = _end_of(process, mock, program)
        finally:
            _stop(process)
        ended = time.time()
        output.seek(max(0, output.seek(0, os.SEEK_END) - OUTPUT_BYTES))
        return ProgramRun(
            scenario=scenario,
            exit_code=process.returncode,
            end=end,
            exchanges=mock.exchanges(),
            began=began,
            ended=ended,
            expired_handshakes=mock.expired_handshakes,
            sockets_struck=mock.sockets_struck,
            events=mock.events(),
            calls=mock.calls(),
            output=output.read().decode("utf-8", "replace"),
        )


def _started(command: Sequence[str], variables: Mapping[str, str], output: int) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - running the user's command is what this is for
            _found(command),
            env=dict(variables),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    except OSError as error:
        hint = _HINTS.get(error.errno or 0, "")
        raise SetupError(f"cannot run {command[0]!r}: {error.strerror}{hint}") from error
    except ValueError as error:
        raise SetupError(f"cannot run {command[0]!r}: {error}") from error


def _found(command: Sequence[str]) -> Sequence[str]:
    """The command as the system starts it: Windows finds npx.cmd for npx only if it is told the name."""
    program = shutil.which(command[0]) if os.name == "nt" and command else None
    return command if program is None else [program, *command[1:]]


_INTERPRETER = "; put what runs it in front, such as: crash-test -- sh ./my-script"
_HINTS = {
    errno.ENOENT: "; name a program of the PATH, or the path of a file",
    errno.EACCES: _INTERPRETER,
    errno.ENOEXEC: _INTERPRETER,
}


def _end_of(process: subprocess.Popen[bytes], mock: Mock, program: ProgramUnderTest) -> RunEnd:
    deadline = time.time() + START_SECONDS
    while True:
        try:
            process.wait(LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        else:
            return RunEnd.OWN
        exchanges = mock.exchanges()
        if len(exchanges) > STUBBORN:
            return RunEnd.TOO_MANY
        if exchanges:
            deadline = exchanges[0].at + program.timeout
        if time.time() > deadline or program.abandoned.is_set():
            return RunEnd.TIMEOUT


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the program and whatever it started."""
    for name in ("SIGTERM", "SIGKILL"):
        _signal(process, getattr(signal, name, signal.SIGTERM))
        try:
            process.wait(MERCY_SECONDS)
        except subprocess.TimeoutExpired:
            continue
    process.wait()


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    try:
        if os.name == "posix":
            os.killpg(process.pid, number)
        else:
            process.kill()
    except OSError:
        return  # nobody is left

"""What other systems have not got is not needed: simulated here, since the tests run on Linux."""

from __future__ import annotations

import ast
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from ringback_client import atomic_write
from ringback_harness.crash import program
from tests.serving import RINGBACK

ROOT = Path(__file__).parent.parent
FOLDERS = ("contracts", "explain", "mockserver", "client", "harness")
UNIX_ONLY = (
    "uvloop",
    "fcntl",
    "resource",
    "pwd",
    "grp",
    "termios",
    "tty",
    "pty",
    "syslog",
    "_posixsubprocess",
)
# Take away what Windows has not got, once the standard library has seen its own system.
AS_ON_WINDOWS = """
import asyncio, os, rich.console, selectors, signal, socket, ssl, subprocess, sys, tempfile, uvicorn
sys.modules.update(dict.fromkeys({modules!r}))
for owner, names in {gone!r}.items():
    for name in names:
        if hasattr(sys.modules[owner], name):
            delattr(sys.modules[owner], name)
asyncio.ProactorEventLoop = asyncio.SelectorEventLoop
sys.platform = "win32"
sys.argv[0] = "ringback"
from ringback_harness.cli import main
main()
"""
GONE = {
    "signal": ("SIGHUP", "SIGKILL", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGALRM", "alarm", "pthread_kill"),
    "os": ("fork", "killpg", "getuid", "geteuid", "getpgid", "setsid", "uname", "fchmod", "register_at_fork"),
    "socket": ("SO_REUSEPORT",),
}
SIMULATED = AS_ON_WINDOWS.format(
    modules=[name for name in UNIX_ONLY if name != "_posixsubprocess"], gone=GONE
)


def as_on_windows(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", SIMULATED, *arguments],
        input=given,
        capture_output=True,
        encoding="cp1252",
        env=os.environ | {"PYTHONIOENCODING": "cp1252"},
        timeout=60,
        check=False,
    )


# Starting without make


def test_python_m_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ringback_harness", "--help"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("Usage: ringback ")
    assert "serve" in done.stdout


@pytest.mark.parametrize(
    "start", [["-c", SIMULATED], ["-m", "ringback_harness"]], ids=["as on Windows", "-m"]
)
def test_a_mock_serves_and_stops(start: list[str]) -> None:
    pipe = subprocess.PIPE
    command = [sys.executable, *start, "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, encoding="utf-8") as process:
        assert process.stdout is not None
        ready = re.fullmatch(r"ringback ready on (\S+)\n", process.stdout.readline())
        try:
            assert ready, process.stderr and process.stderr.read()
            reply = requests.post(
                f"{ready[1]}/api/v2/conversations/calls",
                json={"phoneNumber": "+442079460100"},
                headers={"Authorization": "Bearer alice"},
                timeout=30,
            )
            assert reply.status_code == 202
            assert "ringback_calls" in requests.get(f"{ready[1]}/metrics", timeout=30).text
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0
        finally:
            process.kill()


def test_commands_work_where_unix_is_not() -> None:
    shown = as_on_windows("rules", "tel.no-plus")
    assert (shown.returncode, "tel.no-plus" in shown.stdout) == (0, True), shown.stderr
    explained = as_on_windows("explain", given='{"phoneNumber": "020 7946 0100"}')
    assert "Traceback" not in explained.stderr


# Letters


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "utf-8"])
def test_what_a_console_cannot_show_ends_no_command(encoding: str) -> None:
    body = '{"phoneNumber": "+442079460100", "callQueueId": "\N{SNOWMAN}\N{LATIN SMALL LETTER E WITH ACUTE}"}'
    done = subprocess.run(
        [*RINGBACK, "explain"],
        input=body.encode(),
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": encoding},
        check=False,
    )
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    said = done.stdout.decode(encoding)
    assert "\N{SNOWMAN}" in said or "\\u2603" in said


def _calls() -> Iterator[tuple[str, ast.Call]]:
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def _lacks_encoding(call: ast.Call) -> bool:
    """Whether text is read or written in whatever encoding the system has."""
    named = {word.arg: word.value for word in call.keywords}
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in ("Popen", "run", "check_output"):
        return "text" in named and "encoding" not in named
    given = len(call.args) + ("encoding" in named)
    return (name == "read_text" and given < 1) or (name == "write_text" and given < 2)


def test_every_text_names_its_encoding() -> None:
    assert not [where for where, call in _calls() if _lacks_encoding(call)]


# Files that are open


class _Windows:
    """The module ``os`` of Windows, as far as these look at it."""

    name = "nt"

    def __getattr__(self, name: str) -> object:
        return getattr(os, name)


def _refusing(times: int) -> tuple[list[int], object]:
    tries: list[int] = []

    def act() -> str:
        tries.append(1)
        if len(tries) <= times:
            raise PermissionError("another process has it open")
        return "done"

    return tries, act


def test_a_file_that_is_open_elsewhere_is_tried_again_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atomic_write, "os", _Windows())
    monkeypatch.setattr(atomic_write, "PAUSE_SECONDS", 0)
    tries, act = _refusing(3)
    assert atomic_write.once_free(act) == "done"  # type: ignore[arg-type]  # a list of tries comes with it
    assert len(tries) == 4
    tries, act = _refusing(10_000)
    with pytest.raises(PermissionError):
        atomic_write.once_free(act)  # type: ignore[arg-type]  # the same
    assert len(tries) == atomic_write.TRIES + 1


def test_elsewhere_a_file_that_is_refused_is_refused_at_once() -> None:
    tries, act = _refusing(1)
    with pytest.raises(PermissionError):
        atomic_write.once_free(act)  # type: ignore[arg-type]  # the same
    assert len(tries) == 1


def test_on_windows_a_program_is_found_with_its_ending(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "os", _Windows())
    monkeypatch.setattr(shutil, "which", {"npx": r"C:\node\npx.cmd"}.get)
    assert program._found(["npx", "x"]) == [r"C:\node\npx.cmd", "x"]
    assert program._found(["nothing", "x"]) == ["nothing", "x"]
    monkeypatch.undo()
    assert program._found(["npx", "x"]) == ["npx", "x"]

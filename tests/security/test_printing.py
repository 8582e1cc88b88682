"""Whatever a target sends, or a saved case holds, is printed as text that nobody obeys."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from ringback_harness.cli import main
from ringback_harness.exits import Refused, SetupError, Unreachable
from ringback_harness.sandbox import CallLeft, Unmeant
from ringback_harness.terminal import echo, one_line, show_code, show_title, show_wrapped, shown

HOSTILE = (
    "\x1b]0;owned\x07\n::set-env name=PATH::/evil\r\n  ::error::forged\x9b2J\u2028"
    "fixed           all is well\u202e"
)
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]")


def harmless(text: str) -> bool:
    return not CONTROL.search(text) and not any(line.lstrip().startswith("::") for line in text.split("\n"))


class Evil(BaseHTTPRequestHandler):
    """Answers everything with a refusal full of signs that a terminal obeys."""

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        said = {"status": 400, "code": HOSTILE, "message": HOSTILE, "contextId": HOSTILE, "id": HOSTILE}
        body = json.dumps(said).encode()
        self.send_response(400)
        self.send_header("Content-Type", "application/json\x1b[2J")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ININ-Correlation-Id", "x\x1b[2J")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


for _method in ("GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS"):
    setattr(Evil, f"do_{_method}", Evil.answer)


@contextmanager
def evil() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Evil) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def cases(folder: Path) -> str:
    folder.mkdir()
    request = {
        "body": {"phoneNumber": "+442079460100", "label": HOSTILE},
        "headers": {"x-note": "::error::x"},
    }
    case = {"why": HOSTILE, "request": request, "expect": {"status": 202}}
    (folder / "::warning::x.json").write_text(json.dumps(case))
    return str(folder)


@pytest.mark.parametrize(
    "command",
    [
        ("verify-fix", "CASES", "--target", "URL"),
        ("verify-fix", "CASES"),
        ("diff", "--target", "URL"),
        ("call", "tel:+442079460100", "--target", "URL"),
        ("call", "tel:+442079460100", "--target", "URL", "--json"),
        ("call", "tel:+442079460100", "--target", HOSTILE),
        ("check", "--target", "URL", "--cases", "CASES", "--examples", "2", "--max-time", "3"),
    ],
)
def test_no_command_prints_what_a_terminal_or_a_ci_obeys(command: tuple[str, ...], tmp_path: Path) -> None:
    with evil() as url:
        named = {"URL": url, "CASES": cases(tmp_path / "cases")}
        ran = CliRunner().invoke(main, [named.get(word, word) for word in command])
    assert ran.exit_code in (0, 1, 2, 3), ran.output
    assert ran.output
    assert harmless(ran.output), [line for line in ran.output.split("\n") if not harmless(line)]


def test_a_saved_case_is_verified_in_one_line_each(tmp_path: Path) -> None:
    with evil() as url:
        ran = CliRunner().invoke(main, ["verify-fix", cases(tmp_path / "cases"), "--target", url])
    first, *reasons = ran.stdout.splitlines()
    assert first.startswith("still failing")
    assert all(line.startswith(" " * 15) for line in reasons)


@given(st.text() | st.lists(st.sampled_from([":", "::", "\n", " ", "\t", "x", "\x1b", "\r"])).map("".join))
def test_shown_text_is_obeyed_by_nobody(text: str) -> None:
    assert harmless(shown(text))
    assert "\n" not in one_line(text)
    assert harmless(one_line(text))


@given(
    st.text(max_size=200) | st.lists(st.sampled_from(["::a", " ", "bc", "\n"])).map("".join),
    st.integers(1, 60),
)
def test_wrapped_text_is_obeyed_by_nobody(text: str, width: int) -> None:
    told = StringIO()
    console = Console(file=told, width=width)
    show_wrapped(console, "  ", text)
    show_title(console, text)
    show_code(console, text)
    assert harmless(told.getvalue())


@pytest.mark.parametrize("kind", [SetupError, Unreachable, Refused, CallLeft, Unmeant])
def test_an_error_is_obeyed_by_nobody(kind: type[SetupError], capsys: pytest.CaptureFixture[str]) -> None:
    kind(HOSTILE).show()
    echo(HOSTILE)
    assert harmless(capsys.readouterr().err)

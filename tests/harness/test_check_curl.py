"""The lines to paste deliver exactly what they show, run by a shell and curl."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ringback_contracts.core.model import Request
from ringback_harness.check.curl import LONGEST_BODY, as_curl
from ringback_harness.terminal import shown

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW")


class Listener(ThreadingHTTPServer):
    """A server that keeps what it was sent: the method, where to, of what type, and the body."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.got: list[tuple[str, str, str | None, bytes]] = []


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        assert isinstance(self.server, Listener)
        self.server.got.append((self.command, self.path, self.headers.get("Content-Type"), body))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    with Listener() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def delivered(listener: Listener, request: Request) -> tuple[str, str, str | None, bytes]:
    """What arrives when the line is pasted."""
    line = as_curl(request, f"http://127.0.0.1:{listener.server_port}")
    assert shown(line) == line, "a terminal shows it as it is"
    subprocess.run(["sh", "-c", line], check=True, capture_output=True, timeout=30)
    return listener.got.pop()


BODIES = st.one_of(
    st.binary(max_size=300), st.text(max_size=300).map(str.encode), st.just(b"a") | st.just(b"\0" * 100)
)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(METHODS), BODIES)
@example("POST", b"@/etc/hostname")
@example("POST", b"a\n\nb\n\n")
@example("POST", b"\xff\x00\n")
@example("POST", b"100%d \\n '\\' \t")
@example("POST", b"\r\n")
@example("POST", "zero\u200bwidth \ufffd".encode())
@example("POST", b" " * 200_000 + b"\\" * 70 + b"x" * LONGEST_BODY + b"\xff" * 64)
@example("POST", b'{"a":1}' * LONGEST_BODY)
@example("HEAD", b"")
@example("HEAD", b"{}")
@example("", b"")
def test_a_line_delivers_exactly_the_method_and_the_octets(
    listener: Listener, method: str, body: bytes
) -> None:
    request = Request(method, "/a/../b", {"host": "x"}, body, "q=[1]{2}")
    assert delivered(listener, request) == (method or "POST", "/a/../b?q=[1]{2}", None, body)


def test_a_long_run_is_written_as_its_length() -> None:
    assert len(as_curl(Request("POST", "/", {}, b" " * 512_000))) < 200

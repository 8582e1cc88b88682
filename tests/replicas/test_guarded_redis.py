"""A Redis with TLS, users and an append-only file, as docs/deploy.md tells to set one up."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from ringback_harness.certificates import issue
from tests.examples.snippets import ROOT
from tests.mockserver.process import PATIENCE, serving
from tests.mockserver.wire import CALLS
from tests.replicas.test_killed import until
from tests.serving import RINGBACK, free_port

SECRET = "s3cret-of-redis"
USERS = re.findall(r"^    (user .*)$", (ROOT / "docs/deploy.md").read_text("utf-8"), re.MULTILINE)


@contextmanager
def redis(command: Sequence[str]) -> Iterator[None]:
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            said = []
            for line in server.stdout:
                said.append(line)
                if "Ready to accept connections" in line:
                    break
            else:
                if any("tls" in line.lower() for line in said):
                    pytest.skip("redis-server was built without TLS")
                pytest.fail("".join(said))
            yield
        finally:
            server.terminate()
            server.communicate()


def test_it_is_reached_as_the_page_says_and_keeps_what_was_acknowledged(tmp_path: Path) -> None:
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed")
    made, port = issue(tmp_path, ["127.0.0.1"]), str(free_port())
    (tmp_path / "users").write_text("\n".join(USERS).replace("SECRET", SECRET) + "\n", "utf-8")
    tls = [
        "--port",
        "0",
        "--tls-port",
        port,
        "--tls-auth-clients",
        "no",
        "--tls-ca-cert-file",
        str(made.authority),
    ]
    pair = ["--tls-cert-file", str(made.good), "--tls-key-file", str(made.good)]
    kept = ["--appendonly", "yes", "--dir", str(tmp_path), "--aclfile", str(tmp_path / "users")]
    command = [program, "--bind", "127.0.0.1", *tls, *pair, *kept]
    url = f"rediss://mock:{SECRET}@127.0.0.1:{port}/0?ssl_ca_certs={made.authority}"
    with ExitStack() as stack:
        first = stack.enter_context(ExitStack())
        first.enter_context(redis(command))
        mock = stack.enter_context(serving("--quiet", RINGBACK_STORE=url))
        call = mock.place().json()["id"]
        first.close()
        until("away", lambda: mock.get("/healthz").status_code == 503)
        stack.enter_context(redis(command))
        until("back", lambda: mock.get("/healthz").status_code == 200)
        assert mock.get(f"{CALLS}/{call}").status_code == 200
        refused = subprocess.run(
            [*RINGBACK, "store", "--store", url.replace(SECRET, "wr0ng")],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert refused.returncode == 2
        assert "AuthenticationError: invalid username-password pair" in refused.stderr
        joining = stack.enter_context(serving("--quiet", RINGBACK_STORE=url))
        assert joining.get(f"{CALLS}/{call}").status_code == 200
        assert joining.stop() == (0, "", ""), "the user may do all that a replica does"
        _, out, err = mock.stop()
        for text in (out, err, refused.stderr):
            assert SECRET not in text
            assert "wr0ng" not in text

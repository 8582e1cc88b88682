"""The guards of conftest.py hold: no test leaves the machine, none is skipped in CI."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).with_name("conftest.py")
SKIPS = """
import pytest

def test_that_skips() -> None:
    pytest.skip("no redis-server")
"""
SKIPS_WHOLLY = """
import pytest

pytest.importorskip("no_such_module", reason="no such module")
"""
KNOWN_GAP = """
import pytest

@pytest.mark.xfail(strict=True, reason="known")
def test_that_is_known_to_fail() -> None:
    assert False
"""


def test_a_connection_to_another_machine_fails_the_test() -> None:
    with socket.socket() as sock, pytest.raises(pytest.fail.Exception, match=r"192\.0\.2\.1"):
        sock.connect(("192.0.2.1", 80))


def test_a_datagram_to_another_machine_fails_the_test() -> None:
    with (
        socket.socket(type=socket.SOCK_DGRAM) as sock,
        pytest.raises(pytest.fail.Exception, match=r"192\.0\.2\.1"),
    ):
        sock.sendto(b"", ("192.0.2.1", 53))


def test_looking_a_public_name_up_fails_the_test() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"api\.example\.com"):
        socket.getaddrinfo("api.example.com", 443)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_can_be_reached(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection((host, server.getsockname()[1]), timeout=5).close()


def test_tests_read_no_settings_of_the_user_s() -> None:
    assert Path.home() != Path(pwd.getpwuid(os.getuid()).pw_dir)
    assert not [name for name in os.environ if name.startswith(("GENESYS", "RINGBACK_"))]


def _run(folder: Path, test: str, *, ci: bool) -> subprocess.CompletedProcess[str]:
    shutil.copy(CONFTEST, folder)
    (folder / "test_it.py").write_text(test, "utf-8")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", str(folder)],
        cwd=folder,
        env={
            **os.environ,
            "CI": "true" if ci else "",
            "PYTEST_ADDOPTS": "",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(("test", "reason"), [(SKIPS, "no redis-server"), (SKIPS_WHOLLY, "no such module")])
def test_a_skip_fails_in_ci_with_its_reason(test: str, reason: str, tmp_path: Path) -> None:
    done = _run(tmp_path, test, ci=True)
    assert done.returncode != 0
    assert f"skipped in CI, where nothing may be: Skipped: {reason}" in done.stdout


def test_a_skip_elsewhere_is_a_skip(tmp_path: Path) -> None:
    done = _run(tmp_path, SKIPS, ci=False)
    assert done.returncode == 0
    assert "1 skipped" in done.stdout


def test_a_known_gap_stays_one_in_ci(tmp_path: Path) -> None:
    done = _run(tmp_path, KNOWN_GAP, ci=True)
    assert done.returncode == 0
    assert "1 xfailed" in done.stdout

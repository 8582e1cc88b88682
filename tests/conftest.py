"""What every test relies on: it stays on this machine, reads nothing of the user's, skips nothing in CI."""

from __future__ import annotations

import ipaddress
import os
import re
import sys
from collections.abc import Generator, Iterator
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings

CI = os.environ.get("CI") == "true"

# A slow machine is no failure; in CI the same examples are tried each time, so that a failure is news.
settings.register_profile("dev", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("dev"), derandomize=True, database=None)
USUAL = settings.get_profile("ci" if CI else "dev")
# Other Pythons, and the wheel, are asked whether they run the code, which `make test` has looked at closely.
settings.register_profile("few", USUAL, max_examples=20)
settings.load_profile("ci" if CI else "dev")


def _is_local(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(str(name))
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _stay_on_loopback(event: str, args: tuple[Any, ...]) -> None:
    if event == "socket.getaddrinfo":
        host = args[0]
    elif event in ("socket.connect", "socket.sendto") and isinstance(args[1], tuple):
        host = args[1][0]
    else:
        return
    if not _is_local(host):
        pytest.fail(f"a test reached for {host!r}; tests talk to loopback only")


# An audit hook sees every road to a socket. What pytest.fail raises is no Exception, so nobody swallows it.
sys.addaudithook(_stay_on_loopback)


SETTINGS = re.compile(
    r"(?:RINGBACK|GENESYSCLOUD|GENESYS|REDIS)_.*|.*_proxy|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|NETRC",
    re.IGNORECASE,
)
"""Variables by which the environment tells a client what to do."""


@pytest.fixture(autouse=True, scope="session")
def _own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """An empty home and no settings of the user's: the SDK, requests and our client read them."""
    with pytest.MonkeyPatch.context() as patch:
        for name in filter(SETTINGS.fullmatch, list(os.environ)):
            patch.delenv(name)
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI everything that a test needs is there, so a skip is a failure."""
    return _no_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a module that skips itself."""
    return _no_skip((yield))


Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


def _no_skip(report: Report) -> Report:
    if CI and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"skipped in CI, where nothing may be: {reason}"
    return report

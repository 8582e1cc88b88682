"""The pytest plugin: fixtures that give each test a fresh org on one shared mock.

Light until used: nothing of ours is imported before a fixture is asked for.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ringback_client import CallsClient
    from ringback_harness.fixtures import Ringback
    from ringback_harness.in_process import RingbackInProcess
    from ringback_harness.over_https import RingbackOverHttps
    from ringback_harness.watch import ExchangeWatch

FOLDER = "ringback_folder"
MARKER = "ringback_sandbox"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--ringback-target``."""
    group = parser.getgroup("ringback")
    group.addoption(
        "--ringback-target",
        default="mock",
        metavar="mock|URL|sandbox",
        help="What the fixture calls_client talks to: a mock of its own (the default), a running one, "
        "or the real org that the environment names. The other fixtures make orgs on the mock in any case.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Agree on a folder where all workers of a run find the one server."""
    config.addinivalue_line(
        "markers",
        f"{MARKER}: needs a real org; skipped, with the reason, unless --ringback-target=sandbox is given "
        "and the environment names one and its credentials",
    )
    workerinput: dict[str, Any] | None = getattr(config, "workerinput", None)
    folder = workerinput[FOLDER] if workerinput else tempfile.mkdtemp(prefix="ringback-")
    config.stash[FOLDER_KEY] = Path(folder)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where the folder is."""
    node.workerinput[FOLDER] = str(node.config.stash[FOLDER_KEY])


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the server, if any test started it; only the process that made the folder does."""
    folder = config.stash.get(FOLDER_KEY, None)
    if folder is None or hasattr(config, "workerinput"):
        return
    if any(folder.iterdir()):
        from ringback_harness.shared_server import stop

        stop(folder)
    folder.rmdir()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test that needs a real org where there is none."""
    if item.get_closest_marker(MARKER) is None:
        return
    if item.config.getoption("--ringback-target") != "sandbox":
        pytest.skip("needs a real org: run with --ringback-target=sandbox")
    from ringback_harness.exits import SetupError
    from ringback_harness.sandbox.settings import NoSandbox, settings_from

    try:
        settings_from(os.environ)
    except NoSandbox as missing:
        pytest.skip(f"needs a real org: {missing.message}")
    except SetupError as wrong:
        pytest.fail(wrong.message, pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Fail a test during which the server refused what came with no token of the test's org.

    After every fixture, and for every test: a program may have been started for all of them.
    """
    try:
        yield
    except BaseException:
        if told := _unclaimed(item.config):
            item.add_report_section("teardown", "ringback", _refused(told))
        raise
    _fail_for(_unclaimed(item.config))


def _unclaimed(config: pytest.Config) -> list[str]:
    watch = config.stash.get(UNCLAIMED_KEY, None)
    return [f"{line} {UNCLAIMED}" for line in watch.settle()] if watch else []


UNCLAIMED = "(no org of this test's: no token of one, or no path of the API)"
FOLDER_KEY = pytest.StashKey[Path]()
UNCLAIMED_KEY: pytest.StashKey[ExchangeWatch] = pytest.StashKey()


@pytest.fixture(scope="session")
def ringback_url(pytestconfig: pytest.Config) -> Iterator[str]:
    """The URL of the mock that the tests of this run share; it starts with the first test that asks."""
    from ringback_harness.shared_server import start_or_join
    from ringback_harness.watch import ExchangeWatch

    target = str(pytestconfig.getoption("--ringback-target"))
    if target not in ("mock", "sandbox"):
        url, lease = target.rstrip("/"), None
    else:
        workerinput: dict[str, Any] = getattr(pytestconfig, "workerinput", {})
        lease = start_or_join(pytestconfig.stash[FOLDER_KEY], workerinput.get("workercount", 1))
        url = lease.url
    watch = ExchangeWatch(url)
    watch.settle()
    pytestconfig.stash[UNCLAIMED_KEY] = watch
    yield url
    if lease:
        lease.lock.release()


@pytest.fixture
def make_ringback(pytestconfig: pytest.Config, ringback_url: str) -> Iterator[Callable[..., Ringback]]:
    """Make fresh isolated orgs: ``make_ringback(sip_trunking=False)`` has that switch set otherwise.

    At the end of the test each is dropped, and a refusal that the test never looked at fails it.
    """
    from ringback_harness.fixtures import Ringback

    made: list[Ringback] = []
    unclaimed = pytestconfig.stash[UNCLAIMED_KEY]

    def make(**switches: Any) -> Ringback:
        made.append(Ringback.fresh(ringback_url, switches, unclaimed))
        return made[-1]

    yield make
    told = [line for org in made for line in org.end()]
    _fail_for(told + _unclaimed(pytestconfig))


def _fail_for(overlooked: list[str]) -> None:
    if overlooked:
        pytest.fail(_refused(overlooked), pytrace=False)


def _refused(overlooked: list[str]) -> str:
    return "\n".join(("the mock refused what this test never looked at:", *overlooked))


@pytest.fixture
def ringback(make_ringback: Callable[..., Ringback]) -> Ringback:
    """A fresh isolated org on the shared mock."""
    return make_ringback()


@pytest.fixture
def ringback_in_process() -> Iterator[RingbackInProcess]:
    """The default org in the test's own process: its clients ask it without a server or a socket."""
    from ringback_harness.in_process import RingbackInProcess as InProcessOrg

    org = InProcessOrg()
    yield org
    _fail_for(org.overlooked())


@pytest.fixture
def ringback_https(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RingbackOverHttps]:
    """The default org on a server of the test's own over HTTPS, whose certificate can expire.

    ``fail("expired-certificate")`` lets it; programs trust the file ``authority``.
    """
    from ringback_harness.over_https import over_https

    with over_https(tmp_path_factory.mktemp("ringback-https")) as org:
        yield org
        told = org.overlooked()
    _fail_for(told)


@pytest.fixture
def calls_client(request: pytest.FixtureRequest) -> CallsClient:
    """A client of the test's org as alice; with ``--ringback-target=sandbox`` one of the real org.

    On the real org it dials nothing, for it is not allowed calls. Raises ``SetupError`` where the environment
    names none.
    """
    if request.config.getoption("--ringback-target") == "sandbox":
        from ringback_client import CallsClient as Client
        from ringback_harness.sandbox.settings import settings_from

        found = settings_from(os.environ)
        return Client(found.target, found.credentials, verify=found.verify)
    org: Ringback = request.getfixturevalue("ringback")
    return org.client()

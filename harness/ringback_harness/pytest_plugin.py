"""The pytest plugin: fixtures that give each test a fresh org on one shared mock.

Light until used: nothing of ours is imported before a fixture is asked for.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from ringback_harness.expected_errors import ExpectedErrors

if TYPE_CHECKING:
    from ringback_client import CallsClient
    from ringback_contracts.org import Org
    from ringback_harness.fixtures import Ringback
    from ringback_harness.in_process import RingbackInProcess
    from ringback_harness.over_https import RingbackOverHttps
    from ringback_harness.watch import ExchangeWatch

FOLDER = "ringback_folder"
MARKER = "ringback_sandbox"
AnyRingback = TypeVar("AnyRingback", bound="Ringback")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--ringback-target``, ``--ringback-org`` and what the ini file may say."""
    group = parser.getgroup("ringback")
    parser.addini(ORG_KEY, "TOML file of the org that each test gets a copy of, beside this file")
    group.addoption(
        "--ringback-org",
        metavar="FILE",
        help="TOML file of the org that each test gets a copy of, in place of the default one; see 'ringback "
        f"init'. Overrules {ORG_KEY} of the ini file.",
    )
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
    expected = config.stash[EXPECTED_KEY] = ExpectedErrors()
    expected.listen()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where the folder is."""
    node.workerinput[FOLDER] = str(node.config.stash[FOLDER_KEY])


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the server, if any test started it; only the process that made the folder does."""
    if (expected := config.stash.get(EXPECTED_KEY, None)) is not None:
        expected.stop()
    folder = config.stash.get(FOLDER_KEY, None)
    if folder is None or hasattr(config, "workerinput"):
        return
    if any(folder.iterdir()):
        from ringback_harness.shared_server import stop

        stop(folder)
    folder.rmdir()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test that needs a real org where there is none."""
    item.stash[ORGS_KEY] = []
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
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show beside a failure what the mock refused in that test, which then needs no error of its own."""
    report = yield
    expected_to_fail = report.skipped and hasattr(report, "wasxfail")
    if call.when != "teardown" and (report.failed or expected_to_fail):
        item.stash[FAILED_KEY] = True
        if overlooked := _overlooked_in(item):
            report.sections.append(("ringback", _refused(overlooked)))
    return report


def _overlooked_in(item: pytest.Item) -> list[str]:
    """What the mock refused in the test so far; nothing where the mock does not answer any more."""
    if not (orgs := item.stash.get(ORGS_KEY, [])) and UNCLAIMED_KEY not in item.config.stash:
        return []
    from ringback_harness.exits import SetupError

    try:
        return [line for org in orgs for line in _of(org, item.config)] + _unclaimed(item.config)
    except SetupError:
        return []


def _of(org: Ringback, config: pytest.Config) -> list[str]:
    for correlation_id in config.stash[EXPECTED_KEY].ids:
        org.looked_at(correlation_id)
    return org.overlooked()


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
    else:
        _fail_for(item, _unclaimed(item.config))
    finally:
        item.config.stash[EXPECTED_KEY].ids.clear()


def _unclaimed(config: pytest.Config) -> list[str]:
    watch = config.stash.get(UNCLAIMED_KEY, None)
    if watch is None:
        return []
    for correlation_id in config.stash[EXPECTED_KEY].ids:
        watch.looked_at(correlation_id)
    parts = (text.partition("\n") for text in watch.settle())
    return [f"{first} {UNCLAIMED}{gap}{why}" for first, gap, why in parts]


UNCLAIMED = "(no org of this test's: no token of one, or no path of the API)"
ORG_KEY = "ringback_org"
FOLDER_KEY = pytest.StashKey[Path]()
UNCLAIMED_KEY: pytest.StashKey[ExchangeWatch] = pytest.StashKey()
EXPECTED_KEY = pytest.StashKey[ExpectedErrors]()
FAILED_KEY = pytest.StashKey[bool]()
ORGS_KEY: pytest.StashKey[list[Ringback]] = pytest.StashKey()


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
def make_ringback(request: pytest.FixtureRequest, ringback_url: str) -> Iterator[Callable[..., Ringback]]:
    """Make fresh isolated orgs: ``make_ringback(sip_trunking=False)`` has that switch set otherwise.

    ``make_ringback(org="my.toml")`` serves the org of a file. At the end of the test each is dropped, and a
    refusal that the test never looked at fails it.
    """
    from ringback_harness.fixtures import Ringback

    config, item = request.config, request.node
    made: list[Ringback] = []

    def make(*, org: str | os.PathLike[str] | None = None, **switches: Any) -> Ringback:
        file = _own_org(config) if org is None else org
        made.append(Ringback.fresh(ringback_url, switches, config.stash[UNCLAIMED_KEY], file))
        item.stash[ORGS_KEY].append(made[-1])
        return made[-1]

    yield make
    item.stash[ORGS_KEY] = []
    told = [line for org in made for line in _of(org, config)]
    for org in made:
        org.end()
    _fail_for(item, told + _unclaimed(config))


def _own_org(config: pytest.Config) -> Path | None:
    """The file of the org that the run is for, if it is for one of its own."""
    if option := config.getoption("--ringback-org"):
        return config.invocation_params.dir / str(option)
    named = config.getini(ORG_KEY)
    beside = config.inipath.parent if config.inipath else config.rootpath
    return beside / str(named) if named else None


def _fail_for(item: pytest.Item, overlooked: list[str]) -> None:
    """Fail the test, unless it has failed already and said so."""
    if overlooked and not item.stash.get(FAILED_KEY, False):
        pytest.fail(_refused(overlooked), pytrace=False)


def _refused(overlooked: list[str]) -> str:
    from ringback_harness.refusals import told

    return told(overlooked)


@pytest.fixture
def ringback(make_ringback: Callable[..., Ringback]) -> Ringback:
    """A fresh isolated org on the shared mock."""
    return make_ringback()


@pytest.fixture
def ringback_in_process(request: pytest.FixtureRequest) -> Iterator[RingbackInProcess]:
    """The default org in the test's own process: its clients ask it without a server or a socket."""
    from ringback_harness.in_process import RingbackInProcess as InProcessOrg

    org = InProcessOrg(_served(request.config))
    yield from _watched(request, org)


@pytest.fixture
def ringback_https(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RingbackOverHttps]:
    """The default org on a server of the test's own over HTTPS, whose certificate can expire.

    ``fail("expired-certificate")`` lets it; programs trust the file ``authority``.
    """
    from ringback_harness.over_https import over_https

    with over_https(tmp_path_factory.mktemp("ringback-https"), _served(request.config)) as org:
        yield from _watched(request, org)


def _served(config: pytest.Config) -> Org | None:
    if (file := _own_org(config)) is None:
        return None
    from ringback_harness.own_org import own_org

    return own_org(file)


def _watched(request: pytest.FixtureRequest, org: AnyRingback) -> Iterator[AnyRingback]:
    """The org for the length of the test, which fails for what it overlooked there."""
    request.node.stash[ORGS_KEY].append(org)
    yield org
    request.node.stash[ORGS_KEY].remove(org)
    _fail_for(request.node, _of(org, request.config))


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

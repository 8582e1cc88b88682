"""A mock in this process for one run of the program, over HTTPS where the scenario is about certificates."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ringback_contracts.org import Org
from ringback_harness.certificates import issue
from ringback_harness.crash.scenarios import Scenario
from ringback_harness.in_thread import HOST, serving
from ringback_mock.edges.serve import Settings
from ringback_mock.engine.hosts import HostCheck
from ringback_mock.engine.journal import Exchange
from ringback_mock.engine.store import Store
from ringback_mock.site import Site

JOURNAL_SIZE = 10_000


@dataclass
class Mock:
    """A running mock: where it is, and what has reached it."""

    store: Store
    scheme: str
    port: int
    authority: Path | None = None
    """The certificate authority that vouches for it, where it serves HTTPS."""

    @property
    def url(self) -> str:
        return f"{self.scheme}://{HOST}:{self.port}"

    @property
    def org(self) -> Org:
        return self.store.default.org

    @property
    def expired_handshakes(self) -> int:
        """Connections that were shown an expired certificate: one that fails leaves no other trace."""
        with self.store.lock:
            return sum(armed.struck for armed in self.store.default.faults if armed.fault.shows_certificate)

    def exchanges(self) -> tuple[Exchange, ...]:
        with self.store.lock:
            return tuple(self.store.default.journal)


@contextmanager
def running(org: Org, scenario: Scenario, folder: Path) -> Iterator[Mock]:
    """A fresh mock of the org in which the scenario's faults, and no others, are set."""
    store = Store(replace(org, faults=scenario.faults), journal_size=JOURNAL_SIZE)
    made = issue(folder, [HOST]) if scenario.over_tls else None
    settings = Settings(tls_cert=made.good, tls_expired=made.expired) if made else Settings()
    with serving(Site(store, hosts=HostCheck(HOST)), settings) as port:
        yield Mock(store, "https", port, made.authority) if made else Mock(store, "http", port)

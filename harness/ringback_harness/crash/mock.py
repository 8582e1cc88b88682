"""A mock in this process for one run of the program, over HTTPS where the scenario is about certificates."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from ringback_contracts.life import Conversation
from ringback_contracts.org import Org
from ringback_harness.certificates import issue
from ringback_harness.crash.scenarios import Scenario
from ringback_harness.crash.witness import SocketEvent, WitnessedSockets
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
    heard: list[SocketEvent] = field(default_factory=list)
    """The events that went over its sockets."""

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

    @property
    def sockets_struck(self) -> int:
        """Sockets that a fault befell."""
        with self.store.lock:
            return sum(armed.struck for armed in self.store.default.faults if armed.fault.of_socket)

    def events(self) -> tuple[SocketEvent, ...]:
        """The events that were sent to listeners so far."""
        with self.store.lock:
            return tuple(self.heard)

    def calls(self) -> tuple[Conversation, ...]:
        """Every call as it stands now."""
        with self.store.lock:
            tenant = self.store.default
            return tuple(call.at(tenant.clock()) for call in tenant.calls)

    def exchanges(self) -> tuple[Exchange, ...]:
        with self.store.lock:
            return tuple(self.store.default.journal)


@contextmanager
def running(org: Org, scenario: Scenario, folder: Path) -> Iterator[Mock]:
    """A fresh mock of the org in which the scenario's faults, and no others, are set."""
    store = Store(replace(org, faults=scenario.faults), journal_size=JOURNAL_SIZE, speed=scenario.speed)
    heard: list[SocketEvent] = []
    made = issue(folder, [HOST]) if scenario.over_tls else None
    settings = Settings(tls_cert=made.good, tls_expired=made.expired) if made else Settings()
    site = Site(store, hosts=HostCheck(HOST))
    site.sockets = WitnessedSockets(store, heard)
    with serving(site, settings) as port:
        scheme, authority = ("https", made.authority) if made else ("http", None)
        yield Mock(store, scheme, port, authority, heard)

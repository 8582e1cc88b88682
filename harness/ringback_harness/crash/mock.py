"""A mock in this process for one run of the program, over HTTPS where the scenario is about certificates."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from ringback_contracts.life import Conversation
from ringback_contracts.org import Org
from ringback_harness.certificates import issue
from ringback_harness.crash.scenarios import Scenario
from ringback_harness.crash.witness import SocketEvent, WitnessedSockets
from ringback_harness.exits import SetupError
from ringback_harness.in_thread import HOST, serving
from ringback_mock.edges.replicated import shared_site
from ringback_mock.edges.serve import Settings
from ringback_mock.engine.hosts import HostCheck
from ringback_mock.engine.ids import new_id
from ringback_mock.engine.journal import Exchange
from ringback_mock.engine.store import Store
from ringback_mock.engine.tenant import Tenant
from ringback_mock.engine.writes import Write
from ringback_mock.replicas.kept import delete
from ringback_mock.replicas.log import StoreError
from ringback_mock.replicas.replica import Replica
from ringback_mock.replicas.site import SharedSite
from ringback_mock.site import Site

JOURNAL_SIZE = 10_000
REPLICAS = 2
"""How many serve a run, where a store keeps its org."""
PREFIX = "ringback-crash-test"
STORE_SECONDS = 30.0
"""How long the store is waited for: a 503 of its own is no scenario's."""
T = TypeVar("T")


@dataclass
class Mock:
    """A running mock: where it is, and what has reached it, through whichever of its replicas."""

    store: Store
    scheme: str
    port: int
    authority: Path | None = None
    """The certificate authority that vouches for it, where it serves HTTPS."""
    heard: list[SocketEvent] = field(default_factory=list)
    """The events that went over its sockets."""
    replica: Replica | None = None
    """The one that is asked what has come, where there are several."""

    @property
    def url(self) -> str:
        return f"{self.scheme}://{HOST}:{self.port}"

    @property
    def org(self) -> Org:
        return self.store.default.org

    @property
    def expired_handshakes(self) -> int:
        """Connections that were shown an expired certificate: one that fails leaves no other trace."""
        return self._said(
            lambda org: sum(armed.struck for armed in org.faults if armed.fault.shows_certificate)
        )

    @property
    def sockets_struck(self) -> int:
        """Sockets that a fault befell."""
        return self._said(lambda org: sum(armed.struck for armed in org.faults if armed.fault.of_socket))

    def events(self) -> tuple[SocketEvent, ...]:
        """The events that were sent to listeners so far."""
        return self._said(lambda _: tuple(self.heard))

    def calls(self) -> tuple[Conversation, ...]:
        """Every call as it stands now."""
        return self._said(lambda org: tuple(call.at(org.clock()) for call in org.calls))

    def exchanges(self) -> tuple[Exchange, ...]:
        return self._said(lambda org: tuple(org.journal))

    def now(self) -> float:
        """The time of its org."""
        return self._said(lambda org: org.clock())

    def write(self, *writes: Write) -> None:
        """Let this be so for whatever is asked from now on."""
        self._said(lambda org: self.store.commit(org, writes))
        self._said(lambda _: None)  # a replica writes it in its next round

    def _said(self, what: Callable[[Tenant], T]) -> T:
        """What its org says, while nothing changes."""
        if self.replica is None:
            with self.store.lock:
                return what(self.store.default)
        return self.replica.told(lambda: what(self.store.default))


@contextmanager
def running(org: Org, scenario: Scenario, folder: Path, redis: str | None = None) -> Iterator[Mock]:
    """A fresh mock of the org in which the scenario's faults, and no others, are set.

    With the URL of a ``redis`` two replicas serve it on one port, and keep it there until the end.
    """
    served = replace(org, faults=scenario.faults)
    heard: list[SocketEvent] = []
    made = issue(folder, [HOST]) if scenario.over_tls else None
    scheme, authority = ("https", made.authority) if made else ("http", None)
    settings = Settings(journal_size=JOURNAL_SIZE, speed=scenario.speed, store=redis)
    if made is not None:
        settings = replace(settings, tls_cert=made.good, tls_expired=made.expired)
    with _sites(served, settings) as (settings, sites):
        for site in sites:
            site.sockets = WitnessedSockets(site.store, heard)
        first = sites[0]
        with serving(first, settings, *sites[1:]) as port:
            replica = first.replica if isinstance(first, SharedSite) else None
            yield Mock(first.store, scheme, port, authority, heard, replica)


@contextmanager
def _sites(org: Org, settings: Settings) -> Iterator[tuple[Settings, Sequence[Site]]]:
    """What serves the org, and how; what a store keeps of it is deleted at the end.

    Raises ``SetupError`` for a store that cannot be used, or goes away.
    """
    hosts = HostCheck(HOST)
    if settings.store is None:
        store = Store(org, journal_size=settings.journal_size, speed=settings.speed)
        yield settings, [Site(store, hosts=hosts)]
        return
    own = replace(settings, store_prefix=f"{PREFIX}-{new_id()}", store_timeout=STORE_SECONDS)
    try:
        yield own, [shared_site(own, org, hosts=hosts) for _ in range(REPLICAS)]
    except StoreError as error:
        raise SetupError(str(error)) from error
    finally:
        with suppress(StoreError):
            asyncio.run(delete(settings.store, own.store_prefix))

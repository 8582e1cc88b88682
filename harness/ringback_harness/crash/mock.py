"""A mock in this process for one run of the program, over HTTP or over HTTPS with an expired certificate."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn

from ringback_contracts.org import Org
from ringback_harness.crash.scenarios import Scenario
from ringback_harness.exits import SetupError
from ringback_mock.edge import Edge
from ringback_mock.hosts import HostCheck
from ringback_mock.journal import Exchange
from ringback_mock.serve import Settings, configuration, listen
from ringback_mock.store import Store

HOST = "127.0.0.1"
JOURNAL_SIZE = 10_000
STARTS_WITHIN = 20.0
"""Seconds in which a server must accept connections, on however busy a machine."""


@dataclass
class Mock:
    """A running mock: where it is, and what has reached it."""

    store: Store
    scheme: str
    port: int
    authority: Path | None = None
    """The certificate authority that vouches for it, where it serves HTTPS."""
    knocks: list[None] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.scheme}://{HOST}:{self.port}"

    @property
    def org(self) -> Org:
        return self.store.default.org

    def exchanges(self) -> tuple[Exchange, ...]:
        with self.store.lock:
            return tuple(self.store.default.journal)


@dataclass(frozen=True, slots=True)
class Certificate:
    """Files of a certificate, and of the authority that issued it."""

    chain: Path
    authority: Path


def why_no_certificate() -> str | None:
    """Why no certificate can be made here, which takes a library that is not always installed."""
    try:
        import trustme  # noqa: F401 - whether it is there is all that is asked
    except ImportError:
        return "it needs trustme: pip install trustme"
    return None


def expired_certificate(folder: Path) -> Certificate:
    """A certificate for loopback that ended yesterday, of an authority that is good."""
    import trustme

    authority = trustme.CA()
    now = datetime.now(UTC)
    leaf = authority.issue_cert(HOST, not_before=now - timedelta(days=9), not_after=now - timedelta(days=1))
    made = Certificate(folder / "expired.pem", folder / "authority.pem")
    leaf.private_key_and_cert_chain_pem.write_to_path(str(made.chain))
    authority.cert_pem.write_to_path(str(made.authority))
    return made


@contextmanager
def running(org: Org, scenario: Scenario, folder: Path) -> Iterator[Mock]:
    """A fresh mock of the org in which the scenario's faults, and no others, are set."""
    store = Store(replace(org, faults=scenario.faults), journal_size=JOURNAL_SIZE)
    certificate = expired_certificate(folder) if scenario.expired else None
    with listen(HOST, 0) as listener:
        settings = Settings(host=HOST, tls_cert=certificate.chain if certificate else None)
        config = configuration(Edge(store, HostCheck(HOST)), settings)
        scheme = "https" if certificate else "http"
        mock = Mock(store, scheme, listener.getsockname()[1], certificate.authority if certificate else None)
        _count_knocks(config, mock)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            _until_started(server, thread)
            yield mock
        finally:
            server.should_exit = True
            thread.join()


def _count_knocks(config: uvicorn.Config, mock: Mock) -> None:
    """Count TLS handshakes as they begin: one that fails leaves no other trace."""

    def knocked(*_: Any) -> None:
        mock.knocks.append(None)

    if config.ssl is not None:
        config.ssl.sni_callback = knocked


def _until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise SetupError("the mock did not start; run 'ringback serve' to see why")
        time.sleep(0.005)

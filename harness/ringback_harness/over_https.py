"""A mock of a test's own that serves HTTPS, and can show a certificate that has expired."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ringback_client import CallsClient
from ringback_contracts.org import Org
from ringback_harness.certificates import issue
from ringback_harness.crash.surroundings import CA_VARIABLES
from ringback_harness.fixtures import Ringback, as_made
from ringback_harness.in_thread import HOST, serving
from ringback_mock.edges.serve import Settings
from ringback_mock.engine.hosts import HostCheck
from ringback_mock.engine.store import Store
from ringback_mock.site import Site


class RingbackOverHttps(Ringback):
    """The default org on a server of its own; ``authority`` is the file of whom to trust.

    What the test asks of the mock goes another way, over HTTP: it meets no fault and counts as no handshake.
    """

    def __init__(self, url: str, admin_url: str, authority: Path, org: Org) -> None:
        super().__init__(url, as_made(org), admin_url)
        self.authority = authority

    @property
    def env(self) -> dict[str, str]:
        """What a program needs in its environment to find this org as alice, and to trust it."""
        return super().env | dict.fromkeys(CA_VARIABLES, str(self.authority))

    def client(self, token: str | None = None, **settings: Any) -> CallsClient:
        """A client that trusts the authority, unless its ``verify`` says otherwise."""
        return super().client(token, **{"verify": str(self.authority), **settings})


@contextmanager
def over_https(folder: Path, org: Org | None = None) -> Iterator[RingbackOverHttps]:
    """Serve the default org, or another, with certificates made in the folder; raises ``SetupError``."""
    made = issue(folder, [HOST, "localhost"])
    site = Site(Store(org), hosts=HostCheck(HOST), can_expire=True)
    certified = Settings(tls_cert=made.good, tls_expired=made.expired)
    with serving(site, certified) as port, serving(site, Settings()) as admin_port:
        urls = f"https://{HOST}:{port}", f"http://{HOST}:{admin_port}"
        yield RingbackOverHttps(*urls, made.authority, site.store.default.org)

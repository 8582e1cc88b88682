"""A mock on a socket whose rules are not those that are shipped."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from werkzeug.serving import make_server

from ringback_contracts.catalogue import TABLE
from ringback_contracts.core.model import Request
from ringback_contracts.core.table import Table
from ringback_contracts.org import default_org
from ringback_harness.targets import Serve
from ringback_mock.engine.hosts import HostCheck
from ringback_mock.engine.store import Store
from ringback_mock.http import HERE, Peer, Response
from ringback_mock.site import Site


class Otherwise(Site):
    """A mock whose API answers as it is told."""

    def __init__(self, store: Store, host: str, serve: Serve) -> None:
        super().__init__(store, hosts=HostCheck(allowed=(host,)))
        self._serve = serve(store)

    def answer(self, request: Request, peer: Peer = HERE) -> Response:
        return self._serve(request) if request.path.startswith("/api") else super().answer(request, peer)


@contextmanager
def deviant(table: Table = TABLE, host: str = "127.0.0.1", *, serve: Serve | None = None) -> Iterator[str]:
    """The URL of a mock that judges by this table, or answers as ``serve`` does."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    store = Store(default_org())
    hosts = HostCheck(allowed=(host,))
    site = Otherwise(store, host, serve) if serve else Site(store, table, hosts=hosts)
    server = make_server(host, 0, site.application, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

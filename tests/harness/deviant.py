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
from ringback_mock.app import flask_app
from ringback_mock.edges.edge import Edge
from ringback_mock.edges.hosts import HostCheck
from ringback_mock.engine.pipeline import Pipeline
from ringback_mock.engine.store import Store
from ringback_mock.http import Response


class Otherwise(Pipeline):
    """A pipeline that answers as it is told."""

    def __init__(self, store: Store, serve: Serve) -> None:
        super().__init__(store)
        self._serve = serve(store)

    def answer(self, request: Request) -> Response:
        return self._serve(request)


@contextmanager
def deviant(table: Table = TABLE, host: str = "127.0.0.1", *, serve: Serve | None = None) -> Iterator[str]:
    """The URL of a mock that judges by this table, or answers as ``serve`` does."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    store = Store(default_org())
    edge = Edge(store, HostCheck(allowed=(host,)))
    object.__setattr__(edge, "pipeline", Otherwise(store, serve) if serve else Pipeline(store, table))
    server = make_server(host, 0, flask_app(edge), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

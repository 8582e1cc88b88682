"""A mock on a socket whose rules are not those that are shipped."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from werkzeug.serving import make_server

from ringback_contracts.org import default_org
from ringback_contracts.table import Table
from ringback_mock.app import flask_app
from ringback_mock.edge import Edge
from ringback_mock.hosts import HostCheck
from ringback_mock.pipeline import Pipeline
from ringback_mock.store import Store


@contextmanager
def deviant(table: Table, host: str = "127.0.0.1") -> Iterator[str]:
    """The URL of a mock that judges by this table."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    store = Store(default_org())
    edge = Edge(store, HostCheck(allowed=(host,)))
    object.__setattr__(edge, "pipeline", Pipeline(store, table))
    server = make_server(host, 0, flask_app(edge), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

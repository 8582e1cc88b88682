"""The mock as a Flask application."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ringback_contracts.org import Org
from ringback_mock.engine.cors import Cors
from ringback_mock.engine.guard import Guard
from ringback_mock.engine.hosts import HostCheck
from ringback_mock.engine.orgfile import read_org
from ringback_mock.engine.store import Store
from ringback_mock.resources.admin import NO_CERTIFICATE
from ringback_mock.site import Site

if TYPE_CHECKING:
    from flask import Flask


def create_app(
    org: Org | str | os.PathLike[str] | None = None,
    *,
    store: Store | None = None,
    allow_hosts: tuple[str, ...] = (),
    cors_origins: tuple[str, ...] = (),
    admin_token: str | None = None,
    stub: bool = False,
) -> Flask:
    """The mock as a Flask application that any WSGI server, or Flask's test client, can run.

    ``org`` is an org, or the path of its TOML file; the default org serves when none is given. A ``store``
    brings its org with it. ``allow_hosts`` names hosts to answer to besides loopback ones, ``cors_origins``
    the only web pages that may use the API. ``admin_token`` guards the admin paths; without it they serve
    clients on this machine alone. With ``stub`` operations that are not served have made-up answers.
    Raises ``OrgError`` for a file that is no org, and ``ValueError`` for a fault of TLS handshakes, which are
    those of the server around the application, for a token that no header can carry, or for what is no host
    or no origin.
    """
    if store is None:
        store = Store(org if isinstance(org, Org) else read_org(org))
    elif org is not None:
        raise ValueError("give either an org or a store, which has its own")
    if any(fault.shows_certificate for fault in store.default.org.faults):
        raise ValueError(f"the org has the fault expired-certificate, but {NO_CERTIFICATE}")
    hosts, guard, cors = HostCheck(allowed=allow_hosts), Guard(admin_token), Cors(cors_origins)
    site = Site(store, hosts=hosts, guard=guard, cors=cors)
    site.pipeline.stub = stub
    return site.application

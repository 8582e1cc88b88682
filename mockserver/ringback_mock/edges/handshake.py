"""Show a certificate that has expired to the clients that a fault strikes."""

from __future__ import annotations

import logging
import ssl
from pathlib import Path

from ringback_mock.site import Site

access = logging.getLogger("ringback.access")


def let_expire(context: ssl.SSLContext, expired: Path, site: Site) -> None:
    """Ask the default org's faults at each handshake under the context which certificate to show.

    ``expired`` holds the other one and its key. Raises ``OSError`` for a file that cannot be used.
    """
    other = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    other.load_cert_chain(expired)
    # Whoever resumes a session is shown no certificate at all.
    for one in (context, other):
        one.options |= ssl.OP_NO_TICKET
        one.num_tickets = 0

    def begun(connection: ssl.SSLObject, _name: str | None, _: ssl.SSLContext) -> None:
        fault = site.handshake_fault()
        if fault is not None:
            access.info("TLS handshake: %s", fault.kind)
            connection.context = other

    # OpenSSL asks it for every client, also for one that names no server.
    context.sni_callback = begun

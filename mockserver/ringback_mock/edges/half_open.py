"""TLS whose client may end its side and still get what it asked for (RFC 8446, section 6.1).

The event loops take the end of the client's side (close_notify) for that of the connection, and no protocol
can hold them back. So they are not told of it: the protocol is, and it closes once it owes nothing.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import Any


class HalfOpen(ssl.SSLObject):
    """The TLS of one connection; ``on_end`` hears of the end of the client's side."""

    on_end: Callable[[], None] | None = None

    def read(self, len: int = 1024, buffer: Any = None) -> Any:  # noqa: A002 - so ssl names it
        """What came; after the end of the client's side, as if nothing came for now."""
        taken = super().read(len, buffer)
        if taken or self.on_end is None:
            return taken
        self.on_end()
        raise ssl.SSLWantReadError

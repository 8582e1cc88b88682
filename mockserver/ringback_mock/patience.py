"""How long a server waits for its clients."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Patience:
    """Seconds that a client may take.

    ``request`` for a whole request from its first byte, for the first byte after connecting, for the TLS
    handshake, and until it takes a bit of a reply that waits for it; ``idle`` between two requests.
    """

    request: float = 30.0
    idle: float = 75.0

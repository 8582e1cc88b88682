"""Where sockets of channels are opened, as whoever comes with a plain request finds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringback_contracts.core.model import Request
from ringback_mock.http import HttpProblem, Response
from ringback_mock.resources.notifications import NO_SOCKETS
from ringback_mock.views import ViewRoute

if TYPE_CHECKING:
    from ringback_mock.site import Site

PATH = "/channels/"


def _plain(site: Site, _: Request, channel_id: str) -> Response:
    """Say what is missing: the channel, a server with sockets, or the handshake."""
    if not site.pipeline.sockets:
        raise HttpProblem(501, NO_SOCKETS)
    if not site.sockets.knows(channel_id):
        raise HttpProblem(
            404,
            "there is no such channel; POST /api/v2/notifications/channels makes one, which lives 24 hours",
        )
    raise HttpProblem(
        426,
        "a WebSocket opens here (RFC 6455): connect to it with a WebSocket client",
        headers=(("Upgrade", "websocket"),),
    )


ROUTES = (ViewRoute("GET", PATH + "{channel_id}", _plain),)
"""The path under ``/channels``."""

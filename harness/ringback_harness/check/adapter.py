"""Lets ``requests``, and so the client, send to a world instead of the network."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from ringback_contracts.core.model import Request
from ringback_harness.targets import World


class WorldAdapter(BaseAdapter):
    """A requests adapter in front of a world."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """The world's answer; how a connection should be made is nothing to it."""
        reply = self._world.send(plain(request))
        response = requests.Response()
        response.status_code = reply.status
        response.headers = CaseInsensitiveDict(reply.headers)
        response.request = request
        response.url = request.url or ""
        response.raw = io.BytesIO(reply.body)
        return response

    def close(self) -> None:
        """Nothing is open."""


def plain(request: requests.PreparedRequest) -> Request:
    """A prepared request as plain values; raises ``TypeError`` for a body that is streamed."""
    body = request.body or b""
    if not isinstance(body, str | bytes):
        raise TypeError("the body of the request is streamed")
    parts = urlsplit(request.url or "")
    return Request(
        request.method or "",
        unquote(parts.path, errors="replace"),
        {name.lower(): _text(value) for name, value in request.headers.items()},
        body.encode() if isinstance(body, str) else body,
        parts.query,
    )


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")

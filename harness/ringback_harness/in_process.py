"""An org in the test's own process: no server and no socket stand between the client and the mock."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from ringback_client import CallsClient
from ringback_contracts.org import Org
from ringback_harness.event_log import InProcessSocket, TalkingSocket
from ringback_harness.exits import SetupError
from ringback_harness.fixtures import Ringback, as_made
from ringback_mock.engine.store import Store
from ringback_mock.http import Response
from ringback_mock.site import Site

URL = "http://localhost"
"""What requests are written to; nothing listens there for their sake."""


class SiteAdapter(BaseAdapter):
    """Lets ``requests`` ask a site of this process.

    A fault that breaks the connection does so; one that slows a reply down does not, for nobody is to wait.
    """

    def __init__(self, site: Site) -> None:
        super().__init__()
        self.site = site

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """The site's answer; raises ``requests.ConnectionError`` where the connection ends too soon."""
        parts = urlsplit(request.url or "")
        headers = {name.lower(): value for name, value in request.headers.items()}
        body = request.body or b""
        asked = self.site.request(
            request.method or "",
            unquote(parts.path),
            {"host": parts.netloc, **headers},
            body.encode() if isinstance(body, str) else bytes(body),
            query=parts.query,
        )
        answer = self.site.answer(asked).whole()
        if answer.delivery and answer.delivery.ending:
            raise requests.ConnectionError(answer.delivery.ending.value, request=request)
        return _received(answer, request)

    def close(self) -> None:
        """Nothing is open."""


def _received(answer: Response, request: requests.PreparedRequest) -> requests.Response:
    response = requests.Response()
    response.status_code = answer.status
    response.headers = CaseInsensitiveDict(answer.headers)
    response.request = request
    response.url = request.url or ""
    response.raw = io.BytesIO(answer.body)
    return response


class RingbackInProcess(Ringback):
    """The default org, or another, which no program but the test itself can reach."""

    def __init__(self, org: Org | None = None) -> None:
        site = Site(Store(org))
        site.open_to_sockets(lambda: None)  # nobody waits here for time to pass
        self._site = site
        self.adapter = SiteAdapter(site)
        super().__init__(URL, as_made(site.store.default.org), adapter=self.adapter)

    @property
    def env(self) -> dict[str, str]:
        """Nothing would help a program. Raises ``SetupError``."""
        raise SetupError(
            "no program reaches an org in the test's own process; the fixture ringback has one it can"
        )

    def _socket(self, uri: str) -> TalkingSocket:
        return InProcessSocket(self._site.sockets, uri.rpartition("/")[2])

    def client(self, token: str | None = None, **settings: Any) -> CallsClient:
        """A client that asks the site itself, unless its ``adapter`` says otherwise."""
        return super().client(token, **{"adapter": self.adapter, **settings})

"""Time a call in one process, without a socket: over the pipeline, and under ``responses``."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from io import BytesIO

import requests
import responses
from requests.adapters import BaseAdapter

from bench.servers import HEADERS, PATH, VALID
from ringback_contracts.core.model import Request
from ringback_contracts.org import default_org
from ringback_mock.engine.store import Store
from ringback_mock.site import Site

URL = "http://ringback.test" + PATH
CALLS = 400


class SiteAdapter(BaseAdapter):
    """Answer what a session sends straight from the mock."""

    def __init__(self, site: Site) -> None:
        super().__init__()
        self._site = site

    def send(  # the signature is the base class's
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: ARG002 - nothing is streamed
        timeout: object = None,  # noqa: ARG002 - nothing waits
        verify: object = True,  # noqa: ARG002 - there is no TLS
        cert: object = None,  # noqa: ARG002 - the same
        proxies: object = None,  # noqa: ARG002 - there is no network
    ) -> requests.Response:
        path, _, query = request.path_url.partition("?")
        body = request.body or b""
        answer = self._site.answer(
            Request(
                method=request.method or "",
                path=path,
                headers=dict(request.headers.lower_items()),
                body=body.encode() if isinstance(body, str) else body,
                query=query,
            )
        )
        reply = requests.Response()
        reply.status_code = answer.status
        reply.headers.update(answer.headers)
        reply.raw = BytesIO(answer.body)
        reply.url = request.url or ""
        reply.request = request
        return reply

    def close(self) -> None:
        """Nothing is open."""


def measure(rounds: int) -> dict[str, list[float]]:
    """Microseconds a call, one figure a round, in alternating rounds."""
    ours, theirs = _session(), _session()
    ours.mount("http://", SiteAdapter(Site(Store(default_org()))))
    figures: dict[str, list[float]] = {"pipeline": [], "responses": [], "responses, lean session": []}
    with responses.RequestsMock() as patched:
        patched.post(URL, json={"id": "1", "selfUri": PATH + "/1"}, status=202)
        for _ in range(rounds):
            figures["pipeline"].append(_time(ours.post))
            figures["responses"].append(_time(requests.post))
            figures["responses, lean session"].append(_time(theirs.post))
    return figures


def _session() -> requests.Session:
    """A session that asks the environment for no proxies, which takes as long as the rest of a call."""
    session = requests.Session()
    session.trust_env = False
    return session


def _time(post: Callable[..., requests.Response]) -> float:
    began = time.perf_counter()
    for _ in range(CALLS):
        reply = post(URL, data=VALID, headers=HEADERS, timeout=5)
        if reply.status_code != 202 or "id" not in json.loads(reply.content):
            raise RuntimeError(f"{reply.status_code} {reply.text}")
    return (time.perf_counter() - began) / CALLS * 1e6

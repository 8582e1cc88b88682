"""A stand-in for a real org: a second Ringback over TLS, under the names of a region, with its own org."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import trustme

from ringback_contracts.catalogue import TABLE
from ringback_contracts.core.model import Request
from ringback_contracts.core.table import Table
from ringback_contracts.org import Org, default_org
from ringback_harness.sandbox import SandboxSettings, Tools, settings_from
from ringback_mock.edges.serve import Server, configuration, listen
from ringback_mock.edges.serve import Settings as ServeSettings
from ringback_mock.engine.hosts import HostCheck
from ringback_mock.engine.store import Store
from ringback_mock.http import HERE, Peer, Response
from ringback_mock.site import Site

REGION = "mypurecloud.ie"
NAMES = (f"api.{REGION}", f"login.{REGION}")
ME = "5a4db0c5-0000-4000-8000-000000000001"
"""The user of the stand-in's org whose token the tests use."""
COLLEAGUE = "5a4db0c5-0000-4000-8000-000000000002"
NAME, EMAIL = "Zelda Quist", "zelda.quist@corp.example.org"
TOKEN = "Zx81-sandbox-user-token"
NUMBER = "+442079460777"
"""A number that answers there."""


def standin_org(**changes: Any) -> Org:
    """An org of its own: other ids, other tokens, other numbers."""
    org = default_org()
    ids = {org.users[0].id: ME, org.users[1].id: COLLEAGUE}
    users = tuple(replace(user, id=ids.get(user.id, user.id[::-1])) for user in org.users[:2])
    users = (
        replace(users[0], name=NAME, email=EMAIL),
        replace(users[1], name=f"{NAME} junior", station="colleague-phone"),
    )
    tokens = (replace(org.token_by_value["alice"], value=TOKEN, user=ME), org.token_by_value["service"])
    answering = replace(org.test_numbers[0], first=NUMBER)
    plain = replace(
        org,
        id="5a4db0c5-0000-4000-8000-000000000000",
        name="Stand-in",
        users=users,
        queues=(),
        campaigns=(),
        tokens=tokens,
        test_numbers=(answering,),
        faults=(),
    )
    return replace(plain, **changes)


@dataclass
class StandIn:
    """The server: its store, what it was asked, and the CA that it is trusted by."""

    store: Store
    port: int
    ca: str
    asked: list[Request]
    on_placed: Callable[[], object] = lambda: None
    """Called when a call has been placed, before the reply goes out."""

    @property
    def environment(self) -> dict[str, str]:
        return {"GENESYSCLOUD_REGION": REGION, "RINGBACK_ACCESS_TOKEN": TOKEN, "RINGBACK_CA": self.ca}

    @property
    def settings(self) -> SandboxSettings:
        return settings_from(self.environment)

    @property
    def posted(self) -> list[Request]:
        """The requests to place a call."""
        return [
            request
            for request in self.asked
            if request.method == "POST" and request.path.startswith("/api/v2/conversations/calls")
        ]


Otherwise = Mapping[str, Callable[[Response], Response]]
"""What a stand-in makes of the answer that a rule gives, by the rule's id."""


class Recording(Site):
    """A mock that remembers what the API was asked, and gives the answers of some rules otherwise."""

    def __init__(self, store: Store, table: Table, otherwise: Otherwise) -> None:
        super().__init__(store, table, hosts=HostCheck(allowed=NAMES))
        self.stand_in: StandIn | None = None
        self._otherwise = otherwise

    def answer(self, request: Request, peer: Peer = HERE) -> Response:
        response = super().answer(request, peer)
        if self.stand_in is not None and request.path.startswith("/api/"):
            self.stand_in.asked.append(request)
            rule = dict(response.headers).get("Ringback-Rule", "")
            response = self._otherwise.get(rule, _as_usual)(response)
            response = replace(response, headers=tuple(filter(_of_a_platform, response.headers)))
            if response.status == 202 and request in self.stand_in.posted:
                self.stand_in.on_placed()
        return response


def _as_usual(response: Response) -> Response:
    return response


def _of_a_platform(header: tuple[str, str]) -> bool:
    """Whether a real org could send it, too."""
    return not header[0].startswith("Ringback-") and header[0] != "Link"


@contextmanager
def standin(
    folder: Path, org: Org | None = None, table: Table = TABLE, otherwise: Otherwise | None = None
) -> Iterator[StandIn]:
    """A stand-in on a free port of loopback, whose names lead to it in this process."""
    ca = trustme.CA()
    ca.cert_pem.write_to_path(folder / "ca.pem")
    chain = folder / "server.pem"
    ca.issue_cert(*NAMES).private_key_and_cert_chain_pem.write_to_path(chain)
    store = Store(org or standin_org())
    site = Recording(store, table, otherwise or {})
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        settings = ServeSettings(tls_cert=chain)
        server = Server(configuration(site, settings), settings)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            with pytest.MonkeyPatch.context() as patch:
                lead_home(patch, port)
                site.stand_in = StandIn(store, port, str(folder / "ca.pem"), [])
                yield site.stand_in
        finally:
            server.should_exit = True
            thread.join()


def lead_home(patch: pytest.MonkeyPatch, port: int) -> None:
    """Let the region's names lead to a port of loopback."""
    usual = socket.getaddrinfo

    def resolved(host: Any, asked: Any, *args: Any, **settings: Any) -> Any:
        if host in NAMES:
            return usual("127.0.0.1", port, *args, **settings)
        return usual(host, asked, *args, **settings)

    patch.setattr(socket, "getaddrinfo", resolved)


def waits_for_nothing(patch: pytest.MonkeyPatch) -> NoTime:
    """Let commands wait on a clock of their own, which it gives."""
    clock = NoTime()
    tools = partial(Tools, sleep=clock.sleep, now=clock.now)
    patch.setattr("ringback_harness.sandbox.options.Tools", tools)
    patch.setattr("ringback_harness.check.event_flow.PAUSE", 0.05)
    return clock


class NoTime:
    """A clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self._began = time.monotonic() // 1  # whole, so that no pause is rounded

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def now(self) -> float:
        return self._began + sum(self.slept)

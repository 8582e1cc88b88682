"""What is checked: a mock in this process, or whatever answers at a URL, behind one narrow interface."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from requests.structures import CaseInsensitiveDict

from ringback_client.environment import TOKEN
from ringback_client.errors import ConfigurationError
from ringback_client.target import DEFAULT_MOCK
from ringback_client.transport import Reply
from ringback_client.urls import url_of
from ringback_contracts.administration import TOKEN_HEADER, TOKEN_VARIABLE
from ringback_contracts.core.credentials import token_of, with_token
from ringback_contracts.core.model import Request
from ringback_contracts.org import Org, changed, default_org
from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_contracts.resources.notifications.rules import CHANNELS as CHANNELS_PATH
from ringback_contracts.resources.tokens.rules import CLIENTS as CLIENTS_PATH
from ringback_harness.event_log import Hear, InProcessSocket, TalkingSocket, as_sent
from ringback_harness.wire import Notes
from ringback_mock.engine.sockets import Sockets
from ringback_mock.engine.store import FreshOrg, Store
from ringback_mock.http import Response, json_response
from ringback_mock.site import Site

Switches = Mapping[str, Any]
"""Top-level values of an org's file that differ from the default org's."""
Listen = Callable[[Mapping[str, Any]], TalkingSocket]
"""Connects to a channel, which the API has described so."""
ADMIN = "/__ringback"
ELSEWHERE = "ringback.invalid"
"""A host that no target stands for."""
TWO_HOSTS = "127.0.0.1, 127.0.0.1"
"""What two Host fields arrive as, which makes a request malformed (RFC 9112, 3.2)."""


class OutOfReach(Exception):
    """Why something cannot be tried on a target; it counts as not reached, never as held or failed."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What a target can do.

    ``makes_orgs``: each world is an isolated org with switches of its own. ``names_rules``: a refusal
    carries ``Ringback-Rule``, and every reply the headers of Ringback's. ``real``: a call may ring somebody.
    ``listens``: others can reach it at its URL.
    """

    makes_orgs: bool = False
    names_rules: bool = False
    real: bool = False
    listens: bool = True


def deaf(_: Mapping[str, Any]) -> TalkingSocket:
    """What cannot be listened to."""
    raise OutOfReach("nothing there can be listened to")


@dataclass(frozen=True)
class World:
    """One org at a target, fresh where the target makes orgs.

    ``org`` is what is known of it, in the names of the default org; ``None`` where nothing is. ``tokens``
    maps the names of tokens to their values there; whoever is not in it cannot be asked as. ``clients`` maps
    the ids of OAuth clients to what they are there, where that is another.
    """

    traits: Traits
    url: str
    org: Org | None
    tokens: Mapping[str, str] = field(repr=False)
    deliver: Callable[[Request], Reply] = field(repr=False)
    neighbour: Callable[[], World] = field(repr=False)
    """Another org of the same server; raises ``OutOfReach``."""
    wait: Callable[[float], None] = field(default=time.sleep, repr=False)
    """Let seconds pass there."""
    sure: Org | None = field(default=None, repr=False)
    """What is there in any case, where ``org`` is not known; what it grants is granted there."""
    stop_clock: Callable[[], bool] = field(default=lambda: False, repr=False)
    """Let no time pass there by itself from now on; whether that could be done."""
    wanted: Mapping[str, str] = field(default_factory=dict, repr=False)
    """How to give the tokens that are not there, by their names."""
    clients: Mapping[str, str] = field(default_factory=dict, repr=False)
    listen: Listen = field(default=deaf, repr=False)
    """Connect to a channel. Raises ``OutOfReach`` where there are no sockets, and what a socket raises."""
    channels: dict[str, str] | None = field(default=None, repr=False)
    """Where there may be few channels: those that are used again, by the names of their holders' tokens."""

    def send(self, request: Request) -> Reply:
        """The answer to a request whose bearer token is named as in the default org.

        Raises ``OutOfReach`` for a token that nobody has here, and what the client's transport raises.
        """
        return self.deliver(self.as_known_here(request))

    def as_known_here(self, request: Request) -> Request:
        """The request with the token's value in place of its name, and of the id of a client in the path."""
        above, _, client = request.path.rpartition("/")
        if above == CLIENTS_PATH and client in self.clients:
            request = replace(request, path=f"{above}/{self.clients[client]}")
        name = token_of(request)
        if name is None or name not in default_org().token_by_value:
            return request
        if name not in self.tokens:
            raise OutOfReach(f"nobody can be asked as {name!r} there{self._why_not(name)}")
        return with_token(request, self.tokens[name])

    def _why_not(self, name: str) -> str:
        """What would help."""
        if name in self.wanted:
            return f": {self.wanted[name]}"
        if not self.traits.real or name != "alice":
            return ""
        return f": the token belongs to no user; {TOKEN} takes a user's"

    def place_call(self) -> str:
        """The id of a new call of alice's to a test number. Raises ``OutOfReach`` where calls are real."""
        if self.traits.real:
            raise OutOfReach("it needs a call that goes on, and calls are real there")
        reply = self.send(call_request({"phoneNumber": "+442079460100"}))
        call_id = reply.document.get("id")
        if not isinstance(call_id, str):
            raise OutOfReach(f"it needs a call, and placing one was answered with {reply.status}")
        return call_id

    def open_channel(self, token: str) -> str:
        """The id of a channel of the token's holder, a new one where there may be many.

        Raises ``OutOfReach`` where none is to be had.
        """
        if self.channels is not None and token in self.channels:
            return self.channels[token]
        headers = {"authorization": f"Bearer {token}", "host": "127.0.0.1"}
        reply = self.send(Request("POST", CHANNELS_PATH, headers))
        channel_id = reply.document.get("id")
        if not isinstance(channel_id, str):
            raise OutOfReach(f"it needs a channel, and opening one was answered with {reply.status}")
        if self.channels is not None:
            self.channels[token] = channel_id
        return channel_id


class CheckTarget(Protocol):
    """Anything that can be checked."""

    @property
    def name(self) -> str:
        """What to call it in a report."""

    @property
    def traits(self) -> Traits: ...

    @property
    def notes(self) -> Notes | None:
        """Whoever keeps all that is exchanged with it."""

    def world(self, switches: Switches | None = None) -> World:
        """An org with these switches. Raises ``OutOfReach`` where it cannot be arranged."""


def call_request(body: Any, token: str = "alice") -> Request:
    """The POST that places a call."""
    headers = {"content-type": "application/json", "authorization": f"Bearer {token}", "host": "127.0.0.1"}
    return Request("POST", CALLS_PATH, headers, json.dumps(body).encode())


def url_there(base: str, request: Request) -> str:
    """The URL of a request to ``base``. Raises ``OutOfReach`` for a path that would lead elsewhere."""
    try:
        return url_of(base, request.path, request.query)
    except ConfigurationError as error:
        raise OutOfReach(f"it is not sent, for {error}") from error


def admin_headers(environment: Mapping[str, str]) -> Mapping[str, str]:
    """What lets a request at the admin paths of a Ringback whose token the environment holds."""
    token = environment.get(TOKEN_VARIABLE)
    return {TOKEN_HEADER: token} if token else {}


Serve = Callable[[Store], Callable[[Request], Response]]


@dataclass
class Clock:
    """Seconds since 1970 where nobody has to wait for them."""

    ahead: float = 0.0
    stopped_at: float | None = None

    def __call__(self) -> float:
        return (time.time() if self.stopped_at is None else self.stopped_at) + self.ahead

    def wait(self, seconds: float) -> None:
        self.ahead += seconds

    def stop(self) -> bool:
        """Let no time pass but what is waited."""
        self.stopped_at = time.time()
        return True


class InProcess:
    """A mock without a socket, with a store for each world; ``serve`` makes its pipeline, broken or not, and
    ``hear`` is what arrives of what it tells over a channel.
    """

    def __init__(
        self,
        serve: Serve = lambda store: Site(store).answer,
        org: Org | None = None,
        hear: Hear = as_sent,
    ) -> None:
        self.name = "a mock in this process"
        self.traits = Traits(makes_orgs=True, names_rules=True, listens=False)
        self.notes: Notes | None = None
        self._serve = serve
        self._hear = hear
        # A number whose calls go wrong on purpose says nothing about the rules.
        self._org = replace(org or default_org(), faults=())

    def world(self, switches: Switches | None = None) -> World:
        org = changed(self._org, switches or {})
        clock = Clock()
        store = Store(org, clock=clock)
        answer, sockets = self._serve(store), Sockets(store)

        def of(tokens: Mapping[str, str], clients: Mapping[str, str]) -> World:
            return World(
                self.traits,
                DEFAULT_MOCK,
                org,
                tokens,
                lambda request: as_reply(_survived(answer, request)),
                lambda: beside(store.add_org()),
                clock.wait,
                stop_clock=clock.stop,
                clients=clients,
                listen=lambda channel: InProcessSocket(sockets, str(channel.get("id")), self._hear),
            )

        def beside(fresh: FreshOrg) -> World:
            return of(fresh.tokens, {name: client.id for name, client in fresh.clients.items()})

        return of({value: value for value in org.token_by_value}, {})


def _survived(answer: Callable[[Request], Response], request: Request) -> Response:
    """The answer, or what the mock's site makes of a crash."""
    try:
        return answer(request).whole()
    except Exception:  # noqa: BLE001 - a broken mock may raise anything, and what matters is that it did
        return json_response(500, {"code": "internal.server.error", "status": 500})


def as_reply(response: Response) -> Reply:
    """A mock's answer as the client sees one."""
    return Reply(response.status, CaseInsensitiveDict(response.headers), response.body)

"""What is checked: a mock in this process, or whatever answers at a URL, behind one narrow interface."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any, Protocol

import orjson
from requests.structures import CaseInsensitiveDict

from ringback_client.channel import websocket
from ringback_client.environment import TOKEN
from ringback_client.errors import ConfigurationError
from ringback_client.target import DEFAULT_MOCK
from ringback_client.target import Target as Address
from ringback_client.transport import Outgoing, Reply, Timeouts, Transport
from ringback_client.urls import url_of
from ringback_client.wire import WireAdapter
from ringback_contracts.administration import TOKEN_HEADER, TOKEN_VARIABLE
from ringback_contracts.core.credentials import token_of, with_token
from ringback_contracts.core.model import Request
from ringback_contracts.org import Org, changed, default_org
from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_contracts.resources.notifications.rules import CHANNELS as CHANNELS_PATH
from ringback_contracts.resources.tokens.rules import CLIENTS as CLIENTS_PATH
from ringback_harness.event_log import Hear, InProcessSocket, TalkingSocket, as_sent
from ringback_harness.exits import Refused, SetupError
from ringback_harness.terminal import one_line
from ringback_harness.wire import Notes, TargetWire
from ringback_mock.engine.sockets import Sockets
from ringback_mock.engine.store import FreshOrg, Store
from ringback_mock.http import Response, json_response
from ringback_mock.site import Site

Switches = Mapping[str, Any]
"""Top-level values of an org's file that differ from the default org's."""
Listen = Callable[[Mapping[str, Any]], TalkingSocket]
"""Connects to a channel, which the API has described so."""
ADMIN = "/__ringback"
CLOSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
"""How a Ringback answers whom it does not let at its admin paths."""
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
    clients: Mapping[str, str] = field(default_factory=dict, repr=False)
    listen: Listen = field(default=deaf, repr=False)
    """Connect to a channel. Raises ``OutOfReach`` where there are no sockets, and what a socket raises."""

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
        """What would help, where the login of a real org is no user's."""
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
        """The id of a new channel of the token's holder. Raises ``OutOfReach`` where none is to be had."""
        headers = {"authorization": f"Bearer {token}", "host": "127.0.0.1"}
        reply = self.send(Request("POST", CHANNELS_PATH, headers))
        channel_id = reply.document.get("id")
        if not isinstance(channel_id, str):
            raise OutOfReach(f"it needs a channel, and opening one was answered with {reply.status}")
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


class AtUrl:
    """What answers at a URL. A Ringback is known by its headers, and makes the orgs that a check needs.

    ``token`` is alice's where it is no Ringback; ``verify`` is as in ``requests``. Raises what the client's
    transport raises.
    """

    def __init__(
        self, url: str, token: str | None = None, notes: Notes | None = None, verify: bool | str = True
    ) -> None:
        self.name = self.url = url.rstrip("/")
        timeouts = Timeouts()
        self._wire = TargetWire(WireAdapter(timeouts.total), notes=notes)
        self._transport = Transport(timeouts=timeouts, verify=verify, adapter=self._wire, trust_env=False)
        self._token, self._verify = token, verify
        self._admin: Mapping[str, str] = {}
        self.notes = notes
        probe = self._probe()
        ringback = "Ringback-Version" in probe.headers and probe.status == 200
        self.traits = Traits(makes_orgs=ringback, names_rules=ringback)

    def _probe(self) -> Reply:
        """What shows a Ringback; only one that asks for its admin token gets it.

        Raises ``SetupError`` where its admin paths stay closed.
        """
        rules = Request("GET", f"{ADMIN}/rules")
        probe = self.deliver(rules)
        if "Ringback-Version" in probe.headers and probe.status == HTTPStatus.UNAUTHORIZED:
            self._admin = admin_headers(os.environ)
            probe = self.deliver(rules) if self._admin else probe
        if "Ringback-Version" in probe.headers and probe.status in CLOSED:
            raise SetupError(f"the Ringback at {self.url} cannot be checked: {probe.document.get('message')}")
        return probe

    def world(self, switches: Switches | None = None) -> World:
        if self.traits.makes_orgs:
            return self._copy(switches or {})
        if switches:
            raise OutOfReach(f"the org there cannot be changed: {', '.join(switches)}")
        tokens = {"alice": self._token or "alice"}
        self._tell(tokens, {})
        return World(self.traits, self.url, None, tokens, self.deliver, self.world, listen=self.listen)

    def listen(self, channel: Mapping[str, Any]) -> TalkingSocket:
        """Connect to a channel. Raises ``OutOfReach`` where the target opens no sockets."""
        uri = str(channel.get("connectUri"))
        if not uri.startswith(("ws://", "wss://")):
            raise OutOfReach(f"the target opens no sockets for its channels: {one_line(uri)}")
        return websocket(uri, verify=self._verify, trust_env=False)

    def _copy(self, switches: Switches) -> World:
        headers = {"content-type": "application/json"} if switches else {}
        body = orjson.dumps(switches) if switches else b""
        reply = self.deliver(Request("POST", f"{ADMIN}/orgs", headers, body))
        if reply.status != 201:
            raise OutOfReach(f"the target makes no such org: {reply.document.get('message', reply.status)}")
        # Nothing goes wrong on purpose here, either.
        self.deliver(Request("DELETE", f"{ADMIN}/faults", query=f"org={reply.document['id']}"))
        tokens: Mapping[str, str] = reply.document["tokens"]
        clients = {name: str(made["id"]) for name, made in reply.document.get("clients", {}).items()}
        self._tell(tokens, {made: name for name, made in clients.items()})
        usual = tokens.keys() == default_org().token_by_value.keys()
        org = changed(default_org(), switches) if usual else None
        org_id = str(reply.document["id"])
        wait = self._clock_of(org_id)
        return World(
            self.traits,
            self.url,
            org,
            tokens,
            self.deliver,
            self.world,
            wait,
            clients=clients,
            stop_clock=lambda: self._command_clock({"freeze": True}, org_id),
            listen=self.listen,
        )

    def _command_clock(self, command: Mapping[str, Any], org_id: str) -> bool:
        """Whether the clock of a copy obeyed."""
        headers = {"content-type": "application/json"}
        body = orjson.dumps(command)
        reply = self.deliver(Request("POST", f"{ADMIN}/clock", headers, body, f"org={org_id}"))
        return reply.status < HTTPStatus.BAD_REQUEST

    def _clock_of(self, org_id: str) -> Callable[[float], None]:
        """What lets seconds pass in a copy, where nobody has to wait for them."""

        def wait(seconds: float) -> None:
            if not self._command_clock({"advance": seconds}, org_id):
                time.sleep(seconds)  # an older Ringback, whose clock nobody commands

        return wait

    def _tell(self, tokens: Mapping[str, str], names: Mapping[str, str]) -> None:
        if self.notes:
            self.notes.learn(tokens, names, ())

    def deliver(self, request: Request) -> Reply:
        headers = {name: value for name, value in request.headers.items() if name != "host"}
        if not request.host_allowed:
            headers["host"] = ELSEWHERE
        if not request.well_formed:
            headers["host"] = TWO_HOSTS
        url = url_there(self.url, request)
        if request.path.startswith(f"{ADMIN}/"):
            headers |= self._admin
        outgoing = Outgoing(request.method or "POST", url, headers, request.body or None)
        try:
            return self._transport.send(outgoing)
        finally:
            self._wire.heed_notes()


def _usual(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without what a user's own servers take their options from."""
    ours = {TOKEN_VARIABLE, "RINGBACK_EVIDENCE"}
    return {name: value for name, value in environment.items() if name in ours or name[:9] != "RINGBACK_"}


@contextmanager
def served_mock(*options: str) -> Iterator[str]:
    """The URL of a fresh ``ringback serve`` of this installation, which ends with the block."""
    code = "from ringback_harness.cli import main; main()"
    command = [sys.executable, "-c", code, "serve", "--port", "0", *options]
    with subprocess.Popen(  # noqa: S603 - the command is this interpreter's own
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8", env=_usual(os.environ)
    ) as process:
        try:
            ready = process.stdout.readline() if process.stdout else ""
            if not ready.startswith("ringback ready on "):
                raise SetupError("the mock did not start; run 'ringback serve' to see why")
            yield ready.removeprefix("ringback ready on ").strip()
        finally:
            process.terminate()


def _as_region(name: str) -> str:
    """How to name a region as the target, where it is one."""
    try:
        Address.of_region(name)
    except ConfigurationError:
        return ""
    return f"; for that region set GENESYSCLOUD_REGION={name}, and give --target sandbox"


@contextmanager
def opened(
    name: str, token: str | None = None, notes: Notes | None = None, verify: bool | str = True
) -> Iterator[AtUrl]:
    """The target that the command line names: ``mock``, or a URL; ``notes`` keeps the exchanges with it.

    Raises ``Refused`` for a URL where a call might ring somebody, ``SetupError`` for what is no target.
    """
    if name == "mock":
        with served_mock() as url:
            yield AtUrl(url, notes=notes)
        return
    target = AtUrl(address_of(name).api, token, notes, verify)
    if might_ring(target):
        raise Refused(
            f"{name} is no Ringback and not on this machine: calls placed there might ring somebody; "
            "--allow-calls with --allow-number NUMBER says whom they may"
        )
    yield target


def address_of(name: str) -> Address:
    """The URL that the command line names as a target. Raises ``SetupError`` for what is none."""
    if "://" not in name:
        raise SetupError(f"{name!r} is neither 'mock', 'sandbox' nor a URL{_as_region(name)}")
    return Address.parse(name)


def might_ring(target: AtUrl) -> bool:
    """Whether a call placed at the target might ring somebody."""
    return Address.parse(target.url).real and not target.traits.names_rules

"""What answers at a URL, a mock of this installation for one, as a target of checks."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import orjson

from ringback_client.channel import websocket
from ringback_client.errors import ConfigurationError
from ringback_client.target import Target as Address
from ringback_client.transport import Outgoing, Reply, Timeouts, Transport
from ringback_client.wire import WireAdapter
from ringback_contracts.administration import TOKEN_VARIABLE
from ringback_contracts.core.model import Request
from ringback_contracts.org import changed, default_org
from ringback_harness.event_log import TalkingSocket
from ringback_harness.exits import Refused, SetupError
from ringback_harness.targets import (
    ADMIN,
    ELSEWHERE,
    TWO_HOSTS,
    OutOfReach,
    Switches,
    Traits,
    World,
    admin_headers,
    url_there,
)
from ringback_harness.terminal import one_line
from ringback_harness.wire import Notes, TargetWire

CLOSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
"""How a Ringback answers whom it does not let at its admin paths."""


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

"""The sandbox as a target: log in, ask the gate, send, hang up."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import NoReturn, TypeVar

from ringback_client.bodies import parties
from ringback_client.client import CallsClient
from ringback_client.courier import USER_AGENT
from ringback_client.credentials import AccessToken, Credentials
from ringback_client.errors import CallAttempt, ReplyLost, RingbackError, TargetUnreachable
from ringback_client.oauth import TokenEndpoint
from ringback_client.retry import RetryPolicy
from ringback_client.transport import Outgoing, Reply, Timeouts, Transport
from ringback_client.wire import WireAdapter
from ringback_contracts.catalogue import route
from ringback_contracts.core.declare import ALICE
from ringback_contracts.core.model import Request
from ringback_harness.exits import CommandError, Refused, Unreachable
from ringback_harness.sandbox.counterparts import Counterparts, as_named, granted
from ringback_harness.sandbox.effects import Effect, effect
from ringback_harness.sandbox.errors import CallLeft, DryRun, Interrupted, NotAllowed, Unmeant
from ringback_harness.sandbox.gate import Gate
from ringback_harness.sandbox.hang_up import HangUp, say
from ringback_harness.sandbox.listening import RunChannels
from ringback_harness.sandbox.permit import Permit
from ringback_harness.sandbox.ringing import id_in
from ringback_harness.sandbox.settings import SandboxSettings
from ringback_harness.sandbox.signals import Stop
from ringback_harness.sandbox.values import values
from ringback_harness.targets import OutOfReach, Switches, Traits, World, url_there
from ringback_harness.terminal import echo, one_line
from ringback_harness.wire import Notes, Pace, TargetWire

T = TypeVar("T")
REAL = Traits(real=True)
AS_USER = "alice"
AS_SERVICE = "service"
"""The default org's tokens that a user's token and one of client credentials stand for."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What time and the network are made of; tests put theirs in."""

    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic
    notes: Notes | None = None
    timeouts: Timeouts = field(default_factory=Timeouts)


class Gated:
    """What a sandbox and its dry run share: who stands for whom, and what may be sent."""

    traits = REAL
    url: str
    tokens: Mapping[str, str]
    counterparts: Counterparts
    gate: Gate
    notes: Notes | None

    def prepared(self, request: Request) -> tuple[Request, int]:
        """The request as it would be sent, and how many calls it may place. Raises ``OutOfReach``."""
        if not request.well_formed or not request.host_allowed:
            raise OutOfReach("a gateway answers a wrong Host, not the API")
        expected = granted(as_named(request, self.tokens))
        there = self.counterparts.there(request, granted=expected)
        return there, self.gate.admit(there, granted=expected)

    def in_its_words(self, request: Request) -> Request:
        """The request with who is meant there, as far as somebody is."""
        try:
            return self.counterparts.there(request, granted=granted(request))
        except OutOfReach:
            return request


class Sandbox(Gated):
    """A real org. Raises ``Unreachable`` where it does not answer or refuses the login."""

    def __init__(
        self, settings: SandboxSettings, permit: Permit, stop: Stop, tools: Tools | None = None
    ) -> None:
        tools = tools or Tools()
        self.name = f"the org in {settings.target}"
        self.url = settings.target.api
        self.notes = tools.notes
        self._stop = stop
        self._retry = RetryPolicy(sleep=tools.sleep, budget=300.0)
        self._stopped: CommandError | None = None
        self.wire = wire = TargetWire(
            WireAdapter(tools.timeouts.total), Pace(sleep=tools.sleep, now=tools.now), tools.notes
        )
        self._transport = Transport(timeouts=tools.timeouts, verify=settings.verify, adapter=wire)
        token = _reached(lambda: self._token(settings))
        client = CallsClient(settings.target, token, retry=self._retry, verify=settings.verify, adapter=wire)
        self.hang_up = HangUp(client, tools.sleep)
        self.tokens: Mapping[str, str] = {_name_of(settings.credentials): token}
        if tools.notes:
            tools.notes.learn(self.tokens, _counterparts(None, permit).names, permit.numbers)
        self.counterparts = _counterparts(_reached(lambda: self._me(token)), permit)
        self.gate = Gate(permit, frozenset(filter(None, [self.counterparts.me])))
        self._kept_channels: dict[str, str] = {}
        self.channels = RunChannels(
            lambda request: self._retry.run(lambda: self._send(request), repeatable=True),
            {"authorization": f"Bearer {token}"},
            settings.target,
            settings.verify,
            self.gate.channels,
        )
        self.hang_up.look_around()
        if permit.budget and (permit.numbers or permit.users):
            self.gate.hang_up_objection = _reached(self.hang_up.objection)

    def world(self, switches: Switches | None = None) -> World:
        _refuse(switches)
        return World(
            REAL,
            self.url,
            None,
            self.tokens,
            self._deliver,
            self.world,
            listen=self.channels.listen,
            channels=self._kept_channels,
        )

    def _token(self, settings: SandboxSettings) -> str:
        if isinstance(settings.credentials, AccessToken):
            return settings.credentials.value
        endpoint = TokenEndpoint(settings.target.login, self._transport, self._retry)
        return endpoint.log_in(settings.credentials).access_token

    def _me(self, token: str) -> str | None:
        """The id of the token's user; client credentials have none."""
        asking = Request("GET", "/api/v2/users/me", {"authorization": f"Bearer {token}"})
        reply = self._retry.run(lambda: self._send(asking), repeatable=True)
        if reply.status == 401:
            raise Unreachable(f"{self.name} does not take the token: 401")
        found = reply.document.get("id")
        return id_in(found) if reply.status == 200 and isinstance(found, str) else None

    def _deliver(self, request: Request) -> Reply:
        if self._stopped:
            raise self._stopped
        self.wire.heed_notes()
        there, calls = self.prepared(request)
        try:
            reply = self._answer(there, calls)
        except ReplyLost:
            self.wire.heed_notes()
            raise
        except (CallLeft, Unmeant) as stop:
            self._stopped = stop
            raise
        self.wire.heed_notes()
        return reply

    def _answer(self, request: Request, calls: int) -> Reply:
        if effect(request) is Effect.LISTENS:
            return self._told(request)
        if effect(request) is not Effect.DIALS:
            reads = effect(request) is Effect.READS
            return self._retry.run(lambda: self._send(request), repeatable=reads)
        with self._stop.held():
            return self._retry.run(lambda: self._placed(request, calls), repeatable=False)

    def _told(self, request: Request) -> Reply:
        """The answer to a request about channels; one that is opened is the run's."""
        opens = not route(request.method, request.path).params
        if opens:
            self.channels.expect_room()
        reply = self._retry.run(lambda: self._send(request), repeatable=not opens)
        if opens:
            self.channels.opened(reply)
        return reply

    def _placed(self, request: Request, calls: int) -> Reply:
        """The answer to a request that may place a call; whatever it placed is over when this returns.

        Raises ``Unmeant`` where a call was placed that should not have been, ``CallLeft`` where one goes on.
        """
        self.gate.spend(calls)
        began = time.time()
        try:
            reply = self._send(request)
        except TargetUnreachable:
            self.gate.placed -= calls
            raise
        except ReplyLost:
            self.hang_up.end_lost(_attempt(request, began), calls)
            raise
        if 400 <= reply.status < 500:
            self.gate.placed -= calls
        elif 200 <= reply.status < 300 and not calls:
            self._end_unmeant(request, reply, began)
        elif 200 <= reply.status < 300 and (call_id := _call_id(reply)):
            self.gate.calls.add(call_id)
            self._end_all(call_id, _attempt(request, began), calls)
        else:
            self.hang_up.end_lost(_attempt(request, began), calls)
        return reply

    def _end_all(self, call_id: str, attempt: CallAttempt, calls: int) -> None:
        """End the call that an answer names, and any other that the request rang, even if the first goes on.

        Raises ``CallLeft``.
        """
        try:
            self.hang_up.end(call_id)
        finally:
            self.hang_up.end_rest(attempt, calls - 1)

    def _end_unmeant(self, request: Request, reply: Reply, began: float) -> NoReturn:
        """End the call of a request that was thought to be refused, and any other that came of it."""
        self.gate.placed += 1
        call_id = _call_id(reply)
        ends = [lambda: self.hang_up.end(call_id)] if call_id else []
        if not call_id or self.hang_up.before is not None:
            ends.append(lambda: self.hang_up.end_lost(_attempt(request, began)))
        left = " ".join(f"{said}." for end in ends if (said := _left_by(end)))
        raise Unmeant(
            f"the run stops: a request that should have been refused was accepted with {reply.status}, and "
            f"may have rung somebody: {line_of(request)}" + (f". {left}" if left else "")
        )

    def _send(self, request: Request) -> Reply:
        url = url_there(self.url, request)
        headers = {name: value for name, value in request.headers.items() if name.lower() != "host"}
        outgoing = Outgoing(request.method, url, {"user-agent": USER_AGENT, **headers}, request.body or None)
        return self._transport.send(outgoing)


class DryRunSandbox(Gated):
    """A sandbox to which nothing is sent: what would be is printed, in the names of the default org."""

    def __init__(self, settings: SandboxSettings, permit: Permit, notes: Notes | None = None) -> None:
        self.name = f"the org in {settings.target} (dry run)"
        self.url = settings.target.api
        self.notes = notes
        self.tokens = {_name_of(settings.credentials): _name_of(settings.credentials)}
        self.counterparts = _counterparts(ALICE, permit)
        self.gate = Gate(permit, frozenset({ALICE}))
        self._unsent: Counter[str] = Counter()

    def world(self, switches: Switches | None = None) -> World:
        _refuse(switches)
        return World(REAL, self.url, None, self.tokens, self._deliver, self.world)

    def _deliver(self, request: Request) -> Reply:
        there, calls = self.prepared(request)
        self.gate.spend(calls)
        self._unsent[line_of(there)] += 1
        raise DryRun("dry run: printed, not sent")

    def tell(self) -> None:
        """Print once what would be sent, and how often."""
        for line, times in self._unsent.items():
            echo(f"would send: {line}{f' ({times} times)' if times > 1 else ''}")
        if any(ALICE in line for line in self._unsent):
            echo(f"in place of {ALICE} a real run sends the id of the token's user")

    def refuse_outsiders(self, own: Iterable[tuple[str, Request]]) -> None:
        """Make sure that all of a user's own requests, by name, may be sent before anything is.

        Whose the token is has not been asked yet, so that user counts as a stranger under the real id.
        Raises ``Refused``.
        """
        world, calls, refused = self.world(), 0, []
        for name, request in own:
            try:
                calls += self.prepared(world.as_known_here(request))[1]
            except NotAllowed as reason:
                refused.append(f"{one_line(name)}: {reason}: {line_of(request)}")
            except OutOfReach:
                continue
        if calls > self.gate.left:
            refused.append(
                f"all: these are {calls} calls, and the budget allows {self.gate.left}; see --budget"
            )
        if refused:
            raise Refused("nothing was sent, for these cases ask for too much:\n  " + "\n  ".join(refused))


def line_of(request: Request) -> str:
    """A request in a line, without secrets and people's numbers."""
    from ringback_contracts.privacy import redact_body, redact_text

    body = redact_body(request.body[:200], request.headers.get("content-type", ""))
    place = request.path + (f"?{request.query}" if request.query else "")
    return one_line(f"{request.method} {redact_text(place)} {body}".rstrip())


def _call_id(reply: Reply) -> str | None:
    found = reply.document.get("id")
    return found if isinstance(found, str) and found else None


def _left_by(end: Callable[[], None]) -> str | None:
    """What is to be said where a call goes on."""
    try:
        end()
    except CallLeft as left:
        return left.message
    return None


def _attempt(request: Request, began: float) -> CallAttempt:
    """An attempt to ring whomever the request says in any place."""
    said = tuple(value.text for value in values(request) if not value.named)
    return CallAttempt(request.path, said, parties(request).caller, began, time.time())


def _counterparts(me: str | None, permit: Permit) -> Counterparts:
    return Counterparts(me, next(iter(permit.numbers), None), next(iter(permit.users), None))


def _name_of(credentials: Credentials) -> str:
    return AS_USER if isinstance(credentials, AccessToken) else AS_SERVICE


def _refuse(switches: Switches | None) -> None:
    if switches:
        raise OutOfReach(f"the org there cannot be changed: {', '.join(switches)}")


def _reached(ask: Callable[[], T]) -> T:
    """What is asked at the start. Raises ``Unreachable`` where there is no answer to go on with."""
    try:
        return ask()
    except RingbackError as error:
        raise Unreachable(one_line(str(error))) from error


@contextmanager
def opened_sandbox(
    settings: SandboxSettings, permit: Permit, tools: Tools | None = None
) -> Iterator[Sandbox | DryRunSandbox]:
    """The sandbox for the length of the block, which says at its end what became of its calls.

    Raises ``Unreachable``, ``CallLeft``, ``Unmeant``, ``Interrupted``, and ``SetupError`` where an exchange
    could not be recorded.
    """
    if not permit.send:
        yield DryRunSandbox(settings, permit, tools.notes if tools else None)
        return
    stop = Stop()
    with stop.heeded():
        sandbox = Sandbox(settings, permit, stop, tools)
        how = ""
        try:
            yield sandbox
            sandbox.hang_up.sweep()
            sandbox.channels.silence()
            sandbox.wire.heed_notes()
        except BaseException as error:
            how = "interrupted: " if isinstance(error, Interrupted) else ""
            with suppress(CallLeft):  # what goes on is named below, and the error says why the run ends
                sandbox.hang_up.sweep()
            sandbox.channels.silence()
            raise
        finally:
            say(f"{how}{account(sandbox.hang_up)}")


def account(hang_up: HangUp) -> str:
    """What became of the calls of a run, in a line."""
    left = ", ".join(hang_up.left) or "none"
    return f"calls placed and ended: {len(hang_up.ended)}; left: {left}"


__all__ = ["DryRunSandbox", "NotAllowed", "Sandbox", "Tools", "account", "opened_sandbox"]

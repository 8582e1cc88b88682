"""Place calls, look at them and end them, on a mock or on a real org."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any, Self
from weakref import WeakSet

from ringback_client import bodies, environment, telling, tokens
from ringback_client.attempt import Attempt
from ringback_client.bodies import Address
from ringback_client.calls import Call, Participant
from ringback_client.channel import (
    CHANNELS_PATH,
    ChannelAddress,
    ChannelMaker,
    Connect,
    MessageSocket,
    websocket,
)
from ringback_client.courier import Courier
from ringback_client.credentials import AccessToken, Credentials
from ringback_client.errors import (
    CallAttempt,
    ConfigurationError,
    InvalidRequest,
    LoginFailed,
    Particulars,
    ReplyLost,
    StatusError,
    UnexpectedReply,
)
from ringback_client.events import Events
from ringback_client.handle import CallCommands, CallHandle, PlacedCall
from ringback_client.oauth import TokenEndpoint
from ringback_client.retry import RetryPolicy
from ringback_client.safety import refuse_danger, refuse_hopeless
from ringback_client.target import Target
from ringback_client.token_cache import MemoryTokenCache
from ringback_client.tokens import TokenCache
from ringback_client.transport import Reply, Timeouts, Transport
from ringback_client.verdicts import error_of_reply, is_refusal
from ringback_client.waiting import OWN_CALLS, Wanted, wait_for
from ringback_contracts.catalogue import route
from ringback_contracts.core.model import PUBLISHED, Contract, Request
from ringback_contracts.resources.calls.past import HISTORY
from ringback_contracts.resources.calls.paths import CALLS_PATH

if TYPE_CHECKING:
    from requests.adapters import BaseAdapter

JSON = {"accept": "application/json"}
ON_BEHALF = f"{CALLS_PATH}/user/"
ME_PATH = "/api/v2/users/me"


class CallsClient:
    """A client of the Calls API that never dials twice.

    ``target`` is a mock's URL or a region; ``credentials`` a grant, or an access token as it is. A region
    needs ``allow_calls``. With ``preflight`` a request that the target is known to refuse is not sent.
    ``adapter`` stands in for the network, in tests for instance; ``verify`` is a CA bundle's path where the
    usual ones do not do. With ``RINGBACK_EVIDENCE`` in the environment the rules that the file confirms are
    observed ones. Raises ``ConfigurationError``.
    """

    def __init__(  # noqa: PLR0913 - each is a setting of its own, and all but two have a good default
        self,
        target: Target | str,
        credentials: Credentials | str,
        *,
        allow_calls: bool = False,
        preflight: bool = True,
        cache: TokenCache | None = None,
        timeouts: Timeouts | None = None,
        retry: RetryPolicy | None = None,
        verify: bool | str = True,
        adapter: BaseAdapter | None = None,
    ) -> None:
        environment.observe_from(os.environ)
        _given(target=target, credentials=credentials)
        self.target = Target.parse(target) if isinstance(target, str) else target
        self._allow_calls = allow_calls
        self._preflight = preflight
        self._retry = retry or RetryPolicy()
        self._verify = verify
        self._listening: WeakSet[Events] = WeakSet()
        self._idle_channels: dict[tuple[str, ...], list[ChannelAddress]] = {}
        # A proxy of the environment knows no way to a mock on this machine.
        self._transport = Transport(
            timeouts=timeouts or Timeouts(), verify=verify, adapter=adapter, trust_env=self.target.real
        )
        source = tokens.source(
            AccessToken(credentials) if isinstance(credentials, str) else credentials,
            self.target.login,
            cache or MemoryTokenCache(),
            TokenEndpoint(self.target.login, self._transport, self._retry).log_in,
            self._retry.now,
        )
        self._courier = Courier(self.target.api, source, self._retry)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ, **settings: Any) -> Self:
        """A client for the target and the credentials that the environment names; see ``environment``."""
        settings.setdefault("verify", environment.verify_from(environ))
        return cls(environment.target_from(environ), environment.credentials_from(environ), **settings)

    def place_call(
        self,
        to: Address,
        from_: Address | None = None,
        *,
        contract: Contract = PUBLISHED,
        fields: Mapping[str, object] | None = None,
    ) -> PlacedCall:
        """Ring ``to``, for the user or as the number ``from_``.

        Addresses are ``tel:+442079460100``, ``user:{id}``, ``sip:user@host``, or values of
        ``ringback_contracts.domain.addresses``.
        In the published contract ``from_`` as a user posts on that user's
        behalf, as a number it is the caller id. ``fields`` are further fields of the body. Raises a
        ``StatusError`` when nothing was dialled, ``TargetUnreachable`` when nothing was sent,
        ``CallOutcomeUnknown`` when nobody can tell, and ``SafetyRefusal``.
        """
        return self.send(self.build_request(to, from_, contract=contract, fields=fields))

    def post_body(self, body: object, *, user_id: str | None = None) -> PlacedCall:
        """Place a call with a body as it stands: a JSON value, or bytes. Raises like ``place_call``."""
        return self.send(bodies.request(body, user_id))

    @staticmethod
    def build_request(
        to: Address,
        from_: Address | None = None,
        *,
        contract: Contract = PUBLISHED,
        fields: Mapping[str, object] | None = None,
    ) -> Request:
        """The request that ``place_call`` would send, as a plain value."""
        made = bodies.draft(to, from_, contract, {} if fields is None else fields)
        return bodies.request(made.body, made.user_id)

    def send(self, request: Request) -> PlacedCall:
        """Place the call of a built request. Raises like ``place_call``."""
        with self._refusals_of(request):
            attempt, reply = self._attempted(request, None, None)
            call_id = attempt.named(reply, "id", "a call")
        document = reply.document
        placed = PlacedCall(
            id=call_id,
            self_uri=document.get("selfUri"),
            uri=document.get("uri"),
            created_time=document.get("createdTime"),
            note=reply.headers.get("Ringback-Note"),
            correlation_id=reply.correlation_id,
            document=document,
        )
        for events in self._listening:
            events.follow(placed.id)
        _, on_behalf, user_id = request.path.partition(ON_BEHALF)
        return placed.through(self, user_id if on_behalf else None)

    def call(self, call_id: str, *, user_id: str | None = None) -> CallHandle:
        """A call that is there, to be told what to do by the token's user, or by that user's leg."""
        bodies.segment(call_id)
        return CallHandle(call_id).through(self, user_id)

    def tell(self, request: Request, *, repeatable: bool = False, before: Call | None = None) -> None:
        """Send what tells a call that is there something; ``CallHandle`` has a method for each.

        What rings somebody is never repeated and raises ``CallOutcomeUnknown`` where the reply is lost, as
        does what Ringback does not know. ``repeatable`` says that the rest does no harm twice, so that a lost
        reply is asked for again. ``before`` is the call as it was, by which new legs are told.
        """
        with self._refusals_of(request):
            if rings_nobody(request):
                self._foreseen(request)
                self._done(request, repeatable=repeatable)
            else:
                attempt, reply = self._attempted(request, before.id if before else _call_of(request), before)
                attempt.granted(reply)

    def bring(self, request: Request, before: Call) -> str:
        """Ring somebody into a call and give the new participant's id. Raises like ``tell``."""
        with self._refusals_of(request):
            attempt, reply = self._attempted(request, before.id, before)
            return attempt.named(reply, "destinationParticipantId", "a participant")

    def invite(self, request: Request, before: Call) -> tuple[str, ...]:
        """Ring several into a call and give the ids of the new participants. Raises like ``tell``."""
        with self._refusals_of(request):
            attempt, reply = self._attempted(request, before.id, before)
            return attempt.brought(reply)

    def _done(self, request: Request, *, repeatable: bool) -> None:
        """Send what changes something; raises ``ReplyLost`` where nobody can tell whether it did."""
        reply = self._courier.deliver(request, self._transport.send, repeatable=repeatable)
        if 200 <= reply.status < 300:
            return
        if is_refusal(reply):
            raise error_of_reply(reply, self._retry.now())
        raise ReplyLost(
            f"the target answered {reply.status} {reply.reason}: it may have been done; look at the call",
            Particulars(reply.status, correlation_id=reply.correlation_id),
        )

    def _attempted(self, request: Request, call_id: str | None, before: Call | None) -> tuple[Attempt, Reply]:
        """Send what rings somebody, once."""
        refuse_danger(request, self.target, allow_calls=self._allow_calls)
        self._foreseen(request)
        attempt = Attempt(request, self._transport.send, self._retry.now, call_id, before)
        return attempt, self._courier.deliver(request, attempt.send, repeatable=False)

    def _foreseen(self, request: Request) -> None:
        if self._preflight:
            refuse_hopeless(request, self.target)

    @staticmethod
    @contextmanager
    def _refusals_of(request: Request) -> Iterator[None]:
        """A refusal knows what it refused."""
        try:
            yield
        except StatusError as error:
            if not isinstance(error, LoginFailed):
                error.request = request
            raise

    def get_call(self, call_id: str) -> Call:
        """The call as it stands now; raises ``NotFound``, and ``StatusError`` or ``TransportError``."""
        return Call.read(self._read(f"{CALLS_PATH}/{bodies.segment(call_id)}"))

    def list_calls(self) -> list[Call]:
        """The calls of the token's user that are going on."""
        return [Call.read(entity) for entity in self._listed(CALLS_PATH)]

    def list_past_calls(self) -> list[str]:
        """The ids of the calls of the token's user that are over, as many as the target lists at once."""
        listed = (one.get("id") for one in self._listed(HISTORY) if isinstance(one, dict))
        return [call_id for call_id in listed if isinstance(call_id, str)]

    def find_calls(self, attempt: CallAttempt) -> list[Call]:
        """The calls going on that an attempt of unknown outcome may have placed.

        None found proves that no such call goes on now; it may have been and ended.
        """
        return [call for call in self.list_calls() if call.may_be(attempt)]

    def events(
        self, *topics: str, connect: Connect | None = None, now: Callable[[], float] = monotonic
    ) -> Events:
        """What comes over a channel that is subscribed to these topics: an iterator, to be closed in the end.

        ``{me}`` stands in a topic for the id of the token's user; without topics it is the calls of that
        user. ``connect`` and ``now`` stand in for the network and its time. Raises ``ChannelUnavailable``
        where there are no sockets.
        """
        maker = self._maker(topics)
        opened = Events(maker, self, connect or self._socket, sleep=self._retry.sleep, now=now)
        self._listening.add(opened)
        return opened

    def count_channels(self) -> int:
        """How many channels the token's user and app have: for one too many the platform ends another."""
        return len(self._listed(CHANNELS_PATH, "includechannels=oauthclient"))

    def open_channel(self, *topics: str) -> str:
        """The address of the socket of a new channel, which is subscribed as with ``events``."""
        return self._maker(topics).made().uri

    def _maker(self, topics: tuple[str, ...]) -> ChannelMaker:
        topics = topics or (OWN_CALLS,)
        return ChannelMaker(self._asked, topics, self._idle_channels.setdefault(topics, []))

    def wait_for(
        self,
        call: CallCommands | Call | str,
        state: str,
        *,
        timeout: float = 60.0,
        whose: Callable[[Call], str] | None = None,
    ) -> Call:
        """The call, once a far leg of it is in the state, or all of its legs where that is one of the last.

        ``whose`` gives the id of the participant to look at instead.
        It listens where a channel is to be had, and asks again and again where not. Raises
        ``CallNeverReached`` for a call that ended before, and ``WaitedTooLong``.
        """
        call_id = call if isinstance(call, str) else call.id
        return wait_for(self, call_id, Wanted(state, whose), timeout, self._retry.sleep)

    def find_legs(self, attempt: CallAttempt) -> tuple[Participant, ...]:
        """The participants whom an attempt of unknown outcome may have brought to a call that was there.

        None found proves that nobody was brought so far; a request that was late may still act.
        """
        if attempt.call_id is None:
            raise InvalidRequest("the attempt was to place a call; find_calls(attempt) looks for it")
        return self.get_call(attempt.call_id).brought_by(attempt)

    def disconnect(self, call_id: str) -> None:
        """End the call for everybody; raises ``NotFound``, and ``StatusError`` or ``TransportError``."""
        # Hanging up twice hangs up once, so a lost reply is asked for again.
        self._answered(telling.ended(call_id))

    def own_user_id(self) -> str:
        """The id of the token's user; raises ``StatusError`` for a token that has none."""
        me = self._read(ME_PATH)
        if not isinstance(me, dict) or not isinstance(me.get("id"), str):
            raise UnexpectedReply("the target answered a user without an id")
        return str(me["id"])

    def close(self) -> None:
        """Give the connections back."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _socket(self, uri: str) -> MessageSocket:
        return websocket(uri, verify=self._verify, trust_env=self.target.real)

    def _asked(self, method: str, path: str, body: Any) -> Any:
        """The answer of an operation that may be asked for twice."""
        sent = b"" if body is None else json.dumps(body).encode()
        headers = JSON if body is None else {**JSON, "content-type": "application/json"}
        return self._value(self._answered(Request(method, path, headers, sent)))

    def _listed(self, path: str, query: str = "") -> list[Any]:
        listing = self._read(path, query)
        entities = listing.get("entities") if isinstance(listing, dict) else None
        if not isinstance(entities, list):
            raise UnexpectedReply("the target answered a listing without entities")
        return entities

    def _read(self, path: str, query: str = "") -> Any:
        return self._value(self._answered(Request("GET", path, JSON, query=query)))

    @staticmethod
    def _value(reply: Reply) -> Any:
        try:
            return reply.json()
        except (ValueError, RecursionError) as error:
            raise UnexpectedReply(f"the target answered {reply.status} without readable JSON") from error

    def _answered(self, request: Request) -> Reply:
        reply = self._courier.deliver(request, self._transport.send, repeatable=True)
        if not 200 <= reply.status < 300:
            raise error_of_reply(reply, self._retry.now())
        return reply


def rings_nobody(request: Request) -> bool:
    """Whether a request is known to ring nobody; what Ringback does not know may ring anybody."""
    operation = route(request.method, request.path).operation
    return operation is not None and not operation.dials


def _call_of(request: Request) -> str | None:
    return route(request.method, request.path).params.get("conversationId")


def _given(**parameters: object) -> None:
    for name, value in parameters.items():
        if value is None:
            raise ConfigurationError(f"'{name}' is None (from a variable that is not set?); give one")

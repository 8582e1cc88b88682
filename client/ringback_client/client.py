"""Place calls, look at them and end them, on a mock or on a real org."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, Any, Self
from weakref import WeakSet

from ringback_client import bodies, environment, tokens
from ringback_client.attempt import Attempt
from ringback_client.bodies import Address
from ringback_client.calls import Call, PlacedCall
from ringback_client.channel import ChannelMaker, Connect, MessageSocket, websocket
from ringback_client.courier import Courier
from ringback_client.credentials import AccessToken, Credentials
from ringback_client.errors import CallAttempt, ConfigurationError, LoginFailed, StatusError, UnexpectedReply
from ringback_client.events import Events
from ringback_client.oauth import TokenEndpoint
from ringback_client.retry import RetryPolicy
from ringback_client.safety import refuse_danger, refuse_hopeless
from ringback_client.target import Target
from ringback_client.token_cache import MemoryTokenCache
from ringback_client.tokens import TokenCache
from ringback_client.transport import Reply, Timeouts, Transport
from ringback_client.verdicts import error_of_reply
from ringback_client.waiting import OWN_CALLS, wait_for
from ringback_contracts.core.model import PUBLISHED, Contract, Request
from ringback_contracts.resources.calls.paths import CALLS_PATH

if TYPE_CHECKING:
    from requests.adapters import BaseAdapter

JSON = {"accept": "application/json"}


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
        refuse_danger(request, self.target, allow_calls=self._allow_calls)
        try:
            if self._preflight:
                refuse_hopeless(request, self.target)
            attempt = Attempt(request, self._transport.send, self._retry.now)
            placed = attempt.outcome(self._courier.deliver(request, attempt.send, repeatable=False))
            for events in self._listening:
                events.follow(placed.id)
            return replace(placed, client=self)
        except StatusError as error:
            if not isinstance(error, LoginFailed):
                error.request = request
            raise

    def get_call(self, call_id: str) -> Call:
        """The call as it stands now; raises ``NotFound``, and ``StatusError`` or ``TransportError``."""
        return Call.read(self._read(f"{CALLS_PATH}/{bodies.segment(call_id)}"))

    def list_calls(self) -> list[Call]:
        """The calls of the token's user that are going on."""
        listing = self._read(CALLS_PATH)
        entities = listing.get("entities") if isinstance(listing, dict) else None
        if not isinstance(entities, list):
            raise UnexpectedReply("the target answered a listing without entities")
        return [Call.read(entity) for entity in entities]

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

    def open_channel(self, *topics: str) -> str:
        """The address of the socket of a new channel, which is subscribed as with ``events``."""
        return self._maker(topics).made()

    def _maker(self, topics: tuple[str, ...]) -> ChannelMaker:
        return ChannelMaker(self._asked, topics or (OWN_CALLS,))

    def wait_for(self, call: PlacedCall | Call | str, state: str, *, timeout: float = 60.0) -> Call:
        """The call, once a far leg of it is in the state, or all of its legs where that is one of the last.

        It listens where a channel is to be had, and asks again and again where not. Raises
        ``CallNeverReached`` for a call that ended before, and ``WaitedTooLong``.
        """
        return wait_for(self, call if isinstance(call, str) else call.id, state, timeout, self._retry.sleep)

    def disconnect(self, call_id: str) -> None:
        """End the call for everybody; raises ``NotFound``, and ``StatusError`` or ``TransportError``."""
        path = f"/api/v2/conversations/{bodies.segment(call_id)}/disconnect"
        # Hanging up twice hangs up once, so a lost reply is asked for again.
        self._answered(Request("POST", path, JSON))

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

    def _read(self, path: str) -> Any:
        return self._value(self._answered(Request("GET", path, JSON)))

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


def _given(**parameters: object) -> None:
    for name, value in parameters.items():
        if value is None:
            raise ConfigurationError(f"'{name}' is None (from a variable that is not set?); give one")

"""An org of a test's own on a running mock, and what the test may ask of it."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ParamSpec, Self, TypeVar

from ringback_client import Call, CallCommands, CallsClient
from ringback_client.channel import websocket
from ringback_client.errors import StatusError
from ringback_client.waiting import Wanted, asked, first
from ringback_contracts.org import Org
from ringback_harness.event_log import EventLog, TalkingSocket
from ringback_harness.exits import SetupError
from ringback_harness.far_end import Phone
from ringback_harness.own_org import to_copy
from ringback_harness.proxies import without_proxy_here
from ringback_harness.refusals import RefusedRequest
from ringback_harness.watch import ExchangeWatch, Json

if TYPE_CHECKING:
    from requests.adapters import BaseAdapter

P = ParamSpec("P")
T = TypeVar("T")


class Ringback:
    """One isolated org: its URL and credentials, what was exchanged, and what goes wrong in it."""

    def __init__(
        self,
        url: str,
        made: Json,
        admin_url: str | None = None,
        unclaimed: ExchangeWatch | None = None,
        adapter: BaseAdapter | None = None,
    ) -> None:
        self.url = url
        self.id: str = made["id"]
        self.tokens: Mapping[str, str] = made["tokens"]
        self.clients: Mapping[str, Mapping[str, str]] = made["clients"]
        self._own = ExchangeWatch(admin_url or url, self.id, adapter)
        self._logs: list[EventLog] = []
        self._watches = (self._own,) if unclaimed is None else (self._own, unclaimed)

    def __repr__(self) -> str:
        return f"Ringback({self.url!r}, org {self.id})"

    @classmethod
    def fresh(
        cls,
        url: str,
        switches: Mapping[str, Any] | None = None,
        unclaimed: ExchangeWatch | None = None,
        org: str | os.PathLike[str] | None = None,
    ) -> Self:
        """A copy of the server's default org, or the org of a file, with some switches set otherwise.

        ``unclaimed`` watches the default org, whose is what comes with no token of a copy.
        Raises ``SetupError``.
        """
        changes = to_copy(org) if org is not None else {}
        made = ExchangeWatch(url).ask("POST", "orgs", changes | dict(switches or {})).json()
        return cls(url, made, unclaimed=unclaimed)

    @property
    def env(self) -> dict[str, str]:
        """What a program needs in its environment to find this org, as alice."""
        service = self.clients.get("demo-service") or next(iter(self.clients.values()), {})
        known = {
            "RINGBACK_URL": self.url,
            "RINGBACK_ACCESS_TOKEN": self.tokens.get("alice") or next(iter(self.tokens.values()), ""),
            "GENESYSCLOUD_OAUTHCLIENT_ID": service.get("id", ""),
            "GENESYSCLOUD_OAUTHCLIENT_SECRET": service.get("secret", ""),
            **without_proxy_here(os.environ),
        }
        return {name: value for name, value in known.items() if value}

    def client(self, token: str | None = None, **settings: Any) -> CallsClient:
        """A client that holds one of the org's tokens, given by its name in the org's file or as it is.

        Without one it is alice's or, in an org of your own that has none, the first.
        Raises ``SetupError`` for a token that the org does not have.
        """
        usual = "alice" if "alice" in self.tokens else next(iter(self.tokens), "alice")
        return _AttentiveClient(self, self._token(usual if token is None else token), settings)

    def _token(self, given: str) -> str:
        if given in self.tokens.values():
            return given
        if given not in self.tokens:
            # What was given is not quoted: it may be a real token.
            raise SetupError(f"the org has no such token; its tokens are {', '.join(sorted(self.tokens))}")
        return self.tokens[given]

    def exchanges(self) -> list[Json]:
        """Everything that was exchanged, redacted, the oldest first.

        Raises ``SetupError`` if the mock has forgotten some of it, for there was too much.
        """
        return self._own.exchanges()

    def calls_placed(self) -> list[str]:
        """The ids of the calls that were placed, the oldest first."""
        return [exchange["conversationId"] for exchange in self.exchanges() if exchange["conversationId"]]

    def refusals(self) -> list[RefusedRequest]:
        """What was refused, the oldest first; the test has then looked at it.

        Those that came to the server meanwhile with no token of any fixture's org are among them.
        Raises ``SetupError`` if the mock has forgotten some exchanges.
        """
        refused = [refusal for watch in self._watches for refusal in watch.refusals()]
        return sorted(refused, key=lambda refusal: str(refusal.exchange["time"]))

    def fail(self, kind: str, **settings: Any) -> None:
        """Let something go wrong: ``fail("lost-reply", times=1)``; the settings are those of a fault."""
        self._own.ask("POST", "faults", {"kind": kind, **settings})

    def heal(self) -> None:
        """Let nothing go wrong any more."""
        self._own.ask("DELETE", "faults")

    def freeze(self, *, frozen: bool = True) -> None:
        """Stop the org's clock, or let it go again."""
        self._own.ask("POST", "clock", {"freeze": frozen})

    def advance(self, seconds: float) -> None:
        """Let so many seconds pass in the org, and whatever is due in them happen."""
        self._own.ask("POST", "clock", {"advance": seconds})

    def events(self, *topics: str, token: str = "alice") -> EventLog:
        """A channel of whoever holds the token, and all that is sent over it from now on.

        ``{me}`` stands in a topic for the token's user; without topics it is the calls of that user. After
        ``advance`` everything that fell due is there. Raises a ``StatusError`` for topics that are refused.
        """
        with self.client(token) as client:
            log = EventLog(self._socket(client.open_channel(*topics)))
        self._logs.append(log)
        return log

    def _socket(self, uri: str) -> TalkingSocket:
        return websocket(uri, verify=True, trust_env=False)

    def inbound(self, *, user: str | None = None, queue: str | None = None, **settings: Any) -> Phone:
        """Ring a user or a queue, by id or name, from outside, and give the caller's phone.

        The settings are ``number``, ``name``, ``dialled``, ``ivr``, ``hangs_up_after`` and ``attributes``.
        Raises ``SetupError`` for what cannot be rung.
        """
        to = {name: value for name, value in (("user", user), ("queue", queue)) if value is not None}
        shown = self._own.ask("POST", "calls", {**to, **settings}).json()
        return Phone(self._own, shown["id"], shown["parties"][0]["id"])

    def far_end(self, call: CallCommands | Phone | str, participant: str | None = None) -> Phone:
        """The phone at the other end of a call, or that of the participant with the id."""
        match call:
            case Phone():
                return Phone(self._own, call.call_id, participant)
            case CallCommands():
                return Phone(self._own, call.id, participant)
        return Phone(self._own, call, participant)

    def reset(self) -> None:
        """Forget every call, exchange and fault; a refusal nobody looked at still fails the test."""
        self._own.carry()
        self._own.ask("POST", "reset")

    def looked_at(self, correlation_id: str | None) -> None:
        """Say that the test knows of the refusal with this id."""
        for watch in self._watches:
            watch.looked_at(correlation_id)

    def overlooked(self) -> list[str]:
        """In lines, each refusal that the test has not looked at."""
        return self._own.overlooked()

    def end(self) -> list[str]:
        """What ``overlooked`` says, for the last time: the org's tokens are unknown from now on."""
        told = self.overlooked()
        for log in self._logs:
            log.close()
        self._own.ask("DELETE", "orgs")
        return told


def as_made(org: Org) -> Json:
    """What making a copy of an org answers, of an org that is none."""
    clients = {client.id: {"id": client.id, "secret": client.secret} for client in org.clients}
    return {"id": org.id, "tokens": {token.value: token.value for token in org.tokens}, "clients": clients}


class _AttentiveClient(CallsClient):
    """A client whose errors count as looked at: a test cannot overlook what is raised in it."""

    def __init__(self, org: Ringback, token: str, settings: Mapping[str, Any]) -> None:
        super().__init__(org.url, token, **settings)
        self._org = org
        self.send = self._attentive(self.send)  # type: ignore[method-assign]  # the same method, watched
        self.get_call = self._attentive(self.get_call)  # type: ignore[method-assign]  # the same
        self.list_calls = self._attentive(self.list_calls)  # type: ignore[method-assign]  # the same
        self.disconnect = self._attentive(self.disconnect)  # type: ignore[method-assign]  # the same
        self.tell = self._attentive(self.tell)  # type: ignore[method-assign]  # the same
        self.bring = self._attentive(self.bring)  # type: ignore[method-assign]  # the same
        self.own_user_id = self._attentive(self.own_user_id)  # type: ignore[method-assign]  # the same

    def wait_for(
        self,
        call: CallCommands | Call | str,
        state: str,
        *,
        timeout: float = 60.0,
        whose: Callable[[Call], str] | None = None,
    ) -> Call:
        """As any client does, but the org's time passes instead of the test's."""
        call_id = call if isinstance(call, str) else call.id
        return first(Wanted(state, whose), asked(self, call_id, timeout, self._org.advance), timeout)

    def _attentive(self, method: Callable[P, T]) -> Callable[P, T]:
        @functools.wraps(method)
        def watched(*args: P.args, **kwargs: P.kwargs) -> T:
            try:
                return method(*args, **kwargs)
            except StatusError as error:
                self._org.looked_at(error.correlation_id)
                raise

        return watched

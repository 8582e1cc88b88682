"""An org of a test's own on a running mock, and what the test may ask of it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, ParamSpec, Self, TypeVar

import requests

from ringback_client import CallsClient
from ringback_client.errors import StatusError
from ringback_contracts.faults import BEFORE, FaultKind
from ringback_harness.exits import SetupError

SECONDS = 10
ANSWERING = frozenset({*BEFORE, FaultKind.GATEWAY_TIMEOUT})
"""The faults that answer a request themselves; the others leave the status that it got."""
P = ParamSpec("P")
T = TypeVar("T")
Json = dict[str, Any]


class Ringback:
    """One isolated org: its URL and credentials, what was exchanged, and what goes wrong in it."""

    def __init__(self, url: str, made: Json) -> None:
        self.url = self.admin_url = url
        self.id: str = made["id"]
        self.tokens: Mapping[str, str] = made["tokens"]
        self.clients: Mapping[str, Mapping[str, str]] = made["clients"]
        self._seen: set[str] = set()

    def __repr__(self) -> str:
        return f"Ringback({self.url!r}, org {self.id})"

    @classmethod
    def fresh(cls, url: str, switches: Mapping[str, Any] | None = None) -> Self:
        """A copy of the server's default org with some switches set otherwise. Raises ``SetupError``."""
        try:
            reply = requests.post(f"{url}/__ringback/orgs", json=dict(switches or {}), timeout=SECONDS)
        except requests.RequestException as error:
            raise SetupError(f"no mock answers at {url}: start one with 'ringback serve'") from error
        if reply.status_code != HTTPStatus.CREATED:
            raise SetupError(f"{url} made no org: {reply.status_code} {reply.text}")
        return cls(url, reply.json())

    @property
    def env(self) -> dict[str, str]:
        """What a program needs in its environment to find this org, as alice."""
        service = self.clients["demo-service"]
        return {
            "RINGBACK_URL": self.url,
            "RINGBACK_ACCESS_TOKEN": self.tokens["alice"],
            "GENESYSCLOUD_OAUTHCLIENT_ID": service["id"],
            "GENESYSCLOUD_OAUTHCLIENT_SECRET": service["secret"],
        }

    def client(self, token: str = "alice", **settings: Any) -> CallsClient:
        """A client that holds one of the org's tokens, given by its name in the default org or as it is.

        Raises ``SetupError`` for a token that the org does not have.
        """
        return _AttentiveClient(self, self._token(token), settings)

    def _token(self, given: str) -> str:
        if given in self.tokens.values():
            return given
        if given not in self.tokens:
            # What was given is not quoted: it may be a real token.
            raise SetupError(f"the org has no such token; its tokens are {', '.join(sorted(self.tokens))}")
        return self.tokens[given]

    def exchanges(self) -> list[Json]:
        """Everything that was exchanged, redacted, the oldest first."""
        listed: list[Json] = self._ask("GET", "exchanges").json()["exchanges"]
        return listed

    def calls_placed(self) -> list[str]:
        """The ids of the calls that were placed, the oldest first."""
        return [exchange["conversationId"] for exchange in self.exchanges() if exchange["conversationId"]]

    def refusals(self) -> list[Json]:
        """The exchanges that ended in an error; the test has then looked at them."""
        refused = [exchange for exchange in self.exchanges() if _failed(exchange)]
        self._seen.update(exchange["id"] for exchange in refused)
        return refused

    def fail(self, kind: str, **settings: Any) -> None:
        """Let something go wrong: ``fail("lost-reply", times=1)``; the settings are those of a fault."""
        self._ask("POST", "faults", {"kind": kind, **settings})

    def heal(self) -> None:
        """Let nothing go wrong any more."""
        self._ask("DELETE", "faults")

    def reset(self) -> None:
        """Forget every call, exchange and fault."""
        self._ask("POST", "reset")

    def looked_at(self, correlation_id: str | None) -> None:
        """Say that the test knows of the refusal with this id."""
        self._seen.add(correlation_id or "")

    def overlooked(self) -> list[Json]:
        """The refusals that the test has not looked at; what a fault answered, the test ordered itself."""
        return [item for item in self.exchanges() if _refused(item) and item["id"] not in self._seen]

    def _ask(self, method: str, path: str, body: Json | None = None) -> requests.Response:
        url = f"{self.admin_url}/__ringback/{path}"
        reply = requests.request(method, url, params={"org": self.id}, json=body, timeout=SECONDS)
        if not reply.ok:
            raise SetupError(f"{method} {path}: {reply.json()['message']}")
        return reply


def _failed(exchange: Json) -> bool:
    status: int = exchange["response"]["status"]
    return status >= HTTPStatus.BAD_REQUEST


def _refused(exchange: Json) -> bool:
    return _failed(exchange) and exchange["response"]["headers"].get("Ringback-Fault") not in ANSWERING


def overlooked(org: Ringback) -> Iterator[str]:
    """One line for each refusal that the test has not looked at."""
    for exchange in org.overlooked():
        request, response = exchange["request"], exchange["response"]
        rule = response["headers"].get("Ringback-Rule", "no rule")
        explained = f"{org.url}/__ringback/exchanges/{exchange['id']}?org={org.id}"
        yield f"  {request['method']} {request['path']} -> {response['status']} {rule}; {explained}"


class _AttentiveClient(CallsClient):
    """A client whose errors count as looked at: a test cannot overlook what is raised in it."""

    def __init__(self, org: Ringback, token: str, settings: Mapping[str, Any]) -> None:
        super().__init__(org.url, token, **settings)
        self._org = org
        self.send = self._attentive(self.send)  # type: ignore[method-assign]  # the same method, watched
        self.get_call = self._attentive(self.get_call)  # type: ignore[method-assign]  # the same
        self.list_calls = self._attentive(self.list_calls)  # type: ignore[method-assign]  # the same
        self.disconnect = self._attentive(self.disconnect)  # type: ignore[method-assign]  # the same

    def _attentive(self, method: Callable[P, T]) -> Callable[P, T]:
        @functools.wraps(method)
        def watched(*args: P.args, **kwargs: P.kwargs) -> T:
            try:
                return method(*args, **kwargs)
            except StatusError as error:
                self._org.looked_at(error.correlation_id)
                raise

        return watched

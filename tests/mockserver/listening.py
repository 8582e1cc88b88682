"""An org whose clock stands still until a test moves it, and somebody who listens to a channel of it."""

from __future__ import annotations

import json
from typing import Any

from ringback_contracts.org import changed, default_org
from ringback_mock.engine.hosts import HostCheck
from ringback_mock.engine.store import Store
from ringback_mock.http import Response
from ringback_mock.site import Site

NOW = 1_767_225_600.0
API, ADMIN = "/api/v2", "/__ringback"
CALLS, CHANNELS = "/conversations/calls", "/notifications/channels"
ALICE = "a11ce000-0000-4000-8000-000000000001"
BOB = "b0b00000-0000-4000-8000-000000000002"
CAROL = "ca201000-0000-4000-8000-000000000003"
SUPPORT = "90e0e000-0000-4000-8000-000000000010"
OWN_CALLS = f"v2.users.{ALICE}.conversations.calls"
Json = dict[str, Any]


class Ear:
    """Listens to a channel, and keeps what it hears."""

    def __init__(self) -> None:
        self.heard: list[Json] = []
        self.closed: tuple[int, str] | None = None

    def send(self, text: bytes) -> None:
        self.heard.append(json.loads(text))

    def close(self, code: int, reason: str) -> None:
        self.closed = code, reason

    def drop(self) -> None:
        self.closed = 1006, ""

    def is_open(self) -> bool:
        return self.closed is None

    def take(self) -> list[Json]:
        """What was heard since it was last asked."""
        heard, self.heard = self.heard, []
        return heard

    def bodies(self, topic: str | None = None) -> list[Json]:
        """The bodies of the events among them, those of one topic where it is given."""
        return [
            one["eventBody"]
            for one in self.take()
            if one["topicName"] != "channel.metadata" and topic in (None, one["topicName"])
        ]


class World:
    """A site with sockets, of which the test is the server."""

    def __init__(self, *, calls_size: int = 1_000, **switches: Any) -> None:
        self.now = NOW
        store = Store(changed(default_org(), switches), clock=lambda: self.now, calls_size=calls_size)
        self.site = Site(store, hosts=HostCheck(allowed=("mock.test",)))
        self.alarms = 0
        self.site.open_to_sockets(self._alarm)
        self.admin("POST", "/clock", {"freeze": True})

    def _alarm(self) -> None:
        self.alarms += 1

    def send(
        self, method: str, path: str, body: Any = None, token: str = "alice", **headers: str
    ) -> tuple[Response, Any]:
        sent = b"" if body is None else json.dumps(body).encode()
        path, _, query = path.partition("?")
        told = {"host": "mock.test", "authorization": f"Bearer {token}", "content-type": "application/json"}
        request = self.site.request(method, path, told | headers, sent, query=query)
        reply = self.site.answer(request).whole()
        return reply, json.loads(reply.body) if reply.body else None

    def ask(self, method: str, path: str, body: Any = None, token: str = "alice", status: int = 200) -> Any:
        """The body of an answer of the API, which has this status."""
        reply, value = self.send(method, API + path, body, token)
        assert reply.status == status, reply.body
        return value

    def admin(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        reply, value = self.send(method, ADMIN + path, body)
        assert reply.status == status, reply.body
        return value

    def advance(self, seconds: float) -> None:
        self.admin("POST", "/clock", {"advance": seconds})

    def channel(self, *topics: str, token: str = "alice") -> str:
        """The id of a new channel, subscribed to these."""
        channel_id: str = self.ask("POST", CHANNELS, token=token)["id"]
        if topics:
            self.subscribe(channel_id, *topics, token=token)
        return channel_id

    def subscribe(self, channel_id: str, *topics: str, token: str = "alice", status: int = 200) -> Any:
        body = [{"id": topic} for topic in topics]
        return self.ask("POST", f"{CHANNELS}/{channel_id}/subscriptions", body, token, status)

    def listen(self, *topics: str, token: str = "alice") -> Ear:
        """Somebody who listens to a new channel, subscribed to these."""
        return self.join(self.channel(*topics, token=token))[0]

    def join(self, channel_id: str) -> tuple[Ear, Any]:
        ear = Ear()
        session = self.site.sockets.join(channel_id, ear)
        assert session is not None
        return ear, session

    def place(self, number: str = "+442079460100", token: str = "alice", **body: Any) -> str:
        sent = body or {"phoneNumber": number}
        call_id: str = self.ask("POST", CALLS, sent, token, status=202)["id"]
        return call_id

    def hang_up(self, call_id: str, token: str = "alice") -> None:
        self.ask("PATCH", f"{CALLS}/{call_id}", {"state": "disconnected"}, token)


def states(body: Json) -> list[str]:
    """The states of the legs in an event."""
    return [one["state"] for one in body["participants"]]

"""A call that goes on at a mock in this process, as its users see it: asked for, and told what to do."""

from __future__ import annotations

from typing import Any

import orjson

from ringback_contracts.org import Org
from ringback_mock.engine.store import Store
from ringback_mock.http import Response
from ringback_mock.site import Site

CALLS = "/api/v2/conversations/calls"
CONVERSATIONS = "/api/v2/conversations"
ANSWERS = "+442079460100"
RINGS_LONG = "+442079460112"
JSON_TYPE = "application/json"
Json = dict[str, Any]


class Live:
    """A mock whose clock stands still unless it is told otherwise, and the call that was placed last."""

    def __init__(self, org: Org | None = None) -> None:
        self.now = 1_700_000_000.0
        self.store = Store(org, clock=lambda: self.now)
        self.site = Site(self.store)
        self.call = ""

    def ask(self, method: str, path: str, body: Any = None, token: str = "alice") -> Response:
        """The answer; ``{call}`` stands for the call, ``{1}`` for its first participant, and so on."""
        if "{1" in path or "{2" in path or "{3" in path or "{4" in path:
            for number, one in enumerate(self.parties(), 1):
                path = path.replace(f"{{{number}}}", one["id"])
        path = path.replace("{call}", self.call)
        path, _, query = path.partition("?")
        headers = {
            "authorization": f"Bearer {token}",
            "host": "127.0.0.1",
            "content-type": "application/json",
        }
        sent = b"" if body is None else orjson.dumps(body)
        return self.site.answer(self.site.request(method, path, headers, sent, query=query)).whole()

    def does(self, method: str, path: str, body: Any = None, token: str = "alice") -> Any:
        """The value of an answer that is a success."""
        reply = self.ask(method, path, body, token)
        assert reply.status < 300, reply.body
        return orjson.loads(reply.body) if reply.body else None

    def refusal(self, method: str, path: str, body: Any = None, token: str = "alice") -> str:
        """The rule by which the request is refused."""
        reply = self.ask(method, path, body, token)
        assert reply.status >= 400, reply.body
        return dict(reply.headers)["Ringback-Rule"]

    def place(self, after: float = 5, token: str = "alice", **body: Any) -> Live:
        """Place a call, to somebody who answers unless the body says otherwise, and let seconds pass."""
        self.call = self.does("POST", CALLS, body or {"phoneNumber": ANSWERS}, token)["id"]
        return self.wait(after)

    def wait(self, seconds: float) -> Live:
        self.now += seconds
        return self

    def read(self) -> Json:
        """The call, flat, as alice reads it."""
        shown: Json = self.does("GET", f"{CALLS}/{self.call}")
        return shown

    def parties(self) -> list[Json]:
        return list(self.read()["participants"])

    def seen(self, *fields: str) -> list[tuple[Any, ...]]:
        """Those fields of every participant."""
        return [tuple(one.get(field) for field in fields) for one in self.parties()]

    def patch(self, number: int, **body: Any) -> Live:
        """Tell a participant what to do."""
        assert self.ask("PATCH", f"{CALLS}/{{call}}/participants/{{{number}}}", body).status == 202
        return self

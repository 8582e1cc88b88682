"""A network that does what it is told: each request meets the next step of a script."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from hypothesis import strategies as st
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.connection import HTTPConnection
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError

from ringback_client import RetryPolicy

MOCK = "http://127.0.0.1:8010"
CALL_ID = "5eed0000-0000-4000-8000-00000000ca11"


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply as it comes from the wire."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self, request: requests.PreparedRequest) -> requests.Response:
        response = requests.Response()
        response.status_code = self.status
        response.headers = CaseInsensitiveDict(self.headers)
        response.request = request
        response.url = request.url or ""
        content = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        response.raw = io.BytesIO(content)
        return response


Step = Answer | Exception
PLACED = Answer(202, {"id": CALL_ID, "selfUri": f"/api/v2/conversations/calls/{CALL_ID}"})


def token_answer(name: str = "fetched", **more: Any) -> Answer:
    return Answer(200, {"access_token": name, "token_type": "bearer", "expires_in": 86400, **more})


def envelope(status: int, code: str, message: str = "why", **headers: str) -> Answer:
    body = {"status": status, "code": code, "message": message, "contextId": "correlated", "details": []}
    return Answer(status, body, {name.replace("_", "-"): value for name, value in headers.items()})


def refused() -> Exception:
    """What requests raises when nobody listens."""
    reason = NewConnectionError(HTTPConnection("127.0.0.1", 1), "refused")
    return requests.ConnectionError(MaxRetryError(pool=None, url="/", reason=reason))  # type: ignore[arg-type]  # urllib3 keeps the pool for its own text


def reset() -> Exception:
    """What requests raises when the connection breaks before the reply."""
    return requests.ConnectionError(ProtocolError("Connection aborted.", ConnectionResetError(104, "reset")))


class ScriptedAdapter(BaseAdapter):
    """Answers API requests and logins from two scripts, and with a default when a script is at its end."""

    def __init__(self, api: Iterable[Step] = (), logins: Iterable[Step] = ()) -> None:
        super().__init__()
        self._api = list(api)
        self._logins = list(logins)
        self.requests: list[requests.PreparedRequest] = []
        self.settings: list[Mapping[str, Any]] = []

    def send(self, request: requests.PreparedRequest, *args: Any, **settings: Any) -> requests.Response:
        self.requests.append(request)
        self.settings.append(settings)
        login = urlsplit(request.url or "").path == "/oauth/token"
        script, default = (self._logins, token_answer()) if login else (self._api, PLACED)
        step = script.pop(0) if script else default
        if isinstance(step, Exception):
            raise step
        return step.response(request)

    def close(self) -> None:
        pass

    def sent(self, method: str, path: str = "/api/") -> list[requests.PreparedRequest]:
        """The requests of a method whose path begins so."""
        return [
            request
            for request in self.requests
            if request.method == method and urlsplit(request.url or "").path.startswith(path)
        ]


@dataclass
class Clock:
    """Time that passes when somebody sleeps."""

    time: float = 1_800_000_000.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds

    def policy(self, **settings: Any) -> RetryPolicy:
        return RetryPolicy(sleep=self.sleep, now=self.now, **settings)


Make = Callable[[], Step]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
"""Any JSON value, kept small."""

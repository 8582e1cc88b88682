"""One request to the API with a valid token: retried where that is safe, replayed once after a 401."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from requests.auth import AuthBase

from ringback_client.retry import RetryPolicy
from ringback_client.tokens import TokenSource
from ringback_client.transport import Outgoing, Reply
from ringback_client.urls import url_of
from ringback_contracts.core.model import Request

if TYPE_CHECKING:
    import requests

Send = Callable[[Outgoing], Reply]


def _user_agent() -> str:
    try:
        return f"ringback/{version('ringback')}"
    except PackageNotFoundError:  # a source tree on the path, not installed
        return "ringback"


USER_AGENT = _user_agent()


class Bearer(AuthBase):
    """Puts the token on a request; kept out of sight, and out of what ``requests`` would find itself."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


@dataclass(frozen=True, slots=True)
class Courier:
    """Delivers requests to ``api``, the address in front of every path."""

    api: str
    tokens: TokenSource
    retry: RetryPolicy

    def deliver(self, request: Request, send: Send, *, repeatable: bool) -> Reply:
        """The target's answer, whatever it is.

        A 401 leads to one renewal of the token and one replay. Raises what ``send`` raises, and
        ``LoginFailed`` or ``TransportError`` where no token is to be had.
        """
        token = self.tokens.current()
        reply = self._sent(request, token, send, repeatable=repeatable)
        if reply.status != 401:
            return reply
        renewed = self.tokens.renew(token)
        return reply if renewed is None else self._sent(request, renewed, send, repeatable=repeatable)

    def _sent(self, request: Request, token: str, send: Send, *, repeatable: bool) -> Reply:
        outgoing = Outgoing(
            request.method,
            url_of(self.api, request.path, request.query),
            {**request.headers, "user-agent": USER_AGENT},
            request.body or None,
            Bearer(token),
        )
        return self.retry.run(lambda: send(outgoing), repeatable=repeatable)

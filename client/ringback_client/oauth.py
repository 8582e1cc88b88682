"""One request to the token endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from requests.auth import HTTPBasicAuth

from ringback_client.credentials import AccessToken, ClientCredentials, Grant
from ringback_client.errors import (
    ConfigurationError,
    LoginFailed,
    Particulars,
    RateLimited,
    ServerError,
    UnexpectedReply,
)
from ringback_client.retry import RetryPolicy, retry_after
from ringback_client.tokens import Token, expires_in
from ringback_client.transport import Outgoing, Reply, Transport
from ringback_contracts.resources.tokens.paths import FORM_TYPE, TOKEN_PATH


class TokenEndpoint:
    """``POST /oauth/token`` of a target, in the form of the official SDKs."""

    def __init__(self, login: str, transport: Transport, retry: RetryPolicy) -> None:
        self._url = f"{login}{TOKEN_PATH}"
        self._transport = transport
        self._retry = retry

    def log_in(self, grant: Grant) -> Token:
        """Get a token.

        Raises ``LoginFailed`` when the credentials are refused, ``RateLimited``, ``ServerError``,
        ``TransportError``, and ``UnexpectedReply`` for an answer that holds no token.
        """
        outgoing = _outgoing(self._url, grant)
        # A code is good for one use, and so may a refresh token be: asking twice would burn it.
        repeatable = isinstance(grant, ClientCredentials)
        reply = self._retry.run(lambda: self._transport.send(outgoing), repeatable=repeatable)
        if reply.status != 200:
            raise self._refused(reply)
        return _token(reply, grant, self._retry.now())

    def _refused(self, reply: Reply) -> LoginFailed | RateLimited | ServerError | UnexpectedReply:
        text = f"{self._url} answered {reply.status} {reply.reason}{_explained(reply.document)}"
        about = Particulars(
            status=reply.status,
            code=_text(reply.document.get("error")),
            correlation_id=reply.correlation_id,
            retry_after=retry_after(reply, self._retry.now()),
        )
        if reply.status == 429:
            return RateLimited(text, about)
        if reply.status >= 500:
            return ServerError(text, about)
        if reply.status >= 400:
            return LoginFailed(f"{text}. Check the client's id and secret, its grant, and the region", about)
        return UnexpectedReply(text, about)


def _outgoing(url: str, grant: Grant) -> Outgoing:
    form = {"grant_type": grant.grant, **grant.form}
    if grant.client_secret is None:
        form["client_id"] = grant.client_id
        auth = None
    else:
        auth = HTTPBasicAuth(grant.client_id.encode(), grant.client_secret.encode())
    headers = {"Content-Type": FORM_TYPE, "Accept": "application/json"}
    return Outgoing("POST", url, headers, urlencode(form).encode(), auth)


def _token(reply: Reply, grant: Grant, now: float) -> Token:
    document = reply.document
    access_token = document.get("access_token")
    try:
        AccessToken(access_token if isinstance(access_token, str) else "")
    except ConfigurationError:
        raise UnexpectedReply("the token endpoint answered 200 without a usable access_token") from None
    # RFC 6749, section 6: where no new refresh token comes, the old one stays.
    kept = grant.form.get("refresh_token")
    refresh = _text(document.get("refresh_token")) or kept
    return Token.issued(str(access_token), now, expires_in(document), refresh)


def _explained(document: Mapping[str, Any]) -> str:
    named = (document.get("error"), document.get("description") or document.get("error_description"))
    parts = [part for part in named if isinstance(part, str)]
    return f": {': '.join(parts)}" if parts else ""


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None

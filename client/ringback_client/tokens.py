"""Bearer tokens: what one is, and where the current one comes from."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from ringback_client.credentials import AccessToken, Credentials, Grant, RefreshToken
from ringback_client.errors import RateLimited, ServerError, TransportError

EARLY = 60.0
"""Seconds before its end at which a token is renewed; a fifth of its life, where that is shorter."""

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Token:
    """An access token. Times are seconds since the epoch; ``None`` where the server set no end."""

    access_token: str = field(repr=False)
    refresh_at: float | None = None
    expires_at: float | None = None
    refresh_token: str | None = field(default=None, repr=False)

    @classmethod
    def issued(
        cls, access_token: str, now: float, lifetime: float | None, refresh_token: str | None = None
    ) -> Token:
        """A token that was got now and lives for ``lifetime`` seconds."""
        if lifetime is None:
            return cls(access_token, refresh_token=refresh_token)
        return cls(access_token, now + lifetime - min(EARLY, lifetime / 5), now + lifetime, refresh_token)

    def fresh(self, now: float) -> bool:
        """Whether it need not be renewed yet."""
        return self.refresh_at is None or now < self.refresh_at

    def valid(self, now: float) -> bool:
        return self.expires_at is None or now < self.expires_at

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | bytes) -> Token | None:
        """Read what ``to_json`` wrote; ``None`` for anything else, which then counts as no token."""
        try:
            data = json.loads(text)
            token = cls(**data)
        except (ValueError, TypeError, RecursionError):
            return None
        return token if token._sound() else None

    def _sound(self) -> bool:
        times: tuple[Any, ...] = (self.refresh_at, self.expires_at)
        texts: tuple[Any, ...] = (self.access_token, self.refresh_token or "")
        return all(isinstance(text, str) for text in texts) and all(
            moment is None or isinstance(moment, int | float) for moment in times
        )


class TokenCache(Protocol):
    """Keeps tokens by key, and lets one asker at a time renew."""

    def get(self, key: str) -> Token | None: ...

    def put(self, key: str, token: Token, now: float) -> None: ...

    def lock(self, key: str, *, wait: bool) -> AbstractContextManager[bool]:
        """Hold the right to renew; gives whether it was got. Without ``wait`` it is got at once or not."""
        ...


class TokenSource(Protocol):
    """Where the current bearer token comes from."""

    def current(self) -> str: ...

    def renew(self, rejected: str) -> str | None:
        """Another token than the one the target refused, or ``None`` where there is none to be had."""
        ...


@dataclass(frozen=True, slots=True)
class FixedToken:
    """A ready token: it is what it is."""

    token: AccessToken

    def current(self) -> str:
        return self.token.value

    def renew(self, rejected: str) -> str | None:
        _ = rejected
        return None


@dataclass(frozen=True, slots=True)
class RenewedToken:
    """A token that is got by logging in, kept in a cache, and renewed before it ends.

    However many threads or processes share the cache, one of them logs in; while the old token is valid
    the others go on with it. ``log_in`` is one request to the token endpoint.
    """

    grant: Grant
    login: str
    cache: TokenCache
    log_in: Callable[[Grant], Token]
    now: Clock = time.time

    @property
    def key(self) -> str:
        """Where the token is kept: one place for each login, client and user, and no secret in it."""
        parts = [self.login, self.grant.client_id, self.grant.grant, self.grant.subject]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def current(self) -> str:
        """The access token to use; raises ``LoginFailed`` or ``TransportError`` where none is to be had."""
        now = self.now()
        token = self.cache.get(self.key)
        if token and token.fresh(now):
            return token.access_token
        usable = token is not None and token.valid(now)
        with self.cache.lock(self.key, wait=not usable) as mine:
            now = self.now()
            token = self.cache.get(self.key)
            if token and (token.fresh(now) or (token.valid(now) and not mine)):
                return token.access_token
            return self._renewed(token, now)

    def _renewed(self, token: Token | None, now: float) -> str:
        try:
            return self._issue(token)
        except (TransportError, RateLimited, ServerError):
            if token and token.valid(now):
                return token.access_token  # it serves a little longer, and the next request tries again
            raise

    def renew(self, rejected: str) -> str | None:
        with self.cache.lock(self.key, wait=True):
            token = self.cache.get(self.key)
            if token and token.access_token != rejected and token.valid(self.now()):
                return token.access_token
            return self._issue(token)

    def _issue(self, old: Token | None) -> str:
        token = self.log_in(_next_grant(self.grant, old))
        self.cache.put(self.key, token, self.now())
        return token.access_token


def _next_grant(grant: Grant, old: Token | None) -> Grant:
    if old is None or old.refresh_token is None:
        return grant
    return RefreshToken(grant.client_id, old.refresh_token, grant.client_secret)


def source(
    credentials: Credentials, login: str, cache: TokenCache, log_in: Callable[[Grant], Token], now: Clock
) -> TokenSource:
    """The token source for the credentials."""
    if isinstance(credentials, AccessToken):
        return FixedToken(credentials)
    return RenewedToken(credentials, login, cache, log_in, now)


def expires_in(document: Mapping[str, Any]) -> float | None:
    """A token response's lifetime in seconds, where it gives one."""
    value = document.get("expires_in")
    return float(value) if isinstance(value, int | float) and value >= 0 else None

"""Bearer tokens: what each stands for, how long, and how much of its rate limit is used."""

from __future__ import annotations

import math
import secrets
from dataclasses import dataclass, field

from ringback_contracts.core.model import Caller, Quota, TokenState
from ringback_contracts.org import Client, User

WINDOW_SECONDS = 60.0
"""A rate limit counts the requests of one minute, which begins with the token's first."""

CODE_SECONDS = 60.0
"""Life of an authorization code."""

EXPIRED = Caller(TokenState.EXPIRED)
UNKNOWN = Caller(TokenState.UNKNOWN)


@dataclass(slots=True)
class Session:
    """What one access token stands for.

    ``limit`` is the org's requests a minute; ``expires_at`` is in seconds since 1970; ``refresh_token`` is
    the one that was issued with it.
    """

    caller: Caller = field(repr=False)
    limit: int | None
    expires_at: float = math.inf
    refresh_token: str | None = field(default=None, repr=False)
    window: float = field(default=-math.inf, init=False, repr=False)
    count: int = field(default=0, init=False, repr=False)

    def use(self, now: float) -> Caller:
        """The caller of one more request; it counts against the limit unless the token has expired."""
        if now >= self.expires_at:
            return EXPIRED
        return self.caller if self.limit is None else self._counted(now, self.limit)

    def preview(self, now: float) -> Caller:
        """The same, which counts nothing yet."""
        window, count = self.window, self.count
        caller = self.use(now)
        self.window, self.count = window, count
        return caller

    def _counted(self, now: float, limit: int) -> Caller:
        if not 0 <= now - self.window < WINDOW_SECONDS:
            self.window, self.count = now, 0
        self.count += 1
        reset = max(1, math.ceil(self.window + WINDOW_SECONDS - now))
        caller = self.caller
        return Caller(
            caller.token,
            caller.user,
            caller.client,
            caller.scopes,
            Quota(limit, self.count, reset),
            caller.calls,
            caller.channels,
            caller.app,
        )


@dataclass(frozen=True, slots=True)
class Code:
    """What an authorization code was issued for; ``challenge`` is that of PKCE (RFC 7636, S256)."""

    client_id: str
    user_id: str
    redirect_uri: str
    challenge: str | None
    expires_at: float

    @classmethod
    def fresh(cls, client: Client, user: User, redirect_uri: str, challenge: str | None, now: float) -> Code:
        """One that is good from now on, for ``CODE_SECONDS``."""
        return cls(client.id, user.id, redirect_uri, challenge, now + CODE_SECONDS)


def new_code() -> str:
    """An authorization code that nobody can guess."""
    return secrets.token_urlsafe(24)


@dataclass(frozen=True, slots=True)
class Login:
    """What a refresh token stands for; ``public`` where the client logged in without its secret."""

    client_id: str
    user_id: str
    public: bool


@dataclass(frozen=True, slots=True)
class Issued:
    """A fresh token, with the seconds that it lives."""

    access_token: str = field(repr=False)
    expires_in: int
    refresh_token: str | None = field(default=None, repr=False)

    @classmethod
    def to(cls, client: Client, refresh_token: str | None = None) -> Issued:
        """One that nobody can guess, for the client."""
        return cls(secrets.token_urlsafe(32), client.token_seconds, refresh_token)

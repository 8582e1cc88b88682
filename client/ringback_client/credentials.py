"""Who asks: the ways of OAuth 2.0 that the platform knows, as plain values.

The forms are few and flat, and every login has to keep to the same rules as a call (explicit timeouts, no
redirects, no secrets in texts), so they are written here: an OAuth library would bring a session of its own.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar
from urllib.parse import urlencode

from ringback_client.errors import ConfigurationError
from ringback_client.target import Target


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """A service that acts for itself. The platform lets it place calls on behalf of a user only.

    Raises ``ConfigurationError`` where the id or the secret is missing.
    """

    grant: ClassVar[str] = "client_credentials"
    client_id: str
    client_secret: str = field(repr=False)

    def __post_init__(self) -> None:
        for name, value in (("client_id", self.client_id), ("client_secret", self.client_secret)):
            if not value:
                raise ConfigurationError(f"'{name}' is empty or None (from a variable that is not set?)")

    @property
    def form(self) -> Mapping[str, str]:
        return {}

    @property
    def subject(self) -> str:
        """Tells this login's token from others of the same client, without a secret."""
        return ""


@dataclass(frozen=True, slots=True)
class AuthorizationCode:
    """A user who logged in through a browser, with the code of the redirect.

    ``verifier`` is the PKCE secret the login began with (RFC 7636); a client with a secret may do without.
    """

    grant: ClassVar[str] = "authorization_code"
    client_id: str
    code: str = field(repr=False)
    redirect_uri: str
    verifier: str | None = field(default=None, repr=False)
    client_secret: str | None = field(default=None, repr=False)

    @property
    def form(self) -> Mapping[str, str]:
        form = {"code": self.code, "redirect_uri": self.redirect_uri}
        return {**form, "code_verifier": self.verifier} if self.verifier else form

    @property
    def subject(self) -> str:
        return fingerprint(self.code)


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A user who logged in earlier."""

    grant: ClassVar[str] = "refresh_token"
    client_id: str
    refresh_token: str = field(repr=False)
    client_secret: str | None = field(default=None, repr=False)

    @property
    def form(self) -> Mapping[str, str]:
        return {"refresh_token": self.refresh_token}

    @property
    def subject(self) -> str:
        return fingerprint(self.refresh_token)


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token got elsewhere, which cannot be renewed here. Raises ``ConfigurationError`` for what is none."""

    value: str = field(repr=False)

    def __post_init__(self) -> None:
        # RFC 6750, 2.1. Anything else would end in an HTTP library's error that shows the token.
        if not re.fullmatch(r"[A-Za-z0-9._~+/-]+=*", self.value):
            raise ConfigurationError(
                "the access token is empty or has characters that none has (RFC 6750, 2.1)"
            )


Grant = ClientCredentials | AuthorizationCode | RefreshToken
Credentials = Grant | AccessToken


def fingerprint(secret: str) -> str:
    """A name for a secret that does not give it away."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Pkce:
    """The secret that ties a code to the program that asked for it (RFC 7636)."""

    verifier: str = field(repr=False, default_factory=lambda: secrets.token_urlsafe(48))

    @property
    def challenge(self) -> str:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def authorize_url(
    target: Target | str,
    client_id: str,
    redirect_uri: str,
    *,
    pkce: Pkce | None = None,
    state: str | None = None,
) -> str:
    """The page where a user logs in; it leads back to ``redirect_uri`` with ``code`` and ``state``.

    Compare the ``state`` that comes back with the one given.
    """
    target = Target.parse(target) if isinstance(target, str) else target
    query = {"response_type": "code", "client_id": client_id, "redirect_uri": redirect_uri}
    if pkce:
        query |= {"code_challenge": pkce.challenge, "code_challenge_method": "S256"}
    if state is not None:
        query["state"] = state
    return f"{target.login}/oauth/authorize?{urlencode(query)}"

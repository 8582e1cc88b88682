"""What an ``Authorization`` header carries (RFC 9110, section 11.6.2; RFC 6750, section 2.1)."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b

from ringback_contracts.core.model import Request


def credentials(authorization: str | None, scheme: str) -> str | None:
    """What stands behind the scheme, written in any case; ``None`` for nothing, or another scheme."""
    behind = len(scheme) + 1
    if authorization is None or authorization[:behind].lower() != f"{scheme} ":
        return None
    return authorization[behind:].strip() or None


def bearer(authorization: str | None) -> str | None:
    """The token of the header; ``None`` where there is none."""
    return credentials(authorization, "bearer")


def token_of(request: Request) -> str | None:
    """The bearer token of a request; ``None`` where there is none."""
    return bearer(request.headers.get("authorization"))


def with_token(request: Request, token: str) -> Request:
    """The request with another bearer token; how its scheme is written stays."""
    authorization = request.headers.get("authorization", "")
    before = authorization[: len(authorization.rstrip()) - len(bearer(authorization) or "")]
    return replace(request, headers={**request.headers, "authorization": before + token})


def token_mark(token: str) -> str:
    """What tells one token from another, and nobody what it is."""
    return blake2b(token.encode(), digest_size=4).hexdigest()

"""The URL of a request: always at the target, whatever its path says."""

from __future__ import annotations

from urllib.parse import quote

from ringback_client.errors import ConfigurationError
from ringback_contracts.privacy import redact_text


def url_of(base: str, path: str, query: str = "") -> str:
    """The URL at ``base``, the address in front of every path, of a percent-decoded path and a query.

    A token goes where the URL leads. So this raises ``ConfigurationError`` for a path that would lead
    elsewhere: behind ``https://api.mypurecloud.ie`` the path ``.evil.org/`` would end the name of a host.
    """
    if why := astray(path):
        raise ConfigurationError(f"the path {redact_text(repr(path))} {why}")
    return base + quote(path) + (f"?{query}" if query else "")


def astray(path: str) -> str | None:
    """Why a percent-decoded path would lead elsewhere than it says; ``None`` for one that does not."""
    if not path.startswith("/"):
        return "does not begin with /, so that it would become a part of the host's name"
    if path.startswith("//"):
        return "begins with //, which is how a host is named"
    if any(part in (".", "..") for part in path.split("/")):
        return "has . or .. between slashes, which is resolved before anything is sent"
    try:
        path.encode()
    except UnicodeEncodeError:
        return "holds half a character, which no URL can"
    return None

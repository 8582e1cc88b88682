"""The Host check, which keeps a web page from reaching the mock through a name of its own (DNS rebinding)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Mapping
from functools import lru_cache

HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^:\[\]\s]+))(?::[0-9]*)?")
NAME = re.compile(r"[A-Za-z0-9._-]+")
WILDCARDS = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - recognised, not bound


class HostCheck:
    """Which ``Host`` headers are answered: loopback, the bound host, and the names in ``allowed``.

    A server bound to every address answers to any of them: only a name can be made to point elsewhere.
    Raises ``ValueError`` for what no ``Host`` names, which would allow nothing.
    """

    def __init__(self, bound: str = "127.0.0.1", allowed: Collection[str] = ()) -> None:
        for name in allowed:
            if not NAME.fullmatch(name) and _address(_plain(name)) is None:
                raise ValueError(
                    f"{name!r} is no host name; write the name alone, such as mock.example, "
                    "without scheme, port and path"
                )
        self._names = frozenset(map(_plain, (bound, *allowed)))
        self._any_address = bound in WILDCARDS
        self.allows = lru_cache(maxsize=64)(self._allows)

    def _allows(self, host: str | None) -> bool:
        """Whether to answer; no header at all is HTTP/1.0, which no browser speaks."""
        if host is None:
            return True
        found = HOST.fullmatch(host)
        if found is None or not is_authority(host):
            return False
        name = _plain(found[1] or found[2])
        return name in self._names or is_loopback(name) or (self._any_address and _address(name) is not None)


def is_authority(text: str) -> bool:
    """Whether the text names a host, perhaps with its port."""
    found = HOST.fullmatch(text)
    return found is not None and (found[2] is None or NAME.fullmatch(found[2]) is not None)


def asked_origin(headers: Mapping[str, str], scheme: str) -> str:
    """Scheme and host of the URL that was asked for, where the connection has that scheme.

    A proxy that asks by another name, or without TLS, tells them; of several proxies it is the first. No page
    can make a browser say so of a request to another origin, unless it is allowed to.
    """
    is_secure = _told_first(headers, "x-forwarded-proto").lower() == "https"
    host = _told_first(headers, "x-forwarded-host")
    if not is_authority(host):
        host = headers.get("host", "127.0.0.1")
    return f"{'https' if is_secure else scheme}://{host}"


def _told_first(headers: Mapping[str, str], name: str) -> str:
    return headers.get(name, "").partition(",")[0].strip()


def is_loopback(name: str) -> bool:
    """Whether the name or address leads to this machine only (RFC 6761 section 6.3 for the names)."""
    address = _address(name)
    if address is not None:
        return address.is_loopback
    return name == "localhost" or name.endswith(".localhost")


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _plain(name: str) -> str:
    return name.lower().removesuffix(".").strip("[]")

"""Where calls go: a mock's URL, or a region of the platform."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from ringback_client.errors import ConfigurationError, UnknownRegion
from ringback_contracts.core.nearest import nearest

DEFAULT_MOCK = "http://127.0.0.1:8010"
"""Where ``ringback serve`` listens unless told otherwise."""

REGIONS = {
    "us_east_1": "mypurecloud.com",
    "eu_west_1": "mypurecloud.ie",
    "ap_southeast_2": "mypurecloud.com.au",
    "ap_northeast_1": "mypurecloud.jp",
    "eu_central_1": "mypurecloud.de",
    "us_west_2": "usw2.pure.cloud",
    "ca_central_1": "cac1.pure.cloud",
    "ap_northeast_2": "apne2.pure.cloud",
    "eu_west_2": "euw2.pure.cloud",
    "ap_south_1": "aps1.pure.cloud",
    "us_east_2": "use2.us-gov-pure.cloud",
    "sa_east_1": "sae1.pure.cloud",
    "me_central_1": "mec1.pure.cloud",
    "ap_northeast_3": "apne3.pure.cloud",
    "eu_central_2": "euc2.pure.cloud",
    "mx_central_1": "mxc1.pure.cloud",
    "ap_southeast_1": "apse1.pure.cloud",
    "eusc_de_east_1": "edee1.eusc-pure.cloud",
}
"""The regions of the official SDK 269.0.0, by id, with the domain of each."""

_BY_DOMAIN = {domain: region for region, domain in REGIONS.items()}
_SUBDOMAINS = ("api.", "login.", "apps.")
_HOST_AND_PORT = re.compile(
    r"localhost(?::[0-9]+)?(?:/.*)?|(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?:[:/].*)?|\[[0-9a-f:.]+\].*|[\w.-]+:[0-9]+(?:/.*)?",
    re.IGNORECASE,
)
"""What is written like ``127.0.0.1:8010``, ``localhost`` or ``mock:8010``."""
_RESERVED = (".localhost", ".test", ".example", ".invalid")
"""Top-level names that never lead to anybody (RFC 6761)."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where requests and logins go.

    ``real`` says that calls may ring somebody: emergency numbers are refused there, and rules that nobody
    has seen at work only warn. A ``region`` is real, and needs ``allow_calls`` as well.
    """

    api: str
    login: str
    region: str | None = None
    real: bool = False

    @classmethod
    def parse(cls, text: str) -> Target:
        """Read a mock's URL, a region's id (``us_east_1``, ``us-east-1``) or its domain (``mypurecloud.ie``).

        A URL whose host is neither loopback nor reserved for tests counts as real. Raises ``UnknownRegion``,
        naming the nearest where one is near, and ``ConfigurationError`` for a URL that is none.
        """
        text = text.strip()
        if "://" not in text:
            return cls.of_region(text)
        parts = _split(text)
        host = parts.hostname or ""
        if region := _region_of(host):
            return cls.of_region(region)
        base = text.rstrip("/")
        return cls(api=base, login=base, real=not _harmless(host))

    @classmethod
    def of_region(cls, name: str) -> Target:
        """The target of a region, by id or domain; raises ``UnknownRegion``."""
        region = _region_of(name)
        if region is None:
            raise UnknownRegion(_near_miss(name))
        domain = REGIONS[region]
        return cls(f"https://api.{domain}", f"https://login.{domain}", region=region, real=True)

    def __str__(self) -> str:
        return self.region or self.api


def _region_of(name: str) -> str | None:
    name = name.strip().lower().rstrip(".")
    for subdomain in _SUBDOMAINS:
        name = name.removeprefix(subdomain)
    as_id = name.replace("-", "_")
    return as_id if as_id in REGIONS else _BY_DOMAIN.get(name)


def _near_miss(name: str) -> str:
    if _HOST_AND_PORT.fullmatch(name):
        # Not repeated: the digits of an IP address may be taken for somebody's number, and hidden.
        return "the target looks like a host, and is no region; did you forget http:// or https:// in front?"
    known = {text.replace("-", "_"): text for text in (*REGIONS, *_BY_DOMAIN)}
    near = nearest(name.replace("-", "_"), known)
    instead = f"the nearest is {known[near]!r}" if near else f"there are {', '.join(REGIONS)}"
    return (
        f"{name!r} is no region of the platform; {instead}. For a mock give its URL, such as {DEFAULT_MOCK}"
    )


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise ConfigurationError("the target is no URL: its host or its port cannot be read") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationError("the target's URL begins with neither http:// nor https:// and a host")
    if parts.username is not None or parts.query or parts.fragment:
        raise ConfigurationError("the target's URL may carry no user, password, query or fragment")
    return parts


def _harmless(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return f".{host}".endswith(_RESERVED)

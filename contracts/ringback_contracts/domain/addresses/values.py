"""What an address turns out to be."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

Parameter = tuple[str, str | None]
"""Name and unescaped value of a URI parameter; ``None`` where it has no value."""


@dataclass(frozen=True, slots=True)
class TelAddress:
    """A number of RFC 3966: ``number`` without separators, with its plus where it is a global one."""

    number: str
    is_global: bool
    parameters: tuple[Parameter, ...]
    text: str


@dataclass(frozen=True, slots=True)
class UserAddress:
    """A user of the org, by id in small letters."""

    id: str


@dataclass(frozen=True, slots=True)
class CampaignAddress:
    """An outbound campaign, by id in small letters."""

    id: str


class HostKind(StrEnum):
    """What names the host of a SIP URI. ``LABEL`` is a name without a dot, such as ``localhost``."""

    DOMAIN = "domain"
    LABEL = "label"
    IPV4 = "ipv4"
    IPV6 = "ipv6"


@dataclass(frozen=True, slots=True)
class SipAddress:
    """A SIP or SIPS URI of RFC 3261 with a user part.

    ``user``, ``password``, parameters and headers are unescaped, ``host`` is in small letters and, for
    IPv6, without its brackets. ``text`` is the URI as it was written.
    """

    user: str
    host: str
    host_kind: HostKind
    secure: bool = False
    password: str | None = field(default=None, repr=False)
    port: int | None = None
    parameters: tuple[Parameter, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    text: str = field(default="", repr=False)


Address = TelAddress | UserAddress | SipAddress | CampaignAddress

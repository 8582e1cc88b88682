"""Addresses: ``tel:``, ``user:``, ``sip:`` / ``sips:`` and ``campaign:`` as typed values.

The parsers raise ``AddressError``, with a reason and a position, and nothing else, on any text.
"""

from __future__ import annotations

from collections.abc import Callable

from ringback_contracts.domain.addresses.errors import AddressError, Reason
from ringback_contracts.domain.addresses.ids import parse_campaign, parse_user
from ringback_contracts.domain.addresses.scan import refuse_surrounding_space
from ringback_contracts.domain.addresses.sip import parse_sip
from ringback_contracts.domain.addresses.tel import parse_tel, strict_e164
from ringback_contracts.domain.addresses.values import (
    Address,
    CampaignAddress,
    HostKind,
    SipAddress,
    TelAddress,
    UserAddress,
)

__all__ = [
    "Address",
    "AddressError",
    "CampaignAddress",
    "HostKind",
    "Reason",
    "SipAddress",
    "TelAddress",
    "UserAddress",
    "meant_as_sip",
    "parse",
    "parse_campaign",
    "parse_sip",
    "parse_tel",
    "parse_user",
    "strict_e164",
]

_PARSERS: dict[str, Callable[[str], Address]] = {
    "tel": parse_tel,
    "user": parse_user,
    "sip": parse_sip,
    "sips": parse_sip,
    "campaign": parse_campaign,
}


def parse(text: str) -> Address:
    """Parse an address of any scheme; raises ``AddressError`` for any other text."""
    scheme, colon, _ = text.partition(":")
    parser = _PARSERS.get(scheme.lower())
    if parser and colon:
        return parser(text)
    refuse_surrounding_space(text)
    raise AddressError(Reason.UNKNOWN_SCHEME if _is_scheme(scheme, colon) else Reason.NO_SCHEME, 0)


def _is_scheme(scheme: str, colon: str) -> bool:
    return bool(colon) and scheme.isascii() and scheme.isalpha()


def meant_as_sip(text: str) -> bool:
    """Whether the writer had a SIP address in mind: an ``@`` anywhere, or its scheme in front, trimmed."""
    return "@" in text or text.strip()[:5].lower().startswith(("sip:", "sips:"))

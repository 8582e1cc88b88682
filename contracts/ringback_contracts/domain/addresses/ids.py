"""Addresses that are an id of the org: ``user:`` and ``campaign:``."""

from __future__ import annotations

import re

from ringback_contracts.domain.addresses.errors import AddressError, Reason
from ringback_contracts.domain.addresses.scan import after_scheme
from ringback_contracts.domain.addresses.values import CampaignAddress, UserAddress
from ringback_contracts.domain.uuids import UUID_PATTERN

_SHAPE = "-".join("h" * length for length in (8, 4, 4, 4, 12))
_HEXADECIMAL = frozenset("0123456789abcdefABCDEF")
_USER_SCHEME = re.compile(r"[uU][sS][eE][rR]:")
_USER = re.compile(rf"{_USER_SCHEME.pattern}({UUID_PATTERN})")
_CAMPAIGN_SCHEME = re.compile(r"[cC][aA][mM][pP][aA][iI][gG][nN]:")
_CAMPAIGN = re.compile(rf"{_CAMPAIGN_SCHEME.pattern}({UUID_PATTERN})")


def parse_user(text: str) -> UserAddress:
    """Parse ``user:`` and a UUID; raises ``AddressError`` for any other text."""
    found = _USER.fullmatch(text)
    if not found:
        raise _fault(text, _USER_SCHEME)
    return UserAddress(found[1].lower())


def parse_campaign(text: str) -> CampaignAddress:
    """Parse ``campaign:`` and a UUID; raises ``AddressError`` for any other text."""
    found = _CAMPAIGN.fullmatch(text)
    if not found:
        raise _fault(text, _CAMPAIGN_SCHEME)
    return CampaignAddress(found[1].lower())


def _fault(text: str, scheme: re.Pattern[str]) -> AddressError:
    """Where the text stops being a UUID: at its first wrong character, at its end, or after the UUID."""
    start = after_scheme(scheme, text)
    wrong = (
        position
        for position, (character, shape) in enumerate(zip(text[start:], _SHAPE, strict=False), start)
        if (character not in _HEXADECIMAL if shape == "h" else character != shape)
    )
    return AddressError(Reason.BAD_ID, next(wrong, min(len(text), start + len(_SHAPE))))

"""What the keys mean that people write into a call request, and where each belongs in the published body."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from ringback_contracts.resources.calls.forms import PUBLISHED_KEYS
from ringback_explain.table import table


class KeyRole(StrEnum):
    """What a key is about."""

    TO = "to"
    FROM = "from"
    PARTIES = "parties"
    """Addresses without a direction."""
    AGENT = "agent"
    QUEUE = "queue"
    ROUTING = "routing"
    SKILL = "skill"
    LANGUAGE = "language"
    ATTRIBUTES = "attributes"
    CALLER_NAME = "caller-name"
    CAMPAIGN = "campaign"
    CONTACT = "contact"
    TYPE = "type"
    MEDIA = "media"
    WRAP_UP = "wrap-up"
    SESSION = "session"
    ADDRESS = "address"
    ID = "id"
    NAME = "name"
    DIRECTION = "direction"


def norm(key: str) -> str:
    """A key without regard to capitals, hyphens and underscores."""
    return re.sub(r"[^a-z0-9]", "", key.lower())


def _words(text: str) -> frozenset[str]:
    return frozenset(map(norm, text.split()))


def _roles(name: str) -> dict[str, KeyRole]:
    roles = table("meant/keys")[name]
    return {word: KeyRole(role) for role, listed in roles.items() for word in _words(listed)}


ROOT: Mapping[str, KeyRole] = _roles("at-root") | _roles("anywhere")
"""What a key means at the root of a body."""
INSIDE: Mapping[str, KeyRole] = _roles("anywhere") | _roles("inside")
"""What a key means inside an address object."""
NESTED: Mapping[str, KeyRole] = _roles("anywhere")
"""What a key means inside routing data."""

CALLERS, CALLED, WRAPPERS = (
    _words(table("meant/keys")["words"][name]) for name in ("callers", "called", "wrappers")
)
"""Words for who calls and for who is called, and keys that people put around the whole body."""
_SPELLED = {norm(key): key for key in sorted(PUBLISHED_KEYS)} | table("meant/keys")["spelled"]


def published_key(key: str) -> str | None:
    """The published field that a key spells, exactly or nearly."""
    return key if key in PUBLISHED_KEYS else _SPELLED.get(norm(key))

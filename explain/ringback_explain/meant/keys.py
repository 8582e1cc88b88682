"""What the keys mean that people write into a call request, and where each belongs in the published body."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from ringback_contracts.resources.calls.forms import PUBLISHED_KEYS
from ringback_explain.table import table

Side = Literal["to", "from", "parties"]
"""Which side a party is on; ``parties`` are addresses without a direction."""
OfParty = Literal["agent", "queue", "campaign", "contact", "address", "id", "name", "type", "direction"]
OfCall = Literal["routing", "skill", "language", "attributes", "caller-name", "media", "wrap-up", "session"]
KeyRole = Side | OfParty | OfCall
"""What a key is about."""


def norm(key: str) -> str:
    """A key without regard to capitals, hyphens and underscores."""
    return re.sub(r"[^a-z0-9]", "", key.lower())


def _words(text: str) -> frozenset[str]:
    return frozenset(map(norm, text.split()))


def _roles(name: str) -> dict[str, KeyRole]:
    roles = table("meant/keys")[name]
    return {word: role for role, listed in roles.items() for word in _words(listed)}


ROOT: Mapping[str, KeyRole] = _roles("at-root") | _roles("anywhere")
"""What a key means at the root of a body."""
INSIDE: Mapping[str, KeyRole] = _roles("anywhere") | _roles("inside")
"""What a key means inside an address object."""
NESTED: Mapping[str, KeyRole] = _roles("anywhere")
"""What a key means inside routing data."""

WORDS = {name: _words(listed) for name, listed in table("meant/keys")["words"].items()}
"""Words for who calls and for who is called, and keys that people put around the whole body."""
_PUBLISHED = {norm(key): key for key in sorted(PUBLISHED_KEYS)}
_SPELLED = _PUBLISHED | table("meant/keys")["spelled"]


def published_key(key: str) -> str | None:
    """The published field that a key spells, exactly or nearly."""
    return key if key in PUBLISHED_KEYS else _SPELLED.get(norm(key))


def published_name(key: str) -> str | None:
    """The published field that a name of an SDK's model stands for."""
    return _PUBLISHED.get(norm(key))

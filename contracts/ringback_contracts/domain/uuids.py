"""The ids of the platform: UUIDs, compared without regard to case."""

from __future__ import annotations

import re

UUID_PATTERN = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
UUID = re.compile(UUID_PATTERN)
"""To look for them in texts."""


def is_uuid(text: str) -> bool:
    """Whether the text is 8-4-4-4-12 hexadecimal digits (RFC 9562), in any case."""
    return UUID.fullmatch(text) is not None

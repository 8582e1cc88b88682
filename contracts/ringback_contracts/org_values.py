"""What the values of an org may be: each check gives its value back, or says what to write instead."""

from __future__ import annotations

import re

from ringback_contracts.decode import shown

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_VISIBLE = re.compile(r"[!-~]+")


def uuid(text: str) -> str:
    """An id of the platform, in small letters, since ids are compared without regard to case.

    Raises ``ValueError``.
    """
    if not _UUID.fullmatch(text):
        raise ValueError(
            f"{shown(text)} is no UUID; write 8-4-4-4-12 hexadecimal digits, as in "
            "a11ce000-0000-4000-8000-000000000001"
        )
    return text.lower()


def visible(text: str) -> str:
    """An id that may be any visible ASCII, as OAuth clients have; raises ``ValueError``."""
    if not _VISIBLE.fullmatch(text):
        raise ValueError(f"{shown(text)} must be visible ASCII characters, without white space")
    return text


def org_id(text: str) -> str:
    """The id of an org, in small letters like all its ids; a short name will do. Raises ``ValueError``."""
    return visible(text).lower()

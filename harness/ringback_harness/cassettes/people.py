"""Stable stand-ins for what people are called: names, and addresses of electronic mail."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from ringback_contracts.privacy.people import ADDRESS, is_role

_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")
"""A percent-encoded octet (RFC 3986 section 2.1)."""
_STAND_IN = re.compile(r"Name [0-9]+|person[0-9]+@example\.com")


@dataclass
class StablePeople:
    """Gives each name and address of a run always the same stand-in, whatever its case."""

    _known: dict[str, str] = field(default_factory=dict, repr=False)
    _telling: dict[str, str] = field(default_factory=dict, repr=False)
    """Those that mean nobody else wherever they stand."""

    def name(self, text: str) -> str:
        """The stand-in of a name; an empty one stays."""
        return self._stand_in(text, "Name {}")

    def address(self, text: str) -> str:
        """The stand-in of an address; an empty one stays."""
        return self._stand_in(text, "person{}@example.com")

    def addresses_in(self, text: str, but: Callable[[str], bool] = lambda _: False) -> str:
        """The text with a stand-in for each address, also of SIP, ``but`` those of some domains."""
        return ADDRESS.sub(
            lambda found: found[0] if but(found["domain"]) or is_role(found) else self._address(found), text
        )

    def _address(self, found: re.Match[str]) -> str:
        escape = _ESCAPE.match(found.string, found.start() - 1) if found.start() else None
        kept = escape[1] if escape else ""  # whoever reads a stand-in must not miss half an escape
        return kept + self.address(f"{found['quoted'] or found['local']}@{found['domain']}")

    def known_in(self, text: str) -> str:
        """The text without the addresses and whole names that were met before.

        A name of one word may be any word, so it stays outside the fields that hold names.
        """
        lowered = text.lower()
        for real, stand_in in self._telling.items():
            if real in lowered:
                text = re.sub(re.escape(real), stand_in, text, flags=re.IGNORECASE)
        return text

    def _stand_in(self, text: str, form: str) -> str:
        real = text.strip().lower()
        if not real or _STAND_IN.fullmatch(text):
            return text
        if real not in self._known:
            self._known[real] = form.format(len(self._known) + 1)
            if "@" in real or " " in real:
                self._telling[real] = self._known[real]
        return self._known[real]

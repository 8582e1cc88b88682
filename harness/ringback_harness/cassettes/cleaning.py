"""What of an exchange may touch the disk."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ringback_contracts.redact import HIDDEN, redact_body, redact_headers, redact_text
from ringback_harness.cassettes.numbers import StableNumbers

PERSONAL = frozenset({"email", "username"})
"""Fields that say who somebody is."""
LEAST_NUMBER = 10**6
"""A JSON number that may be a telephone number."""


@dataclass
class Cleaner:
    """Takes out secrets, and puts stand-ins in for numbers and for the ids in ``names``."""

    numbers: StableNumbers = field(default_factory=StableNumbers)
    names: dict[str, str] = field(default_factory=dict, repr=False)

    def text(self, text: str) -> str:
        """A text, such as a URL."""
        return self.numbers.fill(redact_text(self.numbers.mark(self._named(text))))

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Header fields; of credentials the scheme stays."""
        marked = {name: self.numbers.mark(self._named(value)) for name, value in headers.items()}
        return {name: self.numbers.fill(value) for name, value in redact_headers(marked).items()}

    def body(self, body: bytes, content_type: str) -> bytes:
        """A body, as it was sent where nothing had to be taken out of it."""
        plain = body.replace(b"\0", b"").decode("utf-8", "replace")
        if plain.encode() != body:
            return self._undecodable(body, plain, content_type)
        marked = self._marked(body)
        shown = redact_body(marked, content_type)
        return body if shown.encode() == body else self.numbers.fill(shown).encode()

    def _marked(self, body: bytes) -> bytes:
        try:
            value = json.loads(body, object_pairs_hook=_Pairs)
        except (ValueError, RecursionError):
            return self.numbers.mark(self._named(body.decode())).encode()
        marked = self._leaf(value)
        return body if marked == value else _written(marked).encode("utf-8", "backslashreplace")

    def _undecodable(self, body: bytes, plain: str, content_type: str) -> bytes:
        """Bytes that are no UTF-8 stay where they hide nothing, since they are the point of it."""
        clean = self.text(redact_body(plain.encode(), content_type))
        return body if clean == plain == redact_body(body, content_type) else clean.encode()

    def _leaf(self, value: Any) -> Any:
        if isinstance(value, _Pairs):
            return _Pairs((self.numbers.mark(name), self._member(name, member)) for name, member in value)
        if isinstance(value, list):
            return [self._leaf(item) for item in value]
        if isinstance(value, str):
            return self.numbers.mark(self._named(value))
        if isinstance(value, int) and abs(value) >= LEAST_NUMBER:
            return self.numbers.mark_integer(value)
        return value

    def _member(self, name: str, value: Any) -> Any:
        return HIDDEN if name in PERSONAL and isinstance(value, str) else self._leaf(value)

    def _named(self, text: str) -> str:
        for real, known in self.names.items():
            text = re.sub(re.escape(real), known, text, flags=re.IGNORECASE)
        return text


class _Pairs(list[tuple[str, Any]]):
    """A JSON object with all its members, also those of the same name."""


def _written(value: Any) -> str:
    if isinstance(value, _Pairs):
        return "{" + ", ".join(f"{_written(name)}: {_written(member)}" for name, member in value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    return json.dumps(value, ensure_ascii=False)

"""Read the body that code sets field by field on a model of an SDK."""

from __future__ import annotations

import re
from typing import Any

from ringback_contracts.forms import PUBLISHED_KEYS
from ringback_harness.readers.literal import placeholder

_VALUE = r"(?:[fFrRbBuU$@]{0,2}\"([^\"\n]*)\"|[fFrRbBuU]{0,2}'([^'\n]*)'|([^,;\n)}]+))"
_SNAKE = {re.sub(r"(?<!^)([A-Z])", r"_\1", key).lower(): key for key in PUBLISHED_KEYS}
_NAMES = {name.replace("_", ""): key for name, key in _SNAKE.items()}
_NAME = "|".join(sorted({*_SNAKE, *PUBLISHED_KEYS}, key=len, reverse=True))
_SET = re.compile(
    rf"\b(?:set_?|with_?)?(?<![\"'])({_NAME})(?:\s*=(?!=|>)\s*|\(\s*){_VALUE}",
    re.IGNORECASE,
)


def sdk_body(text: str) -> dict[str, Any]:
    """The published fields that the code sets: ``body.phone_number = "..."``, ``setPhoneNumber("...")``.

    What is no text or number in the code becomes a placeholder.
    """
    body: dict[str, Any] = {}
    for found in _SET.finditer(text):
        key = _NAMES[found[1].replace("_", "").lower()]
        body.setdefault(key, _value(found))
    return body


def _value(found: re.Match[str]) -> Any:
    quoted = found[2] if found[2] is not None else found[3]
    if quoted is not None:
        return quoted
    raw = found[4].strip()
    return int(raw) if re.fullmatch(r"\d{1,9}", raw) else placeholder(raw)

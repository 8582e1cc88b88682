"""What is sent: numbers of every country that never come again, and bodies that many rules refuse."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from ringback_contracts.catalogue import TABLE
from ringback_contracts.core.model import Example, Stage

VARIED_DIGITS = 4
KINDS = (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE)
HELD_BACK = Stage.CALLER
"""What is refused later hangs on who asks, or on the org, of which a peer knows nothing."""


@cache
def beginnings() -> tuple[str, ...]:
    """How the example numbers of every region begin; four digits are left out."""
    found = (
        phonenumbers.example_number_for_type(region, kind)
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
        for kind in KINDS
    )
    numbers = (phonenumbers.format_number(one, PhoneNumberFormat.E164) for one in found if one)
    return tuple(dict.fromkeys(number[:-VARIED_DIGITS] for number in numbers))


@cache
def refused() -> tuple[str, ...]:
    """A body that each rule on bodies refuses, of those sent to the path of every call by alice."""
    bodies = []
    for rule in TABLE:
        if Stage.JSON < rule.stage < HELD_BACK:
            bodies += [_unlike(example.body) for example in rule.rejects if _usual(example)][:1]
    return tuple(dict.fromkeys(bodies))


def _usual(example: Example) -> bool:
    """Whether it is a body alone that is refused: alice's, of the usual org, where calls are placed."""
    usual = Example(example.body, contract=example.contract)
    return isinstance(example.body, dict) and example == usual


def _unlike(body: dict[str, Any]) -> str:
    """The body with another attribute each time, where it is one of the published form."""
    published = not {"to", "from", "attributes"} & body.keys()
    return json.dumps(body | {"attributes": {"order": "{n}"}} if published else body)


def written(path: Path, lines: Iterable[str]) -> Path:
    """The file, which holds these lines."""
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return path

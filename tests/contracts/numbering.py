"""Numbers of every country and what becomes of them when digits change, with what libphonenumber says."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, ValidationResult

from ringback_contracts.domain.numbers.plans import is_assigned

DIGITS = "0123456789"
MOST_EDITS = 3
KINDS = range(11)


@cache
def examples() -> tuple[str, ...]:
    """The example of every region and kind, and of every code that belongs to no region."""
    regional = (
        phonenumbers.example_number_for_type(region, kind)
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
        for kind in KINDS
    )
    others = map(
        phonenumbers.example_number_for_non_geo_entity, phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS
    )
    return tuple(sorted({_e164(number) for number in (*regional, *others) if number is not None}))


def mutations(seed: int) -> Iterator[str]:
    """Examples with digits changed, put in, left out, or all replaced from a place on; without end."""
    chance = random.Random(seed)
    while True:
        digits = list(chance.choice(examples())[1:])
        for _ in range(chance.randint(0, MOST_EDITS)):
            _edit(digits, chance)
        yield "+" + "".join(digits)


def _edit(digits: list[str], chance: random.Random) -> None:
    at = chance.randrange(len(digits))
    kind = chance.choice(("change", "insert", "drop", "replace"))
    if kind == "change":
        digits[at] = chance.choice(DIGITS)
    elif kind == "insert":
        digits.insert(at, chance.choice(DIGITS))
    elif kind == "drop" and len(digits) > 1:
        del digits[at]
    elif kind == "replace":
        digits[at:] = (chance.choice(DIGITS) for _ in digits[at:])


def disagreement(number: str) -> str | None:
    """How the numbering plans and libphonenumber disagree on the number, where the plans say anything."""
    ours = is_assigned(number)
    if ours is None:
        return None
    try:
        parsed = phonenumbers.parse(number)
    except NumberParseException as error:
        return f"{number}: the plan reads what libphonenumber does not: {error}"
    theirs = (_e164(parsed), phonenumbers.is_valid_number(parsed), _length(parsed))
    if theirs == (number, ours, ValidationResult.IS_POSSIBLE):
        return None
    return f"{number}: the plan says {ours}, libphonenumber {theirs}"


def _e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _length(number: PhoneNumber) -> int:
    return phonenumbers.is_possible_number_with_reason(number)

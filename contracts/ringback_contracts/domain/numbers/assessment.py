"""Whether a number can ring: strict E.164 or national digits, validity by libphonenumber, reserved ranges."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ringback_contracts.domain.numbers.plans import is_assigned
from ringback_contracts.domain.numbers.reserved import ReservedRange, reserved_range

if TYPE_CHECKING:
    from phonenumbers import NumberParseException, PhoneNumber

LONGEST_E164 = 15
"""Digits that an international number has at most, by ITU-T E.164."""

REMEMBERED = 256
"""Numbers that are in use at a time; what is remembered of more would only be looked through for garbage."""
CAN_RING = "the number can ring"

_DIGITS = re.compile(r"\+?[0-9]+")
_WITH_LETTERS = re.compile(r"\+?[0-9A-Za-z]+")
# Any number fits with its dialling prefixes; what is longer would only fill the cache.
_LONGEST_TEXT = 32


class Problem(StrEnum):
    """Why a number rings nobody."""

    LETTERS = "letters"
    NOT_DIGITS = "not-digits"
    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    UNKNOWN_COUNTRY = "unknown-country"
    NOT_ASSIGNED = "not-assigned"
    RESERVED = "reserved"


class Assessment(NamedTuple):
    """What is known of a number.

    ``e164`` is its international form, where the text has one; ``problem`` is ``None`` for a number that a
    network can assign, and ``detail`` says in a sentence what is known. ``reserved`` is set with
    ``Problem.RESERVED``.
    """

    e164: str | None
    problem: Problem | None
    detail: str
    reserved: ReservedRange | None = None


def assess(text: str, region: str = "US") -> Assessment:
    """Say whether a number can ring: ``+`` and digits, or digits as dialled in the region (ISO 3166-1)."""
    if len(text) > _LONGEST_TEXT or not _DIGITS.fullmatch(text):
        return _misspelt(text)
    return _assessed(text, region)


def _misspelt(text: str) -> Assessment:
    if _DIGITS.fullmatch(text):
        return _none(
            Problem.TOO_LONG, f"a number has at most {LONGEST_E164} digits; this has {len(text)} characters"
        )
    if _WITH_LETTERS.fullmatch(text):
        return _none(Problem.LETTERS, "there are letters in the number, which no network dials")
    return _none(
        Problem.NOT_DIGITS, "the number is something else than digits with a plus in front or without"
    )


def _none(problem: Problem, detail: str) -> Assessment:
    return Assessment(None, problem, detail)


@lru_cache(maxsize=REMEMBERED)
def _assessed(text: str, region: str) -> Assessment:
    assigned = is_assigned(text) if text[0] == "+" else None
    return _read(text, region) if assigned is None else _as_written(text, assigned=assigned)


def _as_written(e164: str, *, assigned: bool) -> Assessment:
    """What the numbering plan says of a number that is read as it is written."""
    kept = reserved_range(e164)
    if kept:
        return _reserved(e164, kept)
    return Assessment(e164, None, CAN_RING) if assigned else _unassigned(e164)


def _read(text: str, region: str) -> Assessment:
    """What libphonenumber says."""
    import phonenumbers

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        return _unreadable(text, region, error)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    as_written = text == e164 or not text.startswith("+")
    kept = reserved_range(e164) if as_written else None
    if kept:
        return _reserved(e164, kept)
    if not phonenumbers.is_valid_number(number):
        return _invalid(e164, number)
    if not as_written:
        detail = "digits that are dialled inside a country only stand after the country code; leave them out"
        return Assessment(e164, Problem.NOT_ASSIGNED, detail)
    return Assessment(e164, None, CAN_RING)


def _reserved(e164: str, kept: ReservedRange) -> Assessment:
    detail = f"the number is one of the {kept.name}, which ring nobody"
    return Assessment(e164, Problem.RESERVED, detail, kept)


def _unassigned(e164: str) -> Assessment:
    hint = "; 555 is no area code" if e164.startswith("+1555") else ""
    return Assessment(e164, Problem.NOT_ASSIGNED, f"no network assigns the number{hint}")


def _unreadable(text: str, region: str, error: NumberParseException) -> Assessment:
    if error.error_type == error.TOO_LONG:
        return _none(Problem.TOO_LONG, f"a number has at most {LONGEST_E164} digits")
    if error.error_type != error.INVALID_COUNTRY_CODE:
        return _none(Problem.TOO_SHORT, "there are too few digits for a number")
    if text.startswith("+"):
        return _none(Problem.UNKNOWN_COUNTRY, "no country has the code that the number starts with")
    return _none(
        Problem.UNKNOWN_COUNTRY, f"there is no region {region!r} in which the digits could be dialled"
    )


def _invalid(e164: str, number: PhoneNumber) -> Assessment:
    from phonenumbers import ValidationResult, is_possible_number_with_reason

    wrong_lengths = {
        ValidationResult.TOO_LONG: (Problem.TOO_LONG, "there are more digits than a number has"),
        ValidationResult.TOO_SHORT: (Problem.TOO_SHORT, "there are fewer digits than a number has"),
        ValidationResult.IS_POSSIBLE_LOCAL_ONLY: (Problem.TOO_SHORT, "the area code is missing"),
        ValidationResult.INVALID_LENGTH: (Problem.NOT_ASSIGNED, "no number has this many digits"),
    }
    result = is_possible_number_with_reason(number)
    if result in wrong_lengths:
        problem, detail = wrong_lengths[result]
        return _none(problem, f"{detail} behind country code +{number.country_code}")
    return _unassigned(e164)

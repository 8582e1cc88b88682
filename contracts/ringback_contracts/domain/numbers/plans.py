"""The numbering plan of each country code as one pattern, made of libphonenumber's data when first needed.

libphonenumber asks a dozen patterns of each region of a country code, one after the other, and reads the
number before: 50 microseconds. One pattern that holds them all takes one. libphonenumber stays the authority:
what the pattern is made of, and who is asked wherever reading a number would change it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phonenumbers import PhoneMetadata, PhoneNumberDesc

_LONGEST_COUNTRY_CODE = 3
_KINDS = (
    "fixed_line",
    "mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "voip",
    "personal_number",
    "pager",
    "uan",
    "voicemail",
)
"""The kinds of numbers that libphonenumber calls valid; it also knows others."""


@dataclass(frozen=True, slots=True)
class NumberingPlan:
    """What may stand behind a country code.

    ``lengths`` are how many digits it can have, and ``assigned`` matches what networks assign of them.
    ``trunk`` matches what is left out of a number in front, where there is such a thing.
    """

    lengths: frozenset[int]
    assigned: re.Pattern[str]
    trunk: re.Pattern[str] | None


def is_assigned(e164: str) -> bool | None:
    """Whether networks assign the number, a plus and digits; ``None`` where libphonenumber has to be asked.

    That is the case for a length that no number has, and for what may be read as a trunk prefix.
    """
    for end in range(2, _LONGEST_COUNTRY_CODE + 2):
        plan = _plan(e164[1:end])
        if plan is not None:
            national = e164[end:]
            if len(national) not in plan.lengths:
                return None
            trunk = plan.trunk and plan.trunk.match(national)
            if trunk and trunk.end():
                return None
            return plan.assigned.fullmatch(national) is not None
    return None


@cache
def _plan(code: str) -> NumberingPlan | None:
    """The plan behind the digits, where they are a country code."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

    if not code or code.startswith("0"):
        return None
    regions = COUNTRY_CODE_TO_REGION_CODE.get(int(code), ())
    found = [PhoneMetadata.metadata_for_region_or_calling_code(int(code), region) for region in regions]
    plans = [data for data in found if data is not None]
    if not plans or plans[0].general_desc is None:
        return None
    main, general = plans[0], plans[0].general_desc
    trunk = main.national_prefix_for_parsing
    return NumberingPlan(
        frozenset(general.possible_length) - frozenset(general.possible_length_local_only),
        re.compile(_assigned(plans)),
        re.compile(trunk) if trunk else None,
    )


def _assigned(plans: list[PhoneMetadata]) -> str:
    """The pattern of all regions: one that has leading digits is alone responsible for them."""
    pattern = ""
    for data in reversed(plans):
        own = _of_region(data)
        if data.leading_digits and len(plans) > 1:
            own, pattern = rf"(?={data.leading_digits}){own}", rf"(?!{data.leading_digits})(?:{pattern})"
        pattern = "|".join(filter(None, (own, pattern)))
    return pattern


def _of_region(data: PhoneMetadata) -> str:
    kinds = dict.fromkeys(
        pattern for kind in _KINDS for pattern in _described(getattr(data, kind), data.general_desc)
    )
    general = data.general_desc.national_number_pattern if data.general_desc else None
    return rf"(?=(?:{general})\Z)(?:{'|'.join(kinds)})" if general and kinds else r"[^\s\S]"


def _described(kind: PhoneNumberDesc | None, general: PhoneNumberDesc | None) -> Iterator[str]:
    """The pattern of a kind of numbers, with its lengths where it has fewer than numbers in general."""
    if kind is None or not kind.national_number_pattern:
        return
    lengths = [length for length in kind.possible_length if length > 0]
    if general is None or sorted(lengths) != sorted(general.possible_length):
        long = "|".join(f".{{{length}}}" for length in lengths)
        yield rf"(?=(?:{long})\Z)(?:{kind.national_number_pattern})"
    else:
        yield f"(?:{kind.national_number_pattern})"

"""Emergency numbers in every spelling, so that nothing of ours ever rings one.

A text counts as one when its digits are

- an emergency number of the region, by libphonenumber's data, or of any region where none is given; 112, 911,
  999 and 000 count everywhere;
- such a number after whatever may stand before it: one or two digits for an outside line or a trunk
  (0, 1, 8, 9), a code that withholds the caller's number (``*67``, ``#31#``, 141, ...), an international
  prefix, a country code with its plus or without, and a trunk digit behind that;
- such a number with more digits behind it, where networks connect it all the same (without a plus), or
  behind a pause (a comma, ``p`` or ``w``), after which digits are only keyed into the call.

988 counts as one in the United States and Canada: it is their suicide and crisis lifeline (47 CFR 52.201,
CRTC Telecom Regulatory Policy 2022-234), and no test may take a place in its queue.

Digits are whatever Unicode gives a value from 0 to 9, escaped or not; separators, letters and invisible
characters between them do not matter, and letters may also stand for the digits of their keys. Of a SIP
address the user part counts, where it is a number. The service URN of RFC 5031 counts too, and so does its
name ``sos`` (``sos.fire``) where a user stands, since many devices call it so. To err is to refuse: an
internal extension that reads like such a number is refused; other lines for help are not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import islice

from ringback_contracts.domain.addresses.scan import unescaped
from ringback_contracts.domain.uuids import is_uuid

EVERYWHERE = ("112", "911", "999", "000")
"""What phones and switches take for an emergency in every country (see 3GPP TS 22.101 section 10.1)."""
CRISIS_LINE = "988"
CRISIS_REGIONS = frozenset({"AS", "CA", "GU", "MP", "PR", "US", "VI"})
"""Where 988 is the crisis lifeline: the United States with its territories, and Canada."""

_ID_SCHEMES = frozenset({"user", "campaign"})
_SIP_SCHEMES = frozenset({"sip", "sips"})
_KEYPAD = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")
_FEATURE_CODES = (re.compile(r"[*#]+[0-9]{2}[*#]*"), re.compile(r"[*#]+[0-9]{3}[*#]*"))
_WITHHOLDING = ("", "141", "1470", "1831", "1832", "184", "186", "133", "1167", "1182")
_OUTSIDE_LINE = "0189"
SHORTEST_EMERGENCY, LONGEST_EMERGENCY = 2, 6
"""Digits of the shortest and the longest emergency number of any region."""
_LONGEST_INTERNATIONAL_PREFIX = 8
_PAUSE = re.compile(r"[,pw]")
_MOST_PAUSES = 8
"""Pauses looked at: those for outside lines and codes, and the one behind the number."""
_SERVICE = re.compile(r"service:sos|(?:^|[\s:/<\"'])sos(?![a-z0-9])")


def is_emergency(text: str, region: str | None = None) -> bool:
    """Whether the text could ring an emergency service in the region (ISO 3166-1), or anywhere."""
    plain = unicodedata.normalize("NFKC", unescaped(text)).strip().lower()
    if _SERVICE.search(_visible(plain)):
        return True
    known = _known(region)
    return any(_rings(dialled, known) for dialled in _readings(_number_part(plain)))


def _visible(plain: str) -> str:
    return "".join(character for character in plain if unicodedata.category(character) not in ("Cf", "Mn"))


def _known(region: str | None) -> str | None:
    """The region, where libphonenumber knows it; otherwise every region counts."""
    from phonenumbers.shortnumberinfo import SUPPORTED_SHORT_REGIONS

    return region.upper() if region and region.upper() in SUPPORTED_SHORT_REGIONS else None


def _number_part(plain: str) -> str:
    """What of an address is dialled: the number of a ``tel:`` URI, the user of a SIP address."""
    scheme, colon, rest = plain.partition(":")
    if not colon or not scheme.isalpha():
        scheme, rest = "", plain
    if scheme in _ID_SCHEMES or is_uuid(rest):
        return ""
    user, at, _ = rest.partition("@")
    number = user.partition(";")[0]
    if scheme not in _SIP_SCHEMES and not at:
        return number
    number = number.partition(":")[0]
    return "" if _has_letters(number) else number


def _has_letters(number: str) -> bool:
    return any(character.isalpha() and not _sign(character) for character in number)


def _readings(number: str) -> Iterator[str]:
    """The number as digits, with a plus where it has one in front.

    Letters are left out, or read as the keys of a telephone; a code such as ``*67`` is left out, and so is
    what stands behind a pause.
    """
    dialled = _dialled(number)
    yield _digits(dialled)
    for pause in islice(_PAUSE.finditer(number), _MOST_PAUSES):
        yield _digits(_dialled(number[: pause.start()]))
    if _has_letters(number):
        yield _digits(_dialled(number.translate(_KEYPAD)))
    for code in _FEATURE_CODES:
        if found := code.match(dialled):
            yield _digits(dialled[found.end() :])


def _dialled(number: str) -> str:
    """The digits and signs of the number; a plus counts in front alone."""
    signs = "".join(map(_sign, number))
    return signs[:1] + signs[1:].replace("+", "")


def _sign(character: str) -> str:
    if character in "+*#":
        return character
    value = unicodedata.numeric(character, -1)
    return str(int(value)) if value in range(10) else ""


def _digits(dialled: str) -> str:
    return dialled.replace("*", "").replace("#", "")


def _rings(dialled: str, region: str | None) -> bool:
    if dialled.startswith("+"):
        return _is_number(dialled[1:], region) or _rings_abroad(dialled[1:])
    if _connects(dialled, region):
        return True
    return any(_rings_behind_prefix(dialled.removeprefix(code), region) for code in _WITHHOLDING)


def _connects(digits: str, region: str | None) -> bool:
    """Whether networks connect the digits, whatever stands behind the emergency number."""
    if region is None:
        return digits.startswith(EVERYWHERE)
    from phonenumbers import connects_to_emergency_number

    return connects_to_emergency_number(digits, region)


def _rings_behind_prefix(digits: str, region: str | None) -> bool:
    outside = [length for length in (0, 1, 2) if all(digit in _OUTSIDE_LINE for digit in digits[:length])]
    if any(_is_number(digits[length:], region) or _rings_abroad(digits[length:]) for length in outside):
        return True
    return any(_rings_abroad(digits[length:]) for length in _international_prefixes(digits, region))


def _international_prefixes(digits: str, region: str | None) -> Iterator[int]:
    """The lengths of what may be a prefix for calls abroad."""
    for length in range(1, min(len(digits), _LONGEST_INTERNATIONAL_PREFIX) + 1):
        # The prefixes of all regions take a while to load, and few numbers have a candidate behind one.
        worth_it = region or _rings_abroad(digits[length:])
        if worth_it and _international_prefix(region).fullmatch(digits, 0, length):
            yield length


def _rings_abroad(digits: str) -> bool:
    """Whether the digits are a country code and an emergency number of one of its regions."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    for length in (1, 2, 3):
        regions = COUNTRY_CODE_TO_REGION_CODE.get(int(digits[:length] or "0"), ())
        trunk = digits[length : length + 1] in ("0", "1")
        rests = (digits[length:], digits[length + trunk :])
        if any(_is_number(rest, region) for rest in rests for region in regions):
            return True
    return False


def _is_number(digits: str, region: str | None) -> bool:
    if digits in EVERYWHERE:
        return True
    # The tables of all regions take a while to load, and most numbers are no candidates.
    return (
        SHORTEST_EMERGENCY <= len(digits) <= LONGEST_EMERGENCY
        and _emergency_numbers(region).fullmatch(digits) is not None
    )


@cache
def _emergency_numbers(region: str | None) -> re.Pattern[str]:
    """The emergency numbers of the region, or of all; the pattern matches each whole."""
    from phonenumbers import PhoneMetadata
    from phonenumbers.shortnumberinfo import SUPPORTED_SHORT_REGIONS

    regions = [region] if region else SUPPORTED_SHORT_REGIONS
    found = (PhoneMetadata.short_metadata_for_region(name) for name in regions)
    patterns = {data.emergency.national_number_pattern for data in found if data and data.emergency}
    crisis = {CRISIS_LINE} if CRISIS_REGIONS.intersection(regions) else set()
    return re.compile("|".join(sorted({pattern for pattern in patterns | crisis if pattern})) or r"[^\s\S]")


@cache
def _international_prefix(region: str | None) -> re.Pattern[str]:
    """The prefixes for calls abroad of the region, or of all."""
    from phonenumbers import SUPPORTED_REGIONS, PhoneMetadata

    found = (PhoneMetadata.metadata_for_region(name) for name in ([region] if region else SUPPORTED_REGIONS))
    patterns = {data.international_prefix for data in found if data and data.international_prefix}
    return re.compile("|".join(sorted(patterns | {"00", "011"})))

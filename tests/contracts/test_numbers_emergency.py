"""Emergency numbers are recognised in every spelling; numbers that people have are not taken for them."""

from __future__ import annotations

import re
from collections.abc import Callable

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from phonenumbers import PhoneMetadata, shortnumberinfo

from ringback_contracts.domain.numbers import is_emergency
from ringback_contracts.domain.numbers.emergency import LONGEST_EMERGENCY, SHORTEST_EMERGENCY

FAMILIAR = ["112", "911", "999", "000"]
CODES = {
    region: str(code)
    for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()
    for region in regions
    if region != "001"
}


def _numbers(region: str) -> list[str]:
    """The emergency numbers of two to four digits that libphonenumber knows in the region."""
    candidates = (f"{value:0{length}}" for length in (2, 3, 4) for value in range(10**length))
    return [number for number in candidates if shortnumberinfo.is_emergency_number(number, region)]


# Every kind of plan: two digits, three, exact ones (BR, CL), a trunk digit, none.
NUMBERS = {
    region: _numbers(region)
    for region in (
        "US",
        "GB",
        "AU",
        "FR",
        "DE",
        "BR",
        "CL",
        "CN",
        "IN",
        "IT",
        "JP",
        "KR",
        "RU",
        "ZA",
        "SE",
        "MX",
    )
}
CASES = st.sampled_from([(region, number) for region, numbers in NUMBERS.items() for number in numbers])


def test_no_region_has_a_longer_or_shorter_emergency_number_than_is_looked_for() -> None:
    known = (
        PhoneMetadata.short_metadata_for_region(name) for name in shortnumberinfo.SUPPORTED_SHORT_REGIONS
    )
    lengths = {
        length for data in known if data and data.emergency for length in data.emergency.possible_length
    }
    assert (min(lengths), max(lengths)) == (SHORTEST_EMERGENCY, LONGEST_EMERGENCY)


def test_libphonenumber_knows_the_familiar_numbers() -> None:
    assert {"911", "112"} <= set(NUMBERS["US"])
    assert {"999", "112"} <= set(NUMBERS["GB"])
    assert "000" in NUMBERS["AU"]
    assert {"15", "17", "18", "112"} <= set(NUMBERS["FR"])


@given(CASES)
def test_the_numbers_of_each_region_are_recognised_with_and_without_the_region(case: tuple[str, str]) -> None:
    region, number = case
    assert is_emergency(number, region)
    assert is_emergency(number, region.lower())
    assert is_emergency(number)


@pytest.mark.parametrize("number", FAMILIAR)
@pytest.mark.parametrize("region", [None, "US", "GB", "FR", "BR", "AQ", "XX", ""])
def test_the_familiar_numbers_are_recognised_everywhere(number: str, region: str | None) -> None:
    assert is_emergency(number, region)


def _full_width(text: str) -> str:
    return text.translate({ord("0") + value: 0xFF10 + value for value in range(10)})


def _arabic(text: str) -> str:
    return text.translate({ord("0") + value: 0x0660 + value for value in range(10)})


def _escaped(text: str) -> str:
    return "".join(f"%{ord(character):02X}" for character in text)


SPELLINGS: st.SearchStrategy[Callable[[str], str]] = st.sampled_from(
    [
        str,
        _full_width,
        _arabic,
        _escaped,
        "-".join,
        " . ".join,
        "\u200b".join,
        ",".join,
        "\u20e3\ufe0f".join,
        "({})".format,
        " {}\n".format,
        "{}#".format,
        "*67{}".format,
        "#31#{}".format,
        "*31#{}".format,
        "141{}".format,
        "1831{}".format,
        "184{}".format,
        "9{}".format,
        "0-{}".format,
        "9,1,{}".format,
        "9w{}".format,
        "{} please".format,
    ]
)
ENVELOPES = st.sampled_from(
    [
        "{}",
        "tel:{}",
        "TEL:{};ext=1",
        "\uff54\uff45\uff4c:{}",
        "tel:{};phone-context=+1",
        "{};phone-context=example.com",
    ]
)


@given(CASES, SPELLINGS, ENVELOPES, st.booleans())
def test_no_spelling_hides_one(
    case: tuple[str, str], spelling: Callable[[str], str], envelope: str, with_region: bool
) -> None:
    region, number = case
    assert is_emergency(envelope.format(spelling(number)), region if with_region else None)


@pytest.mark.parametrize("region", ["US", "CA", "PR", None])
@given(SPELLINGS, ENVELOPES)
def test_no_spelling_hides_the_crisis_line(
    region: str | None, spelling: Callable[[str], str], envelope: str
) -> None:
    assert is_emergency(envelope.format(spelling("988")), region)


@pytest.mark.parametrize("text", ["988", "9,988", "tel:988"])
def test_the_crisis_line_is_none_where_another_number_has_its_digits(text: str) -> None:
    assert not is_emergency(text, "GB")
    assert is_emergency("+1988", "GB")


PREFIXED = st.sampled_from(["+{code}{number}", "+{code} {number}", "00{code}{number}", "011{code}{number}"])
PLACES = st.sampled_from([None, "US", "DE"])


@given(CASES, PREFIXED, ENVELOPES, PLACES)
def test_a_country_code_hides_none(
    case: tuple[str, str], prefixed: str, envelope: str, place: str | None
) -> None:
    region, number = case
    text = prefixed.format(code=CODES[region], number=number)
    assert is_emergency(envelope.format(text), place)


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_the_prefix_for_calls_abroad_of_each_region_hides_none(region: str) -> None:
    data = PhoneMetadata.metadata_for_region(region)
    assert data is not None
    pattern = data.preferred_international_prefix or data.international_prefix or ""
    prefix = re.sub(r"[^0-9]", "", pattern) if re.fullmatch(r"[0-9~]+", pattern) else "00"
    assert is_emergency(f"{prefix}44999", region)
    assert is_emergency(f"{prefix}44999")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "+1911",
            "+1 (911)",
            "1911",
            "9-1-911",
            "9-911",
            "+44 999",
            "44999",
            "+44 0999",
            "+61000",
            "+33 15",
        ),
        *(
            "911",
            "\uff19\uff11\uff11",
            "9\ufe0f\u20e31\ufe0f\u20e31\ufe0f\u20e3",
            "\u4e5d\u4e00\u4e00",
            "\u2460\u2460\u2461",
            "\u246a\u2461",
        ),
        *(
            "sip:911@example.com",
            "sips:+1-911@example.com;user=phone",
            "sip:9%311@example.com",
            "911@example.com",
        ),
        *("sip:911:secret@example.com", "sip:112;phone-context=+49@example.com", "sip:911", "SIP:112@[::1]"),
        *("urn:service:sos", "urn:service:sos.police", "sip:urn:service:sos@example.com"),
        *("tel:WYZ", "tel:zzz"),
        *("15,1", "9,988,,1", "112p5", "9w112w4"),
        *("sip:sos@x.com", "sip:sos.fire@x.com", "SIPS:SOS@x.com;user=phone", "sos.police@x.com", "sip:sos"),
        *("sip:%73os@x.com", "sip:s\u200bos@x.com", "sip:\uff53\uff4f\uff53@x.com", "<sip:sos@x.com>"),
        *("sip:sos:secret@x.com", "sip://sos@x.com", "sip:sos-1@x.com"),
        *("9115551234", "1125551234", "999123", "0001234"),
    ],
)
def test_these_are_emergencies(text: str) -> None:
    assert is_emergency(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "   ", "hello", "agent", "tel:", "30005", "3172222222", "+15551234567", "tel:+442079460100"),
        *("user:11200000-0000-4000-8000-000000000911", "11200000-0000-4000-8000-000000000911"),
        *(
            "campaign:91100000-0000-4000-8000-000000000000",
            "sip:agent@example.com",
            "sip:agent112@example.com",
        ),
        *(
            "sip:agent@911.example.com",
            "sip:zzz@example.com",
            "sip:sosdesk@example.com",
            "sip:agent@sos.example.com",
            "sip:agent@example.com;group=sos",
        ),
        *(
            "+919112345678",
            "9885551234",
            "+919885551234",
            "+12025550988",
            "+13172220911",
            "+12029990000",
        ),
    ],
)
def test_these_are_not(text: str) -> None:
    assert not is_emergency(text)


def test_more_digits_behind_count_only_where_networks_connect_them() -> None:
    assert is_emergency("9115551234", "US")
    assert not is_emergency("1925551234", "BR")
    assert is_emergency("192", "BR")
    assert not is_emergency("+9115551234", "US")


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_no_number_that_people_have_is_taken_for_one(region: str) -> None:
    kinds = range(phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.UNKNOWN)
    numbers = [number for kind in kinds if (number := phonenumbers.example_number_for_type(region, kind))]
    for number in numbers:
        for style in (phonenumbers.PhoneNumberFormat.E164, phonenumbers.PhoneNumberFormat.INTERNATIONAL):
            assert not is_emergency(phonenumbers.format_number(number, style), region)
            assert not is_emergency(phonenumbers.format_number(number, style))


@given(st.text() | st.text("tel:sip@+911;#*%\uff11\u2460 "), st.sampled_from([None, "US", "XX", "\ud800"]))
@example("9" * 20_000, None)
@example("%" * 1000, None)
@example("\ud800", None)
def test_any_text_is_answered(text: str, region: str | None) -> None:
    assert is_emergency(text, region) in (True, False)

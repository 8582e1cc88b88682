"""Which numbers can ring: strictness, validity by libphonenumber, and the ranges kept by regulators."""

from __future__ import annotations

import re
import subprocess
import sys

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ringback_contracts.domain.numbers import RESERVED, Problem, ReservedRange, assess, reserved_range
from ringback_contracts.domain.numbers.assessment import _assessed

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
TYPES = range(phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.UNKNOWN)


def examples(region: str) -> set[str]:
    """The numbers of the region that libphonenumber gives as examples, in E.164."""
    numbers = [phonenumbers.example_number_for_type(region, kind) for kind in TYPES]
    return {
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        for number in numbers
        if number
    }


@pytest.mark.parametrize("region", REGIONS)
def test_the_examples_of_libphonenumber_can_ring_unless_reserved(region: str) -> None:
    found = examples(region)
    assert found
    for number in found:
        known = assess(number, "ZW")
        assert known.e164 == number
        assert known.problem is (Problem.RESERVED if reserved_range(number) else None)
        assert known.reserved is reserved_range(number)


@pytest.mark.parametrize("region", REGIONS)
def test_national_digits_are_read_in_their_region(region: str) -> None:
    number = phonenumbers.example_number(region)
    assert number is not None
    national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    known = assess(re.sub(r"[^0-9]", "", national), region)
    assert known.e164 == e164
    assert known.problem is (Problem.RESERVED if reserved_range(e164) else None)


@pytest.mark.parametrize(
    "region", [region for region in REGIONS if phonenumbers.invalid_example_number(region)]
)
def test_the_impossible_examples_of_libphonenumber_cannot_ring(region: str) -> None:
    number = phonenumbers.invalid_example_number(region)
    assert number is not None
    assert assess(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)).problem


def test_only_a_few_examples_are_reserved() -> None:
    reserved = {number for region in REGIONS for number in examples(region) if reserved_range(number)}
    assert len(reserved) < 60
    assert all(number.startswith("+1") for number in reserved)


PROBLEMS = [
    ("+1555ABCDEFG", Problem.LETTERS, None),
    ("1800FLOWERS", Problem.LETTERS, None),
    ("", Problem.NOT_DIGITS, None),
    ("+", Problem.NOT_DIGITS, None),
    ("+1 317 222 2222", Problem.NOT_DIGITS, None),
    ("+1-317-222-2222", Problem.NOT_DIGITS, None),
    ("+13172222222\n", Problem.NOT_DIGITS, None),
    ("++13172222222", Problem.NOT_DIGITS, None),
    ("+\uff11\uff13\uff11\uff17\uff12\uff12\uff12\uff12\uff12\uff12\uff12", Problem.NOT_DIGITS, None),
    ("+13172222222;ext=1", Problem.NOT_DIGITS, None),
    ("+1202", Problem.TOO_SHORT, None),
    ("+1", Problem.TOO_SHORT, None),
    ("+0", Problem.TOO_SHORT, None),
    ("2222222", Problem.TOO_SHORT, None),
    ("+1202555012399999", Problem.TOO_LONG, None),
    ("+13172222222000", Problem.TOO_LONG, None),
    ("+" + "4" * 18, Problem.TOO_LONG, None),
    ("4" * 40, Problem.TOO_LONG, None),
    ("+999123456789", Problem.UNKNOWN_COUNTRY, None),
    ("+15551234567", Problem.NOT_ASSIGNED, "+15551234567"),
    ("+449999999999", Problem.NOT_ASSIGNED, "+449999999999"),
    # The trunk prefix is dialled inside the country, and is no part of the international number.
    ("+4402079460100", Problem.NOT_ASSIGNED, "+442079460100"),
    ("+12025550123", Problem.RESERVED, "+12025550123"),
    ("2025550123", Problem.RESERVED, "+12025550123"),
    ("+442079460100", Problem.RESERVED, "+442079460100"),
    ("+13172222222", None, "+13172222222"),
    ("3172222222", None, "+13172222222"),
    ("13172222222", None, "+13172222222"),
    ("011442083661177", None, "+442083661177"),
]


@pytest.mark.parametrize(("text", "problem", "e164"), PROBLEMS)
def test_each_defect_is_told_apart(text: str, problem: Problem | None, e164: str | None) -> None:
    known = assess(text)
    assert (known.problem, known.e164) == (problem, e164)
    assert known.detail


def test_every_problem_has_an_example() -> None:
    assert {problem for _, problem, _ in PROBLEMS} >= set(Problem)


def test_digits_of_an_unknown_region_are_no_number_and_e164_needs_no_region() -> None:
    assert assess("3172222222", "XX").problem is Problem.UNKNOWN_COUNTRY
    assert assess("+13172222222", "XX").problem is None


def test_the_area_code_555_is_named() -> None:
    assert "555" in assess("+15551234567").detail
    assert "555" not in assess("+449999999999").detail


@given(st.text() | st.text("+0189aZ- \n\uff11", max_size=20), st.sampled_from(["US", "GB", "XX", ""]))
@example("+" * 100_000, "US")
@example("1" * 100_000, "US")
@example("+1" + "A" * 100_000, "US")
def test_only_a_plus_and_ascii_digits_are_ever_a_number(text: str, region: str) -> None:
    known = assess(text, region)
    if not re.fullmatch(r"\+?[0-9]+", text):
        assert known.problem in (Problem.LETTERS, Problem.NOT_DIGITS)
        assert known.e164 is None


@given(st.from_regex(r"\+[0-9]{1,17}", fullmatch=True))
def test_a_number_that_can_ring_is_valid_to_libphonenumber_and_spelt_in_e164(text: str) -> None:
    known = assess(text)
    if known.problem is None:
        assert phonenumbers.is_valid_number(phonenumbers.parse(text))
        assert known.e164 == text


# First and last of each range as the regulators publish them, and what lies just outside.
RANGES = [
    # North America: NANPA keeps 555-0100 to 555-0199; N11 is neither area code nor central office code.
    ("North American fiction", ["+12025550100", "+12025550199", "+14165550150", "+18005550199"]),
    ("area codes N11", ["+12115551234", "+19110000000"]),
    ("central office codes N11", ["+12022110000", "+13179119999"]),
    # United Kingdom: Ofcom's numbers for drama.
    ("496 0XXX", ["+441134960000", "+441144960999", "+441154960000", "+441164960000", "+441174960000"]),
    ("496 0XXX", ["+441184960000", "+441214960000", "+441314960000", "+441414960000", "+441514960000"]),
    ("496 0XXX", ["+441614960000", "+441614960999"]),
    ("London", ["+442079460000", "+442079460999"]),
    ("Tyneside", ["+441914980000", "+441914980999"]),
    ("Northern Ireland", ["+442896496000", "+442896496999"]),
    ("Cardiff", ["+442920180000", "+442920180999"]),
    ("no area", ["+441632960000", "+441632960999"]),
    ("drama mobile", ["+447700900000", "+447700900999"]),
    ("drama freephone", ["+448081570000", "+448081570999"]),
    ("drama premium", ["+449098790000", "+449098790999"]),
    ("UK-wide", ["+443069990000", "+443069990999"]),
    # Australia: ACMA's numbers for creative works.
    ("four area codes", ["+61255500000", "+61270109999", "+61355500000", "+61370109999"]),
    ("four area codes", ["+61755500000", "+61770109999", "+61855500000", "+61870109999"]),
    ("freephone and local rate", ["+611800160401", "+611800975707", "+611800975711"]),
    ("freephone and local rate", ["+611300975707", "+611300975711"]),
    ("Australian fiction premium", ["+611900654321"]),
]
ACMA_MOBILES = [
    *("+61491570006", "+61491570156", "+61491570157", "+61491570158", "+61491570159"),
    *("+61491570110", "+61491570313", "+61491570737", "+61491571266", "+61491571491"),
    *("+61491571804", "+61491572549", "+61491572665", "+61491572983", "+61491573770"),
    *("+61491573087", "+61491574118", "+61491574632", "+61491575254", "+61491575789"),
    *("+61491576398", "+61491576801", "+61491577426", "+61491577644", "+61491578957"),
    *("+61491578148", "+61491578888", "+61491579212", "+61491579760", "+61491579455"),
]
OUTSIDE = [
    *("+18005550100", "+18885550150", "+18335550198"),
    *("+12025550099", "+12025550200", "+12025560100", "+12022101234", "+18002111234", "+18884111234"),
    *("+441134959999", "+441134961000", "+441194960000", "+441714960000", "+442079459999", "+442079461000"),
    *("+441914979999", "+441914981000", "+442896495999", "+442896497000", "+442920179999", "+442920181000"),
    *("+441632959999", "+441632961000", "+447700899999", "+447700901000", "+448081569999", "+448081571000"),
    *("+449098789999", "+449098791000", "+443069989999", "+443069991000"),
    *("+61255499999", "+61255510000", "+61270099999", "+61270110000", "+61455500000", "+61491570000"),
    *("+611800160400", "+611800975706", "+611800975712", "+611300975706", "+611900654320"),
    *("+4420794601000", "+44207946010", "442079460100", "+442079460100\n"),
]


@pytest.mark.parametrize(("name", "numbers"), [*RANGES, ("mobile numbers", ACMA_MOBILES)])
def test_the_ranges_of_the_regulators_are_reserved(name: str, numbers: list[str]) -> None:
    for number in numbers:
        known = assess(number)
        assert known.problem is Problem.RESERVED, number
        assert known.e164 == number
        assert known.reserved is not None
        assert name in known.reserved.name
        assert known.reserved.name in known.detail


def test_every_reserved_range_is_held_to_a_published_one() -> None:
    tried = {reserved_range(number) for _, numbers in RANGES for number in numbers}
    tried |= {reserved_range(number) for number in ACMA_MOBILES}
    assert tried == set(RESERVED)


@pytest.mark.parametrize("number", OUTSIDE)
def test_a_neighbour_of_a_range_is_not_reserved(number: str) -> None:
    assert reserved_range(number) is None


@pytest.mark.parametrize("kept", RESERVED, ids=lambda kept: kept.name)
@given(data=st.data())
def test_whatever_matches_a_range_is_reserved(kept: ReservedRange, data: st.DataObject) -> None:
    number = data.draw(st.from_regex(kept.pattern, fullmatch=True, alphabet="+0123456789"))
    assert assess(number).problem is Problem.RESERVED


def test_australia_keeps_just_thirty_mobile_numbers() -> None:
    kept = next(kept for kept in RESERVED if "mobile" in kept.name and "Australia" in kept.name)
    found = {f"+6149157{rest:04}" for rest in range(10_000) if f"+6149157{rest:04}" in kept}
    assert found == set(ACMA_MOBILES)


def test_each_range_names_its_source() -> None:
    assert all(any(who in kept.source for who in ("Ofcom", "ACMA", "Numbering Plan")) for kept in RESERVED)
    assert len({kept.name for kept in RESERVED}) == len(RESERVED)


def test_an_answer_is_remembered_and_long_texts_are_not() -> None:
    assert assess("+13172222222") is assess("+13172222222")
    before = _assessed.cache_info().currsize
    assess("7" * 33)
    assess("no number at all")
    assert _assessed.cache_info().currsize == before
    assert _assessed.cache_info().maxsize is not None


def test_the_package_is_imported_without_libphonenumber() -> None:
    modules = ("domain.addresses", "domain.numbers", "privacy")
    imports = "import sys, " + ", ".join(f"ringback_contracts.{module}" for module in modules)
    code = f"{imports}; print('phonenumbers' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "False"

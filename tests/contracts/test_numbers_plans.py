"""The numbering plans say what libphonenumber says, or leave it to libphonenumber."""

from __future__ import annotations

from itertools import islice

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.domain.numbers import Problem, assess
from ringback_contracts.domain.numbers.plans import is_assigned
from tests.contracts.numbering import disagreement, examples, mutations

MUTATED = 3_000


@pytest.mark.parametrize("seed", range(4))
def test_no_plan_disagrees_on_numbers_of_any_country(seed: int) -> None:
    assert [wrong for number in islice(mutations(seed), MUTATED) if (wrong := disagreement(number))] == []


def test_no_plan_disagrees_on_the_examples_and_settles_nearly_all_of_them() -> None:
    assert [wrong for number in examples() if (wrong := disagreement(number))] == []
    settled = [number for number in examples() if is_assigned(number)]
    assert len(settled) > 0.95 * len(examples())


@given(st.sampled_from(sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)), st.text("0123456789", max_size=14))
def test_no_plan_disagrees_on_any_digits(code: int, national: str) -> None:
    assert disagreement(f"+{code}{national}") is None


@pytest.mark.parametrize(
    "number",
    [
        "+4407946010000",  # a trunk zero
        "+12025550",  # too short
        "+999123456789",  # no country's code
        "+0",
        "+",
        "+81",
        "+7",
    ],
)
def test_what_is_read_otherwise_than_written_is_left_to_libphonenumber(number: str) -> None:
    assert is_assigned(number) is None


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        ("+442079460100", Problem.RESERVED),
        ("+442071838750", None),
        ("+15551234567", Problem.NOT_ASSIGNED),
        ("+12642351234", None),  # Anguilla, whose leading digits tell it from the United States
        ("+12645551234", Problem.NOT_ASSIGNED),
        ("+80012345678", None),  # no region's
        ("+4407911123456", Problem.NOT_ASSIGNED),
        ("+1202", Problem.TOO_SHORT),
    ],
)
def test_an_assessment_is_the_same_by_either_road(number: str, problem: Problem | None) -> None:
    assert assess(number).problem is problem

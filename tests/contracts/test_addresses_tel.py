"""Numbers as URIs: the examples of RFC 3966, its grammar as the oracle, and the strict form."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ringback_contracts.domain.addresses import AddressError, Reason, TelAddress, parse_tel, strict_e164
from ringback_harness.check.grammar import is_tel_address
from ringback_harness.strategies import edited, tel_uris
from tests.contracts.edits import refusal


def accepts(text: str) -> bool:
    return refusal(parse_tel, text) is None


@given(tel_uris())
def test_the_parser_takes_what_the_grammar_takes(text: str) -> None:
    assert accepts(text) == is_tel_address(text)


@given(edited(tel_uris()))
@example("tel:+1;phone-context=a_b")
@example("tel:7;ext=-;phone-context=a")
@example("tel:+1\n")
def test_the_parser_refuses_what_the_grammar_refuses(text: str) -> None:
    assert accepts(text) == is_tel_address(text)


RFC_EXAMPLES: list[tuple[str, str, dict[str, str | None]]] = [
    ("tel:+1-201-555-0123", "+12015550123", {}),
    ("tel:7042;phone-context=example.com", "7042", {"phone-context": "example.com"}),
    ("tel:863-1234;phone-context=+1-914-555", "8631234", {"phone-context": "+1914555"}),
    (
        "TEL:+44(20)7946.0100;EXT=1-2;isub=a/b?c;note=%C3%A9;npdi",
        "+442079460100",
        {"ext": "12", "isub": "a/b?c", "note": "\xe9", "npdi": None},
    ),
    ("tel:+442079460100", "+442079460100", {}),
    ("Tel:*6-a#;phone-context=EXAMPLE.com.", "*6a#", {"phone-context": "example.com."}),
]


@pytest.mark.parametrize(("text", "number", "parameters"), RFC_EXAMPLES)
def test_numbers_are_taken_apart(text: str, number: str, parameters: dict[str, str | None]) -> None:
    address = TelAddress(number, number.startswith("+"), tuple(parameters.items()), text)
    assert parse_tel(text) == address


REFUSALS = [
    ("", Reason.EMPTY, 0),
    ("+442079460100", Reason.NO_SCHEME, 0),
    ("tel:+442079460100 ", Reason.SURROUNDING_WHITE_SPACE, 17),
    ("tel:+44 2079460100", Reason.WHITE_SPACE, 7),
    ("tel:", Reason.TEL_NO_DIGITS, 4),
    ("tel:+", Reason.TEL_NO_DIGITS, 5),
    ("tel:+-.()", Reason.TEL_NO_DIGITS, 5),
    ("tel:+1800FLOWERS", Reason.TEL_BAD_CHARACTER, 9),
    ("tel:+1%30", Reason.TEL_BAD_CHARACTER, 6),
    ("tel:+\uff11", Reason.TEL_BAD_CHARACTER, 5),
    ("tel:555-HELLO", Reason.TEL_BAD_CHARACTER, 8),
    ("tel:555-123-4567", Reason.TEL_NO_CONTEXT, 16),
    ("tel:7042;ext=1", Reason.TEL_NO_CONTEXT, 8),
    ("tel:+1;", Reason.TEL_BAD_PARAMETER, 7),
    ("tel:+1;=x", Reason.TEL_BAD_PARAMETER, 7),
    ("tel:+1;a_b", Reason.TEL_BAD_PARAMETER, 8),
    ("tel:+1;ext", Reason.TEL_BAD_PARAMETER, 10),
    ("tel:+1;ext=-", Reason.TEL_BAD_PARAMETER, 11),
    ("tel:+1;ext=1a", Reason.TEL_BAD_PARAMETER, 12),
    ("tel:+1;x=a,b", Reason.TEL_BAD_PARAMETER, 10),
    ("tel:7;phone-context=a..b", Reason.TEL_BAD_PARAMETER, 22),
    ("tel:7;phone-context=+", Reason.TEL_BAD_PARAMETER, 21),
    ("tel:+1;x=%4", Reason.TEL_BAD_ESCAPE, 9),
    ("tel:+1;x;X=1", Reason.TEL_REPEATED_PARAMETER, 9),
]
STRICT_REFUSALS = [
    ("", Reason.EMPTY, 0),
    (" tel:+442079460100", Reason.SURROUNDING_WHITE_SPACE, 0),
    ("tel:+442079460100\n", Reason.SURROUNDING_WHITE_SPACE, 17),
    ("15551234567", Reason.NO_SCHEME, 0),
    ("+442079460100", Reason.NO_SCHEME, 0),
    ("555-123-4567", Reason.NO_SCHEME, 0),
    ("TEL:+442079460100", Reason.TEL_SCHEME_CASE, 0),
    ("tel:555-123-4567", Reason.TEL_NO_PLUS, 4),
    ("tel:15551234567", Reason.TEL_NO_PLUS, 4),
    ("tel:", Reason.TEL_NO_DIGITS, 4),
    ("tel:+", Reason.TEL_NO_DIGITS, 5),
    ("tel:+1 555 123 4567", Reason.WHITE_SPACE, 6),
    ("tel:+44-20-7946-0100", Reason.TEL_SEPARATOR, 7),
    ("tel:+442079460100;ext=5", Reason.TEL_PARAMETERS, 17),
    ("tel:+44207946010\uff10", Reason.TEL_NOT_ASCII, 16),
    ("tel:+44207946010\u0660", Reason.TEL_NOT_ASCII, 16),
    ("tel:++442079460100", Reason.TEL_BAD_CHARACTER, 5),
    ("tel:+442079460100\x00", Reason.TEL_BAD_CHARACTER, 17),
]


@pytest.mark.parametrize(("text", "reason", "position"), REFUSALS)
def test_each_refusal_has_its_reason_and_place(text: str, reason: Reason, position: int) -> None:
    with pytest.raises(AddressError) as refused:
        parse_tel(text)
    assert (refused.value.reason, refused.value.position) == (reason, position)


@pytest.mark.parametrize(("text", "reason", "position"), STRICT_REFUSALS)
def test_each_refusal_of_the_strict_form_has_its_reason_and_place(
    text: str, reason: Reason, position: int
) -> None:
    with pytest.raises(AddressError) as refused:
        strict_e164(text)
    assert (refused.value.reason, refused.value.position) == (reason, position)


def test_every_reason_for_numbers_has_an_example() -> None:
    shown = {reason for _, reason, _ in [*REFUSALS, *STRICT_REFUSALS]}
    assert {reason for reason in Reason if reason.name.startswith("TEL_")} <= shown


@given(st.text(string.ascii_letters + string.digits, min_size=1))
def test_the_strict_form_is_letters_and_digits_behind_a_plus(number: str) -> None:
    assert strict_e164(f"tel:+{number}") == f"+{number}"


@given(edited(st.text(string.ascii_letters + string.digits, max_size=5).map("tel:+{}".format)))
def test_the_strict_form_is_nothing_else(text: str) -> None:
    assert (refusal(strict_e164, text) is None) == bool(re.fullmatch(r"tel:\+[0-9A-Za-z]+", text))

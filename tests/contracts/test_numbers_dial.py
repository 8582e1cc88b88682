"""The lenient digits of a published ``phoneNumber``."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ringback_contracts.domain.numbers import Dialled, DialReason, NotDialable, dialable, is_extension

DIALLED = [
    ("3172222222", Dialled("3172222222", "national")),
    ("30005", Dialled("30005", "extension")),
    ("123456", Dialled("123456", "extension")),
    ("1234567", Dialled("1234567", "national")),
    ("+15551234567", Dialled("+15551234567", "e164")),
    ("(317) 222-2222", Dialled("3172222222", "national")),
    (" +44 20 7946 0100\n", Dialled("+442079460100", "e164")),
    ("tel:+44-20-7946-0100", Dialled("+442079460100", "e164")),
    ("TEL:30005", Dialled("30005", "extension")),
    ("tel: +1.317.222.2222", Dialled("+13172222222", "e164")),
    ("+13172222222;ext=12-3", Dialled("+13172222222", "e164", "123")),
    ("tel:7042;phone-context=example.com;EXT=5", Dialled("7042", "extension", "5")),
    ("3172222222;npdi", Dialled("3172222222", "national")),
    ("+1", Dialled("+1", "e164")),
]
REFUSED = [
    ("", DialReason.EMPTY),
    ("   ", DialReason.EMPTY),
    ("\n\t", DialReason.EMPTY),
    ("tel:", DialReason.NO_DIGITS),
    ("+", DialReason.NO_DIGITS),
    ("()", DialReason.NO_DIGITS),
    (";ext=5", DialReason.NO_DIGITS),
    ("hello", DialReason.LETTERS),
    ("tel:nonsense", DialReason.LETTERS),
    ("+1555ABCDEFG", DialReason.LETTERS),
    ("sip:agent@example.com", DialReason.LETTERS),
    ("1+317", DialReason.BAD_CHARACTER),
    ("++1317", DialReason.BAD_CHARACTER),
    ("*67", DialReason.BAD_CHARACTER),
    ("317,222", DialReason.BAD_CHARACTER),
    ("\uff13\uff11\uff17", DialReason.BAD_CHARACTER),
    ("\u0663\u0661\u0667", DialReason.BAD_CHARACTER),
    ("3172222222;", DialReason.BAD_PARAMETER),
    ("3172222222;ext=1 2", DialReason.BAD_PARAMETER),
    ("3172222222;a_b", DialReason.BAD_PARAMETER),
]


@pytest.mark.parametrize(("text", "dialled"), DIALLED)
def test_digits_are_read_however_they_are_set_out(text: str, dialled: Dialled) -> None:
    assert dialable(text) == dialled


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_what_holds_no_digits_is_refused_with_the_reason(text: str, reason: DialReason) -> None:
    with pytest.raises(NotDialable) as refused:
        dialable(text)
    assert refused.value.reason is reason
    assert str(refused.value)


def test_every_reason_has_an_example() -> None:
    assert {reason for _, reason in REFUSED} == set(DialReason)


SPACE = st.text(" \t\n\u00a0\u2003", max_size=2)
SEPARATORS = st.text("-.() ", max_size=2)


@given(data=st.data(), plus=st.booleans(), scheme=st.sampled_from(["", "tel:", "Tel:"]))
def test_separators_and_white_space_change_nothing(data: st.DataObject, plus: bool, scheme: str) -> None:
    digits = data.draw(st.text("0123456789", min_size=1, max_size=16))
    spelt = "".join(data.draw(SEPARATORS) + digit for digit in digits)
    sign = "+" if plus else ""
    text = f"{data.draw(SPACE)}{scheme}{sign}{spelt}{data.draw(SEPARATORS)}{data.draw(SPACE)}"
    dialled = dialable(text)
    assert dialled.number == sign + digits
    assert dialled.kind == ("e164" if plus else "extension" if len(digits) <= 6 else "national")


@given(st.text() | st.text("tel:+12 ()-.;ext=a\uff11\n"))
@example("+" + "1" * 100_000)
@example("1" + ";a" * 50_000 + "!")
def test_whatever_is_written_gives_digits_or_a_reason(text: str) -> None:
    try:
        dialled = dialable(text)
    except NotDialable:
        return
    assert re.fullmatch(r"\+?[0-9]+", dialled.number)


@pytest.mark.parametrize(
    ("text", "extension"),
    [
        *(("1", True), ("123456", True), ("1234567", False), ("", False), ("+123", False)),
        *(("12\n", False), ("\uff11\uff12", False), ("1 2", False)),
    ],
)
def test_six_ascii_digits_or_fewer_are_an_extension(text: str, extension: bool) -> None:
    assert is_extension(text) is extension

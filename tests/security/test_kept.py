"""Nothing that is kept tells a secret, a number or an address, and nothing ordinary is spoilt."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Callable, Iterable
from urllib.parse import unquote

import pytest

from ringback_contracts.core.model import Request
from ringback_mock.engine.changes import ChangeLog
from tests.security import planted, planted_fresh, planted_others, planted_places
from tests.security.keeping import (
    ID,
    Keeper,
    in_a_cassette,
    in_a_line_to_send,
    in_a_report,
    in_a_saved_case,
    in_the_journal,
)
from tests.security.planted import JSON, TEXT, Planted

KEEPERS = [in_a_cassette, in_the_journal, in_a_saved_case, in_a_report, in_a_line_to_send]
SECRETS = planted.SECRETS + planted_others.SECRETS + planted_places.SECRETS + planted_fresh.SECRETS
ADDRESSES = planted.ADDRESSES + planted_fresh.ADDRESSES
ORDINARY = planted.ORDINARY + planted_others.ORDINARY + planted_places.ORDINARY + planted_fresh.ORDINARY
FEWEST_OF_A_NUMBER = 9
"""Digits at the end of a number by which it is known, whatever is done to its country code."""


def digits(text: str) -> str:
    plain = html.unescape(unquote(unquote(text)))
    return "".join(str(unicodedata.digit(character, "")) for character in plain)


NUMBERS = planted.NUMBERS + [
    Planted(text, text, digits(text), TEXT) for text in planted_others.NUMBERS + planted_fresh.NUMBERS
]


def leaks(planted: Iterable[Planted], keeper: Keeper, told: Callable[[str, str], bool]) -> list[str]:
    return [item.place for item in planted if told(item.value, keeper(item.text, item.media_type))]


def test_there_is_enough_to_measure_by() -> None:
    assert len(SECRETS) >= 1100
    assert len(NUMBERS) >= 90
    assert len(ADDRESSES) >= 24
    assert len(ORDINARY) >= 500


@pytest.mark.parametrize("keeper", KEEPERS)
def test_no_planted_secret_is_kept(keeper: Keeper) -> None:
    assert leaks(SECRETS, keeper, lambda value, kept: value in kept) == []


@pytest.mark.parametrize("keeper", KEEPERS)
def test_no_planted_number_is_kept(keeper: Keeper) -> None:
    assert leaks(NUMBERS, keeper, lambda value, kept: value[-FEWEST_OF_A_NUMBER:] in digits(kept)) == []


@pytest.mark.parametrize("keeper", KEEPERS)
def test_no_planted_address_is_kept(keeper: Keeper) -> None:
    assert leaks(ADDRESSES, keeper, lambda value, kept: value in kept) == []


@pytest.mark.parametrize("keeper", KEEPERS[:-1])
def test_no_ordinary_value_is_spoilt(keeper: Keeper) -> None:
    media = {text: JSON if text[0] in "{[" else TEXT for text in ORDINARY}
    spoilt = {
        text: kept for text in ORDINARY if (kept := keeper(text, media[text])).replace(text, "").strip()
    }
    assert spoilt == {}


@pytest.mark.parametrize("keeper", KEEPERS)
def test_the_keys_that_somebody_presses_on_a_phone_are_not_kept(keeper: Keeper) -> None:
    kept = keeper('{"act": "digits", "digits": "4711#"}', JSON)
    assert "4711" not in kept
    assert '"act": "digits"' in kept


def test_the_keys_of_a_change_do_not_stand_in_the_journal() -> None:
    log = ChangeLog()
    path = f"/__ringback/calls/{ID}/parties/{ID}"
    log.record(ID, 0.0, Request("POST", path, {}, b'{"act": "digits", "digits": "47"}'), 200)
    (change,) = log.shown()
    assert change["body"] == '{"act": "digits", "digits": "***"}'


@pytest.mark.parametrize("item", planted_others.LEAKING + planted_fresh.LEAKING, ids=lambda item: item.place)
def test_what_the_document_says_to_leak_does(item: Planted) -> None:
    assert item.value in in_the_journal(item.text, item.media_type)

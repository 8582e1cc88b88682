"""Which known name was meant by a misspelt one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.core.nearest import nearest, nearest_few

KEYS = ("phoneNumber", "callerId", "callerIdName", "callUserId", "UPPER")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("phonenumber", "phoneNumber"),
        ("PHONE_NUMBER", "phoneNumber"),
        ("callerIdNam", "callerIdName"),
        ("uper", "UPPER"),
        ("colour", None),
        ("", None),
    ],
)
def test_the_nearest_is_found_whatever_the_case_and_none_where_none_is_near(
    text: str, meant: str | None
) -> None:
    assert nearest(text, KEYS) == meant


def test_how_like_it_must_be_can_be_chosen() -> None:
    assert nearest("colour", KEYS, at_least=0) is not None
    assert nearest("callerName", KEYS, at_least=0.95) is None
    assert nearest("callerName", KEYS, at_least=0.75) == "callerIdName"
    assert nearest("anything", [], at_least=0) is None


def test_several_come_with_the_likest_first() -> None:
    assert nearest_few("callerIds", KEYS, most=2) == ["callerId", "callUserId"]
    assert nearest_few("callerIds", KEYS, most=1) == ["callerId"]
    assert nearest_few("colour", KEYS, most=3) == []


@pytest.mark.parametrize(
    ("text", "meant"), [("alise", "alice"), ("Alise", "Alice"), ("ALICE", "Alice"), ("aLICE", "alice")]
)
def test_of_names_that_differ_in_case_alone_the_one_written_alike_is_told(text: str, meant: str) -> None:
    assert nearest(text, ["Alice", "alice"]) == meant


@given(st.text(), st.lists(st.text(), min_size=1))
def test_what_is_told_is_known_and_what_is_known_is_told(text: str, known: list[str]) -> None:
    assert nearest(text, known, at_least=0) in known
    for name in known:
        told = nearest(name, known)
        assert told is not None
        assert told.lower() == name.lower()

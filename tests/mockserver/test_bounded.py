"""What is kept is bounded, and what goes is the oldest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_mock.engine.bounded import Bounded

OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.integers(0, 9), st.integers(0, 20)),
        st.tuples(st.just("pop"), st.integers(0, 9), st.just(0)),
    )
)


@given(st.integers(0, 5), st.integers(0, 40), OPERATIONS)
def test_it_behaves_as_a_list_that_is_cut_at_its_old_end(
    size: int, most: int, operations: list[tuple[str, int, int]]
) -> None:
    gone: list[int] = []
    bounded: Bounded[int, str] = Bounded(size, most, forget=lambda key, _: gone.append(key))
    model: list[tuple[int, int]] = []
    expected_gone: list[int] = []
    for what, key, weight in operations:
        if what == "pop":
            bounded.pop(key)
            model = [entry for entry in model if entry[0] != key]
            continue
        bounded.put(key, f"{key}/{weight}", weight)
        known = key in [old for old, _ in model]
        model = [(old, weight if old == key else its) for old, its in model]
        if not known:
            model.append((key, weight))
        while len(model) > size or (sum(its for _, its in model) > most and len(model) > 1):
            expected_gone.append(model.pop(0)[0])
    assert list(bounded) == [key for key, _ in model]
    assert list(bounded.values()) == [f"{key}/{weight}" for key, weight in model]
    assert bounded.weight == sum(weight for _, weight in model)
    assert gone == expected_gone


def test_the_newest_entry_stays_however_heavy_it_is() -> None:
    bounded: Bounded[str, int] = Bounded(10, weight=5)
    bounded.put("light", 1, weight=1)
    bounded.put("heavy", 2, weight=50)
    assert list(bounded) == ["heavy"]


def test_an_entry_is_found_and_taken_out_by_its_key() -> None:
    bounded: Bounded[str, int] = Bounded(2)
    bounded.put("one", 1)
    assert bounded.get("one") == 1
    assert "one" in bounded
    assert bounded.pop("one") == 1
    assert bounded.get("one") is None
    assert bounded.pop("one") is None
    assert len(bounded) == 0


def test_clearing_forgets_the_weight_too() -> None:
    bounded: Bounded[str, int] = Bounded(2, weight=10)
    bounded.put("one", 1, weight=9)
    bounded.clear()
    assert (len(bounded), bounded.weight) == (0, 0)


def test_a_negative_size_is_refused() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        Bounded(-1)

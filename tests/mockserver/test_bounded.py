"""What is kept is bounded, and what goes is the oldest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_mock.engine.bounded import Bounded, Room

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


# --- a room that several share ----------------------------------------------------------------------------

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["put", "put", "put", "pop", "clear"]),
        st.integers(0, 2),
        st.integers(0, 9),
        st.integers(0, 30),
    )
)


@given(most=st.integers(64, 200), frame=st.integers(0, 5), steps=STEPS)
def test_in_a_room_the_oldest_of_all_go_first(
    most: int, frame: int, steps: list[tuple[str, int, int, int]]
) -> None:
    room = Room(most)
    members: list[Bounded[int, int]] = [Bounded(5, 90, room=room, frame=frame) for _ in range(3)]
    ages: dict[tuple[int, int], int] = {}
    for age, (what, number, key, weight) in enumerate(steps):
        member = members[number]
        if what == "put":
            if key not in member:
                ages[number, key] = age
            member.put(key, age, weight)
            assert room.weight <= most or sum(map(len, members)) == 1
        elif what == "pop":
            member.pop(key)
        else:
            member.clear()
        assert room.weight == sum(one.weight + frame * len(one) for one in members)
    for number, member in enumerate(members):
        mine = [ages[number, key] for key in member]
        assert mine == sorted(mine)


def test_what_goes_is_older_than_all_that_stays_whoever_had_it() -> None:
    room, gone = Room(100), []
    members = [Bounded[int, int](100, forget=lambda key, _: gone.append(key), room=room) for _ in range(4)]
    for key in range(400):
        members[key * key % 4].put(key, key, 1)
    stays = [key for member in members for key in member]
    assert len(stays) <= 100
    assert gone == list(range(400 - len(stays)))


def test_a_room_that_is_just_full_keeps_all_and_a_fuller_one_makes_room_for_several() -> None:
    room = Room(128)
    member = Bounded[int, int](200, room=room)
    for key in range(128):
        member.put(key, key, 1)
    assert len(member) == 128
    member.put(128, 128, 1)
    assert room.weight == 126


def test_an_old_entry_that_is_written_anew_keeps_its_age() -> None:
    room = Room(100)
    one, other = Bounded[str, int](9, room=room), Bounded[str, int](9, room=room)
    one.put("old", 1, 40)
    other.put("new", 1, 40)
    one.put("old", 2, 30)
    other.put("newer", 1, 40)
    assert (list(one), list(other)) == ([], ["new", "newer"])


def test_what_is_told_to_forget_may_keep_a_line_of_it_in_the_same_room() -> None:
    room = Room(200)
    lines: Bounded[int, str] = Bounded(50, room=room)
    ring: Bounded[int, str] = Bounded(50, forget=lambda key, _: lines.put(key, "line", 2), room=room)
    for key in range(100):
        ring.put(key, "whole", 20)
        assert room.weight == ring.weight + lines.weight
    assert room.weight <= 220
    assert list(ring)[-1] == 99


def test_who_leaves_a_room_takes_its_weight_along_and_keeps_nothing_any_more() -> None:
    room = Room(100)
    stays, leaves = Bounded[str, int](9, room=room), Bounded[str, int](9, room=room)
    stays.put("a", 1, 10)
    leaves.put("b", 1, 50)
    leaves.close()
    leaves.put("c", 1, 50)
    assert (room.weight, len(leaves)) == (10, 0)

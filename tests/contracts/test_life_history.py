"""A call's history is stored and read back; time runs in one direction."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.life import HistoryError, advance, commands, decode, encode, opened, replay, snapshots
from ringback_contracts.life.moments import derived_id, timestamp
from ringback_contracts.life.parties import Party, Routing, Takes, WrapRules
from ringback_contracts.life.values import Conversation, Entry
from tests.contracts.life_calls import (
    ALICE,
    BOB,
    CALL_ID,
    CUSTOMER,
    OTHER,
    START,
    do,
    done,
    later,
    leg,
    placed,
    user,
)

RULES = WrapRules("timeout", 10, required=False)
QUEUE = Party(
    "queue",
    "q",
    routing=Routing(3, "en", ("a", "b")),
    agents=(user(BOB), user("carol")),
    alerting_seconds=4.0,
)
FULLEST = commands.Place(
    Party("user", ALICE, "sip:a", "Alice", Takes("answers", 1.5, 60.0), "agent", wrap=RULES),
    (QUEUE, CUSTOMER._replace(contact_id="contact")),
    "tel:+442079460002",
    "Ringback",
    "tel:+442079460100",
    "q",
    {"case": "7"},
    "00c8",
)


def a_life() -> Conversation:
    """A call of which most kinds of values are part."""
    call = later(do(opened(CALL_ID, START), FULLEST, 0), 10)
    call = done(call, commands.Delayed(3.0, commands.Hold(leg(call, ALICE).id, held=True, by=ALICE)))
    call = done(call, commands.GiveWrapUp(leg(call, ALICE).id, "sale", tags=("a", "b"), ended_at=START + 3))
    return done(call, commands.Merge(("x",), (commands.Joining(OTHER, "customer", "inbound"),), ALICE), 20)


def test_a_history_is_stored_and_read_back() -> None:
    call = a_life()
    again = decode(encode(call))
    assert again.history == call.history
    assert advance(again, START + 900) == advance(call, START + 900)


def test_a_history_is_small() -> None:
    call = placed(dnis="tel:+442079460100")
    assert len(encode(call)) < 300
    call = later(call, 10)
    before = len(encode(call))
    after = encode(done(call, commands.Hold(leg(call, ALICE).id, held=True, by=ALICE)))
    assert len(after) - before < 80


def test_what_is_stored_says_its_version() -> None:
    version, call_id, entries = orjson.loads(encode(placed()))
    assert (version, call_id, len(entries)) == (1, CALL_ID, 1)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no history of a call"),
        (b"\xff", "no history of a call"),
        (b"{}", "no history of a call"),
        (b"[1,2]", "no history of a call"),
        (b"null", "no history of a call"),
        (b'[2,"id",[]]', "version 2; this reads version 1"),
        (b"[1,7,[]]", "an id and a list"),
        (b'[1,"id",{}]', "an id and a list"),
        (b'[1,"id",[]]', "an empty history"),
        (b'[1,"id",[[]]]', "begins with its moment"),
        (b'[1,"id",[7]]', "begins with its moment"),
        (b'[1,"id",[[true,"SetTag","x"]]]', "expected a number"),
        (b'[1,"id",[["0","SetTag","x"]]]', "expected a number"),
        (b'[1,"id",[[0,"Dial","x"]]]', "begins with its name, not ['Dial'"),
        (b'[1,"id",[[0,"SetTag"]]]', "SetTag has 1 to 1 values"),
        (b'[1,"id",[[0,"SetTag","x","y"]]]', "SetTag has 1 to 1 values"),
        (b'[1,"id",[[0,"SetTag",7]]]', "expected str, not 7"),
        (b'[1,"id",[[0,"Answer","nobody"]]]', "Answer at 0.0: the call has no such participant"),
        (b'[1,"id",[[0,"End",null,1]]]', "expected bool, not 1"),
        (b'[1,"id",[[0,"Staff","q",[["robot"]]]]]', "'robot' is none of user, queue"),
        (b'[1,"id",[[0,"Staff","q",{}]]]', "expected a list"),
        (b'[1,"id",[[0,"SetAttributes","x",{"a":1}]]]', "expected texts by name"),
        (b'[1,"id",[[0,"Delayed",1,["Nothing"]]]]', "begins with its name"),
        (b'[1,"id",[[1e12,"SetTag","x"]]]', "expected a number"),
        (b'[1,"id",[[0,' + b'"Delayed",1,[' * 900 + b'"End"' + b"]" * 900 + b"]]]", "nested too deeply"),
    ],
)  # fmt: skip
def test_what_is_no_history_is_refused_with_the_reason(data: bytes, message: str) -> None:
    with pytest.raises(HistoryError) as caught:
        decode(data)
    assert message in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


@given(
    st.binary(max_size=40)
    | JSON.map(orjson.dumps)
    | JSON.map(lambda some: orjson.dumps([1, "id", [[0, some]]]))
)
def test_any_bytes_are_a_history_or_refused(data: bytes) -> None:
    try:
        call = decode(data)
    except HistoryError:
        return
    assert decode(encode(call)) == call


@given(st.data())
def test_a_history_with_one_value_changed_is_read_or_refused(data: st.DataObject) -> None:
    history: Any = orjson.loads(encode(a_life()))
    places = list(_places(history))
    holder, key = data.draw(st.sampled_from(places))
    holder[key] = data.draw(JSON)
    try:
        call = decode(orjson.dumps(history))
    except HistoryError:
        return
    assert decode(encode(call)) == call


def _places(value: Any) -> Any:
    if isinstance(value, (list, dict)):
        for key in range(len(value)) if isinstance(value, list) else list(value):
            yield value, key
            yield from _places(value[key])


@given(st.lists(st.floats(0, 100), min_size=1, max_size=8))
def test_in_steps_or_at_once_the_call_becomes_the_same(moments: list[float]) -> None:
    call = a_life()
    stepped = call
    for moment in moments:
        stepped = advance(stepped, call.now + moment)
    last = call.now + max(moments)
    assert advance(stepped, last) == advance(call, last)
    turned = call
    for turned in snapshots(call, last):
        assert turned.now <= last
    assert advance(turned, last) == advance(call, last)


def test_time_never_runs_back() -> None:
    call = later(placed(), 10)
    assert later(call, 3) is call
    held = do(call, commands.Hold(leg(call, ALICE).id, held=True, by=ALICE), 3)
    assert held.now == START + 10
    assert held.history[-1].at == START + 10


def test_a_history_that_never_was_cannot_be_replayed() -> None:
    with pytest.raises(HistoryError, match=r"Answer at 7\.0: the call has no such participant"):
        replay(CALL_ID, [Entry(7.0, commands.Answer("nobody"))])


@given(st.floats(0, 4e9))
def test_a_moment_is_written_in_utc_with_milliseconds(at: float) -> None:
    text = timestamp(at)
    assert (len(text), text[-1]) == (len("2026-01-01T00:00:00.000Z"), "Z")


@given(st.text(), st.text(), st.text())
def test_ids_of_parts_are_always_the_same_and_differ(parent: str, part: str, other: str) -> None:
    assert derived_id(parent, part) == derived_id(parent, part)
    assert (derived_id(parent, part) == derived_id(parent, other)) == (part == other)

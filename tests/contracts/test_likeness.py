"""Bodies of one form have one verdict, but for the number that is dialled and the attributes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringback_contracts.catalogue import PLACING, TABLE, judge, route
from ringback_contracts.core.declare import ALICE
from ringback_contracts.core.model import Accepted, Example, Rule
from ringback_contracts.examples import Situation, situation
from ringback_contracts.resources.calls.likeness import likeness
from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_harness.strategies import numbers, participants_bodies, published_bodies

NUMBERS = ("+4930123456", "+33123456789", "+19002345678", "+81312345678")
ATTRIBUTES: tuple[Any, ...] = ({"a": "b"}, {"order": "17", "to": "tel:+1"}, {}, {"a": 5}, None, True)
SWITCHES: tuple[dict[str, object], ...] = (
    {},
    {"strict_numbers": True},
    {"contract": "published"},
    {"contract": "participants"},
    {"region": "GB"},
)


def variants(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The body as it is, with a number that can ring where it dials any, and with other attributes."""
    yield body
    for number in NUMBERS:
        if "to" in body:
            yield body | {"to": f"tel:{number}"}
        else:
            yield body | {"phoneNumber": number}
            yield from (body | {"phoneNumber": number, "attributes": one} for one in ATTRIBUTES)


def hold_to(given: Situation, bodies: Iterable[dict[str, Any]]) -> int:
    """Judge the bodies in place of the request's; how many verdicts another's told."""
    told = 0
    known: dict[object, Accepted] = {}
    for body in bodies:
        request = replace(given.request, body=json.dumps(body).encode())
        verdict, like = judge(request, given.caller, given.org), likeness(request.body, given.org)
        if like is None:
            continue
        if like.form in known:
            assert like.of(known[like.form]) == verdict, body
            told += 1
        if like.is_told_by(verdict):
            assert isinstance(verdict, Accepted)
            assert like.of(verdict) == verdict, body
            known.setdefault(like.form, verdict)
    return told


@pytest.mark.parametrize("rule", list(TABLE), ids=lambda rule: rule.id)
def test_no_example_of_a_rule_is_judged_otherwise(rule: Rule) -> None:
    for example in (*rule.rejects, *rule.accepts):
        given = situation(example)
        operation = route(given.request.method, given.request.path).operation
        if operation is not None and operation.id in PLACING and isinstance(example.body, dict):
            bodies = list(variants(json.loads(given.request.body)))
            hold_to(given, bodies)
            hold_to(given, bodies[::-1])


def test_most_bodies_of_a_dialler_tell_of_each_other() -> None:
    for body in ({"phoneNumber": NUMBERS[0]}, {"to": f"tel:{NUMBERS[0]}", "from": f"user:{ALICE}"}):
        given = situation(Example(body))
        assert hold_to(given, [body | {"note": 1}, *variants(body)]) >= len(NUMBERS) - 1


@pytest.mark.parametrize("switched", SWITCHES, ids=str)
def test_of_two_numbers_neither_is_taken_for_the_other(switched: dict[str, object]) -> None:
    given = situation(Example({}, org=switched))
    hold_to(given, [{"phoneNumber": NUMBERS[0], "to": f"tel:{number}"} for number in NUMBERS])


@settings(max_examples=30)
@given(
    body=st.one_of(published_bodies(), participants_bodies()),
    token=st.sampled_from(["alice", "bob", "service"]),
    path=st.sampled_from([CALLS_PATH, f"{CALLS_PATH}/user/{ALICE}"]),
    switched=st.sampled_from(SWITCHES),
    number=numbers() | st.sampled_from(NUMBERS),
    attributes=st.sampled_from(ATTRIBUTES),
)
def test_no_body_is_judged_otherwise(
    body: Any, token: str, path: str, switched: dict[str, object], number: str, attributes: Any
) -> None:
    given = situation(Example({}, token=token, path=path, org=switched))
    place, scheme = ("to", "tel:") if "to" in body else ("phoneNumber", "")
    dialled = [body | {place: scheme + one} for one in (NUMBERS[0], number, NUMBERS[1])]
    hold_to(given, [body, *dialled, *(one | {"attributes": attributes} for one in (body, *dialled))])

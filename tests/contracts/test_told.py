"""A call that does not take a command says so by a rule, whatever has happened to it before."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.catalogue import OPERATIONS, TABLE, case_of, judge
from ringback_contracts.core.model import Accepted, Example
from ringback_contracts.examples import situation
from ringback_contracts.life import objections as why
from ringback_contracts.life.objections import GROUNDS
from ringback_contracts.resources.conversations.facts import CallTold

NEVER = {why.EXISTS.id}
"""Grounds that no request can meet."""
ALL = [one for rule in TABLE for one in (*rule.rejects, *rule.accepts)]
EXAMPLES = [one for one in ALL if not one.org and one.raw is None]
HISTORIES = [one.given for one in EXAMPLES if one.given]
TELLING = [one for one in EXAMPLES if isinstance(one.body, dict) and one.given]


@pytest.mark.parametrize("ground", sorted(GROUNDS.keys() & TABLE.by_id.keys()))
def test_a_ground_is_told_as_it_is_known(ground: str) -> None:
    rule, known = TABLE[ground], GROUNDS[ground]
    assert (rule.status, rule.code, rule.evidence, rule.source) == known[1:]


@given(st.sampled_from(HISTORIES), st.sampled_from(TELLING), st.sampled_from(["alice", "frank", "service"]))
def test_nothing_that_a_call_does_not_take_is_granted(
    history: tuple[Example | float, ...], asked: Example, token: str
) -> None:
    there = situation(replace(asked, given=history, token=token))
    case = case_of(there.request, there.caller, there.org)
    if isinstance(judge(there.request, there.caller, there.org), Accepted) and isinstance(case, CallTold):
        assert case.objection is None


def test_every_operation_that_tells_a_call_what_to_do_says_which_commands() -> None:
    telling = [operation for operation in OPERATIONS if operation.asks]
    assert telling
    for operation in telling:
        assert operation.gives
        assert issubclass(operation.facts, CallTold)

"""A rule that is left out for what a request holds would have had nothing against it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.catalogue import TABLE, case_of, judge
from ringback_contracts.core.case import Case
from ringback_contracts.core.judge import findings_on
from ringback_contracts.core.model import Example, Rejected, Request, Rule
from ringback_contracts.examples import situation
from ringback_contracts.org import changed, default_org
from ringback_harness.strategies import requests

SWITCHES: tuple[dict[str, object], ...] = (
    {},
    {"sip_trunking": False},
    {"strict_numbers": True},
    {"contract": "published"},
)
"""What an org can have switched otherwise, which lets other rules object."""


def left_out(case: Case) -> set[str]:
    """The rules that are not asked, although they hold for the operation and the contract."""
    every = TABLE.late(case.operation, case.contract)
    asked = TABLE.about(case.operation, case.contract, case.marks)
    return {rule.id for _, rule in every} - {rule.id for _, rule in asked}


def hold_to(case: Case, example: Example | Request) -> None:
    everything = list(findings_on(case, TABLE))
    assert left_out(case).isdisjoint(finding.rule.id for finding in everything), example
    verdict = judge(case.request, case.caller, case.org)
    first = verdict.finding if isinstance(verdict, Rejected) else None
    assert first == next(iter(everything), None), example


@pytest.mark.parametrize("rule", list(TABLE), ids=lambda rule: rule.id)
def test_no_example_of_a_rule_is_judged_otherwise(rule: Rule) -> None:
    for example in (*rule.rejects, *rule.accepts):
        given = situation(example)
        hold_to(case_of(given.request, given.caller, given.org), example)


@given(
    sent=requests(), token=st.sampled_from(["alice", "bob", "service"]), switched=st.sampled_from(SWITCHES)
)
def test_no_request_is_judged_otherwise(sent: Request, token: str, switched: dict[str, object]) -> None:
    given = situation(Example(token=token, org=switched))
    hold_to(case_of(sent, given.caller, changed(default_org(), switched)), sent)


def test_of_a_plain_call_a_third_of_the_rules_is_left_out() -> None:
    given = situation(Example({"phoneNumber": "+442079460100"}))
    case = case_of(given.request, given.caller, given.org)
    assert len(left_out(case)) >= len(TABLE.late(case.operation, case.contract)) / 3

"""Each rule rejects its own examples by its own id, and lets the others through."""

from __future__ import annotations

import pytest

from ringback_contracts.catalogue import TABLE, findings, judge, preflight
from ringback_contracts.core.model import Accepted, Evidence, Example, Knowledge, Rejected, Rule
from ringback_contracts.core.table import Table
from ringback_contracts.examples import situation

REJECTS = [
    pytest.param(rule, example, id=f"{rule.id}-{at}")
    for rule in TABLE
    for at, example in enumerate(rule.rejects)
]
ACCEPTS = [
    pytest.param(rule, example, id=f"{rule.id}-{at}")
    for rule in TABLE
    for at, example in enumerate(rule.accepts)
]


@pytest.mark.parametrize(("rule", "example"), REJECTS)
def test_a_rule_decides_about_its_own_rejected_example(rule: Rule, example: Example) -> None:
    case = situation(example)
    verdict = judge(case.request, case.caller, case.org)
    assert isinstance(verdict, Rejected)
    assert verdict.finding.rule.id == rule.id
    assert verdict.finding.detail


@pytest.mark.parametrize(("rule", "example"), ACCEPTS)
def test_what_a_rule_accepts_every_rule_accepts(rule: Rule, example: Example) -> None:
    case = situation(example)
    assert [finding.rule.id for finding in findings(case.request, case.caller, case.org)] == []
    assert isinstance(judge(case.request, case.caller, case.org), Accepted), rule.id


@pytest.mark.parametrize(("rule", "example"), REJECTS)
def test_the_verdict_is_the_first_of_the_findings(rule: Rule, example: Example) -> None:
    case = situation(example)
    found = findings(case.request, case.caller, case.org)
    assert found[0].rule is rule
    assert [finding.rule.stage for finding in found] == sorted(finding.rule.stage for finding in found)


@pytest.mark.parametrize(("rule", "example"), REJECTS)
def test_preflight_finds_just_what_needs_no_knowledge_of_the_org(rule: Rule, example: Example) -> None:
    case = situation(example)
    foreseen = [finding.rule.id for finding in preflight(case.request, case.org.contract)]
    assert (rule.id in foreseen) is (rule.knowledge is Knowledge.REQUEST)


@pytest.mark.parametrize("rule", TABLE.rules, ids=lambda rule: rule.id)
def test_without_the_rule_its_example_is_not_rejected_by_it(rule: Rule) -> None:
    case = situation(rule.rejects[0])
    verdict = judge_or_none(case, TABLE.without(rule.id))
    assert verdict != rule.id


def judge_or_none(case: object, table: Table) -> str | None:
    try:
        verdict = judge(case.request, case.caller, case.org, table)  # type: ignore[attr-defined]  # a Situation
    except AssertionError:
        return None
    return verdict.finding.rule.id if isinstance(verdict, Rejected) else None


@pytest.mark.parametrize("rule", TABLE.rules, ids=lambda rule: rule.id)
def test_every_rule_says_how_we_know_and_what_to_do(rule: Rule) -> None:
    assert rule.evidence in Evidence
    for text in (rule.title, rule.fix, rule.source, rule.message):
        assert text.strip()
    assert rule.fix.endswith(".")
    assert not rule.title.endswith(".")


def test_a_table_refuses_a_repeated_id_and_a_rule_without_examples() -> None:
    rule = TABLE["token.missing"]
    with pytest.raises(ValueError, match=r"two rules have the id 'token\.missing'"):
        Table([rule, rule])

"""Calls live in any order of commands: the mock as the rules have it, and no other one."""

from __future__ import annotations

import pytest

from ringback_contracts.catalogue import TABLE
from ringback_harness.at_url import AtUrl
from ringback_harness.check.flow_mutants import DEAF_TO, FLOW_MUTANTS
from ringback_harness.check.generated import Effort
from ringback_harness.check.life import SUBJECT, check_life
from ringback_harness.check.results import TIME_OVER, CheckOutcome, Result
from ringback_harness.check.rules import Worlds
from ringback_harness.plain_target import PlainTarget
from ringback_harness.targets import CheckTarget, InProcess
from ringback_mock.site import Site
from tests.harness.plain_target import Answers, flawless, plain_target, refuses_all
from tests.serving import mock_server
from tests.standin import NUMBER, TOKEN

LITTLE = Effort(examples=20)


def lived(target: CheckTarget, effort: Effort = LITTLE) -> list[Result]:
    return list(check_life(Worlds(target), effort))


def failures(results: list[Result]) -> list[tuple[str, ...]]:
    return [result.reasons for result in results if result.failed]


@pytest.mark.parametrize("seed", [1, 2])
def test_calls_on_the_mock_live_as_the_rules_have_it(seed: int) -> None:
    results = lived(InProcess(), Effort(examples=40, seed=seed))
    assert failures(results) == []
    assert {result.outcome for result in results} == {CheckOutcome.HELD}
    assert {result.subject for result in results} == {SUBJECT}
    assert len({result.operation for result in results}) > 10, "most of what can be done to a call is done"


def test_calls_at_a_url_live_as_the_rules_have_it() -> None:
    with mock_server() as url:
        assert failures(lived(AtUrl(url))) == []


@pytest.mark.parametrize("operation", DEAF_TO)
def test_a_command_without_effect_is_noticed(operation: str) -> None:
    mutant = InProcess(FLOW_MUTANTS[f"{operation} that does nothing"])
    found = failures(lived(mutant, Effort(examples=1)))
    assert found
    assert "500" not in str(found), "a crash shows nothing about the suite"


def test_what_fails_comes_with_the_shortest_way_there() -> None:
    mutant = InProcess(FLOW_MUTANTS["patchConversationParticipantAttributes that does nothing"])
    (failed,) = [result for result in lived(mutant, Effort(examples=100)) if result.failed]
    sent = [(step.request.method, step.request.path.rpartition("/")[2]) for step in failed.steps]
    assert ("PATCH", "attributes") in sent
    assert len([method for method, _ in sent if method != "GET"]) == 2, "a call is placed, and told one thing"


def test_a_rule_that_is_off_is_noticed_in_passing() -> None:
    target = InProcess(lambda store: Site(store, TABLE.without("life.not-active")).answer)
    assert failures(lived(target, Effort(examples=400, shrink=False)))


@pytest.mark.parametrize(("answers", "fine"), [(flawless, True), (refuses_all, False)])
def test_somebody_elses_calls_live_too(answers: Answers, fine: bool) -> None:
    with plain_target(answers) as url:
        results = lived(PlainTarget(AtUrl(url, TOKEN), [NUMBER]))
    assert (failures(results) == []) is fine
    assert all(result.outcome is not CheckOutcome.NOT_REACHED for result in results)


def test_without_time_nothing_is_tried() -> None:
    (result,) = lived(InProcess(), Effort(examples=60, until=0.0))
    assert (result.outcome, result.reasons) == (CheckOutcome.NOT_REACHED, (TIME_OVER,))

"""An answer alone is explained by the rules that give it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.envelope import envelope
from ringback_contracts.examples import situation
from ringback_contracts.explain.reported import Answer, candidates, explain_answer, explain_answered
from ringback_contracts.judge import judge
from ringback_contracts.model import Rejected, Request, Rule
from ringback_contracts.schemas import validator
from ringback_contracts.table import TABLE


@pytest.mark.parametrize("rule", TABLE.rules, ids=lambda rule: rule.id)
def test_a_rule_is_among_those_that_fit_its_own_answer(rule: Rule) -> None:
    case = situation(rule.rejects[0])
    verdict = judge(case.request, case.caller, case.org)
    assert isinstance(verdict, Rejected)
    message = envelope(verdict.finding, "x")["message"]
    answer = Answer(rule.status, rule.code, message)
    found = candidates(answer)
    assert rule in found
    assert {(other.status, other.code) for other in found} == {(rule.status, rule.code)}
    assert candidates(Answer(rule=rule.id)) == [rule]


def test_the_words_of_a_message_may_stand_in_another_order() -> None:
    found = candidates(Answer(400, "malformed", "The participant address is malformed."))
    assert {rule.message for rule in found} == {"malformed participant address"}


def test_what_does_not_go_together_is_said() -> None:
    explained = explain_answer(Answer(403, "unauthorized", "Invalid participant address"))
    assert explained is not None
    assert explained.status == 400
    assert {note.id for note in explained.notes} == {"error.status", "error.code"}


def test_an_answer_that_no_rule_gives_is_said_to_be_one() -> None:
    explained = explain_answer(Answer(418, "teapot"))
    assert explained is not None
    assert (explained.status, explained.code, explained.rule, explained.findings) == (418, "teapot", None, ())
    assert [note.id for note in explained.notes] == ["error.unknown"]
    assert explain_answer(Answer(code="strange")) is None


def test_a_request_is_explained_together_with_its_answer() -> None:
    request = Request(
        "POST",
        "/api/v2/conversations/calls",
        {"content-type": "application/json"},
        b'{"phoneNumber": "+442079460100"}',
    )
    explained = explain_answered(request, Answer(400, "conversation.error.no.user.station"))
    assert (explained.verdict, explained.status, explained.rule) == ("rejected", 400, "station.missing")
    assert [finding.rule for finding in explained.findings] == ["station.missing"]


@given(st.builds(Answer, st.none() | st.integers(100, 599), *[st.none() | st.text(max_size=20)] * 3))
def test_any_answer_is_explained_or_not(answer: Answer) -> None:
    explained = explain_answer(answer, str(answer))
    if explained is None:
        assert answer.status is None
    else:
        validator("Explanation").validate(explained.as_dict())

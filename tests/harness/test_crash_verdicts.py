"""What a run must look like for each promise to be held, and to be broken."""

from __future__ import annotations

from dataclasses import replace
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.http.faults import FaultKind
from ringback_contracts.life import Conversation, commands
from ringback_harness.crash.advice import ADVICE
from ringback_harness.crash.evidence import ProgramRun, RunEnd, fault_of
from ringback_harness.crash.scenarios import BY_NAME, SCENARIOS, Question, Scenario, UnknownScenario, named
from ringback_harness.crash.timeline import SHOWN, shortened, timeline
from ringback_harness.crash.verdicts import LONGEST_DELAY, MOST_REQUESTS, judge_run
from ringback_mock.engine.journal import Exchange
from tests.contracts.life_calls import ALICE, OTHER, done, leg, talking
from tests.harness.crashing import START, attempt, login, run

Q = Question
LOST = attempt(fault=FaultKind.LOST_REPLY, placed=True)
PLACED = attempt(5, placed=True)
REFUSED = attempt(status=503, fault=FaultKind.UNAVAILABLE)
UNAUTHORIZED = attempt(1, 401, fault=FaultKind.TOKEN_REVOKED)


def answers(judged: ProgramRun) -> dict[Question, bool]:
    """Whether each promise that was asked about was held."""
    return {verdict.question: verdict.held for verdict in judge_run(judged).verdicts}


@pytest.mark.parametrize("calls", [1, 2, 11])
def test_it_dials_once_or_it_does_not(calls: int) -> None:
    lost = [attempt(at, fault=FaultKind.LOST_REPLY, placed=True) for at in range(calls)]
    assert answers(run("lost-reply", lost, exit_code=1))[Q.DIALS_ONCE] is (calls == 1)


def test_two_destinations_are_two_intents() -> None:
    both = [LOST, attempt(1, fault=FaultKind.LOST_REPLY, placed=True, number="+442079460106")]
    judged = run("lost-reply", both, exit_code=1)
    assert answers(judged)[Q.DIALS_ONCE]
    whys = [verdict.why for verdict in judge_run(judged).verdicts if verdict.question is Q.DIALS_ONCE]
    assert whys == ["calls placed: 2, each to another destination"]


@pytest.mark.parametrize(
    ("exchange", "exit_code", "truthful"),
    [
        (LOST, 1, True),
        (LOST, 0, True),
        (attempt(status=500, fault=FaultKind.SERVER_ERROR), 1, True),
        (attempt(status=500, fault=FaultKind.SERVER_ERROR), 0, False),
        (attempt(placed=True, fault=FaultKind.NOT_JSON), 1, True),
        (attempt(placed=True), 0, True),
        (attempt(placed=True), 1, False),
    ],
)
def test_the_exit_code_says_what_an_answer_has_told(
    exchange: Exchange, exit_code: int, truthful: bool
) -> None:
    scenario = "healthy" if fault_of(exchange) is None else "server-error"
    assert answers(run(scenario, [exchange], exit_code=exit_code))[Q.TELLS_THE_TRUTH] is truthful


def retried(seconds: float, asked: str | None) -> ProgramRun:
    headers = () if asked is None else (("Retry-After", asked),)
    first = attempt(status=503, fault=FaultKind.UNAVAILABLE, headers=headers)
    return run("unavailable", [first, attempt(seconds, placed=True)])


@given(st.integers(0, 3600), st.floats(-0.04, LONGEST_DELAY))
def test_it_waits_as_long_as_it_is_asked_to(asked: int, more: float) -> None:
    assert answers(retried(max(0.0, asked + more), str(asked)))[Q.WAITS]


@given(st.integers(1, 3600), st.floats(0.06, 1))
def test_coming_back_early_is_not_waiting(asked: int, less: float) -> None:
    assert not answers(retried(asked - less, str(asked)))[Q.WAITS]


@pytest.mark.parametrize(("seconds", "held"), [(1.9, False), (2.0, True), (2.0 + LONGEST_DELAY + 1, False)])
def test_a_date_is_waited_for_too(seconds: float, held: bool) -> None:
    assert answers(retried(seconds, formatdate(START + 2, usegmt=True)))[Q.WAITS] is held


@pytest.mark.parametrize(("seconds", "held"), [(0.0, False), (0.2, True), (60.0, False)])
def test_without_a_time_a_short_pause_will_do(seconds: float, held: bool) -> None:
    assert answers(retried(seconds, None))[Q.WAITS] is held


@pytest.mark.parametrize(("seconds", "held"), [(0.01, False), (0.5, True)])
def test_a_login_is_not_hammered_either(seconds: float, held: bool) -> None:
    logins = [login(status=503, fault=FaultKind.UNAVAILABLE), login(seconds), attempt(seconds, placed=True)]
    assert answers(run("login-fails-once", logins))[Q.WAITS] is held


def test_the_hastiest_of_many_retries_counts() -> None:
    hasty = [attempt(at, 503, fault=FaultKind.UNAVAILABLE) for at in (0.0, 1.0, 1.01, 3.0)]
    assert not answers(run("stays-down", hasty, exit_code=1))[Q.WAITS]


def test_a_program_that_does_not_try_again_is_not_asked_whether_it_waits() -> None:
    assert Q.WAITS not in answers(run("stays-down", [REFUSED], exit_code=1))


@pytest.mark.parametrize(
    ("count", "end", "held"),
    [
        (1, RunEnd.OWN, True),
        (MOST_REQUESTS, RunEnd.OWN, True),
        (MOST_REQUESTS + 1, RunEnd.OWN, False),
        (1, RunEnd.TIMEOUT, False),
        (1, RunEnd.TOO_MANY, False),
    ],
)
def test_it_gives_up_by_itself_and_soon(count: int, end: RunEnd, held: bool) -> None:
    many = [attempt(at, 503, fault=FaultKind.UNAVAILABLE) for at in range(count)]
    assert answers(run("stays-down", many, exit_code=1, end=end))[Q.GIVES_UP] is held


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_program_that_has_to_be_stopped_fails_in_every_scenario(scenario: Scenario) -> None:
    judgement = judge_run(run(scenario.name, [REFUSED], end=RunEnd.TIMEOUT))
    assert Q.GIVES_UP in {verdict.question for verdict in judgement.failures}


def test_it_recovers_or_not() -> None:
    assert answers(run("unavailable", [REFUSED, PLACED]))[Q.RECOVERS]
    assert not answers(run("unavailable", [REFUSED], exit_code=1))[Q.RECOVERS]
    assert not answers(run("unavailable", [REFUSED, PLACED], exit_code=1))[Q.RECOVERS]


def test_a_failure_that_is_reported_of_a_call_that_was_placed_is_told_as_that() -> None:
    judged = judge_run(run("token-revoked", [login(), UNAUTHORIZED, login(), PLACED], exit_code=1))
    assert [verdict.question for verdict in judged.failures] == [Q.RECOVERS, Q.TELLS_THE_TRUTH]
    assert judged.failures[0].why == "the call was placed in the end, and yet it ended with 1"


def test_only_who_can_log_in_is_asked_to_recover_from_a_401() -> None:
    assert Q.RECOVERS not in answers(run("token-revoked", [UNAUTHORIZED], exit_code=1))
    assert not answers(run("token-revoked", [login(), UNAUTHORIZED], exit_code=1))[Q.RECOVERS]


@pytest.mark.parametrize(
    ("logins", "refused", "held"), [(1, False, True), (2, False, False), (2, True, True), (3, True, False)]
)
def test_it_logs_in_once_and_once_more_after_a_401(logins: int, refused: bool, held: bool) -> None:
    refusal = [UNAUTHORIZED] if refused else []
    scenario = "tokens-refused" if refused else "healthy"
    judged = run(scenario, [*(login(at) for at in range(logins)), *refusal, PLACED])
    assert answers(judged)[Q.LOGS_IN_ONCE] is held


def test_a_login_that_failed_is_none() -> None:
    failed = login(0, 503, fault=FaultKind.UNAVAILABLE)
    assert answers(run("login-fails-once", [failed, login(1), PLACED]))[Q.LOGS_IN_ONCE]


@pytest.mark.parametrize(("exit_code", "held"), [(0, True), (1, False)])
def test_it_survives_the_future(exit_code: int, held: bool) -> None:
    future = attempt(placed=True, fault=FaultKind.UNKNOWN_FIELD)
    assert answers(run("unknown-field", [future], exit_code=exit_code))[Q.SURVIVES] is held


def test_whoever_sends_over_an_expired_certificate_has_not_checked_it() -> None:
    assert answers(run("expired-certificate", [], exit_code=1, expired_handshakes=1))[Q.CHECKS_CERTIFICATE]
    assert not answers(run("expired-certificate", [PLACED], expired_handshakes=1))[Q.CHECKS_CERTIFICATE]


@pytest.mark.parametrize(
    ("judged", "question", "why"),
    [
        (run("lost-reply", [LOST], exit_code=1), Q.DIALS_ONCE, "calls placed: 1"),
        (run("lost-reply", [LOST, LOST]), Q.DIALS_ONCE, "2 calls were placed to one destination"),
        (run("unavailable", [REFUSED]), Q.DIALS_ONCE, "calls placed: 0"),
        (run("healthy", [PLACED]), Q.TELLS_THE_TRUTH, "it ended with 0, and a call was placed"),
        (run("unavailable", [REFUSED]), Q.TELLS_THE_TRUTH, "it ended with 0, and no call was placed"),
        (
            run("healthy", [PLACED], exit_code=1),
            Q.TELLS_THE_TRUTH,
            "it ended with 1, and yet an answer had told it that the call was placed",
        ),
        (
            run("lost-reply", [LOST], exit_code=1),
            Q.TELLS_THE_TRUTH,
            "it ended with 1, and no answer had told it of a call",
        ),
        (run("unavailable", [REFUSED, PLACED]), Q.RECOVERS, "the call was placed in the end"),
        (
            run("unavailable", [REFUSED], exit_code=1),
            Q.RECOVERS,
            "it ended with 1; trying again was safe and would have worked",
        ),
        (retried(3, "2"), Q.WAITS, "it tried again after 3.0 s; asked was 2.0 s"),
        (retried(3, None), Q.WAITS, "it tried again after 3.0 s; asked was at least a short pause"),
        (
            run("stays-down", [REFUSED, REFUSED], exit_code=1),
            Q.GIVES_UP,
            "it ended by itself after 1.0 s and 2 requests",
        ),
        (
            run("stays-down", [REFUSED, REFUSED], end=RunEnd.TIMEOUT),
            Q.GIVES_UP,
            "it had to be stopped after 1.0 s and 2 requests",
        ),
        (run("healthy", [login(), PLACED]), Q.LOGS_IN_ONCE, "tokens asked for and got: 1"),
        (
            run("unknown-field", [attempt(placed=True, fault=FaultKind.UNKNOWN_FIELD)]),
            Q.SURVIVES,
            "it took no notice",
        ),
        (
            run("unknown-field", [attempt(fault=FaultKind.UNKNOWN_FIELD)], exit_code=1),
            Q.SURVIVES,
            "no call was placed, and it ended with 1",
        ),
        (
            run("expired-certificate", [], expired_handshakes=1),
            Q.CHECKS_CERTIFICATE,
            "it sent nothing over the connection",
        ),
        (
            run("expired-certificate", [REFUSED, PLACED], expired_handshakes=1),
            Q.CHECKS_CERTIFICATE,
            "it sent 2 requests over the connection",
        ),
    ],
)
def test_an_answer_says_what_shows_it(judged: ProgramRun, question: Question, why: str) -> None:
    assert why in [verdict.why for verdict in judge_run(judged).verdicts if verdict.question is question]


@pytest.mark.parametrize(
    ("judged", "why"),
    [
        (run("lost-reply", []), "never sent the mock a request that an API answers, and ended with 0"),
        (
            run("lost-reply", [], end=RunEnd.TIMEOUT),
            "never sent the mock a request that an API answers, and had to be stopped after 1 s",
        ),
        (run("lost-reply", [login(status=400)]), "it did not get that far: its login was refused"),
        (run("expired-certificate", [], exit_code=1), "never sent the mock a request"),
        (run("lost-reply", [login()]), "sends nothing of the kind"),
        (run("login-fails-once", [PLACED]), "sends nothing of the kind"),
        (run("healthy", [login()], exit_code=7), "placed no call although all was well: it ended with 7"),
        (run("healthy", [login(status=400)], exit_code=1), "its login was refused"),
    ],
)
def test_what_cannot_be_asked_is_said(judged: ProgramRun, why: str) -> None:
    judgement = judge_run(judged)
    assert judgement.verdicts == ()
    assert why in str(judgement.unasked)


def about(question: Question, *calls: Conversation, exit_code: int = 0, end: RunEnd = RunEnd.OWN) -> bool:
    """What is said of a run that left these calls, of each of which it was told that it was placed."""
    placed = [attempt()._replace(call_id=call.id) for call in calls]
    asked = next(scenario.name for scenario in SCENARIOS if question in scenario.asks)
    judged = run(asked, [*placed, attempt(1, 503, fault=FaultKind.UNAVAILABLE)], exit_code=exit_code, end=end)
    return answers(replace(judged, calls=calls, sockets_struck=1))[question]


def test_who_leaves_a_consult_or_a_hold_behind_leaves_somebody_waiting() -> None:
    customer = leg(talking(), "external").id
    held = done(talking(), commands.Hold(leg(talking(), ALICE).id, held=True, by=ALICE))
    consulted = done(talking(), commands.StartConsult(customer, OTHER, ALICE, "DESTINATION"))
    assert about(Q.LEAVES_NOBODY_WAITING, talking())
    assert not about(Q.LEAVES_NOBODY_WAITING, talking(), held)
    assert not about(Q.LEAVES_NOBODY_WAITING, consulted)
    assert about(Q.LEAVES_NOBODY_WAITING, done(held, commands.End()), done(consulted, commands.End()))


def test_who_was_not_told_of_the_end_or_failed_does_not_know_it() -> None:
    assert not about(Q.KNOWS_THE_END, talking())
    assert not about(Q.KNOWS_THE_END, talking(), exit_code=1)
    over = done(talking(), commands.End())
    assert not about(Q.KNOWS_THE_END, over), "nothing had told it"


def test_a_success_without_a_call_is_a_lie_even_when_all_is_well() -> None:
    assert answers(run("healthy", [login()]))[Q.TELLS_THE_TRUTH] is False


def test_each_question_is_asked_somewhere_and_has_its_advice() -> None:
    asked = {question for scenario in SCENARIOS for question in scenario.asks}
    assert asked == set(Question) == set(ADVICE)
    assert len(BY_NAME) == len(SCENARIOS)


@given(st.text(max_size=20).filter(lambda name: name not in BY_NAME))
def test_no_other_name_is_a_scenario(name: str) -> None:
    with pytest.raises(UnknownScenario, match="the nearest is"):
        named(name)


@given(st.integers(0, 300))
def test_a_long_timeline_keeps_its_beginning_and_its_end(count: int) -> None:
    moments = timeline(run("stays-down", [attempt(at, 503) for at in range(count)], exit_code=1))
    assert len(moments) == count + 1
    shown = shortened(moments)
    assert len(shown) <= SHOWN
    assert (shown[0], shown[-1]) == (moments[0], moments[-1])
    assert (None in shown) is (len(moments) > SHOWN)


def test_a_timeline_counts_calls_and_names_nobody() -> None:
    told = [moment.what for moment in timeline(run("lost-reply", [LOST, LOST], exit_code=1))]
    assert told == [
        "POST /api/v2/conversations/calls: CALL 1 PLACED, connection closed before the answer",
        "POST /api/v2/conversations/calls: CALL 2 PLACED, connection closed before the answer",
        "the program ended with 1",
    ]

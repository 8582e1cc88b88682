"""The questions put to a run: each is answered from what reached the mock and from the exit code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from itertools import pairwise

from ringback_contracts.core.model import Rejected
from ringback_harness.crash.evidence import ProgramRun, RunEnd, brings_in, header, is_whole
from ringback_harness.crash.following import was_told_of_end
from ringback_harness.crash.scenarios import HEALTHY, Question
from ringback_mock.engine.journal import Exchange

MOST_REQUESTS = 20
"""More in one scenario is no longer trying, it is hammering."""
TOLERANCE = 0.05
"""Seconds that a timer may be early."""
SHORTEST_PAUSE = 0.1
"""Seconds between two attempts where the platform does not say how long to wait."""
LONGEST_DELAY = 15.0
"""Seconds that an attempt may come later than was asked."""
BUSY = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one question: whether the promise was held, and what shows it."""

    question: Question
    held: bool
    why: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a run showed. ``unasked`` says why the scenario could ask nothing."""

    run: ProgramRun
    verdicts: tuple[Verdict, ...] = ()
    unasked: str | None = None

    @property
    def failures(self) -> tuple[Verdict, ...]:
        return tuple(verdict for verdict in self.verdicts if not verdict.held)


def judge_run(run: ProgramRun) -> Judgement:
    """Answer each question that the scenario asks and the run can answer."""
    asks = run.scenario.asks
    if not run.reached:
        way_out = run.way_out if run.end is RunEnd.OWN else f"had to be stopped after {run.seconds:.0f} s"
        return Judgement(run, unasked=f"it never sent the mock a request that an API answers, and {way_out}")
    if run.end is not RunEnd.OWN:
        asks = (Question.GIVES_UP, *(question for question in asks if question is not Question.GIVES_UP))
    elif (unasked := _unasked(run)) is not None:
        return Judgement(run, unasked=unasked)
    verdicts = tuple(filter(None, (_ANSWERS[question](run) for question in asks)))
    if not verdicts:
        return Judgement(run, unasked="it did nothing that the scenario could ask about")
    return Judgement(run, verdicts)


def _unasked(run: ProgramRun) -> str | None:
    if not run.struck:
        refused = _refusal(run)
        return f"it did not get that far: {refused}" if refused else "it sends nothing of the kind"
    if run.scenario.of_sockets and not run.placed:
        return "it placed no call that it could follow"
    if run.scenario is HEALTHY and not run.placed and not run.succeeded:
        why = _refusal(run) or f"it {run.way_out}"
        return f"it placed no call although all was well: {why}"
    return None


def _refusal(run: ProgramRun) -> str | None:
    """What the mock had against the program's requests, which no scenario is about."""
    for exchange in reversed(run.exchanges):
        if isinstance(exchange.verdict, Rejected):
            rule = exchange.verdict.finding.rule
            return f"the mock refused its request with {rule.status}, rule {rule.id}. {rule.fix}"
        if exchange.verdict is None and exchange.response.status == 400:
            return "its login was refused; use the client id and secret of the environment"
    return None


def _dials_once(run: ProgramRun) -> Verdict:
    calls, legs = run.most_calls, run.most_legs
    if calls > 1:
        why = f"{calls} calls were placed to one destination"
    elif legs > 1:
        why = f"{legs} legs of a call were dialled to one destination"
    else:
        count = len(run.placed)
        why = f"calls placed: {count}, each to another destination" if count > 1 else f"calls placed: {count}"
    return Verdict(Question.DIALS_ONCE, calls <= 1 and legs <= 1, why)


def _tells_the_truth(run: ProgramRun) -> Verdict | None:
    if run.end is not RunEnd.OWN:
        return None
    if run.succeeded:
        placed = "a call was placed" if run.placed else "no call was placed"
        return Verdict(Question.TELLS_THE_TRUTH, bool(run.placed), f"it ended with 0, and {placed}")
    brought = [exchange for exchange in run.exchanges if brings_in(exchange)]
    # Whoever was refused a transfer, or never learnt of it, has not done all that it was for.
    told, done = any(map(is_whole, run.placed)), all(map(_told_done, brought))
    why = f"it {run.way_out}, and {(_KNOWN if done else _UNDONE) if told else _UNKNOWN}"
    return Verdict(Question.TELLS_THE_TRUTH, not (told and done), why)


def _told_done(exchange: Exchange) -> bool:
    return is_whole(exchange) and exchange.response.status < HTTPStatus.MULTIPLE_CHOICES


_KNOWN = "yet an answer had told it that the call was placed"
_UNKNOWN = "no answer had told it of a call"
_UNDONE = "what it asked of the call was refused, or its answer was lost"


def _waits(run: ProgramRun) -> Verdict | None:
    found = [_waited(first, then) for first, then in _retries(run)]
    if not found:
        return None
    return next((verdict for verdict in found if not verdict.held), found[0])


def _retries(run: ProgramRun) -> Iterator[tuple[Exchange, Exchange]]:
    """Each answer that asks for patience, and the next request of the same kind."""
    for kind in (run.attempts, run.logins):
        for first, then in pairwise(kind):
            if first.response.status in BUSY:
                yield first, then


def _waited(first: Exchange, then: Exchange) -> Verdict:
    gap = then.at - first.at
    asked = _asked(first)
    least = SHORTEST_PAUSE if asked is None else asked
    held = least - TOLERANCE <= gap <= max(least, 1.0) + LONGEST_DELAY
    wanted = "at least a short pause" if asked is None else f"{asked:.1f} s"
    return Verdict(Question.WAITS, held, f"it tried again after {gap:.1f} s; asked was {wanted}")


def _asked(exchange: Exchange) -> float | None:
    """The seconds from the answer on for which ``Retry-After`` asks (RFC 9110, 10.2.3)."""
    text = header(exchange, "Retry-After")
    if text is None:
        return None
    return float(text) if text.isdecimal() else parsedate_to_datetime(text).timestamp() - exchange.at


def _gives_up(run: ProgramRun) -> Verdict:
    count = len(run.exchanges)
    held = run.end is RunEnd.OWN and count <= MOST_REQUESTS
    how = "it ended by itself" if run.end is RunEnd.OWN else "it had to be stopped"
    return Verdict(Question.GIVES_UP, held, f"{how} after {run.seconds:.1f} s and {count} requests")


def _recovers(run: ProgramRun) -> Verdict | None:
    if run.end is not RunEnd.OWN or _holds_a_ready_token(run):
        return None
    placed = "the call was placed in the end"
    if run.placed:
        why = placed if run.succeeded else f"{placed}, and yet it {run.way_out}"
    else:
        why = f"it {run.way_out}; trying again was safe and would have worked"
    return Verdict(Question.RECOVERS, run.succeeded and bool(run.placed), why)


def _holds_a_ready_token(run: ProgramRun) -> bool:
    """Whether its token was refused, and it has nothing to get another one with."""
    return not run.logins and any(exchange.response.status == 401 for exchange in run.exchanges)


def _logs_in_once(run: ProgramRun) -> Verdict | None:
    if not run.logins:
        return None
    granted = sum(exchange.response.status == 200 for exchange in run.logins)
    refused = any(exchange.response.status == 401 for exchange in run.exchanges)
    allowed = 2 if refused else 1
    return Verdict(Question.LOGS_IN_ONCE, granted <= allowed, f"tokens asked for and got: {granted}")


def _survives(run: ProgramRun) -> Verdict:
    held = run.succeeded and bool(run.placed)
    placed = "the call was placed" if run.placed else "no call was placed"
    why = "it took no notice" if held else f"{placed}, and it {run.way_out}"
    return Verdict(Question.SURVIVES, held, why)


def _checks_certificate(run: ProgramRun) -> Verdict:
    sent = len(run.exchanges)
    why = f"it sent {sent} requests over the connection" if sent else "it sent nothing over the connection"
    return Verdict(Question.CHECKS_CERTIFICATE, not sent, why)


def _leaves_nobody_waiting(run: ProgramRun) -> Verdict:
    live = [call for call in run.calls if call.active]
    if any(call.consult for call in live):
        why = "a consult runs on, and whoever it is about waits"
    elif any(one.call.held and one.call.up for call in live for one in call.participants):
        why = "somebody is left on hold"
    else:
        return Verdict(Question.LEAVES_NOBODY_WAITING, held=True, why="nobody was left on hold")
    return Verdict(Question.LEAVES_NOBODY_WAITING, held=False, why=f"it {run.way_out}, and {why}")


def _knows_the_end(run: ProgramRun) -> Verdict | None:
    if not run.placed:
        return None
    going = {call.id for call in run.calls if call.active}
    untold = [one.call_id for one in run.placed if not was_told_of_end(run, str(one.call_id))]
    if run.end is not RunEnd.OWN:
        why = "it had to be stopped"
    elif any(one.call_id in going for one in run.placed):
        why = f"it {run.way_out} while the call went on"
    elif untold:
        why = f"it {run.way_out}, and nothing had told it that the call was over"
    else:
        why = f"it was told that the call was over, and {run.way_out}"
    return Verdict(Question.KNOWS_THE_END, run.succeeded and not untold, why)


_ANSWERS: dict[Question, Callable[[ProgramRun], Verdict | None]] = {
    Question.DIALS_ONCE: _dials_once,
    Question.TELLS_THE_TRUTH: _tells_the_truth,
    Question.WAITS: _waits,
    Question.GIVES_UP: _gives_up,
    Question.RECOVERS: _recovers,
    Question.LOGS_IN_ONCE: _logs_in_once,
    Question.SURVIVES: _survives,
    Question.CHECKS_CERTIFICATE: _checks_certificate,
    Question.LEAVES_NOBODY_WAITING: _leaves_nobody_waiting,
    Question.KNOWS_THE_END: _knows_the_end,
}

"""What the client says of a request, before and after it is sent, against what the target answers."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ringback_client import (
    CallOutcomeUnknown,
    CallsClient,
    InvalidNumber,
    InvalidRequest,
    MalformedAddress,
    NotAuthenticated,
    NotAuthorized,
    NotFound,
    PlacedCall,
    RateLimited,
    ReplyLost,
    RetryPolicy,
    RingbackError,
    RingbackWarning,
    ServerError,
)
from ringback_client.safety import KNOWN_ON_THE_PLATFORM
from ringback_client.transport import Reply
from ringback_contracts.catalogue import TABLE
from ringback_contracts.core.credentials import token_of
from ringback_contracts.core.model import CONTRACTS, PARTICIPANTS, Contract, Knowledge, Request, Stage
from ringback_contracts.resources.calls.operations import PLACE_CALL, PLACE_CALL_FOR_USER
from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_harness import strategies
from ringback_harness.check.adapter import WorldAdapter
from ringback_harness.check.expectation import Expected
from ringback_harness.check.generated import Effort, explore, verdict_on
from ringback_harness.check.reasons import AnswerSummary, Mismatch, NoReply, WrongAnswer, of_transport
from ringback_harness.check.results import CheckOutcome, Result, RoundTrip
from ringback_harness.check.rules import Worlds, refuse_guesses
from ringback_harness.targets import OutOfReach, World

SUITE = "client"
ERRORS: Mapping[int, type[RingbackError]] = {
    401: NotAuthenticated,
    403: NotAuthorized,
    404: NotFound,
    422: InvalidNumber,
    429: RateLimited,
    501: ServerError,
}
"""The error that an answer must become; any other 4xx is ``InvalidRequest`` or, of an address, its kin."""
Said = PlacedCall | RingbackError


def subject(contract: Contract) -> str:
    """What a row of the report is about."""
    return f"predictions, {contract} bodies"


def check_client(worlds: Worlds, effort: Effort) -> Iterator[Result]:
    """For generated bodies of both contracts: the client's prediction, its result, the target's answer."""
    for contract in CONTRACTS:
        yield from _check(worlds, contract, effort)


def _check(worlds: Worlds, contract: Contract, effort: Effort) -> Iterator[Result]:
    world = worlds.get()
    bodies = strategies.participants_bodies if contract == PARTICIPANTS else strategies.published_bodies
    requests = strategies.requests(world.org, body=bodies(world.org)).map(as_alice)
    untried = Result(SUITE, subject(contract), PLACE_CALL, CheckOutcome.NOT_REACHED)
    yield from explore(requests, lambda request: _tried(world, contract, request), effort.at(world), untried)


def as_alice(request: Request) -> Request:
    """The request as alice sends it, with JSON as its media type."""
    headers = {**request.headers, "authorization": "Bearer alice", "content-type": "application/json"}
    return replace(request, headers=headers)


def _tried(world: World, contract: Contract, request: Request) -> Result:
    operation = PLACE_CALL if request.path == CALLS_PATH else PLACE_CALL_FOR_USER
    attempt = Result(
        SUITE, subject(contract), operation, CheckOutcome.NOT_REACHED, exchange=RoundTrip(request)
    )
    try:
        expected = verdict_on(world, request)[0]
        refuse_guesses(world, request, expected)
        return _agreed(attempt, world, request, expected)
    except OutOfReach as reason:
        return replace(attempt, reasons=(str(reason),))
    except ReplyLost as error:
        return replace(attempt, outcome=CheckOutcome.FAILED, reasons=(of_transport(error),))


def _agreed(attempt: Result, world: World, request: Request, expected: Expected) -> Result:
    reply = world.send(request)
    predicted = said(world, request, preflight=True)
    answered = said(world, request, preflight=False)
    found = tuple(
        filter(
            None,
            (
                disagreement(reply, answered),
                misprediction(reply, predicted, expected, real=world.traits.real),
            ),
        )
    )
    outcome = CheckOutcome.FAILED if found else CheckOutcome.HELD
    return replace(attempt, outcome=outcome, reasons=found, exchange=RoundTrip(request, reply))


def said(world: World, request: Request, *, preflight: bool) -> Said:
    """What ``CallsClient`` makes of the request: the placed call, or the error that it raises."""
    bare = {name: value for name, value in request.headers.items() if name not in ("authorization", "host")}
    settings: dict[str, Any] = {"retry": RetryPolicy(attempts=1), "adapter": WorldAdapter(world)}
    # Whom a call may ring is for the world to say, which sees each request.
    settings |= {"preflight": preflight, "allow_calls": True}
    with (
        CallsClient(world.url, _token(request), **settings) as client,
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore", RingbackWarning)
        try:
            return client.send(replace(request, headers=bare))
        except RingbackError as error:
            return error


def _token(request: Request) -> str:
    return token_of(request) or ""


def disagreement(reply: Reply, outcome: Said) -> str | None:
    """In what the client's result is not what the answer says; ``None`` where they agree."""
    answer = AnswerSummary.of(reply)
    if isinstance(outcome, CallOutcomeUnknown) and outcome.status is None:
        return NoReply(f"no whole reply came: {outcome}")
    if reply.status < 300:
        placed = isinstance(outcome, PlacedCall)
        return None if placed else f"answered {reply.status}, the client says {type(outcome).__name__}"
    if isinstance(outcome, PlacedCall):
        return f"answered {answer}, the client says that a call was placed"
    allowed = expected_errors(reply)
    if type(outcome) not in allowed:
        named = " or ".join(sorted(kind.__name__ for kind in allowed))
        return f"answered {answer}, which is {named}; the client says {type(outcome).__name__}"
    if (outcome.status, outcome.code) != (reply.status, reply.document.get("code")):
        return f"answered {answer}, the client says {outcome.status} {outcome.code}"
    return None


def expected_errors(reply: Reply) -> set[type[RingbackError]]:
    """The errors that an answer may become."""
    rule = TABLE.by_id.get(reply.headers.get("Ringback-Rule", ""))
    if reply.status == 400 and rule is not None:
        return {MalformedAddress if rule.stage is Stage.ADDRESSES else InvalidRequest}
    if reply.status == 400:
        return {MalformedAddress, InvalidRequest}
    if reply.status in ERRORS:
        return {ERRORS[reply.status]}
    return {ServerError, CallOutcomeUnknown} if reply.status >= 500 else {InvalidRequest}


def misprediction(
    reply: Reply, predicted: Said, expected: Expected | None = None, *, real: bool = False
) -> str | None:
    """In what a prediction is wrong; ``None`` where it is right.

    The client can foresee what the request alone decides. A rule about the org may strike first, so what
    is foreseen must be refused, and refused just so where the deciding rule is one of those. An answer that
    names no rule and is as ``expected`` is taken for that of the rule which is. Of a ``real`` org the client
    foresees only what was seen or is published.
    """
    rule = TABLE.by_id.get(reply.headers.get("Ringback-Rule", ""))
    if (
        rule is None
        and expected
        and (reply.status, reply.document.get("code"))
        == (
            expected.status,
            expected.code,
        )
    ):
        rule = TABLE.by_id.get(expected.rule or "")
    foreseeable = (
        rule is not None
        and rule.knowledge is Knowledge.REQUEST
        and (not real or rule.evidence in KNOWN_ON_THE_PLATFORM)
    )
    if not isinstance(predicted, RingbackError) or predicted.rule is None or predicted.correlation_id:
        words = "the client foresees nothing, answered"
        return WrongAnswer(words, AnswerSummary.of(reply)) if foreseeable else None
    if reply.status < 400:
        return _unlike(predicted, reply)
    if not foreseeable and rule is not None:
        return None
    code = reply.document.get("code")
    # An answer without a code is at fault in itself, which the rules' examples show.
    same = predicted.status == reply.status and (predicted.code == code or not isinstance(code, str))
    if rule is not None:
        same = same and predicted.rule == rule.id
    if same and type(predicted) in expected_errors(reply):
        return None
    return _unlike(predicted, reply)


def _unlike(predicted: RingbackError, reply: Reply) -> Mismatch:
    foreseen = AnswerSummary(predicted.status or 0, predicted.code or "", predicted.rule or "")
    return Mismatch.of(foreseen, AnswerSummary.of(reply), "the client foresees")

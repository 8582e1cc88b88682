"""Every rule's own examples on a target: what it must reject and what it must accept."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import orjson

from ringback_client.errors import ReplyLost
from ringback_client.transport import Reply
from ringback_contracts.catalogue import TABLE, judge
from ringback_contracts.core.credentials import token_of
from ringback_contracts.core.model import Example, Knowledge, Request, Rule, Stage
from ringback_contracts.examples import (
    CHANNEL_PLACEHOLDER,
    KNOWN_CALLS,
    KNOWN_CHANNEL,
    before,
    begins_call,
    request_of,
    situation,
)
from ringback_contracts.org import Org, default_org
from ringback_harness.check.expectation import Expected, expected_of, faults, refused_by
from ringback_harness.check.reasons import ERRORS, AnswerSummary, of_transport
from ringback_harness.check.results import TIME_OVER, CheckOutcome, Result, RoundTrip, operation_of
from ringback_harness.check.trail import Trail
from ringback_harness.targets import CheckTarget, OutOfReach, World

SUITE = "rules"
ASK_NOTHING = Request("GET", "/api/v2/tokens/me", {"host": "127.0.0.1"})
"""What uses up a rate limit and does nothing else."""

ANYWHERE = frozenset(
    {
        "call.unknown",
        "call.unknown-to-disconnect",
        "destination.conversation-unknown",
        "destination.queue-unknown",
        "destination.user-unknown",
        "from-queue.unknown",
        "from.campaign-unknown",
        "from.user-unknown",
        "path.user-unknown",
        "token.missing",
        "token.unknown",
        "user.unknown",
    }
)
"""Rules about what no org has: a token that is not there, and ids that were made up."""

OWN = frozenset(
    {"host.misdirected", "number.strict", "patch.not-a-hang-up", "path.not-served", "transfer.number-strict"}
)
"""Rules that are Ringback's alone: what it does not serve, its protection, its switch."""
NOT_DIALLED = "the number, which is kept for fiction, is not dialled there; --allow-number gives one that is"
DEPENDS = "the org there is not known, and this depends on it"
NO_ORG_HAS_IT = "it is a limit of Ringback's own, which no real org has"


class Worlds:
    """The worlds of one run, one for each set of switches; a used-up one is not given again.

    From ``until`` on (``time.monotonic``) nothing in them can be reached.
    """

    def __init__(self, target: CheckTarget, until: float = float("inf")) -> None:
        self.target = target
        self._until = until
        self._kept: dict[bytes, World] = {}

    def get(self, switches: Mapping[str, Any] | None = None, *, fresh: bool = False) -> World:
        """A world with these switches. Raises ``OutOfReach``."""
        key = orjson.dumps(switches or {})
        if fresh or key not in self._kept:
            if fresh or switches:  # an org would have to be made for it
                self._heed_time()
            world = self._timed(self.target.world(switches))
            if fresh:
                return world
            self._kept[key] = world
        return self._kept[key]

    def _timed(self, world: World) -> World:
        def deliver(request: Request) -> Reply:
            self._heed_time()
            return world.deliver(request)

        return replace(world, deliver=deliver)

    def _heed_time(self) -> None:
        if time.monotonic() >= self._until:
            raise OutOfReach(TIME_OVER)


def check_rules(worlds: Worlds, rules: Iterable[Rule] = TABLE) -> Iterator[Result]:
    """Try each rule's examples, the rejected ones first."""
    for rule in rules:
        for example in rule.rejects:
            yield try_example(worlds, rule, example, refused_by(rule))
        for example in rule.accepts:
            yield try_example(worlds, rule, example, None)


def try_example(worlds: Worlds, rule: Rule, example: Example, refusal: Expected | None) -> Result:
    """One example of a rule; without ``refusal`` it must be granted."""
    plain = situation(example)
    attempt = Result(
        SUITE,
        rule.id,
        operation_of(plain.request),
        CheckOutcome.NOT_REACHED,
        exchange=RoundTrip(plain.request),
        expected=refusal or expected_of(judge(plain.request, plain.caller, plain.org), plain.org),
        switches=example.org,
        used=example.used,
    )
    trail = Trail()
    try:
        world = trail.followed(_reached(worlds, example, refusal))
        call_ids = arranged(world, before(example))
        channel_id = channel_of(world, example)
        _use(world, plain.request, example.used)
    except OutOfReach as reason:
        return replace(attempt, reasons=(str(reason),))
    except ReplyLost as error:
        return replace(attempt, outcome=CheckOutcome.FAILED, reasons=(of_transport(error),))
    there = situation(example, call_ids=call_ids or KNOWN_CALLS, channel_id=channel_id)
    expected = refusal or expected_of(judge(there.request, there.caller, there.org), there.org)
    return replace(answered(attempt, world, there.request, expected), steps=trail.steps)


def granted_there(world: World, request: Request) -> None:
    """Raise ``OutOfReach`` where nobody can tell whether an org that is not known grants the request.

    Where calls are real, the target decides itself whom it lets ring, and as whom.
    """
    if world.org is None and world.sure is None and not world.traits.real:
        raise OutOfReach(DEPENDS)
    refuse_dependent(world, request)


def foretold(attempt: Result, world: World, request: Request, expected: Expected) -> Result:
    """The attempt with its answer, where what is expected holds in any org."""
    try:
        refuse_guesses(world, request, expected)
    except OutOfReach as reason:
        return replace(attempt, reasons=(str(reason),))
    return answered(attempt, world, request, expected)


def refuse_guesses(world: World, request: Request, expected: Expected) -> None:
    """Raise ``OutOfReach`` where the answer hangs on an org that is not known, as every grant does."""
    if world.org is not None:
        return
    if expected.code is None:
        raise OutOfReach("it may be granted there, and what is generated may name anybody")
    if expected.rule in OWN:
        raise OutOfReach(NO_ORG_HAS_IT)
    rule = TABLE.by_id.get(expected.rule or "")
    if rule is not None and rule.knowledge is not Knowledge.REQUEST and rule.id not in ANYWHERE:
        if rule.stage is not Stage.AUTHORIZE or token_of(request) == "alice":
            raise OutOfReach(DEPENDS)
        world.as_known_here(request)  # whoever stands for somebody there has no more rights
    refuse_dependent(world, request)


def refuse_dependent(world: World, request: Request) -> Expected | None:
    """Raise ``OutOfReach`` where another org may well answer otherwise: it lacks whoever is named.

    An earlier rule of the table would then object first. A number that is kept for fiction is dialled by
    some orgs only: what those answer that refuse it is given.
    """
    if world.org is not None or world.sure is None:
        return None
    here, there = (_verdict(request, org) for org in (default_org(), world.sure))
    if there.rule == "number.reserved" and here.code is None:
        return there
    if (here.status, here.rule) != (there.status, there.rule):
        raise OutOfReach(DEPENDS)
    return None


def _verdict(request: Request, org: Org) -> Expected:
    """What the rules expect of a request to an org."""
    caller = situation(Example(token=None, headers=request.headers), org).caller
    return expected_of(judge(request, caller, org), org)


def answered(attempt: Result, world: World, request: Request, expected: Expected) -> Result:
    """The attempt with its answer, held against what is expected."""
    attempt = replace(attempt, exchange=RoundTrip(request), expected=expected)
    try:
        reply = world.send(request)
        _refuse_reserved(world, request, expected, reply)
    except OutOfReach as reason:
        return replace(attempt, reasons=(str(reason),))
    except ReplyLost as error:
        return replace(attempt, outcome=CheckOutcome.FAILED, reasons=(of_transport(error),))
    found = faults(expected, reply, world.traits, request.method)
    outcome = CheckOutcome.FAILED if found else CheckOutcome.HELD
    return replace(attempt, outcome=outcome, reasons=found, exchange=RoundTrip(request, reply))


def _refuse_reserved(world: World, request: Request, expected: Expected, reply: Reply) -> None:
    """Raise ``OutOfReach`` where an org refuses Ringback's test number, as one may."""
    if expected.code is None and reply.status == 422:
        otherwise = refuse_dependent(world, request)
        if otherwise is not None and otherwise.status == reply.status:
            raise OutOfReach(NOT_DIALLED)


def _reached(worlds: Worlds, example: Example, refusal: Expected | None) -> World:
    world = worlds.get(example.org, fresh=example.used > 0)
    request = request_of(example)
    decided = refusal is not None and TABLE[str(refusal.rule)].knowledge is Knowledge.REQUEST
    if not (world.traits.names_rules or decided) and _names_party(example):
        raise OutOfReach("it names a participant, whose id is known of a Ringback alone")
    if not world.traits.names_rules and example.given:
        raise OutOfReach("it takes a call that has come so far, and only a Ringback can be told to let it")
    if refusal is None:
        granted_there(world, request)
    else:
        refuse_guesses(world, request, refusal)
    return world


def _names_party(example: Example) -> bool:
    """Whether it speaks of a participant, or a leg, of a call that is there."""
    said = example.path + ("" if example.body is None else orjson.dumps(example.body).decode())
    return "{party" in said or "{leg" in said


def arranged(world: World, steps: Iterable[Example | float]) -> list[str]:
    """Let happen there what an example says happened before; gives the ids of its calls.

    Raises ``OutOfReach`` where that cannot be.
    """
    call_ids: list[str] = []
    for step in steps:
        if world.traits.real:
            raise OutOfReach("it needs a call that goes on, and calls are real there")
        if not isinstance(step, Example):
            world.wait(step)
            continue
        reply = world.send(request_of(step, call_ids))
        if reply.status >= ERRORS:
            answer = AnswerSummary.of(reply)
            raise OutOfReach(f"{step.method} {step.path}, which comes before, was answered {answer}")
        if begins_call(step):
            call_ids.append(_id_of(reply))
    return call_ids


def channel_of(world: World, example: Example) -> str:
    """The channel of an example that takes one; it is whose the request is."""
    if CHANNEL_PLACEHOLDER not in example.path or example.token is None:
        return KNOWN_CHANNEL
    return world.open_channel(example.token)


def _id_of(reply: Reply) -> str:
    call_id = reply.document.get("id")
    if not isinstance(call_id, str) or not call_id:
        raise OutOfReach("it needs a call, and one was placed whose id did not come")
    return call_id


def _use(world: World, request: Request, times: int) -> None:
    asking = {**ASK_NOTHING.headers, "authorization": request.headers.get("authorization", "")}
    for _ in range(times):
        world.send(replace(ASK_NOTHING, headers=asking))

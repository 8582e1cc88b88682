"""Send what the rules' examples say to a target, and replay on the mock what was exchanged with one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus

import orjson

from ringback_client.errors import TransportError
from ringback_client.transport import Reply
from ringback_contracts.catalogue import BY_ID, PLACING, TABLE, route
from ringback_contracts.core.credentials import token_of
from ringback_contracts.core.model import ASTRAY, Example, Request, Rule
from ringback_contracts.examples import before, request_of
from ringback_contracts.privacy import HIDDEN
from ringback_contracts.resources.notifications.operations import OPEN_CHANNEL
from ringback_harness.cassettes import Cassette, Tape
from ringback_harness.cassettes.evidence import OF_A_MOCK, explains
from ringback_harness.cassettes.recorder import contract_of
from ringback_harness.cassettes.replay import answers
from ringback_harness.check.expectation import hangs_on_calls
from ringback_harness.check.reasons import ERRORS
from ringback_harness.check.results import operation_of
from ringback_harness.check.rules import NO_ORG_HAS_IT, OWN, channel_of
from ringback_harness.diff.compare import RULE, Aspect, Deviation, differences
from ringback_harness.exits import Unreachable
from ringback_harness.targets import ADMIN, CheckTarget, InProcess, OutOfReach, World

ACCEPTED = "(accepted)"
"""In place of a rule: the mock grants the request, and no single rule explains what the target answers."""
NO_RULE = "(no rule)"
"""In place of a rule: the mock refuses by none, as its faults do, and no single one explains the target."""
NONE_RECORDED = "nothing that it refuses was recorded"
MAKE_ORG = f"{ADMIN}/orgs"


@dataclass(frozen=True, slots=True)
class Difference:
    """An aspect in which the target does not do what a rule of the mock says; the request is one of many."""

    rule: str
    aspect: Aspect
    mock: str
    target: str
    request: Request
    times: int = 1


@dataclass
class Comparison:
    """What was compared: ``compared`` counts requests, ``agreed`` those answered alike, by rule.

    ``passed`` are the rules that let through what both sides accepted; ``unasked`` says why nothing that a
    rule refuses was sent, ``left_out`` why requests could not be compared, and how many.
    """

    target: str
    unasked: dict[str, str] = field(default_factory=dict)
    compared: int = 0
    agreed: Counter[str] = field(default_factory=Counter)
    passed: set[str] = field(default_factory=set)
    found: dict[tuple[str, Deviation], Difference] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def differences(self) -> list[Difference]:
        return list(self.found.values())

    def add(self, request: Request, mock: Reply, target: Reply) -> None:
        """Compare two answers."""
        deviations = differences(mock, target, moment=_is_moment(request, mock))
        rule = touched(request, mock, target)
        self.compared += 1
        if not deviations:
            self.agreed[rule] += 1
        for deviation in deviations:
            self._add(rule, deviation, request)
        if max(mock.status, target.status) < ERRORS:
            self.passed |= _asked_about(request)

    def leave_out(self, reason: str, rule: str | None = None) -> None:
        """Count a request that cannot be compared, and say so of the rule that refuses it."""
        self.left_out[reason] += 1
        if rule:
            self.unasked.setdefault(rule, f"what it refuses was left out: {reason}")

    def _add(self, rule: str, deviation: Deviation, request: Request) -> None:
        known = self.found.get((rule, deviation))
        self.found[rule, deviation] = (
            replace(known, times=known.times + 1)
            if known
            else Difference(rule, deviation.aspect, deviation.mock, deviation.target, request)
        )

    def state(self, rule: str) -> str:
        """How a rule came off: ``differs``, ``agrees`` (both sides refused by it) or ``not seen``."""
        if any(name == rule for name, _ in self.found):
            return "differs"
        return "agrees" if rule in self.agreed else "not seen"

    def unseen(self) -> dict[str, list[str]]:
        """The rules that were not seen, by the reason."""
        found: dict[str, list[str]] = {}
        for rule in TABLE:
            if self.state(rule.id) == "not seen":
                found.setdefault(self.why_unseen(rule.id), []).append(rule.id)
        return found

    def why_unseen(self, rule: str) -> str:
        """Why no refusal by a rule was compared; that it lets requests pass says nothing of the target's."""
        reason = self.unasked.get(rule, NONE_RECORDED)
        return f"accepted only; {reason}" if rule in self.passed else reason


def touched(request: Request, mock: Reply, target: Reply) -> str:
    """The rule that an exchange is about: the mock's, else the one that explains the target's refusal."""
    if rule := mock.headers.get(RULE):
        return rule
    named = target.headers.get(RULE, "")
    if named in TABLE.by_id:
        return named
    explaining = [rule.id for rule in TABLE if rule.id not in OWN and explains(rule, request, target)]
    if len(explaining) == 1:
        return explaining[0]
    return ACCEPTED if mock.status < ERRORS else NO_RULE


def _asked_about(request: Request) -> set[str]:
    """The rules that a granted request has passed, by which it was judged or by leading to an operation."""
    operation = BY_ID.get(operation_of(request))
    lanes = TABLE.early(operation) + TABLE.late(operation, contract_of(request.body))
    judged_by = {rule.id for _, rule in lanes}
    return judged_by.union(rule.id for rule in TABLE if ASTRAY in rule.only and rule.concerns(operation))


def compare_target(target: CheckTarget, mock: CheckTarget | None = None) -> Comparison:
    """Send every example that the target can be asked, and compare what its tape then holds.

    All that is exchanged with the target goes onto the tape, so that the comparison of a run and that of
    its recording are one and the same. Raises ``Unreachable``, ``TransportError``, and ``TypeError`` without
    a tape.
    """
    if not isinstance(target.notes, Tape):
        raise TypeError(f"{target.name} is compared by its tape, and its notes are {target.notes!r}")
    try:
        world = target.world()
    except OutOfReach as reason:
        raise Unreachable(f"{target.name} speaks as Ringback does, but {reason}") from reason
    unasked = _ask(world)
    comparison = compare_cassettes(target.notes.cassettes, target.name, mock)
    return replace(comparison, unasked=comparison.unasked | unasked)


def _ask(world: World) -> dict[str, str]:
    """Send each example of the table once, what is refused before what may ring somebody.

    Gives of rules of which something refused was not sent the reason.
    """
    unasked: dict[str, str] = {}
    sent: list[Request] = []
    if world.channels is None:
        world = replace(world, channels={})
    examples = [(rule, example) for rule in TABLE for example in rule.rejects]
    examples += [(rule, example) for rule in TABLE for example in rule.accepts]
    for rule, example in examples:
        try:
            _refuse_ours(world, rule)
            _refuse_special(example)
            request = request_of(example, channel_id=channel_of(world, example))
            if request not in sent:
                world.send(request)
                sent.append(request)
        except OutOfReach as reason:
            if example in rule.rejects:
                unasked.setdefault(rule.id, f"nothing that it refuses was sent: {reason}")
    return unasked


def _refuse_ours(world: World, rule: Rule) -> None:
    """Raise ``OutOfReach`` for a limit of Ringback's own where no Ringback is asked."""
    if rule.id in OWN and not world.traits.names_rules:
        raise OutOfReach(NO_ORG_HAS_IT)


def _refuse_special(example: Example) -> None:
    """Raise ``OutOfReach`` for what takes more than a request to an org like the default one."""
    if example.org or example.used:
        raise OutOfReach(f"it takes an org with other switches: {', '.join(example.org)}")
    if not example.host_allowed or not example.well_formed:
        raise OutOfReach("it takes a wrong Host, which whatever stands in front of an API answers")
    if before(example):
        raise OutOfReach("it takes a call that goes on")


def compare_cassettes(
    cassettes: Sequence[Cassette], name: str, mock: CheckTarget | None = None
) -> Comparison:
    """Replay what was recorded on the mock; the id of a call or a channel there stands for the recorded one.

    What was then asked about one that the mock did not make is left out: it has none to ask about.
    """
    comparison = Comparison(name)
    replay = _Replay(mock or InProcess())
    for cassette, stood in answers(cassettes):
        try:
            asked = replay.asked(cassette)
        except (OutOfReach, TransportError) as reason:
            comparison.leave_out(str(reason))
            continue
        if asked and (unknown := _out_of_reach(cassette.request, *asked)):
            comparison.leave_out(unknown)
        elif asked and (own := _own_limit(asked[1], cassette.reply)):
            comparison.leave_out(NO_ORG_HAS_IT, own)
        elif asked and (stood or asked[1].status == cassette.reply.status):
            comparison.add(*asked, cassette.reply)
    return comparison


def _out_of_reach(recorded: Request, request: Request, mock: Reply) -> str | None:
    """Why nothing can be said of an answer: it depends on what no replay has."""
    if HIDDEN in request.path or HIDDEN.encode() in request.body:
        return HIDDEN_VALUE
    if request == recorded:
        return None  # it names no call that was placed
    operation = BY_ID.get(operation_of(request))
    names_participant = operation is not None and "participantId" in operation.parameters
    rule = TABLE.by_id.get(mock.headers.get(RULE, ""))
    return AS_IT_STOOD if names_participant or (rule and hangs_on_calls(rule)) else None


def _own_limit(mock: Reply, target: Reply) -> str | None:
    """The rule by which only a Ringback refuses, where the target is none."""
    rule = mock.headers.get(RULE)
    return rule if rule in OWN and OF_A_MOCK not in target.headers else None


HIDDEN_VALUE = "a recording hides a value in it"
AS_IT_STOOD = "it takes a call as it stood then, which no replay brings back"


class _Replay:
    """The mock's side of a recording: an org for each that was asked, and its ids of calls and channels."""

    def __init__(self, mock: CheckTarget) -> None:
        self._mock = mock
        self._worlds: dict[int | None, World] = {None: mock.world()}
        self._ids: dict[str, str] = {}
        self._orphans: set[str] = set()
        self._channels: dict[tuple[int | None, str | None], str] = {}

    def asked(self, cassette: Cassette) -> tuple[Request, Reply] | None:
        """What was asked, with the mock's ids, and its answer; ``None`` where there is nothing to compare."""
        request = self._to_channel(_with_ids(cassette.request, self._ids), cassette.org)
        if request.path == MAKE_ORG and cassette.reply.status == HTTPStatus.CREATED:
            self._worlds[len(self._worlds)] = self._mock.world(orjson.loads(request.body or b"{}"))
        if not request.path.startswith("/api/") or any(orphan in request.path for orphan in self._orphans):
            return None
        reply = self._worlds.get(cassette.org, self._worlds[None]).send(request)
        if operation_of(request) == OPEN_CHANNEL:
            self._channels[cassette.org, token_of(request)] = str(reply.document.get("id"))
        if operation_of(request) in PLACING:
            self._pair(cassette.reply.document.get("id"), reply.document.get("id"))
        return request, reply

    def _to_channel(self, request: Request, org: int | None) -> Request:
        """The request with the channel that its sender opened last, where a recording hides which it was."""
        recorded = route(request.method, request.path).params.get("channelId", "")
        ours = self._channels.get((org, token_of(request)))
        if HIDDEN not in recorded or ours is None:
            return request
        return replace(request, path=request.path.replace(recorded, ours))

    def _pair(self, recorded: object, ours: object) -> None:
        if isinstance(recorded, str) and isinstance(ours, str):
            self._ids[recorded] = ours
        elif isinstance(recorded, str):
            self._orphans.add(recorded)


def _is_moment(request: Request, reply: Reply) -> bool:
    """Whether the answer shows a call as it goes on or who somebody is, which no two orgs share."""
    return reply.status < ERRORS and operation_of(request) not in PLACING


def _with_ids(request: Request, ids: dict[str, str]) -> Request:
    path, body = request.path, request.body
    for recorded, ours in ids.items():
        path, body = path.replace(recorded, ours), body.replace(recorded.encode(), ours.encode())
    return replace(request, path=path, body=body)


__all__ = ["ACCEPTED", "NO_RULE", "Comparison", "Difference", "World", "compare_cassettes", "compare_target"]

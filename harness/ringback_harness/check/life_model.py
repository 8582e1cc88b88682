"""A call as the rules have it, beside the call at a target: what is asked of one is asked of the other.

Where the target's org is known and its clock obeys, the model says what each answer must be and how the call
must read. Where not, answers are held against the rules that an operation has, and against what always holds.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any

import orjson

from ringback_client.transport import Reply
from ringback_contracts.catalogue import TABLE, judge, route
from ringback_contracts.core.declare import TEST_NUMBER
from ringback_contracts.core.model import Accepted, Example, Request, Verdict
from ringback_contracts.examples import situation
from ringback_contracts.life import Conversation, apply, opened
from ringback_contracts.life.commands import Command
from ringback_contracts.life.views.flat import call_conversation
from ringback_contracts.resources.calls.outcomes import outcomes
from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_contracts.resources.calls.placement import placement
from ringback_harness.check.expectation import Expected, expected_of, faults, unpublished
from ringback_harness.check.legs import Leg, changes_between, left_behind
from ringback_harness.check.queue_model import ModelledQueues
from ringback_harness.check.reasons import AnswerSummary, Mismatch, NoRule
from ringback_harness.check.results import operation_of
from ringback_harness.targets import OutOfReach, World

BODY = {"phoneNumber": TEST_NUMBER}
SEEN = (
    "id",
    "purpose",
    "direction",
    "state",
    "held",
    "muted",
    "confined",
    "recording",
    "recordingState",
    "disconnectType",
    "attributes",
    "wrapup",
    "consultParticipantId",
    "mediaRoles",
    "flaggedReason",
    "uuiData",
    "address",
    "user",
)
"""What of a leg the model foretells; its times begin at another moment."""
SEEN_TO_HAPPEN = ("connectedTime", "endTime", "startHoldTime", "startAcwTime", "endAcwTime")
"""What it foretells whether it has happened."""
OK = Expected(200)
SHORT = 0.2
"""Seconds at most to wait where nobody can make them pass."""


class Broken(Exception):
    """Something is not as it must be; the arguments say what."""


@dataclass
class ModelledCalls:
    """The calls of one run of commands, at the target and in the model, if there is one.

    Each method raises ``Broken``; a command that cannot be asked for there is passed over.
    """

    world: World
    modelled: bool
    tally: Counter[tuple[str, bool]] = field(default_factory=Counter)
    """The commands by their operations, and whether they were granted."""
    calls: list[str] = field(default_factory=list)
    legs: dict[str, Sequence[Leg]] = field(default_factory=dict)
    agents: set[str] = field(default_factory=set)
    """Where the routing status lies of each who was put on queue, or taken off it."""
    _lives: dict[str, Conversation] = field(default_factory=dict)
    _now: float = field(default_factory=time.time)
    _queues: ModelledQueues = field(init=False)

    def __post_init__(self) -> None:
        self._queues = ModelledQueues(situation(Example(), self.world.org).org)

    def place(self, token: str = "alice", body: Any = None) -> None:
        """Place a call; the run cannot go on without the first. Raises ``OutOfReach`` where none may be."""
        request = _request("POST", CALLS_PATH, BODY if body is None else body, token)
        reply = self.world.send(request)
        verdict = self._judged(request, reply)
        if reply.status >= HTTPStatus.BAD_REQUEST:
            raise Broken(Mismatch.of(AnswerSummary(HTTPStatus.ACCEPTED), AnswerSummary.of(reply)))
        call_id = reply.document.get("id")
        if not isinstance(call_id, str):
            raise Broken("the reply to a placed call has no id")
        self.calls.append(call_id)
        if self.modelled and isinstance(verdict, Accepted) and verdict.intent is not None:
            org = situation(Example(), self.world.org).org
            begins = placement(verdict.intent, org, outcomes(verdict.intent, org))
            self._give(call_id, begins)
        self.look()

    def ask(self, method: str, path: str, body: Any, token: str) -> None:
        """Give a command, and look at what becomes of the calls."""
        request = _request(method, path, body, token)
        try:
            reply = self.world.send(request)
        except OutOfReach:
            return
        self._judged(request, reply)
        self.look()

    def stand_by(self, user_id: str, status: str, token: str) -> None:
        """Say whether routing may offer the user work, and look at what becomes of the calls."""
        path = f"/api/v2/users/{user_id}/routingstatus"
        self.agents.add(path)
        request = _request("PUT", path, {"status": status}, token)
        if isinstance(self._judged(request, self.world.send(request)), Accepted):
            (self._queues.ready.add if status == "IDLE" else self._queues.ready.discard)(user_id)
            self._settle()
        self.look()

    def clear_up(self, world: World) -> None:
        """End the calls, and whatever the agents have to do after them; take the agents off queue."""
        for call_id in self.calls:
            world.send(_request("POST", f"/api/v2/conversations/{call_id}/disconnect", None, "alice"))
        for path in self.agents:
            world.send(_request("PUT", path, {"status": "OFF_QUEUE"}, "alice"))

    def wait(self, seconds: float) -> None:
        """Let time pass, and look."""
        self.world.wait(seconds if self.modelled else min(seconds, SHORT))
        self._now += seconds
        self._settle()
        self.look()

    def _settle(self) -> None:
        self._queues.settle(self._lives, self._now)

    # Judging

    def _judged(self, request: Request, reply: Reply) -> Verdict | None:
        """What the rules say of the request, and the answer must too; the model obeys what is granted."""
        if not self.modelled:
            self._plausible(request, reply)
            return None
        example = Example(
            raw=request.body, token=None, method=request.method, path=request.path, headers=request.headers
        )
        there = situation(example, self.world.org)
        verdict = judge(request, replace(there.caller, calls=self._lives), there.org)
        found = faults(expected_of(verdict, there.org), reply, self.world.traits, request.method)
        if found:
            raise Broken(*found)
        if isinstance(verdict, Accepted):
            for call_id, command in verdict.instructions:
                self._give(call_id, command)
        self._count(request, reply)
        return verdict

    def _give(self, call_id: str, command: Command) -> None:
        after = apply(self._lives.get(call_id) or opened(call_id, self._now), command, self._now)
        if not isinstance(after, Conversation):
            raise Broken(f"what was granted cannot be done: {after.detail}")
        self._lives[call_id] = after
        self._settle()

    def _plausible(self, request: Request, reply: Reply) -> None:
        """Whether the answer is one that the operation has, where nobody knows which."""
        operation = route(request.method, request.path).operation
        code = reply.document.get("code")
        if reply.status < HTTPStatus.BAD_REQUEST:
            expected = Expected(operation.success, operation=operation.id) if operation else OK
        elif any(
            rule.status == reply.status and code in (rule.code, None)  # without one the envelope is at fault
            for rule in TABLE
            if rule.concerns(operation)
        ):
            expected = Expected(reply.status, str(code))
        else:
            raise Broken(NoRule(f"no rule answers {operation_of(request)} with", AnswerSummary.of(reply)))
        if found := faults(expected, reply, self.world.traits, request.method):
            raise Broken(*found)
        self._count(request, reply)

    def _count(self, request: Request, reply: Reply) -> None:
        self.tally[operation_of(request), reply.status < HTTPStatus.BAD_REQUEST] += 1

    # Looking

    def look(self) -> None:
        """Read each call, and hold it against what it was and what it must be."""
        for call_id in self.calls:
            reply = self.world.send(_request("GET", f"{CALLS_PATH}/{call_id}", None, "alice"))
            if reply.status != 200:
                raise Broken(Mismatch.of(AnswerSummary(HTTPStatus.OK), AnswerSummary.of(reply)))
            if found := dict.fromkeys(self._wrong(call_id, reply.document)):
                raise Broken(*found)

    def _wrong(self, call_id: str, document: Mapping[str, Any]) -> Iterator[str]:
        yield from unpublished(document, "CallConversation")
        legs = document.get("participants") or ()
        yield from changes_between(self.legs.get(call_id, ()), legs)
        yield from left_behind(legs)
        self.legs[call_id] = legs
        if call_id in self._lives:
            yield from _unlike(legs, call_conversation(self._lives[call_id])["participants"])


def _unlike(legs: Sequence[Leg], foretold: Sequence[Leg]) -> Iterator[str]:
    if len(legs) != len(foretold):
        yield f"a call has {len(legs)} participants, where it must have {len(foretold)}"
        return
    for leg, other in zip(legs, foretold, strict=True):
        for name in SEEN:
            if _timeless(leg.get(name)) != _timeless(other.get(name)):
                yield f"{name} of {other.get('purpose')} is not what the commands made of it"
        for name in SEEN_TO_HAPPEN:
            if (leg.get(name) is None) != (other.get(name) is None):
                yield f"{name} of {other.get('purpose')} is there or not, against what was foretold"


def _timeless(value: Any) -> Any:
    """The value without a moment in it."""
    return (
        {key: part for key, part in value.items() if key != "endTime"} if isinstance(value, dict) else value
    )


def _request(method: str, path: str, body: Any, token: str) -> Request:
    headers = {"authorization": f"Bearer {token}", "host": "127.0.0.1"}
    if body is not None:
        headers["content-type"] = "application/json"
    return Request(method, path, headers, b"" if body is None else orjson.dumps(body))

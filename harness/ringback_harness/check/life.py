"""Calls live: commands in any order, by several users, at any time, each judged by the rules."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from click import ClickException
from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky, HypothesisDeprecationWarning
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from ringback_client.errors import TransportError
from ringback_contracts.core.declare import BOB, FRANK, GRACE, ORDERS, SOLVED, SUPPORT
from ringback_contracts.resources.calls.operations import PLACE_CALL
from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_harness.check.generated import Effort, left_out
from ringback_harness.check.life_model import BODY, Broken, ModelledCalls
from ringback_harness.check.reasons import of_transport
from ringback_harness.check.results import CheckOutcome, Result, RoundTrip, Step
from ringback_harness.check.rules import Worlds
from ringback_harness.check.trail import Trail
from ringback_harness.targets import OutOfReach, World

SUITE = "life"
SUBJECT = "commands in any order"
STEPS = 14
"""Commands to the calls of one example, at most."""
SHARE, MODEST, REAL = 2, 3, 1
"""One example of so many; examples where time passes as it does in the world; and where calls are real."""
GENERIC = "/api/v2/conversations"
EITHER = st.sampled_from([CALLS_PATH, GENERIC])
"""Most of what can be done to a call has a path of calls, and one of all conversations."""
Move = tuple[Any, ...]
"""A rule of the machine, and what it is given."""
TOKENS = st.sampled_from([*["alice"] * 8, "frank", "bob", "grace", "service"])
"""Who asks: mostly who placed the call, since most is refused to others."""
WATCHERS = st.sampled_from(["grace", "grace", "grace", "alice"])
WHICH = st.sampled_from([*[0] * 4, *[1] * 4, 2, 3])
"""Which participant of a call, of as many as there are."""
PARTIES: Sequence[Mapping[str, str]] = (
    {"address": "+442079460100"},
    {"address": "+442079460106"},
    {"address": "+442079460101"},
    {"userId": FRANK},
    {"userId": BOB},
    {"queueId": SUPPORT},
)
BODIES = (BODY, BODY, {**BODY, "callFromQueueId": SUPPORT}, {**BODY, "callFromQueueId": ORDERS})
"""What places the call: for nobody, or for a queue, whose agents wrap up as it asks."""
QUEUES: Mapping[str, Any] = {
    "queues": [
        {
            "id": SUPPORT,
            "name": "support",
            "members": [FRANK, GRACE],
            "wrap": "timeout",
            "wrap_seconds": 20,
            "wrap_up_codes": [SOLVED],
        },
        {"id": ORDERS, "name": "orders", "members": [GRACE, FRANK], "wrap": "mandatory"},
    ]
}
"""The queues of the org where the calls live: the wrap-up of one is over by itself, that of the other not."""
AGENTS = {FRANK: "frank", GRACE: "grace"}
"""Who takes their calls, with a token of each."""
TO = st.sampled_from(PARTIES)
FIELDS: Sequence[Mapping[str, Any]] = (
    {"held": True},
    {"held": False},
    {"muted": True},
    {"muted": False},
    {"confined": True},
    {"confined": False},
    {"recording": True},
    {"state": "connected"},
    {"state": "disconnected"},
    {"wrapup": {"code": SOLVED, "notes": "done"}},
)
CONSULTS: Sequence[Move] = (("consult", 1, PARTIES[1], "alice"), ("wait", 3.71))
TAKEN: Sequence[Move] = (
    ("change", 3, {"state": "connected"}, "frank", CALLS_PATH),
    ("wait", 4.71),
    ("change", 3, {"state": "disconnected"}, "frank", GENERIC),
    ("wait", 1.93),
)
"""An agent whom a queue alerts takes the call, and hangs up."""
WRAPPED: Move = ("change", 3, {"wrapup": {"code": SOLVED}}, "frank", CALLS_PATH)
PRELUDES: Sequence[Sequence[Move]] = (
    (),
    CONSULTS,
    (*CONSULTS, ("speak_to", 1, "BOTH", "alice")),
    (*CONSULTS, ("call_off", 1, "alice")),
    (*CONSULTS, ("change", 0, {"state": "disconnected"}, "alice", CALLS_PATH)),
    (("change", 0, {"held": True}, "alice", CALLS_PATH),),
    (("change", 0, {"muted": True}, "alice", GENERIC),),
    (("change", 1, {"confined": True}, "alice", CALLS_PATH),),
    (("transfer", 1, PARTIES[1], "alice", CALLS_PATH),),
    (("transfer", 0, PARTIES[3], "alice", GENERIC),),
    (("invite", PARTIES[1], "alice"), ("wait", 3.71)),
    *((("watch", 0, how, "grace"), ("wait", 3.71)) for how in ("monitor", "coach", "barge")),
    (("keep", 0, "alice", CALLS_PATH),),
    (("keep", 1, "alice", GENERIC),),
    (("record", "ACTIVE", "alice"),),
    (("transfer", 1, PARTIES[-1], "alice", GENERIC), ("wait", 3.71)),
    (("place", "alice"), ("wait", 3.71), ("merge", "alice")),
    (("ask_back", 1, "alice"), ("call_back", "alice"), ("wait", 4.71)),
    *(
        (
            ("stand_by", FRANK, "IDLE"),
            ("transfer", 1, {"queueId": queue}, "alice", GENERIC),
            ("wait", 3.71),
            *rest,
        )
        for queue in (SUPPORT, ORDERS)
        for rest in (
            (("wait", 33.3),),
            TAKEN,
            (*TAKEN, ("wait", 33.3)),
            (*TAKEN, ("place", "alice"), WRAPPED),
        )
    ),
    (("end", "alice", "delete"),),
    (("end", "alice", "disconnect"),),
)
"""What chance would seldom do in a row, and what is done to most calls."""
SECONDS = st.sampled_from([0.0137, 0.37, 1.93, 4.71, 33.3, 71.7])
"""None of them, nor a sum of a few, is a moment at which anything happens by itself."""


@dataclass
class _Course:
    """What became of the examples so far."""

    world: World
    effort: Effort
    modelled: bool
    tally: Counter[tuple[str, bool]] = field(default_factory=Counter)
    failures: list[Result] = field(default_factory=list)
    late: int = 0
    unreached: str | None = None
    stop: ClickException | None = None


class _Told(Exception):
    """Tells hypothesis that an example is worth shrinking."""


class LivingCalls(RuleBasedStateMachine):
    """One or two calls at a target; whatever is found wrong is kept in the course."""

    course: _Course

    def __init__(self) -> None:
        super().__init__()
        self._trail = Trail()
        self._calls: ModelledCalls | None = None

    @initialize(prelude=st.sampled_from(PRELUDES), body=st.sampled_from(BODIES))
    def begin(self, prelude: Sequence[Move], body: Mapping[str, str] = BODY) -> None:
        """Place the call, and let it come to something: most can be done when somebody has answered."""
        course = self.course
        if course.stop or course.unreached:
            return
        if course.effort.over:
            course.late += not course.failures
            return
        try:
            world = self._trail.followed(course.world)
            self._calls = ModelledCalls(world, course.modelled, course.tally)
            # Only an org that is known is known to have the queues.
            self._safely(self._calls.place, "alice", body if course.modelled else BODY)
            self._safely(self._calls.wait, 3.71)
            for name, *given in prelude:
                getattr(self, name)(*given)
        except OutOfReach as reason:
            self._calls, course.unreached = None, str(reason)

    def _safely(self, step: Any, *given: Any) -> None:
        """Do it, and keep what is found."""
        try:
            step(*given)
        except ClickException as stop:
            self.course.stop, self._calls = stop, None
        except (Broken, TransportError) as found:
            reasons = found.args if isinstance(found, Broken) else (of_transport(found),)
            self.course.failures.append(_failure(reasons, self._trail.steps))
            raise _Told from found

    def _ask(
        self, method: str, path: str, body: Any, token: str, which: int = 0, base: str = CALLS_PATH
    ) -> None:
        """Ask something of the call; ``{}`` in the path stands for one of its participants."""
        calls = self._calls
        if calls is None or not calls.calls:
            return
        call_id = calls.calls[0]
        legs = calls.legs.get(call_id) or ({"id": call_id},)
        one = str(legs[which % len(legs)].get("id"))
        self._safely(calls.ask, method, f"{base}/{call_id}{path.format(one)}", body, token)

    @rule(which=WHICH, fields=st.sampled_from(FIELDS), token=TOKENS, base=EITHER)
    def change(self, which: int, fields: Mapping[str, Any], token: str, base: str) -> None:
        self._ask("PATCH", "/participants/{}", fields, token, which, base)

    @rule(which=WHICH, to=TO, token=TOKENS)
    def consult(self, which: int, to: Mapping[str, str], token: str) -> None:
        body = {"speakTo": "DESTINATION", "destination": to}
        self._ask("POST", "/participants/{}/consult", body, token, which)

    @rule(which=WHICH, whom=st.sampled_from(["DESTINATION", "OBJECT", "BOTH"]), token=TOKENS)
    def speak_to(self, which: int, whom: str, token: str) -> None:
        self._ask("PATCH", "/participants/{}/consult", {"speakTo": whom}, token, which)

    @rule(which=WHICH, token=TOKENS)
    def call_off(self, which: int, token: str) -> None:
        self._ask("DELETE", "/participants/{}/consult", None, token, which)

    @rule(which=WHICH, to=TO, token=TOKENS, base=EITHER)
    def transfer(self, which: int, to: Mapping[str, str], token: str, base: str) -> None:
        self._ask("POST", "/participants/{}/replace", to, token, which, base)

    @rule(to=TO, token=TOKENS)
    def invite(self, to: Mapping[str, str], token: str) -> None:
        self._ask("POST", "/participants", {"participants": [to]}, token)

    @rule(which=WHICH, how=st.sampled_from(["monitor", "coach", "barge"]), token=WATCHERS)
    def watch(self, which: int, how: str, token: str) -> None:
        self._ask("POST", f"/participants/{{}}/{how}", None, token, which)

    @rule(which=WHICH, token=TOKENS, base=EITHER)
    def keep(self, which: int, token: str, base: str) -> None:
        self._ask("PATCH", "/participants/{}/attributes", {"attributes": {"a": token}}, token, which, base)

    @rule(which=WHICH, token=TOKENS)
    def press(self, which: int, token: str) -> None:
        self._ask("POST", "/participants/{}/digits", {"digits": "1#"}, token, which, GENERIC)

    @rule(token=TOKENS)
    def merge(self, token: str) -> None:
        """Take the second call into the first, where there is one."""
        others = self._calls.calls[1:] if self._calls else ()
        self._ask("PATCH", "/conference", {"conversationIds": list(others)}, token)

    @rule(which=WHICH, token=TOKENS)
    def ask_back(self, which: int, token: str) -> None:
        body = {"callbackNumbers": [PARTIES[1]["address"]], "queueId": SUPPORT}
        self._ask("POST", "/participants/{}/callbacks", body, token, which, GENERIC)

    @rule(token=TOKENS)
    def call_back(self, token: str) -> None:
        self._ask("POST", "", {"callNumber": PARTIES[1]["address"]}, token)

    @rule(state=st.sampled_from(["ACTIVE", "PAUSED", "NONE"]), token=TOKENS)
    def record(self, state: str, token: str) -> None:
        self._ask("PUT", "/recordingstate", {"recordingState": state}, token)

    @rule(token=TOKENS, how=st.sampled_from(["", "", "", "", "disconnect", "delete"]))
    def end(self, token: str, how: str) -> None:
        """Now and then, since little can be done after it."""
        if how == "delete":
            self._ask("DELETE", "", None, token, base=GENERIC)
        elif how:
            self._ask("POST", "/disconnect", None, token, base=GENERIC)

    def teardown(self) -> None:
        """Leave nobody on queue or at work, since the next example begins in the same org."""
        if self._calls is not None and self._calls.modelled:
            with suppress(TransportError, OutOfReach):
                self._calls.clear_up(self.course.world)

    @rule(agent=st.sampled_from(sorted(AGENTS)), status=st.sampled_from(["IDLE", "IDLE", "OFF_QUEUE"]))
    def stand_by(self, agent: str, status: str) -> None:
        """An agent takes calls from now on, or none any more."""
        if self._calls is not None and self._calls.modelled:
            self._safely(self._calls.stand_by, agent, status, AGENTS[agent])

    @rule(which=WHICH, agent=st.sampled_from(sorted(AGENTS.values())), base=EITHER)
    def work(self, which: int, agent: str, base: str) -> None:
        """An agent takes the call, if it is the agent's phone that rings."""
        self._ask("PATCH", "/participants/{}", {"state": "connected"}, agent, which, base)

    @rule(seconds=SECONDS)
    def wait(self, seconds: float) -> None:
        if self._calls is not None:
            self._safely(self._calls.wait, seconds)

    @rule(token=st.sampled_from(["", "", "alice", "frank"]))
    def place(self, token: str) -> None:
        """Now and then a second call, which what is done to the first leaves alone."""
        calls = self._calls
        if not token or calls is None or len(calls.calls) != 1 or calls.world.traits.real:
            return
        with suppress(OutOfReach):  # whoever cannot be asked there places none
            self._safely(calls.place, token, BODY)


def _failure(reasons: tuple[str, ...], steps: tuple[Step, ...]) -> Result:
    shown = RoundTrip(steps[-1].request, steps[-1].reply) if steps else None
    return Result(SUITE, SUBJECT, PLACE_CALL, CheckOutcome.FAILED, reasons, shown, steps=steps)


def check_life(worlds: Worlds, effort: Effort) -> Iterator[Result]:
    """Let calls live; of what fails only the shortest way there is given. Raises what stops a run."""
    subject = Result(SUITE, SUBJECT, PLACE_CALL, CheckOutcome.NOT_REACHED)
    examples = _examples(worlds, effort)
    if effort.over:
        yield left_out(subject, examples)
        return
    world = _world(worlds)
    modelled = world.org is not None and world.stop_clock()
    course = _Course(world, replace(effort, shrink=effort.shrink and modelled), modelled)
    machine = type("LivingCallsThere", (LivingCalls,), {"course": course})
    try:
        for prelude in PRELUDES if not world.traits.real else PRELUDES[:0]:
            begun = machine()
            begun.begin(prelude)
            begun.teardown()
        with warnings.catch_warnings():
            # What sends requests draws numbers of its own, which decide nothing that is tried.
            warnings.simplefilter("ignore", HypothesisDeprecationWarning)
            run_state_machine_as_test(seed(effort.seed)(machine), settings=_settings(course, examples))
    except (_Told, Flaky):
        yield course.failures[-1]
    if course.stop:
        raise course.stop
    if course.unreached is not None:
        yield replace(subject, reasons=(course.unreached,))
    yield from _held(course, subject)
    if course.late:
        yield left_out(subject, course.late)


def _world(worlds: Worlds) -> World:
    """An org for the calls, whose clock is stopped: with queues of its own where one can be made so."""
    try:
        return worlds.get(QUEUES, fresh=True)
    except OutOfReach:
        return worlds.get(fresh=True)


def _held(course: _Course, subject: Result) -> Iterator[Result]:
    by_operation: Counter[str] = Counter()
    for (operation, _), times in course.tally.items():
        by_operation[operation] += times
    for operation, times in by_operation.items():
        yield replace(subject, operation=operation, outcome=CheckOutcome.HELD, times=times)


def _examples(worlds: Worlds, effort: Effort) -> int:
    traits = worlds.target.traits
    most = max(1, effort.examples // SHARE)
    return min(most, REAL if traits.real else most if traits.makes_orgs else MODEST)


def _settings(course: _Course, examples: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink) if course.effort.shrink else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        verbosity=Verbosity.quiet,
    )

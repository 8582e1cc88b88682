"""Send what the rules' examples say to the mock and to a target, or replay what was recorded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import orjson

from ringback_client.errors import TransportError
from ringback_client.transport import Reply
from ringback_contracts.examples import CALL_PLACEHOLDER, request_of
from ringback_contracts.model import Example, Request, Rule
from ringback_contracts.operations import PLACING
from ringback_contracts.table import TABLE
from ringback_harness.cassettes import Cassette
from ringback_harness.check.results import operation_of
from ringback_harness.diff.compare import Aspect, Deviation, differences
from ringback_harness.targets import ADMIN, InProcess, OutOfReach, Target, World

RULE = "Ringback-Rule"
NO_RULE = "(no rule)"
ERRORS = 400
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
    """What was compared, by rule: ``agreed`` and ``differing`` count requests, ``unseen`` says why not."""

    target: str
    agreed: dict[str, int] = field(default_factory=dict)
    found: dict[tuple[str, Aspect], Difference] = field(default_factory=dict)
    unseen: dict[str, str] = field(default_factory=dict)

    @property
    def differences(self) -> list[Difference]:
        return list(self.found.values())

    @property
    def compared(self) -> int:
        """Requests that both have answered."""
        return sum(self.agreed.values()) + sum(difference.times for difference in self.found.values())

    def add(self, request: Request, mock: Reply, target: Reply, about: str | None = None) -> None:
        """Compare two answers; ``about`` is the rule whose example it is."""
        deviations = differences(mock, target, moment=_is_moment(request, mock))
        rule = touched(request, mock, target, about)
        if not deviations:
            self.agreed[rule] = self.agreed.get(rule, 0) + 1
        for deviation in deviations:
            self._add(rule, deviation, request)

    def _add(self, rule: str, deviation: Deviation, request: Request) -> None:
        key = (rule, deviation.aspect)
        known = self.found.get(key)
        self.found[key] = (
            replace(known, times=known.times + 1)
            if known
            else Difference(rule, deviation.aspect, deviation.mock, deviation.target, request)
        )

    def state(self, rule: str) -> str:
        """How a rule came off: ``differs``, ``agrees`` or ``not seen``."""
        if any(name == rule for name, _ in self.found):
            return "differs"
        return "agrees" if rule in self.agreed else "not seen"


def touched(request: Request, mock: Reply, target: Reply, about: str | None = None) -> str:
    """The rule that an exchange is about: the mock's, else the one that explains the target's refusal."""
    if rule := mock.headers.get(RULE):
        return rule
    if target.status < ERRORS:
        return about or NO_RULE
    if rule := target.headers.get(RULE):
        return rule
    operation, code = operation_of(request), target.document.get("code")
    fitting = [rule.id for rule in TABLE if _fits(rule, operation, target.status, code)]
    return fitting[0] if len(fitting) == 1 else about or NO_RULE


def _fits(rule: Rule, operation: str, status: int, code: object) -> bool:
    return (rule.status, rule.code) == (status, code) and (
        rule.operations is None or operation in rule.operations
    )


def compare_target(target: Target, mock: Target | None = None) -> Comparison:
    """Send every example that the target can be asked, refused ones first, to both.

    Each example is sent as in an org like the default one. Raises ``TransportError``.
    """
    comparison = Comparison(target.name)
    ours, theirs = (mock or InProcess()).world(), target.world()
    for rule, request in _examples():
        try:
            reply = theirs.send(request)
        except OutOfReach as reason:
            comparison.unseen.setdefault(rule.id, str(reason))
            continue
        comparison.add(request, ours.send(request), reply, rule.id)
    return comparison


def _examples() -> Iterator[tuple[Rule, Request]]:
    """Each request of the table once, what is refused before what may ring somebody."""
    seen: set[tuple[object, ...]] = set()
    ordered = [(rule, example) for rule in TABLE for example in rule.rejects]
    ordered += [(rule, example) for rule in TABLE for example in rule.accepts]
    for rule, example in ordered:
        request = request_of(example)
        key = (request.method, request.path, request.body, tuple(sorted(request.headers.items())))
        if _plain(example) and key not in seen:
            seen.add(key)
            yield rule, request


def _plain(example: Example) -> bool:
    """Whether an example needs neither another org nor a call that goes on."""
    special = example.org or example.used or not example.host_allowed or not example.well_formed
    placed = CALL_PLACEHOLDER in example.path or CALL_PLACEHOLDER in str(example.body)
    return not special and not placed


def compare_cassettes(cassettes: Iterable[Cassette], name: str, mock: Target | None = None) -> Comparison:
    """Replay what was recorded on the mock; a call's id there stands for the recorded one.

    What was then asked about a call that the mock did not place is left out: it has none to ask about.
    """
    comparison = Comparison(name)
    mock = mock or InProcess()
    worlds: dict[int | None, World] = {None: mock.world()}
    ids: dict[str, str] = {}
    orphans: set[str] = set()
    for cassette in cassettes:
        request = _with_ids(cassette.request, ids)
        if request.path == MAKE_ORG:
            worlds[len(worlds)] = mock.world(orjson.loads(request.body or b"{}"))
        if not request.path.startswith("/api/") or any(orphan in request.path for orphan in orphans):
            continue
        try:
            reply = worlds.get(cassette.org, worlds[None]).send(request)
        except (OutOfReach, TransportError) as reason:
            comparison.unseen.setdefault(NO_RULE, str(reason))
            continue
        recorded, ours = cassette.reply.document.get("id"), reply.document.get("id")
        if isinstance(recorded, str) and isinstance(ours, str):
            ids[recorded] = ours
        elif isinstance(recorded, str):
            orphans.add(recorded)
        comparison.add(request, reply, cassette.reply)
    return comparison


def _is_moment(request: Request, reply: Reply) -> bool:
    """Whether the answer shows a call as it goes on or who somebody is, which no two orgs share."""
    return reply.status < ERRORS and operation_of(request) not in PLACING


def _with_ids(request: Request, ids: dict[str, str]) -> Request:
    path, body = request.path, request.body
    for recorded, ours in ids.items():
        path, body = path.replace(recorded, ours), body.replace(recorded.encode(), ours.encode())
    return replace(request, path=path, body=body)


__all__ = ["NO_RULE", "Comparison", "Difference", "World", "compare_cassettes", "compare_target"]

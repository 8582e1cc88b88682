"""What schemathesis loads: our two judges of an exchange, beside its own checks.

It runs in a process of its own; ``api`` says in the environment which world is checked.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
import schemathesis
from requests.structures import CaseInsensitiveDict
from schemathesis import Case, CheckContext, HookContext, Response
from schemathesis.core.failures import Failure

from ringback_client import PlacedCall
from ringback_client.environment import verify_from
from ringback_client.transport import Reply
from ringback_contracts.catalogue import PLACING, TABLE, judge, route
from ringback_contracts.core.credentials import token_of, with_token
from ringback_contracts.core.model import Example, Knowledge, Request
from ringback_contracts.examples import situation
from ringback_contracts.org import default_org
from ringback_harness.at_url import AtUrl
from ringback_harness.check.adapter import plain
from ringback_harness.check.api import WORLD_VARIABLE
from ringback_harness.check.client import disagreement, said
from ringback_harness.check.expectation import Expected, expected_of, faults, hangs_on_calls
from ringback_harness.check.reasons import as_json
from ringback_harness.check.results import operation_of
from ringback_harness.targets import World


@dataclass
class Scene:
    """The world that is checked, and the ids of what was made in it: calls, channels."""

    world: World
    names: Mapping[str, str]
    made: set[str] = field(default_factory=set)

    def as_named(self, request: Request) -> Request:
        """The request with the token's name in place of its value."""
        value = token_of(request)
        return request if value is None or value not in self.names else with_token(request, self.names[value])


def _scene() -> Scene:
    told = orjson.loads(os.environ[WORLD_VARIABLE])
    target = AtUrl(told["url"], verify=verify_from(os.environ))
    org = default_org() if told["known"] else None
    names = {value: name for name, value in told["tokens"].items()}
    world = World(target.traits, target.url, org, told["tokens"], target.deliver, target.world)
    return Scene(world, names)


SCENE = _scene()


class _JudgedWrong(Failure):
    """What a judge of ours found; schemathesis keeps one of a class for each operation."""

    def __init__(self, case: Case[Any], *reasons: str) -> None:
        super().__init__(operation=case.operation.label, message="; ".join(reasons))
        self.reasons = reasons

    def asdict(self) -> dict[str, Any]:
        """What the report says of it, with the reasons as the other suites give them."""
        return {**super().asdict(), "reasons": list(map(as_json, self.reasons))}


class OffTheRules(_JudgedWrong):
    """Another answer than that of the rules."""

    kind_title = "Not answered as the rules say"


class OffTheClient(_JudgedWrong):
    """Another answer than the client makes of it."""

    kind_title = "The client does not agree"


@schemathesis.hook
def after_call(
    context: HookContext,  # noqa: ARG001 - the signature that schemathesis asks for
    case: Case[Any],  # noqa: ARG001 - the same
    response: Response,
) -> None:
    """Remember the calls that are placed, and the channels, which the judge must know of."""
    _remember(_reply(response))


@schemathesis.check
def answered_as_the_rules_say(
    ctx: CheckContext,  # noqa: ARG001 - the signature that schemathesis asks for
    response: Response,
    case: Case[Any],
) -> None:
    """The rule table as shipped decides the same, whether the request was meant to be good or bad."""
    request = SCENE.as_named(plain(response.request))
    if SCENE.world.org is None or not request.path.startswith("/api/"):
        return
    there = situation(
        Example(
            raw=request.body, token=None, method=request.method, path=request.path, headers=request.headers
        )
    )
    caller = replace(there.caller, calls=dict.fromkeys(SCENE.made), channels=dict.fromkeys(SCENE.made, ()))
    expected = expected_of(judge(request, caller, there.org), there.org)
    reply = _reply(response)
    if _of_a_call_as_it_stood(request, reply) and _needs_the_org(expected):
        return
    found = faults(expected, reply, SCENE.world.traits, request.method)
    if found:
        raise OffTheRules(case, *found)


def _of_a_call_as_it_stood(request: Request, reply: Reply) -> bool:
    """Whether the refusal hangs on how a call stood, of which no more is known here than that it is there."""
    operation = route(request.method, request.path).operation
    rule = TABLE.by_id.get(reply.headers.get("Ringback-Rule", ""))
    if operation is None or rule is None:
        return False
    return hangs_on_calls(rule) or rule.id in operation.unknown.values()


def _needs_the_org(expected: Expected) -> bool:
    """Whether the request alone does not decide what is expected: then how a call stood may come first."""
    rule = TABLE.by_id.get(expected.rule or "")
    return rule is None or rule.knowledge is not Knowledge.REQUEST


@schemathesis.check
def the_client_agrees(
    ctx: CheckContext,  # noqa: ARG001 - the signature that schemathesis asks for
    response: Response,
    case: Case[Any],
) -> None:
    """``CallsClient``, given the same body as it stands, comes to the same result."""
    request = SCENE.as_named(plain(response.request))
    if operation_of(request) not in PLACING or token_of(request) not in SCENE.world.tokens:
        return
    outcome = said(SCENE.world, request, preflight=False)
    if isinstance(outcome, PlacedCall):
        SCENE.made.add(outcome.id)
    found = disagreement(_reply(response), outcome)
    if found:
        raise OffTheClient(case, found)


def _reply(response: Response) -> Reply:
    headers = CaseInsensitiveDict({name: ", ".join(values) for name, values in response.headers.items()})
    return Reply(response.status_code, headers, response.content)


def _remember(reply: Reply) -> None:
    made = reply.document.get("id")
    if reply.status < 300 and isinstance(made, str):
        SCENE.made.add(made)

"""Turn a rule's example into the request, the caller and the org that it speaks of, and what happened before.

Names in braces stand in paths and bodies for ids: ``{call}`` for the call that was placed first, ``{call2}``
for the next; ``{party1}`` for the first call's first participant, ``{leg1}`` for that participant's leg;
``{channel}`` for a channel.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import orjson

from ringback_contracts.catalogue import BY_ID, judge, route
from ringback_contracts.core.credentials import bearer
from ringback_contracts.core.lazy import lazy
from ringback_contracts.core.model import (
    ANONYMOUS,
    Accepted,
    Caller,
    Example,
    Lives,
    Quota,
    Request,
    TokenState,
)
from ringback_contracts.life import Conversation, Objection, advance, apply, opened
from ringback_contracts.life.commands import Command, Instruction
from ringback_contracts.life.moments import derived_id
from ringback_contracts.org import Org, changed, default_org
from ringback_contracts.resources.calls.outcomes import outcomes
from ringback_contracts.resources.calls.placement import placement
from ringback_contracts.resources.presence.moving import moved
from ringback_contracts.resources.presence.operations import SET_PRESENCE, SET_PRESENCE_OF_SOURCE

KNOWN_CALL = "ca110000-0000-4000-8000-0000000000ca"
"""The id of the call that exists in an example's org."""
KNOWN_CALLS = (KNOWN_CALL, "ca110000-0000-4000-8000-0000000000cb")
"""The ids of the calls of examples, in the order in which they were placed."""
CHANNEL_PLACEHOLDER = "{channel}"
"""Stands in paths of examples for the id of a channel of whoever sends it, subscribed to nothing."""
KNOWN_CHANNEL = "streaming-0-thechannelthatisthere0000"
"""The id of that channel in an example's org."""
A_CALL = Example({"phoneNumber": "+442079460100"})
"""What has happened where an example names a call and does not say what became of it."""
BEGAN = 1_700_000_000.0
MOVING = (BY_ID[SET_PRESENCE], BY_ID[SET_PRESENCE_OF_SOURCE])
_NAME = re.compile(r"\{(call|party|leg)(\d?)\}")


@dataclass(frozen=True, slots=True)
class Situation:
    """All that ``judge`` wants to know."""

    request: Request
    caller: Caller
    org: Org


def situation(
    example: Example,
    org: Org | None = None,
    call_ids: Sequence[str] = KNOWN_CALLS,
    channel_id: str = KNOWN_CHANNEL,
) -> Situation:
    """The example in the given org (the default one), in which its calls and its channel have these ids."""
    org = _with_presences(example, changed(org or default_org(), example.org))
    caller = _caller(example, org, ExampleCalls(example, org, call_ids), channel_id)
    return Situation(request_of(example, call_ids, channel_id), caller, org)


def _with_presences(example: Example, org: Org) -> Org:
    """The org after those of its users were put into a presence who were before."""
    for step in before(example):
        if isinstance(step, Example) and (found := route(step.method, step.path)).operation in MOVING:
            user = org.user_by_id[found.params["userId"]]
            then = moved(user, org.presence_by_id[step.body["presenceDefinition"]["id"]], org)
            org = replace(org, users=tuple(then if one is user else one for one in org.users))
    return org


def request_of(
    example: Example, call_ids: Sequence[str] = KNOWN_CALLS, channel_id: str = KNOWN_CHANNEL
) -> Request:
    """The example as a request, with JSON as its media type unless it names another."""
    headers = {"content-type": "application/json", "host": "127.0.0.1"}
    if example.token is not None:
        headers["authorization"] = f"Bearer {example.token}"
    body = b"" if example.body is None else _filled(orjson.dumps(example.body).decode(), call_ids).encode()
    path, _, query = example.path.partition("?")
    return Request(
        method=example.method,
        path=_filled(path, call_ids).replace(CHANNEL_PLACEHOLDER, channel_id),
        headers=headers | dict(example.headers),
        body=body if example.raw is None else example.raw,
        query=query,
        host_allowed=example.host_allowed,
        well_formed=example.well_formed,
    )


def before(example: Example) -> tuple[Example | float, ...]:
    """What happened before: as the example says, or that the call was placed which it names."""
    return example.given or ((A_CALL,) if names_call(example) else ())


def names_call(example: Example) -> bool:
    """Whether the example speaks of a call that is there."""
    body = b"" if example.body is None else orjson.dumps(example.body)
    return _NAME.search(f"{example.path} {body.decode()}") is not None


def begins_call(step: Example) -> bool:
    """Whether the step of what happened before is a call that was placed."""
    return (step.method, step.path) == (Example().method, Example().path)


def _filled(text: str, call_ids: Sequence[str]) -> str:
    return _NAME.sub(lambda found: _meant(found[1], int(found[2] or 1) - 1, call_ids), text)


def _meant(kind: str, number: int, call_ids: Sequence[str]) -> str:
    if kind == "call":
        return call_ids[number]
    return derived_id(call_ids[0], f"{'participant' if kind == 'party' else 'call'}/{number}")


class ExampleCalls(Lives):
    """The calls of an example, after what happened before: worked out when somebody asks for one."""

    def __init__(self, example: Example, org: Org, call_ids: Sequence[str] = KNOWN_CALLS) -> None:
        self._example = example
        self._org = org
        self._call_ids = call_ids

    def __contains__(self, call_id: object, /) -> bool:
        return call_id in self._call_ids

    def get(self, call_id: str, /) -> Conversation | None:
        return self._lives.get(call_id)

    @lazy
    def _lives(self) -> dict[str, Conversation]:
        lives: dict[str, Conversation] = {}
        now = BEGAN
        # The calls are there, whichever contract takes the form in which they were placed.
        org = self._org if self._org.contract == "any" else replace(self._org, contract="any")
        for step in before(self._example) or (A_CALL,):
            if isinstance(step, Example):
                for call_id, command in self._done(step, lives, org):
                    after = apply(lives.get(call_id) or opened(call_id, now), command, now)
                    lives[call_id] = _happened(after, step)
            else:
                now += step
            lives = {call_id: advance(life, now) for call_id, life in lives.items()}
        return lives

    def _done(self, step: Example, lives: dict[str, Conversation], org: Org) -> Iterator[Instruction]:
        request = request_of(step, self._call_ids)
        verdict = judge(request, _caller(step, org, lives), org)
        if not isinstance(verdict, Accepted):
            raise TypeError(f"{step} is refused: {verdict.finding.detail}")
        if verdict.intent is not None:
            begins: Command = placement(verdict.intent, org, outcomes(verdict.intent, org))
            yield Instruction(self._call_ids[len(lives)], begins)
        yield from verdict.instructions


def _happened(after: Conversation | Objection, step: Example) -> Conversation:
    if isinstance(after, Conversation):
        return after
    raise AssertionError(f"{step} can never happen: {after.detail}")


def _bearer(example: Example) -> str | None:
    if example.token is not None:
        return example.token
    return bearer(example.headers.get("authorization"))


def _caller(example: Example, org: Org, lives: Lives, channel_id: str = KNOWN_CHANNEL) -> Caller:
    value = _bearer(example)
    if value is None:
        return ANONYMOUS
    token = org.token_by_value.get(value)
    if token is None:
        return Caller(TokenState.UNKNOWN)
    if token.expired:
        return Caller(TokenState.EXPIRED)
    limit = org.limits.rate_per_minute
    return Caller(
        TokenState.VALID,
        user=org.user_by_id[token.user] if token.user else None,
        client=org.client_by_id[token.client] if token.client else None,
        scopes=frozenset(token.scopes) if token.user else None,
        quota=Quota(limit, example.used + 1, 60) if limit else None,
        calls=lives,
        channels={channel_id: ()},
        app=token.client,
    )

"""Whatever two replicas are asked at once comes to what one process would have done, in some order."""

from __future__ import annotations

import asyncio
import itertools
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from ringback_contracts.core.model import Request
from ringback_mock.engine.hosts import HostCheck
from ringback_mock.engine.journal import Exchange
from ringback_mock.engine.store import Store
from ringback_mock.http import Response
from ringback_mock.resources import calls as placing
from ringback_mock.site import Site
from tests.replicas.within import Within, replicas

CALLS, ADMIN = "/api/v2/conversations/calls", "/__ringback"
NUMBER = {"phoneNumber": "+442079460100"}
_prefixes = itertools.count(1)
Step = tuple[int, str]
"""Which replica is asked, and for what."""
ACTS = ("place", "hold", "retrieve", "transfer", "end", "show", "list")
STEPS = some.lists(some.tuples(some.integers(0, 1), some.sampled_from(ACTS)), min_size=2, max_size=12)


async def do(one: Within, act: str, call: str, agent: str, customer: str) -> None:
    path = f"{CALLS}/{call}"
    if act == "place":
        await one.ask("POST", CALLS, NUMBER)
    elif act in ("hold", "retrieve"):
        await one.ask("PATCH", f"{path}/participants/{agent}", {"held": act == "hold"})
    elif act == "transfer":
        await one.ask("POST", f"{path}/participants/{customer}/replace", {"address": "+442079460106"})
    elif act == "end":
        await one.ask("PATCH", path, {"state": "disconnected"})
    else:
        await one.ask("GET", path if act == "show" else CALLS)


async def played(url: str, steps: list[Step]) -> tuple[list[bytes], list[bytes], list[Exchange]]:
    """What each replica knows in the end, and the journal of what was asked."""
    async with replicas(url, f"interleaved-{next(_prefixes)}") as two:
        await two[0].json("POST", f"{ADMIN}/clock", {"freeze": True, "now": 1_767_225_600})
        call = (await two[0].json("POST", CALLS, NUMBER))["id"]
        await two[1].json("POST", f"{ADMIN}/clock", {"advance": 10})
        shown: Any = await two[0].json("GET", f"{CALLS}/{call}")
        agent, customer = (one["id"] for one in shown["participants"][:2])
        await asyncio.gather(*(do(two[place], act, call, agent, customer) for place, act in steps))
        states = [await one.state() for one in two]
        return states[0], states[1], list(two[0].site.store.default.journal)


def told_again(exchanges: list[Exchange], monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, Any]]:
    """What one process alone answers to the same, in the order in which the log took it."""
    ids = iter([one.call_id for one in exchanges if one.call_id])
    monkeypatch.setattr(placing, "new_id", lambda: next(ids))
    site = Site(Store(clock=lambda: 1_767_225_600.0), hosts=HostCheck())
    site.answer(_admin({"freeze": True, "now": 1_767_225_600}))
    answers = []
    for place, one in enumerate(exchanges):
        if place == 1:
            site.answer(_admin({"advance": 10}))
        response = site.answer(one.request).whole()
        answers.append(_told(one.request, response))
    return answers


def _admin(body: dict[str, Any]) -> Request:
    headers = {"host": "localhost", "content-type": "application/json"}
    return Request("POST", f"{ADMIN}/clock", headers, json.dumps(body).encode())


def _told(request: Request, response: Response) -> tuple[int, Any]:
    """What was answered. What a read saw may be older than its place in the log, but not than its request."""
    return response.status, None if request.method == "GET" else _plain(response.body)


def _plain(body: bytes) -> Any:
    """A body without what names the exchange itself."""
    value = json.loads(body) if body else None
    if isinstance(value, dict):
        value.pop("contextId", None)
    return value


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_two_replicas_do_what_one_process_would(redis_url: str, steps: list[Step]) -> None:
    one, other, exchanges = asyncio.run(played(redis_url, steps))
    assert one == other
    assert len(exchanges) == len(steps) + 2
    with pytest.MonkeyPatch.context() as patch:
        again = told_again(exchanges, patch)
    assert [_told(each.request, each.response) for each in exchanges] == again

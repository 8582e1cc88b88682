"""What is remembered is what would be judged."""

from __future__ import annotations

import gc
import json
import weakref
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.catalogue import TABLE, judge
from ringback_contracts.core.declare import ALICE
from ringback_contracts.core.model import Example, Request
from ringback_contracts.examples import situation
from ringback_contracts.org import changed, default_org
from ringback_mock.engine import memo as memo_module
from ringback_mock.engine.memo import LONGEST, Memo
from ringback_mock.engine.store import Store
from ringback_mock.site import Site

CALLS = "/api/v2/conversations/calls"
T = "+442079460100"


def request(body: Any, token: str = "alice", **more: Any) -> Request:
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    return Request("POST", CALLS, headers, json.dumps(body).encode(), **more)


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    """Every request that was really judged."""
    asked: list[Request] = []

    def watched(request: Request, *rest: Any) -> Any:
        asked.append(request)
        return judge(request, *rest)

    monkeypatch.setattr(memo_module, "judge", watched)
    return asked


EXAMPLES = [example for rule in TABLE for example in (*rule.rejects, *rule.accepts)]


@given(examples=st.lists(st.sampled_from(EXAMPLES), min_size=2, max_size=8))
def test_a_memory_never_changes_a_verdict(examples: list[Example]) -> None:
    memo = Memo(TABLE)
    cases = [situation(example) for example in examples]
    for case in [*cases, *cases, *cases]:
        verdict = judge(case.request, case.caller, case.org)
        assert memo.judge(case.request, case.caller, case.org).verdict == verdict


def test_what_comes_again_is_judged_no_more(judged: list[Request]) -> None:
    pipeline = Site(Store())
    replies = [pipeline.answer(request({"phoneNumber": T})) for _ in range(5)]
    assert [reply.status for reply in replies] == [202] * 5
    assert len({reply.body for reply in replies}) == 5, "each is a call of its own"
    assert len(judged) == 2, "what came once may be the only one of its kind"


def test_a_number_that_can_ring_is_judged_like_another(judged: list[Request]) -> None:
    store = Store()
    site, numbers = Site(store), [f"+4930{number}" for number in range(123456, 123461)]
    for number in numbers:
        attributes = {"number": number}
        assert site.answer(request({"phoneNumber": number, "attributes": attributes})).status == 202
    assert len(judged) == 2
    placed = [call.plan.intent for call in store.default.calls]
    assert [(one.destinations[0].value, one.attributes) for one in placed if one] == [
        (number, {"number": number}) for number in numbers
    ]


def test_what_is_told_of_a_query_or_an_sdk_is_told_of_no_other_request() -> None:
    site = Site(Store())
    asked, plain = request({"phoneNumber": T}, query="pageSize=1"), request({"phoneNumber": T})
    older = replace(plain, path=f"{CALLS}/user/{ALICE}", headers={**plain.headers, "purecloud-sdk": "100.0"})
    newer = replace(older, headers={**plain.headers, "purecloud-sdk": "269.0"})
    for _ in range(3):
        assert "Ringback-Note" in dict(site.answer(asked).headers)
        assert "Ringback-Note" in dict(site.answer(older).headers)
    assert "Ringback-Note" not in dict(site.answer(plain).headers)
    assert "Ringback-Note" not in dict(site.answer(newer).headers)


def test_other_bodies_tokens_and_media_types_are_judged_anew() -> None:
    pipeline = Site(Store())
    assert pipeline.answer(request({"phoneNumber": T})).status == 202
    assert pipeline.answer(request({"phoneNumber": "hello"})).status == 400
    assert pipeline.answer(request({"phoneNumber": T}, "carol")).status == 403
    other = request({"phoneNumber": T})
    text = Request("POST", CALLS, {**other.headers, "content-type": "text/plain"}, other.body)
    assert pipeline.answer(text).status == 415
    coded = Request("POST", CALLS, {**other.headers, "content-encoding": "br"}, other.body)
    assert pipeline.answer(coded).status == 415
    assert pipeline.answer(request({"phoneNumber": T}, host_allowed=False)).status == 421


def test_calls_that_come_to_exist_are_seen() -> None:
    store = Store()
    pipeline = Site(store)
    call_id = json.loads(pipeline.answer(request({"phoneNumber": T})).body)["id"]
    join = request({"conversationIds": [call_id]})
    assert pipeline.answer(join).status == 202
    store.reset()
    assert pipeline.answer(join).status == 404


def test_a_limit_is_counted_each_time() -> None:
    pipeline = Site(Store(changed(default_org(), {"limits": {"rate_per_minute": 2}})))
    assert [pipeline.answer(request({"phoneNumber": T})).status for _ in range(3)] == [202, 202, 429]


def test_memory_is_bounded(judged: list[Request]) -> None:
    memo = Memo(TABLE)
    case = situation(Example())
    long = request({"phoneNumber": T, "uuiData": "x" * LONGEST})
    for _ in range(3):
        memo.judge(long, case.caller, case.org)
    assert len(judged) == 3
    first = request({"phoneNumber": T, "label": "first"})
    for _ in range(2):
        memo.judge(first, case.caller, case.org)
    for number in range(memo_module.KEPT):
        for _ in range(2):
            memo.judge(request({"phoneNumber": T, "label": str(number)}), case.caller, case.org)
    before = len(judged)
    memo.judge(first, case.caller, case.org)
    assert len(judged) == before + 1, "the oldest is forgotten"


def test_long_paths_and_media_types_are_not_remembered(judged: list[Request]) -> None:
    memo = Memo(TABLE)
    case = situation(Example())
    plain = request({"phoneNumber": T}, "noscope")
    long = "x" * LONGEST
    for sent in (
        replace(plain, path=f"{CALLS}/user/{long}"),
        replace(plain, headers={**plain.headers, "content-type": f"application/json; x={long}"}),
    ):
        before = len(judged)
        for _ in range(3):
            memo.judge(sent, case.caller, case.org)
        assert len(judged) == before + 3


def test_an_org_that_is_forgotten_is_not_held_by_what_is_remembered() -> None:
    store = Store(orgs_size=1)
    pipeline = Site(store)
    org = store.add_org()
    tenant = store.tenant(org.id)
    assert tenant is not None
    calls = weakref.ref(tenant.calls)
    for _ in range(3):
        assert pipeline.answer(request({"phoneNumber": T}, org.tokens["alice"])).status == 202
    del tenant
    store.add_org()
    gc.collect()
    assert calls() is None

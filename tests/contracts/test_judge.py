"""Promises of ``judge`` that hold for any request at all."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ringback_contracts.catalogue import OPERATIONS, TABLE, findings, judge
from ringback_contracts.core.model import Accepted, Example, Rejected, Request
from ringback_contracts.core.operation import Operation
from ringback_contracts.domain.addresses import AddressError, parse
from ringback_contracts.examples import situation
from ringback_contracts.http.envelope import envelope
from ringback_contracts.org import default_org
from ringback_contracts.resources.calls.forms import PUBLISHED_KEYS


def encoded(value: Any) -> bytes:
    return json.dumps(value).encode()


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
TEXTS = st.sampled_from(
    [
        "tel:+442079460100",
        "user:a11ce000-0000-4000-8000-000000000001",
        "sip:agent@example.com",
        "campaign:ca3b0000-0000-4000-8000-000000000020",
        "+442079460100",
        "",
    ]
)
KEYS = st.sampled_from([*sorted(PUBLISHED_KEYS), "to", "from", "toAddress", "fromAddress", "type", "state"])
ENDPOINTS = st.fixed_dictionaries(
    {}, optional={"type": TEXTS | JSON, "address": TEXTS | JSON, "id": JSON, "to": TEXTS | JSON, "name": JSON}
)
BODIES = st.dictionaries(KEYS, JSON | TEXTS | ENDPOINTS | st.lists(ENDPOINTS | TEXTS), max_size=5)
TOKENS = st.sampled_from(["alice", "bob", "carol", "service", "noscope", "expired", "nobody", None])
PATHS = st.sampled_from([operation.template for operation in OPERATIONS]) | st.text(max_size=40)


@given(
    raw=BODIES.map(encoded) | st.binary(max_size=200),
    token=TOKENS,
    method=st.sampled_from(["GET", "POST", "PATCH", "DELETE", "HEAD", "PUT"]) | st.text(max_size=8),
    path=PATHS,
    media=st.sampled_from(["application/json", "text/plain"]) | st.text(max_size=20),
    contract=st.sampled_from(["any", "published", "participants"]),
    trunking=st.booleans(),
    strict=st.booleans(),
)
def test_whatever_is_sent_there_is_a_verdict(
    raw: bytes,
    token: str | None,
    method: str,
    path: str,
    media: str,
    contract: str,
    trunking: bool,
    strict: bool,
) -> None:
    switches = {"contract": contract, "sip_trunking": trunking, "strict_numbers": strict}
    case = situation(
        Example(raw=raw, token=token, method=method, path=path, headers={"content-type": media}, org=switches)
    )
    verdict = judge(case.request, case.caller, case.org)
    found = findings(case.request, case.caller, case.org)
    if isinstance(verdict, Rejected):
        assert found[0] == verdict.finding
        body = envelope(verdict.finding, "id")
        assert body["message"]
        assert "{" not in verdict.finding.rule.message or body["messageParams"]
    else:
        assert found == []
        assert verdict.intent is None or verdict.intent.destinations


@pytest.mark.parametrize("contract", ["any", "published", "participants"])
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.id)
def test_an_operation_is_judged_under_each_contract(operation: Operation, contract: str) -> None:
    method, path = operation.method, operation.template
    case = situation(Example({}, method=method, path=path, org={"contract": contract}))
    assert bool(findings(case.request, case.caller, case.org)) == isinstance(
        judge(case.request, case.caller, case.org), Rejected
    )


@given(text=st.text() | st.from_regex(r"(tel:|user:|sip:)\+?[0-9a-z@.:; -]{0,20}", fullmatch=True))
@example("tel:+442079460100\n")
@example("user:a11ce000-0000-4000-8000-000000000001\n")
def test_what_is_no_address_is_never_accepted(text: str) -> None:
    case = situation(Example({"to": text, "from": "user:a11ce000-0000-4000-8000-000000000001"}))
    verdict = judge(case.request, case.caller, case.org)
    try:
        parse(text)
    except AddressError:
        assert isinstance(verdict, Rejected)
        assert verdict.finding.rule.status in {400, 422}


def test_judging_changes_nothing() -> None:
    body = encoded({"phoneNumber": "+442079460100", "attributes": {"k": "v"}})
    case = situation(Example(raw=body))
    first = judge(case.request, case.caller, case.org)
    assert first == judge(case.request, case.caller, case.org)
    assert isinstance(first, Accepted)
    assert case.request.body == body


def test_the_stages_are_asked_in_order() -> None:
    """A request that is wrong in every way is refused for the first of them, until that is mended."""
    request = Request("POST", "/api/v2/conversations/calls", {"content-type": "text/plain"}, b"{")
    nobody = situation(Example(token=None))
    assert _rule(judge(request, nobody.caller, default_org())) == "token.missing"
    carol = situation(Example(token="carol"))
    assert _rule(judge(request, carol.caller, default_org())) == "permission.missing"
    alice = situation(Example())
    assert _rule(judge(request, alice.caller, default_org())) == "media-type.unsupported"


def _rule(verdict: object) -> str:
    assert isinstance(verdict, Rejected)
    return verdict.finding.rule.id


def test_a_rule_that_is_switched_off_no_longer_decides() -> None:
    case = situation(TABLE["station.missing"].rejects[0])
    verdict = judge(case.request, case.caller, case.org, TABLE.without("station.missing"))
    assert isinstance(verdict, Accepted)

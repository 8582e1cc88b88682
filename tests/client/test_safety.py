"""What might ring somebody is not sent unless the program says so, and emergency services never ring."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ringback_client import (
    REGIONS,
    CallsClient,
    ConfigurationError,
    MalformedAddress,
    NotFound,
    RingbackWarning,
    SafetyRefusal,
    StatusError,
    Target,
)
from ringback_client.bodies import loose_words
from ringback_contracts.catalogue import TABLE, preflight
from ringback_contracts.core.model import Evidence, Request
from ringback_contracts.domain.numbers import is_emergency
from ringback_contracts.resources.calls.paths import CALLS_PATH
from tests.client.scripted import MOCK, Answer, Clock, ScriptedAdapter

NUMBER = "tel:+442079460100"
ALICE = "user:a11ce000-0000-4000-8000-000000000001"
GATEWAY = "https://gateway.example.org"


def client(adapter: ScriptedAdapter, target: str | Target = "mypurecloud.ie", **settings: Any) -> CallsClient:
    return CallsClient(target, "token", adapter=adapter, retry=Clock().policy(), **settings)


@pytest.mark.parametrize("region", REGIONS)
def test_no_region_is_called_unless_the_program_allows_it(region: str) -> None:
    adapter = ScriptedAdapter()
    with pytest.raises(SafetyRefusal, match="allow_calls"):
        client(adapter, region).place_call(NUMBER)
    assert adapter.requests == []


def test_a_region_is_called_at_its_own_hosts_when_the_program_allows_it() -> None:
    adapter = ScriptedAdapter()
    assert client(adapter, allow_calls=True).place_call(NUMBER).id
    assert adapter.requests[0].url == "https://api.mypurecloud.ie/api/v2/conversations/calls"
    assert adapter.settings[0]["verify"], "certificates are verified"


def test_reading_a_region_rings_nobody_and_needs_no_permission() -> None:
    assert client(ScriptedAdapter([Answer(200, {"entities": []})])).list_calls() == []


EMERGENCIES = [
    {"phoneNumber": "112"},
    {"phoneNumber": "tel:911"},
    {"phoneNumber": " 9-1-1 "},
    {"phoneNumber": "\uff19\uff19\uff19"},
    {"phoneNumber": "+1911"},
    {"phoneNumber": "sip:911@example.com"},
    {"to": "tel:999", "from": ALICE},
    {"to": {"to": "tel:000"}, "from": ALICE},
    {"to": {"type": "tel", "address": "112"}, "from": ALICE},
    {"toAddress": "sip:112@example.com"},
    {"participants": [{"address": "+442079460100"}, {"address": "911"}]},
    {"phoneNumber": 911},
    {"phoneNumber": 112.0},
    {"to": 911, "from": ALICE},
    {"to": {"type": "tel", "address": 15.0}, "from": ALICE},
    {"to": {"type": "tel", "id": 911}, "from": ALICE},
    {"participants": [{"address": [999]}]},
    {"phoneNumber": "988"},
    {"phoneNumber": 1988},
    {"phoneNumber": "sip:sos.fire@x.com"},
    {"to": {"type": "sip", "address": "sos@x.com"}, "from": ALICE},
]


@pytest.mark.parametrize("target", ["mypurecloud.com", GATEWAY, "http://10.1.2.3:8010"])
@pytest.mark.parametrize("body", EMERGENCIES, ids=json.dumps)
def test_an_emergency_number_is_never_dialled_on_a_real_target(body: dict[str, Any], target: str) -> None:
    adapter = ScriptedAdapter()
    calls = client(adapter, target, allow_calls=True, preflight=False)
    with pytest.raises(SafetyRefusal, match="emergency"):
        calls.post_body(body)
    assert adapter.requests == []


@pytest.mark.parametrize(
    "body",
    [
        b'{"phoneNumber": "911", "phoneNumber": "+442079460100"}',
        b'{"phoneNumber": 1.5e1}',
        b'{"phoneNumber": "911", "priority": ' + b"9" * 5000 + b"}",
        b'{"phoneNumber": -911, "priority": NaN}',
        b'{"phoneNumber": "911"',
        b"phoneNumber=112",
        b"phoneNumber: 9-1-1",
        '{"phoneNumber": "\u0661\u0661\u0662",}'.encode(),
    ],
    ids=["repeated-key", "exponent", "endless-number", "no-number", "cut", "form", "yaml", "comma"],
)
def test_an_emergency_number_is_found_however_the_body_is_written(body: bytes) -> None:
    adapter = ScriptedAdapter()
    with pytest.raises(SafetyRefusal):
        client(adapter, allow_calls=True, preflight=False).post_body(body)
    assert adapter.requests == []


@pytest.mark.parametrize(
    "body",
    [
        {"callUserId": "91100000-0000-4000-8000-000000000001"},
        {"callQueueId": "11200000-0000-4000-8000-000000000001"},
        {"phoneNumber": "+442079460100", "callerId": "112", "attributes": {"case": "911"}, "label": "999"},
        {"to": {"type": "user", "id": "99900000-0000-4000-8000-000000000001", "name": "911"}, "from": ALICE},
    ],
    ids=json.dumps,
)
def test_an_id_or_a_word_is_no_emergency_number(body: dict[str, Any]) -> None:
    adapter = ScriptedAdapter()
    assert client(adapter, allow_calls=True, preflight=False).post_body(body).id


@pytest.mark.parametrize("target", ["mypurecloud.com", GATEWAY])
def test_preflight_or_not_a_number_without_quotes_is_refused(target: str) -> None:
    adapter = ScriptedAdapter()
    with pytest.raises(SafetyRefusal, match="emergency"):
        client(adapter, target, allow_calls=True).post_body({"to": 911, "from": ALICE})
    assert adapter.requests == []


@pytest.mark.parametrize("name", ["content-encoding", "Content-Encoding", "Content-Encoding "])
def test_a_coded_body_is_not_sent_to_a_real_target(name: str) -> None:
    adapter = ScriptedAdapter()
    calls = client(adapter, allow_calls=True, preflight=False)
    request = calls.build_request("+442079460100")
    with pytest.raises(SafetyRefusal, match="coded body"):
        calls.send(replace(request, headers={**request.headers, name: "gzip"}))
    assert adapter.requests == []


def test_a_mock_may_be_told_to_dial_an_emergency_number() -> None:
    assert client(ScriptedAdapter(), MOCK).place_call("112").id


def test_a_mock_s_rules_refuse_before_anything_is_sent() -> None:
    adapter = ScriptedAdapter()
    with pytest.raises(MalformedAddress, match="not sent"):
        client(adapter, MOCK).place_call("15551234567", ALICE, contract="participants")
    assert adapter.requests == []


def test_without_preflight_the_target_decides() -> None:
    adapter = ScriptedAdapter([Answer(404, b"")])
    with pytest.raises(NotFound):
        client(adapter, MOCK, preflight=False).place_call("15551234567", ALICE, contract="participants")


BODIES = [
    b"{",
    b"{}",
    b'{"phoneNumber": 5}',
    b'{"phoneNumber": "hello"}',
    b'{"phoneNumber": "+442079460100", "callUserId": "x"}',
    b'{"to": "15551234567", "from": "x"}',
    b'{"to": "tel:+15551234567", "from": "user:a11ce000-0000-4000-8000-000000000001"}',
    b'{"toAddress": "sip:agent@example.com"}',
]


@given(st.sampled_from(BODIES) | st.binary())
def test_on_a_real_target_only_what_is_known_of_the_platform_refuses_and_the_rest_warns(body: bytes) -> None:
    findings = preflight(Request("POST", CALLS_PATH, {"content-type": "application/json"}, body))
    certain = [f for f in findings if f.rule.evidence in (Evidence.PUBLISHED, Evidence.OBSERVED)]
    assume(not any(map(is_emergency, loose_words(body))))
    adapter = ScriptedAdapter()
    calls = client(adapter, allow_calls=True)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        if certain:
            with pytest.raises(StatusError) as refused:
                calls.post_body(body)
            assert refused.value.rule == certain[0].rule.id
        else:
            calls.post_body(body)
    assert len(adapter.requests) == (0 if certain else 1)
    doubts = [warning for warning in caught if issubclass(warning.category, RingbackWarning)]
    assert len(doubts) == (0 if certain else len(findings))


def test_there_are_bodies_of_each_kind() -> None:
    def kinds(body: bytes) -> set[Evidence]:
        findings = preflight(Request("POST", CALLS_PATH, {"content-type": "application/json"}, body))
        return {finding.rule.evidence for finding in findings}

    known = [bool(kinds(body) & {Evidence.PUBLISHED, Evidence.OBSERVED}) for body in BODIES]
    assert {True, False} <= set(known)


def test_a_warning_points_at_the_line_that_placed_the_call() -> None:
    with pytest.warns(RingbackWarning) as caught:
        client(ScriptedAdapter(), allow_calls=True).place_call("15551234567", ALICE, contract="participants")
    assert caught[0].filename == __file__
    assert "evidence" in str(caught[0].message)


# --- what a real org has confirmed ----------------------------------------------------------------------

UNPLUSSED = {"to": "tel:442079460100", "from": ALICE}
"""What the rule tel.no-plus refuses, which only the documents of the mission speak of."""


@pytest.fixture
def _table_as_before() -> Iterator[None]:
    before = TABLE.rules
    yield
    TABLE._fill(before)


@pytest.mark.usefixtures("_table_as_before")
def test_what_a_real_org_has_confirmed_is_refused_there_and_no_longer_doubted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.warns(RingbackWarning, match=r"tel\.no-plus, evidence: mission"):
        assert client(ScriptedAdapter(), allow_calls=True).post_body(UNPLUSSED).id
    path = tmp_path / "evidence.json"
    seen = {"tel.no-plus": {"date": "2026-11-21", "region": "eu_west_1", "exchanges": 2}}
    path.write_text(json.dumps({"observed": seen}))
    monkeypatch.setenv("RINGBACK_EVIDENCE", str(path))
    adapter = ScriptedAdapter()
    with pytest.raises(MalformedAddress, match=r"tel\.no-plus"):
        client(adapter, allow_calls=True).post_body(UNPLUSSED)
    assert adapter.requests == []
    assert "answered by a real org in eu_west_1 on 2026-11-21" in TABLE["tel.no-plus"].source


@pytest.mark.parametrize("text", [None, "x", "{}", '{"observed": {"no.rule": {}}}'])
def test_a_file_that_is_no_evidence_is_named(
    text: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "evidence.json"
    if text is not None:
        path.write_text(text)
    monkeypatch.setenv("RINGBACK_EVIDENCE", str(path))
    with pytest.raises(ConfigurationError, match=r"RINGBACK_EVIDENCE names .*evidence\.json"):
        client(ScriptedAdapter())

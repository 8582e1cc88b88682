"""Value by value: what is shown to ring nobody, and what is not."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.catalogue import judge
from ringback_contracts.core.declare import ALICE, NOBODY
from ringback_contracts.core.model import Accepted, DestinationKind, Example, Request
from ringback_contracts.domain.numbers import assess, reserved_range
from ringback_contracts.examples import situation
from ringback_contracts.org import default_org
from ringback_harness import strategies
from ringback_harness.sandbox import NotAllowed, Permit
from ringback_harness.sandbox.effects import Effect, effect
from ringback_harness.sandbox.gate import Gate
from ringback_harness.sandbox.ringing import OURS, may_ring
from ringback_harness.sandbox.values import Value
from ringback_harness.targets import call_request

LISTED = "+442079460150"
LISTED_USER = "5a4db0c5-0000-4000-8000-000000000002"
ME = "5a4db0c5-0000-4000-8000-000000000001"
STRANGER = "11111111-2222-4333-8444-555555555555"
RINGING = strategies.numbers().filter(lambda text: assess(text).problem is None)
PLACES = st.sampled_from(
    [
        '{"phoneNumber": "%s"}',
        '{"phoneNumber": "tel:%s"}',
        '{"phoneNumber": ["%s"]}',
        '{"toAddress": {"type": "tel", "address": "%s"}}',
        '{"to": "sip:%s@example.com", "from": "x"}',
        '{"participants": [{"address": "%s"}]}',
        '{"nested": {"deep": ["%s"]}}',
        '{"a": null, "a": "%s"}',
        '{"name": "%s"}',
        '{"attributes": {"%s": "x"}}',
        '"%s"',
        '["%s"]',
        '{"phoneNumber": "%s"',
        "phoneNumber: %s",
        "phoneNumber=%s",
        '{"phoneNumber": "+442079460100,%s"}',
    ]
)
SPELLINGS = st.sampled_from(
    [
        str,
        lambda number: number.removeprefix("+"),
        " ".join,
        lambda number: f"{number[:3]}-({number[3:6]})-{number[6:]}",
        lambda number: f"00{number[1:]}",
        lambda number: "".join(chr(ord(digit) + 0xFEE0) for digit in number),
        lambda number: number.replace("+", "%2B"),
    ]
)


def gate(budget: int = 5) -> Gate:
    permit = Permit(send=True, numbers=(LISTED,), users=(LISTED_USER,), budget=budget)
    return Gate(permit, frozenset({ME}))


def posting(text: str | bytes, **changes: Any) -> Request:
    body = text.encode() if isinstance(text, str) else text
    return replace(call_request({}), body=body, **changes)


def refused(request: Request, match: str = "not on the list") -> str:
    with pytest.raises(NotAllowed, match=match) as caught:
        gate().admit(request, granted=False)
    return str(caught.value)


# --- numbers and ids ----------------------------------------------------------------------------------


@given(RINGING, PLACES, SPELLINGS)
def test_a_number_that_can_ring_is_seen_wherever_it_stands(number: str, place: str, spelled: Any) -> None:
    refused(posting(place % spelled(number)), "not on the list|emergency")


@given(st.uuids(version=4).map(str).filter(lambda text: text not in OURS), PLACES)
def test_the_id_of_a_stranger_is_seen_in_every_place(stranger: str, place: str) -> None:
    refused(posting(place % stranger), "not on the list|emergency")


@given(strategies.bodies())
def test_whatever_is_admitted_rings_the_listed_alone(body: Any) -> None:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    there = situation(Example(raw=raw))
    verdict = judge(there.request, there.caller, there.org)
    granted = isinstance(verdict, Accepted)
    try:
        calls = gate().admit(posting(raw), granted=granted)
    except NotAllowed:
        return
    assert calls or not granted
    if isinstance(verdict, Accepted) and verdict.intent is not None:
        assert [(target.kind, target.value) for target in verdict.intent.destinations] == [
            (DestinationKind.PHONE, LISTED)
        ]


@given(strategies.numbers().filter(reserved_range))
def test_a_reserved_number_rings_nobody(number: str) -> None:
    assert may_ring(Value(number, ("phoneNumber",))) is None


@pytest.mark.parametrize(
    "text",
    ["+442079460100", "tel:+442079460100", "+15551234567", "+999123456789", NOBODY, f"user:{NOBODY}",
     NOBODY.upper(), "sip:a@example.com", "sips:bob@sip.example.net", "sip:+442079460100@example.org",
     "bob@example.com", "bob", "", "   ", "hello"],
)  # fmt: skip
def test_what_leads_to_nobody_does_not_ring(text: str) -> None:
    assert may_ring(Value(text, ("phoneNumber",))) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("+13172222222", "a number"),
        ("13172222222", "digits"),
        ("5", "digits"),
        ("+1202", "a number"),
        ("+18005550150", "a number"),
        ("+49116117", "a number"),
        ("+49115", "a number"),
        ("+33116000", "a number"),
        ("+131722222225", "a number"),
        ("+44 20 7946 0100", "digits"),
        ("+442079460100,5", "digits"),
        ("+442079460100p5", "digits"),
        ("+442079460100w5", "digits"),
        ("+442079460100;ext=5", "digits"),
        ("tel:5;phone-context=example.com", "digits"),
        ("+442079460100;isub=1", "digits"),
        ("+442079460100;postd=p1", "digits"),
        ("+\u0661\u0662\u0661\u0662\u0664\u0665\u0666\u0667\u0668\u0669\u0660", "digits"),
        ("\uff0b\uff11\uff12\uff11\uff12", "digits"),
        ("\u00b9\u00b9\u00b2", "digits"),
        ("\U0001d7cf\U0001d7d0", "digits"),
        ("\u2460\u2461", "digits"),
        ("\u2167", "digits"),
        ("\u4e00\u4e00\u4e8c", "digits"),
        ("\u0be7\u0be8", "digits"),
        ("+0013172222222", "digits"),
        ("+0113172222222", "digits"),
        ("+113172222222", "a number"),
        ("+4402071234567", "a number"),
        ("sip:bob@example", "an address"),
        ("sip:bob@invalid", "an address"),
        ("sip:bob@xn--example.com", "an address"),
        ("pbx.io", "what may be the name"),
        ("//pbx", "what may be the name"),
        ("me", "a word for"),
        ("nine o nine", "digits in words"),
        ("ninety-nine nine", "digits in words"),
        ("FLOWERS", "letters"),
        ("one one two", "digits in words"),
        ("nine-eight", "digits in words"),
        (f"sip:bob@sip.customer.io;x={NOBODY}", "digits"),
        (f"bob {NOBODY}", "digits"),
        (f"{NOBODY}{NOBODY}", "digits"),
        (STRANGER, "an id"),
        (f"user:{STRANGER}", "an id"),
        ("user:bob", "a scheme"),
        ("sip:bob@sip.customer.io;a=x@example.com", "an address"),
        ("sip:bob@example.com;maddr=evil.io", "an address"),
        ("sip:bob@example.com?Route=evil.io", "an address"),
        ("sip:bob@example.com;rn=x", "an address"),
        ("sip:bob@example.com:5060", "digits"),
        ("sip:bob:secret@example.com", "an address"),
        ("sip:bob%40evil.io@example.com", "an address"),
        ("sip:bob@pbx", "an address"),
        ("sip:bob@evilexample.com", "an address"),
        ("sip:bob@example.com.evil.io", "an address"),
        ("sip:bob@example.com\u3002evil.io", "an address"),
        ("sip:bob@pbx.localhost", "an address"),
        ("sip:bob@pbx.test", "an address"),
        ("sip:+13172222222@example.com", "an address"),
        ("<sip:bob@example.com>", "an address"),
        ("sip:bob", "a scheme"),
        ("urn:service:fire", "a scheme"),
        ("h323:bob", "a scheme|digits"),
        ("bob%20", "digits"),
        ("*#", "a character"),
        ("a&amp;b", "a character"),
        ("a\x00b", "a character"),
        ("\ud800", "a character"),
        ("b\u00f6b", "a character"),
    ],
)  # fmt: skip
def test_what_may_lead_to_somebody_rings(text: str, why: str) -> None:
    found = may_ring(Value(text, ("phoneNumber",)))
    assert found is not None
    assert any(found.startswith(each) for each in why.split("|")), found


@pytest.mark.parametrize("name", ["Zelda Quist", "Zo\u00eb O'Neill-Br\u00e4u", "\u30bc\u30eb\u30c0"])
def test_a_name_in_any_script_rings_nobody_where_names_stand(name: str) -> None:
    assert may_ring(Value(name, ("name",))) is None


# --- emergencies --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        '{"phoneNumber": 911}',
        '{"phoneNumber": 15.0}',
        '{"to": 1.12e2, "from": "x"}',
        '{"to": {"type": "tel", "address": [999]}}',
        '{"phoneNumber": "988"}',
        '{"phoneNumber": 988, "priority": 1}',
        '{"phoneNumber": "sip:sos@x.com"}',
        '{"toAddress": "sip:sos.fire@x.com"}',
        '{"phoneNumber": "sip:sos@x.com"',
        '{"phoneNumber": "sip:112@example.com"}',
        '{"phoneNumber": "urn:service:sos"}',
        '{"phoneNumber": "0-1-1-2"}',
        '{"phoneNumber": "\u0661\u0661\u0662"}',
        '{"phoneNumber": "\uff11\uff11\uff12"}',
        '{"callerIdName": "911"}',
    ],
)
@pytest.mark.parametrize("granted", [True, False])
def test_an_emergency_number_stops_at_the_gate_however_the_body_is_written(body: str, granted: bool) -> None:
    with pytest.raises(NotAllowed, match="emergency"):
        gate().admit(posting(body), granted=granted)


@pytest.mark.parametrize(
    "text",
    [
        "one one two",
        "nine one one",
        "nine-nine-nine",
        "\u4e00\u4e00\u4e8c",
        "\uff4f\uff4e\uff45 \uff4f\uff4e\uff45 \uff54\uff57\uff4f",
    ],
)
@pytest.mark.parametrize("key", ["phoneNumber", "name", "callUserId", "x"])
def test_an_emergency_number_in_words_is_not_sent(text: str, key: str) -> None:
    refused(posting(json.dumps({key: text})), "not on the list|emergency")


# --- the whole request --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"content-encoding": "gzip"},
        {"Content-Encoding": "deflate"},
        {"content-encoding": ""},
        {"content-encoding": "identity"},
        {"content-encoding ": "gzip"},
        {"content_encoding": "gzip"},
        {"transfer-encoding": "identity"},
        {"te": "trailers"},
        {"content-length": "3"},
        {"content-length": "2, 3"},
        {"Content-Length": "+2"},
        {"Content-Type": "application/json"},
        {"content-type": "application/json; charset=utf-16"},
        {"content-type": "application/json; charset=utf-7"},
        {"content-type": "application/json; charset=utf-8; charset=utf-7"},
        {"content-type": "multipart/form-data; boundary=x"},
        {"x-original-url": "/api/v2/conversations/calls/user/x"},
        {"x-forwarded-host": "evil.io"},
        {"x-forwarded-prefix": "/x"},
        {"forwarded": "host=evil.io"},
        {"x-destination": "+13172222222"},
        {"cookie": "to=+13172222222"},
        {"upgrade": "h2c"},
        {"expect": "100-continue"},
        {"connection": "content-type"},
        {"accept": "x\r\nx-original-url: /"},
        {"accept-language": "\u00e9"},
    ],
)
def test_a_header_that_could_make_another_request_of_it_is_not_sent(headers: dict[str, str]) -> None:
    plain = posting("{}")
    refused(replace(plain, headers={**plain.headers, **headers}), "may take it for another|body otherwise")


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "application/json; charset=utf-8",
        'application/json;charset="UTF-8"',
        "text/plain",
        "",
    ],
)
def test_a_usual_media_type_is_sent(kind: str) -> None:
    plain = posting("{}")
    assert gate().admit(replace(plain, headers={**plain.headers, "content-type": kind}), granted=False) == 0


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbf{}",
        '{"phoneNumber": "+442079460100"}'.encode("utf-16"),
        b'{"phoneNumber": "\xff"}',
        b'{"phoneNumber": /* +13172222222 */ null}',
        b"{'phoneNumber': '+13172222222'}",
        b'{"phoneNumb\\u0065r": "+1317222\\u0032222"}',
        b'{"+13172222222": null}',
        b'{"x": "\\ud800"}',
        b'{"x": "{\\"phoneNumber\\": \\"+13172222222\\"}"}',
        b'{"phoneNumber": -1}',
        b'{"phoneNumber": 1e400}',
        b"phoneNumber: FLOWERS",
        b"[" * 100_000,
        b"to: sip:bob",
        b"\x1f\x8b",
        b"{\0}",
        *('{"x": "+442079460100"}'.encode(kind) for kind in ("utf-16-le", "utf-16-be", "utf-32-le")),
    ],
)
def test_a_body_that_may_be_read_otherwise_is_not_sent(body: bytes) -> None:
    refused(posting(body))


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"null", b'{"x": NaN}', b'{"phoneNumber": ', b"no json"])
def test_a_body_that_names_nobody_is_sent(body: bytes) -> None:
    assert gate().admit(posting(body), granted=False) == 0


@pytest.mark.parametrize(
    "user",
    [STRANGER, "\u0661", f"{ME};x=y", f"{ME} ", "%31", "+13172222222", "bob@evil.io", "1"],
)
def test_the_path_names_no_stranger(user: str) -> None:
    refused(replace(posting("{}"), path=f"/api/v2/conversations/calls/user/{user}"), "list|emergency")


@pytest.mark.parametrize(
    "key", ["callUserId", "to", "callQueueId", "callerId", "conversationIds", "path", "userId"]
)
def test_the_token_s_user_is_not_rung_unless_listed(key: str) -> None:
    refused(posting(json.dumps({key: ME})))


@pytest.mark.parametrize("body", [{"from": f"user:{ME}"}, {"from": {"type": "user", "id": ME}}])
def test_the_token_s_user_may_call(body: Any) -> None:
    assert gate().admit(posting(json.dumps(body)), granted=False) == 0


@pytest.mark.parametrize(
    ("body", "calls"),
    [
        ({"phoneNumber": LISTED}, 1),
        ({"to": f"tel:{LISTED}", "from": f"user:{ME}"}, 1),
        ({"callUserId": LISTED_USER.upper()}, 1),
        ({"participants": [{"address": LISTED}, {"userId": LISTED_USER}]}, 2),
        ({"phoneNumber": LISTED, "to": [LISTED, LISTED]}, 3),
    ],
)
@pytest.mark.parametrize("granted", [True, False])
def test_each_time_that_somebody_listed_is_named_counts(body: Any, calls: int, granted: bool) -> None:
    assert gate().admit(posting(json.dumps(body)), granted=granted) == calls
    with pytest.raises(NotAllowed, match="budget"):
        gate(calls - 1).admit(posting(json.dumps(body)), granted=granted)


def test_what_is_refused_is_named_and_not_shown() -> None:
    said = refused(posting('{"to": {"address": "+13172222222", "name": "Zelda"}}'))
    assert "to/address holds a number that may be somebody's" in said
    assert "3172222222" not in said


# --- operations ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"/api/v2/conversations/{NOBODY}/cobrowse"),
        ("POST", "/api/v2/conversations/callbacks"),
        ("PUT", "/api/v2/conversations/calls"),
        ("post", "/api/v2/conversations/calls"),
        ("DELETE", "/api/v2/tokens/me"),
        ("POST", "/api/v2/conversations/calls/"),
    ],
)
def test_an_operation_that_the_gate_does_not_know_is_not_sent(method: str, path: str) -> None:
    request = replace(call_request({}), method=method, path=path)
    assert effect(request) is Effect.UNKNOWN
    refused(request, "may change something there")


def test_what_ends_a_call_says_nothing_else() -> None:
    ending = replace(call_request({"state": "disconnected"}), method="PATCH")
    known = replace(ending, path=f"/api/v2/conversations/calls/{NOBODY}")
    assert gate().admit(known, granted=False) == 0
    refused(replace(known, body=b'{"transfer": "+13172222222"}'))
    refused(replace(ending, path=f"/api/v2/conversations/calls/{STRANGER}"), "not this run's")


@pytest.mark.parametrize(
    "query", ["_method=POST", "a=b&_METHOD=", "a;_method=POST", "%5fmethod=POST", "x=%2531"]
)
def test_a_query_that_a_server_may_take_for_a_method_is_not_sent(query: str) -> None:
    request = Request("GET", "/api/v2/conversations/calls", query=query)
    refused(request, "names a method|decode twice")


def test_what_reads_has_no_body() -> None:
    refused(replace(call_request({"phoneNumber": LISTED}), method="GET"), "reads and has a body")


def test_every_id_of_the_default_org_is_ours() -> None:
    org = default_org()
    for kind in ([each.id for each in org.users], [each.id for each in org.queues]):
        assert set(kind) <= OURS
    assert ALICE in OURS

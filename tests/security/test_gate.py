"""Against a platform that takes everything: whatever leaves rings the listed, within the budget."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from ringback_client.environment import TOKEN as TOKEN_NAME
from ringback_contracts.core.declare import ALICE, NOBODY
from ringback_contracts.core.model import Request
from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_harness import strategies
from ringback_harness.sandbox import DryRunSandbox, Permit, settings_from
from ringback_harness.targets import OutOfReach, call_request, url_there
from tests.security import adversary

LISTED = "+442079460777"
LISTED_USER = "5a4db0c5-0000-4000-8000-000000000002"
STRANGERS = ("+12124567890", "+13172222222", "30005", "11111111-2222-4333-8444-555555555555")
EMERGENCIES = ("112", "911", "999", "000", "+1911", "0112", "9-1-1", "1 1 2", "988", "*67911", "112,,5")
SETTINGS = settings_from({"GENESYSCLOUD_REGION": "eu_west_1", TOKEN_NAME: "x"})
ZEROS = [chr(point) for point in (0xFF10, 0x0660, 0x06F0, 0x0966, 0x0BE6, 0x1D7CE, 0x1D7F6, 0x1E950, 0xA8D0)]
SUPERSCRIPT = str.maketrans("0123456789", "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079")
HAN = str.maketrans("0123456789", "\u3007\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d")
CIRCLED = str.maketrans("123456789", "".join(map(chr, range(0x2460, 0x2469))))
WORDS = dict(zip("0123456789", adversary.NAMES, strict=True))


def _in_script(zero: str, text: str) -> str:
    return "".join(chr(ord(zero) + int(mark)) if mark in "0123456789" else mark for mark in text)


gzipped = partial(gzip.compress, mtime=0)
Change = Callable[[str], str]
SPELLED: tuple[Change, ...] = (
    str,
    lambda text: text.removeprefix("+"),
    lambda text: text.replace("+", "00"),
    lambda text: text.translate(SUPERSCRIPT),
    lambda text: text.translate(HAN),
    lambda text: text.translate(CIRCLED),
    lambda text: " ".join(WORDS.get(digit, digit) for digit in text),
    "\u200b".join,
    "-".join,
    ",".join,
    lambda text: text.upper(),
    lambda text: "".join(f"%{ord(mark):02x}" for mark in text),
    lambda text: "".join(f"%25{ord(mark):02x}" for mark in text),
    lambda text: "".join(f"&#{ord(mark)};" for mark in text),
    lambda text: "".join(f"\\u{ord(mark):04x}" for mark in text if ord(mark) < 0x10000),
    *(partial(_in_script, zero) for zero in ZEROS),
)
AROUND: tuple[str, ...] = (
    "{}",
    "tel:{}",
    "TEL:{};ext=5",
    "tel:{};phone-context=example.com",
    "{};isub=1",
    "{}p1",
    "{}w1",
    "{},,1",
    " {} ",
    "user:{}",
    "sip:{}@example.com",
    "sip:{}@sip.customer.io",
    "sip:bob@{}",
    "sip:bob@example.com;maddr={}",
    "sip:bob@example.com;rn={}",
    "sip:bob@example.com?Route={}",
    "sip:bob@sip.customer.io;a={}@example.com",
    "<sip:{}@sip.customer.io>",
    f"{NOBODY}{{}}",
    f"{{}};x={NOBODY}",
    f"sip:bob@sip.customer.io;x={NOBODY};{{}}",
    "+442079460100{}",
    "{}+442079460100",
    LISTED + "{}",
    "urn:service:sos.{}",
    '{{"phoneNumber": "{}"}}',
)
KEYS = ("phoneNumber", "to", "from", "toAddress", "address", "callUserId", "callQueueId", "callFromQueueId",
        "conversationIds", "participants", "callerId", "callerIdName", "name", "label", "uuiData", "id", "x",
        "priority", "attributes", "phoneNumb\\u0065r")  # fmt: skip
FIELDS = ("content-encoding", "Content-Encoding", "transfer-encoding", "content-length", "content-type",
          "x-original-url", "x-rewrite-url", "x-forwarded-host", "x-forwarded-uri", "forwarded",
          "x-http-method", "x-http-method-override", "_method", "cookie", "accept", "x-to", "referer",
          "connection")  # fmt: skip
CODINGS: tuple[Callable[[bytes], bytes], ...] = (
    bytes,
    gzipped,
    zlib.compress,
    lambda body: gzipped(zlib.compress(body)),
    lambda body: body.decode().encode("utf-16"),
    lambda body: body.decode().encode("utf-16-le"),
    lambda body: body.decode().encode("utf-7"),
    lambda body: b"\xef\xbb\xbf" + body,
    lambda body: body[:-1],
    lambda body: body.replace(b'"', b"'"),
    lambda body: b"/* x */" + body,
    lambda body: body.replace(b"{", b'{"phoneNumber": "+442079460100", ', 1),
    lambda body: body.replace(b"{", b"").replace(b"}", b"").replace(b'"', b"").replace(b": ", b"="),
)


def hostile() -> st.SearchStrategy[str]:
    """Somebody, spelt in whatever script, wrapped in whatever else."""
    party = st.sampled_from([*STRANGERS, *EMERGENCIES, LISTED, LISTED_USER, ALICE, NOBODY, "bob", "FLOWERS"])
    spelled = st.builds(lambda text, change: change(text), party, st.sampled_from(SPELLED))
    return st.builds(lambda around, text: around.format(text), st.sampled_from(AROUND), spelled)


def values() -> st.SearchStrategy[Any]:
    plain = hostile() | st.sampled_from([LISTED, f"tel:{LISTED}", LISTED_USER, "", None, 5, 911, 1.12e2])
    return plain | st.lists(plain, max_size=2) | st.fixed_dictionaries({"address": plain, "type": plain})


def bodies() -> st.SearchStrategy[bytes]:
    keyed = st.dictionaries(st.sampled_from(KEYS) | hostile(), values(), max_size=3)
    written = (keyed | strategies.bodies() | values()).map(lambda body: json.dumps(body, ensure_ascii=False))
    plain = written.map(lambda text: text.encode("utf-8", "surrogatepass"))
    return st.builds(_coded, plain, st.sampled_from(CODINGS) | st.just(bytes))


def _coded(body: bytes, change: Callable[[bytes], bytes]) -> bytes:
    try:
        return change(body)
    except UnicodeError:
        return body


def fields() -> st.SearchStrategy[dict[str, str]]:
    kinds = ["application/json; charset=utf-16", "application/json", "text/plain"]
    plain = ["gzip", "identity", "", "chunked", "utf-16", "POST", "close", CALLS_PATH, *kinds]
    texts = hostile() | st.sampled_from(plain)
    return st.just({}) | st.dictionaries(st.sampled_from(FIELDS), texts, max_size=2)


SOUND = (
    *({"phoneNumber": to} for to in (LISTED, f"tel:{LISTED}", "+15551234567", "hello", "")),
    {"to": f"tel:{LISTED}", "from": f"user:{ALICE}"},
    {"to": {"type": "user", "id": LISTED_USER}, "from": {"type": "user", "id": ALICE}},
    {"to": "sip:a@example.com", "from": f"user:{ALICE}"},
    {"callUserId": LISTED_USER, "callerIdName": "Zo\u00eb"},
    {"participants": [{"address": LISTED}, {"userId": LISTED_USER}]},
    {"conversationIds": [NOBODY]},
    {},
)
"""Most of these may leave, so that the budget and what rings are tried as well."""


def posts() -> st.SearchStrategy[Request]:
    """Requests that are hostile in one place or none, and some in every place."""
    plain = call_request({})
    sound = st.sampled_from(SOUND).map(lambda body: json.dumps(body, ensure_ascii=False).encode())
    users = st.sampled_from([ALICE, NOBODY]) | hostile()
    queries = st.builds("{}={}".format, st.sampled_from(["to", "_method", "x"]), hostile())
    places: dict[str, st.SearchStrategy[Any]] = {
        "body": bodies(),
        "headers": fields().map(lambda headers: {**plain.headers, **headers}),
        "path": users.map(lambda text: f"{CALLS_PATH}/user/{text}"),
        "method": st.sampled_from(["GET", "PATCH", "PUT", "post"]),
        "query": queries,
    }
    names = st.sampled_from([*places] * 2 + ["body"] * 4)
    one = names.flatmap(lambda name: st.fixed_dictionaries({name: places[name]}))
    every: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries({}, optional=places)
    changes = st.one_of(one, one, every, st.just({}))
    return st.builds(lambda body, change: replace(plain, **{"body": body, **change}), sound, changes)


def sandbox(budget: int) -> DryRunSandbox:
    return DryRunSandbox(SETTINGS, Permit(send=True, numbers=(LISTED,), users=(LISTED_USER,), budget=budget))


def sent(target: DryRunSandbox, request: Request) -> Request | None:
    """The request as it would be on the wire; nothing where the gate keeps it."""
    try:
        there, calls = target.prepared(request)
        target.gate.spend(calls)
    except OutOfReach:
        return None
    wire = requests.Request(
        there.method, url_there(target.url, there), dict(there.headers), data=there.body or None
    ).prepare()
    headers = {name: str(value) for name, value in wire.headers.items()}
    return replace(there, headers=headers, body=wire.body if isinstance(wire.body, bytes) else b"")


@given(st.lists(posts(), max_size=4), st.integers(0, 2))
def test_whatever_leaves_rings_the_listed_within_the_budget(asked: list[Request], budget: int) -> None:
    target = sandbox(budget)
    rung: list[str] = []
    for request in asked:
        if wire := sent(target, request):
            assert not adversary.rings_emergency(wire), wire.body
            rung += adversary.rung(wire, own=ALICE)
    assert set(rung) <= {LISTED, LISTED_USER}
    assert len(rung) <= budget


@given(hostile(), st.sampled_from(KEYS))
def test_the_adversary_rings_whom_the_gate_fears(text: str, key: str) -> None:
    """Else the property above would hold by deafness: what leaves rings nobody, what stays may."""
    request = replace(call_request({}), body=json.dumps({key: text}).encode())
    if sent(sandbox(5), request) is None:
        return
    assert set(adversary.rung(request, own=ALICE)) <= {LISTED, LISTED_USER}


@pytest.mark.parametrize(
    "body",
    [
        '{"phoneNumber": "+\u0661\u0662\u0661\u0662\u0664\u0665\u0666\u0667\u0668\u0669\u0660"}'.encode(),
        gzipped(b'{"phoneNumber": "+12124567890"}'),
        zlib.compress(b'{"phoneNumber": "+12124567890"}'),
        '{"phoneNumber": "+12124567890"}'.encode("utf-16"),
        b'{"phoneNumber": "sip:bob@sip.customer.io;x=00000000-0000-4000-8000-00000000dead"}',
        b'{"phoneNumber": "sip:bob@sip.customer.io;a=x@example.com"}',
        b'{"phoneNumber": "sip:bob@example.com?Route=sip.customer.io"}',
        b'{"phoneNumber": "sip:bob@example.com;maddr=10.0.0.7"}',
        b'{"phoneNumber": "+442079460100", "phoneNumber": "+12124567890"}',
        b'{"participants": [{"address": "%2B12124567890"}]}',
        b'{"name": "&#43;12124567890"}',
        b'{"phoneNumber": "one two one two four five six seven eight nine zero"}',
        b"{phoneNumber: '+12124567890'}",
        b'{"phoneNumber": 12124567890}',
        b'{"phoneNumber": "1-800-FLOWERS"}',
    ],
)
@pytest.mark.parametrize("coded", [True, False])
def test_the_adversary_hears_well(body: bytes, coded: bool) -> None:
    headers = {**call_request({}).headers, **({"content-encoding": "gzip"} if coded else {})}
    request = replace(call_request({}), body=body, headers=headers)
    assert adversary.rung(request, own=ALICE)
    assert sent(sandbox(5), request) is None

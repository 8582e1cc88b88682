"""Promises of an explanation that hold for any request at all."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ringback_explain
from ringback_contracts.catalogue import TABLE, judge
from ringback_contracts.core.model import ANONYMOUS, Accepted, Caller, Request, TokenState
from ringback_contracts.org import default_org
from ringback_contracts.resources.calls.forms import PUBLISHED_KEYS
from ringback_contracts.schemas import validator
from ringback_explain import Context, Explained, explain, explain_text_notes
from ringback_explain.judge.imagined import imagined
from ringback_explain.meant.keys import INSIDE, ROOT
from ringback_explain.table import table
from ringback_explain.tell.questions import quoted
from ringback_explain.tell.tokens import LOGIN_RULES
from tests.explain.explaining import AGENT, CALLS, FOR_AGENT, JSON_HEADERS, NUMBER

IDS = st.uuids().map(str)
NUMBERS = st.sampled_from(
    [NUMBER, "tel:+442079460101", "+33987654321", "3172222222", "15551234567", "00442079460100"]
)
ADDRESSES = (
    NUMBERS | IDS | st.sampled_from(["sip:a@example.com", "sip:a%40example.com", "a@example.com", "30005"])
)
ODD = st.sampled_from(
    [
        "",
        " ",
        "{id}",
        "<number>",
        "your-id",
        "[email protected]",
        "tel:",
        "sip:",
        "user:x",
        "campaign:y",
        "%s",
        "1-800-CALL",
    ]
) | st.text(max_size=8)
KEYS = st.sampled_from(sorted(ROOT.keys() | INSIDE.keys() | PUBLISHED_KEYS)) | st.text(max_size=5)
SCALARS = ADDRESSES | ODD | st.integers() | st.none() | st.booleans() | st.floats()
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=6,
)
WRITTEN = (
    ADDRESSES
    | ADDRESSES.map(lambda text: {"address": text, "name": "N"})
    | ADDRESSES.map(lambda text: [{"phoneNumber": text, "type": "phone"}])
    | st.lists(ADDRESSES, min_size=1, max_size=3)
    | IDS.map(lambda text: {"type": "user", "id": text})
    | IDS.map(lambda text: {"queueId": text})
)
TO = st.sampled_from(
    ["to", "phoneNumber", "toAddress", "destination", "participants", "callUserId", "recipients"]
)
BESIDE = st.sampled_from(
    ["from", "callerId", "agentId", "caller", "queueId", "routing", "metadata", "callFromQueueId"]
)
WISHES = st.tuples(
    TO,
    WRITTEN,
    st.dictionaries(BESIDE, WRITTEN | VALUES, max_size=3),
    st.dictionaries(KEYS, VALUES, max_size=2),
)
BODIES = st.dictionaries(KEYS, VALUES, max_size=5) | WISHES.map(
    lambda made: {**made[3], **made[2], made[0]: made[1]}
)
SPELLINGS = st.sampled_from(
    [
        lambda text: text,
        lambda text: text.replace('"', "“"),
        lambda text: text.replace('"', "'"),
        lambda text: text[:-1] + ",}",
        json.dumps,
        lambda text: "\ufeff" + text,
    ]
)
PATHS = st.sampled_from(
    [CALLS, CALLS, FOR_AGENT, f"{CALLS}/user/{{userId}}", "/api/v2/outbound/calls", "/oauth/token"]
)
GRANTS = st.sampled_from([None, "client_credentials", "authorization_code", "pkce"])


def is_catalogued(finding: Explained) -> bool:
    """Whether 'ringback rules ID' tells of the finding's rule what the finding tells of it."""
    known = TABLE.by_id.get(finding.rule) or LOGIN_RULES.get(finding.rule)
    return known is not None and (known.fix, known.source) == (finding.fix, finding.source)


def fits(explanation: Any) -> bool:
    return validator("Explanation").is_valid(json.loads(json.dumps(explanation.as_dict())))


@settings(max_examples=200)
@given(BODIES, SPELLINGS, PATHS, GRANTS)
def test_every_equivalent_that_is_shown_is_accepted_and_is_its_own(
    body: Any, spelling: Any, path: str, grant: str | None
) -> None:
    raw = spelling(json.dumps(body)).encode("utf-8", "replace")
    found = explain(Request("POST", path, {}, raw), context=Context(grant=grant))
    assert fits(found)
    made = found.equivalent
    if made is None:
        assert found.questions or not path.startswith(CALLS)
        return
    if made.path == "/oauth/token":
        return
    again = Request(made.method, made.path, JSON_HEADERS, json.dumps(made.body).encode())
    verdict = judge(again, *imagined(again, made.body, service=grant == "client_credentials"))
    assert isinstance(verdict, Accepted)
    assert explain(again, context=Context(grant=grant)).equivalent == made


ORG = default_org()
THEIR_IDS = st.sampled_from([user.id for user in ORG.users] + [queue.id for queue in ORG.queues])
TOKENS = [
    Caller(
        TokenState.EXPIRED if token.expired else TokenState.VALID,
        user=ORG.user_by_id[token.user] if token.user else None,
        client=ORG.client_by_id[token.client] if token.client else None,
        scopes=frozenset(token.scopes) if token.user else None,
    )
    for token in ORG.tokens
]
USERS = [Caller(TokenState.VALID, user=user, scopes=frozenset({"conversations"})) for user in ORG.users]
THEIRS = st.dictionaries(BESIDE, THEIR_IDS | THEIR_IDS.map(lambda found: f"user:{found}"), max_size=2)
CONTRACT = st.sampled_from(["any", "published", "participants"])


@settings(max_examples=200)
@given(
    body=st.one_of(BODIES, st.tuples(WISHES, THEIRS).map(lambda made: {made[0][0]: made[0][1], **made[1]})),
    caller=st.sampled_from([*TOKENS, *USERS, ANONYMOUS]),
    path=PATHS | THEIR_IDS.map(lambda found: f"{CALLS}/user/{found}"),
    contract=CONTRACT,
)
def test_in_a_given_org_every_equivalent_is_accepted_from_the_given_caller(
    body: Any, caller: Caller, path: str, contract: Any
) -> None:
    org = replace(ORG, contract=contract)
    request = Request("POST", path, JSON_HEADERS, json.dumps(body).encode())
    found = explain(request, caller=caller, org=org)
    made = found.equivalent
    if made is None or made.path == "/oauth/token":
        return
    again = Request(made.method, made.path, JSON_HEADERS, json.dumps(made.body).encode())
    assert isinstance(judge(again, caller, org), Accepted)
    same = (made.path, made.body) == (path, body)
    assert found.verdict == "accepted" or not same


CALLERS = st.sampled_from([f"user:{AGENT}", AGENT, {"type": "user", "id": AGENT}, {"agentId": AGENT}])


@given(BODIES, CALLERS)
def test_an_agent_in_from_is_never_dialled(body: dict[str, Any], caller: Any) -> None:
    made = explain(Request("POST", CALLS, {}, json.dumps(body | {"from": caller}).encode())).equivalent
    assert made is None or AGENT not in (made.body.get("callUserId"), made.body.get("callQueueId"))
    assert made is None or made.path == FOR_AGENT


@given(
    method=st.sampled_from(["POST", "GET", "PUT", "PATCH", "DELETE"]) | st.text(max_size=5),
    path=PATHS | st.text(max_size=30) | st.text(max_size=10).map(lambda text: f"{CALLS}/{text}"),
    headers=st.dictionaries(
        st.sampled_from(["content-type", "authorization", "x-genesys-id", "host"]), st.text(max_size=20)
    ),
    body=st.binary(max_size=80) | st.text(max_size=80).map(lambda text: text.encode("utf-8", "replace")),
    context=st.builds(
        Context,
        url=st.none() | st.text(max_size=30) | st.text(max_size=15).map(lambda host: f"https://{host}/api/v2"),
        grant=st.none() | st.text(max_size=12),
        scopes=st.lists(st.text(max_size=12), max_size=3).map(tuple),
        text=st.text(max_size=60),
    ),
    org=st.sampled_from([None, default_org()]),
)  # fmt: skip
def test_anything_is_explained_without_an_error(
    method: str, path: str, headers: dict[str, str], body: bytes, context: Context, org: Any
) -> None:
    found = explain(Request(method, path, headers, body), org=org, context=context)
    assert fits(found)
    assert all(is_catalogued(finding) for finding in found.findings)
    assert (found.verdict == "accepted") is (found.rule is None)
    assert found.verdict == "accepted" or found.findings
    assert len(set(explain_text_notes(context))) == len(explain_text_notes(context))


@given(BODIES)
def test_nothing_is_said_twice(body: Any) -> None:
    found = explain(Request("POST", CALLS, {}, json.dumps(body).encode()))
    for said in (found.findings, found.notes, found.questions, found.unknown):
        assert len(set(said)) == len(said)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("sip:a" + " " * 60_000 + "b", "'sip:a" + " " * 55 + "…'"),
        ("%20" * 20_000, "'" + "%20" * 20 + "…'"),
        ("sip:" * 15_000, "'" + "sip:" * 15 + "…'"),
        (f"{NUMBER}" + ", " * 20_000, f"'{NUMBER}" + ", " * 23 + ",…'"),
    ],
)
def test_a_long_text_takes_time_in_proportion_to_it(written: str, shown: str) -> None:
    """Half a minute each, where a pattern begins anew at every place of the text."""
    explanation = explain(Request("POST", CALLS, JSON_HEADERS, json.dumps({"phoneNumber": written}).encode()))
    (question,) = explanation.questions
    assert question == (f"What should stand at /phoneNumber? {shown} is no number, no SIP address and no id.")


def test_an_extension_is_found_behind_any_number_of_spaces() -> None:
    gap = " " * 60_000
    body = json.dumps({"phoneNumber": f"{NUMBER}{gap}x{gap}12{gap}"}).encode()
    equivalent = explain(Request("POST", CALLS, JSON_HEADERS, body)).equivalent
    assert equivalent is not None
    assert equivalent.body == {"phoneNumber": f"{NUMBER};ext=12"}


@given(
    user=st.text("ab:.", max_size=6),
    password=st.text("pw:", min_size=1, max_size=9),
    host=st.sampled_from(["h", ""]),
)
def test_no_question_shows_the_password_of_a_sip_address(user: str, password: str, host: str) -> None:
    shown = quoted(f"sip:{user}:{password}x@{host}")
    assert shown == f"'sip:{user.partition(':')[0]}:***@{host}'"


def test_every_question_of_the_table_is_asked_somewhere() -> None:
    folder = Path(ringback_explain.__file__).parent
    code = "".join(path.read_text("utf-8") for path in folder.rglob("*.py"))
    assert [name for name in table("tell/questions") if f'"{name}"' not in code] == []
    asked = re.findall(r'(?:\bask|ask_about)\(\s*"([a-z-]+)"', code)
    assert set(asked) <= set(table("tell/questions"))

"""Every line of code that explain shows is read as the request that it sends, with the same verdict."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ringback_contracts.core.model import Request
from ringback_explain import Equivalent, explain
from ringback_explain.read import FoundRequest, read
from ringback_harness.ready_made import ready_made
from tests.explain.explaining import CALLS, FOR_AGENT, JSON_HEADERS, NUMBER

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12)
DESTINATIONS = st.sampled_from(
    [
        {"phoneNumber": NUMBER},
        {"phoneNumber": "30005"},
        {"phoneNumber": "sip:agent@example.com"},
        {"callUserId": "b0b00000-0000-4000-8000-000000000002"},
        {"callQueueId": "90e0e000-0000-4000-8000-000000000010", "priority": 5},
        {"participants": [{"address": NUMBER, "name": "A"}, {"address": "+442079460106"}]},
        {"conversationIds": ["3f2504e0-4f89-41d3-9a0c-0305e82c3301"]},
    ]
)
EXTRAS = st.fixed_dictionaries(
    {},
    optional={
        "callerId": st.sampled_from(["+442079460001", "+442079460002"]),
        "callerIdName": TEXTS,
        "label": TEXTS,
        "uuiData": TEXTS,
        "attributes": st.dictionaries(TEXTS, TEXTS, min_size=1, max_size=3),
    },
)


@pytest.mark.parametrize("form", ["curl", "python", "sdk"])
@settings(max_examples=100)
@given(destination=DESTINATIONS, extras=EXTRAS, path=st.sampled_from([CALLS, FOR_AGENT]))
@example(destination={"phoneNumber": NUMBER}, extras={"attributes": {"a'b": 'é $x "y" `z` {q}'}}, path=CALLS)
@example(destination={"phoneNumber": NUMBER}, extras={"callerIdName": "# no // comment \\n"}, path=FOR_AGENT)
@example(destination={"phoneNumber": NUMBER}, extras={"uuiData": "undefined", "label": "`;//"}, path=CALLS)
def test_what_is_shown_is_read_as_what_it_sends(
    form: str, destination: dict[str, Any], extras: dict[str, Any], path: str
) -> None:
    body = {**destination, **extras}
    (found,) = read(ready_made(Equivalent("POST", path, body))[form].encode()).found
    assert isinstance(found, FoundRequest)
    assert (found.request.method, found.request.path) == ("POST", path)
    shown = explain(Request("POST", path, JSON_HEADERS, json.dumps(body).encode()))
    again = explain(found.request, context=found.context)
    assert (again.verdict, again.rule, again.equivalent) == (shown.verdict, shown.rule, shown.equivalent)


@pytest.mark.parametrize("form", ["curl", "python", "sdk"])
def test_the_login_that_is_shown_is_read_as_one(form: str) -> None:
    made = ready_made(Equivalent("POST", "/oauth/token", {"grant_type": "client_credentials"}))[form]
    (found,) = read(made.encode()).found
    assert isinstance(found, FoundRequest)
    assert explain(found.request, context=found.context).verdict == "accepted"

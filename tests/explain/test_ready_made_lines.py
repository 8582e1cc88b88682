"""Everything that explain shows to send is read as the request that it is, with the same verdict."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ringback_contracts.core.model import Request
from ringback_explain import Equivalent, explain
from ringback_explain.read import FoundRequest, read
from ringback_harness.ready_made import MOCK, Connection, ready_made
from ringback_harness.render import message
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


REAL = Connection("https://api.euw2.pure.cloud", "a-token", "an-id", "a-secret")


def shown_as(form: str, equivalent: Equivalent, connection: Connection) -> bytes:
    """What is shown of it: a text as it is, or in one of the forms that can be asked for."""
    made = message(equivalent, 80) if form == "text" else ready_made(equivalent, connection)[form]
    return made.encode()


@pytest.mark.parametrize("form", ["text", "curl", "python", "sdk"])
@settings(max_examples=100)
@given(
    destination=DESTINATIONS,
    extras=EXTRAS,
    path=st.sampled_from([CALLS, FOR_AGENT]),
    connection=st.sampled_from([MOCK, REAL]),
)
@example({"phoneNumber": NUMBER}, {"attributes": {"a'b": 'é $x "y" `z` {q}'}}, CALLS, MOCK)
@example({"phoneNumber": NUMBER}, {"callerIdName": "# no // comment \\n"}, FOR_AGENT, MOCK)
@example({"phoneNumber": NUMBER}, {"uuiData": "undefined", "label": "`;//"}, CALLS, REAL)
def test_what_is_shown_is_read_as_what_it_sends(
    form: str, destination: dict[str, Any], extras: dict[str, Any], path: str, connection: Connection
) -> None:
    body = {**destination, **extras}
    (found,) = read(shown_as(form, Equivalent("POST", path, body), connection)).found
    assert isinstance(found, FoundRequest)
    assert (found.request.method, found.request.path) == ("POST", path)
    shown = explain(Request("POST", path, JSON_HEADERS, json.dumps(body).encode()))
    again = explain(found.request, context=found.context)
    assert (again.verdict, again.rule, again.equivalent) == (shown.verdict, shown.rule, shown.equivalent)


LOGINS: dict[str, dict[str, str]] = {
    "client_credentials": {},
    "authorization_code": {"code": "<code>", "redirect_uri": "http://localhost:8400/cb"},
    "refresh_token": {"refresh_token": "<refresh_token>"},
}


@pytest.mark.parametrize("form", ["text", "curl", "python", "sdk"])
@pytest.mark.parametrize("grant", LOGINS)
def test_the_login_that_is_shown_is_read_as_one(form: str, grant: str) -> None:
    login = Equivalent("POST", "/oauth/token", {"grant_type": grant, **LOGINS[grant]})
    if form not in ("text", *ready_made(login)):
        return
    (found,) = read(shown_as(form, login, REAL)).found
    assert isinstance(found, FoundRequest)
    assert explain(found.request, context=found.context).verdict == "accepted"

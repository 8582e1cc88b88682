"""Commands of HTTPie are read as the requests that they send."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ringback_explain.read import FoundRequest, ReadError, read

URL = "https://api.mypurecloud.ie/api/v2/conversations/calls"
NUMBER = "+442079460100"
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


def requests_of(text: str) -> list[FoundRequest]:
    return [found for found in read(text.encode()).found if isinstance(found, FoundRequest)]


@pytest.mark.parametrize(
    ("command", "body"),
    [
        (f"http POST {URL} phoneNumber={NUMBER} priority:=5", {"phoneNumber": NUMBER, "priority": 5}),
        (f"https {URL[8:]} to=tel:{NUMBER}", {"to": f"tel:{NUMBER}"}),
        (f"$ http --json {URL} \\\n  phoneNumber={NUMBER}", {"phoneNumber": NUMBER}),
        (f"http {URL} --raw '{json.dumps({'phoneNumber': NUMBER})}'", {"phoneNumber": NUMBER}),
        (
            f"xh {URL} 'participants[0][address]={NUMBER}' participants[][address]=+1 attributes[crm]=42",
            {"participants": [{"address": NUMBER}, {"address": "+1"}], "attributes": {"crm": "42"}},
        ),
    ],
)
def test_fields_become_json(command: str, body: Any) -> None:
    (found,) = requests_of(command)
    assert (found.what, found.request.method) == ("an HTTPie command", "POST")
    assert found.request.path == "/api/v2/conversations/calls"
    assert found.request.headers["content-type"] == JSON
    assert json.loads(found.request.body) == body


def test_headers_forms_queries_and_logins_are_what_they_are() -> None:
    asked, looked = requests_of(
        "http -f POST https://login.mypurecloud.ie/oauth/token grant_type=client_credentials -a id:secret\n"
        "http -A bearer -a $T https://api.mypurecloud.ie/api/v2/users/me expand==station Accept:text/plain\n"
    )
    assert asked.request.headers == {"content-type": FORM, "authorization": "Basic aWQ6c2VjcmV0"}
    assert asked.request.body == b"grant_type=client_credentials"
    assert (looked.request.method, looked.request.query) == ("GET", "expand=station")
    assert looked.request.headers == {"accept": "text/plain", "authorization": "Bearer ‹T›"}


@pytest.mark.parametrize(
    "text", ["http is down", "http --nope POST x", 'http POST "https://x/api/', "https \\"]
)
def test_what_is_no_command_of_it_is_none(text: str) -> None:
    with pytest.raises(ReadError):
        read(text.encode())


@pytest.mark.parametrize("given", ["@body.json", "< body.json", "<body.json"])
def test_a_file_that_is_sent_is_asked_for(given: str) -> None:
    with pytest.raises(ReadError, match=r"body\.json"):
        read(f"http POST {URL} {given}".encode())


@pytest.mark.parametrize("fed", ["<<< '{}'", "<<EOF\n{}\nEOF\n"])
def test_what_the_shell_feeds_is_the_body(fed: str) -> None:
    (found,) = requests_of(f"http POST {URL} " + fed.format(json.dumps({"phoneNumber": NUMBER})))
    assert found.request.path == "/api/v2/conversations/calls"
    assert json.loads(found.request.body) == {"phoneNumber": NUMBER}


@pytest.mark.parametrize(
    "before",
    ["http -v", f"http POST {URL}", f"https POST {URL} and mail bob@x.no", f"http {URL} a=1 a[x]=2"],
)
def test_a_body_behind_what_sends_none_is_read_by_itself(before: str) -> None:
    (found,) = requests_of(f'{before}\n{{"phoneNumber": "{NUMBER}"}}')
    assert json.loads(found.request.body) == {"phoneNumber": NUMBER}


def test_odd_fields_are_what_httpie_makes_of_them() -> None:
    nested, form = requests_of(f"http --follow -F POST {URL} =foo\nhttp -f {URL} a[b]=1")
    assert json.loads(nested.request.body) == {"0": "foo"} or json.loads(nested.request.body) == ["foo"]
    assert form.request.body == b"a%5Bb%5D=1"

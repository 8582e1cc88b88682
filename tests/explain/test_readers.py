"""Whatever form a request is pasted in, the same request is read; what is none is refused in one way."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_explain import Context, explain, explain_text_notes
from ringback_explain.read import MOST_FOUND, FoundError, FoundRequest, ReadError, read
from ringback_explain.read.text import MAX_BYTES, MAX_TEXT

HOST = "https://api.mypurecloud.ie"
BODY = {"phoneNumber": "+442079460100"}
JSON = "application/json"


def reading_of(text: str | bytes) -> FoundRequest:
    (found,) = read(text if isinstance(text, bytes) else text.encode()).found
    assert isinstance(found, FoundRequest)
    return found


def error_of(text: str) -> FoundError:
    (found,) = read(text.encode()).found
    assert isinstance(found, FoundError)
    return found


# One body, in every wrapping

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
VALUES = st.recursive(
    st.one_of(TEXTS, st.booleans(), st.none(), st.integers(-(2**31), 2**31)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
BODIES = st.builds(
    lambda key, value, more: {**more, key: value},
    st.sampled_from(["phoneNumber", "to", "toAddress", "callUserId"]),
    VALUES,
    st.dictionaries(st.sampled_from(["from", "callerId", "attributes", "wrapUpCode"]), VALUES, max_size=3),
)


def har(body: str) -> str:
    call = {
        "method": "POST",
        "url": f"{HOST}{CALLS_PATH}",
        "headers": [{"name": "Content-Type", "value": JSON}, {"name": ":authority", "value": "x"}],
        "postData": {"mimeType": JSON, "text": body},
    }
    other = {"method": "GET", "url": f"{HOST}/api/v2/users/me", "headers": []}
    return json.dumps({"log": {"version": "1.2", "entries": [{"request": other}, {"request": call}]}})


WRAPPINGS: dict[str, Callable[[str], str]] = {
    "json": lambda body: body,
    "json with a byte order mark": lambda body: f"\ufeff{body}",
    "json with Windows lines": lambda body: json.dumps(json.loads(body), indent=2).replace("\n", "\r\n"),
    "fenced": lambda body: f"I send this:\n\n```json\n{body}\n```\n\nand it fails",
    "quoted": lambda body: "\n".join(
        f"> {line}" for line in json.dumps(json.loads(body), indent=2).split("\n")
    ),
    "curl": lambda body: f"curl {HOST}{CALLS_PATH} -H 'Content-Type: {JSON}' -d {shlex.quote(body)}",
    "http": lambda body: f"POST {CALLS_PATH} HTTP/1.1\r\nHost: x.y\r\nContent-Type: {JSON}\r\n\r\n{body}",
    "http with words": lambda body: (
        f"My request:\n\nPOST {HOST}{CALLS_PATH}\n{body}\n\nHTTP/1.1 400 Bad Request"
    ),
    "har": har,
    "described": lambda body: json.dumps(
        {"method": "post", "url": f"{HOST}{CALLS_PATH}", "body": json.loads(body)}
    ),
    "described as text": lambda body: json.dumps({"method": "POST", "path": CALLS_PATH, "payload": body}),
    "exchange": lambda body: json.dumps({"request": {"method": "POST", "path": CALLS_PATH, "body": body}}),
}


@pytest.mark.parametrize("wrapping", WRAPPINGS)
@given(body=BODIES)
@example(body={"to": {"phoneNumber": 'it\'s "x" \\ ```'}})
@example(body={"to": " ^"})
def test_a_body_is_the_same_in_every_wrapping(wrapping: str, body: dict[str, Any]) -> None:
    request = reading_of(WRAPPINGS[wrapping](json.dumps(body))).request
    assert (request.method, request.path) == ("POST", CALLS_PATH)
    assert request.headers["content-type"] == JSON
    assert json.loads(request.body) == body


# Where it goes


OUTBOUND = "/api/v2/outbound/calls"
FOR_USER = f"{CALLS_PATH}/user/\u2039id\u203a"
PAGE = "https://developer.genesys.cloud/api/rest/v2/conversations"


@pytest.mark.parametrize(
    ("text", "method", "path", "url"),
    [
        (f"axios.post('{HOST}{OUTBOUND}', {{to: 'x'}})", "POST", OUTBOUND, f"{HOST}{OUTBOUND}"),
        (
            f"requests.patch(f'{{base}}{CALLS_PATH}/1', json={{'to': 'x'}})",
            "PATCH",
            f"{CALLS_PATH}/1",
            f"{{{{base}}}}{CALLS_PATH}/1",
        ),
        (
            "fetch('/ccapi/call', {method: 'PUT', body: JSON.stringify({to: 'x'})})",
            "PUT",
            "/ccapi/call",
            None,
        ),
        ("api.postConversationsCallsUserUserId(id, {to: 'x'})", "POST", FOR_USER, None),
        (f"see {PAGE} {{'to': 'x'}}", "POST", CALLS_PATH, None),
        ('{"grant_type": "client_credentials"}', "POST", "/oauth/token", None),
        ("POST {{url}}/conversations/calls\n\n{}", "POST", CALLS_PATH, "{{url}}/conversations/calls"),
        ("GET /api/v2/users/me?expand=x%20y", "GET", "/api/v2/users/me", None),
        (f"POST {HOST}{OUTBOUND}/a%2Db", "POST", f"{OUTBOUND}/a-b", f"{HOST}{OUTBOUND}/a%2Db"),
    ],
)
def test_the_text_says_where_the_request_goes(text: str, method: str, path: str, url: str | None) -> None:
    found = reading_of(text)
    assert (found.request.method, found.request.path, found.context.url) == (method, path, url)


def test_the_page_of_a_question_is_not_where_the_request_goes() -> None:
    described = {"url": "https://forum.example/t/post-api-v2-calls/1", "path": CALLS_PATH, "payload": BODY}
    assert reading_of(json.dumps(described)).request.path == CALLS_PATH


def test_grant_and_scopes_of_a_description_are_handed_on() -> None:
    described = {
        "method": "POST",
        "path": CALLS_PATH,
        "payload": None,
        "grant": "client_credentials",
        "scopes": ["a"],
    }
    found = reading_of(json.dumps(described))
    assert (found.context.grant, found.context.scopes, found.request.body) == (
        "client_credentials",
        ("a",),
        b"",
    )


@pytest.mark.parametrize(
    ("text", "grant"),
    [
        ("client.get_client_credentials_token(a, b)", "client_credentials"),
        ("OAuth client type: Client Credentials", "client_credentials"),
        ("We are using the client credentials grant", "client_credentials"),
        ("Grant: client credentials", "client_credentials"),
        ("We authenticate with the client credentials grant", "client_credentials"),
        ("Without using client credentials it works", None),
        ("It does not work with client credentials tokens", None),
        ("Client credentials cannot be used", None),
    ],
)
def test_the_grant_is_known_where_the_text_says_it_plainly(text: str, grant: str | None) -> None:
    assert reading_of(f"{text}; post({{phoneNumber: 'x'}})").context.grant == grant


@pytest.mark.parametrize(
    ("text", "scopes"),
    [
        (
            "Required Scopes: conversation:call:write, user:read (if needed)",
            ("conversation:call:write", "user:read"),
        ),
        ("it has the `call:write` scope", ("call:write",)),
        ('"scopes": ["a:b", "c:d"]', ("a:b", "c:d")),
        ("I gave it scopes a:b and c:d and role x:y", ("a:b", "c:d")),
        ("It has these scopes: `conversations`, `conversation:call:write`.", ("conversation:call:write",)),
        ("Scopes:\n- conversation:call:write\n- user:read\n", ("conversation:call:write", "user:read")),
        ("OAuth scopes are 'calls:write' and \"users:me\"", ("calls:write", "users:me")),
        ("**Scopes**: `call:write` or `calls:write`", ("call:write", "calls:write")),
        ("the scope of sip: and tel:+44 is no list, see https://x.y", ()),
    ],
)
def test_the_scopes_that_a_text_names_are_handed_on(text: str, scopes: tuple[str, ...]) -> None:
    assert reading_of(f"{text}\n```\n{json.dumps(BODY)}\n```").context.scopes == scopes


def test_the_whole_text_is_handed_on() -> None:
    text = f"Which scope?\n```\n{json.dumps(BODY)}\n```\nI have conversation:write"
    assert reading_of(text).context.text == text


# Bodies that are not JSON


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("{\u201cphoneNumber\u201d: \u201c+1\u201d}", None),
        ('{"phoneNumber": "+1",}', None),
        ('{"phoneNumber": {{number}}}', None),
        ("to:\n  phoneNumber: +1-555-019-2834\nwrapUpCode: default", None),
        ("payload:\n  to:\n    phoneNumber: +1", "to:\n  phoneNumber: +1"),
    ],
)
def test_a_body_that_is_no_json_is_handed_on_as_it_was_sent(text: str, body: str | None) -> None:
    request = reading_of(text).request
    assert request.body.decode() == (body or text)
    assert request.headers["content-type"] == JSON


def test_bodies_one_after_another_are_several_requests() -> None:
    other = {"phoneNumber": "+442079460101"}
    found = read(f"{json.dumps(BODY)}\n{json.dumps(other)},\n".encode()).found
    bodies = [json.loads(reading.request.body) for reading in found if isinstance(reading, FoundRequest)]
    assert bodies == [BODY, other]


def test_too_many_bodies_are_refused() -> None:
    with pytest.raises(ReadError, match="bodies or more"):
        read(b'{"phoneNumber": "+442079460100"}\n' * 60)


@pytest.mark.parametrize("text", ['{"a": 1}\n{"b": 2}', '{"phoneNumber": "+1"}\n[1]\n{"phoneNumber": "+1"}'])
def test_other_values_one_after_another_are_not_several_requests(text: str) -> None:
    with suppress(ReadError):
        assert len(read(text.encode()).found) == 1


@pytest.mark.parametrize("text", ["5", "null", "true", "[]", '"text"', " 1.5\n"])
def test_json_that_is_no_object_is_a_body_too(text: str) -> None:
    assert reading_of(text).request.body.decode() == text.strip()


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ('{"phoneNumber": "+4420', None),
        ('{"phoneNumber"', None),
        ('[{"to": {"address": "+44', None),
        ('{\n  "phoneNumber": "+442079460100",\n  "callerId"\n', None),
        ('{"unknown": "x', None),
        ('{"phoneNumber" "+442079460100"}', None),
        ('We post\n\n  {"to": {"address": "+44\n\nand nothing rings', '{"to": {"address": "+44'),
        ('Payload: {"to": {"phone": "+1"}, "from":', '{"to": {"phone": "+1"}, "from":'),
        ('body={"phoneNumber": "+442079460100"', '{"phoneNumber": "+442079460100"'),
        ('```json\n{"to": {"address": "+44\n```\nThe log ends there.', '{"to": {"address": "+44'),
    ],
)
def test_a_body_that_is_cut_short_is_handed_on_as_far_as_it_goes(text: str, body: str | None) -> None:
    found = reading_of(text)
    assert found.request.body.decode() == (body or text).strip()
    assert (found.request.path, found.what) == (CALLS_PATH, "a JSON body that cannot be read")


def test_what_the_platform_says_of_a_token_without_a_user_tells_the_code() -> None:
    (found,) = read(b"HTTP 400: This request requires a user context.").found
    assert isinstance(found, FoundError)
    assert (found.answer.status, found.answer.code) == (400, "not.a.user")


def test_an_error_that_is_cut_short_is_an_error() -> None:
    (found,) = read(b'{"message": "Invalid participant address", "code": "bad.request", "status": 4').found
    assert isinstance(found, FoundError)


@pytest.mark.parametrize("code", ["{'phoneNumber': '+442079460100'}", "{phoneNumber: '+442079460100'}"])
def test_a_literal_of_a_language_is_read_as_the_json_it_becomes(code: str) -> None:
    assert json.loads(reading_of(code).request.body) == BODY


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("grant_type=client_credentials&client_id=x", "/oauth/token"),
        ("phoneNumber=%2B1&callerId=2", CALLS_PATH),
        ('"grant_type=client_credentials&client_id=x"', "/oauth/token"),
    ],
)
def test_a_form_is_read_as_a_form(text: str, path: str) -> None:
    request = reading_of(text).request
    assert request.path == path
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.body.decode() == text.strip('"')


def test_json_inside_a_string_of_code_is_found() -> None:
    java = 'String body = "{\\"phoneNumber\\": " +\n  "\\"+442079460100\\"}";\nHttpRequest.newBuilder()'
    assert json.loads(reading_of(java).request.body) == BODY


def test_the_body_is_the_object_that_a_call_is_asked_for_with() -> None:
    code = (
        "const auth = {headers: {x: 'y'}}; const options = {retry: 1}; post(url, {to: 'x', from: 'y'}, auth)"
    )
    assert json.loads(reading_of(code).request.body) == {"to": "x", "from": "y"}


# HAR files


def test_a_har_file_gives_the_calls_and_counts_the_rest() -> None:
    result = read(har(json.dumps(BODY)).encode())
    assert [found.what for found in result.found] == ["entry 2 of 2 in a HAR file"]
    assert result.ignored == 1


@pytest.mark.parametrize(
    "log",
    [{"entries": []}, {"entries": None}, {"entries": [{"request": {"method": "GET", "url": "/x"}}, 5, {}]}],
)
def test_a_har_file_without_a_call_says_so(log: dict[str, Any]) -> None:
    with pytest.raises(ReadError, match="places a call"):
        read(json.dumps({"log": log}).encode())


# Errors

MALFORMED = "malformed participant address"
ENVELOPE = {"message": "Invalid participant address", "code": "bad.request", "status": 400, "contextId": "x"}
SDK_ERROR = f"""Traceback (most recent call last):
PureCloudPlatformClientV2.rest.ApiException: (400)
Reason: Bad Request
HTTP response headers: HTTPHeaderDict({{'Content-Type': 'application/json'}})
HTTP response body: {json.dumps(ENVELOPE)}
"""
TRACE = f"""* Connected to api.mypurecloud.ie
> POST /api/v2/conversations/calls HTTP/2
> Host: api.mypurecloud.ie
>
< HTTP/2 400
< content-type: application/json
{json.dumps(ENVELOPE)}
"""


@pytest.mark.parametrize(
    ("text", "status", "code", "message", "rule"),
    [
        (json.dumps(ENVELOPE), 400, "bad.request", "Invalid participant address", None),
        (SDK_ERROR, 400, "bad.request", "Invalid participant address", None),
        (TRACE, 400, "bad.request", "Invalid participant address", None),
        (f"ERROR: 400 bad.request: {MALFORMED}", 400, "bad.request", MALFORMED, None),
        ("AxiosError: Request failed with status code 403", 403, None, None, None),
        ("HTTP/1.1 429 Too Many Requests\nRetry-After: 3", 429, None, None, None),
        ('{"error": "invalid_client", "description": "none"}', None, "invalid_client", "none", None),
        ("HTTP 400\nRingback-Rule: sip.untyped", 400, None, None, "sip.untyped"),
        ('{"errors": [{"code": "forbidden", "message": "no"}], "status": 403}', 403, "forbidden", "no", None),
        ("I only get: not.a.user", None, "not.a.user", None, None),
        (f"{MALFORMED}!", None, None, MALFORMED, None),
    ],
)  # fmt: skip
def test_an_error_is_read(
    text: str, status: int | None, code: str | None, message: str | None, rule: str | None
) -> None:
    answer = error_of(text).answer
    assert (answer.status, answer.code, answer.message, answer.rule) == (status, code, message, rule)


def test_a_request_is_preferred_to_the_error_that_it_got() -> None:
    text = f"```\n{json.dumps(ENVELOPE)}\n```\nwith\n```\n{json.dumps(BODY)}\n```"
    assert json.loads(reading_of(text).request.body) == BODY


def collection(*requests: dict[str, Any]) -> str:
    items = [{"name": f"request {number}", "request": request} for number, request in enumerate(requests)]
    return json.dumps({"info": {"name": "ours"}, "item": [{"name": "a folder", "item": items}, 5]})


def test_the_calls_of_a_postman_collection_are_read() -> None:
    call = {
        "method": "POST",
        "header": [{"key": "Content-Type", "value": JSON}],
        "url": {"raw": f"{HOST}{CALLS_PATH}", "host": ["x"]},
        "body": {"mode": "raw", "raw": json.dumps(BODY)},
    }
    other = {"method": "GET", "url": f"{HOST}/api/v2/users/me"}
    found = reading_of(collection(other, call))
    assert (found.request.method, found.request.path) == ("POST", CALLS_PATH)
    assert json.loads(found.request.body) == BODY
    assert found.request.headers["content-type"] == JSON
    with pytest.raises(ReadError, match="no request of a Postman collection"):
        read(collection(other).encode())


# What is neither


@pytest.mark.parametrize(
    "text", ["", "  \n", "hello world", "I use curl.", "{}}", "{", "2024-01-01", 'I said {"a": 1']
)
def test_what_holds_neither_is_refused_with_what_was_looked_for(text: str) -> None:
    with pytest.raises(ReadError, match="looked for a JSON body, a curl command, a HAR file"):
        read(text.encode())


def test_too_much_is_refused() -> None:
    with pytest.raises(ReadError, match="more than"):
        read(b" " * (MAX_BYTES + 1))
    with pytest.raises(ReadError, match="give the request alone"):
        read(b"curl " * MAX_TEXT)


PIECES = st.sampled_from(
    [
        *("curl ", "curl https://x/api/v2/", " -d ", "<<EOF\n", "$'", "\\", "grant_type=", "POST /api/v2/x"),
        *(
            "'",
            '"',
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "=>",
            "\n",
            "> ",
            "```",
            "#{",
            "\u201c",
            "\ufeff",
            "&x",
            "*x",
        ),
        *("Content-Type: ", '{"to": ', '"phoneNumber"', "log", '{"log": {"entries": [', "to:\n", "  - "),
        *("400 ", "bad.request", "body.phone_number = "),
    ]
)


@settings(max_examples=200)
@given(st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=14).map("".join))
@example("{" * 2_000)
@example("[" * 100_000)
@example('{"a":' * 100_000)
@example("{//" * 50_000)
@example("{/*" * 50_000)
@example("{{" * 50_000)
@example("curl a/b\n" * 20_000)
@example("curl a/b <<x\n" * 10_000)
@example("x" * 200_000)
@example("a=" * 50_000 + "{")
@example("a:b " * 50_000 + "scope")
@example('{"url": "/", "body": "\\ud800"}')
def test_any_text_is_read_or_refused(text: str) -> None:
    assert_read_or_refused(text.encode("utf-8", "surrogatepass"))


@given(st.binary(max_size=60))
@example(b"\xff\xfe{\x00}\x00")
@example(b"\xff\xfe{")
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    assert_read_or_refused(data)


def assert_read_or_refused(data: bytes) -> None:
    with suppress(ReadError):
        result = read(data)
        assert result.found
        requests = [found.request for found in result.found if isinstance(found, FoundRequest)]
        assert all(name == name.lower() for request in requests for name in request.headers)


# --- much of it -------------------------------------------------------------------------------------------

CALL_ENTRY = {
    "request": {
        "method": "POST",
        "url": "https://api.mypurecloud.com/api/v2/conversations/calls",
        "postData": {"text": '{"phoneNumber": "+442079460100"}'},
    }
}


def test_of_a_long_har_file_the_first_requests_are_read_and_the_others_counted() -> None:
    other = {"request": {"method": "GET", "url": "https://example.com/"}}
    har = {"log": {"entries": [CALL_ENTRY] * 20_000 + [other] * 3}}
    result = read(json.dumps(har).encode())
    assert (len(result.found), result.left_out, result.ignored) == (MOST_FOUND, 20_000 - MOST_FOUND, 3)
    assert result.found[-1].what == f"entry {MOST_FOUND} of 20003 in a HAR file"


def test_of_a_long_collection_too_in_its_order() -> None:
    item = {"name": "x", "request": {"method": "POST", "url": "https://h/api/v2/conversations/calls"}}
    items = [
        {"item": [{**item, "name": "inner"}] * 2},
        *[{**item, "name": f"n{number}"} for number in range(999)],
    ]
    result = read(json.dumps({"info": {}, "item": items}).encode())
    assert (len(result.found), result.left_out) == (MOST_FOUND, 1_001 - MOST_FOUND)
    assert [found.what.split(" ")[0] for found in result.found[:4]] == ["'inner'", "'inner'", "'n0'", "'n1'"]


def test_too_many_commands_are_refused_with_how_many_are_read() -> None:
    command = 'curl https://h/api/v2/conversations/calls -d \'{"phoneNumber": "1"}\'\n'
    assert len(read((command * 50).encode()).found) == 50
    with pytest.raises(ReadError, match="more than 50 curl commands; give those to explain alone"):
        read((command * 51).encode())


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"phoneNumber": "1" * 5_000_000}),
        json.dumps({"phoneNumber": "+442079460100", "x": "/a/" + "a" * 5_000_000}),
        json.dumps([[[]] * 500_000, {"phoneNumber": "+442079460100"}]),
        "\n" * 200_000 + json.dumps({"phoneNumber": "+442079460100"}),
        "\n" * 200_000 + 'POST /api/v2/conversations/calls\n\n{"phoneNumber": "+442079460100"}',
        "curl https://h/api/v2/conversations/calls " + "{{x}} " * 10_000,
    ],
    ids=["a number", "a word", "lists", "lines", "lines and a message", "URLs"],
)
def test_a_large_input_is_read_and_explained_in_time_that_is_in_proportion_to_it(text: str) -> None:
    """Minutes each, where the text is searched anew for each of its parts."""
    found = read(text.encode()).found[0]
    assert isinstance(found, FoundRequest)
    assert found.request.path.startswith("/api/v2/conversations/calls")
    assert explain(found.request, context=found.context).status in (200, 202, 400, 413)


@pytest.mark.parametrize(
    "text", ["\n\n" * 60_000 + "<", "{\n" * 60_000, "import \n" * 30_000, "status 4 \n" * 20_000]
)
def test_a_large_text_that_holds_nothing_is_refused_as_soon(text: str) -> None:
    with pytest.raises(ReadError):
        read(text.encode())
    assert isinstance(explain_text_notes(Context(text=text)), tuple)

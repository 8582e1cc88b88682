"""What tools fill in when a request is sent is no unfilled place; no request of several is passed over."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ringback_explain import Explanation, PlatformAnswer, explain, explain_answered, explain_text_notes
from ringback_explain.explanation import Context
from ringback_explain.read import Found, FoundError, FoundRequest, read
from tests.explain.reading import body_of

NUMBER = "+442079460100"
CALLS = "https://api.mypurecloud.ie/api/v2/conversations/calls"
BODY = json.dumps({"phoneNumber": NUMBER})


def found_in(text: str) -> list[FoundRequest]:
    found: tuple[Found, ...] = read(text.encode()).found
    return [each for each in found if isinstance(each, FoundRequest)]


def explained(found: FoundRequest) -> Explanation:
    return explain(found.request, context=found.context)


# Shell


def curl(body: str, before: str = "") -> str:
    return f"{before}curl {CALLS} -H 'Content-Type: application/json' -d {body}"


@pytest.mark.parametrize("assigned", ["NUMBER={}", 'export NUMBER="{}"', "NUMBER='{}' # whom to ring"])
@pytest.mark.parametrize("used", ["$NUMBER", "${NUMBER}"])
def test_a_variable_of_a_script_is_filled_in(assigned: str, used: str) -> None:
    script = curl(f'"{{\\"phoneNumber\\": \\"{used}\\"}}"', assigned.format(NUMBER) + "\n")
    assert body_of(script) == {"phoneNumber": NUMBER}


def test_a_variable_that_only_the_shell_knows_is_asked_for_and_refuses_nothing() -> None:
    (found,) = found_in(curl('"{\\"phoneNumber\\": \\"$NUMBER\\"}"'))
    made = explained(found)
    assert made.verdict == "accepted"
    assert "Only the running program knows '‹NUMBER›'" in " ".join(made.questions)


def test_a_variable_in_single_quotes_is_sent_as_it_stands() -> None:
    (found,) = found_in(curl('\'{"phoneNumber": "$NUMBER"}\'', f"NUMBER={NUMBER}\n"))
    assert (explained(found).verdict, explained(found).rule) == ("rejected", "phone-number.unreadable")


# Postman


def collection(*requests: dict[str, Any], **more: Any) -> str:
    items = [{"name": "one", "item": [{"name": "two", "request": request} for request in requests]}]
    return json.dumps({"info": {}, "item": items, **more})


DIAL = {
    "method": "POST",
    "header": [{"key": "Content-Type", "value": "application/json"}],
    "url": {"raw": "{{base}}/api/v2/conversations/calls/user/{{user}}"},
    "body": {"mode": "raw", "raw": '{"phoneNumber": "{{number}}"}'},
}
LOGIN = {
    "method": "POST",
    "url": "https://login.{{region}}/oauth/token",
    "body": {
        "mode": "urlencoded",
        "urlencoded": [
            {"key": "grant_type", "value": "client_credentials"},
            {"key": "scope", "value": "x", "disabled": True},
        ],
    },
}


def test_variables_of_a_collection_are_filled_in_when_it_is_sent() -> None:
    (unknown,) = found_in(collection(DIAL))
    assert explained(unknown).verdict == "accepted"
    assert unknown.request.path == "/api/v2/conversations/calls/user/‹user›"
    (known,) = found_in(collection(DIAL, variable=[{"key": "number", "value": "12"}]))
    assert json.loads(known.request.body) == {"phoneNumber": "12"}


@pytest.mark.parametrize("where", ["request", "collection"])
def test_a_form_of_postman_is_a_form_and_its_login_is_sent(where: str) -> None:
    auth = {"auth": {"type": "basic", "basic": []}}
    text = collection({**LOGIN, **auth}) if where == "request" else collection(LOGIN, **auth)
    (found,) = found_in(text)
    assert found.request.body == b"grant_type=client_credentials"
    assert explained(found).verdict == "accepted"


def test_a_form_of_postman_without_a_login_is_refused() -> None:
    (found,) = found_in(collection(LOGIN))
    assert explained(found).rule == "token.no-client"


# Files of HTTP clients


def test_each_request_of_a_file_is_read_with_its_variables() -> None:
    text = (
        f"@number = {NUMBER}\n\nPOST {CALLS}\nContent-Type: application/json\n\n"
        '{"phoneNumber": "{{number}}", "callerId": "{{own}}"}\n\n### hang up\n\n'
        "POST {{host}}/api/v2/conversations/{{id}}/disconnect\n"
    )
    dial, end = found_in(text)
    assert json.loads(dial.request.body) == {"phoneNumber": NUMBER, "callerId": "‹own›"}
    assert explained(dial).verdict == "accepted"
    assert end.request.path == "/api/v2/conversations/‹id›/disconnect"
    assert explained(end).verdict == "accepted"


def test_messages_one_after_another_are_several_requests() -> None:
    message = f"POST /api/v2/conversations/calls HTTP/1.1\nContent-Type: application/json\n\n{BODY}\n\n"
    bodies = [json.loads(found.request.body) for found in found_in(message + message.replace("0100", "0101"))]
    assert bodies == [{"phoneNumber": NUMBER}, {"phoneNumber": "+442079460101"}]


def test_a_line_about_another_program_is_no_request_of_the_platform() -> None:
    message = f"POST /api/v2/conversations/calls\n\n{BODY}\n\nGET /index.html\n"
    assert len(found_in(message)) == 1


# Code


def test_a_model_of_a_module_whose_attributes_were_set_is_followed() -> None:
    text = (
        "import PureCloudPlatformClientV2 as pc\npc.configuration.access_token = token\n"
        f"body = pc.CreateCallRequest(phone_number='{NUMBER}')\n"
        "pc.ConversationsApi().post_conversations_calls(body)\n"
    )
    assert body_of(text) == {"phoneNumber": NUMBER}


@pytest.mark.parametrize(
    ("template", "body"),
    [
        ('\'{"to": {"address": "%s"}}\' % number', {"to": {"address": "‹number›"}}),
        ('\'{{"to": {{"address": "{}"}}}}\'.format(number)', {"to": {"address": "‹number›"}}),
    ],
)
def test_braces_are_doubled_where_the_template_has_them_for_places(template: str, body: object) -> None:
    assert body_of(f"requests.post('{CALLS}', data={template})") == body


def test_a_text_block_that_is_formatted_is_json() -> None:
    text = (
        f'HttpRequest request = HttpRequest.newBuilder(URI.create("{CALLS}"))\n'
        '    .POST(HttpRequest.BodyPublishers.ofString("""\n'
        '        {"phoneNumber": "+442079460100", "attributes": {"a": "%s"}}\n'
        '        """.formatted(name))).build();\n'
    )
    assert body_of(text) == {"phoneNumber": NUMBER, "attributes": {"a": "‹name›"}}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('body.setdefault("phoneNumber", "1")', {"phoneNumber": NUMBER}),
        ('body.setdefault("priority", 1)', {"phoneNumber": NUMBER, "priority": 1}),
    ],
)
def test_what_is_set_unless_it_is_there_is_set_so(line: str, expected: object) -> None:
    text = f"body = {{'phoneNumber': '{NUMBER}'}}\n{line}\nrequests.post('{CALLS}', json=body)"
    assert body_of(text) == expected


@pytest.mark.parametrize(
    "declared",
    ["class CallBody:\n    pass", "interface CallBody { phoneNumber: string }", "type CallBody struct {}"],
)
def test_a_class_of_the_program_itself_is_not_looked_for_in_the_sdk(declared: str) -> None:
    text = f"{declared}\npurecloud.send(CallBody())"
    ids = {note.id for note in explain_text_notes(Context(text=text))}
    assert "sdk.unknown-class" not in ids
    assert "sdk.unknown-class" in {
        note.id for note in explain_text_notes(Context(text=text.partition("\n")[2]))
    }


# Errors


TRACES = (
    (
        "com.mypurecloud.sdk.v2.ApiException: error\n"
        "\tat com.mypurecloud.sdk.v2.ApiClient.getAPIResponse(ApiClient.java:720)\n"
        "\tat com.mypurecloud.sdk.v2.api.ConversationsApi.postConversationsCalls(Api.java:9000)\n"
    ),
    (
        'Traceback (most recent call last):\n  File "dial.py", line 9, in <module>\n'
        "    api.post_conversations_calls(body)\nPureCloudPlatformClientV2.rest.ApiException: (401)\n"
    ),
    "Error: Request failed with status code 401\n    at settle (node_modules/axios/lib/settle.js:19:12)\n",
)


@pytest.mark.parametrize("trace", TRACES)
def test_the_trace_of_an_error_is_no_program(trace: str) -> None:
    body = '{"message": "Invalid login credentials.", "code": "bad.credentials", "status": 401}'
    (found,) = read(f"{trace}{body}\n".encode()).found
    assert isinstance(found, FoundError)
    assert (found.answer.status, found.answer.code) == (401, "bad.credentials")


def test_a_path_that_exists_is_not_at_fault_where_nothing_was_found() -> None:
    (found,) = found_in(
        "PATCH /api/v2/conversations/calls/11111111-2222-4333-8444-555555555555\n"
        'Content-Type: application/json\n\n{"state": "disconnected"}'
    )
    made = explain_answered(found.request, PlatformAnswer(404, "not.found", "not found"))
    assert (made.rule, made.status) == ("call.unknown", 404)


def test_a_call_of_the_sdk_without_a_body_is_known() -> None:
    text = "TypeError: post_conversations_calls() missing 1 required positional argument: 'body'"
    assert "symptom.no-body" in {note.id for note in explain_text_notes(Context(text=text))}

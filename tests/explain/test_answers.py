"""Errors are explained by operation, message and code; a request together with the answer that it got."""

from __future__ import annotations

import json

import pytest

from ringback_explain import Explanation, PlatformAnswer, explain_answer, explain_answered
from ringback_explain.codes import MAY_BE_PLACED, error_codes
from ringback_explain.read import FoundError, FoundRequest, read
from ringback_explain.tell.reported import MOST_CANDIDATES

PATH = "/api/v2/conversations/calls"
URL = f"https://api.mypurecloud.ie{PATH}"
BODY = '{"phoneNumber": "+442079460100"}'
REFUSAL = {"message": "No.", "code": "missing.permissions", "status": 403, "contextId": "x"}
STATION = {"message": "No.", "code": "conversation.error.no.user.station", "status": 400}


def notes(explanation: Explanation | None) -> dict[str, str]:
    assert explanation is not None
    return {note.id: note.message for note in explanation.notes}


def error_of(text: str) -> PlatformAnswer:
    (found,) = read(text.encode()).found
    assert isinstance(found, FoundError)
    return found.answer


# Errors alone


def test_a_message_that_no_rule_has_is_not_blamed_on_the_rules_of_its_code() -> None:
    text = (
        'Error calling PostConversationsCallParticipantMonitor: {"status": 400, "code": "bad.request",'
        ' "message": "The call is not connected"}'
    )
    answer = error_of(text)
    assert answer.operation == "postConversationsCallParticipantMonitor"
    explained = explain_answer(answer)
    assert explained is not None
    assert (explained.status, explained.code, explained.rule, explained.findings) == (
        400,
        "bad.request",
        None,
        (),
    )
    told = notes(explained)
    assert f"POST {PATH}/{{conversationId}}/participants/{{participantId}}/monitor" in told["error.operation"]
    assert "'The call is not connected'" in told["error.message"]
    assert "error.known" in told


def test_at_most_five_rules_are_shown_the_usual_first_and_the_others_counted() -> None:
    explained = explain_answer(PlatformAnswer(400, "bad.request", "malformed participant address"))
    assert explained is not None
    assert len(explained.findings) == MOST_CANDIDATES
    assert [finding.rule for finding in explained.findings[:2]] == ["address.scheme-missing", "tel.no-plus"]
    assert notes(explained)["error.more"].split(" ")[0].isdigit()


def test_an_operation_limits_the_rules_to_its_own() -> None:
    answer = PlatformAnswer(404, "not.found", operation="getUser")
    explained = explain_answer(answer)
    assert explained is not None
    assert "destination.queue-unknown" not in {finding.rule for finding in explained.findings}


@pytest.mark.parametrize("code", error_codes())
def test_every_documented_code_has_a_meaning_and_something_to_do(code: str) -> None:
    explained = explain_answer(PlatformAnswer(error_codes()[code].status, code, "words that no rule has"))
    assert explained is not None
    assert explained.code == code or explained.rule is not None
    told = notes(explained)
    assert "error.unknown" not in told
    assert explained.findings or (error_codes()[code].means in told["error.known"])
    assert explain_answer(PlatformAnswer(code=code)) is not None


@pytest.mark.parametrize("status", [500, 503, 504])
def test_after_a_failure_of_the_platform_the_call_may_have_been_placed(status: int) -> None:
    codes = [
        code for code, known in error_codes().items() if known.status == status and known.do == MAY_BE_PLACED
    ]
    assert codes
    for answer in (*(PlatformAnswer(status, code) for code in codes), PlatformAnswer(status, "no.such.code")):
        assert any(MAY_BE_PLACED in message for message in notes(explain_answer(answer)).values())


@pytest.mark.parametrize(
    ("code", "rule"),
    [("missing.permissions", "permission.missing"), ("too.many.requests", "rate.exceeded")],
)
def test_a_code_that_says_the_same_as_another_is_explained_by_its_rules(code: str, rule: str) -> None:
    status, words = error_codes()[code].status, "words that no rule has"
    explained = explain_answer(PlatformAnswer(status, code, words, operation="postConversationsCalls"))
    assert explained is not None
    assert explained.code == code
    assert rule in {finding.rule for finding in explained.findings}
    assert "error.code" not in notes(explained)


# A request with the answer that it got

CURL = f"curl -i {URL} -H 'Content-Type: application/json' -d '{BODY}'"


def har(response: object) -> str:
    request = {"method": "POST", "url": URL, "postData": {"mimeType": "application/json", "text": BODY}}
    return json.dumps({"log": {"entries": [{"request": request, "response": response}]}})


ANSWERED = {
    "a HAR file": har({"status": 403, "headers": [], "content": {"text": json.dumps(REFUSAL)}}),
    "curl and its output": f"{CURL}\n{json.dumps(REFUSAL)}",
    "curl and its whole output": f"{CURL}\nHTTP/2 403\nserver: x\n\n{json.dumps(REFUSAL)}",
    "two messages": f"POST {PATH} HTTP/1.1\nContent-Type: application/json\n\n{BODY}\n\n"
    f"HTTP/1.1 403 Forbidden\n\n{json.dumps(REFUSAL)}",
    "two blocks": f"I send\n```\n{BODY}\n```\nand get\n```\n{json.dumps(REFUSAL)}\n```\n",
}  # fmt: skip


@pytest.mark.parametrize("form", ANSWERED)
def test_an_answer_beside_a_request_is_read_with_it(form: str) -> None:
    (found,) = read(ANSWERED[form].encode()).found
    assert isinstance(found, FoundRequest)
    assert json.loads(found.request.body) == json.loads(BODY)
    assert found.answer is not None
    assert (found.answer.status, found.answer.code) == (403, "missing.permissions")
    explained = explain_answered(found.request, found.answer, found.context)
    assert (explained.verdict, explained.status, explained.code) == ("rejected", 403, "missing.permissions")
    assert "permission.missing" in {finding.rule for finding in explained.findings}


@pytest.mark.parametrize(
    "text",
    [
        har({"status": 202, "content": {"text": '{"id": "x", "selfUri": "y"}'}}),
        har({"status": 0, "content": {}}),
        har(None),
        f'{CURL}\nHTTP/2 202\n\n{{"id": "x"}}',
        CURL,
    ],
)
def test_an_answer_that_refuses_nothing_is_none(text: str) -> None:
    (found,) = read(text.encode()).found
    assert isinstance(found, FoundRequest)
    assert found.answer is None


def test_a_har_file_that_shows_no_body_of_the_answer_tells_its_status_and_rule() -> None:
    headers = [{"name": "Ringback-Rule", "value": "station.missing"}]
    (found,) = read(har({"status": 400, "headers": headers, "content": {}}).encode()).found
    assert isinstance(found, FoundRequest)
    assert found.answer == PlatformAnswer(400, rule="station.missing")


def test_what_the_request_shows_and_the_answer_says_decide_together() -> None:
    body = '{"to": "15551234567", "from": "user:x"}'
    text = f"curl {URL} --json '{body}'\n" + json.dumps({**REFUSAL, "status": 400, "code": "bad.request"})
    (found,) = read(text.encode()).found
    assert isinstance(found, FoundRequest)
    assert found.answer is not None
    explained = explain_answered(found.request, found.answer, found.context)
    assert (explained.rule, explained.status) == ("address.scheme-missing", 400)


def test_a_refusal_that_the_request_does_not_show_comes_from_its_rule() -> None:
    (found,) = read(f"{CURL}\n{json.dumps(STATION)}".encode()).found
    assert isinstance(found, FoundRequest)
    assert found.answer is not None
    explained = explain_answered(found.request, found.answer, found.context)
    assert (explained.rule, explained.equivalent) == ("station.missing", None)

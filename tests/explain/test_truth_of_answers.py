"""What is said of a recorded answer, of an error alone and of a suggestion is no more than is known."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest

from ringback_contracts.catalogue import TABLE
from ringback_contracts.core.model import PARTICIPANTS, Request
from ringback_contracts.examples import situation
from ringback_explain import Explanation, PlatformAnswer, explain, explain_answer, explain_answered
from ringback_explain.codes import error_code
from ringback_explain.read import FoundError, FoundRequest, ReadError, read
from tests.explain.explaining import AGENT, CALLS, NUMBER, QUEUE, explained

DEAD = "+15551234567"
REFUSED = {"message": "x", "code": "not.a.user", "status": 400, "contextId": "c", "details": [], "errors": []}


def har(status: int, answer: str, url: str = CALLS, body: Any = None, **content: Any) -> bytes:
    """A HAR file of one exchange."""
    request = {
        "method": "POST",
        "url": f"https://api.mypurecloud.com{url}",
        "headers": [],
        "postData": {"mimeType": "application/json", "text": json.dumps(body or {"phoneNumber": NUMBER})},
    }
    response = {"status": status, "headers": [], "content": {"text": answer, **content}}
    return json.dumps({"log": {"entries": [{"request": request, "response": response}]}}).encode()


def of_har(data: bytes) -> Explanation:
    (found,) = read(data).found
    assert isinstance(found, FoundRequest)
    if found.answer is None:
        return explain(found.request, context=found.context)
    return explain_answered(found.request, found.answer, found.context)


def test_an_answer_in_base64_is_read() -> None:
    coded = b64encode(json.dumps(REFUSED).encode()).decode()
    found = of_har(har(400, coded, encoding="base64"))
    assert (found.code, found.rule) == ("not.a.user", "caller.not-a-user")


def test_a_request_without_an_answer_may_have_placed_its_call() -> None:
    found = of_har(har(0, ""))
    (note,) = [note.message for note in found.notes if note.id == "answer.none"]
    assert "may have been placed" in note


def test_a_refusal_is_narrowed_to_what_the_body_names() -> None:
    answer = json.dumps(
        {"message": "The requested resource was not found", "code": "not.found", "status": 404}
    )
    found = of_har(har(404, answer, body={"phoneNumber": NUMBER, "callFromQueueId": QUEUE}))
    assert [finding.rule for finding in found.findings] == ["from-queue.unknown"]
    assert (found.questions, found.unknown) == ((), ())


def test_what_ringback_does_not_serve_is_no_reason_for_the_platforms_refusal() -> None:
    path = f"{CALLS}/{QUEUE}/participants/{QUEUE}/monitor"
    answer = json.dumps({"message": "no", "code": "bad.request", "status": 400})
    found = of_har(har(400, answer, url=path, body={}))
    assert (found.verdict, found.status, found.findings) == ("rejected", 400, ())


@pytest.mark.parametrize("status", [500, 503, 504])
@pytest.mark.parametrize("body", [None, {"to": f"tel:{NUMBER}", "from": f"user:{AGENT}"}])
def test_after_a_failure_of_the_platform_nothing_is_shown_to_send_again(status: int, body: Any) -> None:
    found = of_har(har(status, "upstream", body=body))
    assert found.equivalent is None
    assert any("may have been placed" in note.message for note in found.notes)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"errors": [{"code": "not.found", "message": "gone"}]}', "not.found"),
        ('{"errorCode": "INVALID_AGENT_STATE", "status": 400}', "INVALID_AGENT_STATE"),
    ],
)
def test_an_error_is_no_body_of_a_call(text: str, code: str) -> None:
    (found,) = read(text.encode()).found
    assert isinstance(found, FoundError)
    assert found.answer.code == code


@pytest.mark.parametrize(
    "shown",
    [
        {"state": "terminated", "errorInfo": {"code": "x"}, "disconnectType": "error"},
        {"id": QUEUE, "participants": [{"purpose": "agent", "state": "connected"}]},
    ],
)
def test_a_call_that_the_platform_shows_is_no_request(shown: dict[str, Any]) -> None:
    with pytest.raises(ReadError, match="a call as the platform shows it"):
        read(json.dumps(shown).encode())


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("conversation.error.cannot.conference.self", 400),
        ("callforwarding.usernotpermitted", 400),
        ("externalservice.unexpectedresponsecode", 424),
        ("Too.Many.Requests", 429),
    ],
)
def test_a_documented_code_has_a_meaning(code: str, status: int) -> None:
    known = error_code(code)
    assert known is not None
    assert (known.status, known.means != "", known.do != "") == (status, True, True)


def test_a_code_of_no_document_has_none() -> None:
    assert error_code("flux.capacitor") is None
    found = explain_answer(PlatformAnswer(400, "flux.capacitor"))
    assert found is not None
    assert "is in none of the platform's documents" in found.notes[0].message


# --- suggestions --------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [{"to": DEAD}, {"to": {"phoneNumber": DEAD}}, {"phoneNumber": DEAD}])
def test_a_number_that_rings_nobody_is_shown_with_its_caveat_and_not_asked_for(body: Any) -> None:
    found = explained(body)
    assert found.equivalent is not None
    assert any("no network assigns the number" in caveat for caveat in found.caveats)
    assert not any(DEAD in question for question in found.questions)


def test_a_number_that_rings_has_no_caveat() -> None:
    assert explained({"to": NUMBER, "from": "+442079460001"}).caveats == ()


@pytest.mark.parametrize("number", ["07700900123", "555-0100", "01234 567890"])
def test_of_a_number_without_its_country_nothing_is_said_that_holds_in_one_country_alone(number: str) -> None:
    assert explained({"phoneNumber": number}).caveats == ()


def test_a_number_that_is_too_long_is_no_better_with_a_plus() -> None:
    found = explained({"phoneNumber": "12345678901234567890"})
    assert any("at most 15 digits" in caveat for caveat in found.caveats)
    assert not any("+12345" in text for text in (*found.questions, *(note.message for note in found.notes)))


def test_the_number_that_was_refused_is_not_offered_in_another_spelling() -> None:
    answer = json.dumps({"errors": [{"code": "invalid.phone", "message": "no"}], "status": 400})
    assert of_har(har(400, answer, body={"phoneNumber": "555-0100"})).equivalent is None


@pytest.mark.parametrize("rule", list(TABLE), ids=lambda rule: rule.id)
def test_fix_note_and_suggestion_do_not_contradict_each_other(rule: Any) -> None:
    """A fix that names ``to`` or ``from`` names the published form too, as the notes and the request do."""
    for example in rule.rejects:
        case = situation(example)
        found = explain(case.request, caller=case.caller, org=case.org)
        if found.equivalent is None or found.equivalent.path == "/oauth/token":
            continue
        for finding in found.findings:
            if TABLE[finding.rule].contracts == (PARTICIPANTS,) and "tel:" in finding.fix:
                assert "As published" in finding.fix or "as published" in finding.fix, finding
        for note in found.notes:
            if note.id == "key.type":
                assert note.message.startswith("a published request declares no ")
        again = explain(
            Request(
                found.equivalent.method, found.equivalent.path, {}, json.dumps(found.equivalent.body).encode()
            )
        )
        assert (again.verdict, again.findings) == ("accepted", ()), found.equivalent
        assert [note.id for note in again.notes if note.id.startswith("key.")] == []


def test_the_fix_of_misnamed_fields_names_what_the_suggestion_shows() -> None:
    found = explained({"toAddress": "sip:a@pbx.example.com", "fromAddress": "+442079460001"})
    assert found.rule == "sip.misnamed-fields"
    assert found.equivalent is not None
    assert all(name in found.findings[0].fix for name in found.equivalent.body)


# --- names that allow nothing -------------------------------------------------------------------------


def test_permissions_and_scopes_that_allow_nothing_are_named() -> None:
    names = 'required_permission = "outbound:call"\nscope = "call:write"'
    text = f'{names}\napi.post_conversations_calls({{"phoneNumber": "{NUMBER}"}})'
    (found,) = read(text.encode()).found
    assert isinstance(found, FoundRequest)
    told = {note.id: note.message for note in explain(found.request, context=found.context).notes}
    assert "'outbound:call' is no permission" in told["permission.unknown"]
    assert "conversation:conference:add" in told["permission.unknown"]
    assert "'call:write' is no OAuth scope" in told["scope.unknown"]


def test_a_permission_that_an_operation_asks_for_is_not_doubted() -> None:
    text = f'# permission: conversation:call:add\napi.post_conversations_calls({{"phoneNumber": "{NUMBER}"}})'
    (found,) = read(text.encode()).found
    assert isinstance(found, FoundRequest)
    assert not [
        note for note in explain(found.request, context=found.context).notes if "permission" in note.id
    ]


def test_one_party_is_not_dropped_by_ending_the_conversation() -> None:
    found = explained({"participantIds": ["p"]}, f"/api/v2/conversations/{QUEUE}/disconnect")
    assert [note.id for note in found.notes] == ["disconnect.for-all"]

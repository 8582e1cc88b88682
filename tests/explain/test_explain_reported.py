"""An answer alone is explained by the rules that give it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.catalogue import TABLE, judge
from ringback_contracts.core.model import Rejected, Request, Rule, Stage
from ringback_contracts.examples import situation
from ringback_contracts.http.envelope import envelope
from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_contracts.schemas import validator
from ringback_explain import Explanation, PlatformAnswer
from ringback_explain.read import mention
from ringback_explain.tell.reported import candidates, explain_answer, explain_answered


@pytest.mark.parametrize("rule", TABLE.rules, ids=lambda rule: rule.id)
def test_a_rule_is_among_those_that_fit_its_own_answer(rule: Rule) -> None:
    case = situation(rule.rejects[0])
    verdict = judge(case.request, case.caller, case.org)
    assert isinstance(verdict, Rejected)
    message = envelope(verdict.finding, "x")["message"]
    answer = PlatformAnswer(rule.status, rule.code, message)
    found = candidates(answer)
    assert rule in found
    assert {(other.status, other.code) for other in found} == {(rule.status, rule.code)}
    assert candidates(PlatformAnswer(rule=rule.id)) == [rule]


@pytest.mark.parametrize(
    ("field", "pointer"),
    [
        ("participants.0.address", "/participants/0/address"),
        ("/phoneNumber", "/phoneNumber"),
        ("Authorization", "Authorization"),
        (None, ""),
    ],
)
def test_a_finding_stands_where_the_answer_says(field: str | None, pointer: str) -> None:
    explained = explain_answer(PlatformAnswer(400, rule="phone-number.unreadable", field=field))
    assert explained is not None
    (finding,) = explained.findings
    assert finding.pointer == pointer


@pytest.mark.parametrize(
    ("rule", "pointer"),
    [
        ("permission.missing", "Authorization"),
        ("path.user-unknown", "path"),
        ("media-type.unsupported", "Content-Type"),
        ("destination.several", ""),
    ],
)
def test_a_finding_stands_in_the_header_or_the_path_that_its_rule_is_about(rule: str, pointer: str) -> None:
    explained = explain_answer(PlatformAnswer(rule=rule))
    assert explained is not None
    assert [found.pointer for found in explained.findings] == [pointer]


def test_the_words_of_a_message_may_stand_in_another_order() -> None:
    found = candidates(PlatformAnswer(400, "malformed", "The participant address is malformed."))
    assert {rule.message for rule in found} == {"malformed participant address"}


@pytest.mark.parametrize("text", ["address.scheme-missing", 'what is "address.scheme-missing"? I get 400.'])
def test_the_id_of_a_rule_alone_is_explained(text: str) -> None:
    found = mention.reported(text)
    assert found is not None
    explained = explain_answer(found.answer)
    assert explained is not None
    assert explained.rule == "address.scheme-missing"


def test_of_many_rules_that_answer_the_same_none_is_picked_out() -> None:
    for answer in (
        PlatformAnswer(404),
        PlatformAnswer(404, "not.found", "The requested resource was not found"),
    ):
        explained = explain_answer(answer)
        assert explained is not None
        assert explained.findings == ()
        assert [note.id for note in explained.notes] == ["error.more"]


def test_the_permission_that_a_message_names_tells_the_rule() -> None:
    said = "You must have at least one of the following permissions assigned: [{}]"
    some = {"permission.missing", "caller.not-for-others", "caller.may-not-call", "recording.not-permitted"}
    for permission, left in (
        ("conversation:call:add", {"permission.missing", "caller.not-for-others"}),
        ("routing:queue:view", {"permission.missing"}),
    ):
        found = candidates(PlatformAnswer(403, "missing.any.permissions", said.format(permission)))
        assert some & {rule.id for rule in found} == left


def test_what_does_not_go_together_is_said() -> None:
    explained = explain_answer(PlatformAnswer(403, "unauthorized", "Invalid participant address"))
    assert explained is not None
    assert (explained.status, explained.code) == (403, "unauthorized")
    assert {note.id for note in explained.notes} == {"error.status", "error.code", "error.more"}


@pytest.mark.parametrize(
    ("code", "genuine"), [("missing.any.permissions", True), ("bad.request", True), ("no_number", False)]
)
def test_what_was_reported_stays_what_it_is(code: str, genuine: bool) -> None:
    explained = explain_answer(PlatformAnswer(400, code, "Invalid phone number"))
    assert explained is not None
    assert (explained.status, explained.code) == (400, code)
    (told,) = (note.message for note in explained.notes if note.id == "error.code")
    assert ("no code that the platform is known to send" in told) is not genuine


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        ("> POST /api/v2/conversations/calls/user/5/ HTTP/1.1\n> Host: x\n", None),
        ("> POST /api/v2/conversations/calls HTTP/2\n", "postConversationsCalls"),
        ("PUT https://api.mypurecloud.ie/api/v2/notifications/channels/c/subscriptions?x=1 -> 400",
         "putNotificationsChannelSubscriptions"),
        ("[error] POST: /api/v2/conversations/calls/c/participants/p/replace, 404",
         "postConversationsCallParticipantReplace"),
        ("POST /api/v2/analytics/conversations/details/query", "postAnalyticsConversationsDetailsQuery"),
        ("calls are placed with POST", None),
    ],
)  # fmt: skip
def test_the_line_of_a_request_names_its_operation(text: str, operation: str | None) -> None:
    assert mention.operation(text) == operation


def test_the_path_of_a_known_operation_is_not_at_fault() -> None:
    answer = PlatformAnswer(404, "not.found", operation="getConversationsCall")
    found = {rule.id for rule in candidates(answer)}
    assert "path.unknown" not in found
    assert "path.unknown" in {rule.id for rule in candidates(PlatformAnswer(404, "not.found"))}


def test_an_answer_that_no_rule_gives_is_said_to_be_one() -> None:
    explained = explain_answer(PlatformAnswer(418, "teapot"))
    assert explained is not None
    assert (explained.status, explained.code, explained.rule, explained.findings) == (418, "teapot", None, ())
    assert [note.id for note in explained.notes] == ["error.unknown"]
    assert explain_answer(PlatformAnswer(code="strange")) is None


def test_a_request_is_explained_together_with_its_answer() -> None:
    request = Request(
        "POST",
        "/api/v2/conversations/calls",
        {"content-type": "application/json"},
        b'{"phoneNumber": "+442079460100"}',
    )
    explained = explain_answered(request, PlatformAnswer(400, "conversation.error.no.user.station"))
    assert (explained.verdict, explained.status, explained.rule) == ("rejected", 400, "station.missing")
    assert [finding.rule for finding in explained.findings] == ["station.missing"]


def answered(answer: PlatformAnswer) -> Explanation:
    """A sound request together with the answer that it got."""
    body = b'{"phoneNumber": "+442079460100"}'
    request = Request("POST", CALLS_PATH, {"content-type": "application/json"}, body)
    return explain_answered(request, answer)


@pytest.mark.parametrize(
    "rule", ["station.missing", "permission.missing", "token.expired", "rate.exceeded", "caller.not-a-user"]
)
def test_a_refused_request_is_not_shown_as_what_to_send_instead(rule: str) -> None:
    known = TABLE[rule]
    found = answered(PlatformAnswer(known.status, known.code, rule=rule))
    assert (found.rule, found.equivalent, found.unknown) == (rule, None, ())
    assert found.findings[0].fix == known.fix


def test_the_answer_that_there_is_no_user_tells_which_grant_the_token_has() -> None:
    found = answered(PlatformAnswer(400, "not.a.user"))
    assert found.rule == "caller.not-a-user"
    assert found.equivalent is None
    assert "Which user places the call?" in found.questions[0]


def test_another_body_is_no_help_where_the_caller_was_refused() -> None:
    body = b'{"to": {"phoneNumber": "+442079460100"}}'
    request = Request("POST", CALLS_PATH, {"content-type": "application/json"}, body)
    found = explain_answered(request, PlatformAnswer(401, "token.expired", rule="token.expired"))
    assert found.equivalent is None
    assert found.findings[0].fix == TABLE["token.expired"].fix


def test_the_same_value_is_shown_where_only_its_media_type_was_refused() -> None:
    rule = next(rule for rule in TABLE if rule.stage is Stage.MEDIA_TYPE)
    assert answered(PlatformAnswer(rule.status, rule.code, rule=rule.id)).equivalent is not None


def test_a_code_that_nobody_knows_is_kept_and_blamed_on_no_rule() -> None:
    found = explain_answer(PlatformAnswer(400, "no.such.code"))
    assert found is not None
    assert (found.code, found.rule, found.findings, len(found.questions)) == ("no.such.code", None, (), 1)
    (note,) = found.notes
    assert (note.id, "'no.such.code'" in note.message) == ("error.unknown", True)


@given(st.builds(PlatformAnswer, st.none() | st.integers(100, 599), *[st.none() | st.text(max_size=20)] * 3))
def test_any_answer_is_explained_or_not(answer: PlatformAnswer) -> None:
    explained = explain_answer(answer, str(answer))
    if explained is None:
        assert answer.status is None
    else:
        validator("Explanation").validate(explained.as_dict())


def test_scopes_that_stand_beside_an_error_are_remarked_on() -> None:
    found = explain_answer(
        PlatformAnswer(403, "not.authorized"), scopes=("conversations:call:create", "conversations")
    )
    assert found is not None
    told = [note.message for note in found.notes]
    assert any("conversations:call:create" in message for message in told)

"""Requests for a token: the step that is wrong, the form to send instead, and no secret in what is said."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.catalogue import TABLE
from ringback_contracts.core.model import Example, Request
from ringback_contracts.examples import request_of
from ringback_contracts.schemas import validator
from ringback_explain import Explanation, PlatformAnswer, explain
from ringback_explain.tell.reported import explain_answer, explain_answered
from ringback_explain.tell.tokens import ANSWERED, FOUND, LOGIN_RULES, LoginRule, challenge_of
from tests.explain.explaining import asked, explained, places

TOKEN = "/oauth/token"
FORM = {"content-type": "application/x-www-form-urlencoded"}
VERIFIER = "a-verifier-of-forty-three-characters-or-more-0"
SERVICE = {"grant_type": "client_credentials", "client_id": "demo-service", "client_secret": "demo-secret"}
CODE = {"grant_type": "authorization_code", "code": "c0de", "redirect_uri": "http://localhost:8000/callback"}
PKCE = CODE | {"client_id": "demo-app", "code_verifier": VERIFIER}
BASIC = FORM | {"authorization": "Basic " + base64.b64encode(b"demo-service:demo-secret").decode()}


def told(fields: Any, headers: dict[str, str] = FORM, path: str = TOKEN, **context: Any) -> Explanation:
    body = urlencode(fields) if isinstance(fields, dict) and headers.get("content-type") != "json" else fields
    return explained(
        body, path=path, headers={} if headers.get("content-type") == "json" else headers, **context
    )


JSON: dict[str, str] = {"content-type": "json"}


@pytest.mark.parametrize(
    ("fields", "headers"),
    [
        ({"grant_type": "client_credentials"}, BASIC),
        (SERVICE, FORM),
        (CODE, BASIC),
        (PKCE, FORM),
        ({"grant_type": "refresh_token", "refresh_token": "r"}, BASIC),
        ({"grant_type": "client_credentials"}, FORM | {"authorization": "Basic <BASE64>"}),
    ],
)
def test_a_right_token_request_is_accepted(fields: dict[str, str], headers: dict[str, str]) -> None:
    found = told(fields, headers)
    assert (found.verdict, found.status, found.code, found.findings) == ("accepted", 200, None, ())


def padded(verifier: str) -> str:
    return challenge_of(verifier) + "="


WRONG = [
    (SERVICE, FORM, "/api/v2/oauth/token", "token.wrong-path", 404),
    (SERVICE, JSON, TOKEN, "token.not-a-form", 400),
    (SERVICE, FORM | {"content-type": "application/json"}, TOKEN, "token.not-a-form", 400),
    ("", FORM, TOKEN, "token.not-a-form", 400),
    ({"client_id": "x", "client_secret": "y"}, FORM, TOKEN, "token.no-grant-type", 400),
    ({"grant_type": "password", "client_id": "x"}, FORM, TOKEN, "token.unknown-grant", 400),
    ({"grant_type": "client_credentials"}, FORM, TOKEN, "token.no-client", 400),
    ({"grant_type": "client_credentials", "client_id": "x"}, FORM, TOKEN, "token.no-secret", 400),
    (
        SERVICE,
        FORM | {"authorization": "Basic demo-service:demo-secret"},
        TOKEN,
        "token.basic-malformed",
        400,
    ),
    (SERVICE, FORM | {"authorization": "Basic ZGVtbw=="}, TOKEN, "token.basic-malformed", 400),
    ({"grant_type": "authorization_code", "code": "c"}, BASIC, TOKEN, "token.field-missing", 400),
    ({"grant_type": "refresh_token"}, BASIC, TOKEN, "token.field-missing", 400),
    (CODE | {"client_id": "x"}, FORM, TOKEN, "token.not-proved", 400),
    (PKCE | {"code_verifier": "short"}, FORM, TOKEN, "token.verifier-malformed", 400),
    (PKCE | {"code_verifier": VERIFIER + "="}, FORM, TOKEN, "token.verifier-malformed", 400),
    (PKCE | {"code_challenge": VERIFIER}, FORM, TOKEN, "token.challenge-mismatch", 400),
    (PKCE | {"code_challenge": padded(VERIFIER)}, FORM, TOKEN, "token.challenge-mismatch", 400),
]


@pytest.mark.parametrize(("fields", "headers", "path", "rule", "status"), WRONG)
def test_the_step_that_is_wrong_is_named(
    fields: Any, headers: dict[str, str], path: str, rule: str, status: int
) -> None:
    found = told(fields, headers, path)
    assert (found.verdict, found.rule, found.status) == ("rejected", rule, status)
    assert validator("Explanation").is_valid(found.as_dict())


def found_in(example: Example) -> set[str]:
    return {finding.rule for finding in explain(request_of(example)).findings}


@pytest.mark.parametrize("rule", FOUND, ids=lambda rule: rule.id)
def test_a_login_rule_objects_to_its_examples_and_not_to_the_right_ones(rule: LoginRule) -> None:
    assert rule.rejects
    assert all(rule.id in found_in(example) for example in rule.rejects)
    assert rule.accepts
    assert not any(found_in(example) for example in rule.accepts)


@pytest.mark.parametrize("rule", ANSWERED, ids=lambda rule: rule.id)
def test_an_error_of_the_token_endpoint_is_the_finding_of_its_rule(rule: LoginRule) -> None:
    alone = explain_answer(PlatformAnswer(400, rule.code))
    beside = explain_answered(
        Request("POST", TOKEN, BASIC, urlencode(CODE).encode()), PlatformAnswer(400, rule.code)
    )
    assert alone is not None
    for found in (alone, beside):
        assert (found.rule, found.code, found.findings) == (rule.id, rule.code, (rule.explained(),))


def test_a_login_rule_has_an_id_of_its_own() -> None:
    assert len(LOGIN_RULES) == len(FOUND) + len(ANSWERED)
    assert not LOGIN_RULES.keys() & TABLE.by_id.keys()


def test_another_method_than_post_gets_no_token() -> None:
    assert explained(urlencode(SERVICE), path=TOKEN, method="GET", headers=FORM).rule == "token.not-post"


@pytest.mark.parametrize(
    ("challenge", "word"),
    [(VERIFIER, "not hashed"), (padded(VERIFIER), "padding"), ("something-else", "not made from")],
)
def test_what_is_wrong_with_a_challenge_is_said(challenge: str, word: str) -> None:
    (finding,) = told(PKCE | {"code_challenge": challenge}).findings
    assert word in finding.message


def test_a_right_challenge_is_no_finding() -> None:
    assert told(PKCE | {"code_challenge": challenge_of(VERIFIER)}).findings == ()


@given(st.text(alphabet="abcXYZ019-._~", min_size=43, max_size=128))
def test_the_challenge_is_the_unpadded_hash(verifier: str) -> None:
    challenge = challenge_of(verifier)
    assert len(challenge) == 43
    assert not set(challenge) & set("+/=")


def test_a_body_with_a_grant_type_is_a_token_request_wherever_it_goes() -> None:
    assert told(SERVICE, JSON, "/api/v2/login").rule == "token.wrong-path"


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        (SERVICE, {"grant_type": "client_credentials"}),
        (CODE, CODE | {"code": "<code>"}),
        (PKCE, PKCE | {"code": "<code>", "code_verifier": "<code_verifier>"}),
        (
            {"grant_type": "refresh_token", "refresh_token": "r"},
            {"grant_type": "refresh_token", "refresh_token": "<refresh_token>"},
        ),
    ],
)
@pytest.mark.parametrize("headers", [FORM, JSON])
@pytest.mark.parametrize("path", [TOKEN, "/api/v2/oauth/token"])
def test_the_equivalent_is_the_form_for_the_login_host(
    fields: dict[str, str], body: dict[str, str], headers: dict[str, str], path: str
) -> None:
    made = told(fields, headers, path).equivalent
    assert made is not None
    assert (made.method, made.path, made.body) == ("POST", TOKEN, body)


def test_what_is_missing_is_asked_for() -> None:
    found = told({"grant_type": "authorization_code", "client_id": "x"}, grant="pkce")
    assert found.equivalent is None
    assert asked(found, "the code?")
    assert asked(found, "the redirect_uri?")
    assert asked(found, "the code_verifier?")
    assert asked(told({"grant_type": "client_credentials"}), "id and secret")
    assert asked(told({"client_id": "x"}), "Who should the token stand for?")


def test_a_secret_in_the_form_and_a_scope_without_effect_are_notes() -> None:
    found = told(SERVICE | {"scope": "conversations routing:write"})
    assert [note.id for note in found.notes] == [
        "scope.unknown",
        "token.secret-in-form",
        "token.scope-without-effect",
    ]
    assert places(
        told("grant_type=client_credentials&client_id=a&client_secret=b+c"), "token.secret-with-space"
    ) == ["/client_secret"]


def test_how_pkce_goes_is_said_once() -> None:
    assert places(told(PKCE, grant="pkce"), "token.pkce-steps") == ["/code_verifier"]
    assert places(told(CODE, BASIC), "token.pkce-steps") == []


SECRETS = st.text(alphabet="ABCDEFGHJKLMNPQRSTUVWXYZ23456789", min_size=12, max_size=20)


@given(
    SECRETS,
    st.sampled_from([FORM, JSON, BASIC]),
    st.sampled_from(["client_credentials", "authorization_code", "x"]),
)
def test_no_secret_is_ever_shown(secret: str, headers: dict[str, str], grant: str) -> None:
    names = ("client_secret", "code", "code_verifier", "code_challenge", "refresh_token", "assertion")
    fields = {"grant_type": grant, "client_id": "demo"} | dict.fromkeys(names, secret)
    sent = {**headers, "authorization": f"Basic {secret}"} if headers is BASIC else headers
    assert secret not in str(told(fields, sent).as_dict())

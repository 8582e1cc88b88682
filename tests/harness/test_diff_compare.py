"""Two answers are compared aspect by aspect, and each says what it has that the other has not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from requests.structures import CaseInsensitiveDict

from ringback_client.transport import Reply
from ringback_harness.diff.compare import Aspect, Deviation, answer, differences, kind

CORRELATION = "ININ-Correlation-Id"
BODY = {"status": 400, "code": "bad.request", "message": "m", "contextId": "c"}


def reply(status: int, body: Any = None, /, **headers: str) -> Reply:
    named = CaseInsensitiveDict({name.replace("_", "-"): value for name, value in headers.items()})
    return Reply(status, named, body if isinstance(body, bytes) else json.dumps(body).encode())


def refusal(body: Any = None, /, **headers: str) -> Reply:
    return reply(400, BODY | (body or {}), **({CORRELATION: "c"} | headers))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (reply(400, BODY), "400 bad.request"),
        (reply(399, BODY), "399"),
        (reply(503, {"code": 7}), "503"),
        (reply(502, b"<html>"), "502"),
        (reply(202, {"code": "c"}), "202"),
    ],
)
def test_an_answer_is_its_status_and_the_code_of_a_refusal(given: Reply, said: str) -> None:
    assert answer(given) == said


def test_where_status_or_code_differ_nothing_else_is_compared() -> None:
    other = refusal({"code": "other", "more": 1}, Allow="GET")
    assert differences(refusal(), other) == [Deviation(Aspect.ANSWER, "400 bad.request", "400 other")]


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        ("a", "b", [Deviation(Aspect.ANSWER, "400 bad.request by a", "400 bad.request by b")]),
        ("a", "a", []),
        ("a", "", []),
        ("", "b", []),
    ],
)
def test_rules_count_where_both_sides_name_theirs(ours: str, theirs: str, said: list[Deviation]) -> None:
    assert differences(refusal(Ringback_Rule=ours), refusal(Ringback_Rule=theirs)) == said


def test_a_rule_is_told_only_where_the_answers_are_alike() -> None:
    ours, theirs = refusal(Ringback_Rule="a"), refusal({"code": "other"}, Ringback_Rule="b")
    assert differences(ours, theirs) == [Deviation(Aspect.ANSWER, "400 bad.request", "400 other")]


@pytest.mark.parametrize(
    ("changed", "ours", "theirs"),
    [
        ({"message": 5}, "message: string", "message: number"),
        ({"status": 404}, "status: the HTTP status", "status: 404 under HTTP 400"),
        ({"contextId": "d"}, f"contextId: the {CORRELATION}", f"contextId: not the {CORRELATION}"),
        ({"messageParams": {}}, "(nothing)", "messageParams: object"),
        ({"errors": [], "messageParams": None}, "(nothing)", "errors: array, messageParams: null"),
    ],
)
def test_the_envelope_is_compared_field_by_field(changed: dict[str, Any], ours: str, theirs: str) -> None:
    assert differences(refusal(), refusal(changed)) == [Deviation(Aspect.ENVELOPE, ours, theirs)]
    assert differences(refusal(changed), refusal()) == [Deviation(Aspect.ENVELOPE, theirs, ours)]


def test_a_context_id_without_a_header_to_repeat_is_as_good_as_one_that_repeats_it() -> None:
    found = differences(refusal(), reply(400, BODY))
    assert found == [Deviation(Aspect.HEADERS, f"{CORRELATION}: there", "(nothing)")]


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({"Allow": "GET"}, "Allow: there"),
        ({"Retry_After": "3"}, "Retry-After: there"),
        ({"WWW_Authenticate": "Bearer"}, "WWW-Authenticate: there"),
        ({"Content_Type": " Application/JSON ; charset=utf-8"}, "Content-Type: application/json"),
    ],
)
def test_of_the_headers_the_contract_s_are_compared_by_their_presence_and_the_media_type(
    headers: dict[str, str], told: str
) -> None:
    assert differences(refusal(), refusal(**headers)) == [Deviation(Aspect.HEADERS, "(nothing)", told)]
    otherwise = {name: value.upper() for name, value in headers.items()}
    assert differences(refusal(**headers), refusal(**otherwise)) == []


def test_a_refusal_without_an_envelope_lacks_each_of_its_fields() -> None:
    (found,) = differences(reply(400, {"code": "c"}), reply(400, {"code": "c", "status": 400}))
    assert found == Deviation(Aspect.ENVELOPE, "(nothing)", "status: the HTTP status")
    (found,) = differences(reply(400, {"code": "c", "contextId": "c"}), reply(400, {"code": "c"}))
    assert found == Deviation(Aspect.ENVELOPE, f"contextId: the {CORRELATION}", "(nothing)")


def test_a_success_has_no_envelope_whatever_its_fields_are_called() -> None:
    ours, theirs = reply(200, {"status": "open"}), reply(200, {"status": 5, "message": "m"})
    told = Deviation(Aspect.SHAPE, "status: string", "message: string, status: number")
    assert differences(ours, theirs) == [told]


def test_headers_of_others_are_theirs() -> None:
    assert differences(refusal(), refusal(Server="nginx", Via="1.1 gateway")) == []


def test_the_headers_of_a_rate_limit_count_where_both_have_one() -> None:
    whole = {f"inin_ratelimit_{name}": "1" for name in ("allowed", "count", "reset")}
    assert differences(refusal(**whole), refusal()) == differences(refusal(), refusal(**whole)) == []
    half = refusal(inin_ratelimit_reset="1")
    told = "inin-ratelimit-allowed: there, inin-ratelimit-count: there"
    assert differences(refusal(**whole), half) == [Deviation(Aspect.HEADERS, told, "(nothing)")]


@pytest.mark.parametrize(
    ("ours", "theirs", "told"),
    [
        ({"a": 1}, {"a": 1.5}, None),
        ({"a": 1}, {"a": 10**400}, None),
        ({"a": "x"}, {"a": "y"}, None),
        ({"a": 1}, {"a": True}, ("a: number", "a: boolean")),
        ({"a": {"b": 1}}, {"a": {"b": "x"}}, ("a.b: number", "a.b: string")),
        ({"a": [{"b": 1}]}, {"a": [{"b": 1}, {"c": None}]}, ("(nothing)", "a[].c: null")),
        ([1], [1, "x"], ("[]: number", "[]: string")),
        ("x", 5, (": string", ": number")),
        ({}, {"b": 1, "a": 1}, ("(nothing)", "a: number, b: number")),
    ],
)
def test_a_success_is_compared_by_the_shape_of_its_body(
    ours: Any, theirs: Any, told: tuple[str, str] | None
) -> None:
    found = differences(reply(200, ours), reply(200, theirs))
    assert found == ([Deviation(Aspect.SHAPE, *told)] if told else [])


@pytest.mark.parametrize("body", [b"<html>", b"[" * 10_000])
def test_a_body_that_is_no_json_differs_from_one_that_is_and_from_none(body: bytes) -> None:
    assert differences(reply(200, body), reply(200, b"")) == [
        Deviation(Aspect.SHAPE, ": string", ": null"),
    ]
    assert differences(reply(200, body), reply(200, b"{")) == []


def test_of_a_refusal_s_details_the_words_are_compared_and_of_other_fields_the_types() -> None:
    ours = refusal({"details": [{"fieldName": "to"}], "more": 1})
    theirs = refusal({"details": [{"fieldName": "from"}], "more": "x"})
    (found,) = differences(ours, theirs)
    assert found == Deviation(
        Aspect.SHAPE, "details[].fieldName: to, more: number", "details[].fieldName: from, more: string"
    )


def test_of_an_answer_for_the_moment_the_body_is_not_compared_and_the_rest_is() -> None:
    ours, theirs = refusal({"more": 1}), refusal({"more": "x"}, Allow="GET")
    assert [found.aspect for found in differences(ours, theirs)] == [Aspect.HEADERS, Aspect.SHAPE]
    assert [found.aspect for found in differences(ours, theirs, moment=True)] == [Aspect.HEADERS]


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ({}, "object"),
        ([], "array"),
        ("", "string"),
        (True, "boolean"),
        (1, "number"),
        (1.5, "number"),
        (None, "null"),
    ],
)
def test_each_json_type_has_its_name(value: Any, named: str) -> None:
    assert kind(value) == named

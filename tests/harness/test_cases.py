"""Cases: what is written is read again, a mistake is named, and a fix is told from a failure."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import example, given
from hypothesis import strategies as st

from ringback_client.urls import astray, url_of
from ringback_contracts.catalogue import TABLE
from ringback_contracts.core.model import Request, Rule
from ringback_harness import strategies
from ringback_harness.cases import (
    CaseError,
    CaseFile,
    as_document,
    load_case,
    load_cases,
    save_failures,
    try_case,
)
from ringback_harness.check.curl import clean
from ringback_harness.check.expectation import refused_by
from ringback_harness.check.results import CheckOutcome, Result, RoundTrip
from ringback_harness.check.rules import Worlds
from ringback_harness.check.verify import Standing, verify
from ringback_harness.cli import main
from ringback_harness.exits import SetupError
from ringback_harness.targets import InProcess, OutOfReach, Switches, World
from ringback_mock.site import Site
from tests.harness.deviant import deviant

ALICE = "user:a11ce000-0000-4000-8000-000000000001"
HYPHENS = {
    "why": "the CRM sends hyphens",
    "intent": {"to": "tel:+44-20-7946-0100", "from": ALICE, "contract": "participants"},
    "expect": {"rule": "tel.not-plain"},
}
PLACED = {
    "why": "orders are confirmed by phone",
    "request": {"body": {"phoneNumber": "+442079460100"}},
    "expect": {"status": 202},
}
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(document: Any, name: str = "case.yaml") -> Path:
        path = tmp_path / "cases" / name
        path.parent.mkdir(exist_ok=True)
        text = json.dumps(document) if name.endswith("json") else yaml.safe_dump(document)
        path.write_text(text, "utf-8")
        return path

    return write


def result_of(case: CaseFile) -> Result:
    return try_case(Worlds(InProcess()), case)


@pytest.mark.parametrize("name", ["case.yaml", "case.yml", "case.json"])
@pytest.mark.parametrize("document", [HYPHENS, PLACED])
def test_a_case_is_read_and_holds_on_the_mock(write: Write, document: dict[str, Any], name: str) -> None:
    case = load_case(write(document, name))
    assert case.why == document["why"]
    assert result_of(case).outcome is CheckOutcome.HELD


def test_a_case_can_need_an_org_with_other_switches(write: Write) -> None:
    strict = {
        "why": "we dial what people type",
        "org": {"strict_numbers": True},
        "request": {"body": {"phoneNumber": "+15551234567"}},
        "expect": {"status": 422, "code": "invalid.phone.number"},
    }
    assert result_of(load_case(write(strict))).outcome is CheckOutcome.HELD
    assert result_of(load_case(write({**strict, "org": {}}))).outcome is CheckOutcome.FAILED


@pytest.mark.parametrize(
    ("token", "rule"), [("carol", "permission.missing"), ("nobody", "token.unknown"), (None, "token.missing")]
)
def test_a_case_says_who_asks(write: Write, token: str | None, rule: str) -> None:
    case = load_case(write({**PLACED, "as": token, "expect": {"rule": rule}}))
    assert result_of(case).outcome is CheckOutcome.HELD


MISTAKES: list[tuple[Any, str]] = [
    ([], "expected a table"),
    ({**PLACED, "wy": "x"}, "no key 'wy'; the nearest is 'why'"),
    ({**PLACED, "why": ""}, "'why' is missing"),
    ({**PLACED, "intent": HYPHENS["intent"]}, "either a 'request' or an 'intent'"),
    ({**PLACED, "request": {"boddy": {}}}, "request: there is no key 'boddy'; the nearest is 'body'"),
    ({**PLACED, "request": {"body": {}, "raw": "x"}}, "only one of body, raw"),
    ({**PLACED, "request": {"base64": "!"}}, "request.base64"),
    ({**PLACED, "request": {"headers": {"Authorization": "Bearer x"}}}, "say who asks with 'as'"),
    ({**PLACED, "as": "alise"}, "the nearest is 'alice'"),
    (
        {**PLACED, "org": {"strict_number": True}},
        "org: there is no key 'strict_number'; the nearest is 'strict_numbers'",
    ),
    ({**PLACED, "org": {"strict_numbers": "yes"}}, "org: strict_numbers"),
    ({**PLACED, "org": {"limits": {"rate_per_minute": 5}}}, "there is no key 'limits'"),
    ({**PLACED, "exspect": {}}, "no key 'exspect'; the nearest is 'expect'"),
    ({**PLACED, "request": {"bas64": ""}}, "request: there is no key 'bas64'; the nearest is 'base64'"),
    (
        {**HYPHENS, "intent": {"to": "x", "form": ALICE}},
        "intent: there is no key 'form'; the nearest is 'from'",
    ),
    ({**PLACED, "expect": {}}, "'status' is missing"),
    ({**PLACED, "expect": {"status": 400}}, "an error needs its 'code'"),
    (
        {**PLACED, "expect": {"status": 202, "rule": "tel.no-plus"}},
        "is not the rule's: tel.no-plus answers 400 bad.request; leave out 'status'",
    ),
    (
        {**PLACED, "expect": {"status": 403, "code": "bad.request", "rule": "tel.no-plus"}},
        "is not the rule's: tel.no-plus answers 400 bad.request; leave out 'status'",
    ),
    (
        {**PLACED, "expect": {"status": 400, "code": "not.found", "rule": "tel.no-plus"}},
        "expect.code: 'not.found' is not the rule's: tel.no-plus answers 400 bad.request",
    ),
    ({**PLACED, "expect": {"code": "not.found", "rule": "tel.no-plus"}}, "expect.code: 'not.found' is not"),
    ({**PLACED, "expect": {"status": 202, "code": "bad.request"}}, "expect.code: 202 is no error"),
    ({**PLACED, "expect": {"status": 202, "code": 5}}, "expect.code: 202 is no error"),
    ({**PLACED, "expect": {"status": 20}}, "expect.status: 20 ends no exchange"),
    ({**PLACED, "expect": {"status": 4000, "code": "x"}}, "expect.status: 4000 ends no exchange"),
    ({**PLACED, "expect": {"rule": "tel.no-pluss"}}, "the nearest is 'tel.no-plus'"),
    ({**PLACED, "expect": {"statuss": 400}}, "the nearest is 'status'"),
    ({**HYPHENS, "intent": {"to": "x", "contract": "both"}}, "'both' is none of published, participants"),
    ({**HYPHENS, "intent": {"from": ALICE}}, "'to' is missing"),
]


def test_a_path_goes_out_as_it_is_written(write: Write) -> None:
    written = "/api/v2/conversations/calls/a%20b%C3%BC%3f?pageSize=1&q=%2F#"
    with pytest.raises(CaseError, match=r"holds '#', which no URL does; write %23"):
        load_case(write({**PLACED, "request": {"path": written}}))
    request = load_case(write({**PLACED, "request": {"path": written[:-1]}})).request
    assert (request.path, request.query) == ("/api/v2/conversations/calls/a b\u00fc?", "pageSize=1&q=%2F")
    assert url_of("", request.path, request.query).lower() == written[:-1].lower()


def test_a_query_reaches_the_target(write: Write) -> None:
    listing = {"method": "GET", "path": "/api/v2/conversations/calls?pageSize=1"}
    case = load_case(write({**PLACED, "request": listing, "expect": {"status": 200}}))
    (verified,) = verify([case], Worlds(InProcess()), Worlds(InProcess()))
    assert verified.standing is Standing.FIXED, verified.reasons


@pytest.mark.parametrize(
    "path", ["/api/%2Fevil", "/api/%zz", "/api/100%", "/api/%ff", "/api/%2e%2e/evil", "/%2fevil.test"]
)
def test_a_path_that_could_not_go_out_as_it_is_written_does_not_load(write: Write, path: str) -> None:
    with pytest.raises(CaseError, match=r"request\.path: "):
        load_case(write({**PLACED, "request": {"path": path}}))


PLACES = st.text(st.characters(codec="utf-8"), max_size=10).map(lambda rest: f"/api/{rest}")
QUERIES = st.text(st.characters(codec="utf-8"), max_size=10)


@given(PLACES, QUERIES)
def test_any_path_that_can_be_sent_survives_being_saved(
    tmp_path_factory: pytest.TempPathFactory, path: str, query: str
) -> None:
    request = Request("GET", path, {"authorization": "Bearer bob"}, query=query)
    for saved in save_failures([failure_of(request)], tmp_path_factory.mktemp("saved")):
        assert load_case(saved).request.path == path
        assert unquote(load_case(saved).request.query) == unquote(query)
        return
    assert astray(path)


ELSEWHERE = (
    ".evil.mypurecloud.ie/api/v2/users/me",
    "@evil.test/api/v2/users/me",
    ":9@evil.test/",
    "//evil.test/api",
    "https://evil.test/api",
    "api/v2/users/me",
    "\\\\evil.test",
    "/\\evil.test",
    "/api\r\nHost: evil.test",
    "/api/v2/users/\x00",
    "/api/../evil",
    "/api/v2/users/\ud800",
)


@given(st.sampled_from(list(TABLE)))
def test_a_rule_may_be_named_with_what_it_answers(
    tmp_path_factory: pytest.TempPathFactory, rule: Rule
) -> None:
    told = {"status": rule.status, "code": rule.code, "rule": rule.id}
    path = tmp_path_factory.mktemp("cases") / "case.json"
    path.write_text(json.dumps({**PLACED, "expect": told}))
    assert load_case(path).expected == replace(refused_by(rule), operation="postConversationsCalls")


@pytest.mark.parametrize("path", ELSEWHERE)
def test_a_path_that_leads_away_from_the_target_does_not_load(write: Write, path: str) -> None:
    case = write({**PLACED, "request": {"method": "GET", "path": path}}, "case.json")
    if "\ud800" in path:  # which orjson reads from no file, but YAML's reader does
        case = case.rename(case.with_suffix(".yaml"))
    run = CliRunner().invoke(main, ["verify-fix", str(case.parent), "--target", "http://127.0.0.1:9"])
    assert run.exit_code == 2
    assert f"{case}: request.path: it " in run.output


@pytest.mark.parametrize("method", ["GET http://evil.test/", "GET\r\nHost: evil.test", "G\u00cbT"])
def test_a_method_that_is_more_than_one_does_not_load(write: Write, method: str) -> None:
    with pytest.raises(CaseError, match=r"request\.method: "):
        load_case(write({**PLACED, "request": {"method": method}}))


@pytest.mark.parametrize(("document", "word"), MISTAKES)
def test_a_mistake_is_named_with_the_file(write: Write, document: Any, word: str) -> None:
    path = write(document)
    with pytest.raises(CaseError) as caught:
        load_case(path)
    assert str(caught.value.message).startswith(f"{path}: ")
    assert word in caught.value.message


def test_a_real_token_is_not_repeated_in_the_error(write: Write) -> None:
    with pytest.raises(CaseError) as caught:
        load_case(write({**PLACED, "as": "s3cr3t-t0k3n"}))
    assert "s3cr3t" not in caught.value.message


@pytest.mark.parametrize("text", ["why: [", "\t- x", "{"])
def test_what_is_no_yaml_is_told(write: Write, text: str) -> None:
    path = write({})
    path.write_text(text)
    with pytest.raises(CaseError, match="cannot be read"):
        load_case(path)


def test_a_folder_without_cases_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"holds no case.*Write one.*it says of any other failure why not"):
        load_cases(tmp_path)
    with pytest.raises(CaseError, match="is no folder"):
        load_cases(tmp_path / "nowhere")


# --- writing ------------------------------------------------------------------------------------------


def failure_of(request: Request, switches: Switches | None = None) -> Result:
    return Result(
        "rules",
        "destination.missing",
        "postConversationsCalls",
        CheckOutcome.FAILED,
        ("expected 400, answered 202",),
        RoundTrip(request),
        refused_by(TABLE["destination.missing"]),
        switches or {},
    )


@given(strategies.requests(), st.sampled_from([{}, {"strict_numbers": True}]))
def test_a_saved_failure_is_read_as_the_same_request(
    tmp_path_factory: pytest.TempPathFactory, request: Request, switches: Switches
) -> None:
    failure = failure_of(request, switches)
    folder = tmp_path_factory.mktemp("saved")
    (path,) = save_failures([failure], folder)
    case = load_case(path)
    told = clean(request)
    assert replace(case.request, body=b"") == replace(told, body=b"")
    assert json.loads(case.request.body) == json.loads(told.body)
    assert case.switches == switches
    assert (case.expected.status, case.expected.code, case.expected.rule) == (
        400,
        "bad.request",
        "destination.missing",
    )
    assert save_failures([failure], folder) == [path]


@given(st.binary(min_size=1, max_size=20) | st.text(min_size=1, max_size=20).map(str.encode))
@example(b'{"priority":NaN}')
@example(b"[-Infinity]")
def test_any_body_survives_being_saved(tmp_path_factory: pytest.TempPathFactory, body: bytes) -> None:
    headers = {"content-type": "text/plain", "host": "127.0.0.1", "authorization": "Bearer bob"}
    request = Request("POST", "/api/v2/conversations/calls", headers, body)
    (path,) = save_failures([failure_of(request)], tmp_path_factory.mktemp("saved"))
    saved = load_case(path).request
    assert replace(saved, body=b"") == replace(request, body=b"")
    assert saved.body == body or json.loads(saved.body) == json.loads(body)


def test_a_repeated_key_is_not_lost() -> None:
    body = b'{"phoneNumber": "+442079460100", "phoneNumber": 5}'
    written = as_document(failure_of(Request("POST", "/x", {}, body)))
    assert written["request"]["raw"].encode() == body


def test_what_no_single_request_shows_is_not_saved(tmp_path: Path) -> None:
    request = Request("POST", "/x", {})
    unsayable = [
        replace(failure_of(request), used=2),
        replace(failure_of(request), expected=None),
        replace(failure_of(request), exchange=None),
        failure_of(replace(request, well_formed=False)),
        failure_of(replace(request, host_allowed=False)),
        failure_of(replace(request, path="//evil.test/x")),
    ]
    assert save_failures(unsayable, tmp_path) == []


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SetupError, match="cannot be written"):
        save_failures([failure_of(Request("POST", "/x"))], tmp_path / "file")


# --- verifying a fix ----------------------------------------------------------------------------------


class Nowhere(InProcess):
    def world(self, switches: Switches | None = None) -> World:
        raise OutOfReach("there is no such org")


def case_of(document: dict[str, Any], write: Write) -> CaseFile:
    return load_case(write(document))


def test_a_case_that_holds_everywhere_is_fixed(write: Write) -> None:
    (verified,) = verify([case_of(HYPHENS, write)], Worlds(InProcess()), Worlds(InProcess()))
    assert (verified.standing, verified.reasons) == (Standing.FIXED, ())


def test_a_case_that_the_target_answers_otherwise_still_fails(write: Write) -> None:
    table = TABLE.without("tel.not-plain")
    broken = InProcess(lambda store: Site(store, table).answer)
    (verified,) = verify([case_of(HYPHENS, write)], Worlds(InProcess()), Worlds(broken))
    assert verified.standing is Standing.FAILING
    assert verified.reasons[0].startswith("target: expected 400")


def test_what_cannot_be_tried_there_is_not_comparable(write: Write) -> None:
    (verified,) = verify([case_of(HYPHENS, write)], Worlds(InProcess()), Worlds(Nowhere()))
    assert (verified.standing, verified.reasons) == (
        Standing.NOT_COMPARABLE,
        ("target: there is no such org",),
    )


def test_the_command_says_how_each_case_stands(write: Write) -> None:
    write(HYPHENS, "hyphens.yaml")
    folder = write(PLACED, "placed.json").parent
    with deviant(TABLE.without("tel.not-plain")) as url:
        run = CliRunner().invoke(main, ["verify-fix", str(folder), "--target", url])
    lines = run.output.splitlines()
    assert lines[0].split(maxsplit=2) == ["still", "failing", "hyphens: the CRM sends hyphens"]
    assert "target: expected 400" in lines[1]
    assert lines[2].split(maxsplit=1) == ["fixed", "placed: orders are confirmed by phone"]
    assert run.exit_code == 1


def test_the_command_is_content_when_all_are_fixed(write: Write) -> None:
    run = CliRunner().invoke(main, ["verify-fix", str(write(HYPHENS).parent)])
    assert (run.exit_code, run.output) == (0, f"{'fixed':<15} case: the CRM sends hyphens\n")


def test_a_broken_case_is_wrong_usage(write: Write) -> None:
    run = CliRunner().invoke(main, ["verify-fix", str(write({}).parent)])
    assert run.exit_code == 2

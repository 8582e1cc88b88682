"""Reports and lines to paste: complete, readable by others, and without anybody's secrets or numbers."""

from __future__ import annotations

import copy
import json
import shlex
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

import orjson
import pytest
from hypothesis import given
from requests.structures import CaseInsensitiveDict

from ringback_client.transport import Reply
from ringback_contracts.catalogue import TABLE
from ringback_contracts.core.model import Request
from ringback_harness import strategies
from ringback_harness.check import events, screen
from ringback_harness.check.cleaned import publish
from ringback_harness.check.curl import as_curl, clean
from ringback_harness.check.expectation import refused_by
from ringback_harness.check.recipe import RecipeTarget
from ringback_harness.check.report import write_reports
from ringback_harness.check.results import CheckOutcome, Ledger, Result, RoundTrip
from ringback_harness.exits import SetupError

SECRET = "s3cr3t-t0k3n-0123"
PERSON = "+13172345678"
HEADERS = {"authorization": f"Bearer {SECRET}", "content-type": "application/json", "host": "127.0.0.1"}


def exchange(body: bytes = b"{}") -> RoundTrip:
    request = Request("POST", "/api/v2/conversations/calls", HEADERS, body)
    headers = CaseInsensitiveDict({"Content-Type": "application/json"})
    return RoundTrip(request, Reply(400, headers, orjson.dumps({"message": f"cannot dial {PERSON}"})))


def result(outcome: CheckOutcome, subject: str = "tel.no-plus", body: bytes = b"{}") -> Result:
    reasons = () if outcome is CheckOutcome.HELD else (f"because of {PERSON} \x00",)
    expected = refused_by(TABLE["tel.no-plus"])
    return Result("rules", subject, "postConversationsCalls", outcome, reasons, exchange(body), expected)


@pytest.fixture
def ledger() -> Ledger:
    ledger = Ledger()
    person = json.dumps({"phoneNumber": PERSON}).encode()
    for each in (
        result(CheckOutcome.HELD),
        result(CheckOutcome.FAILED, body=person + b" " * 10),
        result(CheckOutcome.FAILED, body=person),
        result(CheckOutcome.NOT_REACHED, "rate.exceeded"),
        result(CheckOutcome.HELD, "sip.malformed"),
    ):
        ledger.add(each)
    return ledger


def test_a_failure_is_kept_once_by_its_smallest_example(ledger: Ledger) -> None:
    (failure,) = ledger.failures
    assert failure.exchange is not None
    assert not failure.exchange.request.body.endswith(b" ")
    assert (ledger.tried, ledger.total(CheckOutcome.FAILED), ledger.total(CheckOutcome.NOT_REACHED)) == (
        4,
        2,
        1,
    )


def test_the_json_report_tells_everything(ledger: Ledger, tmp_path: Path) -> None:
    (path,) = write_reports(ledger, ["json"], tmp_path / "new")
    told = json.loads(path.read_text())
    assert (told["tried"], told["held"], told["failed"], told["not_reached"]) == (4, 2, 2, 1)
    rows = {row["subject"]: row for row in told["rows"]}
    assert (rows["tel.no-plus"]["held"], rows["tel.no-plus"]["failed"]) == (1, 2)
    assert rows["rate.exceeded"]["reason"].startswith("because of")
    assert told["failures"][0]["expected"] == "400 bad.request (tel.no-plus)"
    assert told["failures"][0]["curl"].startswith("curl ")


def test_the_junit_report_is_read_by_a_ci(ledger: Ledger, tmp_path: Path) -> None:
    (path,) = write_reports(ledger, ["junit"], tmp_path)
    (suite,) = ET.parse(path).getroot().findall("testsuite")
    assert (suite.get("name"), suite.get("tests"), suite.get("failures"), suite.get("skipped")) == (
        "rules",
        "3",
        "1",
        "1",
    )
    cases = {case.get("name"): [child.tag for child in case] for case in suite}
    assert cases == {"tel.no-plus": ["failure"], "rate.exceeded": ["skipped"], "sip.malformed": []}


def test_the_har_report_has_every_exchange(ledger: Ledger, tmp_path: Path) -> None:
    (path,) = write_reports(ledger, ["har"], tmp_path)
    entries = json.loads(path.read_text())["log"]["entries"]
    assert len(entries) == 5
    assert {entry["response"]["status"] for entry in entries} == {400}
    assert {entry["request"]["method"] for entry in entries} == {"POST"}


def test_no_report_shows_a_secret_or_a_persons_number(ledger: Ledger, tmp_path: Path) -> None:
    for path in write_reports(ledger, ["json", "junit", "har"], tmp_path):
        text = path.read_text()
        assert SECRET not in text, path
        assert PERSON[1:] not in text, path


def test_a_folder_that_cannot_be_written_is_told(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SetupError, match="cannot be written"):
        write_reports(ledger, ["json"], tmp_path / "file")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


# --- what schemathesis reports ------------------------------------------------------------------------

NAMED = json.dumps({"phoneNumber": PERSON, "access_token": SECRET})
CURL = (
    f"curl -X POST -H 'Authorization: Bearer {SECRET}' -d '{NAMED}' http://127.0.0.1:1/api?q=%2B13172345678"
)
RAW_HAR = {
    "log": {
        "entries": [
            {
                "request": {
                    "method": "POST",
                    "url": f"http://127.0.0.1:1/api/{PERSON}",
                    "headers": [{"name": "Authorization", "value": f"Bearer {SECRET}"}],
                    "queryString": [{"name": "q", "value": PERSON}, {"name": "q", "value": "x"}],
                    "cookies": [],
                    "postData": {"mimeType": "application/json", "text": NAMED},
                },
                "response": {
                    "status": 400,
                    "headers": [{"name": "X-Who", "value": PERSON}],
                    "redirectURL": f"/{PERSON}",
                    "content": {
                        "mimeType": "text/plain",
                        "text": f"no {PERSON} for joe@corp.example.org",
                    },
                },
            }
        ]
    }
}
RAW_JUNIT = ET.Element("testsuites")
ET.SubElement(ET.SubElement(RAW_JUNIT, "testcase", name="a"), "failure", message=CURL).text = CURL
RAW = {
    "har-1.json": json.dumps(RAW_HAR),
    "junit-1.xml": ET.tostring(RAW_JUNIT, encoding="unicode"),
    "json-1.json": json.dumps({"seed": 5, "started_at": "2026-11-22T02:15:35+00:00", "failures": [CURL]}),
}


@pytest.fixture
def published(tmp_path: Path) -> Path:
    (tmp_path / "raw").mkdir()
    for name, text in RAW.items():
        (tmp_path / "raw" / name).write_text(text)
    publish(tmp_path / "raw", tmp_path / "clean")
    return tmp_path / "clean"


@pytest.mark.parametrize("name", RAW)
def test_a_report_of_schemathesis_shows_no_secret_and_nobody_s_number(name: str, published: Path) -> None:
    text = (published / name).read_text()
    assert "+442079460150" in text, "the same person is the same test number in every report"
    for hidden in (SECRET, PERSON[1:], "joe@corp.example.org"):
        assert hidden in "".join(RAW.values())
        assert hidden not in text


def test_a_clean_report_says_the_same_otherwise(published: Path) -> None:
    (entry,) = json.loads((published / "har-1.json").read_text())["log"]["entries"]
    assert [pair["name"] for pair in entry["request"]["queryString"]] == ["q", "q"]
    assert json.loads(entry["request"]["postData"]["text"]) == {
        "phoneNumber": "+442079460150",
        "access_token": "***",
    }
    told = json.loads((published / "json-1.json").read_text())
    assert (told["seed"], told["started_at"]) == (5, "2026-11-22T02:15:35+00:00")
    assert ET.parse(published / "junit-1.xml").find("testcase/failure") is not None


def test_a_report_that_broke_off_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "har-1.json").write_text(RAW["har-1.json"][:-9])
    (tmp_path / "raw" / "junit-1.xml").write_text(RAW["junit-1.xml"][:-9])
    publish(tmp_path / "raw", tmp_path / "clean")
    assert list((tmp_path / "clean").iterdir()) == []


# --- lines to paste -----------------------------------------------------------------------------------


def pasted(line: str) -> Request:
    """What a shell and curl make of the line."""
    words = shlex.split(line)
    assert words[:2] == ["curl", "-i"]
    method, headers, body, url = None, {"host": "127.0.0.1"}, b"", ""
    rest = iter(words[2:])
    for word in rest:
        if word == "-X":
            method = next(rest)
        elif word == "-H":
            name, _, value = next(rest).partition(":")
            headers[name.removesuffix(";")] = value.strip()
        elif word == "--data-raw":
            body = next(rest).encode()
        else:
            url = word
    return Request(method or ("POST" if body else "GET"), unquote(urlsplit(url).path), headers, body)


@given(strategies.requests())
def test_a_line_makes_the_request_that_it_shows(request: Request) -> None:
    line = as_curl(request)
    if line.startswith("curl "):
        assert pasted(line) == request


def test_a_line_names_the_method_and_where_it_goes() -> None:
    line = as_curl(Request("PATCH", "/a b", {"host": "x"}, b"", "q=1"), "http://127.0.0.1:1")
    assert line == "curl -i -X PATCH 'http://127.0.0.1:1/a%20b?q=1'"


def test_a_secret_token_stays_a_variable() -> None:
    line = as_curl(exchange().request)
    assert SECRET not in line
    assert '"authorization: Bearer $RINGBACK_ACCESS_TOKEN"' in line


def test_a_line_of_a_user_s_request_reproduces_it_and_shows_no_secret_of_it() -> None:
    headers = {"authorization": "Bearer alice", "content-type": "application/json", "x-api-key": SECRET}
    body = json.dumps({"phoneNumber": PERSON, "password": SECRET}).encode()
    line = as_curl(clean(Request("POST", f"/api/{PERSON}", headers, body, f"token={SECRET}")))
    assert "-H 'authorization: Bearer alice'" in line
    assert "/api/%2B442079460150" in line
    assert '"phoneNumber": "+442079460150"' in line
    assert SECRET not in line
    assert PERSON[1:] not in line


@pytest.mark.parametrize("public", [True, False])
def test_a_failed_case_is_shown_with_a_line_that_can_be_sent(
    *, public: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    headers = {"authorization": "Bearer alice", "x-api-key": SECRET}
    failed = Result(
        "cases", "mine", "", CheckOutcome.FAILED, ("no",), RoundTrip(Request("GET", "/a", headers))
    )
    ledger = Ledger()
    ledger.add(failed)
    screen.show(ledger, {}, RecipeTarget(public=public))
    output = capsys.readouterr().out
    asks = "'authorization: Bearer alice'" if public else '"authorization: Bearer $RINGBACK_ACCESS_TOKEN"'
    assert f"-H {asks} -H 'x-api-key: ***'" in output


# --- what schemathesis writes -------------------------------------------------------------------------

SCENARIO: dict[str, Any] = {
    "ScenarioFinished": {
        "recorder": {
            "label": "POST /api/v2/conversations/calls",
            "cases": {
                "a": {"value": {"method": "POST", "path": "/api/v2/conversations/calls"}},
                "b": {"value": {"method": "TRACE", "path": "/api/v2/conversations/calls"}},
            },
            "checks": {
                "a": [
                    {"name": "fine", "status": "success"},
                    {
                        "name": "bad",
                        "status": "failure",
                        "failure_info": {"failure": {"message": "it is bad\n\nat length"}},
                    },
                ],
                "b": [{"name": "fine", "status": "success"}],
            },
            "interactions": {
                "a": {
                    "request": {
                        "method": "POST",
                        "uri": "http://127.0.0.1:1/api/v2/conversations/calls?x=1",
                        "headers": {"Authorization": ["[Filtered]"], "Content-Type": ["application/json"]},
                        "body": {"$base64": "e30="},
                    },
                    "response": {"status_code": 400, "headers": {"A": ["b"]}, "content": {"$base64": "e30="}},
                }
            },
        }
    }
}


def test_every_test_case_counts_and_a_failure_has_its_request(tmp_path: Path) -> None:
    report = tmp_path / "events.ndjson"
    report.write_bytes(orjson.dumps(SCENARIO) + b'\n{"EngineFinished":{}}\n')
    failed, held = events.results(report)
    assert (failed.outcome, failed.operation, failed.reasons) == (
        CheckOutcome.FAILED,
        "postConversationsCalls",
        ("bad: it is bad",),
    )
    assert failed.exchange is not None
    assert failed.exchange.request == Request(
        "POST",
        "/api/v2/conversations/calls",
        {"authorization": "Bearer alice", "content-type": "application/json"},
        b"{}",
        "x=1",
    )
    assert (held.outcome, held.operation) == (CheckOutcome.HELD, "postConversationsCalls")
    assert events.complete(report)


def test_a_test_case_that_follows_another_has_all_its_requests(tmp_path: Path) -> None:
    recorder = copy.deepcopy(SCENARIO["ScenarioFinished"]["recorder"])
    recorder["cases"]["b"]["parent_id"] = "a"
    recorder["checks"]["b"] = recorder["checks"].pop("a")
    recorder["interactions"]["b"] = recorder["interactions"]["a"]
    report = tmp_path / "events.ndjson"
    report.write_bytes(orjson.dumps({"ScenarioFinished": {"recorder": recorder}}))
    (failed,) = events.results(report)
    assert [step.request.method for step in failed.steps] == ["POST", "POST"]


def test_a_run_that_was_cut_short_counts_as_far_as_it_went(tmp_path: Path) -> None:
    report = tmp_path / "events.ndjson"
    report.write_bytes(orjson.dumps(SCENARIO) + b'\n{"ScenarioFin')
    assert len(list(events.results(report))) == 2
    assert not events.complete(report)
    assert list(events.results(tmp_path / "none")) == []


def test_an_error_of_schemathesis_is_a_failure(tmp_path: Path) -> None:
    report = tmp_path / "events.ndjson"
    error = {"NonFatalError": {"label": "GET /api/v2/users/me", "info": {"message": "no such file"}}}
    report.write_bytes(orjson.dumps(error))
    (failure,) = events.results(report)
    assert (failure.failed, failure.operation, failure.reasons) == (True, "getUsersMe", ("no such file",))

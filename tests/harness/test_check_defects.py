"""One fault is one defect, however many attempts show it, and the most telling comes first."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from ringback_contracts.catalogue import TABLE
from ringback_contracts.core.model import Request
from ringback_contracts.resources.calls.paths import CALLS_PATH
from ringback_harness.check import events, screen
from ringback_harness.check.defects import defects
from ringback_harness.check.events import STRIPPED
from ringback_harness.check.flow import FLOWS, check_flow
from ringback_harness.check.flow_mutants import FLOW_MUTANTS
from ringback_harness.check.reasons import (
    KINDS,
    AnswerSummary,
    Mismatch,
    NoRule,
    TypedReason,
    Unpublished,
    Unread,
    WrongAnswer,
    WrongMediaType,
    as_json,
)
from ringback_harness.check.results import CheckOutcome, Ledger, Result, RoundTrip
from ringback_harness.check.rules import Worlds, check_rules
from ringback_harness.check.saving import why_not
from ringback_harness.targets import InProcess, call_request
from ringback_mock.engine.store import Store
from ringback_mock.http import Response
from ringback_mock.site import Site

ID_LOST = "the reply to a placed call has no id that is a UUID"


def failure(subject: str, *reasons: str, suite: str = "rules", body: Any = None) -> Result:
    return Result(suite, subject, "op", CheckOutcome.FAILED, reasons, RoundTrip(call_request(body)))


def ledger(*results: Result) -> Ledger:
    ledger = Ledger()
    for each in results:
        ledger.add(each)
    return ledger


def test_a_lost_id_is_one_defect_before_its_consequences() -> None:
    worlds = Worlds(InProcess(FLOW_MUTANTS["a placed call without id"]))
    quick = [flow for flow in FLOWS if flow.id != "a call tells its legs apart"]
    found = defects(ledger(*check_flow(worlds, quick), *check_rules(worlds)))
    assert len(found) < 8, "some seventy rules fail"
    assert sum(len(each.reasons) for each in found) == len({each for all_ in found for each in all_.reasons})
    assert found[0].reasons == (ID_LOST,)
    assert found[0].times > 50
    assert len(found[0].example.steps) == 1, "shown by one request, not by a flow that went on from it"


def test_reasons_that_come_only_together_are_one_defect_and_others_are_their_own() -> None:
    found = defects(ledger(failure("a", "x", "y"), failure("b", "x", "y", "z"), failure("b", "x", "y", "z")))
    assert [(each.reasons, each.times, each.where) for each in found] == [
        (("x", "y"), 3, ("a", "b")),
        (("z",), 2, ("b",)),
    ]


def test_a_user_s_own_case_comes_first_and_what_a_gateway_takes_away_last() -> None:
    many = [failure("schemathesis", STRIPPED, suite="document") for _ in range(50)]
    schema = [failure("schemathesis", "schema", suite="document") for _ in range(9)]
    found = defects(ledger(*many, *schema, failure("r", "wrong"), failure("mine", "no", suite="cases")))
    assert [each.reasons[0] for each in found] == ["no", "wrong", "schema", STRIPPED]


def test_another_media_type_is_one_cause_whoever_sees_it() -> None:
    told = WrongMediaType("content_type_conformance: Received: text/plain Documented: application/json")
    seen = WrongMediaType("the Content-Type is 'text/plain', not application/json")
    (found,) = defects(
        ledger(failure("a", seen), failure("b", seen, "x"), failure("c", told, suite="document"))
    )[:1]
    assert (found.title, found.times) == (seen, 3)


def test_another_success_is_no_refusal() -> None:
    (found,) = defects(ledger(failure("a", Mismatch.of(AnswerSummary(202), AnswerSummary(200)))))
    assert found.title == "valid requests are answered with another success: expected 202, answered 200"


def over_at_once(store: Store) -> Callable[[Request], Response]:
    """A mock whose calls read as over from the start."""
    site = Site(store)

    def answer(request: Request) -> Response:
        response = site.answer(request)
        if request.method != "GET" or not request.path.startswith(f"{CALLS_PATH}/"):
            return response
        call = orjson.loads(response.body)
        for leg in call.get("participants", ()):
            leg["state"] = "terminated"
        return replace(response, body=orjson.dumps(call))

    return answer


def test_a_call_that_does_not_go_on_is_one_defect_with_all_that_goes_on_from_it() -> None:
    (found,) = defects(ledger(*check_flow(Worlds(InProcess(over_at_once)))))
    assert found.title == "the call has nobody on it as soon as it is placed"
    assert "the end of one call ended another" in found.reasons


def forgetful(store: Store) -> Callable[[Request], Response]:
    """A mock whose lists lack the call that came first."""
    site = Site(store)

    def answer(request: Request) -> Response:
        response = site.answer(request)
        if request.method != "GET" or request.path != CALLS_PATH or response.status != 200:
            return response
        listing = orjson.loads(response.body)
        return replace(response, body=orjson.dumps(listing | {"entities": listing["entities"][1:]}))

    return answer


def test_a_list_that_lacks_the_first_call_is_noticed_since_flows_leave_no_calls_behind() -> None:
    (found,) = defects(ledger(*check_flow(Worlds(InProcess(forgetful)))))
    assert found.title == "a call that goes on is not in its user's list"


def test_a_refusal_that_names_no_rule_is_the_same_fault_for_every_rule() -> None:
    worlds = Worlds(InProcess(FLOW_MUTANTS["an error that names no rule"]))
    (found,) = defects(ledger(*check_rules(worlds)))
    assert found.reasons == ("the refusal comes without Ringback-Rule",)
    assert set(found.where) == {rule.id for rule in TABLE}


def test_the_screen_says_how_often_and_where_and_what_is_not_saved(
    capsys: pytest.CaptureFixture[str],
) -> None:
    many = [failure(f"r{number}", "wrong", body={"n": "x" * number}) for number in range(12)]
    screen.show(ledger(*many), {}, unsaved=why_not)
    output = capsys.readouterr().out
    assert "1. wrong (12 times)\n   at r0 op\n" in output
    assert "also: r1, r2, r3, r4, r5, r6, r7, r8 and 3 more" in output
    assert output.count("curl ") == 1
    assert "(12 of 12 failures)" in output


def checks(*failed: tuple[str, str], **further: Any) -> bytes:
    """What schemathesis reports of failed checks, the ``further`` things of each failure among them."""
    told = [
        {"name": name, "status": "failure", "failure_info": {"failure": {"message": message, **further}}}
        for name, message in failed
    ]
    recorder = {
        "label": "GET /api/v2/users/me",
        "cases": {"a": {"value": {"method": "GET", "path": "/api/v2/users/me"}}},
        "checks": {"a": told},
    }
    return orjson.dumps({"ScenarioFinished": {"recorder": recorder}})


def test_headers_of_ringback_s_own_that_are_missing_are_told_once(tmp_path: Path) -> None:
    missing = "The following required headers are missing from the response:"
    report = tmp_path / "events.ndjson"
    report.write_bytes(
        checks(
            (
                "response_headers_conformance",
                f"{missing}\n- `Ringback-Version`\n- `Ringback-Rule`\n- `Allow`",
            ),
            ("not_a_server_error", "it is"),
        )
    )
    (failed,) = events.results(report)
    assert failed.reasons == (
        STRIPPED,
        "response_headers_conformance: Allow is required, and missing",
        "not_a_server_error: it is",
    )


@pytest.mark.parametrize("kind", KINDS.values())
def test_reasons_of_another_process_say_what_they_said_there(kind: type[TypedReason], tmp_path: Path) -> None:
    mismatch = Mismatch.of(AnswerSummary(400, "bad.request", "tel.no-plus"), AnswerSummary(202))
    given = {
        WrongAnswer: WrongAnswer("so", AnswerSummary(500)),
        NoRule: NoRule("nothing answers with", AnswerSummary(500)),
        Mismatch: mismatch,
        Unpublished: Unpublished("CallConversation", "participants/-/state"),
        Unread: Unread("ErrorBody", "cannot read it"),
    }.get(kind) or kind("words")
    report = tmp_path / "events.ndjson"
    told = json.loads(json.dumps([as_json(given), as_json("plain")]))
    report.write_bytes(checks(("ours", "words; plain"), reasons=told))
    (failed,) = events.results(report)
    typed, plain = failed.reasons
    assert (type(typed), typed, vars(typed)) == (kind, given, vars(given))
    assert (type(plain), plain) == (str, "plain")


def test_what_a_server_says_that_it_does_not_do_is_no_crash(tmp_path: Path) -> None:
    report = tmp_path / "events.ndjson"
    for status, failed in ((501, False), (500, True)):
        told = orjson.loads(checks(("not_a_server_error", "it is")))
        request = {"method": "GET", "uri": "http://127.0.0.1/api/v2/users/me", "headers": {}}
        answer = {"status_code": status, "headers": {}}
        told["ScenarioFinished"]["recorder"]["interactions"] = {"a": {"request": request, "response": answer}}
        report.write_bytes(orjson.dumps(told))
        assert [result.failed for result in events.results(report)] == [failed]

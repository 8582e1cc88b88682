"""``ringback check`` as a user runs it; the whole run on the mock is `make check`."""

from __future__ import annotations

import json
import re
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ringback_contracts.catalogue import TABLE
from ringback_contracts.core.model import CONTRACTS
from ringback_contracts.domain.numbers import assess
from ringback_harness.cases import CaseFile
from ringback_harness.check import run
from ringback_harness.check.api import LEFT_OUT, PATIENCE, SchemathesisOptions, SchemathesisRun, _command
from ringback_harness.check.expectation import refused_by
from ringback_harness.check.flows import ALL_FLOWS
from ringback_harness.check.official import MISSING
from ringback_harness.check.official import SUBJECT as OFFICIAL
from ringback_harness.check.oracles import NUMBERS, URIS
from ringback_harness.check.relay import READING
from ringback_harness.check.results import TIME_OVER, CheckOutcome, Ledger
from ringback_harness.check.results import Result as Attempt
from ringback_harness.cli import main
from ringback_harness.targets import InProcess, call_request
from tests.harness.deviant import deviant
from tests.serving import free_port


def check(*options: str) -> Result:
    return CliRunner().invoke(main, ["check", *options])


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    """A run on a target that gives one rule another code, with all that can be asked for."""
    folder = tmp_path_factory.mktemp("run")
    table = TABLE.with_rule(replace(TABLE["destination.missing"], code="no.destination"))
    (folder / "cases").mkdir()
    (folder / "cases" / "empty.yaml").write_text(
        "why: somebody sends nothing\nrequest: {body: {}}\nexpect: {rule: destination.missing}\n"
    )
    with deviant(table) as url:
        options = ["--target", url, "--examples", "20", "--report", "junit,har,json"]
        options += ["--report-dir", str(folder / "reports"), "--save", str(folder / "saved")]
        return check(*options, "--cases", str(folder / "cases")), folder


def test_a_finding_is_exit_code_1_and_shown_with_a_line_to_paste(broken: tuple[Result, Path]) -> None:
    output = broken[0].output
    assert broken[0].exit_code == 1, output
    assert "expected 400 bad.request (destination.missing), answered 400 no.destination" in output
    assert "--data-raw '{}'" in output
    assert "Bearer ***" not in output
    told = json.loads((broken[1] / "reports" / "ringback-check.json").read_text())
    reasons = {row["reason"] for row in told["rows"] if row["not_reached"]}
    assert all(reason == MISSING or "opens no sockets" in reason for reason in reasons)


def test_every_suite_finds_it(broken: tuple[Result, Path]) -> None:
    told = json.loads((broken[1] / "reports" / "ringback-check.json").read_text())
    assert {failure["suite"] for failure in told["failures"]} == {"cases", "rules", "client", "document"}
    document = [failure for failure in told["failures"] if failure["suite"] == "document"]
    reasons = " ".join(reason for failure in document for reason in failure["reasons"])
    assert "expected 400 bad.request" in reasons


def test_the_rules_that_are_kept_are_held_and_only_the_broken_one_fails(
    broken: tuple[Result, Path],
) -> None:
    told = json.loads((broken[1] / "reports" / "ringback-check.json").read_text())
    rows = [row for row in told["rows"] if row["suite"] == "rules"]
    assert {row["subject"] for row in rows if row["failed"]} == {"destination.missing"}
    assert {rule.id for rule in TABLE} <= {row["subject"] for row in rows if row["held"] or row["failed"]}


def test_our_reports_and_those_of_schemathesis_lie_side_by_side(broken: tuple[Result, Path]) -> None:
    names = sorted(path.name.partition("-")[0] for path in (broken[1] / "reports").iterdir())
    assert names == ["har", "json", "junit", "ringback", "ringback", "ringback"]


def test_every_file_that_is_written_is_announced_with_what_it_is(broken: tuple[Result, Path]) -> None:
    result, folder = broken
    told = dict(re.findall(r"^wrote (.+?): (.+)$", result.output, re.MULTILINE))
    written = [*(folder / "reports").iterdir(), *(folder / "saved").iterdir()]
    assert told.keys() == set(map(str, written))
    assert "Ringback" in told[str(folder / "reports" / "ringback-check.har")]
    (har,) = (folder / "reports").glob("har-*")
    assert "schemathesis" in told[str(har)]


def test_no_report_shows_a_token_or_a_number_that_could_ring(broken: tuple[Result, Path]) -> None:
    for path in (broken[1] / "reports").iterdir():
        text = path.read_text()
        assert not re.search(r"Bearer (?!\*\*\*|realm|alice\b|bob\b|\$)", text), path
        numbers = {found for found in re.findall(r"\+[0-9]{8,15}", text) if assess(found).problem is None}
        assert not numbers, path


def test_a_failure_is_saved_as_a_case_that_can_be_verified(broken: tuple[Result, Path]) -> None:
    saved = broken[1] / "saved"
    assert list(saved.glob("destination-missing-*.yaml"))
    verified = CliRunner().invoke(main, ["verify-fix", str(saved)])
    assert verified.exit_code == 0, verified.output
    assert {line.split()[0] for line in verified.output.splitlines()} == {"fixed"}


@pytest.mark.parametrize(
    ("options", "code", "word"),
    [
        (["--target", "mok"], 2, "neither 'mock', 'sandbox' nor a URL"),
        (["--report", "junit,xls"], 2, "'xls' is none of junit, har, json"),
        (["--cases", "/nonexistent"], 2, "is no folder"),
        (["--seed", "-1"], 2, "seed"),
        (["--target", f"http://127.0.0.1:{free_port()}"], 3, "cannot be reached"),
        (["--target", "http://user:secret@127.0.0.1"], 2, "may carry no user"),
    ],
)
def test_a_mistake_is_told_by_its_exit_code(options: list[str], code: int, word: str) -> None:
    result = check(*options)
    assert result.exit_code == code, result.output
    assert word in result.output
    assert "Traceback" not in result.output


def test_nothing_tried_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "check", lambda *_: Ledger())
    result = check()
    assert result.exit_code == 1
    assert "Nothing could be tried" in result.output


def test_when_the_time_is_over_each_suite_says_what_it_left_out_and_how_much() -> None:
    case = CaseFile("c", "why", call_request({}), refused_by(TABLE["destination.missing"]))
    ledger = run.check(InProcess(), run.Options(examples=7, max_time=0, cases=[case]))
    assert ledger.tried == 0
    left_out = ledger.left_out
    assert left_out["cases"] == {"c": 1}
    assert left_out["flow"] == {flow.id: 1 for flow in ALL_FLOWS}
    of_rules = {rule.id: len(rule.rejects) + len(rule.accepts) for rule in TABLE}
    generated = {subject: count for subject, count in left_out["rules"].items() if subject not in of_rules}
    assert left_out["rules"] == of_rules | generated
    assert set(generated.values()) == {7}
    assert left_out["client"] == {f"predictions, {contract} bodies": 7 for contract in CONTRACTS}
    assert left_out["document"] == {"schemathesis": len(READING)}
    assert left_out["oracles"].keys() == {NUMBERS, URIS, OFFICIAL}


def cut_short(held: int) -> Ledger:
    ledger = Ledger()
    for subject in ["tried"] * held:
        ledger.add(Attempt("rules", subject, "op", CheckOutcome.HELD))
    ledger.add(Attempt("rules", "tel.no-plus", "op", CheckOutcome.NOT_REACHED, (TIME_OVER,)))
    ledger.add(Attempt("client", "predictions", "op", CheckOutcome.NOT_REACHED, (TIME_OVER,), times=200))
    return ledger


@pytest.mark.parametrize(
    ("held", "summary"),
    [
        (3, "Cut short by --max-time, attempts left out: 201; 3 tried, 3 held, 0 failed, 201 not reached"),
        (0, "Nothing could be tried, which proves nothing: 0 tried, 0 held, 0 failed, 201 not reached"),
    ],
)
def test_a_run_that_is_cut_short_fails_and_tells_what_it_left_out(
    held: int, summary: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(run, "check", lambda *_: cut_short(held))
    result = check("--max-time", "1", "--report", "json", "--report-dir", str(tmp_path))
    assert result.exit_code == 1
    assert "rules, 1 attempts: tel.no-plus 1" in result.output
    assert "client, 200 attempts: predictions 200" in result.output
    assert result.output.splitlines()[-1] == summary
    told = json.loads((tmp_path / "ringback-check.json").read_text())
    assert told["left_out"] == {"rules": {"tel.no-plus": 1}, "client": {"predictions": 200}}


def test_a_target_without_a_document_is_tried_by_ours_as_far_as_it_reads() -> None:
    with closing(SchemathesisRun(InProcess(), SchemathesisOptions(examples=1))) as document:
        results = list(document.results())
    tried = {result.operation for result in results if result.outcome is CheckOutcome.HELD}
    assert tried == set(READING)
    assert {result.operation for result in results} - tried == set(LEFT_OUT)


def test_how_long_an_answer_takes_is_held_against_nobody() -> None:
    """On a sandbox the run's own pace is in it: it may hold a request back for most of a minute."""
    command = _command(InProcess().world(), SchemathesisOptions(), verify=True)
    assert float(command[command.index("--max-response-time") + 1]) >= PATIENCE > 60

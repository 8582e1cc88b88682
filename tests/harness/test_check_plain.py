"""A check of somebody else's mock: the right one is found right, of a wrong one the cause comes first."""

from __future__ import annotations

import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from click.testing import CliRunner, Result

from ringback_contracts.catalogue import TABLE
from ringback_contracts.core.declare import ALICE, BOB
from ringback_contracts.core.model import Request
from ringback_contracts.core.table import Table
from ringback_contracts.org import Org, default_org
from ringback_harness.check import run, screen
from ringback_harness.check.defects import defects
from ringback_harness.check.results import CheckOutcome, Ledger
from ringback_harness.check.rules import DEPENDS, NOT_DIALLED, Worlds, check_rules
from ringback_harness.cli import main
from ringback_harness.exits import Exit, Refused, SetupError
from ringback_harness.plain_target import PlainTarget
from ringback_harness.sandbox import DryRunSandbox
from ringback_harness.sandbox.options import Reach, reached
from ringback_harness.targets import InProcess, Traits, World, call_request
from ringback_mock.http import Response
from tests.harness.plain_target import WRONG, near, plain_target, rule_off
from tests.serving import RINGBACK
from tests.standin import ME, NUMBER, TOKEN, standin_org

ALLOWED = Reach(allow_number=(NUMBER,))
FEW = run.Options(examples=20)


@pytest.fixture(autouse=True)
def as_their_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGBACK_ACCESS_TOKEN", TOKEN)


def ledger_of(target: PlainTarget, options: run.Options = FEW) -> Ledger:
    """What all our own suites find; schemathesis reads only there, and takes long to start."""
    ledger = Ledger()
    for _, results in run._suites(target, options, None):
        for result in results:
            ledger.add(result)
    return ledger


def check(url: str, *options: str) -> Result:
    return CliRunner().invoke(main, ["check", "--target", url, "--examples", "3", *options])


@pytest.mark.parametrize("numbers", [(), (NUMBER,)], ids=["with the test number", "with theirs"])
@pytest.mark.parametrize("seed", range(2))
def test_a_flawless_mock_with_an_org_of_its_own_is_found_so(seed: int, numbers: tuple[str, ...]) -> None:
    ledger = ledger_of(near(numbers=numbers), run.Options(examples=60, seed=seed))
    assert [(failure.subject, failure.reasons) for failure in ledger.failures] == []
    assert ledger.placed > 20
    assert (ledger.ungranted[NOT_DIALLED] > 0) is not bool(numbers)


def test_a_green_run_is_told_in_ten_lines_and_the_table_on_demand() -> None:
    with plain_target() as url:
        brief, whole = check(url), check(url, "-v")
    assert brief.exit_code == whole.exit_code == Exit.FINE, brief.output + whole.output
    assert len(brief.output.strip().splitlines()) <= 10
    assert "-v shows each rule" in brief.output
    assert "tel.no-plus" in whole.output
    assert "Not reached" in whole.output


CAUSES = {
    "accepts all": r"1. what must be refused is accepted: \d+ of \d+ rules are not kept",
    "refuses all": r"1. valid requests are refused: whatever is asked is answered 400 bad.request",
    "refuses valid ones": r"1. valid requests are refused: expected 202, answered 400 bad.request",
    "wrong envelope": r"1. the body of an error is not the platform's envelope: message, code, status,",
}


@pytest.mark.parametrize("name", WRONG)
def test_the_first_line_names_the_cause_and_one_cause_is_one_finding(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = ledger_of(near(WRONG[name]))
    (found,) = defects(ledger)
    assert found.times == ledger.total(CheckOutcome.FAILED) > 40
    screen.show(ledger, {})
    assert re.match(CAUSES[name], capsys.readouterr().out)


@pytest.mark.parametrize("rule", ["tel.no-plus", "destination.several", "media-type.unsupported"])
def test_one_rule_that_is_off_is_one_finding_which_names_it(
    rule: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = ledger_of(near(table=rule_off(rule)))
    (found,) = defects(ledger)
    assert f"({rule}), answered" in found.title
    screen.show(ledger, {})
    assert f"({rule})" in capsys.readouterr().out.partition("   at ")[0]


def test_what_was_wrong_before_is_found_through_the_command_too() -> None:
    with plain_target(WRONG["refuses valid ones"]) as url:
        result = check(url)
    assert result.exit_code == Exit.FINDING
    assert result.output.startswith("1. valid requests are refused: expected 202, answered 400 bad.request (")


def test_a_run_in_which_no_call_was_granted_fails_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that is tried holds, for only refusals are: of an org that is not known nothing is sure."""
    known = InProcess().world()
    stranger = World(Traits(), known.url, None, {"alice": "alice"}, known.deliver, known.neighbour)
    monkeypatch.setattr(InProcess, "world", lambda *_: stranger)
    ledger = Ledger()
    for tried in check_rules(Worlds(InProcess())):
        ledger.add(tried)
    assert ledger.failures == []
    monkeypatch.setattr(run, "check", lambda *_: ledger)
    with plain_target() as url:
        result = check(url)
    assert result.exit_code == Exit.FINDING
    assert result.output.startswith("No call was granted, so nothing shows that the target places any.\n")
    assert f"not tried: {DEPENDS}" in result.output


NOT_ALLOWED = "their-user-who-may-not-call"
LAX = TABLE.without("permission.missing").without("permissions.missing")
"""The rules of a mock that checks no permissions."""


def with_somebody_who_may_not_call() -> Org:
    org, carol = standin_org(), default_org().token_by_value["carol"]
    user = replace(default_org().user_by_id[str(carol.user)], id=str(carol.user)[::-1])
    token = replace(carol, value=NOT_ALLOWED, user=user.id)
    return replace(org, users=(*org.users, user), tokens=(*org.tokens, token))


def rules_alone(url: str, capsys: pytest.CaptureFixture[str]) -> tuple[Ledger, str]:
    """What trying the rules finds, and how it is told."""
    ledger = Ledger()
    with reached(url, ALLOWED) as target:
        for tried in check_rules(Worlds(target)):
            ledger.add(tried)
    screen.show(ledger, {})
    return ledger, capsys.readouterr().out


@pytest.mark.parametrize("table", [TABLE, LAX])
def test_that_nobody_was_asked_who_may_not_call_is_told(
    table: Table, capsys: pytest.CaptureFixture[str]
) -> None:
    with plain_target(table=table) as url:
        ledger, told = rules_alone(url, capsys)
    assert ledger.failures == []
    assert "Whether it refuses who may not call was not tried: nobody can be asked as" in told
    assert "RINGBACK_FORBIDDEN_TOKEN takes the token of a user who may not place" in told


def test_a_token_of_who_may_not_call_shows_whether_permissions_are_checked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RINGBACK_FORBIDDEN_TOKEN", NOT_ALLOWED)
    org = with_somebody_who_may_not_call()
    with plain_target(org=org) as url:
        ledger, told = rules_alone(url, capsys)
    assert ledger.failures == []
    assert "permission.missing" in ledger.refusals_tried
    assert "was not tried" not in told
    with plain_target(org=org, table=LAX) as url:
        ledger, told = rules_alone(url, capsys)
    (found,) = defects(ledger)
    assert "(permissions.missing), answered 200" in found.title
    assert NOT_ALLOWED not in told


def test_the_token_s_user_stands_for_alice_and_an_answer_names_alice_again() -> None:
    asked: list[Request] = []

    def remember(request: Request, response: Response) -> Response:
        asked.append(request)
        return response

    with plain_target(remember) as url, reached(url, ALLOWED) as target:
        assert isinstance(target, PlainTarget)
        reply = target.world().send(call_request({"to": "tel:+442079460100", "from": f"user:{ALICE}"}))
        me = target.world().send(Request("GET", "/api/v2/users/me", {"authorization": "Bearer alice"}))
    assert reply.status == 202
    assert ME.encode() in asked[-2].body
    assert NUMBER.encode() in asked[-2].body
    assert me.document["id"] == ALICE


@contextmanager
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of a mock that might be anybody's: its host is a name, which leads here."""
    monkeypatch.setattr("ringback_client.target._harmless", lambda _host: False)
    with plain_target() as url:
        yield url


def test_a_url_elsewhere_is_refused_until_it_is_said_whom_calls_may_ring(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with elsewhere(monkeypatch) as url:
        with pytest.raises(Refused, match="--allow-calls with --allow-number"), reached(url, Reach()):
            pass
        with reached(url, ALLOWED) as dry:
            assert isinstance(dry, DryRunSandbox)
        with pytest.raises(Refused, match="needs to know whom"), reached(url, Reach(allow_calls=True)):
            pass


def test_a_url_elsewhere_rings_only_whom_was_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    with elsewhere(monkeypatch) as url, reached(url, replace(ALLOWED, allow_calls=True, budget=1)) as target:
        world = target.world()
        assert world.send(call_request({"phoneNumber": "+442079460100"})).status == 202
        with pytest.raises(Exception, match="budget of 1 calls is used up"):
            world.send(call_request({"phoneNumber": "+442079460100"}))
        with pytest.raises(Exception, match="Bob"):
            world.send(call_request({"callUserId": BOB}))


@pytest.mark.parametrize("reach", [ALLOWED, Reach(counts=True)])
def test_whom_to_ring_and_how_often_is_nothing_to_a_mock_of_ours(reach: Reach) -> None:
    with pytest.raises(SetupError, match="for --target sandbox, or a URL"), reached("mock", reach):
        pass


def test_a_budget_is_refused_where_no_call_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    with plain_target() as url:
        ran = check(url, "--budget", "5")
        assert (ran.exit_code, "leave --budget out: no call to" in ran.output) == (Exit.SETUP, True)
    with elsewhere(monkeypatch) as url:
        ran = check(url, "--allow-number", NUMBER, "--budget", "5")
    assert (ran.exit_code, "--budget does nothing without --allow-calls" in ran.output) == (Exit.SETUP, True)


def test_ctrl_c_ends_with_130_and_what_was_found_so_far() -> None:
    asked = threading.Semaphore(0)

    def count(request: Request, response: Response) -> Response:
        asked.release()
        return WRONG["accepts all"](request, response)

    with plain_target(count) as url:
        command = [*RINGBACK, "check", "--target", url, "--examples", "100000"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            try:
                for _ in range(200):
                    assert asked.acquire(timeout=60)
                process.send_signal(signal.SIGINT)
                output, told = process.communicate(timeout=60)
            finally:
                process.kill()
    assert process.returncode == 130
    assert re.match(r"1\. .*(accepted|answered 202)", output)
    assert re.search(r"^\d+ tried, ", output, re.MULTILINE)
    assert told.strip().endswith("interrupted")
    assert "Traceback" not in told

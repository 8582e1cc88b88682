"""``ringback crash-test``, with programs that each do one thing wrong."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result

from ringback_contracts.org import default_org, default_org_text
from ringback_harness.cli import main
from ringback_harness.crash import runner
from ringback_harness.crash.mock import running
from ringback_harness.crash.program import ProgramUnderTest, run_once
from ringback_harness.crash.runner import judgements
from ringback_harness.crash.scenarios import SCENARIOS, Scenario, named
from ringback_harness.crash.surroundings import environment, furnish
from ringback_harness.crash.verdicts import Judgement
from ringback_harness.exits import Exit
from tests.harness.crashing import program

POLITE = "sys.exit(0 if post() == 202 else 1)"


def crash(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["crash-test", *arguments], catch_exceptions=False)


def tried(tmp_path: Path, scenario: str, code: str, *options: str) -> tuple[Result, dict[str, Any]]:
    """What is shown, and what the JSON report says of the one scenario."""
    command = program(tmp_path, code)
    reports = ["--report", "json", "--report-dir", str(tmp_path)]
    shown = crash("--scenario", scenario, *reports, *options, "--", *command)
    (judged,) = json.loads((tmp_path / "crash-test.json").read_text("utf-8"))["scenarios"]
    return shown, judged


def broken(judged: dict[str, Any]) -> list[str]:
    return [verdict["question"] for verdict in judged["verdicts"] if not verdict["held"]]


@pytest.mark.parametrize("scenario", ["healthy", "lost-reply", "reset-before-reading", "bad-gateway"])
def test_a_polite_program_holds_its_promises(tmp_path: Path, scenario: str) -> None:
    shown, judged = tried(tmp_path, scenario, POLITE)
    assert (shown.exit_code, broken(judged)) == (Exit.FINE, [])
    assert judged["requests"] == 1
    assert "1 fine, 0 failed" in shown.output


def test_a_program_that_dials_again_is_shown_what_it_did(tmp_path: Path) -> None:
    shown, judged = tried(tmp_path, "lost-reply", "sys.exit(0 if post() or post() or post() else 1)")
    assert (shown.exit_code, broken(judged)) == (Exit.FINDING, ["dials once"])
    assert (judged["callsPlaced"], judged["exitCode"]) == (3, 1)
    assert "3 calls were placed to one destination" in shown.output
    assert "CALL 3 PLACED, connection closed before the answer" in shown.output
    assert "Change: Send a call's POST again only when" in shown.output


def test_a_program_that_lies_is_found_out(tmp_path: Path) -> None:
    shown, judged = tried(tmp_path, "server-error", "post(); print('The call was placed!')")
    assert (shown.exit_code, broken(judged)) == (Exit.FINDING, ["tells the truth"])


def test_a_program_that_does_not_wait_is_found_out(tmp_path: Path) -> None:
    shown, judged = tried(tmp_path, "rate-limited", f"post(); {POLITE}")
    assert (shown.exit_code, broken(judged)) == (Exit.FINDING, ["waits"])


def test_a_program_that_never_gives_up_is_stopped_early(tmp_path: Path) -> None:
    shown, judged = tried(tmp_path, "server-error", "while True: post()")
    assert (shown.exit_code, broken(judged)) == (Exit.FINDING, ["gives up"])
    assert judged["exitCode"] is None
    assert judged["timeline"][-1]["what"] == "ended: it would not stop sending"


def test_a_program_that_waits_for_ever_is_stopped_in_time(tmp_path: Path) -> None:
    shown, judged = tried(tmp_path, "no-reply", "post()", "--timeout", "1")
    assert (shown.exit_code, broken(judged)) == (Exit.FINDING, ["gives up"])
    assert judged["callsPlaced"] == 1


def test_a_program_that_does_not_find_the_mock_is_told_how(tmp_path: Path) -> None:
    shown, judged = tried(tmp_path, "healthy", "sys.exit('no such module: +15550100123')")
    assert shown.exit_code == Exit.SETUP
    assert judged["notAsked"] == "it never sent the mock a request that an API answers, and ended with 1"
    assert "RINGBACK_URL" in shown.output
    assert "no such module" in shown.output


def test_a_program_whose_requests_are_refused_is_told_by_which_rule(tmp_path: Path) -> None:
    shown, judged = tried(tmp_path, "healthy", "sys.exit(post('sip:agent') != 202)")
    assert shown.exit_code == Exit.SETUP
    assert "rule sip.user-missing" in judged["notAsked"]


def test_a_program_that_is_not_there_is_wrong_usage() -> None:
    shown = crash("--scenario", "healthy", "--", "no-such-program-anywhere")
    assert shown.exit_code == Exit.SETUP
    assert "'no-such-program-anywhere': No such file or directory; name a program of the PATH" in shown.output


def test_a_file_that_cannot_be_run_needs_something_in_front(tmp_path: Path) -> None:
    file = tmp_path / "script"
    file.write_text("exit 0\n", "utf-8")
    assert "put what runs it in front" in crash("--scenario", "healthy", "--", str(file)).output
    file.chmod(0o755)
    assert "put what runs it in front" in crash("--scenario", "healthy", "--", str(file)).output


def test_what_does_not_find_the_mock_when_all_is_well_is_tried_no_further(tmp_path: Path) -> None:
    command = program(tmp_path, "sys.exit(3)")
    names = [part for scenario in SCENARIOS for part in ("--scenario", scenario.name)]
    shown = crash(*names, "--jobs", "1", "--", *command)
    assert shown.exit_code == Exit.SETUP
    assert shown.output.count("never sent the mock a request that an API answers, and ended with 3") == 1
    assert "not run: it does not find the mock" not in shown.output, "it is told once, at the end"
    assert f"0 fine, 0 failed, {len(SCENARIOS)} not asked or not run" in shown.output


def test_a_program_that_dies_of_a_signal_is_said_to(tmp_path: Path) -> None:
    shown, judged = tried(tmp_path, "healthy", "post(); import signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert (shown.exit_code, judged["exitCode"]) == (Exit.FINDING, -9)
    assert "it was ended by SIGKILL, and yet an answer" in " ".join(shown.output.split())
    assert "the program was ended by SIGKILL" in shown.output


def test_a_failure_comes_with_what_the_program_said_last(tmp_path: Path) -> None:
    said = "print('one\\n\\ttwo\\r\\nthree +15550100123\\x1b[31m'); "
    shown, _ = tried(tmp_path, "healthy", f"post(); post(); {said}")
    assert "  It said: one\n               two\n           three " in shown.output
    assert "5550100123" not in shown.output
    assert "\x1b[31m" not in shown.output


def test_ctrl_c_ends_with_what_was_found_so_far(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(order: ProgramUnderTest, scenarios: Sequence[Scenario], jobs: int) -> Iterator[Judgement]:
        yield next(iter(judgements(order, scenarios[:1], jobs)))
        raise KeyboardInterrupt

    monkeypatch.setattr(runner, "judgements", interrupted)
    chosen = ("--scenario", "healthy", "--scenario", "lost-reply")
    shown = crash(*chosen, "--", *program(tmp_path, POLITE))
    assert shown.exit_code == Exit.INTERRUPTED, "nobody knows what the rest would have found"
    assert "fine: dials once" in shown.output
    assert "not run: interrupted" in shown.output
    shown = crash(*chosen, "--", *program(tmp_path, "post(); post()"))
    assert shown.exit_code == Exit.FINDING


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--scenario", "lost-repli", "--", "true"], "the nearest is 'lost-reply'"),
        (["--report", "yaml", "--", "true"], "'yaml' is no report; there are json and junit"),
        ([], "Write it behind two dashes"),
        (["--timeout", "0", "--", "true"], "0"),
    ],
)
def test_wrong_usage_says_what_is_right(arguments: list[str], told: str) -> None:
    shown = crash(*arguments)
    assert shown.exit_code == Exit.SETUP
    assert told in " ".join(shown.output.split())


def test_the_list_has_every_scenario() -> None:
    shown = crash("--list")
    assert shown.exit_code == Exit.FINE
    assert all(scenario.name in shown.output for scenario in SCENARIOS)


def test_the_reports_say_the_same_and_keep_secrets(tmp_path: Path) -> None:
    command = [*program(tmp_path, "post(); post()"), "--token=hunter2secret"]
    names = ("lost-reply", "healthy", "login-fails-once")
    chosen = [part for name in names for part in ("--scenario", name)]
    shown = crash(*chosen, "--report", "junit,json", "--report-dir", str(tmp_path), "--", *command)
    assert shown.exit_code == Exit.FINDING
    text = (tmp_path / "crash-test.xml").read_text("utf-8")
    suite = ET.fromstring(text)  # our own file, a moment old
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("3", "2", "1")
    assert [case.get("name") for case in suite] == list(names)
    assert "CALL 2 PLACED" in (suite[0].findtext("failure") or "")
    report = (tmp_path / "crash-test.json").read_text("utf-8")
    assert [one["name"] for one in json.loads(report)["scenarios"]] == list(names)
    for secret in ("hunter2secret", "demo-secret", "Bearer alice"):
        assert secret not in text + report + shown.output


def test_an_org_of_one_s_own_is_served(tmp_path: Path) -> None:
    file = tmp_path / "org.toml"
    file.write_text(default_org_text().replace('value = "alice"', 'value = "alice-of-mine"'), "utf-8")
    code = f"assert os.environ['RINGBACK_ACCESS_TOKEN'] == 'alice-of-mine'\n{POLITE}"
    assert tried(tmp_path, "healthy", code, "--org", str(file))[0].exit_code == Exit.FINE
    file.write_text("nonsense", "utf-8")
    shown = crash("--org", str(file), "--", "true")
    assert (shown.exit_code, str(file) in shown.output) == (Exit.SETUP, True)


def test_the_test_numbers_own_faults_are_out_of_the_way(tmp_path: Path) -> None:
    shown, judged = tried(tmp_path, "healthy", "sys.exit(post('+442079460120') != 202)")
    assert (shown.exit_code, judged["callsPlaced"]) == (Exit.FINE, 1)


# What a program finds around it


def test_the_environment_leads_to_the_mock_and_nowhere_else(tmp_path: Path) -> None:
    inherited = {"HTTPS_PROXY": "http://proxy:1", "GENESYSCLOUD_REGION": "us-east-1", "KEPT": "yes"}
    with running(default_org(), named("healthy"), tmp_path) as mock:
        furnish(tmp_path / "home", mock)
        found = environment(mock, inherited, tmp_path / "home")
        assert found["RINGBACK_URL"] == found["GENESYS_BASE_URL"] == found["GENESYSCLOUD_REGION"] == mock.url
    assert "HTTPS_PROXY" not in found
    assert found["KEPT"] == "yes"
    assert found["GENESYSCLOUD_OAUTHCLIENT_ID"] == found["GENESYS_CLIENT_ID"] == "demo-service"
    assert (found["RINGBACK_ACCESS_TOKEN"], found["HOME"]) == ("alice", str(tmp_path / "home"))
    for sdk in (".genesyscloudpython", ".genesyscloudjavascript"):
        config = (tmp_path / "home" / sdk / "config").read_text("utf-8")
        assert f"host = 127.0.0.1\nprotocol = http\nport = {mock.port}\n" in config
        assert "live_reload_config = false" in config


def test_a_home_of_one_s_own_is_left_alone(tmp_path: Path) -> None:
    code = f"assert not os.path.exists(os.path.expanduser('~/.genesyscloudpython'))\n{POLITE}"
    assert tried(tmp_path, "healthy", code, "--own-home")[0].exit_code == Exit.FINE
    given = tried(tmp_path, "healthy", code.replace("not ", ""))[0]
    assert given.exit_code == Exit.FINE


@pytest.mark.skipif(os.name != "posix", reason="process groups are of POSIX")
def test_what_a_program_started_is_stopped_with_it(tmp_path: Path) -> None:
    left = tmp_path / "child"
    code = (
        "import subprocess\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(3600)'])\n"
        f"open({str(left)!r}, 'w').write(str(child.pid))\n"
        "post()\n"
    )
    order = ProgramUnderTest(command=program(tmp_path, code), org=default_org(), timeout=0.2)
    run_once(order, named("no-reply"))
    with pytest.raises(ProcessLookupError):
        _until_gone(int(left.read_text("utf-8")))


def _until_gone(pid: int) -> None:
    """Wait for a process that was killed; raises ``ProcessLookupError`` once it is gone."""
    state = Path(f"/proc/{pid}/stat")
    while not state.exists() or state.read_text("utf-8").rsplit(")", 1)[1].split()[0] != "Z":
        os.kill(pid, 0)
    raise ProcessLookupError


def test_an_expired_certificate_is_seen_through_a_good_authority(tmp_path: Path) -> None:
    pytest.importorskip("trustme")
    shown, judged = tried(tmp_path, "expired-certificate", POLITE)
    assert (shown.exit_code, broken(judged)) == (Exit.FINE, [])
    blind = f"import ssl\nssl._create_default_https_context = ssl._create_unverified_context\n{POLITE}"
    shown, judged = tried(tmp_path, "expired-certificate", blind)
    assert (shown.exit_code, broken(judged)) == (Exit.FINDING, ["checks the certificate"])


def test_without_what_makes_certificates_that_scenario_is_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trustme", None)
    shown = crash("--scenario", "expired-certificate", "--", "true")
    assert shown.exit_code == Exit.SETUP
    assert "not run: it needs trustme: pip install 'ringback[harness]'" in shown.output
    assert "never sent the mock a request" not in shown.output


def test_whoever_looks_no_further_waits_for_nobody(tmp_path: Path) -> None:
    """Otherwise the end would come an hour later, with the program that sleeps."""
    command = program(tmp_path, "if post(): time.sleep(3600)")
    order = ProgramUnderTest(command=command, org=default_org(), timeout=3600)
    runs = judgements(order, [named("healthy"), named("lost-reply")], jobs=2)
    assert next(runs).run.scenario is named("lost-reply")
    runs.close()
    assert order.abandoned.is_set()

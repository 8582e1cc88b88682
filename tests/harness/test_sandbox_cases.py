"""Own cases on a stand-in for a real org: rung through the one gate, refused before anything is sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from click.testing import Result as Ran

from ringback_client import Call
from ringback_contracts.core.declare import ALICE, TEST_NUMBER
from ringback_harness.cases import load_cases, try_case
from ringback_harness.check.results import CheckOutcome, Result
from ringback_harness.check.rules import Worlds
from ringback_harness.cli import main
from ringback_harness.exits import Exit
from ringback_harness.sandbox import Permit, Sandbox, Tools, opened_sandbox
from ringback_mock.engine.conversation import conversation
from tests.standin import COLLEAGUE, ME, NUMBER, NoTime, StandIn, waits_for_nothing

STRANGER = "+13172222222"
LISTED = ("--allow-calls", "--allow-number", NUMBER)
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    folder = tmp_path / "cases"
    folder.mkdir()

    def write(body: Any, **changes: Any) -> Path:
        case = {"why": "we dial so", "request": {"body": body}, "expect": {"status": 202}} | changes
        (folder / f"{len(list(folder.iterdir()))}.yaml").write_text(yaml.safe_dump(case))
        return folder

    return write


def tried(stand_in: StandIn, folder: Path, budget: int = 2) -> tuple[list[Result], Sandbox]:
    permit = Permit.of(send=True, numbers=[NUMBER], users=[], budget=budget)
    clock = NoTime()
    with opened_sandbox(stand_in.settings, permit, Tools(clock.sleep, clock.now)) as sandbox:
        assert isinstance(sandbox, Sandbox)
        worlds = Worlds(sandbox)
        return [try_case(worlds, case) for case in load_cases(folder)], sandbox


def run(stand_in: StandIn, *arguments: str) -> Ran:
    with pytest.MonkeyPatch.context() as patch:
        waits_for_nothing(patch)
        return CliRunner().invoke(main, [*arguments, "--target", "sandbox"], env=stand_in.environment)


def states(stand_in: StandIn) -> list[bool]:
    calls = stand_in.store.default.calls.of_user(ME, stand_in.store.clock())
    return [Call.read(conversation(call, stand_in.store.clock())).over for call in calls]


# --- cases that are tried -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        {"phoneNumber": NUMBER},
        {"phoneNumber": TEST_NUMBER},
        {"to": f"tel:{TEST_NUMBER}", "from": f"user:{ALICE}"},
    ],
)
def test_a_case_that_places_a_call_is_rung_where_it_is_listed_and_hung_up(
    body: Any, stand_in: StandIn, write: Write
) -> None:
    (result,), sandbox = tried(stand_in, write(body))
    assert result.outcome is CheckOutcome.HELD, result.reasons
    assert [NUMBER.encode() in request.body for request in stand_in.posted] == [True]
    assert len(sandbox.hang_up.ended) == 1
    assert states(stand_in) == [True]


def test_a_case_that_is_answered_otherwise_there_fails(stand_in: StandIn, write: Write) -> None:
    (result,), _ = tried(stand_in, write({"phoneNumber": NUMBER}, expect={"status": 200}))
    assert (result.outcome, result.reasons) == (CheckOutcome.FAILED, ("expected 200, answered 202",))


@pytest.mark.parametrize(
    ("body", "changes", "reason"),
    [
        ({"phoneNumber": STRANGER}, {}, "not on the list"),
        ({"phoneNumber": NUMBER}, {"org": {"strict_numbers": True}}, "cannot be changed: strict_numbers"),
        ({"phoneNumber": NUMBER}, {"as": "bob"}, "nobody can be asked as 'bob'"),
    ],
)
def test_a_case_that_may_not_be_sent_is_not_reached_and_says_why(
    body: Any, changes: dict[str, Any], reason: str, stand_in: StandIn, write: Write
) -> None:
    (result,), _ = tried(stand_in, write(body, **changes))
    assert result.outcome is CheckOutcome.NOT_REACHED
    assert reason in result.reasons[0]
    assert stand_in.posted == []


def test_cases_share_the_budget(stand_in: StandIn, write: Write) -> None:
    write({"phoneNumber": NUMBER})
    write({"phoneNumber": NUMBER})
    results, _ = tried(stand_in, write({"phoneNumber": NUMBER}), budget=2)
    assert [result.outcome for result in results] == [
        CheckOutcome.HELD,
        CheckOutcome.HELD,
        CheckOutcome.NOT_REACHED,
    ]
    assert "budget of 2" in results[2].reasons[0]


def test_a_fix_is_verified_by_a_call_that_is_listed(stand_in: StandIn, write: Write) -> None:
    ran = run(stand_in, "verify-fix", str(write({"phoneNumber": TEST_NUMBER})), *LISTED)
    assert ran.exit_code == Exit.FINE, ran.output
    assert ran.stdout.splitlines() == [f"{'fixed':<15} 0: we dial so"]
    assert ran.stderr.splitlines() == ["calls placed and ended: 1; left: none"]
    assert states(stand_in) == [True]


# --- cases that refuse the run ------------------------------------------------------------------------

UNLISTED = (
    {"phoneNumber": STRANGER},
    {"callUserId": COLLEAGUE},
    {"to": f"tel:{STRANGER}", "from": f"user:{ALICE}"},
)


@pytest.mark.parametrize("command", [("verify-fix",), ("check", "--cases")])
@pytest.mark.parametrize("body", UNLISTED)
def test_a_case_that_might_ring_a_stranger_refuses_the_run_before_anything_is_sent(
    body: Any, command: tuple[str, ...], stand_in: StandIn, write: Write
) -> None:
    ran = run(stand_in, *command, str(write(body)), *LISTED)
    assert ran.exit_code == Exit.REFUSED, ran.output
    assert "not on the list" in ran.output
    assert "nothing was sent" in ran.output
    assert "\n  0: it might ring" in ran.output
    assert STRANGER not in ran.output
    assert stand_in.asked == []


@pytest.mark.parametrize("command", [("verify-fix",), ("check", "--cases")])
def test_more_calls_than_the_budget_refuse_the_run_before_anything_is_sent(
    command: tuple[str, ...], stand_in: StandIn, write: Write
) -> None:
    write({"phoneNumber": NUMBER})
    folder = write({"phoneNumber": TEST_NUMBER})
    ran = run(stand_in, *command, str(folder), *LISTED, "--budget", "1")
    assert ran.exit_code == Exit.REFUSED, ran.output
    assert "all: these are 2 calls, and the budget allows 1" in ran.output
    assert stand_in.asked == []


@pytest.mark.parametrize(
    "changes", [{"org": {"strict_numbers": True}}, {"as": "bob", "expect": {"rule": "station.missing"}}]
)
def test_a_case_that_cannot_be_tried_there_refuses_nothing(
    changes: dict[str, Any], stand_in: StandIn, write: Write
) -> None:
    write({"phoneNumber": NUMBER})
    folder = write({"phoneNumber": STRANGER}, **changes)
    ran = run(stand_in, "verify-fix", str(folder), *LISTED, "--budget", "1")
    assert [line.split(maxsplit=1)[0] for line in ran.stdout.splitlines() if line[0] != " "] == [
        "fixed",
        "not",
    ]
    assert len(stand_in.posted) == 1


def test_a_dry_run_of_cases_shows_them_and_finds_nothing(stand_in: StandIn, write: Write) -> None:
    ran = run(stand_in, "verify-fix", str(write({"phoneNumber": NUMBER})), "--allow-number", NUMBER)
    assert ran.exit_code == Exit.FINE, ran.output
    assert f'would send: POST /api/v2/conversations/calls {{"phoneNumber": "{NUMBER}"}}' in ran.output
    assert "dry run: nothing was sent; --allow-calls sends" in ran.output
    assert stand_in.asked == []

"""What is half told stops the start, with a sentence: a fault, a command. Operations have their own tests."""

from __future__ import annotations

import click
import pytest

from ringback_contracts.http.faults import KNOWN, FaultKind, check_known
from ringback_harness.cli import COMMANDS, check_commands
from ringback_harness.crash.scenarios import SCENARIOS, check_scenarios
from ringback_mock.engine.faults import PLAYED, check_played

KINDS = [*FaultKind, "burnt-cable"]


def test_a_fault_without_evidence_stops_the_start() -> None:
    with pytest.raises(ValueError, match="the fault burnt-cable has no evidence: add when it strikes"):
        check_known(KINDS, KNOWN)
    check_known(KINDS, {*KNOWN, "burnt-cable"})


def test_a_fault_without_player_stops_the_start() -> None:
    with pytest.raises(ValueError, match="the fault burnt-cable has no player: add one to engine"):
        check_played(KINDS, PLAYED)
    check_played(KINDS, {*PLAYED, "burnt-cable"})


def test_a_fault_without_scenario_stops_the_start() -> None:
    with pytest.raises(ValueError, match="the fault burnt-cable has no scenario: add one to SCENARIOS"):
        check_scenarios(KINDS, SCENARIOS)
    check_scenarios(FaultKind, SCENARIOS)


@pytest.mark.parametrize("kind", FaultKind)
def test_the_evidence_of_a_fault_says_where(kind: FaultKind) -> None:
    assert KNOWN[kind].source


def _burn() -> click.Command:
    return click.Command("burn")


def test_a_command_without_help_stops_the_start() -> None:
    with pytest.raises(ValueError, match="the command 'burn' has no help: say in one sentence what it does"):
        check_commands({**COMMANDS, "burn": _burn})
    check_commands(COMMANDS)

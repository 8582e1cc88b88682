"""The suite notices a broken mock; all mutants run in `make check`, a part of them here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from ringback_contracts.catalogue import TABLE
from ringback_contracts.core.model import Request
from ringback_harness.check import mutants
from ringback_harness.check.flow_mutants import FLOW_MUTANTS
from ringback_harness.check.heard_mutants import HEARD_MUTANTS
from ringback_harness.check.mutants import Mutant, all_mutants, flow_mutants, hunt, rule_mutants, sound
from ringback_harness.check.results import Result
from ringback_harness.check.rules import Worlds
from ringback_harness.cli import main
from ringback_harness.targets import InProcess
from ringback_mock.engine.store import Store
from ringback_mock.http import Response
from ringback_mock.site import Site


def nothing(_: Worlds) -> Iterator[Result]:
    return iter(())


def test_there_are_three_mutants_a_rule_and_those_of_the_flow() -> None:
    ids = [mutant.id for mutant in all_mutants()]
    assert len(set(ids)) == len(ids) == 3 * len(TABLE) + len(FLOW_MUTANTS) + len(HEARD_MUTANTS)
    for rule in TABLE:
        assert len([name for name in ids if name.startswith(f"{rule.id}: ")]) == 3


@pytest.mark.parametrize("mutant", list(rule_mutants())[::7], ids=lambda mutant: mutant.id)
def test_a_mutant_of_a_rule_is_killed_by_that_rules_examples(mutant: Mutant) -> None:
    (result,) = hunt([mutant], nothing)
    assert result.killer is not None
    assert result.killer.startswith(f"{mutant.first[0].id}: expected")


@pytest.mark.parametrize("mutant", list(flow_mutants()), ids=lambda mutant: mutant.id)
def test_a_mutant_of_the_flow_is_killed_by_a_promise_about_it(mutant: Mutant) -> None:
    (result,) = hunt([mutant], nothing)
    assert result.killer is not None
    assert "crashed" not in result.killer, "a crash shows nothing about the suite"
    assert "500" not in result.killer


def test_the_unbroken_mock_survives() -> None:
    assert sound(nothing) is None
    (result,) = hunt([Mutant("none", lambda store: Site(store).answer)], nothing)
    assert result.survived


def test_a_mock_that_crashes_is_dead() -> None:
    def crashing(_: Store) -> object:
        def answer(_: Request) -> Response:
            raise RuntimeError

        return answer

    crash = Mutant("crash", crashing, (TABLE["path.unknown"],))  # type: ignore[arg-type]  # it answers nothing
    (result,) = hunt([crash], nothing)
    assert result.killer is not None
    assert "500 internal.server.error" in result.killer


def test_a_mock_that_cannot_even_start_is_dead() -> None:
    def refusing(_: Store) -> object:
        raise RuntimeError

    (result,) = hunt([Mutant("crash", refusing)], nothing)  # type: ignore[arg-type]  # it never starts
    assert result.killer == "it crashed: RuntimeError"


def test_what_the_examples_do_not_notice_is_left_to_the_generated_requests() -> None:
    asked: list[Worlds] = []

    def generated(worlds: Worlds) -> Iterator[Result]:
        asked.append(worlds)
        return iter(())

    list(hunt([Mutant("none", lambda store: Site(store).answer)], generated))
    assert len(asked) == 1
    list(hunt([next(rule_mutants())], generated))
    assert len(asked) == 1


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> list[Mutant]:
    found = list(rule_mutants())[:2]
    monkeypatch.setattr(mutants, "all_mutants", lambda: iter(found))
    monkeypatch.setattr("ringback_harness.commands.check.MUTANT_EXAMPLES", 1)
    return found


def test_the_command_counts_the_killed(few: list[Mutant]) -> None:
    result = CliRunner().invoke(main, ["check", "--mutants"])
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[-1] == f"{len(few)} of {len(few)} mutants killed"


def test_the_command_refuses_options_that_would_do_nothing() -> None:
    result = CliRunner().invoke(
        main, ["check", "--mutants", "--seed", "5", "--report", "junit", "--save", "x"]
    )
    assert result.exit_code == 2
    assert "leave --save, --report out with --mutants, where it has no effect" in result.output


def test_the_command_names_survivors_and_fails(few: list[Mutant]) -> None:
    few.append(Mutant("harmless", lambda store: Site(store).answer))
    result = CliRunner().invoke(main, ["check", "--mutants"])
    assert result.exit_code == 1
    assert result.output.splitlines()[-2:] == ["survived: harmless", "2 of 3 mutants killed"]


def test_no_kill_counts_where_the_suite_fails_anyway(
    few: list[Mutant], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mutants, "sound", lambda _: "something")
    result = CliRunner().invoke(main, ["check", "--mutants"])
    assert result.exit_code == 2
    assert "unbroken mock" in result.output


def test_a_mutant_is_judged_by_the_table_as_shipped() -> None:
    mutant = next(mutant for mutant in rule_mutants() if mutant.id == "path.unknown: another code")
    reply = InProcess(mutant.serve).world().send(Request("GET", "/api/v2/nothing/here", {}))
    assert reply.document["code"] == mutants.OTHER_CODE
    assert TABLE["path.unknown"].code == "not.found"

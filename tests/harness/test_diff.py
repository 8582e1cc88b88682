"""A target that differs in known ways is told apart in those ways, and in no other."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ringback_contracts.case import Case
from ringback_contracts.model import Rule, Violation
from ringback_contracts.table import TABLE, Table
from ringback_harness.cassettes import Origin, Recorder, read_cassettes
from ringback_harness.cli import main
from ringback_harness.diff import Aspect, Comparison, compare_cassettes, compare_target
from ringback_harness.diff.known import KnownDifference, read_known
from ringback_harness.diff.page import page
from ringback_harness.exits import Exit, SetupError
from ringback_harness.sandbox import Permit, Tools, opened_sandbox
from ringback_mock.http import Response
from tests.standin import COLLEAGUE, EMAIL, NAME, NUMBER, NoTime, StandIn, standin

WAYS = {
    "token.missing": Aspect.HEADERS,
    "token.unknown": Aspect.ANSWER,
    "json.malformed": Aspect.ANSWER,
    "body.mixed": Aspect.ANSWER,
    "body.not-an-object": Aspect.ENVELOPE,
    "destination.missing": Aspect.ANSWER,
    "number.unassigned": Aspect.ANSWER,
    "number.reserved": Aspect.ANSWER,
    "field.wrong-type": Aspect.SHAPE,
    "sip.cannot-call": Aspect.SHAPE,
}
"""The rules in which the deviant is another, and in what each of them shows."""


def deviant() -> Table:
    """The shipped table, changed in eight ways: status, code, switched off, what the details say."""
    table = TABLE.without("number.unassigned").without("number.reserved")
    changed: dict[str, dict[str, Any]] = {
        "token.unknown": {"code": "invalid.token"},
        "json.malformed": {"code": "json.unreadable"},
        "body.mixed": {"status": 409},
        "destination.missing": {"code": "no.destination"},
        "field.wrong-type": {"check": elsewhere(TABLE["field.wrong-type"])},
        "sip.cannot-call": {"check": elsewhere(TABLE["sip.cannot-call"])},
    }
    for rule_id, changes in changed.items():
        table = table.with_rule(replace(table[rule_id], **changes))
    return table


def elsewhere(rule: Rule) -> Any:
    """The rule's check, which blames another field."""

    def check(case: Case) -> Sequence[Violation]:
        return [replace(violation, pointer="/elsewhere") for violation in rule.check(case)]

    return check


def without_header(name: str) -> Callable[[Response], Response]:
    def changed(response: Response) -> Response:
        return replace(response, headers=tuple(pair for pair in response.headers if pair[0] != name))

    return changed


def without_field(name: str) -> Callable[[Response], Response]:
    def changed(response: Response) -> Response:
        envelope = json.loads(response.body)
        del envelope[name]
        return replace(response, body=json.dumps(envelope).encode())

    return changed


OTHERWISE = {
    "token.missing": without_header("WWW-Authenticate"),
    "body.not-an-object": without_field("messageParams"),
}
"""The last two ways: what the answer of a rule lacks."""


def compared(stand_in: StandIn, folder: Path | None = None) -> Comparison:
    permit = Permit.of(send=True, numbers=[NUMBER], users=[COLLEAGUE], budget=60)
    notes = Recorder(folder, Origin("sandbox", "eu_west_1")) if folder else None
    clock = NoTime()
    tools = Tools(sleep=clock.sleep, now=clock.now, notes=notes)
    with opened_sandbox(stand_in.settings, permit, tools) as sandbox:
        return compare_target(sandbox)


def found(comparison: Comparison) -> dict[str, Aspect]:
    return {difference.rule: difference.aspect for difference in comparison.differences}


def test_the_ten_ways_of_a_deviant_are_found_and_nothing_else_live_and_from_cassettes(tmp_path: Path) -> None:
    with standin(tmp_path, table=deviant(), otherwise=OTHERWISE) as stand_in:
        comparison = compared(stand_in, tmp_path / "cassettes")
    assert found(comparison) == WAYS
    assert len(comparison.differences) == len(WAYS) == 10
    assert set(WAYS.values()) == set(Aspect)
    replayed = compare_cassettes(read_cassettes(tmp_path / "cassettes"), "cassettes")
    assert found(replayed) == WAYS


def test_a_target_with_the_same_rules_does_not_differ(tmp_path: Path) -> None:
    with standin(tmp_path) as stand_in:
        comparison = compared(stand_in, tmp_path / "cassettes")
    assert comparison.differences == []
    assert comparison.compared > 80
    assert compare_cassettes(read_cassettes(tmp_path / "cassettes"), "cassettes").differences == []
    said = "".join(path.read_text() for path in (tmp_path / "cassettes").glob("*.har"))
    for secret in (stand_in.environment["RINGBACK_ACCESS_TOKEN"], NUMBER, NAME, EMAIL):
        assert secret.lower() not in said.lower()
    assert "person2@example.com" in said


@pytest.fixture(scope="module")
def cassettes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("deviant")
    with standin(folder, table=deviant(), otherwise=OTHERWISE) as stand_in:
        compared(stand_in, folder / "cassettes")
    return folder / "cassettes"


def diff(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["diff", *map(str, arguments)])


def known_file(folder: Path, rules: dict[str, Aspect]) -> Path:
    entries = [
        f'[[known]]\nrule = "{rule}"\naspect = "{aspect}"\nreason = "seen in spring"\n'
        for rule, aspect in rules.items()
    ]
    path = folder / "known.toml"
    path.write_text("\n".join(entries))
    return path


def test_differences_are_a_finding(cassettes: Path) -> None:
    result = diff("--target", cassettes)
    assert result.exit_code == Exit.FINDING
    assert "10 differences in 10 rules" in result.output
    assert all(rule in result.output for rule in WAYS)


def test_what_was_not_seen_is_listed(cassettes: Path) -> None:
    (listed,) = (line for line in diff("--target", cassettes).output.splitlines() if line[:9] == "not seen:")
    assert "rate.exceeded" in listed
    assert "body.mixed" not in listed


def test_known_differences_are_fine_and_are_shown_with_their_reason(cassettes: Path, tmp_path: Path) -> None:
    result = diff("--target", cassettes, "--known", known_file(tmp_path, WAYS))
    assert result.exit_code == Exit.FINE
    assert result.output.count("known: seen in spring") == 10


def test_one_difference_that_is_not_known_is_a_finding(cassettes: Path, tmp_path: Path) -> None:
    known = {rule: aspect for rule, aspect in WAYS.items() if rule != "body.mixed"}
    assert diff("--target", cassettes, "--known", known_file(tmp_path, known)).exit_code == Exit.FINDING


def test_a_stale_entry_fails(cassettes: Path, tmp_path: Path) -> None:
    known = known_file(tmp_path, WAYS | {"path.unknown": Aspect.ANSWER})
    result = diff("--target", cassettes, "--known", known)
    assert result.exit_code == Exit.FINDING
    assert "stale: path.unknown" in result.output


def test_an_entry_about_a_rule_that_was_not_seen_is_not_stale(cassettes: Path, tmp_path: Path) -> None:
    known = known_file(tmp_path, WAYS | {"rate.exceeded": Aspect.ANSWER})
    assert diff("--target", cassettes, "--known", known).exit_code == Exit.FINE


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x", "known.toml"),
        ("other = 1", "[[known]]"),
        ('[[known]]\nrule = "body.mixed"\naspect = "headers"', "reason"),
        ('[[known]]\nrule = "body.mixed"\naspect = "x"\nreason = "y"', "body shape"),
        ('[[known]]\nrule = "body.mixd"\naspect = "headers"\nreason = "y"', "body.mixd"),
        ('[[known]]\nrule = "body.mixed"\naspect = "headers"\nreason = " "', "say something"),
    ],
)
def test_a_known_file_that_says_nothing_sound_is_refused(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "known.toml"
    path.write_text(text)
    with pytest.raises(SetupError) as refused:
        read_known(path)
    assert said in refused.value.message


def test_the_page_shows_every_rule_and_what_differs_and_needs_nothing_else(cassettes: Path) -> None:
    comparison = compare_cassettes(read_cassettes(cassettes), "cassettes")
    known = [KnownDifference("body.mixed", Aspect.ANSWER, "a <known> one")]
    html = page(comparison, known)
    assert all(rule.id in html for rule in TABLE)
    assert html.index("<svg") < html.index("<h2>Differences")
    assert html.count("<article>") == 10
    assert "a &lt;known&gt; one" in html
    assert not any(outside in html for outside in ("http://", "https://", "<script", "<link", "url("))


def test_the_report_is_written_where_it_is_asked_for(cassettes: Path, tmp_path: Path) -> None:
    diff("--target", cassettes, "--report", "html", "--report-dir", tmp_path / "out")
    assert (tmp_path / "out" / "diff.html").read_text().startswith("<!doctype html>")


def test_a_folder_without_cassettes_is_wrong_usage(tmp_path: Path) -> None:
    assert diff("--target", tmp_path).exit_code == Exit.SETUP

"""``ringback rules``: the whole table, one rule in full, and the document made of it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from ringback_contracts.catalogue import TABLE
from ringback_explain.tell.tokens import ANSWERED
from ringback_harness import rules_catalogue
from ringback_harness.commands.rules import command
from ringback_harness.exits import Exit
from ringback_harness.rules_catalogue import Entry, catalogue

DOCUMENT = Path(__file__).parents[2] / "docs" / "rules.md"
ALL = list(catalogue().values())


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments, catch_exceptions=False)


def test_every_rule_has_its_line_in_the_platform_s_order() -> None:
    lines = run().stdout.splitlines()
    assert [line.split()[0] for line in lines] == [rule.id for rule in ALL]
    assert [rule.id for rule in ALL[: len(TABLE)]] == [rule.id for rule in TABLE]
    for line, rule in zip(lines, ALL, strict=True):
        for part in (str(rule.status), rule.code, rule.evidence.value, rule.title):
            assert part in line


def test_in_a_narrow_terminal_no_line_is_torn() -> None:
    console = Console(width=80, force_terminal=True, color_system=None)
    with console.capture() as captured:
        rules_catalogue.show_table(console, ALL)
    shown = captured.get()
    assert max(map(len, shown.splitlines())) <= 80
    lines = [line.strip() for line in shown.splitlines()]
    for rule in ALL:
        answer = f"{rule.status} {rule.code}"
        at = next(at for at, line in enumerate(lines) if line.split()[:1] == [rule.id])
        assert answer in (lines[at].removeprefix(rule.id).strip(), lines[at + 1])


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.id)
def test_one_rule_is_shown_with_its_source_fix_and_examples(rule: Entry) -> None:
    words = " ".join(run(rule.id).stdout.split())
    for part in (rule.title, rule.fix, rule.source, rule.evidence.value):
        assert " ".join(part.split()) in words
    assert ("Refused" in words, "Not refused" in words) == (bool(rule.rejects), bool(rule.accepts))


def test_one_rule_as_json_has_its_examples() -> None:
    document = json.loads(run("station.missing", "--json").stdout)
    rule = TABLE["station.missing"]
    assert (document["id"], document["status"], document["fix"]) == (rule.id, rule.status, rule.fix)
    assert len(document["rejects"]) == len(rule.rejects)
    assert document["rejects"][0]["token"] == "bob"
    assert "token" not in document["accepts"][0]


def test_all_rules_as_json_are_all_rules() -> None:
    documents = json.loads(run("--json").stdout)
    assert [document["id"] for document in documents] == [rule.id for rule in ALL]
    told_by_the_answer = {document["id"] for document in documents if not document["rejects"]}
    assert told_by_the_answer == {rule.id for rule in ANSWERED}


def test_a_long_body_of_an_example_is_cut() -> None:
    (example,) = json.loads(run("body.too-large", "--json").stdout)["rejects"]
    assert example["raw"].endswith("(512,032 bytes)")
    assert len(example["raw"]) < 100


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("sip.utyped", "sip.untyped"),
        ("missing.station", "station.missing"),
        ("token.wrong-way", "token.wrong-path"),
        ("zzz", "lists"),
    ],
)
def test_an_unknown_id_is_refused_with_the_nearest(wrong: str, right: str) -> None:
    result = run(wrong)
    assert (result.exit_code, right in result.stderr) == (2, True)


def test_the_document_is_current() -> None:
    assert DOCUMENT.read_text("utf-8") == run("--markdown").stdout, (
        "regenerate it: ringback rules --markdown > docs/rules.md"
    )


def test_the_links_of_the_document_lead_to_its_headings() -> None:
    text = DOCUMENT.read_text("utf-8")
    headings = {title.replace(".", "") for title in re.findall(r"^## (.+)$", text, re.MULTILINE)}
    assert set(re.findall(r"\(#([^)]+)\)", text)) == headings


def test_the_examples_of_the_document_are_json() -> None:
    text = DOCUMENT.read_text("utf-8")
    blocks = re.findall(r"^```json\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    examples = [json.loads(line) for block in blocks for line in block.splitlines()]
    assert len(examples) == sum(len(rule.rejects) + len(rule.accepts) for rule in ALL)


@pytest.mark.parametrize(
    ("arguments", "left_out"),
    [
        (["tel.no-plus", "--markdown"], "tel.no-plus out with --markdown"),
        (["tel.no-plus", "--confirm", "."], "tel.no-plus out with --confirm"),
        (["--json", "--markdown"], "--json out with --markdown"),
        (["--markdown", "--json"], "--json out with --markdown"),
        (["--json", "--confirm", "."], "--json out with --confirm"),
    ],
)
def test_what_excludes_each_other_is_refused(arguments: list[str], left_out: str) -> None:
    result = run(*arguments)
    assert result.exit_code == Exit.SETUP
    assert f"leave {left_out}, where it has no effect" in result.output

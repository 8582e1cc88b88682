"""What docs/cases.md shows are cases, and they stand as it says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from ringback_contracts.org import default_org
from ringback_harness import cases
from ringback_harness.cases import load_case, try_case
from ringback_harness.check.results import CheckOutcome
from ringback_harness.check.rules import Worlds
from ringback_harness.check.verify import Standing
from ringback_harness.cli import main
from ringback_harness.commands.verify_fix import command
from ringback_harness.targets import InProcess
from tests.examples.snippets import ROOT
from tests.serving import mock_server

DOCUMENT = (ROOT / "docs/cases.md").read_text("utf-8")
FILES = [
    (DOCUMENT.count("\n", 0, found.start()) + 1, found[1], found[2])
    for found in re.finditer(r"^```(yaml|json)\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
]
COMMANDS = [
    shlex.split(line)
    for block in re.findall(r"^```console\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
]


def write(folder: Path) -> Path:
    for line, kind, text in FILES:
        (folder / f"line-{line}.{kind}").write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize(("line", "kind", "text"), FILES, ids=[f"line-{line}" for line, _, _ in FILES])
def test_an_example_is_a_whole_case_that_holds_on_the_mock(
    line: int, kind: str, text: str, tmp_path: Path
) -> None:
    path = tmp_path / f"line-{line}.{kind}"
    path.write_text(text, "utf-8")
    result = try_case(Worlds(InProcess()), load_case(path))
    assert (result.outcome, result.reasons) == (CheckOutcome.HELD, ())


def test_the_commands_say_that_all_of_them_are_fixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("cases").mkdir()
    write(Path("cases"))
    with mock_server() as url:
        for words in COMMANDS[:2]:
            arguments = [word.replace("http://127.0.0.1:8010", url) for word in words[1:]]
            ran = CliRunner().invoke(main, arguments)
            assert (words[0], ran.exit_code) == ("ringback", 0), ran.output
            assert [line.split()[0] for line in ran.output.splitlines()] == [Standing.FIXED] * len(FILES)
    assert COMMANDS[2][:3] == ["ringback", "check", "--cases"]


def keys(title: str) -> list[str]:
    """The keys in the first column of a table."""
    rows = DOCUMENT.partition(f"| {title} |")[2].partition("\n\n")[0].splitlines()[2:]
    return [key for row in rows for key in re.findall(r"`(\w+)`", row.split(" | ")[0])]


@pytest.mark.parametrize(
    ("title", "known"),
    [
        ("key", cases.KEYS),
        ("key of `request`", cases.REQUEST_KEYS),
        ("key of `intent`", cases.INTENT_KEYS),
        ("key of `expect`", cases.EXPECT_KEYS),
        ("key of `org`", cases.ORG_KEYS),
    ],
)
def test_each_table_has_the_keys_that_are_read(title: str, known: tuple[str, ...]) -> None:
    assert set(keys(title)) == set(known)


def test_every_standing_is_explained() -> None:
    assert [standing for standing in Standing if f"| `{standing}` |" not in DOCUMENT] == []


def test_every_token_that_a_case_can_name_is_listed() -> None:
    row = next(line for line in DOCUMENT.splitlines() if line.startswith("| `as` |"))
    assert {*default_org().token_by_value, cases.NOBODY} <= set(re.findall(r"`(\w+)`", row))


def test_the_case_in_the_help_is_one(tmp_path: Path) -> None:
    shown = re.search(r"^ +why: .*?expect: .*?$", command.help or "", re.MULTILINE | re.DOTALL)
    assert shown is not None
    path = tmp_path / "case.yaml"
    path.write_text(re.sub(r"^ +", "", shown[0], flags=re.MULTILINE))
    assert try_case(Worlds(InProcess()), load_case(path)).outcome is CheckOutcome.HELD
    assert "docs/cases.md" in (command.help or "")

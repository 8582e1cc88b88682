"""What docs/sandbox.md shows is what happens, on a stand-in for the org that it speaks of."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ringback_contracts.catalogue import TABLE
from ringback_contracts.core.model import Evidence
from ringback_contracts.evidence import VARIABLE
from ringback_harness.cli import main
from ringback_harness.diff import Aspect
from ringback_harness.exits import Exit
from ringback_harness.sandbox.settings import API_URL, LOGIN_URL, REGION
from tests.examples.snippets import ROOT
from tests.standin import StandIn, standin, waits_for_nothing

DOCUMENT = (ROOT / "docs/sandbox.md").read_text("utf-8")
COMMANDS = [
    shlex.split(line)
    for block in re.findall(r"^```console\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
]
KNOWN = re.search(r"^```toml\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
DIFFERS = TABLE.with_rule(replace(TABLE["body.mixed"], status=409))
"""The org in the file of known differences."""


def run(command: list[str], environment: dict[str, str]) -> Result:
    assert command[0] == "ringback"
    return CliRunner().invoke(main, command[1:], env=environment)


def test_the_commands_do_what_the_document_says_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dry, record, replay, confirm = COMMANDS
    monkeypatch.chdir(tmp_path)
    waits_for_nothing(monkeypatch)
    with standin(tmp_path, table=DIFFERS) as stand_in:
        _dry_and_for_real(stand_in, dry, record)
        environment = stand_in.environment
    assert KNOWN is not None
    Path("known.toml").write_text(KNOWN[1])
    known = run(replay, {})
    assert known.exit_code == Exit.FINE, known.output
    assert "known: The org in eu_west_1" in known.output
    assert Path("ringback-report/diff.html").exists()
    confirmed = run(confirm, environment)
    assert confirmed.exit_code == Exit.FINDING
    assert "body.mixed: contradicted by" in confirmed.output
    shown = run(["ringback", "rules", "number.unassigned", "--json"], {VARIABLE: "evidence.json"})
    assert json.loads(shown.output)["evidence"] == Evidence.OBSERVED


@pytest.fixture(autouse=True)
def _table_as_before() -> Iterator[None]:
    before = TABLE.rules
    yield
    TABLE._fill(before)


def _dry_and_for_real(stand_in: StandIn, dry: list[str], record: list[str]) -> None:
    printed = run(dry, stand_in.environment)
    assert printed.exit_code == Exit.FINE, printed.output
    assert "would send: " in printed.output
    assert stand_in.asked == []
    recorded = run(record, stand_in.environment)
    assert recorded.exit_code == Exit.FINDING
    assert "1 difference; of " in recorded.output
    assert len(list(Path("cassettes").iterdir())) == len(stand_in.asked)


def test_without_its_environment_a_command_says_what_to_set() -> None:
    for command in COMMANDS[:2]:
        refused = run(command, {})
        assert refused.exit_code == Exit.SETUP
        assert f"set {REGION}" in refused.output


def test_the_variables_of_the_document_are_those_that_are_read() -> None:
    named = set(re.findall(r"`((?:GENESYSCLOUD|GENESYS|RINGBACK)_[A-Z_]+)`", DOCUMENT))
    assert named == {
        REGION,
        "RINGBACK_ACCESS_TOKEN",
        "GENESYSCLOUD_OAUTHCLIENT_ID",
        "GENESYSCLOUD_OAUTHCLIENT_SECRET",
        "GENESYS_CLIENT_ID",
        "GENESYS_CLIENT_SECRET",
        "RINGBACK_CA",
        API_URL,
        LOGIN_URL,
    }


def test_what_a_command_asks_for_stands_in_the_document() -> None:
    asked = re.findall(r"[A-Z]+_[A-Z_]+", run(COMMANDS[0], {}).output)
    assert asked
    assert not [name for name in asked if f"`{name}`" not in DOCUMENT]


def test_every_aspect_of_a_known_difference_is_named() -> None:
    assert KNOWN is not None
    assert all(f'"{aspect}"' in KNOWN[1] for aspect in Aspect)

"""``ringback init`` writes an org to start from, and never over anybody's file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from click.testing import CliRunner

from ringback_contracts.org import default_org, default_org_text, load_org
from ringback_harness.cli import main
from ringback_harness.exits import Exit

if TYPE_CHECKING:
    import pytest


def test_what_it_writes_is_the_default_org_with_its_comments(tmp_path: Path) -> None:
    path = tmp_path / "my.toml"
    result = CliRunner().invoke(main, ["init", str(path)], catch_exceptions=False)
    text = path.read_text("utf-8")
    assert result.exit_code == Exit.FINE
    assert load_org(text) == default_org()
    assert text.endswith(default_org_text())
    assert f"ringback serve --org {path}" in result.stdout


def test_without_a_name_it_writes_org_toml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(main, ["init"], catch_exceptions=False).exit_code == Exit.FINE
    assert load_org(Path("org.toml").read_text("utf-8")) == default_org()


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "org.toml"
    path.write_text("mine")
    result = CliRunner().invoke(main, ["init", str(path)], catch_exceptions=False)
    assert result.exit_code == Exit.SETUP
    assert "exists already" in result.stderr
    assert path.read_text() == "mine"


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["init", str(tmp_path / "no" / "org.toml")], catch_exceptions=False)
    assert result.exit_code == Exit.SETUP
    assert "No such file or directory" in result.stderr

"""What the guides show is what happens."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ringback_contracts.http.faults import FaultKind
from ringback_contracts.org import default_org, load_org
from ringback_harness.cli import COMMANDS
from ringback_harness.fixtures import Ringback
from tests.examples.snippets import ROOT, Snippet, parameters, snippets
from tests.harness.test_pytest_plugin import Run
from tests.serving import free_port, mock_server

FAULTS = (ROOT / "docs/faults.md").read_text("utf-8")
CI = (ROOT / "docs/ci.md").read_text("utf-8")


RUN_ALONE = ("client", "demo", "faults", "org")
"""The pages whose blocks stand each for itself."""


def _blocks() -> Iterator[object]:
    for page in RUN_ALONE:
        yield from parameters(list(snippets((ROOT / "docs" / f"{page}.md").read_text("utf-8"))), page)


@pytest.mark.parametrize("snippet", list(_blocks()))
def test_a_block_of_a_page_runs_and_prints_what_it_says(snippet: Snippet, tmp_path: Path) -> None:
    with mock_server() as url:
        snippet.check(url, tmp_path)


def test_the_table_of_faulty_numbers_is_the_org_file() -> None:
    rows = re.findall(r"^\| `(\+44\d+)` \| `([a-z-]+)` \|", FAULTS, re.MULTILINE)
    assert rows == [(fault.number, fault.kind.value) for fault in default_org().faults]


def test_every_kind_of_fault_is_explained() -> None:
    assert [kind for kind in FaultKind if f"`{kind}`" not in FAULTS] == []


def test_the_org_file_of_the_guide_loads() -> None:
    text = re.search(r"```toml\n(.*?)```", FAULTS, re.DOTALL)
    assert text is not None
    assert load_org('id = "o"\nname = "O"\n' + text[1]).faults[0].times == 1


def test_the_tests_of_the_guide_pass(tmp_path: Path) -> None:
    shown = [snippet.code for snippet in snippets(CI) if snippet.language == "python"]
    assert shown
    Run(tmp_path)("\n".join(shown))


def steps() -> list[dict[str, Any]]:
    text = re.search(r"```yaml\n(.*?)```", CI, re.DOTALL)
    assert text is not None
    found: list[dict[str, Any]] = yaml.safe_load(text[1])["jobs"]["calls"]["steps"]
    return found


def background_step(port: str) -> str:
    """The step that starts a mock in the background, word for word, but for its port."""
    script: str = next(step["run"] for step in steps() if "ringback serve" in step.get("run", ""))
    return script.replace("8010", port)


def test_the_workflow_s_commands_run(tmp_path: Path) -> None:
    port = str(free_port())
    Snippet(0, "bash", background_step(port), None).check(f"http://127.0.0.1:{port}", tmp_path)


def test_the_workflow_fails_with_the_log_where_the_mock_cannot_start(tmp_path: Path) -> None:
    with mock_server() as url:
        script = background_step(url.rpartition(":")[2])
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-e", "-c", script],
            cwd=tmp_path,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            timeout=25,
            check=False,
        )
    assert done.returncode != 0
    assert "cannot listen on 127.0.0.1 port" in done.stdout


def test_the_workflow_installs_from_what_it_has_fetched() -> None:
    """No index is asked for Ringback: the path that is installed is the one that was checked out."""
    fetched = [step["with"]["path"] for step in steps() if "repository" in step.get("with", {})]
    installed = re.findall(r'pip install "(\S+)\[', "\n".join(step.get("run", "") for step in steps()))
    assert [f"./{path}" for path in fetched] == installed != []


def test_the_workflow_names_commands_that_exist() -> None:
    named = set(re.findall(r"\bringback ([a-z-]+)\b", "\n".join(step.get("run", "") for step in steps())))
    assert named - {"ready"} <= set(COMMANDS)


def test_the_extras_that_the_guide_installs_exist() -> None:
    named = set(re.findall(r"(?:ringback|\.)\[(\w+)\]", CI))
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert named
    assert named <= set(extras)


def test_the_guide_names_what_the_fixture_has() -> None:
    row = next(line for line in CI.splitlines() if line.startswith("| `ringback` |"))
    members = re.findall(r"`(\w+)(?:\(.*?\))?`", row)[1:]
    assert len(members) > 5
    service = {"id": "x", "secret": "y"}
    org = Ringback(
        "http://127.0.0.1:1", {"id": "z", "tokens": {"alice": "t"}, "clients": {"demo-service": service}}
    )
    assert [member for member in members if not hasattr(org, member)] == []

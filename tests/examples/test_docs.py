"""What the guides show is what happens."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Self

import pytest
import yaml

from ringback_client import CallsClient
from ringback_contracts.http.faults import FaultKind
from ringback_contracts.org import default_org, load_org
from ringback_harness.commands.serve import command as serve
from ringback_harness.fixtures import Ringback
from tests.examples.snippets import ROOT, Snippet, parameters, snippets
from tests.harness.test_pytest_plugin import Run
from tests.serving import mock_server

FAULTS = (ROOT / "docs/faults.md").read_text("utf-8")
CI = (ROOT / "docs/ci.md").read_text("utf-8")


RUN_ALONE = (
    "admin",
    "browser",
    "client",
    "contracts",
    "demo",
    "events",
    "faults",
    "first-ten-minutes",
    "org",
)
"""The pages whose blocks stand each for itself."""


def _blocks() -> Iterator[object]:
    for page in RUN_ALONE:
        yield from parameters(list(snippets((ROOT / "docs" / f"{page}.md").read_text("utf-8"))), page)


@pytest.mark.parametrize("snippet", list(_blocks()))
def test_a_block_of_a_page_runs_and_prints_what_it_says(snippet: Snippet, tmp_path: Path) -> None:
    with mock_server() as url:
        snippet.check(url, tmp_path)


class Container:
    """A stand-in for testcontainers' container: a mock of this checkout, on a port that it tells."""

    def __init__(self, image: str) -> None:
        assert image == "ringback"

    def with_exposed_ports(self, port: int) -> Container:
        assert port == 8010
        return self

    def with_env(self, name: str, value: str) -> Container:
        assert value
        assert name in {f"RINGBACK_{option.name.upper()}" for option in serve.params if option.name}
        return self

    def __enter__(self) -> Self:
        self.serving = mock_server()
        self.port = int(self.serving.__enter__().rpartition(":")[2])
        return self

    def __exit__(self, *error: object) -> None:
        self.serving.__exit__(None, None, None)

    def get_container_host_ip(self) -> str:
        return "localhost"

    def get_exposed_port(self, port: int) -> int:
        assert port == 8010
        return self.port


def test_the_recipe_for_testcontainers_gives_the_address_of_a_mock(monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs/containers.md").read_text("utf-8")
    (recipe,) = [snippet.code for snippet in snippets(page) if snippet.language == "python"]
    waited: list[str] = []
    container, waits = ModuleType("container"), ModuleType("waits")
    container.__dict__["DockerContainer"] = Container
    waits.__dict__["wait_for_logs"] = lambda _container, text, timeout: waited.append(text)
    for name, module in {"testcontainers": container, "testcontainers.core": container}.items():
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setitem(sys.modules, "testcontainers.core.container", container)
    monkeypatch.setitem(sys.modules, "testcontainers.core.waiting_utils", waits)
    names: dict[str, Any] = {}
    exec(recipe.replace('@pytest.fixture(scope="session")\n', ""), names)
    fixture = names["ringback_url"]()
    url = next(fixture)
    assert CallsClient(url, "alice").place_call("tel:+442079460100").id
    assert list(fixture) == []
    assert waited == ["ringback ready on"]


def test_the_files_that_containers_are_described_by_can_be_read() -> None:
    page = (ROOT / "docs/containers.md").read_text("utf-8")
    compose = yaml.safe_load(re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)[0])
    assert compose["services"]["tests"]["depends_on"]["ringback"]["condition"] == "service_healthy"
    editor = json.loads(re.findall(r"```json\n(.*?)```", page, re.DOTALL)[0])
    ours = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text("utf-8"))
    assert {key: ours[key] for key in ("postStartCommand", "forwardPorts", "containerEnv")} == {
        key: editor[key] for key in ("postStartCommand", "forwardPorts", "containerEnv")
    }


def test_the_variables_of_the_guide_are_read_somewhere() -> None:
    page = (ROOT / "docs/configuration.md").read_text("utf-8")
    code = "".join(
        path.read_text("utf-8")
        for folder in ("client", "contracts", "harness", "mockserver")
        for path in (ROOT / folder).rglob("*.py")
    )
    options = {f"RINGBACK_{option.name.upper()}" for option in serve.params if option.name}
    named = set(re.findall(r"`((?:RINGBACK|GENESYSCLOUD)_\w+)`", page))
    assert [name for name in named - options if f'"{name}"' not in code] == []


def test_the_site_and_its_list_for_programs_have_every_page() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text("utf-8")
    listed = (ROOT / "docs/llms.txt").read_text("utf-8")
    pages = {path.stem for path in (ROOT / "docs").glob("*.md")} - {"index"}
    assert [page for page in pages if f"{page}.md" not in navigation] == []
    assert [page for page in pages if f"/ringback/{page}/)" not in listed] == []


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


ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
SHOWN = [yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", CI, re.DOTALL)]
WORKFLOWS = [
    shown["jobs"]["calls"]["steps"] if "jobs" in shown else shown.get("steps", []) for shown in SHOWN
]


def test_the_workflows_give_the_action_inputs_that_it_has() -> None:
    used = [step for steps in WORKFLOWS for step in steps if re.search("/ringback@", step.get("uses", ""))]
    assert len(used) == 2
    for step in used:
        assert set(step.get("with", {})) <= set(ACTION["inputs"])


def test_the_inputs_of_the_action_are_all_explained() -> None:
    assert [name for name in ACTION["inputs"] if f"| `{name}` |" not in CI] == []


def test_a_workflow_of_ten_lines_places_a_call() -> None:
    """Its steps run in the action's own words, but for what installs."""
    run = next(step["with"]["run"] for steps in WORKFLOWS for step in steps if "run" in step.get("with", {}))
    ringback = Path(sys.executable).with_name("ringback")
    command = [sys.executable, str(ROOT / "tools/workflow.py"), "--ringback", str(ringback), "port=0"]
    done = subprocess.run([*command, f"run={run}"], capture_output=True, text=True, timeout=50, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Ringback refused nothing." in done.stdout


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

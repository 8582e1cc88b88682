"""Where people meet Ringback outside its repository: a workflow, a pipeline, an image, an editor."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from ringback_harness.commands.serve import command as serve
from ringback_mock.version import VERSION
from tests.serving import free_port

ROOT = Path(__file__).parent.parent
RINGBACK = Path(sys.executable).with_name("ringback")
URLS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["urls"]
PLACES = "ringback call tel:+442079460100"
REFUSED = (
    "curl -s -X POST $RINGBACK_URL/api/v2/conversations/calls -H 'Authorization: Bearer alice' --json '{'"
)
TEXTS = [ROOT / "README.md", ROOT / "ci/gitlab.yml", *(ROOT / "docs").rglob("*.md")]


def workflow(*inputs: str) -> subprocess.CompletedProcess[str]:
    """What the shell steps of the action do with a mock of this checkout."""
    command = [sys.executable, str(ROOT / "tools/workflow.py"), "--ringback", str(RINGBACK), "port=0"]
    return subprocess.run([*command, *inputs], capture_output=True, text=True, check=False, timeout=50)


def test_the_action_serves_a_mock_to_what_it_runs() -> None:
    done = workflow(f"run={PLACES}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Ringback refused nothing." in done.stdout
    assert re.search(r"^kept: \S+/ringback\.log$", done.stdout, re.MULTILINE)


def test_the_action_shows_what_was_refused_and_why() -> None:
    done = workflow(f"run={REFUSED}")
    assert done.returncode == 0, done.stdout + done.stderr
    shown, summary = done.stdout.split("### Ringback refused")
    for text in (shown, summary):
        assert "POST /api/v2/conversations/calls 400 json.malformed" in text


def test_the_action_fails_with_what_it_runs_and_still_shows_what_was_refused() -> None:
    done = workflow(f"run={REFUSED}; exit 7")
    assert done.returncode == 1
    assert "json.malformed" in done.stdout
    assert "kept: " in done.stdout


def test_the_action_takes_an_org_and_options(tmp_path: Path) -> None:
    org = tmp_path / "org.toml"
    subprocess.run([RINGBACK, "init", org], check=True, capture_output=True)
    done = workflow(
        f"org={org}", "options=--fault unavailable:times=1 --speed 2", f"run={PLACES} || {PLACES}"
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_action_fails_with_the_log_where_the_mock_cannot_start() -> None:
    done = workflow("options=--fault nonsense", f"run={PLACES}")
    assert done.returncode == 1
    assert "nonsense" in done.stdout
    assert "== Run" not in done.stdout


def _gitlab() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "ci/gitlab.yml").read_text("utf-8"))[".ringback"]
    return found


def test_the_gitlab_template_serves_a_mock_to_its_job(tmp_path: Path) -> None:
    template, port = _gitlab(), str(free_port())
    (tmp_path / ".ringback/bin").mkdir(parents=True)
    (tmp_path / ".ringback/bin/ringback").symlink_to(RINGBACK)
    _, start = template["before_script"]  # the first installs
    url = template["variables"]["RINGBACK_URL"].replace("8010", port)
    script = "\n".join(
        ["trap 'kill $mock' EXIT", start, f"{RINGBACK} call tel:+442079460100", *template["after_script"]]
    )
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "RINGBACK_PORT": port, "RINGBACK_URL": url},
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "Ringback refused nothing."
    assert "No such file" not in done.stderr
    assert (tmp_path / template["artifacts"]["paths"][0]).is_file()


def test_the_container_of_an_editor_serves_the_mock(tmp_path: Path) -> None:
    config = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text("utf-8"))
    port, log = str(free_port()), str(tmp_path / "log")
    start = config["postStartCommand"].replace("/tmp/ringback.log", log)
    wait = f"for _ in $(seq 150); do grep -q 'ready on' {log} && break; sleep 0.2; done; kill $!; cat {log}"
    environment = {**os.environ, "RINGBACK_PORT": port, "PATH": f"{RINGBACK.parent}:{os.environ['PATH']}"}
    command = ["bash", "-c", f"{start}\n{wait}"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=50)
    assert f"ringback ready on http://127.0.0.1:{port}" in done.stdout
    assert config["forwardPorts"] == [8010]


def test_whatever_compose_sets_is_an_option_of_serve() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    known = {f"RINGBACK_{name.upper()}" for parameter in serve.params if (name := parameter.name)}
    for name, service in compose["services"].items():
        if service.get("image") == "ringback":
            assert set(service["environment"]) <= known, name
            assert name in service["environment"]["RINGBACK_ALLOW_HOST"].split()


def test_the_image_is_built_of_its_base_alone_and_runs_as_nobody() -> None:
    text = (ROOT / "Dockerfile").read_text("utf-8")
    assert set(re.findall(r"^FROM (\S+)", text, re.MULTILINE)) == {"${BASE}"}
    users = re.findall(r"^USER (\d+)", text, re.MULTILINE)
    assert users
    assert "0" not in users


def test_the_image_is_given_each_folder_that_a_wheel_is_built_of() -> None:
    kept = set(re.findall(r"^!(\w+)$", (ROOT / ".dockerignore").read_text("utf-8"), re.MULTILINE))
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]
    assert {Path(package).parts[0] for package in wheel["wheel"]["packages"]} <= kept


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_text_names_this_release_and_this_home(path: Path) -> None:
    text, home = path.read_text("utf-8"), URLS["Source"].removeprefix("https://github.com/")
    assert set(re.findall(r"ringback==([\d.]+\d)", text)) <= {VERSION}
    assert set(re.findall(r"uses: (\S+/ringback)[@/]", text)) <= {home}
    assert set(re.findall(r"uses: \S+/ringback\S*@v?(\S+)", text)) <= {VERSION}

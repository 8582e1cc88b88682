"""What the page on several replicas shows can be read, and names what there is."""

from __future__ import annotations

import re
import shlex

import yaml

from ringback_harness.commands.serve import command as serve
from ringback_mock.replicas.log import IDLE_MILLISECONDS
from ringback_mock.replicas.replica import MOST_BYTES, MOST_ENTRIES
from tests.examples.snippets import ROOT

PAGE = (ROOT / "docs/deploy.md").read_text("utf-8")


def test_the_page_shows_the_files_as_they_are() -> None:
    shown = re.findall(r"```(?:yaml|nginx)\n(.*?)```", PAGE, re.DOTALL)
    assert shown == [(ROOT / "deploy" / name).read_text("utf-8") for name in ("compose.yaml", "nginx.conf")]


def test_the_compose_file_sets_what_serve_reads() -> None:
    compose = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text("utf-8"))
    options = {f"RINGBACK_{option.name.upper()}" for option in serve.params if option.name}
    for replica in ("one", "other"):
        assert compose["services"][replica]["environment"].keys() <= options
    assert compose["services"]["nginx"]["depends_on"].keys() == {"one", "other"}


def test_the_commands_are_understood() -> None:
    lines = re.findall(r"^ringback serve (.*)$", PAGE, re.MULTILINE)
    assert len(lines) == 2
    for line in lines:
        assert serve.make_context("serve", shlex.split(line)).params["store"] == "redis://127.0.0.1:6379/0"


def test_the_bounds_are_those_of_the_code() -> None:
    assert f"cut at {MOST_ENTRIES:,} entries or {MOST_BYTES // 2**20} MiB" in PAGE
    assert f"for {IDLE_MILLISECONDS // 86_400_000} days" in PAGE

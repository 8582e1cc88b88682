"""``ringback demo``: the story as its page shows it."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from ringback_contracts.catalogue import TABLE
from ringback_harness.commands import demo
from ringback_harness.exits import SetupError
from tests.serving import RINGBACK

STORY = (Path(__file__).parents[2] / "docs/demo.md").read_text("utf-8")


@pytest.fixture(scope="module")
def told() -> str:
    """What the command prints when it is piped."""
    environment = {**os.environ, "COLUMNS": "80"}
    done = subprocess.run([*RINGBACK, "demo"], capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_readme_shows_what_the_demo_prints(told: str) -> None:
    shown = re.search(r"<!-- demo -->\n.*```text\n(.*?)```\n<!-- /demo -->", STORY, re.DOTALL)
    assert shown is not None, "the page has no demo between its markers"
    assert shown[1] == told


def test_the_demo_tells_of_every_surprise(told: str) -> None:
    for rule in (
        "sip.misnamed-fields",
        "address.scheme-missing",
        "tel.no-plus",
        "number.unassigned",
        "permission.missing",
        "caller.not-a-user",
    ):
        assert f"({rule})" in told
        assert f"-> {TABLE[rule].status} {TABLE[rule].code}" in told
    assert told.count("-> placed") == 4


def test_the_demo_is_the_same_each_time_and_fits_a_terminal(told: str) -> None:
    assert max(map(len, told.splitlines())) <= 80
    assert not re.search(r"127\.0\.0\.1|[0-9a-f]{8}-[0-9a-f]{4}", told)


def test_a_mock_that_does_not_start_is_said_to_be_the_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "SERVE", (*demo.SERVE[:-2], "--no-such-option"))
    with pytest.raises(SetupError, match="did not start"), demo._mock():
        pytest.fail("there is no mock")

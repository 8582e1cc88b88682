from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback_contracts.http.platform_paths import known_path
from ringback_contracts.operations import OPERATIONS, Operation
from tests.sdk import sdk_folder

TOOL = Path(__file__).parents[2] / "tools" / "platform_paths.py"


@cache
def templates() -> list[str]:
    """The templates of the data file, read another way than the product reads them."""
    text = files("ringback_contracts").joinpath("data/platform_paths.txt").read_text("ascii")
    found, above = [], [""] * 40
    for line in re.findall(r"(?m)^[^#].*$", text):
        depth = len(line) - len(line.lstrip())
        above[depth + 1] = f"{above[depth]}/{line.strip().rstrip('/')}"
        if not line.endswith("/"):
            found.append("/api/v2" + above[depth + 1])
    return found


@cache
def patterns() -> re.Pattern[str]:
    escaped = (re.escape(template).replace(r"\{\}", "[^/]+") for template in templates())
    return re.compile("|".join(escaped))


segments = st.text(st.characters(exclude_characters="/"), min_size=1, max_size=8) | st.sampled_from(
    ["me", "calls", "users", "{}", "user", "participants", "conversations"]
)


@st.composite
def filled(draw: st.DrawFn) -> str:
    """A template with something in the place of each parameter."""
    template = draw(st.sampled_from(templates()))
    return "/".join(draw(segments) if part == "{}" else part for part in template.split("/"))


@st.composite
def disturbed(draw: st.DrawFn) -> str:
    """A path near a known one: with a segment dropped, repeated, emptied or replaced."""
    parts = draw(filled()).split("/")
    at = draw(st.integers(1, len(parts) - 1))
    parts[at : at + 1] = draw(
        st.sampled_from([[], [parts[at]] * 2, [""], [parts[at] + "x"]]) | segments.map(lambda one: [one])
    )
    return "/".join(parts)


@given(filled())
def test_every_path_of_the_sdk_is_known_whatever_its_parameters_are(path: str) -> None:
    assert known_path(path)


@given(disturbed() | st.text())
def test_a_path_is_known_exactly_when_it_fits_a_template(path: str) -> None:
    assert known_path(path) == bool(patterns().fullmatch(path))


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_what_the_mock_serves_is_known_to_the_sdk(operation: Operation) -> None:
    assert known_path(re.sub(r"\{\w+\}", "x", operation.template))


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("/api/v2/users/me/station", True),  # only {userId}/station leads there, although "me" exists too
        ("/api/v2/conversations/calls/1/participants/2", True),
        ("/api/v2/conversations/voice/1", False),
        ("/api/v2/conversations/calls/", False),
        ("/api/v2/users//station", False),
        ("/api/v2", False),
        ("/api/v2/", False),
        ("/api/v1/users/me", False),
        ("/oauth/token", False),
    ],
)
def test_literals_parameters_and_empty_segments(path: str, known: bool) -> None:
    assert known_path(path) is known


@pytest.mark.sdk
def test_the_table_is_what_the_installed_sdk_has() -> None:
    sdk_folder()
    run = subprocess.run([sys.executable, TOOL, "--check"], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[:2000] + run.stderr

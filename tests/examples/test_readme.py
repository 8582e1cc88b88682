"""What the README shows is what happens: its blocks run, on a fresh server, and print what is below them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.serving import mock_server

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
ADDRESS = "http://127.0.0.1:8010"
RUN = {"bash": ["bash", "-euo", "pipefail", "-c"], "python": [sys.executable, "-c"]}
OUTPUT = {"json", "text", "http"}
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+Z")


@dataclass(frozen=True)
class Snippet:
    """A block of the README that runs, and the block below it, which is what it prints."""

    line: int
    language: str
    code: str
    prints: str | None


def _snippets(markdown: str) -> Iterator[Snippet]:
    blocks = list(re.finditer(r"^```(\w+)\n(.*?)^```$", markdown, re.MULTILINE | re.DOTALL))
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        language, code = block.groups()
        if language in RUN:
            output = following.group(2) if following and following.group(1) in OUTPUT else None
            yield Snippet(markdown.count("\n", 0, block.start()) + 1, language, code, output)


def _masked(text: str) -> str:
    """The text without what differs from run to run: ids that are not the default org's, and times."""
    ids = UUID.sub(lambda found: found.group() if found.group() in KNOWN_IDS else "<id>", text)
    return TIME.sub("<time>", ids).replace("\r", "").strip()


KNOWN_IDS = frozenset(UUID.findall((ROOT / "contracts/ringback_contracts/data/org.toml").read_text("utf-8")))
SNIPPETS = list(_snippets(README))


def _parameters() -> Iterator[object]:
    for snippet in SNIPPETS:
        marks = [pytest.mark.sdk] if "PureCloudPlatformClientV2" in snippet.code else []
        yield pytest.param(snippet, id=f"line-{snippet.line}-{snippet.language}", marks=marks)


@pytest.fixture
def address() -> Iterator[str]:
    """Where a fresh ``ringback serve`` takes calls."""
    with mock_server() as url:
        yield url


@pytest.mark.parametrize("snippet", list(_parameters()))
def test_a_block_of_the_readme_runs_and_prints_what_it_says(
    snippet: Snippet, address: str, tmp_path: Path
) -> None:
    done = subprocess.run(
        [*RUN[snippet.language], snippet.code.replace(ADDRESS, address)],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    if snippet.prints is not None:
        assert _masked(done.stdout.replace(address, ADDRESS)) == _masked(snippet.prints)


def test_the_readme_starts_with_curl_with_the_client_and_with_the_official_sdk() -> None:
    shown = [snippet for snippet in SNIPPETS if snippet.prints]
    for start in ("curl ", "CallsClient(", "PureCloudPlatformClientV2"):
        assert [snippet for snippet in shown if start in snippet.code], (
            f"no block with an output has {start!r}"
        )


def test_the_make_targets_that_the_documents_name_exist() -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    named = re.findall(
        r"(?:`|^ *)make ([a-z]+)", README + (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.MULTILINE
    )
    assert set(named) <= set(targets)


def test_the_readme_s_links_lead_somewhere() -> None:
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", README)
    assert [link for link in links if not (ROOT / link).exists()] == []

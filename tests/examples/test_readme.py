"""What the README shows is what happens: its blocks run, on a fresh server, and print what is below them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ringback_harness.cli import COMMANDS
from tests.examples.snippets import ROOT, Snippet, parameters, snippets
from tests.serving import mock_server

README = (ROOT / "README.md").read_text("utf-8")
SNIPPETS = list(snippets(README))


@pytest.fixture
def address() -> Iterator[str]:
    """Where a fresh ``ringback serve`` takes calls."""
    with mock_server() as url:
        yield url


@pytest.mark.parametrize("snippet", list(parameters(SNIPPETS)))
def test_a_block_of_the_readme_runs_and_prints_what_it_says(
    snippet: Snippet, address: str, tmp_path: Path
) -> None:
    snippet.check(address, tmp_path)


def test_the_readme_starts_with_curl_with_the_client_and_with_the_official_sdk() -> None:
    shown = [snippet for snippet in SNIPPETS if snippet.prints]
    for start in ("curl ", "CallsClient(", "PureCloudPlatformClientV2"):
        assert [snippet for snippet in shown if start in snippet.code], (
            f"no block with an output has {start!r}"
        )


def test_the_readme_is_short_enough_to_be_read() -> None:
    assert len(README.split()) < 900
    assert len(README.splitlines()) <= 150


def test_every_page_of_the_documentation_can_be_reached_from_the_readme() -> None:
    seen, ahead = set(), {ROOT / "README.md"}
    while ahead:
        page = ahead.pop()
        seen.add(page)
        links = re.findall(r"\]\((?!https?:|#)([^)#]+\.md)", page.read_text("utf-8"))
        ahead |= {(page.parent / link).resolve() for link in links} - seen
    assert set((ROOT / "docs").glob("*.md")) <= seen


def test_every_command_is_in_the_readme() -> None:
    shown = set(re.findall(r"^\| `ringback ([a-z-]+)` \|", README, re.MULTILINE))
    assert shown == COMMANDS.keys()


def test_the_make_targets_that_the_documents_name_exist() -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    named = re.findall(
        r"(?:`|^ *)make ([a-z]+)", README + (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.MULTILINE
    )
    assert set(named) <= set(targets)


def test_the_readme_s_links_lead_somewhere() -> None:
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", README)
    assert [link for link in links if not (ROOT / link).exists()] == []

"""The runnable blocks of a document, and what is below each."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ADDRESS = "http://127.0.0.1:8010"
RUN = {"bash": ["bash", "-euo", "pipefail", "-c"], "python": [sys.executable, "-c"]}
OUTPUT = {"json", "text", "http"}
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+Z")
KNOWN_IDS = frozenset(UUID.findall((ROOT / "contracts/ringback_contracts/data/org.toml").read_text("utf-8")))


@dataclass(frozen=True)
class Snippet:
    """A block that runs, and the block below it, which is what it prints."""

    line: int
    language: str
    code: str
    prints: str | None

    def check(self, address: str, folder: Path) -> None:
        """Run it against the mock at the address; it must print what stands below it."""
        done = subprocess.run(
            [*RUN[self.language], self.code.replace(ADDRESS, address)],
            cwd=folder,
            env={**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        if self.prints is not None:
            assert _masked(done.stdout.replace(address, ADDRESS)) == _masked(self.prints)


def snippets(markdown: str) -> Iterator[Snippet]:
    """The runnable blocks of a document, in its order."""
    blocks = list(re.finditer(r"^```(\w+)\n(.*?)^```$", markdown, re.MULTILINE | re.DOTALL))
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        language, code = block.groups()
        if language in RUN:
            output = following.group(2) if following and following.group(1) in OUTPUT else None
            yield Snippet(markdown.count("\n", 0, block.start()) + 1, language, code, output)


def parameters(found: list[Snippet], page: str = "") -> Iterator[object]:
    """The blocks as parameters of a test; those that need the official SDK are marked."""
    for snippet in found:
        marks = [pytest.mark.sdk] if "PureCloudPlatformClientV2" in snippet.code else []
        yield pytest.param(
            snippet, id=f"{page}-line-{snippet.line}-{snippet.language}".lstrip("-"), marks=marks
        )


def _masked(text: str) -> str:
    """The text without what differs from run to run: ids that are not the default org's, and times."""
    ids = UUID.sub(lambda found: found.group() if found.group() in KNOWN_IDS else "<id>", text)
    return TIME.sub("<time>", ids).replace("\r", "").strip()

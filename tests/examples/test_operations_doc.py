"""The document of operations is made of their records, and says of each how it is known."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from ringback_contracts.catalogue import OPERATIONS

ROOT = Path(__file__).parent.parent.parent
IDS = {operation.id for operation in OPERATIONS}


@pytest.fixture(scope="module")
def made() -> str:
    """What the tool writes."""
    code = "import runpy; print(runpy.run_path('tools/operations.py')['document'](), end='')"
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_the_document_is_current(made: str) -> None:
    current = (ROOT / "docs/operations.md").read_text("utf-8")
    assert current == made, "regenerate it: python tools/operations.py"


def test_every_operation_is_in_it_and_nothing_is_told_of_others(made: str) -> None:
    for operation in OPERATIONS:
        assert f"`{operation.method} {operation.template.removeprefix('/api/v2')}`" in made
    told = tomllib.loads((ROOT / "tools/operations.toml").read_text("utf-8"))
    later = {"getConversationsCallsHistory", "getConversationsCallsMaximumconferenceparties"}
    assert told.keys() - IDS <= later

"""The running mock does what its documents say, by the judgement of the public schemathesis."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from ringback_harness.check.api import other_methods
from tests.serving import mock_server

RULES_JUDGE = "positive_data_acceptance"
"""400, 403 and 422 are documented answers to well-formed bodies; the rule table judges those."""
MAY_SAY_501 = """
[checks.not_a_server_error]
expected-statuses = ["2xx", "3xx", "4xx", 501]
"""
"""A 501 is how the mock says what it does not do, and documented."""
LINKS = re.compile(r"API Links: +(\d+) covered")


def schemathesis(url: str, folder: Path, *options: str) -> str:
    """What the command prints; it must find nothing."""
    command = [sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()", "run", url]
    settings = ["--checks", "all", "--exclude-checks", RULES_JUDGE, "--max-examples", "10", "--seed", "1"]
    run = subprocess.run(
        [*command, *settings, "--no-color", *options], cwd=folder, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    return run.stdout


# In the contract "any" it is run by `ringback check`, in the tests of which it must find nothing either.
@pytest.mark.parametrize("contract", ["published", "participants"])
def test_schemathesis_finds_nothing_in_the_api(contract: str, tmp_path: Path) -> None:
    with mock_server("--contract", contract) as url:
        (tmp_path / "schemathesis.toml").write_text(other_methods() + MAY_SAY_501)
        bearer = ["-H", "Authorization: Bearer alice", "--exclude-operation-id", "deleteTokensMe"]
        printed = schemathesis(f"{url}/openapi.json", tmp_path, *bearer)
    links = LINKS.search(printed)
    assert links is not None
    assert int(links[1]) >= 1, "the stateful phase must get from one operation to another"


def test_schemathesis_finds_nothing_in_the_administration(tmp_path: Path) -> None:
    with mock_server() as url:
        schemathesis(f"{url}/__ringback/openapi.json", tmp_path)

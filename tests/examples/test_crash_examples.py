"""What docs/crash-test.md records of each kind of client is what happens.

The ordinary run tries the scenarios that tell most; ``make crash`` tries them all.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from ringback_contracts.org import default_org
from ringback_harness.crash.program import ProgramUnderTest, run_once
from ringback_harness.crash.runner import judgements
from ringback_harness.crash.scenarios import SCENARIOS, Scenario, named
from ringback_harness.crash.verdicts import Judgement
from tests.sdk import sdk_folder

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
DOCUMENT = (ROOT / "docs" / "crash-test.md").read_text("utf-8")
EVERY = os.environ.get("CRASH_TEST") == "all"
TIMEOUT = 30.0


@dataclass(frozen=True)
class Program:
    """An example, its column in the table, what runs it, and the scenarios that tell most of it."""

    column: str
    file: str
    telling: Sequence[str]

    @property
    def marks(self) -> list[pytest.MarkDecorator]:
        if self.file.endswith(".js"):
            return [pytest.mark.node]
        return [pytest.mark.sdk] if self.file.startswith("official_sdk") else []

    @property
    def command(self) -> list[str]:
        """The command that runs it; skips the test where it cannot be run."""
        file = EXAMPLES / self.file
        if self.file.startswith("official_sdk") and file.suffix == ".py":
            sdk_folder()
        runner = {".py": sys.executable, ".js": "node", ".sh": "sh"}[file.suffix]
        if shutil.which(runner) is None:
            pytest.skip(f"{runner} is not installed")
        if file.suffix == ".js" and not (EXAMPLES / "node_modules").exists():
            pytest.skip("the JavaScript SDK is not installed: npm ci --prefix examples")
        if file.suffix == ".sh" and shutil.which("curl") is None:
            pytest.skip("curl is not installed")
        return [runner, str(file)]


OURS = Program(
    "Ringback's client",
    "ringback_client_call.py",
    ("lost-reply", "gateway-timeout", "rate-limited", "tokens-refused", "expired-certificate"),
)
SOFTPHONE = Program(
    "Ringback's client, softphone",
    "ringback_client_softphone.py",
    (
        "lost-reply-of-a-consult",
        "lost-reply-of-a-transfer",
        "socket-refused",
        "socket-lost",
        "silent-socket",
        "doubled-events",
    ),
)
JAVASCRIPT_SDK = Program("JavaScript SDK", "official_sdk.js", ("lost-reply", "token-revoked"))
PROGRAMS = (
    OURS,
    Program("Python SDK", "official_sdk.py", ("lost-reply",)),
    Program("Python SDK, as a user", "official_sdk_user.py", ("tokens-refused",)),
    Program("Python SDK, careful", "official_sdk_careful.py", ("lost-reply",)),
    JAVASCRIPT_SDK,
    Program("JavaScript SDK, as a user", "official_sdk_user.js", ("token-revoked", "tokens-refused")),
    Program("requests", "plain_requests.py", ("lost-reply", "rate-limited")),
    Program("curl --retry", "curl_retry.sh", ("lost-reply", "gateway-timeout")),
    SOFTPHONE,
    Program("Python SDK, softphone", "official_sdk_softphone.py", ("lost-reply-of-a-consult", "socket-lost")),
)


def recorded() -> dict[str, dict[str, str]]:
    """The table of the document: the cell of each column and scenario."""
    rows = [
        [cell.strip().strip("*") for cell in line.strip("| ").split(" | ")]
        for line in DOCUMENT.splitlines()
        if line.startswith(("| scenario", "| `"))
    ]
    start = next(number for number, row in enumerate(rows) if row[0] == "scenario" and len(row) > 3)
    columns, *lines = (row for row in rows[start:] if len(row) == len(rows[start]))
    return {
        column: {line[0].strip("`"): line[position] for line in lines}
        for position, column in enumerate(columns)
        if position
    }


def cell(judgement: Judgement) -> str:
    """What the table says of a run."""
    if judgement.unasked is not None:
        return "not asked"
    calls = judgement.run.most_calls
    broken = ", ".join(verdict.question for verdict in judgement.failures) or "fine"
    return f"{broken} ({calls} calls)" if calls > 1 else broken


def chosen(program: Program) -> Sequence[Scenario]:
    return SCENARIOS if EVERY else [named(name) for name in program.telling]


@pytest.mark.parametrize(
    "program",
    [pytest.param(one, id=one.file, marks=one.marks) for one in PROGRAMS],
)
def test_the_recorded_verdicts_are_those_of_today(program: Program) -> None:
    order = ProgramUnderTest(command=program.command, org=default_org(), timeout=TIMEOUT)
    found = {one.run.scenario.name: cell(one) for one in judgements(order, chosen(program))}
    table = recorded()[program.column]
    assert found == {name: table[name] for name in found}


TRIES_AGAIN = """
const sdk = require('purecloud-platform-client-v2');
const e = process.env;
const place = () => new sdk.ConversationsApi().postConversationsCalls({ phoneNumber: '+442079460100' });
const client = sdk.ApiClient.instance;
client.config.refresh_access_token = e.REFRESHES === 'yes';
client
  .loginCodeAuthorizationGrant(
    e.RINGBACK_CODE_CLIENT_ID, e.RINGBACK_CODE_CLIENT_SECRET, e.RINGBACK_CODE, e.RINGBACK_REDIRECT_URI)
  .then(place)
  .catch(() => new Promise((done) => setTimeout(done, 1000)).then(place))
  .then(() => process.exit(0), () => process.exit(1));
"""


@pytest.mark.node
@pytest.mark.parametrize(("refreshes", "calls", "logins"), [("yes", 2, 2), ("no", 0, 1)])
def test_the_javascript_sdk_places_a_call_that_it_has_reported_as_failed(
    refreshes: str, calls: int, logins: int
) -> None:
    """A program that then tries again dials twice; the setting that the document names turns it off."""
    JAVASCRIPT_SDK.command  # noqa: B018 - skips where it cannot run
    inherited = {**os.environ, "NODE_PATH": str(EXAMPLES / "node_modules"), "REFRESHES": refreshes}
    order = ProgramUnderTest(command=["node", "-e", TRIES_AGAIN], org=default_org(), timeout=TIMEOUT)
    found = run_once(order, named("token-revoked"), inherited)
    assert (found.most_calls, len(found.logins)) == (calls, logins)


def test_every_scenario_is_recorded_for_every_program() -> None:
    table = recorded()
    assert set(table) == {program.column for program in PROGRAMS}
    assert all(set(column) == {scenario.name for scenario in SCENARIOS} for column in table.values())


@pytest.mark.parametrize("column", [OURS.column, SOFTPHONE.column, "Python SDK, careful"])
def test_careful_clients_are_recorded_as_fine_throughout(column: str) -> None:
    assert set(recorded()[column].values()) == {"fine", "not asked"}


def test_what_befalls_calls_and_sockets_is_asked_of_who_uses_them() -> None:
    asked = {name for name, cell in recorded()[SOFTPHONE.column].items() if cell != "not asked"}
    into_calls = {scenario.name for scenario in SCENARIOS if scenario.speed != 1}
    assert into_calls <= asked
    assert {recorded()[OURS.column][name] for name in into_calls} == {"not asked"}
    assert {recorded()[OURS.column][one.name] for one in SCENARIOS if one.speed == 1} == {"fine"}


def test_the_eleven_calls_of_the_official_sdk_are_recorded() -> None:
    assert recorded()["Python SDK"]["lost-reply"] == "dials once (11 calls)"


def test_the_recorded_versions_are_those_that_the_tests_install() -> None:
    package = json.loads((EXAMPLES / "package.json").read_text("utf-8"))
    pinned = re.search(r"PureCloudPlatformClientV2==([\d.]+)", (ROOT / "pyproject.toml").read_text("utf-8"))
    assert pinned is not None
    assert f"PureCloudPlatformClientV2 {pinned[1]}" in DOCUMENT
    wanted = package["dependencies"]["purecloud-platform-client-v2"]
    assert f"purecloud-platform-client-v2 {wanted}" in DOCUMENT


def test_the_document_explains_each_question_and_names_each_example() -> None:
    for scenario in SCENARIOS:
        for question in scenario.asks:
            assert f"### {question.capitalize()}" in DOCUMENT
    for program in PROGRAMS:
        assert f"examples/{program.file}" in DOCUMENT

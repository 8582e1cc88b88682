"""What CONTRIBUTING says of adding an operation or a fault is done in a copy, in the files that it lists."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("contracts", "explain", "mockserver", "client", "harness")
Edits = Mapping[str, Sequence[tuple[str, str]]]

RECORDS = "contracts/ringback_contracts/resources/conversations/operations.py"
HANDLERS = "mockserver/ringback_mock/resources/conversations.py"
OPERATION: Edits = {
    RECORDS: [
        (
            "OPERATIONS = (\n",
            """GET_SUGGESTIONS = "getConversationSuggestions"

OPERATIONS = (
    served(
        GET_SUGGESTIONS,
        success=200,
        summary="Read what is suggested in a conversation",
        scopes=READING,
        answers="Conversation",
        of_one_call=True,
        changes=Change.NOTHING,
        unknown={"conversationId": "call.unknown"},
        fault="read",
    ),
""",
        )
    ],
    HANDLERS: [
        (
            "@handles(GET_CONVERSATION)",
            """@handles(GET_SUGGESTIONS)
def suggested(ask):
    return 200, {"id": ask.verdict.params["conversationId"]}


@handles(GET_CONVERSATION)""",
        ),
        (
            "conversations.operations import (",
            "conversations.operations import (\n    GET_SUGGESTIONS,",
        ),
    ],
}
READS = """
from ringback_mock.app import create_app

client, alice = create_app().test_client(), {"Authorization": "Bearer alice"}
call = {"phoneNumber": "+442079460100"}
placed = client.post("/api/v2/conversations/calls", json=call, headers=alice).get_json()["id"]
for conversation in (placed, "a11ce000-0000-4000-8000-00000000dead"):
    reply = client.get(f"/api/v2/conversations/{conversation}/suggestions", headers=alice)
    print(reply.status_code, reply.headers.get("Ringback-Rule"))
print(client.get("/openapi.json").get_json()["paths"]["/api/v2/conversations/{conversationId}/suggestions"]["get"]["summary"])
"""

KINDS = "contracts/ringback_contracts/http/faults.py"
PLAYERS = "mockserver/ringback_mock/engine/faults.py"
SCENARIOS = "harness/ringback_harness/crash/scenarios.py"
FAULT: Edits = {
    KINDS: [
        ('    RESET = "reset"\n', '    RESET = "reset"\n    TEAPOT = "teapot"\n'),
        (
            "    FaultKind.RESET: KnownFault(",
            """    FaultKind.TEAPOT: KnownFault(FaultTime.BEFORE, Evidence.ASSUMED, "RFC 2324"),
    FaultKind.RESET: KnownFault(""",
        ),
    ],
    PLAYERS: [
        (
            "    FaultKind.SERVER_ERROR: (",
            """    FaultKind.TEAPOT: (418, "teapot", "Short and stout"),
    FaultKind.SERVER_ERROR: (""",
        )
    ],
    SCENARIOS: [
        (
            "SCENARIOS = (\n",
            """SCENARIOS = (
    Scenario(name="tea", story="tea is made", faults=(Fault(kind=FaultKind.TEAPOT),), asks=PLACING),
""",
        )
    ],
}
BREWS = """
from ringback_harness.crash.scenarios import SCENARIOS
from ringback_mock.app import create_app

client, alice = create_app().test_client(), {"Authorization": "Bearer alice"}
client.post("/__ringback/faults", json={"kind": "teapot"})
call = {"phoneNumber": "+442079460100"}
print(client.post("/api/v2/conversations/calls", json=call, headers=alice).status_code)
print(SCENARIOS[0].name)
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def edit(copy: Path, edits: Edits) -> None:
    for name, changes in edits.items():
        text = (copy / name).read_text("utf-8")
        for old, new in changes:
            assert old in text, f"{name} has no {old!r} any more"
            text = text.replace(old, new, 1)
        (copy / name).write_text(text, "utf-8")


def run(copy: Path, program: str) -> tuple[list[str], str]:
    """The lines that the program prints over the copy, and its last word of failure."""
    path = os.pathsep.join(str(copy / folder) for folder in FOLDERS)
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.splitlines(), (done.stderr.splitlines() or [""])[-1]


def listed(heading: str) -> list[str]:
    """The numbered steps of a section of CONTRIBUTING."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    section = text.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"^\d\. (.*(?:\n   .*)*)", section, re.MULTILINE)


def test_an_operation_takes_the_files_that_are_listed(copy: Path) -> None:
    edit(copy, OPERATION)
    assert run(copy, READS) == (
        ["200 None", "404 call.unknown", "Read what is suggested in a conversation"],
        "",
    )
    steps = listed("How to add an operation")
    assert len(steps) <= 4
    assert [name for name in OPERATION if not any(name in step for step in steps)] == []


def test_a_fault_takes_the_files_that_are_listed(copy: Path) -> None:
    edit(copy, FAULT)
    assert run(copy, BREWS) == (["418", "tea"], "")
    steps = listed("How to add a fault")
    assert len(steps) <= 3
    assert [name for name in FAULT if not any(name in step for step in steps)] == []


@pytest.mark.parametrize(
    ("edits", "left_out", "told"),
    [
        (OPERATION, HANDLERS, "nothing carries it out: declare a handler with @handles"),
        (FAULT, PLAYERS, "ValueError: the fault teapot has no player"),
        (FAULT, SCENARIOS, "ValueError: the fault teapot has no scenario"),
    ],
)
def test_what_is_left_out_stops_the_start(copy: Path, edits: Edits, left_out: str, told: str) -> None:
    edit(copy, {name: changes for name, changes in edits.items() if name != left_out})
    printed, failure = run(copy, BREWS if edits is FAULT else READS)
    assert printed == []
    assert told in failure

"""The official JavaScript SDK, unchanged, takes a call through its life and reads what it shall."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from shutil import which
from typing import Any

import pytest
import requests

from tests.serving import mock_server

pytestmark = [pytest.mark.node, pytest.mark.sdk]

PROGRAM = Path(__file__).with_name("official_life.js")
MODULES = Path(__file__).parents[2] / "examples" / "node_modules"
FRANK, SUPPORT = "f4a2c000-0000-4000-8000-000000000006", "90e0e000-0000-4000-8000-000000000010"
SOLVED = "c0de0000-0000-4000-8000-000000000040"


def read_by_the_sdk(url: str) -> dict[str, Any]:
    """What the program read; skips the test where it cannot run."""
    if which("node") is None or not MODULES.exists():
        pytest.skip("Node.js or the SDK is missing: npm ci --prefix examples")
    command = ["node", str(PROGRAM), url.rpartition(":")[2], "+442079460100", SUPPORT, FRANK, SOLVED]
    environment = {**os.environ, "NODE_PATH": str(MODULES)}
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_the_javascript_sdk_takes_a_call_through_its_life() -> None:
    with mock_server() as url:
        assert requests.post(f"{url}/__ringback/clock", json={"freeze": True}, timeout=10).ok
        read = read_by_the_sdk(url)
    assert read["purposes"] == ["agent", "customer"]
    assert read["held"] == [[True, False], [False, True]]
    assert read["wrong"] == [400, "not.a.participant", False]
    assert read["asked"] == [True, [read["customer"]] * 3]
    assert (read["kept"], read["secure"]) == ({"order": "7"}, {"pin": "1"})
    assert (read["codes"], read["wrapup"]) == (["solved", "follow up"], [SOLVED, "passed on"])
    assert read["snippet"] == "conversation.error.forbidden.not.active.participant"
    assert read["states"] == ["terminated"] * 3
    assert read["transfers"] == [["Complete", "Attended"]]
    assert read["me"] == ["Alice", "alice-phone", "Available"]
    assert (read["listed"], read["queues"], read["members"]) == (0, ["orders", "support"], 3)
    assert read["presences"] == 10
    assert read["others"] == {
        "forwarded": [
            ["user", "connected"],
            ["user", "transfer.forward"],
            ["external", "transfer.noanswer"],
            ["voicemail", "connected"],
        ],
        "invited": [5, "connected"],
        "found": [{"order": "8"}],
        "client": ["demo-service", "CLIENT-CREDENTIALS"],
        "voicemail": [1, True, "Alice"],
    }

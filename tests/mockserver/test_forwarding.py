"""Where a user's calls are to go instead: kept, shown, and refused by the published codes."""

from __future__ import annotations

import pytest

from ringback_contracts.org import load_org
from tests.mockserver.live import ANSWERS, Live

ALICE = "a11ce000-0000-4000-8000-000000000001"
PATH = f"/api/v2/users/{ALICE}/callforwarding"
NUMBER = {"type": "PHONENUMBER", "value": ANSWERS}


def test_forwarding_is_kept_and_changed() -> None:
    live = Live()
    assert live.does("GET", PATH)["enabled"] is False
    live.does("PUT", PATH, {"enabled": True, "calls": [{"targets": [NUMBER]}], "voicemail": "lastcall"})
    live.wait(5)
    changed = live.does("PATCH", PATH, {"enabled": False})
    assert changed == live.does("GET", PATH)
    assert (changed["enabled"], changed["voicemail"]) == (False, "LASTCALL")
    assert changed["calls"] == [{"targets": [NUMBER]}]
    assert live.does("PUT", PATH, {"enabled": False})["calls"] == []


def test_that_nothing_is_forwarded_is_told() -> None:
    reply = Live().ask("PUT", PATH, {"enabled": True, "calls": [{"targets": [NUMBER]}]})
    assert "nothing is forwarded" in dict(reply.headers)["Ringback-Note"]


@pytest.mark.parametrize(("before", "refused"), [(True, False), (False, True)])
def test_patch_is_judged_with_what_was_there_before(*, before: bool, refused: bool) -> None:
    live = Live()
    if before:
        live.does("PUT", PATH, {"enabled": False, "calls": [{"targets": [NUMBER]}]})
    assert (live.ask("PATCH", PATH, {"enabled": True}).status == 409) is refused


def test_an_org_file_says_where_calls_go() -> None:
    org = load_org(
        f"""
        id = "here"
        name = "Here"
        [[users]]
        id = "{ALICE}"
        name = "Alice"
        permissions = ["conversation:callForwarding:view"]
        [users.call_forwarding]
        enabled = true
        calls = [{{ targets = [{{ type = "PHONENUMBER", value = "{ANSWERS}" }}] }}]
        [[tokens]]
        value = "alice"
        user = "{ALICE}"
        scopes = ["users"]
        """
    )
    assert Live(org).does("GET", PATH)["calls"] == [{"targets": [NUMBER]}]

"""Where a user's calls go instead: kept, shown, refused by the published codes, and gone there."""

from __future__ import annotations

from typing import Any

import pytest

from ringback_contracts.org import Org, OrgError, changed, load_org
from tests.mockserver.live import ANSWERS, CALLS, CONVERSATIONS, Live

ALICE = "a11ce000-0000-4000-8000-000000000001"
BOB, FRANK = "b0b00000-0000-4000-8000-000000000002", "f4a2c000-0000-4000-8000-000000000006"
ON_QUEUE, AVAILABLE = "e08eaf1b-ee47-4fa9-a231-1200e284798f", "6a3af858-942f-489d-9700-5f9bcdcdae9b"
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


def forwarding(*targets: dict[str, str], who: str = FRANK, **more: Any) -> Live:
    """A mock where the calls of a user go elsewhere."""
    live = Live()
    body = {"enabled": True, "calls": [{"targets": list(targets)}], **more}
    live.does("PUT", f"/api/v2/users/{who}/callforwarding", body)
    return live


def test_a_call_goes_where_forwarding_says() -> None:
    live = forwarding(NUMBER).place(callUserId=FRANK)
    assert live.seen("purpose", "state", "disconnectType", "address") == [
        ("user", "connected", None, f"sip:{ALICE}@ringback.invalid"),
        ("user", "terminated", "transfer.forward", f"sip:{FRANK}@ringback.invalid"),
        ("external", "connected", None, f"tel:{ANSWERS}"),
    ]
    nested = live.does("GET", f"{CONVERSATIONS}/{{call}}")["participants"]
    assert [one["calls"][0].get("disconnectType") for one in nested] == [None, "transfer.forward", None]


@pytest.mark.parametrize(("voicemail", "purpose"), [("PURECLOUD", "voicemail"), ("LASTCALL", "external")])
def test_somebodys_voicemail_takes_what_the_number_does_not(voicemail: str, purpose: str) -> None:
    live = forwarding({"type": "PHONENUMBER", "value": "+442079460102"}, voicemail=voicemail)
    live.place(40, callUserId=FRANK)
    assert live.seen("purpose", "state")[-1] == (purpose, "connected")


def test_a_station_that_is_the_target_rings() -> None:
    live = forwarding({"type": "STATION", "value": "57a70000-0000-4000-8000-000000000009"}).place(
        callUserId=FRANK
    )
    assert live.seen("purpose", "state")[-1] == ("user", "alerting"), (
        "nobody answers in the lobby by themselves"
    )


def test_a_user_without_a_station_is_reached_by_forwarding() -> None:
    live = forwarding(NUMBER, who=BOB)
    assert "Ringback-Note" not in dict(live.ask("POST", CALLS, {"callUserId": BOB}).headers)
    assert live.place(callUserId=BOB).seen("state")[-1] == ("connected",)


def test_who_goes_on_queue_forwards_no_more_and_does_not_again_by_coming_back() -> None:
    live = forwarding(NUMBER, who=ALICE)
    for presence in (ON_QUEUE, AVAILABLE):
        body = {"presenceDefinition": {"id": presence}}
        live.does("PATCH", f"/api/v2/users/{ALICE}/presences/purecloud", body)
        shown = live.does("GET", PATH)
        assert (shown["enabled"], shown["calls"]) == (False, [{"targets": [NUMBER]}])
    live.does("PATCH", PATH, {"enabled": True})


def test_whoever_is_on_queue_cannot_turn_it_on() -> None:
    live = Live()
    live.does("PATCH", f"/api/v2/users/{ALICE}/presences/purecloud", {"presenceDefinition": {"id": ON_QUEUE}})
    assert (
        live.refusal("PUT", PATH, {"enabled": True, "calls": [{"targets": [NUMBER]}]})
        == "forwarding.on-queue"
    )


def test_an_org_file_whose_forwarding_leads_nowhere_is_refused() -> None:
    user = {"id": ALICE, "name": "Alice", "call_forwarding": {"enabled": True}}
    with pytest.raises(OrgError, match=r"call_forwarding: .* leads nowhere"):
        changed(Org(id="o", name="O"), {"users": [user]})
    user["call_forwarding"] = {"calls": [{"targets": []}]}
    with pytest.raises(OrgError, match=r"call_forwarding\.calls: .* no targets"):
        changed(Org(id="o", name="O"), {"users": [user]})


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

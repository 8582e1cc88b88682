"""An org from a file, as the mock serves it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ringback_contracts.org import default_org, default_org_text
from ringback_mock.app import create_app
from ringback_mock.engine.orgfile import read_org
from tests.mockserver.wire import CALLS

ALICE = "a11ce000-0000-4000-8000-000000000001"
BOB = "b0b00000-0000-4000-8000-000000000002"
CALLBACK = "http://localhost:8000/callback"
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
BEARER = {"Authorization": "Bearer alice"}


@pytest.fixture
def shouting(tmp_path: Path) -> Path:
    """The default org with every id in capitals."""
    path = tmp_path / "org.toml"
    path.write_text(ID.sub(lambda found: found[0].upper(), default_org_text()), "utf-8")
    return path


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "org.toml"
    path.write_text(default_org_text(), "utf-8-sig")
    assert read_org(path) == default_org()


def test_ids_in_capitals_are_the_same_ids(shouting: Path) -> None:
    assert ALICE.upper() in shouting.read_text("utf-8")
    assert read_org(shouting) == default_org()


@pytest.mark.parametrize("user", [BOB, BOB.upper()])
def test_users_are_found_in_either_case(shouting: Path, user: str) -> None:
    client = create_app(shouting).test_client()
    assert client.get(f"/api/v2/users/{user}", headers=BEARER).get_json()["id"] == BOB


def test_a_call_can_be_placed_from_and_to_ids_in_capitals(shouting: Path) -> None:
    client = create_app(shouting).test_client()
    queue, campaign = default_org().queues[0].id.upper(), default_org().campaigns[0].id.upper()
    for body in (
        {"from": f"user:{ALICE.upper()}", "to": f"user:{BOB.upper()}"},
        {"from": f"campaign:{campaign}", "to": "tel:+442079460100"},
        {"callUserId": BOB.upper()},
        {"callQueueId": queue},
    ):
        reply = client.post(CALLS, json=body, headers=BEARER)
        assert reply.status_code == 202, reply.text


@pytest.mark.parametrize("change", [str.lower, str.upper])
def test_the_org_and_a_user_who_logs_in_are_found_in_either_case(
    shouting: Path, change: Callable[[str], str]
) -> None:
    client = create_app(shouting).test_client()
    org = {"org": change(default_org().id)}
    assert client.get("/__ringback/exchanges", query_string=org).status_code == 200
    asked = {"client_id": "demo-app", "redirect_uri": CALLBACK, "response_type": "code"}
    sent = client.post("/oauth/authorize", data={**asked, "user": change(ALICE)})
    assert "code=" in sent.headers["Location"]

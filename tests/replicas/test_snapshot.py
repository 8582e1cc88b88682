"""A log that was cut goes on from a snapshot: whoever begins with it knows what those know who were there."""

from __future__ import annotations

import asyncio

import pytest

from ringback_mock.replicas import replica as module
from tests.replicas.within import Within, replica, replicas

ALICE = "a11ce000-0000-4000-8000-000000000001"
SUPPORT = "90e0e000-0000-4000-8000-000000000010"
CALLS, ADMIN, API = "/api/v2/conversations/calls", "/__ringback", "/api/v2"


async def a_lot(one: Within, other: Within) -> None:
    """Something of every kind."""
    await one.json("POST", f"{ADMIN}/clock", {"freeze": True})
    call = await one.json("POST", CALLS, {"phoneNumber": "+442079460100"})
    await one.json("POST", f"{ADMIN}/calls", {"queue": "support"})
    await other.json("POST", f"{ADMIN}/clock", {"advance": 5})
    agent = (await other.json("GET", f"{CALLS}/{call['id']}"))["participants"][0]["id"]
    await other.ask("PATCH", f"{CALLS}/{call['id']}/participants/{agent}", {"held": True})
    await one.ask("POST", CALLS, {"phoneNumber": "no number"})
    await one.json(
        "POST", f"{ADMIN}/faults", [{"kind": "slow-reply", "nth": 50}, {"kind": "not-json", "nth": 60}]
    )
    await other.ask("DELETE", f"{ADMIN}/faults/fault-1")
    copy = await one.json("POST", f"{ADMIN}/orgs", {"strict_numbers": True})
    await other.json("POST", CALLS, {"phoneNumber": "+442079460100"}, copy["tokens"]["alice"])
    channel = await one.json("POST", f"{API}/notifications/channels")
    topics = [{"id": f"v2.users.{ALICE}.conversations.calls"}]
    await other.json("PUT", f"{API}/notifications/channels/{channel['id']}/subscriptions", topics)
    definitions = await one.json("GET", f"{API}/presencedefinitions")
    busy = next(each for each in definitions["entities"] if each["systemPresence"] == "Busy")
    presence = {"presenceDefinition": {"id": busy["id"]}}
    await one.json("PATCH", f"{API}/users/{ALICE}/presences/PURECLOUD", presence)
    await other.json("POST", CALLS, {"phoneNumber": "+442079460106"})
    await other.json("DELETE", f"{API}/tokens/me", token="bob")


async def until_cut(one: Within) -> None:
    """Wait for the log to be cut."""
    for _ in range(1_000):
        await one.site.replica.catch_up()
        if (await one.log.load_base()) != b"0-0":
            return
        await asyncio.sleep(0.01)
    pytest.fail("nobody has cut the log")


def test_a_replica_that_begins_with_a_snapshot_knows_all(
    redis_url: str, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        async with replicas(redis_url, prefix) as (one, other):
            await a_lot(one, other)
            state = await one.state()
            assert state == await other.state()
            async with replica(redis_url, prefix) as late:
                assert await late.state() == state
            monkeypatch.setattr(module, "MOST_ENTRIES", 3)
            await until_cut(one)
            async with replica(redis_url, prefix) as latest:
                assert await latest.state() == state
                # And all go on from there together.
                await latest.json("POST", CALLS, {"phoneNumber": "+442079460107"})
                now = await latest.state()
                assert now != state
                assert now == await one.state() == await other.state()

    asyncio.run(story())


def test_a_replica_that_has_not_read_as_far_as_the_cut_keeps_its_place(
    redis_url: str, prefix: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> None:
        async with replicas(redis_url, prefix) as (one, other):
            placed = [await one.json("POST", CALLS, {"phoneNumber": "+442079460100"}) for _ in range(5)]
            monkeypatch.setattr(module, "MOST_ENTRIES", 3)
            await until_cut(one)
            for call in placed:
                await other.json("GET", f"{CALLS}/{call['id']}")
            assert await other.state() == await one.state()

    asyncio.run(story())
    assert caplog.messages == []

"""The sequences that were recorded on real orgs, field by field: what an event says and leaves out."""

from __future__ import annotations

import pytest

from tests.mockserver.listening import ALICE, BOB, CALLS, OWN_CALLS, Ear, Json, World

ALWAYS = {
    "id",
    "address",
    "purpose",
    "state",
    "initialState",
    "direction",
    "provider",
    "muted",
    "confined",
    "held",
    "recording",
    "recordingState",
    "securePause",
    "wrapupRequired",
    "attributes",
}
"""What every recorded leg has, even where it is false or empty."""
NEVER = {"selfUri", "recentTransfers", "startTime", "startAlertingTime", "uuiData", "clientIpAddress"}
"""What REST says, and no recorded event."""


class Desk:
    """Alice's desk, on a call to somebody outside who has answered."""

    def __init__(self) -> None:
        self.world = World()
        self.ear: Ear = self.world.listen(OWN_CALLS)
        self.call_id = self.world.place()
        self.world.advance(10)
        *_, last = self.ear.bodies()
        self.own, self.far = (one["id"] for one in last["participants"])

    def does(self, **change: object) -> list[Json]:
        """The events that come of it."""
        path = f"{CALLS}/{self.call_id}/participants/{self.own}"
        reply, _ = self.world.send("PATCH", f"/api/v2{path}", change)
        assert reply.status in (200, 202), reply.body
        self.world.advance(0)
        return self.ear.bodies()


@pytest.fixture
def desk() -> Desk:
    return Desk()


def legs(body: Json) -> tuple[Json, Json]:
    own, far = body["participants"][:2]
    return own, far


def test_every_body_has_the_recorded_fields_and_none_of_rest() -> None:
    world = World()
    ear = world.listen(OWN_CALLS)
    call_id = world.place()
    world.advance(10)
    world.hang_up(call_id)
    world.advance(5)
    for body in ear.bodies():
        assert body.keys() == {"id", "address", "participants", "recordingState", "securePause"}
        assert (body["recordingState"], body["securePause"]) == ("none", False)
        assert body["address"] == "tel:+442079460100"
        for leg in body["participants"]:
            assert leg.keys() >= ALWAYS
            assert leg.keys().isdisjoint(NEVER)
            assert leg["provider"] == "Edge"
            assert ("connectedTime" in leg) == (leg["state"] in ("connected", "disconnected", "terminated"))
            assert ("endTime" in leg) == (leg["state"] in ("disconnected", "terminated"))
            assert ("disconnectType" in leg) == ("endTime" in leg)
            assert "startHoldTime" not in leg


def test_an_outbound_call_has_the_caller_first_and_the_far_end_behind_the_station(desk: Desk) -> None:
    world = desk.world
    world.place()
    world.advance(10)
    first, *others = desk.ear.bodies()
    (own,) = first["participants"]
    assert (own["purpose"], own["state"], own["direction"], own["initialState"]) == (
        "user",
        "contacting",
        "outbound",
        "contacting",
    )
    assert own["user"] == {"id": ALICE}
    assert "peer" in own or "connectedTime" not in own
    states = [tuple(leg["state"] for leg in body["participants"]) for body in others]
    assert states == [
        ("contacting", "dialing"),
        ("dialing", "dialing"),
        ("dialing", "connected"),
        ("connected", "connected"),
    ]
    own, far = legs(others[-1])
    assert (far["purpose"], far["initialState"], far["direction"]) == ("external", "dialing", "outbound")
    assert "user" not in far
    assert "peer" not in far
    assert own["peer"] != far["id"]
    assert own["mediaRoles"] == far["mediaRoles"] == ["full"]


def test_hold_sets_the_customer_apart_and_comes_twice(desk: Desk) -> None:
    first, second = desk.does(held=True)
    assert first == second
    own, far = legs(first)
    assert (own["held"], far["held"], own["confined"], far["confined"]) == (True, False, False, True)
    assert "startHoldTime" in own
    assert "startHoldTime" not in far
    first, second = desk.does(held=False)
    assert first == second
    own, far = legs(first)
    assert (own["held"], far["confined"]) == (False, False)
    assert "startHoldTime" not in own


def test_rapid_hold_and_retrieve_lose_nothing(desk: Desk) -> None:
    told = [body for held in (True, False, True, False) for body in desk.does(held=held)]
    assert [legs(body)[0]["held"] for body in told] == [True, True, False, False, True, True, False, False]


def test_mute_flips_the_own_leg_alone_and_comes_once(desk: Desk) -> None:
    (muted,) = desk.does(muted=True)
    own, far = legs(muted)
    assert (own["muted"], far["muted"], own["held"], far["confined"]) == (True, False, False, False)
    (heard,) = desk.does(muted=False)
    assert legs(heard)[0]["muted"] is False


def test_the_agent_s_hang_up_ends_the_far_leg_as_the_peer_of_it(desk: Desk) -> None:
    desk.world.hang_up(desk.call_id)
    desk.world.advance(5)
    last = desk.ear.bodies()[-1]
    own, far = legs(last)
    assert (own["state"], own["disconnectType"]) == ("terminated", "client")
    assert (far["state"], far["disconnectType"]) == ("terminated", "peer")


def test_a_far_end_that_hangs_up_is_the_endpoint(desk: Desk) -> None:
    desk.world.admin("POST", f"/calls/{desk.call_id}/parties/{desk.far}", {"act": "hangs_up"})
    desk.world.advance(5)
    own, far = legs(desk.ear.bodies()[-1])
    assert (own["disconnectType"], far["disconnectType"]) == ("peer", "endpoint")


def test_a_blind_transfer_ends_the_own_leg_at_once_and_rings_the_target(desk: Desk) -> None:
    path = f"/api/v2{CALLS}/{desk.call_id}/participants/{desk.own}/replace"
    reply, _ = desk.world.send("POST", path, {"userId": BOB})
    assert reply.status == 202, reply.body
    desk.world.advance(0)
    first, *_ = desk.ear.bodies()
    own, far, target = first["participants"]
    assert (own["state"], own["disconnectType"]) == ("terminated", "transfer"), "straight, without a pause"
    assert "endTime" in own
    assert (far["state"], far["confined"], far["held"]) == ("connected", False, False)
    assert (target["state"], target["initialState"], target["user"]["id"]) == ("alerting", "alerting", BOB)
    assert "connectedTime" not in target
    assert [set(one) >= ALWAYS and not set(one) & NEVER for one in (own, far, target)] == [True] * 3


def test_a_consult_is_told_by_the_customer_s_participant_on_all_three_and_cleared_when_cancelled(
    desk: Desk,
) -> None:
    path = f"/conversations/calls/{desk.call_id}/participants/{desk.far}/consult"
    reply, _ = desk.world.send(
        "POST", f"/api/v2{path}", {"speakTo": "DESTINATION", "destination": {"userId": BOB}}
    )
    assert reply.status == 200, reply.body
    desk.world.advance(1)
    told = desk.ear.bodies()[-1]
    own, far, target = told["participants"]
    assert (
        own["consultParticipantId"]
        == far["consultParticipantId"]
        == target["consultParticipantId"]
        == desk.far
    )
    assert own["attributes"] == {"consultInitiator": "true"}
    assert (far["confined"], own["held"], target["state"]) == (True, False, "alerting")
    assert "connectedTime" not in target
    desk.world.send("DELETE", f"/api/v2{path}")
    desk.world.advance(1)
    own, far, target = desk.ear.bodies()[-1]["participants"]
    assert all("consultParticipantId" not in one for one in (own, far, target))
    assert (own["attributes"], far["confined"]) == ({}, False)
    assert target["disconnectType"] == "client"
    assert "endTime" in target
    assert "connectedTime" not in target

"""What whoever listens to a channel is told, and when."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ringback_contracts.life.moments import timestamp
from ringback_mock.engine.sessions import Issued
from tests.mockserver.listening import (
    ALICE,
    BOB,
    CHANNELS,
    NOW,
    OWN_CALLS,
    SUPPORT,
    World,
    states,
)

HEARTBEAT = {"topicName": "channel.metadata", "eventBody": {"message": "WebSocket Heartbeat"}}


@pytest.fixture
def world() -> World:
    return World()


def test_a_call_is_told_turn_by_turn_from_placing_to_its_end(world: World) -> None:
    ear = world.listen(OWN_CALLS)
    call_id = world.place()
    world.advance(20)
    world.hang_up(call_id)
    world.advance(5)
    told = ear.bodies(OWN_CALLS)
    assert [states(body) for body in told] == [
        ["contacting"],
        ["contacting", "dialing"],
        ["dialing", "dialing"],
        ["dialing", "connected"],
        ["connected", "connected"],
        ["disconnected", "disconnected"],
        ["terminated", "disconnected"],
        ["terminated", "terminated"],
    ]
    assert {body["id"] for body in told} == {call_id}


def test_an_event_has_the_envelope_of_the_platform(world: World) -> None:
    ear = world.listen(OWN_CALLS)
    world.place()
    (event,) = ear.take()
    assert event.keys() == {"topicName", "version", "eventBody", "metadata"}
    assert (event["topicName"], event["version"]) == (OWN_CALLS, "2")
    assert len(event["metadata"]["CorrelationId"]) == 36


def test_an_event_tells_the_call_as_it_was_at_its_turn_however_far_the_clock_was_moved(world: World) -> None:
    ear = world.listen(OWN_CALLS)
    world.place()
    world.advance(3_600)
    connected = ear.bodies(OWN_CALLS)[-1]
    at = connected["participants"][1]["connectedTime"]
    assert timestamp(NOW) < at < timestamp(NOW + 10)


def test_what_is_due_is_told_in_order_among_calls_and_heartbeats(world: World) -> None:
    ear = world.listen(OWN_CALLS)
    first = world.place("+442079460102")
    world.advance(25)
    second = world.place()
    world.advance(60)
    heard = ear.take()
    beats = [position for position, one in enumerate(heard) if one == HEARTBEAT]
    assert len(beats) == 2
    ids = [one["eventBody"]["id"] for one in heard[: beats[0]] if one != HEARTBEAT]
    assert ids[0] == first
    assert ids[-1] == second
    assert {one["eventBody"]["id"] for one in heard[beats[0] : beats[1]] if one != HEARTBEAT} == {first}


def test_heartbeats_come_every_thirty_seconds_of_the_org_s_clock(world: World) -> None:
    ear = world.listen()
    world.advance(29)
    assert ear.take() == []
    world.advance(1)
    assert ear.take() == [HEARTBEAT]
    world.advance(90)
    assert ear.take() == [HEARTBEAT] * 3


def test_a_clock_that_is_set_back_beats_on_and_delays_as_long() -> None:
    world = World(event_delay=2)
    ear = world.listen(OWN_CALLS)
    world.place()
    world.advance(1)
    world.admin("POST", "/clock", {"now": "2025-01-01T00:00:00Z"})
    assert ear.take() == []
    world.advance(1)
    assert len(ear.take()) == 1
    world.advance(28)
    assert ear.take() == [HEARTBEAT]
    world.advance(30)
    assert HEARTBEAT in ear.take()


def test_hold_and_retrieve_are_told_twice_and_mute_is_not(world: World) -> None:
    ear = world.listen(OWN_CALLS)
    call_id = world.place()
    world.advance(10)
    ear.take()
    parties = world.admin("GET", f"/calls/{call_id}")["parties"]
    far = next(one for one in parties if one["outside"])
    for act in ("holds", "retrieves"):
        world.admin("POST", f"/calls/{call_id}/parties/{far['id']}", {"act": act})
        first, second = ear.bodies(OWN_CALLS)
        assert first == second


def test_whoever_subscribes_in_the_middle_of_a_call_is_told_the_rest(world: World) -> None:
    channel = world.channel()
    ear, _ = world.join(channel)
    world.place()
    world.advance(1.5)
    assert ear.take() == []
    world.subscribe(channel, OWN_CALLS)
    world.advance(10)
    assert [states(body) for body in ear.bodies()] == [["dialing", "connected"], ["connected", "connected"]]


def test_a_dialled_colleague_and_a_service_that_may_are_told_too(world: World) -> None:
    of_bob = f"v2.users.{BOB}.conversations.calls"
    bob, service = world.listen(of_bob, token="bob"), world.listen(of_bob, token="service")
    world.place(callUserId=BOB)
    world.advance(10)
    told = bob.bodies(of_bob)
    assert told
    assert told == service.bodies(of_bob)
    assert all(len(body["participants"]) == 2 for body in told)


def test_nobody_is_told_of_others_calls(world: World) -> None:
    bob = world.listen(f"v2.users.{BOB}.conversations.calls", token="bob")
    world.place()
    world.advance(10)
    assert bob.take() == []


def test_a_queue_s_topics_tell_its_calls(world: World) -> None:
    topic = f"v2.routing.queues.{SUPPORT}.conversations"
    ear = world.listen(topic, f"{topic}.calls")
    call_id = world.admin("POST", "/calls", {"queue": "support"}, status=201)["id"]
    world.advance(30)
    heard = ear.take()
    assert {one["eventBody"]["id"] for one in heard if "id" in one["eventBody"]} == {call_id}
    assert {one["topicName"] for one in heard} >= {topic, f"{topic}.calls"}


def test_joined_topics_are_told_each_by_its_own_name(world: World) -> None:
    ear = world.listen(f"v2.users.{ALICE}?conversations.calls&conversations")
    world.place()
    assert [one["topicName"] for one in ear.take()] == [OWN_CALLS, f"v2.users.{ALICE}.conversations"]


def test_an_id_in_capitals_is_the_same_and_comes_back_as_it_was_written(world: World) -> None:
    topic = OWN_CALLS.replace(ALICE, ALICE.upper())
    ear = world.listen(topic)
    world.place()
    assert [one["topicName"] for one in ear.take()] == [topic]


def test_unsubscribed_is_untold(world: World) -> None:
    channel = world.channel(OWN_CALLS)
    ear, _ = world.join(channel)
    world.ask("DELETE", f"{CHANNELS}/{channel}/subscriptions", status=204)
    world.place()
    world.advance(10)
    assert ear.take() == []


def test_the_newest_socket_takes_the_channel_over(world: World) -> None:
    channel = world.channel(OWN_CALLS)
    (first, old), (second, _) = world.join(channel), world.join(channel)
    (told,) = first.take()
    assert told["eventBody"] == {
        "channelId": channel,
        "systemTopicType": "no_longer_subscribed",
        "reason": "another_channel_subscribed",
        "userId": ALICE,
    }
    assert first.closed is not None
    old.ended()
    world.place()
    assert first.take() == []
    assert len(second.take()) == 1
    world.advance(30)
    assert first.take() == []
    assert second.take()[-1] == HEARTBEAT


def test_a_channel_that_gave_way_beats_on_and_tells_nothing(world: World) -> None:
    channel = world.channel(OWN_CALLS)
    ear, session = world.join(channel)
    for _ in range(20):
        world.join(world.channel(OWN_CALLS))
    world.place()
    assert ear.take() == []
    world.advance(30)
    assert ear.take() == [HEARTBEAT]
    session.heard(b'{"message": "subscribe", "topics": []}')
    assert ear.take()[0]["result"] == "404"
    assert ear.is_open()


def test_a_socket_ends_with_its_channel_s_day(world: World) -> None:
    channel = world.channel(OWN_CALLS)
    ear, _ = world.join(channel)
    world.advance(86_399)
    assert len(ear.take()) == 86_399 // 30
    assert ear.is_open()
    world.subscribe(channel, OWN_CALLS)
    world.advance(86_399)
    assert ear.is_open()
    world.advance(1)
    assert not ear.is_open()
    assert not world.site.store.listened


def test_ping_is_answered_and_what_is_no_message_is_told_so(world: World) -> None:
    ear, session = world.join(world.channel())
    for said in (b'{"message": "ping"}', b"ping", b"[]", b'{"message": "shout"}'):
        session.heard(said)
    pong, *errors = ear.take()
    assert pong == {"topicName": "channel.metadata", "eventBody": {"message": "pong"}}
    assert [(one["result"], one["status"]) for one in errors] == [("400", "error")] * 3


def test_topics_can_be_subscribed_to_over_the_socket(world: World) -> None:
    channel = world.channel(token="bob")
    ear, session = world.join(channel)
    own = f"v2.users.{BOB}.conversations.calls"

    def say(*topics: object) -> dict[str, object]:
        message = {"message": "subscribe", "topics": topics, "correlationId": "x1"}

        session.heard(json.dumps(message).encode())
        (reply,) = ear.take()
        assert reply["correlationId"] == "x1"
        return {name: reply.get(name) for name in ("result", "status")}

    assert say(own) == {"result": "200", "status": "subscribed"}
    assert say("v2.users.me.presence") == {"result": "400", "status": "failure"}
    assert say(OWN_CALLS) == {"result": "400", "status": "failure"}
    assert say(5) == {"result": "400", "status": "error"}
    listed = world.ask("GET", f"{CHANNELS}/{channel}/subscriptions", token="bob")["entities"]
    assert [one["id"] for one in listed] == [own]
    world.place(callUserId=BOB)
    world.advance(1.16)
    assert len(ear.take()) == 1


def test_nothing_is_followed_while_nobody_listens(world: World) -> None:
    channel = world.channel(OWN_CALLS)
    tenant = world.site.store.default
    world.place()

    def busy() -> tuple[bool, int]:
        return tenant.calls.watcher is not None, len(tenant.feed.agenda)

    assert busy() == (False, 0)
    ear, session = world.join(channel)
    assert busy() > (True, 0)
    session.ended()
    assert busy() == (False, 0)
    assert all(call.told is None for call in tenant.calls)
    assert ear.take() == []
    again, _ = world.join(channel)
    world.advance(10)
    assert states(again.bodies()[-1]) == ["connected", "connected"], "and followed when somebody does again"


def test_what_becomes_of_a_user_is_told_on_the_topics_it_concerns(world: World) -> None:
    user = f"v2.users.{ALICE}"
    ear = world.listen(f"{user}?presence&routingStatus&station&activity&callforwarding", token="bob")
    on_queue = {"presenceDefinition": {"id": "e08eaf1b-ee47-4fa9-a231-1200e284798f"}}
    world.ask("PATCH", f"/users/{ALICE}/presences/purecloud", on_queue)
    told = {one["topicName"]: one["eventBody"] for one in ear.take()}
    assert told.keys() == {f"{user}.presence", f"{user}.routingStatus", f"{user}.activity"}
    assert told[f"{user}.presence"]["presenceDefinition"]["systemPresence"] == "ON_QUEUE"
    assert told[f"{user}.routingStatus"] == {
        "id": ALICE,
        "routingStatus": {"status": "IDLE", "startTime": timestamp(NOW)},
    }
    assert told[f"{user}.activity"]["activeQueueIds"] == [SUPPORT]
    world.ask("PATCH", f"/users/{ALICE}/presences/purecloud", on_queue)
    assert ear.take() == []
    world.ask("DELETE", f"/users/{ALICE}/station/associatedstation", status=202)
    assert ear.bodies(f"{user}.station") == [{"associatedStation": None}]


def test_where_the_calls_of_a_user_are_to_go_is_told_once_for_each_change(world: World) -> None:
    topic = f"v2.users.{ALICE}.callforwarding"
    ear = world.listen(topic)
    calls = [{"targets": [{"type": "PHONENUMBER", "value": "+442079460100"}]}]
    forwarding = {"enabled": True, "calls": calls, "voicemail": "NONE"}
    for _ in range(2):
        world.ask("PUT", f"/users/{ALICE}/callforwarding", forwarding)
    assert ear.bodies(topic) == [
        {"user": {"id": ALICE}, **forwarding, "modifiedDate": timestamp(NOW)},
    ]


def test_a_summary_counts_the_calls_that_a_user_is_on(world: World) -> None:
    world.place()
    ear = world.listen(f"v2.users.{ALICE}.conversationsummary")

    def counts() -> list[int]:
        return [body["call"]["enterprise"]["active"] for body in ear.bodies()]

    second = world.place()
    world.advance(10)
    assert counts() == [2]
    world.hang_up(second)
    world.advance(10)
    assert counts() == [1]


def test_calls_that_were_forgotten_leave_nothing_in_the_agenda() -> None:
    world = World(calls_size=10)
    world.listen(OWN_CALLS)
    for _ in range(1_200):
        world.place()
    assert len(world.site.store.default.feed.agenda) < 1_100


def test_events_are_as_late_as_the_org_says_and_heartbeats_are_not() -> None:
    world = World(event_delay=0.45)
    ear = world.listen(OWN_CALLS)
    world.place()
    world.advance(0.4)
    assert ear.take() == []
    world.advance(0.1)
    assert [states(body) for body in ear.bodies()] == [["contacting"]]
    world.advance(29.5)
    assert ear.take()[-1] == HEARTBEAT


def test_an_org_can_tell_of_hold_once() -> None:
    world = World(hold_told_twice=False)
    ear = world.listen(OWN_CALLS)
    call_id = world.place()
    world.advance(10)
    ear.take()
    far = next(one for one in world.admin("GET", f"/calls/{call_id}")["parties"] if one["outside"])
    world.admin("POST", f"/calls/{call_id}/parties/{far['id']}", {"act": "holds"})
    assert len(ear.take()) == 1


def test_a_token_that_ends_by_itself_ends_whoever_listens_with_it(world: World) -> None:
    org = world.site.store.default
    client = replace(org.org.client_by_id["demo-app"], token_seconds=600)
    org.hold(Issued("short-lived", 600), client, org.org.user_by_id[ALICE])
    listener = world.listen(OWN_CALLS, token="short-lived")
    world.advance(599)
    assert listener.is_open()
    world.advance(1)
    assert listener.take()[-1]["topicName"] == "v2.system.token_revoked"
    assert not listener.is_open()


def test_a_revoked_token_ends_the_channels_that_were_made_with_it(world: World) -> None:
    channel = world.channel(OWN_CALLS)
    ear, _ = world.join(channel)
    other = world.listen(f"v2.users.{BOB}.presence", token="bob")
    world.ask("DELETE", "/tokens/me")
    (told,) = ear.take()
    assert told["eventBody"]["systemTopicType"] == "token_revoked"
    assert told["eventBody"]["reason"] == "user_tokens_revoked"
    assert not ear.is_open()
    assert other.is_open()
    assert world.site.store.channel(channel) is None

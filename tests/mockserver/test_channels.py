"""Notification channels over REST: whose they are, how many, how long, and what they are subscribed to."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ringback_mock.app import create_app
from tests.mockserver.listening import ALICE, API, BOB, CHANNELS, OWN_CALLS, SUPPORT, World

DAY = 86_400


@pytest.fixture
def world() -> World:
    return World()


def test_a_channel_is_made_with_the_address_of_its_socket(world: World) -> None:
    made = world.ask("POST", CHANNELS)
    assert re.fullmatch(r"streaming-0-[a-z0-9]{26}", made["id"])
    assert made["connectUri"] == f"ws://mock.test/channels/{made['id']}"
    assert made["expires"] == "2026-01-02T00:00:00.000Z"


@pytest.mark.parametrize("body", [{}, None, []])
def test_a_body_that_sdks_send_along_changes_nothing(world: World, body: Any) -> None:
    assert world.ask("POST", CHANNELS, body)["id"]


@pytest.mark.parametrize(
    ("told", "where"),
    [
        ({"x-forwarded-proto": "https"}, "wss://mock.test"),
        ({"x-forwarded-proto": "HTTPS, http"}, "wss://mock.test"),
        ({"x-forwarded-proto": "http, https"}, "ws://mock.test"),
        ({"x-forwarded-host": "desk.example:8443"}, "ws://desk.example:8443"),
        ({"x-forwarded-host": "[::1]:80, inner"}, "ws://[::1]:80"),
        ({"x-forwarded-host": "a/b"}, "ws://mock.test"),
        ({"x-forwarded-host": ""}, "ws://mock.test"),
    ],
)
def test_behind_a_proxy_the_socket_is_where_the_proxy_was_asked(
    world: World, told: dict[str, str], where: str
) -> None:
    _, made = world.send("POST", API + CHANNELS, None, **told)
    assert made["connectUri"] == f"{where}/channels/{made['id']}"


def test_a_server_without_sockets_says_so_in_their_place() -> None:
    client = create_app().test_client()
    headers = {"Authorization": "Bearer alice"}
    made = client.post(API + CHANNELS, headers=headers).get_json()
    assert "ringback serve" in made["connectUri"]
    subscriptions = f"{API}{CHANNELS}/{made['id']}/subscriptions"
    reply = client.post(subscriptions, json=[{"id": OWN_CALLS}], headers=headers)
    assert reply.get_json()["entities"][0]["id"] == OWN_CALLS
    assert client.get(f"/channels/{made['id']}").status_code == 501


def test_a_user_and_an_app_see_their_own_channels_alone(world: World) -> None:
    own = world.channel()
    assert [one["id"] for one in world.ask("GET", CHANNELS)["entities"]] == [own]
    assert world.ask("GET", CHANNELS, token="bob")["entities"] == []
    world.ask("HEAD", f"{CHANNELS}/{own}")
    world.ask("HEAD", f"{CHANNELS}/{own}", token="bob", status=404)
    world.subscribe(own, f"v2.users.{BOB}.presence", token="bob", status=404)


def test_of_too_many_channels_the_longest_unused_without_a_socket_goes(world: World) -> None:
    first, second, third = world.channel(), world.channel(), world.channel()
    world.join(first)
    world.advance(1)
    world.subscribe(second, OWN_CALLS)
    world.advance(1)
    others = [world.channel() for _ in range(18)]
    listed = [one["id"] for one in world.ask("GET", CHANNELS)["entities"]]
    assert listed == [first, second, *others]
    world.ask("HEAD", f"{CHANNELS}/{third}", status=404)


def test_a_channel_lives_a_day_after_it_was_last_subscribed(world: World) -> None:
    channel, other = world.channel(), world.channel()
    world.advance(DAY - 1)
    world.subscribe(channel, OWN_CALLS)
    world.advance(1)
    world.ask("HEAD", f"{CHANNELS}/{other}", status=404)
    world.advance(DAY - 2)
    world.ask("HEAD", f"{CHANNELS}/{channel}")
    world.advance(1)
    world.ask("HEAD", f"{CHANNELS}/{channel}", status=404)
    assert world.ask("GET", CHANNELS)["entities"] == []


def test_subscriptions_are_added_set_listed_and_dropped(world: World) -> None:
    channel = world.channel()
    path = f"{CHANNELS}/{channel}/subscriptions"
    presence, station = f"v2.users.{ALICE}.presence", f"v2.users.{ALICE}.station"

    def listed() -> list[str]:
        return [one["id"] for one in world.ask("GET", path)["entities"]]

    world.subscribe(channel, OWN_CALLS, presence)
    world.subscribe(channel, presence, station)
    assert listed() == [OWN_CALLS, presence, station]
    world.ask("PUT", path, [{"id": station}])
    assert listed() == [station]
    world.ask("DELETE", path, status=204)
    assert listed() == []


def test_a_refused_topic_subscribes_the_channel_to_nothing(world: World) -> None:
    channel = world.channel(token="bob")
    own = f"v2.users.{BOB}.conversations.calls"
    refused = world.subscribe(channel, own, OWN_CALLS, token="bob", status=403)
    assert refused["code"] == "missing.permissions"
    refused = world.subscribe(channel, own, "v2.users.me.presence", token="bob", status=400)
    assert refused["code"] == "notification.invalid.topic"
    assert world.ask("GET", f"{CHANNELS}/{channel}/subscriptions", token="bob")["entities"] == []


def test_with_ignored_errors_the_other_topics_are_taken(world: World) -> None:
    channel = world.channel(token="bob")
    own, invented = f"v2.users.{BOB}.conversations.calls", "v2.users.me.presence"
    path = f"{CHANNELS}/{channel}/subscriptions"
    body = [{"id": topic} for topic in (own, OWN_CALLS, invented)]
    reply, answered = world.send("POST", f"{API}{path}?ignoreErrors=True", body, token="bob")
    assert "Ringback-Note" not in dict(reply.headers), "the official SDK for Python writes it so"
    shown = answered["entities"]
    told = {one["id"]: (one["state"], one.get("missingPermissions")) for one in shown}
    assert told == {
        own: ("Permitted", None),
        OWN_CALLS: ("Rejected", ["conversation:communication:view"]),
        invented: ("Rejected", None),
    }
    assert [one["id"] for one in world.ask("GET", path, token="bob")["entities"]] == [own]


@pytest.mark.parametrize(
    ("topic", "note"),
    [
        (OWN_CALLS, None),
        (f"v2.users.{ALICE}.geolocation", "v2.users.{id}.geolocation never fires in Ringback"),
        (f"v2.analytics.queues.{SUPPORT}.observations", "a topic of this family never fires in Ringback"),
        (
            "v2.users.00000000-0000-4000-8000-00000000dead.conversations.calls",
            "a topic is of a user or queue that this org does not have",
        ),
    ],
)
def test_who_will_never_hear_anything_is_told_so(world: World, topic: str, note: str | None) -> None:
    channel = world.channel(token="service")
    path = f"{API}{CHANNELS}/{channel}/subscriptions"
    reply, _ = world.send("POST", path, [{"id": topic}], token="service")
    assert reply.status == 200
    assert dict(reply.headers).get("Ringback-Note") == note


def test_a_thousand_topics_and_no_more_whether_at_once_or_one_by_one(world: World) -> None:
    channel = world.channel()
    topics = [f"v2.users.{number:08x}-0000-4000-8000-000000000000.presence" for number in range(1_001)]
    world.subscribe(channel, *topics[:600])
    world.subscribe(channel, *topics[400:1_000])
    refused = world.subscribe(channel, topics[1_000], status=400)
    assert refused["code"] == "notification.subscription.too.many.subscriptions"
    world.subscribe(channel, topics[0])
    assert len(world.ask("GET", f"{CHANNELS}/{channel}/subscriptions")["entities"]) == 1_000


def test_the_topics_that_there_are_can_be_listed_with_details(world: World) -> None:
    plain = world.ask("GET", "/notifications/availabletopics")["entities"]
    assert {"id": "v2.users.{id}.conversations.calls"} in plain
    told = world.ask("GET", "/notifications/availabletopics?expand=requiresPermissions,description")
    queue = next(one for one in told["entities"] if one["id"] == "v2.routing.queues.{id}.conversations")
    assert queue["requiresPermissions"] == ["routing:queue:view"]
    assert queue["description"]


def test_a_reset_ends_every_channel(world: World) -> None:
    channel = world.channel(OWN_CALLS)
    ear, _ = world.join(channel)
    world.admin("POST", "/reset", status=204)
    world.ask("HEAD", f"{CHANNELS}/{channel}", status=404)
    assert ear.closed is not None
    assert not world.site.store.listened

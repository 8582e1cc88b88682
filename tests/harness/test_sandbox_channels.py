"""Channels on a real org: few are opened, none but the run's is changed, and nothing else is listened to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from ringback_contracts.core.declare import ALICE, BOB
from ringback_contracts.core.model import Request
from ringback_contracts.resources.notifications.rules import CHANNELS
from ringback_harness.event_log import PING, is_pong
from ringback_harness.sandbox import NotAllowed, Permit, Sandbox, Tools, opened_sandbox
from ringback_harness.sandbox.listening import MOST
from ringback_harness.targets import OutOfReach
from tests.standin import COLLEAGUE, ME, NUMBER, TOKEN, NoTime, StandIn, standin

HEADERS = {"authorization": "Bearer alice", "content-type": "application/json"}
STRANGER = "7f0c2f3e-8a51-4d0e-9d0f-2f6f5a3f1c11"


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[StandIn]:
    with standin(tmp_path) as opened:
        yield opened


@pytest.fixture
def sandbox(stand_in: StandIn) -> Iterator[Sandbox]:
    clock, permit = NoTime(), Permit(send=True, numbers=(NUMBER,), budget=1)
    with opened_sandbox(stand_in.settings, permit, Tools(clock.sleep, clock.now)) as opened:
        assert isinstance(opened, Sandbox)
        stand_in.asked.clear()
        yield opened


def send(sandbox: Sandbox, method: str, path: str, body: Any = None, query: str = "") -> Any:
    raw = b"" if body is None else orjson.dumps(body)
    return sandbox.world().send(Request(method, path, HEADERS, raw, query))


def opened(sandbox: Sandbox) -> Any:
    return send(sandbox, "POST", CHANNELS).document


def test_a_channel_is_opened_subscribed_to_the_users_own_topics_and_listened_to(
    sandbox: Sandbox, stand_in: StandIn
) -> None:
    channel = opened(sandbox)
    assert [(one.method, one.query) for one in stand_in.asked] == [
        ("GET", "includechannels=oauthclient"),
        ("POST", ""),
    ]
    topics = [{"id": f"v2.users.{ALICE}.conversations.calls"}]
    assert send(sandbox, "PUT", f"{CHANNELS}/{channel['id']}/subscriptions", topics).status == 200
    socket = sandbox.world().listen(channel)
    socket.send(PING)
    assert is_pong(orjson.loads(socket.recv(10)))
    with pytest.raises(NotAllowed):
        socket.send('{"message": "subscribe", "topics": []}')
    socket.close()


def test_at_the_end_of_a_run_its_channels_are_subscribed_to_nothing(stand_in: StandIn) -> None:
    clock, permit = NoTime(), Permit(send=True, budget=0)
    with opened_sandbox(stand_in.settings, permit, Tools(clock.sleep, clock.now)) as sandbox:
        assert isinstance(sandbox, Sandbox)
        channel_id = opened(sandbox)["id"]
        send(
            sandbox,
            "POST",
            f"{CHANNELS}/{channel_id}/subscriptions",
            [{"id": f"v2.users.{ALICE}.presence"}],
        )
    (channel,) = stand_in.store.default.channels
    assert (channel.id, dict(channel.subscriptions)) == (channel_id, {})


def test_where_a_program_may_lose_its_channel_none_is_opened(sandbox: Sandbox, stand_in: StandIn) -> None:
    for _ in range(MOST):
        opened(sandbox)
    stand_in.asked.clear()
    with pytest.raises(NotAllowed, match=f"have {MOST} already"):
        opened(sandbox)
    assert [one.method for one in stand_in.asked] == ["GET"]


@pytest.mark.parametrize(
    "topic",
    [
        f"v2.users.{STRANGER}.conversations.calls",
        f"v2.users.{ALICE}.conversations.calls\nv2.users.{STRANGER}.presence",
        f"v2.routing.queues.{STRANGER}.conversations",
        "v2.telephony.providers.edges",
        "v2.analytics.queues.observations",
    ],
)
def test_nobody_else_is_listened_to(topic: str, sandbox: Sandbox, stand_in: StandIn) -> None:
    path = f"{CHANNELS}/{opened(sandbox)['id']}/subscriptions"
    stand_in.asked.clear()
    for body in ([{"id": topic}], [{"id": f"v2.users.{ALICE}.presence"}, {"id": topic}], {"x": [topic]}):
        with pytest.raises(NotAllowed, match="somebody else"):
            send(sandbox, "PUT", path, body)
    assert stand_in.asked == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", CHANNELS, b'{"id": "streaming-0-x"}'),
        ("DELETE", f"{CHANNELS}/streaming-0-abcdefghijklmnopqrstuvwxyz/subscriptions", b""),
        ("PUT", f"{CHANNELS}/streaming-0-abcdefghijklmnopqrstuvwxyz/subscriptions", b"[]"),
        ("PUT", f"{CHANNELS}/{{own}}/subscriptions", b"[{"),
        ("PUT", f"{CHANNELS}/{{own}}/subscriptions", b"\xff"),
        ("DELETE", f"{CHANNELS}/{{own}}", b""),
    ],
)
def test_no_other_channel_is_changed_and_nothing_unreadable_is_sent(
    method: str, path: str, body: bytes, sandbox: Sandbox, stand_in: StandIn
) -> None:
    path = path.replace("{own}", opened(sandbox)["id"])
    stand_in.asked.clear()
    with pytest.raises(NotAllowed):
        sandbox.world().send(Request(method, path, HEADERS, body))
    assert stand_in.asked == []


def test_the_listed_user_may_be_listened_to(stand_in: StandIn) -> None:
    clock, permit = NoTime(), Permit(send=True, users=(COLLEAGUE,), budget=1)
    with opened_sandbox(stand_in.settings, permit, Tools(clock.sleep, clock.now)) as sandbox:
        assert isinstance(sandbox, Sandbox)
        path = f"{CHANNELS}/{opened(sandbox)['id']}/subscriptions"
        assert send(sandbox, "PUT", path, [{"id": f"v2.users.{COLLEAGUE}.presence"}]).status == 200
        with pytest.raises(OutOfReach, match="Bob"):
            send(sandbox, "PUT", path, [{"id": f"v2.users.{BOB}.presence"}])


@pytest.mark.parametrize("changed", ["id", "scheme", "host", "path"])
def test_no_socket_is_opened_but_the_runs_own_at_the_org(changed: str, sandbox: Sandbox) -> None:
    channel = opened(sandbox)
    uri = str(channel["connectUri"])
    other = {
        "id": {"id": "streaming-0-abcdefghijklmnopqrstuvwxyz"},
        "scheme": {"connectUri": uri.replace("wss:", "ws:")},
        "host": {"connectUri": uri.replace("mypurecloud.ie", "mypurecloud.ie.evil.example")},
        "path": {"connectUri": f"{uri}x"},
    }[changed]
    with pytest.raises(OutOfReach):
        sandbox.world().listen(channel | other)


def test_the_token_and_the_users_own_id_stay_where_they_belong(sandbox: Sandbox, stand_in: StandIn) -> None:
    opened(sandbox)
    assert {one.headers["authorization"] for one in stand_in.asked} == {f"Bearer {TOKEN}"}
    world = replace(sandbox.world(), channels={})
    first, again = world.open_channel("alice"), world.open_channel("alice")
    assert first == again
    assert ME not in str(channel_ids(stand_in))


def channel_ids(stand_in: StandIn) -> list[str]:
    return [one.id for one in stand_in.store.default.channels]

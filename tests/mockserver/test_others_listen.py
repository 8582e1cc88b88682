"""Programs of others listen to the mock unchanged: only the host is theirs to set."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Coroutine, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest

from ringback_harness.in_thread import serving
from ringback_mock.edges.serve import Settings
from ringback_mock.engine.store import Store
from ringback_mock.site import Site
from tests.mockserver.listening import API, CHANNELS, OWN_CALLS, states
from tests.mockserver.test_channel_socket import Server
from tests.sdk import load_sdk

PATIENCE = 30


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Site(Store()), Settings()) as port:
        yield Server(f"http://127.0.0.1:{port}")


def wait_as_python_310(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let ``asyncio.wait`` take coroutines, as it did when the client was written."""
    wait = asyncio.wait

    async def with_tasks(waited: Iterable[Any], **options: Any) -> Any:
        return await wait(
            [asyncio.ensure_future(one) if isinstance(one, Coroutine) else one for one in waited], **options
        )

    monkeypatch.setattr(asyncio, "wait", with_tasks)


def test_the_client_genesys_notifications_follows_a_call(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    notifications = pytest.importorskip("genesys_notifications")
    wait_as_python_310(monkeypatch)
    uri = server.channel()
    subscriptions = f"{API}{CHANNELS}/{uri.rpartition('/')[2]}/subscriptions"

    async def follow() -> list[list[str]]:
        channel = notifications.Channel(uri, [OWN_CALLS])
        await channel
        # It subscribes over the socket, and tells nobody when that is answered.
        while not (await asyncio.to_thread(server.post, subscriptions, None, "GET"))["entities"]:  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0)
        await asyncio.to_thread(server.advance, 30)
        call_id = await asyncio.to_thread(server.place)
        await asyncio.to_thread(server.advance, 20)
        await asyncio.to_thread(server.post, f"{API}/conversations/{call_id}/disconnect", None)
        await asyncio.to_thread(server.advance, 5)
        heard: list[list[str]] = []
        async for notification in channel:
            heard.append(states(notification["eventBody"]))
            if set(heard[-1]) == {"terminated"}:
                await channel.close()
                return heard
        return heard

    heard = asyncio.run(asyncio.wait_for(follow(), PATIENCE))
    assert heard[0] == ["contacting"]
    assert ["connected", "connected"] in heard


@pytest.mark.sdk
def test_the_official_sdk_opens_and_subscribes_channels(server: Server) -> None:
    sdk = load_sdk()
    client = sdk.api_client.ApiClient()
    client.set_gateway("127.0.0.1", "http", int(server.url.rpartition(":")[2]), "", "")
    client.access_token = "alice"
    api = sdk.NotificationsApi(client)
    channel = api.post_notifications_channels()
    assert channel.connect_uri.endswith(channel.id)
    topic = sdk.ChannelTopic()
    topic.id = OWN_CALLS
    assert [one.id for one in api.post_notifications_channel_subscriptions(channel.id, [topic]).entities] == [
        OWN_CALLS
    ]
    assert [one.state for one in api.put_notifications_channel_subscriptions(channel.id, [topic]).entities]
    assert [one.id for one in api.get_notifications_channel_subscriptions(channel.id).entities] == [OWN_CALLS]
    assert [one.id for one in api.get_notifications_channels().entities] == [channel.id]
    assert len(api.get_notifications_availabletopics(expand=["description"]).entities) > 20
    api.head_notifications_channel(channel.id)
    api.delete_notifications_channel_subscriptions(channel.id)
    assert api.get_notifications_channel_subscriptions(channel.id).entities == []
    with pytest.raises(sdk.rest.ApiException) as gone:
        api.head_notifications_channel("streaming-0-nobody")
    assert gone.value.status == 404


FOLLOW = """
async ([api, headers, topic]) => {
  const ask = (path, body) => fetch(api + path, {method: "POST", headers, body: JSON.stringify(body)})
  const channel = await (await ask("/notifications/channels")).json()
  await ask(`/notifications/channels/${channel.id}/subscriptions`, [{id: topic}])
  const socket = new WebSocket(channel.connectUri)
  const heard = []
  return new Promise((resolve, reject) => {
    socket.onerror = () => reject("no socket")
    socket.onopen = () => ask("/conversations/calls", {phoneNumber: "+442079460111"})
    socket.onmessage = ({data}) => {
      const {topicName, eventBody} = JSON.parse(data)
      if (topicName !== topic) return
      heard.push(eventBody.participants.map(one => one.state))
      if (heard.at(-1).every(state => state === "terminated")) { socket.close(); resolve(heard) }
    }
  })
}
"""


@pytest.fixture
def page() -> Iterator[Any]:
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("chromium is not installed")
    playwright = pytest.importorskip("playwright.sync_api")
    manager: AbstractContextManager[Any] = playwright.sync_playwright()
    with manager as started:
        chromium = started.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        yield chromium.new_page()
        chromium.close()


@pytest.mark.browser
def test_a_page_s_websocket_follows_a_call_from_contacting_to_terminated(server: Server, page: Any) -> None:
    server.post("/__ringback/clock", {"speed": 20})
    page.goto(f"{server.url}/healthz")
    headers = {"Authorization": "Bearer alice", "Content-Type": "application/json"}
    heard = page.evaluate(FOLLOW, [server.url + API, headers, OWN_CALLS])
    assert heard[0] == ["contacting"]
    assert ["connected", "connected"] in heard
    assert heard[-1] == ["terminated", "terminated"]

"""A store that is away for less than a request may wait is nobody's affair."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path

import pytest

from ringback_contracts.org import default_org
from ringback_mock.http import HERE
from ringback_mock.replicas import replica as replica_module
from ringback_mock.replicas.client import connect
from ringback_mock.replicas.log import AwayError, Log, LostError, StoreError
from ringback_mock.replicas.replica import Replica
from ringback_mock.replicas.site import SharedSite
from ringback_mock.replicas.store import SharedStore
from tests.mockserver.process import serving
from tests.mockserver.wire import CALLS
from tests.replicas.test_killed import redis_at, until
from tests.replicas.within import replica, request
from tests.serving import free_port

NUMBER = {"phoneNumber": "+442079460100"}


def test_a_request_waits_for_a_store_that_is_soon_back(tmp_path: Path) -> None:
    port = free_port()
    url = f"redis://127.0.0.1:{port}/0"
    with ExitStack() as stack, ThreadPoolExecutor(1) as pool:
        with redis_at(port, tmp_path):
            mock = stack.enter_context(serving("--quiet", "--store", url, "--store-timeout", "30"))
            call = mock.place().json()["id"]
        until("noticed", lambda: mock.get("/healthz").status_code == 503)
        waiting = pool.submit(mock.place)
        stack.enter_context(redis_at(port, tmp_path))
        assert waiting.result().status_code == 202
        assert mock.get(f"{CALLS}/{call}").ok


class Faltering(Log):
    """A log that fails in one way before it can be read."""

    failure: Exception = AwayError("TimeoutError")
    times = 2

    async def load(self) -> list[bytes]:
        if self.times:
            self.times -= 1
            raise self.failure
        return await super().load()


async def _trouble_at_start(url: str, prefix: str, failure: Exception) -> str:
    async with AsyncExitStack() as stack:
        site = await _faltering(stack, url, prefix, failure)
        await site.replica.start()
        return site.replica.trouble


async def _faltering(stack: AsyncExitStack, url: str, prefix: str, failure: Exception) -> SharedSite:
    org = default_org()
    log = Faltering(connect(url, 5.0), prefix)
    stack.push_async_callback(log.close)
    log.failure = failure
    site = SharedSite(SharedStore(org, await log.open(org, 1.0)), (org, 1.0))
    site.replica = Replica(site, log)
    return site


@pytest.mark.parametrize(
    ("failure", "trouble"),
    [
        (AwayError("TimeoutError"), ""),
        (StoreError("a newer Ringback writes to the store now"), "a newer Ringback writes to the store now"),
        (LostError(), "the store has not been read yet"),
    ],
)
def test_a_replica_that_starts_asks_again_where_that_may_help(
    redis_url: str, prefix: str, failure: Exception, trouble: str
) -> None:
    assert asyncio.run(_trouble_at_start(redis_url, prefix, failure)) == trouble


def test_it_does_not_ask_for_ever(redis_url: str, prefix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replica_module, "START_SECONDS", 0)
    trouble = asyncio.run(_trouble_at_start(redis_url, prefix, AwayError("TimeoutError")))
    assert trouble == "the store does not answer (TimeoutError)"


def test_whoever_asks_a_replica_that_says_nothing_waits_no_longer_than_is_said(
    redis_url: str, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replica_module, "TOLD_SECONDS", 0)

    async def told() -> None:
        async with replica(
            redis_url, prefix
        ) as one:  # whose loop waits for the answer, as one that has ended
            one.site.replica.told(lambda: None)

    with pytest.raises(StoreError, match="the replica has told nothing"):
        asyncio.run(told())


def test_what_could_not_be_read_at_the_start_is_read_before_anything_is_answered(
    redis_url: str, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replica_module, "START_SECONDS", 0)

    async def known() -> int:
        async with AsyncExitStack() as stack:
            one = await stack.enter_async_context(replica(redis_url, prefix))
            call = (await one.json("POST", CALLS, NUMBER))["id"]
            for _ in range(2):  # after the second cut the snapshot alone has what came before the first
                await one.json("POST", CALLS, NUMBER)
                await one.log.cut(one.log.position, await one.state())
            site = await _faltering(stack, redis_url, prefix, AwayError("TimeoutError"))
            await site.replica.start()
            task = asyncio.create_task(site.replica.run())
            status = 503
            while status == 503:
                status = (await site.replica.answer(request("GET", f"{CALLS}/{call}"), HERE)).status
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            return status

    assert asyncio.run(known()) == 200

"""Replicas in this process, which share a Redis, and are asked without a socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from ringback_contracts.core.model import Request
from ringback_contracts.org import Org, default_org
from ringback_mock.engine.hosts import HostCheck
from ringback_mock.http import HERE, Response
from ringback_mock.replicas.client import connect
from ringback_mock.replicas.log import Log
from ringback_mock.replicas.replica import Replica
from ringback_mock.replicas.site import SharedSite
from ringback_mock.replicas.snapshot import captured, parts
from ringback_mock.replicas.store import SharedStore

HEADERS = {"host": "localhost", "content-type": "application/json"}


def request(method: str, path: str, body: Any = None, token: str | None = "alice") -> Request:
    """A request as the door would read it."""
    path, _, query = path.partition("?")
    given = {} if token is None else {"authorization": f"Bearer {token}"}
    sent = b"" if body is None else json.dumps(body).encode()
    return Request(method, path, HEADERS | given, sent, query)


@dataclass(frozen=True)
class Within:
    """One replica."""

    site: SharedSite
    log: Log

    async def ask(self, method: str, path: str, body: Any = None, token: str | None = "alice") -> Response:
        return await self.site.replica.answer(request(method, path, body, token), HERE)

    async def json(self, method: str, path: str, body: Any = None, token: str | None = "alice") -> Any:
        response = await self.ask(method, path, body, token)
        assert response.status < 300, response
        return json.loads(response.body) if response.body else None

    async def state(self) -> list[bytes]:
        """All that the replica knows once it has caught up."""
        await self.site.replica.catch_up()
        return list(parts(captured(self.site.store)))


@asynccontextmanager
async def replica(url: str, prefix: str, org: Org | None = None) -> AsyncIterator[Within]:
    """One that has read what there is."""
    served = org or default_org()
    log = Log(connect(url, 5.0), prefix)
    store = SharedStore(served, await log.open(served, 1.0))
    site = SharedSite(store, (served, 1.0), hosts=HostCheck())
    site.replica = Replica(site, log)
    site.pipeline.sockets = True
    await site.replica.start()
    task = asyncio.create_task(site.replica.run())
    try:
        yield Within(site, log)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await log.close()


@asynccontextmanager
async def replicas(
    url: str, prefix: str, count: int = 2, org: Org | None = None
) -> AsyncIterator[list[Within]]:
    """So many of one prefix."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(replica(url, prefix, org)) for _ in range(count)]

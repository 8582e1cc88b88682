"""Serve one org together with other processes, over a store."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from ringback_contracts.org import Org
from ringback_mock.replicas.client import connect, shown
from ringback_mock.replicas.log import AwayError, Log, StoreError
from ringback_mock.replicas.replica import Replica
from ringback_mock.replicas.site import SharedSite
from ringback_mock.replicas.store import SharedStore

if TYPE_CHECKING:
    from ringback_mock.edges.serve import Settings


def opened(settings: Settings, org: Org) -> float:
    """When the log of the store began. Raises ``StoreError`` for one that cannot be used."""

    async def ask() -> float:
        log = log_of(settings)
        try:
            return await log.open(org, settings.speed)
        finally:
            await log.close()

    try:
        return asyncio.run(ask())
    except AwayError as error:
        raise StoreError(f"the store at {shown(settings.store or '')} {error.told}") from error


def log_of(settings: Settings) -> Log:
    """The log that the settings name. Raises ``StoreError``."""
    return Log(connect(settings.store or "", settings.store_timeout), settings.store_prefix)


def shared_site(settings: Settings, org: Org, **edges: Any) -> SharedSite:
    """The site of a replica, before it knows more than when the log began."""
    began = opened(settings, org)
    store = SharedStore(org, began, journal_size=settings.journal_size, speed=settings.speed)
    return SharedSite(store, (org, settings.speed), **edges)


async def begin(settings: Settings, site: SharedSite) -> asyncio.Task[None]:
    """Let the site know what the log says, and go on with it until the task is cancelled."""
    log = log_of(settings)
    site.replica = Replica(site, log, settings.store_timeout)
    await site.replica.start()
    return asyncio.get_running_loop().create_task(_followed(site.replica, log))


async def _followed(replica: Replica, log: Log) -> None:
    try:
        await replica.run()
    finally:
        await log.close()

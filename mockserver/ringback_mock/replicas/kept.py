"""What a Redis keeps of orgs that are served: by prefixes, to look at and to delete."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from ringback_mock.replicas.client import connect, shown
from ringback_mock.replicas.log import AwayError, Keys, StoreError, asking

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from redis.asyncio import Redis

ALL = "{*}:about"
"""The names under which something is said about a log."""
PATIENCE_SECONDS = 5.0


class Kept(NamedTuple):
    """What is kept under one prefix: ``began`` in seconds since 1970, ``by`` the version that wrote it,
    ``bytes`` roughly what it takes of the memory of Redis, ``idle_seconds`` until it is forgotten."""

    prefix: str
    began: float
    by: str
    format: int
    entries: int
    bytes: int
    idle_seconds: int


@asynccontextmanager
async def _client(url: str) -> AsyncIterator[Redis]:
    client = connect(url, PATIENCE_SECONDS)
    try:
        with asking():
            yield client
    except AwayError as error:
        raise StoreError(f"the store at {shown(url)} {error.told}") from error
    finally:
        await client.aclose()


async def look(url: str) -> list[Kept]:
    """All that is kept, by the names of the prefixes. Raises ``StoreError``."""
    async with _client(url) as client:
        names = [name.decode() async for name in client.scan_iter(match=ALL)]
        return [await _kept(client, name[1:].rpartition("}")[0]) for name in sorted(names)]


async def _kept(client: Any, prefix: str) -> Kept:
    keys = Keys.of(prefix)
    said = await client.hgetall(keys.about)
    weights = [await client.memory_usage(key) or 0 for key in keys]
    return Kept(
        prefix,
        float(said.get(b"began", 0)),
        said.get(b"by", b"?").decode(),
        int(said.get(b"format", 0)),
        await client.xlen(keys.log),
        sum(weights),
        max(0, await client.ttl(keys.about)),
    )


async def delete(url: str, prefix: str) -> bool:
    """Delete what is kept under the prefix; whether there was anything. Raises ``StoreError``."""
    async with _client(url) as client:
        return bool(await client.delete(*Keys.of(prefix)))

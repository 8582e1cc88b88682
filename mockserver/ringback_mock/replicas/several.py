"""A store on several machines: a primary that Sentinels name, or a cluster, where all keys lie in one slot.

redis-py reads no URL of these; ours list the hosts, and the rest is as redis-py reads it in any other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote, urlsplit, urlunsplit

from ringback_mock.replicas.client import with_known_options

if TYPE_CHECKING:
    from redis.asyncio import Redis

SENTINEL_PORT, PORT = 26379, 6379
OF_SENTINELS = "sentinel_"
"""What the names of options begin with that are for the Sentinels, such as their password."""
Options = Mapping[str, Any]


def of_sentinels(url: str, bounds: Options) -> Redis:
    """The primary of the service that the path names, wherever it is by now; raises ``ValueError``."""
    from redis.asyncio import Redis
    from redis.asyncio.sentinel import Sentinel

    class SentinelRedis(Redis):
        """The primary; with it ends what asks the Sentinels."""

        async def aclose(self, close_connection_pool: bool | None = None) -> None:
            await super().aclose(close_connection_pool)
            pool: Any = self.connection_pool
            for sentinel in pool.sentinel_manager.sentinels:
                await sentinel.aclose()

    hosts = _hosts(url, SENTINEL_PORT)
    service, _, db = urlsplit(url).path.strip("/").partition("/")
    if not service or not (db or "0").isdecimal():
        raise ValueError("it ends with the name that the Sentinels know: redis+sentinel://HOST:26379/NAME/DB")
    given = _options(url)
    own = {name: given.pop(name) for name in tuple(given) if name.startswith(OF_SENTINELS)}
    asking = {
        **_hurried(bounds, hosts),
        **{name: value for name, value in given.items() if name.startswith("ssl")},
        **{name.removeprefix(OF_SENTINELS): value for name, value in own.items()},
    }
    settings = {**bounds, "db": int(db or "0"), **given}
    manager = Sentinel(hosts, sentinel_kwargs=asking, **settings)  # type: ignore[no-untyped-call]  # it has no types
    _ = with_known_options(manager.sentinels[0])
    return with_known_options(manager.master_for(unquote(service), redis_class=SentinelRedis))


def of_cluster(url: str, bounds: Options) -> Redis:
    """The cluster, which takes the same commands; raises ``ValueError``."""
    from redis.asyncio.cluster import ClusterNode, RedisCluster

    hosts = _hosts(url, PORT)
    if urlsplit(url).path.strip("/") not in ("", "0"):
        raise ValueError("a cluster has no database but 0")
    nodes = [ClusterNode(host, port) for host, port in hosts]
    settings: dict[str, Any] = {**bounds, **_options(url)}
    return cast("Redis", RedisCluster(startup_nodes=nodes, **settings))


def _hurried(bounds: Options, hosts: Sequence[object]) -> dict[str, Any]:
    """The bounds for those who are asked in turn: together they take no longer than one may."""
    return {
        name: value / len(hosts) if name.endswith("_timeout") else value for name, value in bounds.items()
    }


def _hosts(url: str, usual: int) -> list[tuple[str, int]]:
    listed = urlsplit(url).netloc.rpartition("@")[2].split(",")
    parts = [urlsplit(f"//{host}") for host in listed]
    if not all(part.hostname for part in parts):
        raise ValueError("it lists hosts: HOST:PORT,HOST:PORT")
    return [(part.hostname or "", part.port or usual) for part in parts]


def _options(url: str) -> dict[str, Any]:
    """User, password and what stands behind the question mark."""
    from redis.asyncio.connection import parse_url

    parts = urlsplit(url)
    kind = parts.scheme.partition("+")[0]
    credentials, at, _ = parts.netloc.rpartition("@")
    options: dict[str, Any] = dict(parse_url(urlunsplit((kind, f"{credentials}{at}", "", parts.query, ""))))
    if options.pop("connection_class", None) is not None:
        options["ssl"] = True
    return options

"""Where the store is: the client of a Redis, by its URL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ringback_mock.replicas.log import StoreError

if TYPE_CHECKING:
    from redis.asyncio import Redis

SCHEMES = (
    "redis",
    "rediss",
    "unix",
    "redis+sentinel",
    "rediss+sentinel",
    "redis+cluster",
    "rediss+cluster",
)


def connect(url: str, seconds: float) -> Redis:
    """The client, which waits so long for any answer. Raises ``StoreError``, which repeats no password."""
    scheme = urlsplit(url).scheme
    if scheme not in SCHEMES:
        raise StoreError(
            f"--store: {scheme or 'the URL'} is none of the kinds {', '.join(SCHEMES)}; write "
            "redis://HOST:PORT/DB, with rediss for TLS and USER:PASSWORD@ before the host where it asks"
        )
    try:
        from redis.asyncio import Redis
        from redis.asyncio.retry import Retry
        from redis.backoff import NoBackoff
        from redis.exceptions import RedisClusterException
    except ImportError as error:
        raise StoreError("--store needs the extra: pip install 'ringback[redis]'") from error
    bounds: dict[str, Any] = {
        "socket_timeout": seconds,
        "socket_connect_timeout": seconds,
        "retry": Retry(NoBackoff(), 0),
        "client_name": "ringback",
    }
    _check_ports(url)
    try:
        if "+" not in scheme:
            return with_known_options(Redis.from_url(url, **bounds))
        from ringback_mock.replicas.several import of_cluster, of_sentinels

        return of_cluster(url, bounds) if scheme.endswith("+cluster") else of_sentinels(url, bounds)
    except (ValueError, RedisClusterException) as error:
        raise StoreError(f"--store: the URL cannot be read: {error}") from error
    except TypeError as error:
        raise StoreError(f"--store: behind the ? is what redis-py does not know: {error}") from error


def _check_ports(url: str) -> None:
    """Raise ``StoreError`` for a port that is no number, untold: it may be the beginning of a password."""
    for host in urlsplit(url).netloc.rpartition("@")[2].split(","):
        try:
            _ = urlsplit(f"//{host}").port
        except ValueError:
            raise StoreError(
                "--store: a port of the URL is no number; write / # ? @ of a password as %2F %23 %3F %40"
            ) from None


def with_known_options(client: Redis) -> Redis:
    """The client, if a connection can be made of its options, which does not connect; or a ``TypeError``."""
    pool = client.connection_pool
    pool.connection_class(**pool.connection_kwargs)
    return client


def shown(url: str) -> str:
    """The URL without user and password."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"

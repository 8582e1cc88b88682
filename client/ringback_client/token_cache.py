"""Where tokens are kept between requests: in memory, in a file, or in Redis."""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ringback_client.atomic_write import atomic_write, once_free
from ringback_client.errors import ConfigurationError, TokenCacheError
from ringback_client.tokens import Token

if TYPE_CHECKING:
    from redis import Redis
    from redis.lock import Lock

LOCK_SECONDS = 120.0
"""How long a renewal may take before another asker takes over, lest a crashed one block it for ever."""


class MemoryTokenCache:
    """Keeps tokens for the life of the process; threads may share it."""

    def __init__(self) -> None:
        self._tokens: dict[str, Token] = {}
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def get(self, key: str) -> Token | None:
        return self._tokens.get(key)

    def put(self, key: str, token: Token, now: float) -> None:
        _ = now
        self._tokens[key] = token

    @contextmanager
    def lock(self, key: str, *, wait: bool) -> Iterator[bool]:
        mine = self._locks[key].acquire(blocking=wait)
        try:
            yield mine
        finally:
            if mine:
                self._locks[key].release()


class FileTokenCache:
    """Keeps each token in a file of its own in a folder, readable by its owner alone (mode 0600).

    Files are replaced as a whole, so a reader never sees half of one. Raises ``TokenCacheError`` where
    the folder cannot be written or a file cannot be read.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._folder = Path(folder)

    def _path(self, key: str, suffix: str = ".json") -> Path:
        return self._folder / f"token-{key}{suffix}"

    def _failure(self, what: str, error: OSError) -> TokenCacheError:
        # Of the file names the cause speaks: they are hashes, whose digits look like numbers that are hidden.
        return TokenCacheError(
            f"the token cache in {self._folder} cannot be {what}: {error.strerror or error}"
        )

    def get(self, key: str) -> Token | None:
        try:
            return Token.from_json(once_free(self._path(key).read_bytes))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._failure("read", error) from error

    def put(self, key: str, token: Token, now: float) -> None:
        _ = now
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with atomic_write(self._path(key)) as file:
                file.write(token.to_json())
        except OSError as error:
            raise self._failure("written", error) from error

    @contextmanager
    def lock(self, key: str, *, wait: bool) -> Iterator[bool]:
        from filelock import FileLock, Timeout

        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise self._failure("written", error) from error
        lock = FileLock(self._path(key, ".lock"), timeout=LOCK_SECONDS if wait else 0, mode=0o600)
        try:
            lock.acquire()
        except Timeout:
            yield False
            return
        except OSError as error:
            raise self._failure("locked", error) from error
        try:
            yield True
        finally:
            lock.release()


class RedisTokenCache:
    """Keeps tokens in Redis, for many processes on many machines; needs the extra ``redis``.

    Give the server's URL or a client. A token lives there until it expires. One process renews at a time:
    it holds a lock that carries its owner's mark and ends by itself after ``LOCK_SECONDS``. Raises
    ``TokenCacheError`` where Redis does not answer.
    """

    def __init__(self, redis: str | Redis, *, prefix: str = "ringback:token:") -> None:
        self._redis = _connected(redis) if isinstance(redis, str) else redis
        self._prefix = prefix

    def get(self, key: str) -> Token | None:
        with _redis_errors():
            text = self._redis.get(self._prefix + key)
        return Token.from_json(text) if isinstance(text, str | bytes) else None

    def put(self, key: str, token: Token, now: float) -> None:
        # A refresh token outlives the access token that it came with.
        lasting = token.expires_at is None or token.refresh_token is not None
        life = None if lasting else max(1, int(((token.expires_at or now) - now) * 1000))
        with _redis_errors():
            self._redis.set(self._prefix + key, token.to_json(), px=life)

    @contextmanager
    def lock(self, key: str, *, wait: bool) -> Iterator[bool]:
        with _redis_errors():
            lock: Lock = self._redis.lock(
                f"{self._prefix}{key}:lock", timeout=LOCK_SECONDS, sleep=0.05, thread_local=False
            )
            mine = lock.acquire(blocking=wait, blocking_timeout=LOCK_SECONDS if wait else None)
        try:
            yield bool(mine)
        finally:
            if mine:
                _release(lock)


def _connected(url: str) -> Redis:
    try:
        from redis import Redis
    except ImportError as error:
        raise ConfigurationError("the Redis token cache needs: pip install 'ringback[redis]'") from error
    try:
        return Redis.from_url(url, socket_connect_timeout=5.0, socket_timeout=5.0)
    except ValueError as error:
        raise ConfigurationError("the Redis URL must begin with redis://, rediss:// or unix://") from error


def _release(lock: Lock) -> None:
    from redis.exceptions import LockError

    with _redis_errors(), suppress(LockError):
        lock.release()  # an expired lock is another process's by now: there is nothing to give back


@contextmanager
def _redis_errors() -> Iterator[None]:
    from redis.exceptions import RedisError

    try:
        yield
    except RedisError as error:
        raise TokenCacheError(f"the token cache in Redis failed: {type(error).__name__}") from error

"""Tokens kept in memory, in files and in Redis: the same promises, and one login for many askers."""

from __future__ import annotations

import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
import redis
import requests
from hypothesis import given
from hypothesis import strategies as st

from ringback_client import (
    CallsClient,
    ClientCredentials,
    ConfigurationError,
    FileTokenCache,
    MemoryTokenCache,
    RedisTokenCache,
    Token,
    TokenCache,
    TokenCacheError,
    token_cache,
)
from ringback_client.tokens import RenewedToken
from tests.client.scripted import MOCK, Answer, ScriptedAdapter, token_answer
from tests.serving import free_port, redis_server

SECRET = "hunter2secret"
SERVICE = ClientCredentials("demo-service", SECRET)
NOW = 1_800_000_000.0
TOKEN = Token("access", NOW + 3540, NOW + 3600)


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with redis_server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture(params=["file", "redis"])
def shared_cache(request: pytest.FixtureRequest, tmp_path: Path) -> TokenCache:
    """A cache that processes can share."""
    if request.param == "file":
        return FileTokenCache(tmp_path / "tokens")
    return RedisTokenCache(request.getfixturevalue("redis_url"), prefix=f"{tmp_path}:")


@pytest.fixture(params=["memory", "file", "redis"])
def cache(request: pytest.FixtureRequest, tmp_path: Path) -> TokenCache:
    if request.param == "memory":
        return MemoryTokenCache()
    if request.param == "file":
        return FileTokenCache(tmp_path / "tokens")
    return RedisTokenCache(request.getfixturevalue("redis_url"), prefix=f"{tmp_path}:")


def test_a_token_that_was_put_is_got(cache: TokenCache) -> None:
    assert cache.get("key") is None
    cache.put("key", TOKEN, NOW)
    assert cache.get("key") == TOKEN
    assert cache.get("other") is None


def test_the_last_token_put_is_the_one_got(cache: TokenCache) -> None:
    for name in ("first", "second"):
        cache.put("key", Token(name, refresh_token="r"), NOW)
    assert cache.get("key") == Token("second", refresh_token="r")


def test_one_asker_at_a_time_may_renew(cache: TokenCache) -> None:
    with (
        cache.lock("key", wait=False) as first,
        cache.lock("key", wait=False) as second,
        cache.lock("other", wait=False) as other,
    ):
        assert (first, second, other) == (True, False, True)
    with cache.lock("key", wait=False) as again:
        assert again


def test_a_renewal_that_fails_gives_the_lock_back(cache: TokenCache) -> None:
    with pytest.raises(ZeroDivisionError), cache.lock("key", wait=True):
        raise ZeroDivisionError
    with cache.lock("key", wait=False) as mine:
        assert mine


def test_who_waits_gets_the_lock_when_it_is_given_back(cache: TokenCache) -> None:
    got: list[bool] = []

    def wait() -> None:
        with cache.lock("key", wait=True) as mine:
            got.append(mine)

    thread = threading.Thread(target=wait)
    with cache.lock("key", wait=True):
        thread.start()
    thread.join()
    assert got == [True]


def test_two_clients_share_a_token_through_the_cache(cache: TokenCache) -> None:
    first = ScriptedAdapter([Answer(200, {"entities": []})], [token_answer("shared")])
    second = ScriptedAdapter([Answer(200, {"entities": []})])
    for adapter in (first, second):
        CallsClient(MOCK, SERVICE, adapter=adapter, cache=cache).list_calls()
        assert adapter.requests[-1].headers["Authorization"] == "Bearer shared"
    assert second.sent("POST", "/oauth/") == []


def test_while_one_renews_early_the_others_go_on_with_the_old_token(cache: TokenCache) -> None:
    old = Token("old", NOW - 1, NOW + 59)
    source = RenewedToken(SERVICE, MOCK, cache, lambda _: Token("new"), now=lambda: NOW)
    cache.put(source.key, old, NOW)
    with cache.lock(source.key, wait=True):
        assert source.current() == "old"
    assert source.current() == "new"


def test_a_lock_whose_holder_takes_for_ever_does_not_hold_the_others_up(
    shared_cache: TokenCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_cache, "LOCK_SECONDS", 0.05)
    source = RenewedToken(SERVICE, MOCK, shared_cache, lambda _: Token("new"))
    with shared_cache.lock(source.key, wait=True):
        assert source.current() == "new"


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "tokens"
    cache = FileTokenCache(folder)
    with cache.lock("key", wait=True):
        cache.put("key", TOKEN, NOW)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


def test_a_file_is_replaced_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = FileTokenCache(tmp_path)
    cache.put("key", TOKEN, NOW)

    def fail(*_: object) -> None:
        raise OSError(28, "no space left")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(TokenCacheError, match="no space left"):
        cache.put("key", Token("second"), NOW)
    assert cache.get("key") == TOKEN
    assert [file.name for file in tmp_path.iterdir()] == ["token-key.json"], "nothing half-written stays"


def test_a_folder_that_cannot_be_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    cache = FileTokenCache(tmp_path / "file" / "tokens")
    with pytest.raises(TokenCacheError):
        cache.put("key", TOKEN, NOW)
    with pytest.raises(TokenCacheError), cache.lock("key", wait=True):
        pass
    with pytest.raises(TokenCacheError):
        cache.get("key")


def test_an_error_of_the_file_cache_names_its_folder_whole_and_what_is_wrong(tmp_path: Path) -> None:
    folder = tmp_path / "tokens"
    cache, key = FileTokenCache(folder), "e9" + "7" * 60 + "a9"
    (folder / f"token-{key}.json").mkdir(parents=True)
    with pytest.raises(TokenCacheError) as caught:
        cache.get(key)
    assert str(caught.value) == f"the token cache in {folder} cannot be read: Is a directory"
    assert key in str(caught.value.__cause__), "for whoever debugs it"


def test_a_lock_that_cannot_be_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "token-key.lock").mkdir()
    with pytest.raises(TokenCacheError), FileTokenCache(tmp_path).lock("key", wait=True):
        pass


def test_without_the_extra_the_redis_cache_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(ConfigurationError, match=r"ringback\[redis\]"):
        RedisTokenCache("redis://127.0.0.1")


OTHER_JSON = st.sampled_from(
    [
        '{"access_token": 5}',
        '{"access_token": "x", "refresh_token": 5}',
        '{"access_token": "x", "expires_at": "soon"}',
        '{"access_token": "x", "refresh_at": []}',
        "{}",
        "[]",
        "5",
        "[" * 9999,
    ]
)


@given(st.text() | st.binary() | OTHER_JSON)
def test_a_file_that_holds_something_else_counts_as_no_token(content: str | bytes) -> None:
    assert Token.from_json(content) is None


@given(
    st.text(),
    st.floats(allow_nan=False, allow_infinity=False) | st.none(),
    st.floats(allow_nan=False, allow_infinity=False) | st.none(),
    st.text() | st.none(),
)
def test_a_token_comes_out_of_a_cache_as_it_went_in(
    access: str, refresh_at: float | None, expires_at: float | None, refresh: str | None
) -> None:
    token = Token(access, refresh_at, expires_at, refresh)
    assert Token.from_json(token.to_json()) == token


def raw_redis(url: str) -> Any:
    """A plain client, whose types do not tell a reply from the promise of one."""
    server: Any = redis.Redis
    return server.from_url(url)


def test_redis_forgets_a_token_when_it_expires_unless_it_can_be_renewed(
    redis_url: str, tmp_path: Path
) -> None:
    cache, server = RedisTokenCache(redis_url, prefix=f"{tmp_path}:"), raw_redis(redis_url)
    cache.put("plain", TOKEN, NOW)
    cache.put("renewable", Token("access", NOW, NOW + 3600, "refresh"), NOW)
    assert 0 < server.pttl(f"{tmp_path}:plain") <= 3_600_000
    assert server.pttl(f"{tmp_path}:renewable") == -1
    server.close()


class Noting:
    """A Redis that notes what it is given."""

    def __init__(self) -> None:
        self.given: list[tuple[str, int | None]] = []

    def set(self, name: str, _: str, *, px: int | None) -> None:
        self.given.append((name, px))

    def lock(self, *_: object, **__: object) -> Noting:
        return self

    def acquire(self, *, blocking: bool, blocking_timeout: float | None) -> bool:
        self.waits = blocking, blocking_timeout
        return False


@pytest.mark.parametrize(
    ("wait", "waits"), [(True, (True, token_cache.LOCK_SECONDS)), (False, (False, None))]
)
def test_who_waits_for_a_lock_in_redis_does_not_wait_for_ever(
    wait: bool, waits: tuple[bool, float | None]
) -> None:
    server = Noting()
    with RedisTokenCache(cast("redis.Redis", server)).lock("key", wait=wait) as mine:
        assert not mine
    assert server.waits == waits


@pytest.mark.parametrize(
    ("token", "milliseconds"),
    [
        (Token("access", NOW, NOW + 3600), 3_600_000),
        (Token("access", NOW, NOW + 0.25), 250),
        (Token("access", NOW, NOW - 5), 1),
        (Token("access"), None),
        (Token("access", NOW, NOW + 3600, "refresh"), None),
    ],
    ids=["an hour", "a moment", "over", "without an end", "renewable"],
)
def test_redis_keeps_a_token_for_as_long_as_it_lives_from_now_on(
    token: Token, milliseconds: int | None
) -> None:
    server = Noting()
    RedisTokenCache(cast("redis.Redis", server), prefix="ours:").put("key", token, NOW)
    assert server.given == [("ours:key", milliseconds)]


def test_tokens_in_redis_are_named_so_that_they_are_found_again() -> None:
    server = Noting()
    RedisTokenCache(cast("redis.Redis", server)).put("key", Token("access"), NOW)
    assert server.given == [("ringback:token:key", None)]


def test_nothing_in_redis_is_named_after_a_secret(redis_url: str, tmp_path: Path) -> None:
    prefix = f"{tmp_path}:"
    cache, server = RedisTokenCache(redis_url, prefix=prefix), raw_redis(redis_url)
    adapter = ScriptedAdapter([Answer(200, {"entities": []})])
    CallsClient(MOCK, SERVICE, adapter=adapter, cache=cache).list_calls()
    keys = list(server.scan_iter(f"{prefix}*"))
    assert len(keys) == 1
    assert SECRET.encode() not in keys[0] + server.get(keys[0])
    server.close()


def test_a_redis_that_does_not_answer_is_an_error_of_ours() -> None:
    cache = RedisTokenCache(f"redis://:{SECRET}@127.0.0.1:{free_port()}/0")
    with pytest.raises(TokenCacheError) as caught:
        cache.get("key")
    assert SECRET not in str(caught.value)
    with pytest.raises(TokenCacheError):
        cache.put("key", TOKEN, NOW)
    with pytest.raises(TokenCacheError), cache.lock("key", wait=True):
        pass


def test_a_url_that_is_none_of_redis_s_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="redis://"):
        RedisTokenCache("http://127.0.0.1")


PROCESSES = 4
ALICE = "user:a11ce000-0000-4000-8000-000000000001"
ASKER = """
import sys
from ringback_client import CallsClient, ClientCredentials, FileTokenCache, RedisTokenCache

url, client_id, secret, kind, where, user = sys.argv[1:]
cache = FileTokenCache(where) if kind == "file" else RedisTokenCache(where)
client = CallsClient(url, ClientCredentials(client_id, secret), cache=cache)
print("ready", flush=True)
sys.stdin.readline()
print(client.place_call("tel:+442079460100", user).id)
"""


@dataclass(frozen=True)
class Held:
    """What is in the cache when the processes ask: nothing, or a token of the org with so long to live."""

    name: str
    remaining: float | None = None


@pytest.mark.parametrize("kind", ["file", "redis"])
@pytest.mark.parametrize(
    "held", [Held("nothing"), Held("about to expire", 30), Held("expired", -1)], ids=lambda held: held.name
)
def test_many_processes_that_ask_at_once_log_in_once(
    kind: str, held: Held, server: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    where = str(tmp_path) if kind == "file" else request.getfixturevalue("redis_url")
    org = requests.post(f"{server}/__ringback/orgs", timeout=10).json()
    client = org["clients"]["demo-service"]
    if held.remaining is not None:
        cache = FileTokenCache(where) if kind == "file" else RedisTokenCache(where)
        now = time.time()
        who = ClientCredentials(client["id"], client["secret"])
        token = Token(org["tokens"]["service"], 0, now + held.remaining)
        cache.put(RenewedToken(who, server, cache, lambda _: token).key, token, now)
    arguments = [server, client["id"], client["secret"], kind, where, ALICE]
    calls = all_at_once([sys.executable, "-c", ASKER, *arguments])
    assert len(calls) == PROCESSES
    journal = requests.get(f"{server}/__ringback/exchanges?org={org['id']}", timeout=10).json()
    paths = [exchange["request"]["path"] for exchange in journal["exchanges"]]
    assert paths.count("/oauth/token") == 1
    assert paths.count("/api/v2/conversations/calls/user/" + ALICE.removeprefix("user:")) == PROCESSES


def all_at_once(command: list[str]) -> set[str]:
    """Start the processes, let them go when all are ready, and give what each prints."""
    pipe = subprocess.PIPE
    crowd = [subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) for _ in range(PROCESSES)]
    for process in crowd:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in crowd:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    printed = {process.communicate()[0] for process in crowd}
    assert [process.returncode for process in crowd] == [0] * PROCESSES
    return printed

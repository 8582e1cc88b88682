"""A store on several machines: a primary that Sentinels name, and a cluster."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis

from ringback_mock.replicas.client import connect
from ringback_mock.replicas.log import StoreError
from tests.mockserver.process import serving
from tests.mockserver.wire import CALLS
from tests.replicas.test_killed import until
from tests.replicas.test_store_command import store
from tests.serving import free_port

SECRET = "s3cret-of-sentinels"


@contextmanager
def running(folder: Path, *options: str) -> Iterator[redis.Redis]:
    """A redis-server with its own folder, and a client of it."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed")
    folder.mkdir()
    (folder / "conf").write_text(f"bind 127.0.0.1\ndir {folder}\n", "utf-8")
    port = free_port()
    command = [program, str(folder / "conf"), "--port", str(port), *options]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process, redis.Redis(port=port) as client:
        try:
            until("there", lambda: _answers(client))
            yield client
        finally:
            process.terminate()


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.AuthenticationError:
        return True
    except redis.ConnectionError:
        return False


def port_of(client: redis.Redis) -> int:
    return int(client.connection_pool.connection_kwargs["port"])


def test_the_primary_is_found_by_sentinels_also_after_another_has_become_it(tmp_path: Path) -> None:
    with ExitStack() as stack:
        one = stack.enter_context(running(tmp_path / "one"))
        port = port_of(one)
        options = "--replicaof", f"127.0.0.1 {port}", "--repl-diskless-sync-delay", "0"
        one.config_set("repl-diskless-sync-delay", 0)
        other = stack.enter_context(running(tmp_path / "other", *options))
        asked = stack.enter_context(running(tmp_path / "sentinel", "--sentinel", "--requirepass", SECRET))
        sentinel = stack.enter_context(redis.Redis(port=port_of(asked), password=SECRET))
        sentinel.sentinel_monitor("mock", "127.0.0.1", port, 1)
        hosts = f"127.0.0.1:{free_port()},127.0.0.1:{port_of(asked)}"
        url = f"redis+sentinel://{hosts}/mock/2?sentinel_password={SECRET}"
        mock = stack.enter_context(serving("--store", url))
        call = mock.place().json()["id"]
        assert "ringback: since " in store(url).stdout
        assert other.info("replication")["role"] == "slave"
        until("known", lambda: sentinel.sentinel_slaves("mock"))
        one.wait(1, 0)
        until("begun", lambda: _failed_over(sentinel))
        until("the primary", lambda: other.info("replication")["role"] == "master")
        one.shutdown(nosave=True)
        until("well again", lambda: mock.place().status_code == 202)
        assert mock.get(f"{CALLS}/{call}").ok
        _, out, err = mock.stop()
        assert SECRET not in out + err


def _failed_over(sentinel: redis.Redis) -> bool:
    try:
        return bool(sentinel.sentinel_failover("mock"))
    except redis.ResponseError:  # NOGOODSLAVE, until it has looked at the replica
        return False


def test_a_cluster_keeps_a_prefix_in_one_slot(tmp_path: Path) -> None:
    with running(tmp_path / "one", "--cluster-enabled", "yes") as one:
        told: Any = one.execute_command
        told("CLUSTER ADDSLOTSRANGE", 0, 16383)
        until("whole", lambda: told("CLUSTER INFO")["cluster_state"] == "ok")
        url = f"redis+cluster://127.0.0.1:{free_port()},127.0.0.1:{port_of(one)}"
        with serving("--quiet", "--store", url) as mock, serving("--quiet", "--store", url) as other:
            call = mock.place().json()["id"]
            assert other.get(f"{CALLS}/{call}").ok
            assert "ringback: since " in store(url).stdout
            assert store(url, "--delete", "ringback").returncode == 0
            until("begun anew", lambda: other.get(f"{CALLS}/{call}").status_code == 404)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("redis+sentinel://127.0.0.1", "it ends with the name that the Sentinels know"),
        ("redis+sentinel://127.0.0.1/mock/one", "it ends with the name that the Sentinels know"),
        ("redis+sentinel://,/mock", "it lists hosts"),
        ("redis+sentinel://127.0.0.1:sixteen/mock", "a port of the URL is no number"),
        ("redis+cluster://127.0.0.1/3", "a cluster has no database but 0"),
        ("redis+cluster://127.0.0.1?db=2", "the URL cannot be read"),
        ("redis+sentinels://127.0.0.1/mock", "is none of the kinds"),
        ("redis://127.0.0.1?hurry=1", "what redis-py does not know: .*hurry"),
        ("redis+sentinel://127.0.0.1/mock?hurry=1", "what redis-py does not know: .*hurry"),
        ("redis+sentinel://127.0.0.1/mock?sentinel_hurry=1", "what redis-py does not know: .*hurry"),
        ("redis+cluster://127.0.0.1?hurry=1", "what redis-py does not know: .*hurry"),
    ],
)
def test_what_cannot_be_meant_is_told(url: str, told: str) -> None:
    with pytest.raises(StoreError, match=told):
        _ = connect(url, 1.0)


@pytest.mark.parametrize(
    "url", ["redis://:hush/hush@h", "redis+cluster://me:hush#x@h", "redis+sentinel://me:hush?hush@h/mock"]
)
def test_a_password_that_was_not_escaped_is_not_told(url: str) -> None:
    with pytest.raises(StoreError, match="%2F %23 %3F %40") as caught:
        _ = connect(url, 1.0)
    assert "hush" not in str(caught.value)


def test_sentinels_in_turn_take_no_longer_than_one_may() -> None:
    client = connect(
        "rediss+sentinel://me:pw@a,b:1,[::1]:2,c/mock?ssl_ca_certs=/ca&sentinel_username=us", 2.0
    )
    pool: Any = client.connection_pool
    asked = [one.connection_pool.connection_kwargs for one in pool.sentinel_manager.sentinels]
    assert [(one["host"], one["port"]) for one in asked] == [("a", 26379), ("b", 1), ("::1", 2), ("c", 26379)]
    assert {(one["socket_timeout"], one["username"], one["ssl_ca_certs"]) for one in asked} == {
        (0.5, "us", "/ca")
    }
    own = pool.connection_kwargs
    assert (own["socket_timeout"], own["username"], own["password"]) == (2.0, "me", "pw")
    asyncio.run(client.aclose())

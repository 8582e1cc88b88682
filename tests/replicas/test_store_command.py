"""`ringback store` shows what is kept, and deletes it; `--workers` serves with several processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess

from tests.mockserver.process import PATIENCE, serving
from tests.mockserver.wire import CALLS
from tests.replicas.conftest import Start
from tests.serving import RINGBACK, free_port


def store(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*RINGBACK, "store", "--store", url, *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_what_is_kept_is_shown_and_deleted(redis_url: str, prefix: str, start: Start) -> None:
    start().place()
    (kept,) = (one for one in json.loads(store(redis_url, "--json").stdout) if one["prefix"] == prefix)
    assert kept["entries"] == 1
    assert kept["bytes"] > 0
    assert kept["idle_seconds"] > 86_400
    assert f"{prefix}: since " in store(redis_url).stdout
    assert store(redis_url, "--delete", prefix).returncode == 0
    assert f"{prefix}: since " not in store(redis_url).stdout or json.loads(
        store(redis_url, "--json").stdout
    ) != [kept]


def test_nothing_to_delete_is_a_finding(redis_url: str) -> None:
    done = store(redis_url, "--delete", "nobody's")
    assert done.returncode == 1
    assert "nobody's" in done.stdout


def test_a_store_that_does_not_answer_is_told_without_its_password() -> None:
    done = store(f"redis://someone:s3cret@127.0.0.1:{free_port()}")
    assert done.returncode == 2
    assert "s3cret" not in done.stderr
    done = store("http://example.com")
    assert done.returncode == 2
    assert "redis://" in done.stderr


def test_workers_serve_one_org_on_one_port(redis_url: str, prefix: str) -> None:
    options = "--store", redis_url, "--store-prefix", prefix, "--workers", "2"
    with serving("--quiet", *options) as mock:
        ids = [mock.place().json()["id"] for _ in range(6)]
        assert all(mock.get(f"{CALLS}/{call}").ok for call in ids for _ in range(3))
        workers = [int(pid) for pid in _children(mock.popen.pid)]
        assert len(workers) == 2
        os.kill(workers[0], signal.SIGKILL)
        assert all(mock.get(f"{CALLS}/{call}").ok for call in ids)
        assert mock.stop()[0] == 0


def _children(pid: int) -> list[str]:
    listed = subprocess.run(
        ["ps", "--ppid", str(pid), "-o", "pid="], capture_output=True, text=True, check=True
    )
    return listed.stdout.split()


def test_workers_need_a_store() -> None:
    done = subprocess.run(
        [*RINGBACK, "serve", "--port", "0", "--workers", "2"],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 2
    assert "--store" in done.stderr

"""What was acknowledged is there: whoever is killed, and whatever of the store goes away for a while."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import requests

from ringback_contracts.openapi import openapi_document
from tests.mockserver.process import ALICE, PATIENCE, Process, serving
from tests.mockserver.wire import CALLS
from tests.replicas.conftest import Start
from tests.serving import free_port

ADMIN = "/__ringback"


def keeping(replica: Process, acknowledged: list[str]) -> None:
    """Place calls until the replica is gone, and keep the ids that it has answered with."""
    with requests.Session() as session:
        while True:
            try:
                reply = session.post(
                    replica.url + CALLS,
                    json={"phoneNumber": "+442079460100"},
                    headers=ALICE,
                    timeout=PATIENCE,
                )
            except requests.RequestException:
                return
            if reply.status_code == 202:
                acknowledged.append(reply.json()["id"])


def until(what: str, true: Any) -> None:
    """Wait until it is true, and no longer than a test may take."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, f"still not {what}"


def test_nothing_acknowledged_is_lost_when_a_replica_is_killed_under_load(start: Start) -> None:
    one, other = start(), start()
    acknowledged: list[str] = []
    loaders = [threading.Thread(target=keeping, args=(one, acknowledged)) for _ in range(4)]
    for loader in loaders:
        loader.start()
    until("under load", lambda: len(acknowledged) >= 100)
    one.popen.kill()
    for loader in loaders:
        loader.join(PATIENCE)
    missing = [call for call in acknowledged if not other.get(f"{CALLS}/{call}").ok]
    assert not missing
    # All are killed, and come back.
    other.popen.kill()
    again = start()
    journal = again.get(f"{ADMIN}/exchanges").json()
    assert journal["total"] >= len(acknowledged)
    assert not [call for call in acknowledged if not again.get(f"{CALLS}/{call}").ok]


def test_a_consult_goes_on_at_another_replica_than_the_one_that_was_killed(start: Start) -> None:
    one, other = start(), start()
    one.get("/api/v2/users/me")
    requests.post(f"{one.url}{ADMIN}/clock", json={"freeze": True}, timeout=PATIENCE)
    call = one.place().json()["id"]
    requests.post(f"{one.url}{ADMIN}/clock", json={"advance": 10}, timeout=PATIENCE)
    customer = one.get(f"{CALLS}/{call}").json()["participants"][1]["id"]
    path = f"{CALLS}/{call}/participants/{customer}/consult"
    body = {"destination": {"address": "+442079460106"}, "speakTo": "DESTINATION"}
    begun = requests.post(one.url + path, json=body, headers=ALICE, timeout=PATIENCE)
    assert begun.status_code == 200, begun.text
    consulted = begun.json()["destinationParticipantId"]
    one.popen.kill()
    requests.post(f"{other.url}{ADMIN}/clock", json={"advance": 10}, timeout=PATIENCE)
    shown = {each["id"]: each for each in other.get(f"{CALLS}/{call}").json()["participants"]}
    assert shown[consulted]["state"] == "connected"
    cancelled = requests.delete(other.url + path, headers=ALICE, timeout=PATIENCE)
    assert cancelled.ok, cancelled.text


@contextmanager
def redis_at(port: int, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A Redis that keeps what it is told in the folder."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed")
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "yes"]
    command = [program, *options, "--appendfsync", "always", "--dir", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as popen:
        try:
            until("there", lambda: _answers(port))
            yield popen
        finally:
            popen.terminate()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_while_the_store_is_away_all_is_told_so_and_then_goes_on(tmp_path: Path) -> None:
    port = free_port()
    url = f"redis://127.0.0.1:{port}/0"
    with ExitStack() as stack:
        with redis_at(port, tmp_path):
            mock = stack.enter_context(serving("--quiet", "--store", url, "--store-timeout", "0.5"))
            call = mock.place().json()["id"]
        began = time.monotonic()
        away = mock.place()
        assert time.monotonic() - began < 2
        assert away.status_code == 503
        assert away.json()["code"] == "service.unavailable"
        assert away.headers["Retry-After"] == "1"
        assert away.headers["ININ-Correlation-Id"] == away.json()["contextId"]
        assert mock.get("/healthz").status_code == 503
        assert mock.get("/livez").status_code == 200
        with redis_at(port, tmp_path):
            until("well again", lambda: mock.get("/healthz").ok)
            assert mock.get(f"{CALLS}/{call}").ok
            assert mock.place().status_code == 202


def test_a_store_that_hangs_is_waited_for_no_longer_than_is_said(tmp_path: Path) -> None:
    port = free_port()
    with redis_at(port, tmp_path) as store:
        options = "--quiet", "--store", f"redis://127.0.0.1:{port}/0", "--store-timeout", "0.5"
        with serving(*options) as mock:
            assert mock.place().status_code == 202
            store.send_signal(19)
            began = time.monotonic()
            assert mock.place().status_code == 503
            assert mock.get("/livez").status_code == 200
            assert time.monotonic() - began < 2
            store.send_signal(18)
            until("well again", lambda: mock.get("/healthz").ok)
            assert mock.place().status_code == 202


def test_a_store_that_takes_no_writes_is_away_until_it_does(tmp_path: Path) -> None:
    import redis

    port = free_port()
    with ExitStack() as stack:
        stack.enter_context(redis_at(port, tmp_path))
        store: Any = stack.enter_context(redis.Redis(port=port))
        mock = stack.enter_context(serving("--store", f"redis://127.0.0.1:{port}/0"))
        for spoil, *how in ((store.config_set, "maxmemory", 1), (store.replicaof, "127.0.0.1", 1)):
            spoil(*how)
            assert mock.place().status_code == 503
            # Each time that it listens to the others it asks, and is answered.
            assert {mock.get("/healthz").status_code for _ in range(20)} == {503}
            store.config_set("maxmemory", 0)
            store.replicaof("NO", "ONE")
            until("well again", lambda: mock.get("/healthz").ok)
            assert mock.place().status_code == 202
        assert mock.stop()[2].count("requests are answered 503 until it does") == 2


def test_a_store_that_was_emptied_is_begun_anew(redis_url: str, prefix: str, start: Start) -> None:
    import redis

    one, other = start(), start()
    call = one.place().json()["id"]
    store = redis.Redis.from_url(redis_url)
    store.delete(*store.keys(f"{{{prefix}}}:*"))
    until("begun anew", lambda: one.get(f"{CALLS}/{call}").status_code == 404)
    until("begun anew", lambda: other.get(f"{CALLS}/{call}").status_code == 404)
    again = other.place().json()["id"]
    assert one.get(f"{CALLS}/{again}").ok


def test_data_of_a_newer_version_is_refused(redis_url: str, prefix: str, start: Start) -> None:
    import redis

    one = start()
    one.place()
    redis.Redis.from_url(redis_url).hset(f"{{{prefix}}}:about", mapping={"format": 99, "by": "9.9.9"})
    until("refused", lambda: one.place().status_code == 503)
    unready = one.get("/healthz")
    assert "newer Ringback" in unready.json()["store"]
    described = openapi_document()["paths"]["/healthz"]["get"]["responses"][str(unready.status_code)]
    assert jsonschema_rs.is_valid(described["content"]["application/json"]["schema"], unready.json())
    program = [*_serve(redis_url, prefix)]
    refused = subprocess.run(program, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert refused.returncode == 2
    assert "9.9.9" in refused.stderr


def test_the_state_of_another_org_is_refused(redis_url: str, prefix: str, start: Start) -> None:
    start()
    program = [*_serve(redis_url, prefix), "--contract", "published"]
    refused = subprocess.run(program, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert refused.returncode == 2
    assert "--store-prefix" in refused.stderr


def test_a_store_that_is_not_there_is_told_without_its_password() -> None:
    url = f"redis://someone:s3cret@127.0.0.1:{free_port()}/0"
    program = [*_serve(url, "none")]
    refused = subprocess.run(program, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert refused.returncode == 2
    assert "does not answer as it should: ConnectionError: Error 111" in refused.stderr
    assert "s3cret" not in refused.stderr
    assert "someone" not in refused.stderr


def _serve(url: str, prefix: str) -> tuple[str, ...]:
    from tests.serving import RINGBACK

    return (*RINGBACK, "serve", "--port", "0", "--store", url, "--store-prefix", prefix)

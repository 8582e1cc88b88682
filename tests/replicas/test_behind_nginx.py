"""Two replicas behind nginx, as `deploy/` sets them up."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from websockets.sync.client import connect

from tests.examples.snippets import ROOT
from tests.mockserver.listening import OWN_CALLS
from tests.mockserver.process import ALICE, PATIENCE, Process
from tests.mockserver.wire import CALL, CALLS
from tests.replicas.conftest import Start
from tests.replicas.test_killed import until
from tests.serving import free_port

CHANNELS = "/api/v2/notifications/channels"
AROUND = """
daemon off; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{ access_log off; client_body_buffer_size 1m;
client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
{server}
}}
"""


@contextmanager
def balanced(folder: Path, one: Process, other: Process) -> Iterator[str]:
    """The URL of an nginx with `deploy/nginx.conf`, in which only the addresses are others."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if program is None:
        pytest.skip("nginx is not installed")
    listens = f"127.0.0.1:{free_port()}"
    server = (ROOT / "deploy/nginx.conf").read_text("utf-8")
    for name, at in {
        "one:8010": urlsplit(one.url).netloc,
        "other:8010": urlsplit(other.url).netloc,
        "listen 80;": f"listen {listens};",
    }.items():
        assert server.count(name) == 1
        server = server.replace(name, at)
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, server=server), "utf-8")
    command = [program, "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]
    with subprocess.Popen(command) as nginx:
        try:
            until("nginx listens", lambda: answers(f"http://{listens}"))
            yield f"http://{listens}"
        finally:
            nginx.terminate()


def answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/healthz", timeout=PATIENCE).ok
    except requests.ConnectionError:
        return False


def test_a_call_through_nginx_is_known_to_both_and_outlives_the_replica_that_took_it(
    start: Start, tmp_path: Path
) -> None:
    one, other = start(), start()
    with balanced(tmp_path, one, other) as url:
        placed = [requests.post(url + CALLS, CALL, headers=ALICE, timeout=PATIENCE) for _ in range(4)]
        assert [answer.status_code for answer in placed] == [202] * 4
        one.popen.kill()
        one.popen.wait()
        for answer in placed:
            found = requests.get(url + answer.json()["selfUri"], headers=ALICE, timeout=PATIENCE)
            assert found.status_code == 200


def test_the_url_of_a_socket_leads_through_nginx(start: Start, tmp_path: Path) -> None:
    with balanced(tmp_path, start(), start()) as url:
        made = requests.post(url + CHANNELS, headers=ALICE, timeout=PATIENCE).json()
        topics = f"{url}{CHANNELS}/{made['id']}/subscriptions"
        requests.put(topics, json=[{"id": OWN_CALLS}], headers=ALICE, timeout=PATIENCE).raise_for_status()
        with connect(made["connectUri"], open_timeout=PATIENCE) as socket:
            call = requests.post(url + CALLS, CALL, headers=ALICE, timeout=PATIENCE).json()["id"]
            while (message := json.loads(socket.recv(PATIENCE)))["topicName"] != OWN_CALLS:
                pass
            assert message["eventBody"]["id"] == call

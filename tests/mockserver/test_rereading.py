"""``--watch``: a changed org file is served, and a wrong one changes nothing."""

from __future__ import annotations

import logging
import re
import threading
from pathlib import Path

import pytest
import requests

from ringback_contracts.org import Org, default_org_text
from ringback_mock.edges.rereading import Rereading, WatchedOrg
from ringback_mock.engine.orgfile import read_org
from ringback_mock.engine.store import Store
from ringback_mock.site import Site
from tests.mockserver.listening import Ear
from tests.mockserver.process import ALICE, PATIENCE, serving
from tests.mockserver.test_serve import refused
from tests.mockserver.wire import CALL, CALLS

TEXT = default_org_text()
RENAMED = re.sub(r'(?m)^name = "Ringback"', 'name = "Elsewhere"', TEXT, count=1)


class Kept:
    """A file, the store that serves it, and what looks at it."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "org.toml"
        self.write(TEXT)
        org = read_org(self.file)
        self.store = Store(org)
        self.site = Site(self.store)
        self.site.open_to_sockets(lambda: None)
        self.rereading = Rereading(WatchedOrg(self.file, self.read), self.store, org)

    def read(self) -> Org:
        return read_org(self.file)

    def write(self, text: str) -> None:
        """As an editor does: a new file in place of the old one."""
        new = self.file.with_suffix(".new")
        new.write_text(text, "utf-8")
        new.replace(self.file)

    def ask(self, method: str, path: str, body: bytes = b"", token: str = "alice") -> int:
        headers = {
            "host": "127.0.0.1",
            "authorization": f"Bearer {token}",
            "content-type": "application/json",
        }
        return self.site.answer(self.site.request(method, path, headers, body)).status


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


def test_a_changed_file_is_served_from_its_start(kept: Kept) -> None:
    assert kept.ask("POST", CALLS, CALL) == 202
    kept.write(RENAMED.replace('value = "alice"', 'value = "alison"'))
    kept.rereading.look()
    assert kept.store.default.org.name == "Elsewhere"
    assert len(kept.store.default.calls) == 0
    assert kept.ask("GET", "/api/v2/users/me") == 401, "nobody has the old token any more"
    assert kept.ask("POST", CALLS, CALL, "alison") == 202


def test_who_listens_is_told_that_it_is_over(kept: Kept) -> None:
    assert kept.ask("POST", "/api/v2/notifications/channels") == 200
    (channel,) = kept.store.default.channels._kept.values()
    ear = Ear()
    assert kept.site.sockets.join(channel.id, ear) is not None
    kept.write(RENAMED)
    kept.rereading.look()
    assert ear.closed is not None
    assert not kept.store.listened


def test_copies_stay(kept: Kept) -> None:
    fresh = kept.store.add_org()
    kept.write(RENAMED)
    kept.rereading.look()
    assert kept.ask("POST", CALLS, CALL, fresh.tokens["alice"]) == 202


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (TEXT.replace('name = "Ringback"', 'nam = "Ringback"', 1), "nam: there is no such key"),
        ("[[users", "cannot be read|Expected|not valid|TOML"),
        ("", ""),
    ],
)
def test_a_wrong_file_changes_nothing_and_is_told_of_once(
    kept: Kept, text: str, says: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = kept.store.default
    kept.write(text)
    with caplog.at_level(logging.WARNING, "ringback"):
        kept.rereading.look()
        kept.rereading.look()
    (record,) = caplog.records
    assert "the org stays as it was" in record.message
    assert str(kept.file) in record.message
    assert re.search(says, record.message)
    assert kept.store.default is before
    kept.write(RENAMED)
    kept.rereading.look()
    assert kept.store.default.org.name == "Elsewhere"


def test_a_file_that_says_the_same_or_is_gone_changes_nothing(kept: Kept) -> None:
    before = kept.store.default
    kept.write(TEXT)
    kept.rereading.look()
    kept.write(f"# a comment\n{TEXT}")
    kept.rereading.look()
    kept.file.unlink()
    kept.rereading.look()
    assert kept.store.default is before
    kept.write(RENAMED)
    kept.rereading.look()
    assert kept.store.default.org.name == "Elsewhere"


def test_a_server_serves_what_is_written_while_it_runs(tmp_path: Path) -> None:
    file = tmp_path / "org.toml"
    file.write_text(TEXT, "utf-8")
    with serving("--org", str(file), "--watch", "--fault", "rate-limited:every=1000") as server:
        lines: list[str] = []
        told = threading.Event()

        def listen() -> None:
            assert server.popen.stderr is not None
            for line in server.popen.stderr:
                lines.append(line)
                if "read again" in line:
                    told.set()
                    return

        listener = threading.Thread(target=listen)
        listener.start()
        file.write_text(RENAMED, "utf-8")
        assert told.wait(PATIENCE), lines
        listener.join()
        found = requests.get(f"{server.url}/api/v2/organizations/me", headers=ALICE, timeout=PATIENCE)
        assert found.json()["name"] == "Elsewhere"
        faults = requests.get(f"{server.url}/__ringback/faults", timeout=PATIENCE).json()["faults"]
        assert 1_000 in {fault["every"] for fault in faults}, "those of the command line stay"
        assert server.popen.poll() is None


def test_without_a_file_it_is_refused() -> None:
    assert "--watch needs --org" in refused("--watch")

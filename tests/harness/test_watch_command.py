"""``ringback watch`` shows calls as they go on."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from ringback_client import Call, CallsClient, Event
from ringback_harness.cli import main
from ringback_harness.commands.watch import _document, _line, table
from ringback_harness.in_thread import serving
from ringback_harness.sandbox.listening import MOST
from ringback_mock.edges.serve import Settings
from ringback_mock.engine.store import Store
from ringback_mock.site import Site
from tests.standin import REGION, standin

MINE = "v2.users.{me}.conversations.calls"


class Mock:
    """A running mock, in which somebody calls as soon as somebody listens."""

    def __init__(self, port: int, site: Site) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.site = site

    def watch(self, *options: str) -> Result:
        listened = threading.Event()
        self.site.store.listened = Noting(listened)
        caller = threading.Thread(target=self._call, args=(listened,))
        caller.start()
        result = CliRunner().invoke(main, ["watch", "--target", self.url, "--for", "1", *options])
        listened.set()
        caller.join()
        return result

    def _call(self, listened: threading.Event) -> None:
        listened.wait()
        with CallsClient(self.url, "alice") as client:
            client.place_call("+442079460100")


class Noting(set):  # type: ignore[type-arg]  # of whatever the store puts into it
    """A set that tells of the first that comes."""

    def __init__(self, told: threading.Event) -> None:
        super().__init__()
        self.told = told

    def add(self, one: object) -> None:
        super().add(one)
        self.told.set()


@pytest.fixture
def mock() -> Iterator[Mock]:
    site = Site(Store())
    with serving(site, Settings()) as port:
        yield Mock(port, site)


def test_each_event_is_a_line(mock: Mock) -> None:
    result = mock.watch()
    assert result.exit_code == 0, result.output
    first, second, *_ = result.stdout.splitlines()
    assert first == f"listening to {MINE} at {mock.url}"
    assert second.endswith("user contacting")


def test_or_a_line_of_json_and_nothing_else(mock: Mock) -> None:
    result = mock.watch("--json")
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert told[0]["topic"].endswith(".conversations.calls")
    assert told[0]["body"]["participants"][0]["state"] == "contacting"
    assert "listening to" in result.stderr


@pytest.mark.parametrize("state", ["alerting", "[link=http://x.test]y[/link]", "[/no] [red]"])
def test_a_terminal_has_a_table_in_which_no_event_writes_markup(state: str) -> None:
    call = Call.read({"id": "a-call", "participants": [{"purpose": "user", "state": state}]})
    console = Console(file=io.StringIO(), width=60, force_terminal=True)
    console.print(table({"a-call": call}))
    assert f"user {state}" in console.file.getvalue()  # type: ignore[attr-defined]  # it is a StringIO


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["v2.users.me.presence"], 2, "'me' is no id"),
        (["--as", "nobody"], 3, "401"),
        (["--target", "http://127.0.0.1:9"], 3, "127.0.0.1:9"),
        (["--target", "mars"], 2, "mars"),
    ],
)
def test_what_cannot_be_watched_is_told(mock: Mock, arguments: list[str], code: int, told: str) -> None:
    result = CliRunner().invoke(main, ["watch", "--target", mock.url, "--for", "0", *arguments])
    assert (result.exit_code, result.output.count(told)) == (code, 1), result.output


def test_what_was_not_heard_is_told() -> None:
    lost = Event("v2.routing.queues.q.conversations", {"seconds": 12.5}, missed=True)
    assert _line(lost).endswith(f"{lost.topic}  (not heard for 12.5 s, and what it told then is lost)")
    assert _document(lost) == {"topic": lost.topic, "read": False, "missed": True, "body": {"seconds": 12.5}}


def test_on_a_real_org_one_watches_unless_a_program_might_lose_its_channel(tmp_path: Path) -> None:
    with standin(tmp_path) as stand_in:
        arguments = ["watch", "--target", REGION, "--for", "0"]
        for _ in range(MOST):
            result = CliRunner().invoke(main, arguments, env=stand_in.environment)
            assert (result.exit_code, "listening to" in result.output) == (0, True), result.output
        result = CliRunner().invoke(main, arguments, env=stand_in.environment)
        assert (result.exit_code, f"have {MOST} already" in result.output) == (2, True), result.output
        assert len(stand_in.store.default.channels) == MOST

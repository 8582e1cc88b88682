"""``ringback mcp``: an agent's tools, used through the official SDK's own client."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters
from mcp.types import CallToolResult, TextContent

from ringback_client import SafetyRefusal
from ringback_contracts.org import default_org
from ringback_harness.agents.desk import Desk
from ringback_harness.agents.server import DeskServer
from tests.serving import RINGBACK, free_port, mock_server


class Unknown(BaseHTTPRequestHandler):
    """Somebody's forwarding to who knows where; it has no POST."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


TOOLS = {
    "explain_request",
    "list_rules",
    "read_rule",
    "place_call",
    "follow_call",
    "hang_up",
    "list_exchanges",
    "read_exchange",
}
NOBODY = {"text": "{}"}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with mock_server("--speed", "50") as served:
        yield served


def with_client(url: str, ask: Callable[[Client], Awaitable[Any]]) -> Any:
    """What comes of asking the tools, in this process."""

    async def asking() -> Any:
        async with Client(DeskServer(Desk(url, default_org()))) as client:
            return await ask(client)

    return asyncio.run(asking())


def called(url: str, tool: str, **arguments: Any) -> CallToolResult:
    result: CallToolResult = with_client(url, lambda client: client.call_tool(tool, arguments))
    return result


def answer(url: str, tool: str, **arguments: Any) -> dict[str, Any]:
    result = called(url, tool, **arguments)
    assert not result.is_error, text(result)
    assert result.structured_content == json.loads(text(result))
    answered: dict[str, Any] = result.structured_content
    return answered


def text(result: CallToolResult) -> str:
    (block,) = result.content
    assert isinstance(block, TextContent)
    return block.text


def refusal(url: str, tool: str, **arguments: Any) -> str:
    result = called(url, tool, **arguments)
    assert result.is_error
    assert "Traceback" not in text(result)
    return text(result)


# Through standard input and output, as an editor does it


def test_an_editor_starts_it_and_uses_the_tools(url: str) -> None:
    program, *arguments = RINGBACK
    server = StdioServerParameters(
        command=program, args=[*arguments, "mcp", "--target", url], env=dict(os.environ)
    )

    async def asking() -> tuple[set[str], CallToolResult, CallToolResult]:
        async with Client(server) as client:
            tools = {tool.name for tool in (await client.list_tools()).tools}
            explained = await client.call_tool("explain_request", NOBODY)
            return tools, explained, await client.call_tool("place_call", {"to": "tel:+442079460100"})

    tools, explained, placed = asyncio.run(asking())
    assert tools == TOOLS
    assert "destination.missing" in text(explained)
    assert not placed.is_error


def test_each_tool_and_each_parameter_says_what_it_is(url: str) -> None:
    tools = with_client(url, lambda client: client.list_tools()).tools
    assert {tool.name for tool in tools} == TOOLS
    for tool in tools:
        assert len(tool.description) > 20
        for name, schema in tool.input_schema["properties"].items():
            assert schema.get("description") or name == "limit", (tool.name, name)


# What the tools do


def test_a_request_is_explained_without_a_mock() -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    (told,) = answer(nowhere, "explain_request", **NOBODY)["explanations"]
    assert (told["verdict"], told["rule"]) == ("rejected", "destination.missing")


def test_rules_are_found_and_read() -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    found = answer(nowhere, "list_rules", search="station", status=400)["rules"]
    assert "station.missing" in {rule["id"] for rule in found}
    assert {rule["status"] for rule in found} == {400}
    rule = answer(nowhere, "read_rule", rule_id="tel.no-plus")
    assert rule["fix"]
    assert rule["rejects"]


def test_a_call_is_placed_followed_and_ended(url: str) -> None:
    placed = answer(url, "place_call", to="tel:+442079460100")
    connected = answer(url, "follow_call", call_id=placed["id"], until="connected", seconds=60)
    assert "connected" in {leg["state"] for leg in connected["participants"]}
    ended = answer(url, "hang_up", call_id=placed["id"])
    assert {leg["state"] for leg in ended["participants"]} <= {"disconnected", "terminated"}
    seen = answer(url, "follow_call", call_id=placed["id"])
    assert seen["id"] == placed["id"]


def test_exchanges_are_listed_and_read(url: str) -> None:
    placed = answer(url, "place_call", to="tel:+442079460100")
    refusal(url, "follow_call", call_id="0b0b0b0b-0000-4000-8000-000000000000")
    (refused,) = answer(url, "list_exchanges", limit=1, only_refused=True)["exchanges"]
    assert refused["rule"] == "call.unknown"
    exchange = answer(url, "read_exchange", exchange_id=refused["id"])
    assert exchange["explanation"]["rule"] == "call.unknown"
    listed = answer(url, "list_exchanges", limit=50)["exchanges"]
    assert placed["id"] in {line["conversationId"] for line in listed}
    assert "alice" not in json.dumps(exchange["request"]["headers"])


# What they refuse, in words


@pytest.mark.parametrize(
    ("tool", "arguments", "says"),
    [
        ("read_rule", {"rule_id": "tel.noplus"}, "did you mean tel.no-plus"),
        ("explain_request", {"text": "hello"}, "request"),
        ("place_call", {"to": "user:5eed0000-0000-4000-8000-00000000ca11"}, "rule "),
        ("place_call", {"to": "tel:+442079460100", "token": "carol"}, "permission.missing"),
        ("place_call", {"to": "tel:+442079460100", "token": "nobody"}, "token"),
        ("follow_call", {"call_id": "../../users/me"}, ""),
        ("follow_call", {"call_id": "x", "until": "then"}, "now"),
        ("read_exchange", {"exchange_id": "../reset"}, "ININ-Correlation-Id"),
        ("read_exchange", {"exchange_id": "0b0b"}, "has no exchange 0b0b"),
        ("list_exchanges", {"limit": 0}, "greater than or equal to 1"),
    ],
)
def test_an_error_can_be_read(url: str, tool: str, arguments: dict[str, Any], says: str) -> None:
    told = refusal(url, tool, **arguments)
    assert says in told
    assert not told.startswith(f"Error executing tool {tool}\n")
    assert told != f"Error executing tool {tool}", "the reason was lost"


@pytest.mark.parametrize(
    ("tool", "argument", "nearest"),
    [
        ("place_call", "callerid", "caller"),
        ("list_rules", "query", "search"),
        ("hang_up", "callId", "call_id"),
    ],
)
def test_an_argument_that_a_tool_does_not_have_is_refused_with_the_nearest(
    url: str, tool: str, argument: str, nearest: str
) -> None:
    told = refusal(url, tool, **{argument: "x"})
    assert f"{tool} has no argument {argument!r}, the nearest is {nearest!r}; it has " in told


def test_where_no_mock_runs_it_says_how_to_start_one() -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    for tool, arguments in (("place_call", {"to": "tel:+442079460100"}), ("list_exchanges", {})):
        assert "start one with 'ringback serve'" in refusal(nowhere, tool, **arguments)


# Never a real org


@pytest.mark.parametrize(
    "target", ["us_east_1", "mypurecloud.de", "https://api.mypurecloud.com", "http://10.0.0.7:8010"]
)
def test_a_real_org_is_refused_at_the_start(target: str) -> None:
    with pytest.raises(SafetyRefusal, match="an agent gets a mock and no real org"):
        Desk(target, default_org())
    done = subprocess.run(
        [*RINGBACK, "mcp", "--target", target], capture_output=True, text=True, check=False, input=""
    )
    assert (done.returncode, done.stdout) == (4, "")
    assert "no real org" in done.stderr


@pytest.mark.parametrize(
    "target", ["http://10-0-0-7.example.com:8010", "http://ringback.:8010", "http://0x0a000007:8010"]
)
def test_only_a_plain_name_is_taken_for_a_container(target: str) -> None:
    with pytest.raises(SafetyRefusal, match="a container's plain name"):
        Desk(target, default_org())


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let ``ringback`` lead to this machine, as in a network of containers; no proxy knows that name."""
    look_up = socket.getaddrinfo

    def found(host: Any, *arguments: Any, **named: Any) -> Any:
        return look_up("127.0.0.1" if host == "ringback" else host, *arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", found)
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")


@pytest.mark.usefixtures("named")
def test_a_mock_in_a_container_is_called_by_its_plain_name() -> None:
    with mock_server("--allow-host", "ringback") as served:
        url = served.replace("127.0.0.1", "ringback")
        placed = answer(url, "place_call", to="tel:+442079460100")
        assert answer(url, "list_exchanges")["exchanges"][-1]["conversationId"] == placed["id"]


@pytest.mark.usefixtures("named")
def test_a_plain_name_that_leads_to_no_ringback_is_sent_no_call() -> None:
    assert "is no Ringback" in asked_of_nobody("ringback")


def test_what_is_no_ringback_is_sent_no_call() -> None:
    assert "is no Ringback" in asked_of_nobody("127.0.0.1")


def asked_of_nobody(host: str) -> str:
    """What is said where a call is to be placed on a server that is no Ringback."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Unknown) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        told = refusal(f"http://{host}:{server.server_port}", "place_call", to="tel:+442079460100")
        server.shutdown()
        thread.join()
    return told


def test_without_the_extra_it_says_what_to_install() -> None:
    code = "import sys; sys.modules['mcp'] = None; from ringback_harness.cli import main; main(['mcp'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, input="")
    assert done.returncode == 2
    assert "pip install 'ringback[mcp]'" in done.stderr


def test_an_org_file_that_is_wrong_is_an_error_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "org.toml").write_text("id = 3", "utf-8")
    done = subprocess.run(
        [*RINGBACK, "mcp", "--org", str(tmp_path / "org.toml")],
        capture_output=True,
        text=True,
        check=False,
        input="",
    )
    assert done.returncode == 2
    assert "org.toml" in done.stderr
